/* SPDX-License-Identifier: Apache-2.0
 * Operators of a cluster, hand in hand, and what none of them may do. */
#include "stage/operator_stage.h"

#include "base/heap.h"
#include "crypto/hash.h"
#include "support/toy_group.h"
#include "support/toy_peer.h"
#include "threshold/engine/fraud/fraud.h"

enum {
    PLACES = CLUSTER_PLACES,
    ROSTER = CLUSTER_ROSTER,
    FAULTY = CLUSTER_FAULTY,
    ARENA_BYTES = 64 << 20,
    IDS_MAX = 64,   /* of one question */
    SENDER_AT = 92, /* in a payload */
};

/* ---- making ---- */
static void make_roster(cluster *c, size_t number)
{
    kw_roster_entry entries[ROSTER];
    for (size_t i = 0; i < ROSTER; i++) {
        entries[i] = toy_peer_entry(&c->actors[number + i].address);
    }
    const kw_roster_source source = {entries, ROSTER, &toy_peer_schemes, false};
    KW_ASSERT(kw_roster_make(&c->rosters[number], &c->arena, &source, NULL) == KW_OK);
}

static void make_config(cluster *c)
{
    bool is_feldman = (c->mode & CLUSTER_IS_FELDMAN) != 0;
    c->config = (kw_config_fields){.suite = is_feldman ? KW_SUITE_FELDMAN : KW_SUITE_PEDERSEN,
                                   .ratio = KW_THRESHOLD_RATIO_DEFAULT,
                                   .interval_s = CLUSTER_INTERVAL_S,
                                   .reshare_every = 1,
                                   .delta_ms = CLUSTER_DELTA_MS,
                                   .genesis_roster = c->rosters[0].hash};
}

static void open_actor(cluster *c, uint8_t at)
{
    cluster_actor *a = &c->actors[at];
    a->seeded = (seeded_rng){.seed = at + 1U};
    a->rng = seeded_rng_port(&a->seeded);
    a->setup = (kw_operator_setup){
        .group = &toy_group,
        .schemes = &toy_peer_schemes,
        .config = c->config,
        .self = a->address,
        .keys = {{toy_peer_own_key(&a->address)}},
        .rng = &a->rng,
        .verifier = kw_peer_verifier_of(&a->rng),
    };
    a->engine = kw_heap_new(1, sizeof *a->engine);
    KW_ASSERT(a->engine != NULL && kw_operator_init(a->engine, &a->setup) == KW_OK);
}

void cluster_open(cluster *c, uint8_t mode)
{
    *c = (cluster){.arena = kw_arena_init(ARENA_BYTES),
                   .mode = mode,
                   .boundary_s = CLUSTER_START_S,
                   .now = CLUSTER_START_S * 1000};
    for (uint8_t i = 0; i < PLACES; i++) {
        c->actors[i].address = toy_peer_address((uint8_t)(i + 1));
    }
    make_roster(c, 0);
    make_roster(c, 1);
    make_config(c);
    for (uint8_t i = 0; i < PLACES; i++) {
        open_actor(c, i);
    }
}

void cluster_close(cluster *c)
{
    for (size_t i = 0; i < PLACES; i++) {
        kw_operator_drop(c->actors[i].engine);
        kw_heap_free(c->actors[i].engine);
        sim_disk_drop(&c->actors[i].disk);
    }
    kw_arena_drop(&c->arena);
}

static void begin(cluster *c, uint8_t at)
{
    bool is_second = (c->mode & CLUSTER_MOVES) != 0 && c->boundaries % 2 == 0;
    const kw_operator_boundary boundary = {.timestamp = c->boundary_s,
                                           .roster = &c->rosters[is_second ? 1 : 0]};
    KW_ASSERT(kw_operator_begin(c->actors[at].engine, &boundary, c->now) == KW_OK);
}

/* ---- what is said and heard ---- */
static uint8_t place_of(const cluster *c, const kw_address *address)
{
    uint8_t at = 0;
    while (!kw_address_equal(&c->actors[at].address, address)) {
        at++;
        KW_ASSERT(at < PLACES);
    }
    return at;
}

void cluster_hear(cluster *c, uint8_t to, const kw_authenticated *message, uint8_t from)
{
    kw_operator_reply reply;
    const kw_authenticated_list list = {message, 1};
    kw_operator_take(c->actors[to].engine, &reply, list, &c->actors[from].address, c->now);
    KW_ASSERT(reply.st != KW_NO_MEMORY && reply.st != KW_ARG && reply.st != KW_UNAVAILABLE);
    if (reply.has_head) {
        kw_operator_take_head(c->actors[from].engine, &c->actors[to].address, &reply.head);
    }
}

void cluster_show(cluster *c, uint8_t to, kw_span file, uint8_t from)
{
    const kw_address *sender = &c->actors[from].address;
    kw_status st = kw_operator_take_file(c->actors[to].engine, sender, file, c->now);
    KW_ASSERT(st != KW_NO_MEMORY && st != KW_ARG && st != KW_CORRUPT);
}

cluster_utterance *cluster_say(cluster *c, kw_span payload, uint8_t from)
{
    KW_ASSERT(c->said_count < CLUSTER_SAID_MAX);
    cluster_utterance *made = &c->said[c->said_count++];
    kw_span copy;
    KW_ASSERT(kw_arena_copy_span(&c->arena, &copy, payload) == KW_OK);
    const kw_peer_signer signer = toy_peer_signer(&c->actors[from].address);
    KW_ASSERT(kw_authenticated_make(&made->message, copy, &signer) == KW_OK);
    made->from = from;
    made->is_posted = from != FAULTY || !c->is_mute;
    return made;
}

bool cluster_post(cluster *c, uint8_t to)
{
    cluster_actor *a = &c->actors[to];
    bool is_any = a->heard < c->said_count;
    for (; a->heard < c->said_count; a->heard++) {
        const cluster_utterance *said = &c->said[a->heard];
        if (said->from != to && said->is_posted) {
            cluster_hear(c, to, &said->message, said->from);
        }
    }
    return is_any;
}

/* ---- what operators do ---- */

/* New messages are posted to all; others again only to whom they are for. True: it is new. An
 * honest operator never signs two bodies for one place, also over restarts. */
static bool is_new(const cluster *c, const kw_authenticated *message, uint8_t from)
{
    uint8_t type = message->payload.ptr[4];
    bool is_vote = type >= KW_MESSAGE_PROPOSE && type <= KW_MESSAGE_PRECOMMIT;
    size_t head = KW_MESSAGE_HEADER_BYTES + (is_vote ? sizeof(uint32_t) : 0);
    for (size_t i = 0; i < c->said_count; i++) {
        const cluster_utterance *said = &c->said[i];
        if (kw_hash32_equal(&said->message.hash, &message->hash)) {
            return false;
        }
        KW_ASSERT(said->from != from || from == FAULTY ||
                  memcmp(said->message.payload.ptr, message->payload.ptr, head) != 0);
    }
    const kw_address *own = &c->actors[from].address;
    return memcmp(own->bytes, &message->payload.ptr[SENDER_AT], sizeof own->bytes) == 0;
}

static void send(cluster *c, uint8_t from, const kw_operator_action *action)
{
    for (size_t i = 0; i < action->messages.count; i++) {
        const kw_authenticated *message = &action->messages.items[i];
        if (is_new(c, message, from)) {
            cluster_say(c, message->payload, from);
            continue;
        }
        for (size_t k = 0; k < action->to_count && (from != FAULTY || !c->is_mute); k++) {
            cluster_hear(c, place_of(c, &action->to[k]), message, from);
        }
    }
}

/* The faulty one answers with what it made up, too. */
static void answer(cluster *c, uint8_t asked, uint8_t to, const kw_hash32 *id)
{
    const kw_operator *engine = c->actors[asked].engine;
    const kw_authenticated *message = NULL;
    KW_AUTO(kw_buf) file = kw_buf_init(KW_THRESHOLD_CERTIFICATE_BYTES_MAX);
    while ((message = kw_operator_message(engine, id, message)) != NULL) {
        cluster_hear(c, to, message, asked);
    }
    if (kw_operator_certificate_of(engine, id).len > 0) {
        cluster_show(c, to, kw_operator_certificate_of(engine, id), asked);
    } else if (kw_operator_candidate(engine, &file, id) == KW_OK) {
        cluster_show(c, to, kw_buf_view(&file), asked);
    }
    for (size_t k = 0; asked == FAULTY && k < c->said_count; k++) {
        if (kw_hash32_equal(&c->said[k].message.hash, id)) {
            cluster_hear(c, to, &c->said[k].message, asked);
        }
    }
}

static void ask(cluster *c, uint8_t at, const kw_operator_action *action)
{
    const kw_address to = action->to[0];
    uint8_t asked = place_of(c, &to);
    kw_hash32 ids[IDS_MAX];
    size_t count = action->ids_count;
    KW_ASSERT(count <= IDS_MAX && action->to_count == 1);
    if (count > 0) {
        memcpy(ids, action->ids, count * sizeof *ids); /* valid until the first answer */
    }
    if (action->act == KW_OPERATOR_ASK) {
        cluster_show(c, at, kw_operator_certificate(c->actors[asked].engine, action->epoch), asked);
    }
    for (size_t i = 0; i < count; i++) {
        answer(c, asked, at, &ids[i]);
    }
}

/* One certificate of each epoch; and who has a share has one that goes with it. */
static void check_epoch(cluster *c, uint8_t at, uint64_t epoch)
{
    const kw_operator *engine = c->actors[at].engine;
    const kw_certificate *certificate = kw_operator_decoded(engine, epoch);
    KW_ASSERT(epoch < CLUSTER_EPOCHS_MAX && (certificate != NULL || at == FAULTY));
    kw_operator_key key;
    if (at == FAULTY) {
        return;
    }
    kw_hash32 *hash = &c->hashes[epoch];
    KW_ASSERT(kw_hash32_is_none(hash) || kw_hash32_equal(hash, &certificate->hash));
    *hash = certificate->hash;
    if (kw_operator_key_of(engine, &key, epoch)) {
        const kw_candidate *candidate = &certificate->candidate;
        kw_group_g2 own;
        kw_group_g2 wanted;
        toy_group.g2_base(&own, key.share);
        KW_ASSERT(toy_group.g2_poly_eval(&wanted, candidate->polynomial, candidate->fields.t_new,
                                         key.member) == KW_OK);
        KW_ASSERT(toy_group.g2_equal(&own, &wanted));
    }
}

/* A proof that somebody files convicts, and it convicts the faulty one. */
static void check_proof(const cluster *c, kw_span bytes)
{
    KW_AUTO(kw_arena) arena = kw_arena_init(KW_THRESHOLD_FRAUD_ARENA_MAX);
    const kw_candidate_form form = {&toy_group, &toy_peer_schemes};
    kw_fraud_verdict verdict;
    kw_fraud_file file;
    kw_error err;
    KW_ASSERT(kw_fraud_file_decode(&file, &arena, bytes, &toy_peer_schemes, &err) == KW_OK);
    KW_ASSERT(kw_fraud_judge(&verdict, &arena, &file, &form) == KW_OK);
    KW_ASSERT(kw_fraud_convicts(verdict.reason));
    KW_ASSERT(kw_address_equal(&verdict.member, &c->actors[FAULTY].address));
}

static void act(cluster *c, uint8_t at, const kw_operator_action *action)
{
    cluster_actor *a = &c->actors[at];
    if (action->act == KW_OPERATOR_PERSIST || action->act == KW_OPERATOR_ERASE) {
        sim_disk_stage(&a->disk, action);
        return;
    }
    sim_disk_commit(&a->disk);
    switch (action->act) {
    case KW_OPERATOR_SEND:
        send(c, at, action);
        break;
    case KW_OPERATOR_PULL:
    case KW_OPERATOR_ASK:
        ask(c, at, action);
        break;
    case KW_OPERATOR_CERTIFIED:
    case KW_OPERATOR_ACTIVATE:
        check_epoch(c, at, action->epoch);
        break;
    case KW_OPERATOR_EVIDENCE:
        check_proof(c, action->bytes);
        break;
    case KW_OPERATOR_IDLE:
    case KW_OPERATOR_PERSIST:
    case KW_OPERATOR_ERASE:
    case KW_OPERATOR_ABORTED:
        break;
    }
}

void cluster_drain(cluster *c)
{
    size_t count = 0;
    bool is_busy = true;
    while (is_busy) {
        is_busy = false;
        for (uint8_t i = 0; i < PLACES; i++) {
            kw_operator_action action;
            kw_operator_next(c->actors[i].engine, &action, c->now);
            act(c, i, &action);
            is_busy = is_busy || action.act != KW_OPERATOR_IDLE;
            KW_ASSERT(++count < CLUSTER_ACTIONS_MAX);
        }
    }
}

/* In calm weather all is there before time goes on. */
static void settle(cluster *c)
{
    bool is_busy = true;
    while (is_busy) {
        cluster_drain(c);
        is_busy = false;
        for (uint8_t i = 0; i < PLACES && (c->mode & CLUSTER_IS_CALM) != 0; i++) {
            is_busy = cluster_post(c, i) || is_busy;
        }
    }
}

void cluster_wait(cluster *c, uint64_t until_ms)
{
    for (;;) {
        uint64_t at = KW_SESSION_NEVER;
        settle(c);
        for (size_t i = 0; i < PLACES; i++) {
            at = KW_MIN(at, kw_operator_wake_at(c->actors[i].engine));
        }
        at = KW_MAX(at, c->now + 1);
        c->now = KW_MIN(at, until_ms);
        if (at > until_ms) {
            return;
        }
    }
}

void cluster_begin(cluster *c)
{
    cluster_wait(c, cluster_next_ms(c));
    c->boundary_s += CLUSTER_INTERVAL_S;
    c->boundaries++;
    for (uint8_t i = 0; i < PLACES; i++) {
        begin(c, i);
    }
}

/* ---- falling and rising ---- */
kw_status cluster_restart(cluster *c, uint8_t at, const kw_operator_record *records, size_t count)
{
    cluster_actor *a = &c->actors[at];
    sim_disk_forget(&a->disk);
    kw_operator_drop(a->engine);
    return kw_operator_resume(a->engine, &a->setup, records, count, c->now);
}

void cluster_restart_well(cluster *c, uint8_t at)
{
    kw_operator_record *records = sim_disk_read(&c->actors[at].disk);
    KW_ASSERT(cluster_restart(c, at, records, c->actors[at].disk.kept.count) == KW_OK);
    kw_heap_free(records);
    if (c->boundaries > 0) {
        begin(c, at);
    }
}

void cluster_finish(cluster *c)
{
    if ((c->mode & CLUSTER_IS_CALM) == 0) {
        return;
    }
    cluster_wait(c, cluster_next_ms(c));
    for (uint8_t i = 0; i < ROSTER && c->boundaries > 0; i++) {
        bool is_member = i != 0 || (c->mode & CLUSTER_MOVES) == 0;
        if (i != FAULTY && is_member) {
            check_epoch(c, i, c->boundaries);
        }
    }
}
