/* SPDX-License-Identifier: Apache-2.0
 * A roster that hands over on virtual time. */
#include "support/handover_world.h"

#include "base/heap.h"
#include "crypto/hash.h"
#include "support/expect.h"

enum {
    DELTA_MS = HANDOVER_WORLD_DELTA_MS,
    STORM_MS = 20 * DELTA_MS,
    END_MS = 600 * DELTA_MS,
    MESSAGES_MAX = 20000,
    PARCELS_MAX = 60000,
    LINES_MAX = 400000,
    DEEDS_MAX = 60, /* things that each faulty member does */
    /* alarms, beside the number of a parcel */
    ALARM_WAKE = UINT32_C(1) << 30,
    ALARM_RESTART,
    ALARM_OFFER, /* and the number of the candidate */
};

typedef enum parcel_kind {
    PARCEL_MESSAGES,
    PARCEL_FETCH,
    PARCEL_CANDIDATE,
    PARCEL_ASK,
    PARCEL_CERTIFICATE,
} parcel_kind;

typedef struct parcel {
    parcel_kind kind;
    uint32_t first; /* MESSAGES: of `lines` */
    uint32_t count;
    uint16_t candidate;
} parcel;

typedef struct handover_world handover_world;

typedef struct member {
    handover_world *world;
    uint16_t index; /* voters first, by index in their roster */
    kw_address address;
    kw_peer_signer signer;
    bool is_faulty;
    bool is_up;
    bool is_done;
    bool has[HANDOVER_WORLD_CANDIDATES_MAX]; /* from its own session, which survives a crash */
    uint64_t can_form_at[HANDOVER_WORLD_CANDIDATES_MAX];
    kw_handover *engine;
    kw_arena lasting;
    kw_arena scratch;
    uint64_t wake_at;
    kw_buf record;
    uint32_t deeds_left;
} member;

struct handover_world {
    handover_world_options options;
    const desk_epoch *outgoing;
    random_source random;
    sim_net net;
    epoch_desk desk; /* with an arena of this run */
    kw_head head;
    member members[HANDOVER_WORLD_MEMBERS_MAX + 1];
    uint16_t voters;
    uint16_t count;
    uint16_t waiting; /* honest members without a certificate */
    kw_authenticated *messages;
    uint32_t messages_count;
    parcel *parcels;
    uint32_t parcels_count;
    uint32_t *lines;
    uint32_t lines_count;
    uint32_t crashes_left;
    uint16_t told; /* honest voters who are shown a candidate */
    bool has_winner;
    kw_hash32 winner;
    handover_world_outcome outcome;
};

static void blame(handover_world *world, const char *what)
{
    if (world->outcome.violation == NULL) {
        world->outcome.violation = what;
    }
}

static bool coin(handover_world *world, uint32_t odds)
{
    return random_below(&world->random, odds) == 0;
}

static uint32_t add_message(handover_world *world, const kw_authenticated *message)
{
    for (uint32_t i = world->messages_count; i > 0; i--) {
        if (kw_hash32_equal(&world->messages[i - 1].hash, &message->hash)) {
            return i - 1;
        }
    }
    KW_ASSERT(world->messages_count < MESSAGES_MAX);
    kw_authenticated *kept = &world->messages[world->messages_count];
    *kept = *message;
    EXPECT_OK(kw_arena_copy_span(&world->desk.arena, &kept->payload, message->payload));
    return world->messages_count++;
}

static uint32_t add_parcel(handover_world *world, parcel_kind kind, uint16_t candidate)
{
    KW_ASSERT(world->parcels_count < PARCELS_MAX);
    world->parcels[world->parcels_count] =
        (parcel){.kind = kind, .first = world->lines_count, .candidate = candidate};
    return world->parcels_count++;
}

static void add_line(handover_world *world, const kw_authenticated *message)
{
    KW_ASSERT(world->lines_count < LINES_MAX);
    world->lines[world->lines_count++] = add_message(world, message);
    world->parcels[world->parcels_count - 1].count++;
}

static void broadcast(member *from, uint32_t item, uint16_t last)
{
    for (uint16_t i = 1; i <= last; i++) {
        if (i != from->index) {
            sim_net_post(&from->world->net, from->index, i, item);
        }
    }
}

/* ---- an honest member ---- */
static uint16_t number_of(const handover_world *world, const kw_hash32 *digest)
{
    for (uint16_t k = 0; k < world->options.candidates_count; k++) {
        if (kw_hash32_equal(&world->options.candidates[k]->certificate.candidate.digest, digest)) {
            return k;
        }
    }
    return HANDOVER_WORLD_CANDIDATES_MAX;
}

static bool can_form(void *ctx, const kw_candidate *candidate)
{
    const member *m = ctx;
    return m->world->net.now_ms >= m->can_form_at[number_of(m->world, &candidate->digest)];
}

static const kw_group_secret *share(void *ctx, const kw_candidate *decided)
{
    const member *m = ctx;
    const desk_epoch *epoch =
        m->world->outgoing->before == NULL && m->world->head.epoch == 0
            ? m->world->options.candidates[number_of(m->world, &decided->digest)]
            : m->world->outgoing;
    return &epoch->shares[m->index - 1];
}

static kw_handover_setup setup_of(member *m)
{
    return (kw_handover_setup){.group = m->world->desk.group,
                               .head = m->world->head,
                               .self = m->address,
                               .signer = m->signer,
                               .rng = m->world->desk.rng,
                               .delta_ms = DELTA_MS,
                               .port = {m, can_form, share},
                               .lasting = &m->lasting,
                               .scratch = &m->scratch};
}

static void start(member *m)
{
    handover_world *world = m->world;
    kw_handover_setup setup = setup_of(m);
    m->lasting = kw_arena_init(kw_handover_memory_bytes(&setup));
    m->scratch = kw_arena_init(KW_THRESHOLD_CERTIFICATE_CHECK_MAX);
    m->is_up = true;
    m->wake_at = KW_HANDOVER_NEVER;
    if (m->record.len == 0) {
        EXPECT_OK(kw_handover_begin(&m->engine, &setup));
    } else {
        EXPECT_OK(kw_handover_resume(&m->engine, &setup, &peer_schemes_test,
                                     kw_buf_view(&m->record), world->net.now_ms));
    }
    for (uint16_t k = 0; k < world->options.candidates_count; k++) {
        if (m->has[k]) {
            kw_status st = kw_handover_offer(
                m->engine, &world->options.candidates[k]->certificate.candidate, world->net.now_ms);
            KW_ASSERT(st == KW_OK || st == KW_END);
        }
    }
}

static void stop(member *m)
{
    m->is_up = false;
    kw_arena_drop(&m->lasting);
    kw_arena_drop(&m->scratch);
}

static void finish(member *m, const kw_hash32 *hash)
{
    handover_world *world = m->world;
    bool is_first = world->outcome.certified + world->outcome.adopted == 0;
    if (!is_first && !kw_hash32_equal(hash, &world->outcome.hash)) {
        blame(world, "two certificates of one epoch");
    }
    world->outcome.hash = *hash;
    m->is_done = true;
    world->waiting--;
}

static void persist(member *m)
{
    kw_buf_clear(&m->record);
    EXPECT_OK(kw_handover_save(m->engine, &m->record));
}

static void crash(member *m)
{
    handover_world *world = m->world;
    world->crashes_left--;
    stop(m);
    sim_net_alarm(&world->net, m->index,
                  world->net.now_ms + random_below(&world->random, 5 * DELTA_MS), ALARM_RESTART);
}

static bool falls(member *m)
{
    return m->world->crashes_left > 0 && coin(m->world, 5);
}

static bool is_of_place(const kw_message_header *a, const kw_message_header *b)
{
    return a->type == b->type && kw_hash32_equal(&a->sid, &b->sid) &&
           kw_address_equal(&a->sender, &b->sender);
}

/* An honest member signs one body for a place, and no SEAL but of what was decided. */
static void watch(member *m, const kw_authenticated *message)
{
    handover_world *world = m->world;
    kw_message_header header;
    EXPECT_OK(kw_message_header_decode(&header, message->payload));
    bool is_seal = header.type == KW_MESSAGE_SEAL;
    if (is_seal && (kw_handover_winner(m->engine) == NULL || !world->has_winner)) {
        blame(world, "sealed before a decision");
    }
    for (uint32_t i = 0; i < world->messages_count; i++) {
        const kw_authenticated *other = &world->messages[i];
        kw_message_header there;
        EXPECT_OK(kw_message_header_decode(&there, other->payload));
        bool is_same_view =
            is_seal || memcmp(&message->payload.ptr[KW_MESSAGE_HEADER_BYTES],
                              &other->payload.ptr[KW_MESSAGE_HEADER_BYTES], sizeof(uint32_t)) == 0;
        if (is_of_place(&header, &there) && is_same_view &&
            !kw_hash32_equal(&message->hash, &other->hash)) {
            blame(world, "an honest member signed twice");
        }
    }
}

static void hear(handover_world *world, const kw_authenticated *message);

static void on_send(member *m, const kw_handover_action *action)
{
    handover_world *world = m->world;
    kw_authenticated message = action->letters[0]->message;
    if (falls(m) && coin(world, 2)) {
        crash(m); /* before it was durable: it never was */
        return;
    }
    watch(m, &message);
    persist(m);
    uint32_t item = add_parcel(world, PARCEL_MESSAGES, 0);
    add_line(world, &message);
    bool is_cut_short = falls(m);
    broadcast(m, item,
              is_cut_short ? (uint16_t)random_below(&world->random, world->count) : world->count);
    hear(world, &world->messages[world->lines[world->parcels[item].first]]);
    if (is_cut_short) {
        crash(m);
    }
}

static void on_relay(member *m, const kw_handover_action *action)
{
    handover_world *world = m->world;
    uint32_t item = add_parcel(world, PARCEL_MESSAGES, 0);
    for (size_t i = 0; i < action->letters_count; i++) {
        add_line(world, &action->letters[i]->message);
    }
    if (action->to == 0) {
        broadcast(m, item, world->count);
    } else {
        sim_net_post(&world->net, m->index, action->to, item);
    }
}

static void on_decided(member *m, const kw_handover_action *action)
{
    handover_world *world = m->world;
    if (world->has_winner && !kw_hash32_equal(&world->winner, &action->digest)) {
        blame(world, "two candidates won");
    }
    if (number_of(world, &action->digest) == HANDOVER_WORLD_CANDIDATES_MAX) {
        blame(world, "nothing that is a candidate won");
    }
    world->has_winner = true;
    world->winner = action->digest;
    if (falls(m)) {
        crash(m);
        return;
    }
    persist(m);
}

static void on_evidence(member *m, const kw_handover_action *action)
{
    const kw_letter *const *pair = action->letters;
    uint16_t sender = pair[0]->place.sender;
    if (!m->world->members[sender].is_faulty || pair[1]->place.sender != sender ||
        pair[0]->place.type != pair[1]->place.type || pair[0]->place.view != pair[1]->place.view ||
        kw_hash32_equal(&pair[0]->message.hash, &pair[1]->message.hash)) {
        blame(m->world, "an honest member was convicted");
    }
    m->world->outcome.evidence++;
}

static void on_certified(member *m, const kw_handover_action *action)
{
    handover_world *world = m->world;
    kw_arena arena = kw_arena_init(2 * KW_THRESHOLD_CERTIFICATE_CHECK_MAX);
    KW_AUTO(kw_buf) file = kw_buf_init(KW_THRESHOLD_CERTIFICATE_BYTES_MAX);
    kw_candidate_form form = epoch_desk_form(&world->desk);
    kw_candidate_judge judge = epoch_desk_judge(&world->desk, &arena);
    kw_certificate read;
    EXPECT_OK(kw_certificate_encode(&file, action->certificate, world->desk.group));
    EXPECT_OK(kw_certificate_decode(&read, &arena, kw_buf_view(&file), &form));
    EXPECT_OK(kw_head_check_certificate(&world->head, &read, &judge, NULL));
    assert_true(kw_hash32_equal(&read.hash, &action->certificate->hash));
    kw_arena_drop(&arena);
    finish(m, &action->certificate->hash);
    world->outcome.certified++;
}

static void act_on(member *m, const kw_handover_action *action)
{
    handover_world *world = m->world;
    switch (action->act) {
    case KW_HANDOVER_IDLE:
        break;
    case KW_HANDOVER_SEND:
        on_send(m, action);
        break;
    case KW_HANDOVER_RELAY:
        on_relay(m, action);
        break;
    case KW_HANDOVER_FETCH:
        sim_net_post(&world->net, m->index, action->to,
                     add_parcel(world, PARCEL_FETCH, number_of(world, &action->digest)));
        break;
    case KW_HANDOVER_ASK:
        sim_net_post(&world->net, m->index, action->to, add_parcel(world, PARCEL_ASK, 0));
        break;
    case KW_HANDOVER_EVIDENCE:
        on_evidence(m, action);
        break;
    case KW_HANDOVER_DECIDED:
        on_decided(m, action);
        break;
    case KW_HANDOVER_CERTIFIED:
        on_certified(m, action);
        break;
    }
}

static void drain(member *m)
{
    handover_world *world = m->world;
    kw_handover_action action = {.act = KW_HANDOVER_SEND};
    while (m->is_up && action.act != KW_HANDOVER_IDLE) {
        EXPECT_OK(kw_handover_next(m->engine, &action, world->net.now_ms));
        act_on(m, &action);
    }
    if (m->is_up) {
        uint64_t at = kw_handover_wake_at(m->engine);
        KW_ASSERT(at > world->net.now_ms);
        if (at != m->wake_at && at != KW_HANDOVER_NEVER) {
            sim_net_alarm(&world->net, m->index, at, ALARM_WAKE);
        }
        m->wake_at = at;
    }
}

static void offer(member *m, uint16_t k)
{
    const kw_candidate *c = &m->world->options.candidates[k]->certificate.candidate;
    if (k < m->world->options.candidates_count && !m->is_done) {
        kw_status st = kw_handover_offer(m->engine, c, m->world->net.now_ms);
        KW_ASSERT(st == KW_OK || st == KW_END);
    }
}

static void deliver(member *m, const parcel *p, uint16_t from)
{
    handover_world *world = m->world;
    sim_net *net = &world->net;
    switch (p->kind) {
    case PARCEL_MESSAGES:
        for (uint32_t i = 0; i < p->count; i++) {
            const kw_authenticated *message = &world->messages[world->lines[p->first + i]];
            uint16_t by = from <= world->voters ? from : 0;
            kw_status st = kw_handover_take(m->engine, message, by, net->now_ms);
            KW_ASSERT(st != KW_NOT_FOUND && st != KW_BAD_INPUT); /* what the faulty send is read */
        }
        break;
    case PARCEL_FETCH:
        if (p->candidate < world->options.candidates_count &&
            kw_handover_candidate(
                m->engine,
                &world->options.candidates[p->candidate]->certificate.candidate.digest) != NULL) {
            sim_net_post(net, m->index, from, add_parcel(world, PARCEL_CANDIDATE, p->candidate));
        }
        break;
    case PARCEL_CANDIDATE:
        offer(m, p->candidate);
        break;
    case PARCEL_ASK:
        if (m->is_done) {
            sim_net_post(net, m->index, from, add_parcel(world, PARCEL_CERTIFICATE, 0));
        }
        break;
    case PARCEL_CERTIFICATE:
        if (!m->is_done) {
            kw_hash32 hash = world->outcome.hash;
            finish(m, &hash);
            world->outcome.adopted++;
        }
        break;
    }
}

/* ---- a faulty member: it hears everything, and says what it likes to whom it likes ---- */
static void tell_some(member *m, const kw_authenticated *message)
{
    handover_world *world = m->world;
    uint32_t item = add_parcel(world, PARCEL_MESSAGES, 0);
    add_line(world, message);
    for (uint16_t i = 1; i <= world->count; i++) {
        if (coin(world, 2)) {
            sim_net_post(&world->net, m->index, i, item);
        }
    }
}

static kw_authenticated wrong_seal(member *m, const desk_epoch *of)
{
    handover_world *world = m->world;
    desk_epoch liar = *of;
    desk_epoch outgoing = *world->outgoing;
    liar.before = of->before == NULL ? NULL : &outgoing;
    uint16_t other = (uint16_t)(m->index % world->voters);
    outgoing.shares[m->index - 1] = outgoing.shares[other];
    liar.shares[m->index - 1] = of->before == NULL ? of->shares[other] : liar.shares[m->index - 1];
    return epoch_desk_seal(&world->desk, &liar, m->index);
}

static void misbehave(member *m, const kw_authenticated *heard)
{
    handover_world *world = m->world;
    kw_message_header header;
    EXPECT_OK(kw_message_header_decode(&header, heard->payload));
    const desk_epoch *of =
        world->options.candidates[random_below(&world->random, world->options.candidates_count)];
    kw_reader r = kw_reader_of(heard->payload);
    (void)kw_read_span(&r, KW_MESSAGE_HEADER_BYTES);
    uint32_t view = header.type == KW_MESSAGE_SEAL ? 0 : kw_read_u32be(&r);
    kw_authenticated said;
    switch (random_below(&world->random, 5)) {
    case 0:
        said = epoch_desk_vote(&world->desk, of, KW_MESSAGE_PREVOTE, m->index, view);
        break;
    case 1:
        said = epoch_desk_vote(&world->desk, of, KW_MESSAGE_PRECOMMIT, m->index, view);
        break;
    case 2:
        said = epoch_desk_propose(&world->desk, of, m->index, view + coin(world, 2));
        break;
    case 3:
        said = wrong_seal(m, of);
        break;
    default:
        said = epoch_desk_seal(&world->desk, of, m->index);
        break;
    }
    tell_some(m, &said);
}

static void hear(handover_world *world, const kw_authenticated *message)
{
    for (uint16_t i = 1; i <= world->voters; i++) {
        member *m = &world->members[i];
        if (m->is_faulty && m->deeds_left > 0) {
            m->deeds_left--;
            misbehave(m, message);
        }
    }
}

/* ---- the world ---- */
static void add_member(handover_world *world, const peer *p)
{
    member *m = &world->members[++world->count];
    *m = (member){.world = world,
                  .index = world->count,
                  .address = p->address,
                  .signer = p->signer,
                  .record = kw_buf_init(8 << 20)};
}

static void add_onlookers(handover_world *world)
{
    for (uint16_t k = 0; k < world->options.candidates_count; k++) {
        const desk_epoch *epoch = world->options.candidates[k];
        for (uint16_t j = 0; j < epoch->quorum.n; j++) {
            bool is_known = false;
            for (uint16_t i = 1; i <= world->count; i++) {
                is_known = is_known ||
                           kw_address_equal(&world->members[i].address, &epoch->peers[j].address);
            }
            if (!is_known) {
                add_member(world, &epoch->peers[j]);
            }
        }
    }
}

/* Some honest voters, and all who look on, come from a session that ended; the others learn. */
static void plan_member(handover_world *world, member *m)
{
    bool may_miss = m->index <= world->voters && world->told > world->outgoing->quorum.f;
    uint32_t own = (uint32_t)(m->index % world->options.candidates_count);
    uint32_t must_show = may_miss ? UINT32_MAX : own;
    world->told = (uint16_t)(world->told + 1);
    bool is_calm = world->options.is_calm;
    for (uint16_t k = 0; k < world->options.candidates_count; k++) {
        bool is_shown = is_calm || k == must_show || !coin(world, 3);
        uint64_t at = is_calm ? 1 : 1 + random_below(&world->random, 8 * DELTA_MS);
        m->can_form_at[k] = !is_calm && coin(world, 8) ? at + 10 * DELTA_MS : 0;
        if (is_shown) {
            sim_net_alarm(&world->net, m->index, at, ALARM_OFFER + k);
        }
    }
}

static void cast(handover_world *world)
{
    uint16_t faulty = world->options.is_calm ? 0 : world->outgoing->quorum.f;
    for (uint16_t k = 0; k < faulty; k++) {
        uint16_t index = (uint16_t)(2 + random_below(&world->random, world->voters - 1u));
        world->members[index].is_faulty = true;
        world->members[index].deeds_left = (uint32_t)random_below(&world->random, DEEDS_MAX);
    }
    for (uint16_t i = 1; i <= world->count; i++) {
        member *m = &world->members[i];
        if (!m->is_faulty) {
            start(m);
            plan_member(world, m);
            world->waiting++;
        }
    }
}

static void open_world(handover_world *world, uint64_t seed)
{
    const handover_world_options *options = &world->options;
    world->random = (random_source){seed};
    world->outgoing = epoch_desk_outgoing(options->candidates[0]);
    world->desk = *options->desk;
    world->desk.arena = kw_arena_init(64 << 20);
    world->desk.seeded.seed = seed;
    world->desk.rng = seeded_rng_port(&world->desk.seeded);
    world->head = epoch_desk_head(options->desk, options->candidates[0]);
    world->messages = kw_heap_new(MESSAGES_MAX, sizeof *world->messages);
    world->parcels = kw_heap_new(PARCELS_MAX, sizeof *world->parcels);
    world->lines = kw_heap_new(LINES_MAX, sizeof *world->lines);
    KW_ASSERT(world->messages != NULL && world->parcels != NULL && world->lines != NULL);
    world->voters = world->outgoing->quorum.n;
    for (uint16_t i = 0; i < world->voters; i++) {
        add_member(world, &world->outgoing->peers[i]);
    }
    add_onlookers(world);
    sim_weather weather = {.calm_delay_ms = DELTA_MS / 4};
    if (!options->is_calm) {
        weather = sim_weather_random(&world->random, world->count, STORM_MS, DELTA_MS / 4);
        world->crashes_left = (uint32_t)random_below(&world->random, 2u * world->voters);
    }
    world->net = sim_net_new(&weather, &world->random);
    cast(world);
}

static void close_world(handover_world *world)
{
    for (uint16_t i = 1; i <= world->count; i++) {
        kw_arena_drop(&world->members[i].lasting);
        kw_arena_drop(&world->members[i].scratch);
        kw_buf_drop(&world->members[i].record);
    }
    sim_net_drop(&world->net);
    kw_arena_drop(&world->desk.arena);
    kw_heap_free(world->messages);
    kw_heap_free(world->parcels);
    kw_heap_free(world->lines);
}

static void step(handover_world *world, const sim_event *event)
{
    member *m = &world->members[event->to];
    if (m->is_faulty) {
        return;
    }
    if (event->item == ALARM_RESTART) {
        start(m);
    } else if (event->item >= ALARM_OFFER) {
        m->has[event->item - ALARM_OFFER] = true;
        if (m->is_up) {
            offer(m, (uint16_t)(event->item - ALARM_OFFER));
        }
    } else if (event->item != ALARM_WAKE && m->is_up) {
        deliver(m, &world->parcels[event->item], event->from);
    }
    drain(m);
}

handover_world_outcome handover_world_run(const handover_world_options *options, uint64_t seed)
{
    handover_world *world = kw_heap_new(1, sizeof *world);
    KW_ASSERT(world != NULL);
    world->options = *options;
    open_world(world, seed);
    sim_event event;
    while (world->outcome.violation == NULL && world->waiting > 0) {
        if (!sim_net_next(&world->net, &event) || world->net.now_ms > END_MS) {
            blame(world, "somebody has no certificate");
            break;
        }
        step(world, &event);
    }
    close_world(world);
    handover_world_outcome outcome = world->outcome;
    kw_heap_free(world);
    return outcome;
}
