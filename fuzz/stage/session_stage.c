/* SPDX-License-Identifier: Apache-2.0
 * Members of a session, hand in hand, and what none of them may do. */
#include "stage/session_stage.h"

#include "base/error.h"
#include "crypto/hash.h"
#include "support/toy_group.h"
#include "support/toy_peer.h"
#include "threshold/engine/group/generator.h"

enum {
    PLACES = STAGE_PLACES,
    ROSTER = STAGE_ROSTER,
    T = STAGE_T,
    FAULTY = STAGE_FAULTY,
    DELTA_MS = STAGE_DELTA_MS,
    BOUNDARY_S = STAGE_BOUNDARY_S,
    IDS_MAX = 64, /* of one question */
    GIVE_UP_MS = BOUNDARY_S * 1000 + 40 * DELTA_MS,
};

/* ---- making ---- */
static void make_roster(kw_roster *out, stage *w, size_t first)
{
    kw_roster_entry entries[ROSTER];
    for (size_t i = 0; i < ROSTER; i++) {
        entries[i] = toy_peer_entry(&w->actors[first + i].address);
    }
    const kw_roster_source source = {entries, ROSTER, &toy_peer_schemes, false};
    KW_ASSERT(kw_roster_make(out, &w->arena, &source, NULL) == KW_OK);
}

/* f(x) = 5 + 7 x + 11 x^2, and everybody's share of it. */
static void make_old_epoch(stage *w)
{
    static const uint8_t coefficients[T] = {5, 7, 11};
    kw_group_secret secret[T];
    for (size_t k = 0; k < T; k++) {
        kw_group_scalar scalar = toy_group.scalar_of_u64(coefficients[k]);
        toy_group.secret_of_scalar(&secret[k], &scalar);
        toy_group.g2_base(&w->polynomial_old[k], &secret[k]);
    }
    for (uint32_t i = 0; i < ROSTER; i++) {
        KW_ASSERT(toy_group.poly_eval(&w->actors[i].source, secret, T, i + 1) == KW_OK);
    }
}

static void make_setup(stage *w)
{
    bool is_reshare = (w->mode & STAGE_IS_RESHARE) != 0;
    bool is_feldman = is_reshare || (w->mode & STAGE_IS_FELDMAN) != 0;
    kw_session_setup *s = &w->setup;
    *s = (kw_session_setup){
        .group = &toy_group,
        .fields = {.kind = is_reshare ? KW_SESSION_RESHARE : KW_SESSION_GENESIS,
                   .epoch = is_reshare ? 8 : 1,
                   .timestamp = BOUNDARY_S,
                   .roster_old = w->roster_old.hash,
                   .roster_new = w->roster_new.hash,
                   .t_old = is_reshare ? T : 0,
                   .t_new = T,
                   .previous = {{is_reshare ? 0xce : 0}},
                   .suite = is_feldman ? KW_SUITE_FELDMAN : KW_SUITE_PEDERSEN},
        .roster_old = &w->roster_old,
        .roster_new = &w->roster_new,
        .polynomial_old = is_reshare ? w->polynomial_old : NULL,
        .delta_ms = DELTA_MS,
        .give_up_ms = GIVE_UP_MS,
    };
    s->head = s->fields.previous;
    kw_pedersen_generator(&s->h, &toy_group, &s->cluster_id, &s->cluster_id);
    KW_ASSERT(kw_quorum_of_threshold(&s->quorum, ROSTER, T) == KW_OK);
}

static void begin(stage *w, size_t at)
{
    stage_actor *a = &w->actors[at];
    a->rng = (seeded_rng){.seed = at + 1};
    a->setup = w->setup;
    a->setup.source = w->roster_old.n > 0 && at < ROSTER ? &a->source : NULL;
    a->setup.self = a->address;
    a->setup.signer = toy_peer_signer(&a->address);
    a->setup.rng = seeded_rng_port(&a->rng);
    a->setup.memory = (kw_session_memory){&a->lasting, &a->secrets, &a->scratch};
    const kw_session_memory_bytes bytes = kw_session_memory_bytes_of(&a->setup);
    a->lasting = kw_arena_init(bytes.lasting);
    a->secrets = kw_arena_init(bytes.secrets);
    a->scratch = kw_arena_init(bytes.scratch);
    a->record = kw_secret_bytes_init(STAGE_RECORD_BYTES);
    KW_ASSERT(kw_session_begin(&a->session, &a->setup, w->now) == KW_OK);
}

void stage_open(stage *w, uint8_t mode)
{
    bool is_reshare = (mode & STAGE_IS_RESHARE) != 0;
    *w = (stage){.arena = kw_arena_init(16 << 20), .mode = mode, .now = BOUNDARY_S * 1000};
    w->actors_count = is_reshare ? PLACES : ROSTER;
    for (size_t i = 0; i < PLACES; i++) {
        w->actors[i].address = toy_peer_address((uint8_t)(i + 1));
    }
    if (is_reshare) {
        make_roster(&w->roster_old, w, 0);
        make_old_epoch(w);
    }
    make_roster(&w->roster_new, w, is_reshare ? 1 : 0);
    make_setup(w);
    for (size_t i = 0; i < w->actors_count; i++) {
        begin(w, i);
    }
}

static void close_actor(stage_actor *a)
{
    kw_session_drop(a->session);
    kw_arena_drop(&a->lasting);
    kw_arena_drop(&a->secrets);
    kw_arena_drop(&a->scratch);
    kw_secret_bytes_drop(&a->record);
}

void stage_close(stage *w)
{
    for (size_t i = 0; i < w->actors_count; i++) {
        close_actor(&w->actors[i]);
    }
    kw_arena_drop(&w->arena);
}

/* ---- what is said and heard ---- */
static uint8_t place_of(const stage *w, const kw_address *address)
{
    uint8_t at = 0;
    while (!kw_address_equal(&w->actors[at].address, address)) {
        at++;
        KW_ASSERT(at < w->actors_count);
    }
    return at;
}

static uint8_t place_of_rank(const stage *w, const stage_actor *a, uint16_t rank)
{
    return place_of(w, kw_audience_at(kw_session_audience(a->session), rank)->address);
}

void stage_hear(stage *w, uint8_t to, const kw_authenticated *message, uint8_t from)
{
    kw_session *session = w->actors[to].session;
    const kw_audience *audience = kw_session_audience(session);
    uint16_t rank = kw_audience_rank(audience, &w->actors[from].address);
    kw_status st = kw_session_take(session, message, rank, w->now);
    KW_ASSERT(st != KW_NO_MEMORY && st != KW_ARG);
}

stage_utterance *stage_say(stage *w, kw_span payload, uint8_t from)
{
    KW_ASSERT(w->said_count < STAGE_SAID_MAX);
    stage_utterance *made = &w->said[w->said_count++];
    kw_span copy;
    KW_ASSERT(kw_arena_copy_span(&w->arena, &copy, payload) == KW_OK);
    KW_ASSERT(kw_authenticated_make(&made->message, copy, &w->actors[from].setup.signer) == KW_OK);
    made->from = from;
    made->is_posted = from != FAULTY || !w->is_mute;
    return made;
}

/* All that is on its way to a member. */
bool stage_post(stage *w, uint8_t to)
{
    stage_actor *a = &w->actors[to];
    bool is_any = a->heard < w->said_count;
    for (; a->heard < w->said_count; a->heard++) {
        const stage_utterance *said = &w->said[a->heard];
        if (said->from != to && said->is_posted) {
            stage_hear(w, to, &said->message, said->from);
        }
    }
    return is_any;
}

/* ---- what members do ---- */

/* An honest member never signs two bodies for one place. */
static void check_single(const stage *w, kw_span payload, uint8_t from)
{
    uint8_t type = payload.ptr[4];
    bool is_vote = type >= KW_MESSAGE_PROPOSE && type <= KW_MESSAGE_PRECOMMIT;
    size_t head = KW_MESSAGE_HEADER_BYTES + (is_vote ? sizeof(uint32_t) : 0);
    for (size_t i = 0; i < w->said_count; i++) {
        const stage_utterance *said = &w->said[i];
        KW_ASSERT(said->from != from || from == FAULTY ||
                  memcmp(said->message.payload.ptr, payload.ptr, head) != 0);
    }
}

static void send(stage *w, uint8_t from, const kw_session_action *action)
{
    stage_actor *a = &w->actors[from];
    kw_secret_bytes_drop(&a->record);
    a->record = kw_secret_bytes_init(STAGE_RECORD_BYTES);
    KW_ASSERT(kw_session_save(a->session, &a->record) == KW_OK);
    for (size_t i = 0; i < action->letters_count; i++) {
        check_single(w, action->letters[i]->message.payload, from);
        stage_say(w, action->letters[i]->message.payload, from);
    }
}

static void relay(stage *w, uint8_t from, const kw_session_action *action)
{
    const stage_actor *a = &w->actors[from];
    for (uint8_t to = 0; to < w->actors_count; to++) {
        bool is_meant = action->to == 0 || place_of_rank(w, a, action->to) == to;
        for (size_t i = 0; is_meant && to != from && i < action->letters_count; i++) {
            stage_hear(w, to, &action->letters[i]->message, from);
        }
    }
}

/* The faulty one answers with what it made up, too. */
static void pull(stage *w, uint8_t at, const kw_session_action *action)
{
    const stage_actor *a = &w->actors[at];
    uint8_t asked = place_of_rank(w, a, action->to);
    kw_hash32 ids[IDS_MAX];
    size_t count = action->ids_count;
    KW_ASSERT(count <= KW_COUNT(ids));
    memcpy(ids, action->ids, count * sizeof *ids); /* taking an answer ends the action */
    for (size_t i = 0; i < count; i++) {
        const kw_letter *letter = NULL;
        while ((letter = kw_session_find(w->actors[asked].session, &ids[i], letter)) != NULL) {
            stage_hear(w, at, &letter->message, asked);
        }
        for (size_t k = 0; asked == FAULTY && k < w->said_count; k++) {
            if (kw_hash32_equal(&w->said[k].message.hash, &ids[i])) {
                stage_hear(w, at, &w->said[k].message, asked);
            }
        }
    }
}

/* All members have one candidate, and a share that goes with it. */
static void check_candidate(stage *w, const stage_actor *a)
{
    kw_candidate candidate;
    KW_ASSERT(kw_session_candidate(a->session, &candidate));
    KW_ASSERT(!w->has_digest || kw_hash32_equal(&w->digest, &candidate.digest));
    w->has_digest = true;
    w->digest = candidate.digest;
    const kw_group_secret *share = kw_session_share(a->session);
    uint16_t index = kw_roster_index(&w->roster_new, &a->address);
    if (share != NULL) {
        kw_group_g2 key;
        kw_group_g2 own;
        toy_group.g2_base(&own, share);
        KW_ASSERT(toy_group.g2_poly_eval(&key, candidate.polynomial, T, index) == KW_OK);
        KW_ASSERT(toy_group.g2_equal(&key, &own));
    }
}

static void act(stage *w, uint8_t at, const kw_session_action *action)
{
    stage_actor *a = &w->actors[at];
    switch (action->act) {
    case KW_SESSION_IDLE:
        break;
    case KW_SESSION_SEND:
        send(w, at, action);
        break;
    case KW_SESSION_RELAY:
        relay(w, at, action);
        break;
    case KW_SESSION_PULL:
        pull(w, at, action);
        break;
    case KW_SESSION_KEEP:
        break;
    case KW_SESSION_PREPARED:
        kw_session_share_sealed(a->session);
        break;
    case KW_SESSION_CANDIDATE:
        check_candidate(w, a);
        break;
    case KW_SESSION_FRAUD:
        KW_ASSERT(at == FAULTY || place_of_rank(w, a, action->evidence->culprit) == FAULTY);
        break;
    case KW_SESSION_ABORTED:
        KW_ASSERT(at == FAULTY || w->now >= GIVE_UP_MS);
        break;
    }
}

/* Until nobody has anything to do. */
void stage_drain(stage *w)
{
    size_t count = 0;
    bool is_busy = true;
    while (is_busy) {
        is_busy = false;
        for (uint8_t i = 0; i < w->actors_count; i++) {
            kw_session_action action;
            kw_session_next(w->actors[i].session, &action, w->now);
            act(w, i, &action);
            is_busy = is_busy || action.act != KW_SESSION_IDLE;
            KW_ASSERT(++count < STAGE_ACTIONS_MAX);
        }
    }
}

/* In calm weather all is there before time goes on. */
static void settle(stage *w)
{
    bool is_busy = true;
    while (is_busy) {
        stage_drain(w);
        is_busy = false;
        for (uint8_t i = 0; i < w->actors_count && (w->mode & STAGE_IS_CALM) != 0; i++) {
            is_busy = stage_post(w, i) || is_busy;
        }
    }
}

void stage_wait(stage *w, uint64_t until_ms)
{
    for (;;) {
        uint64_t at = KW_SESSION_NEVER;
        settle(w);
        for (size_t i = 0; i < w->actors_count; i++) {
            at = KW_MIN(at, kw_session_wake_at(w->actors[i].session));
        }
        KW_ASSERT(at > w->now);
        w->now = KW_MIN(at, until_ms);
        if (at > until_ms) {
            return;
        }
    }
}

kw_status stage_resume(stage *w, uint8_t at, kw_secret_span record)
{
    stage_actor *a = &w->actors[at];
    kw_authenticated own[STAGE_SAID_MAX];
    size_t count = 0;
    for (size_t i = 0; i < w->said_count; i++) {
        if (w->said[i].from == at) {
            own[count++] = w->said[i].message;
        }
    }
    kw_session_drop(a->session);
    a->session = NULL;
    kw_arena_reset(&a->lasting);
    kw_arena_reset(&a->secrets);
    kw_arena_reset(&a->scratch);
    const kw_authenticated_list list = {own, count};
    return record.len == 0 ? kw_session_begin(&a->session, &a->setup, w->now)
                           : kw_session_resume(&a->session, &a->setup, record, list, w->now);
}

void stage_finish(stage *w)
{
    if ((w->mode & STAGE_IS_CALM) == 0) {
        return;
    }
    stage_wait(w, GIVE_UP_MS + DELTA_MS);
    for (uint8_t i = 0; i < w->actors_count; i++) {
        if (i != FAULTY && kw_roster_index(&w->roster_new, &w->actors[i].address) != 0) {
            check_candidate(w, &w->actors[i]);
        }
    }
}
