/* SPDX-License-Identifier: Apache-2.0
 * The world of an agreement: what honest members do with the engine, and what is watched. */
#include "support/agreement_world.h"

#include "base/error.h"
#include "base/heap.h"

enum {
    ARENA_BYTES = 64 << 20,
    STORM_MS = 80 * AGREEMENT_WORLD_DELTA_MS,
    PATIENCE_MS = 4000 * AGREEMENT_WORLD_DELTA_MS,
    CALM_DELAY_MS = AGREEMENT_WORLD_DELTA_MS / 2,
    MARK_OF_VALUE = 1,
};

typedef enum alarm {
    ALARM_WAKE,
    ALARM_RESTART,
    ALARM_ENTER,
    ALARM_CALM
} alarm;

/* Where an honest member falls while it sends. */
typedef enum fall {
    FALL_NOT,
    FALL_BEFORE_RECORD,
    FALL_AFTER_RECORD,
    FALL_WHILE_SENDING
} fall;

static void *grown(void *items, size_t count, size_t *capacity, size_t size)
{
    if (count < *capacity) {
        return items;
    }
    *capacity = KW_MAX(2 * *capacity, 1024);
    void *more = kw_heap_resize(items, *capacity, size);
    KW_ASSERT(more != NULL);
    return more;
}

static void blame(agreement_world *world, const char *violation)
{
    if (world->violation == NULL) {
        world->violation = violation;
    }
}

static uint32_t place_of(const kw_hash32 *id)
{
    uint32_t place = 0;
    memcpy(&place, id->bytes, sizeof place);
    return place;
}

kw_hash32 agreement_world_value(echo_mask echoes)
{
    kw_hash32 value = {{MARK_OF_VALUE}};
    memcpy(&value.bytes[4], &echoes, sizeof echoes);
    return value;
}

echo_mask agreement_world_echoes(const kw_hash32 *value)
{
    echo_mask echoes = 0;
    memcpy(&echoes, &value->bytes[4], sizeof echoes);
    return echoes;
}

uint32_t agreement_world_add(agreement_world *world, const kw_agreement_message *message,
                             echo_mask wanted)
{
    world->messages = grown(world->messages, world->messages_count, &world->messages_capacity,
                            sizeof *world->messages);
    uint32_t place = (uint32_t)world->messages_count++;
    world_message *made = &world->messages[place];
    *made = (world_message){.message = *message, .wanted = wanted};
    memset(made->message.id.bytes, 0xee, sizeof made->message.id.bytes);
    memcpy(made->message.id.bytes, &place, sizeof place);
    return place;
}

static uint32_t add_parcel(agreement_world *world, const kw_hash32 *ids, uint32_t count,
                           echo_mask echoes)
{
    world->parcels = grown(world->parcels, world->parcels_count, &world->parcels_capacity,
                           sizeof *world->parcels);
    world->parcels[world->parcels_count] =
        (world_parcel){.first = (uint32_t)world->lines_count, .count = count, .echoes = echoes};
    for (uint32_t i = 0; i < count; i++) {
        world->lines =
            grown(world->lines, world->lines_count, &world->lines_capacity, sizeof *world->lines);
        world->lines[world->lines_count++] = place_of(&ids[i]);
    }
    return (uint32_t)world->parcels_count++;
}

void agreement_world_post(agreement_world *world, uint16_t from, uint16_t to, uint32_t place)
{
    sim_net_post(&world->net, from, to,
                 add_parcel(world, &world->messages[place].message.id, 1, 0));
}

static bool coin(agreement_world *world, uint32_t of)
{
    return random_below(&world->random, of) == 0;
}

/* The port. */

static uint16_t least_echoes(const agreement_world *world)
{
    return world->options.is_handover ? 1 : world->quorum.q;
}

static bool is_acceptable(const agreement_world *world, const kw_hash32 *value)
{
    echo_mask echoes = agreement_world_echoes(value);
    return value->bytes[0] == MARK_OF_VALUE && echoes >> world->quorum.n == 0 &&
           (uint16_t)__builtin_popcount(echoes) >= least_echoes(world);
}

/* Asks one who holds it; a faulty member's own ECHO may be hidden from all but a few. */
static void pull(world_member *member, echo_mask missing)
{
    agreement_world *world = member->world;
    for (uint16_t i = 1; i <= world->quorum.n; i++) {
        const world_member *holder = &world->members[i];
        echo_mask found = holder->held & missing;
        if (found != 0 && holder->is_up && holder->fate == WORLD_HONEST) {
            sim_net_post(&world->net, i, member->index, add_parcel(world, NULL, 0, found));
            missing &= ~found;
        }
    }
}

static kw_agreement_verdict judge(void *ctx, const kw_agreement_message *proposal)
{
    world_member *member = ctx;
    if (!is_acceptable(member->world, &proposal->value) ||
        member->world->messages[place_of(&proposal->id)].is_hollow) {
        return KW_AGREEMENT_REFUSED;
    }
    echo_mask missing = agreement_world_echoes(&proposal->value) & ~member->held;
    if (missing == 0) {
        return KW_AGREEMENT_HELD;
    }
    pull(member, missing);
    return KW_AGREEMENT_LACKING;
}

static bool is_fresh(void *ctx, const kw_agreement_message *proposal)
{
    const world_member *member = ctx;
    return member->world->options.is_handover ||
           (member->collected & ~agreement_world_echoes(&proposal->value)) == 0;
}

static bool offer(void *ctx, kw_hash32 *value)
{
    const world_member *member = ctx;
    kw_hash32 own = agreement_world_value(member->held);
    if (!is_acceptable(member->world, &own)) {
        return false;
    }
    own.bytes[sizeof own.bytes - 1] = (uint8_t)member->index; /* no two offer the same */
    own.bytes[sizeof own.bytes - 2] = (uint8_t)member->engine.state.view;
    *value = own;
    return true;
}

/* What is watched. */

static void check_certificate(agreement_world *world, const kw_agreement_decision *decision)
{
    echo_mask seen = 0;
    for (uint16_t i = 0; i < decision->certificate->count; i++) {
        const kw_hash32 *id = &decision->certificate->ids[i];
        const kw_agreement_message *vote = &world->messages[place_of(id)].message;
        bool is_sound = vote->kind == KW_AGREEMENT_PRECOMMIT && vote->view == decision->view &&
                        vote->sender == decision->certificate->senders[i] &&
                        kw_agreement_is_same(&vote->value, &decision->value);
        seen |= is_sound ? UINT32_C(1) << vote->sender : 0;
    }
    if (__builtin_popcount(seen) < world->quorum.b) {
        blame(world, "a certificate without B precommits");
    }
}

/* At least b - f honest members had applied the rule of freshness to the set. */
static void check_freshness(agreement_world *world, const kw_hash32 *value)
{
    echo_mask echoes = agreement_world_echoes(value);
    uint16_t content = 0;
    for (uint16_t i = 1; i <= world->quorum.n; i++) {
        const world_member *member = &world->members[i];
        bool is_content = member->fate == WORLD_FAULTY || (member->collected & ~echoes) == 0;
        content = (uint16_t)(content + is_content);
    }
    if (!world->options.is_handover && content < world->quorum.b) {
        blame(world, "a set that too few honest members found fresh");
    }
}

static void check_decision(world_member *member)
{
    agreement_world *world = member->world;
    kw_agreement_decision decision;
    if (!kw_agreement_decision_of(&member->engine, &decision)) {
        blame(world, "DECIDED without a decision");
        return;
    }
    check_certificate(world, &decision);
    if (!is_acceptable(world, &decision.value)) {
        blame(world, "a value that no honest member accepts");
    }
    if (world->has_decision && !kw_agreement_is_same(&world->decision, &decision.value)) {
        blame(world, "two decisions");
    }
    check_freshness(world, &decision.value);
    world->has_decision = true;
    world->decision = decision.value;
    world->decided_view_max = KW_MAX(world->decided_view_max, decision.view);
    member->has_decided = true;
}

static void check_list(world_member *member)
{
    agreement_world *world = member->world;
    kw_agreement_decision decision;
    if (member->has_list || !kw_agreement_decision_of(&member->engine, &decision) ||
        kw_agreement_is_nil(&decision.source)) {
        return;
    }
    const world_message *list = &world->messages[place_of(&decision.source)];
    const kw_agreement_message *source = &list->message;
    if (list->is_hollow || source->kind != KW_AGREEMENT_PROPOSE ||
        !kw_agreement_is_same(&source->value, &decision.value)) {
        blame(world, "a source that is not one");
    }
    member->has_list = true;
    world->undecided--;
}

static uint32_t own_count(const world_member *member)
{
    return (uint32_t)(member->own.len / sizeof(uint32_t));
}

static uint32_t own_place(const world_member *member, uint32_t i)
{
    uint32_t place = 0;
    memcpy(&place, &member->own.ptr[i * sizeof place], sizeof place);
    return place;
}

static void check_signature(const world_member *member, const kw_agreement_message *message)
{
    for (uint32_t i = 0; i < own_count(member); i++) {
        const kw_agreement_message *earlier =
            &member->world->messages[own_place(member, i)].message;
        if (earlier->kind == message->kind && earlier->view == message->view) {
            blame(member->world, "an honest member signed two bodies");
        }
    }
}

/* Honest members. */

static void crash(world_member *member)
{
    agreement_world *world = member->world;
    world->crashes_left--;
    member->is_up = false;
    kw_arena_drop(&member->arena);
    uint64_t down_ms = coin(world, 2) ? AGREEMENT_WORLD_DELTA_MS : STORM_MS / 4;
    sim_net_alarm(&world->net, member->index,
                  world->net.now_ms + random_below(&world->random, down_ms), ALARM_RESTART);
}

static bool is_lock(const kw_agreement_action *action)
{
    return action->send.kind == KW_AGREEMENT_PRECOMMIT && !kw_agreement_is_nil(&action->send.value);
}

static fall fall_now(agreement_world *world, const kw_agreement_action *action)
{
    uint32_t odds = world->options.is_hunt && is_lock(action) ? 2 : 6;
    if (world->crashes_left == 0 || !coin(world, odds)) {
        return FALL_NOT;
    }
    return (fall)(1 + random_below(&world->random, FALL_WHILE_SENDING));
}

static void take(world_member *member, uint32_t place, uint16_t from)
{
    agreement_world *world = member->world;
    const kw_agreement_message message = world->messages[place].message;
    kw_ballot_receipt receipt;
    kw_status st = kw_agreement_take(&member->engine, &receipt, &message, from);
    if (st == KW_CONFLICT) {
        const kw_agreement_message *first = &world->messages[place_of(&receipt.rival)].message;
        bool is_proof = first->sender == message.sender && first->kind == message.kind &&
                        first->view == message.view;
        if (!is_proof || world->members[message.sender].fate == WORLD_HONEST) {
            blame(world, "an honest member was convicted");
        }
    }
    echo_mask wanted = world->messages[place].wanted & ~member->held;
    if (wanted != 0 && world->members[message.sender].fate == WORLD_HONEST) {
        sim_net_post(&world->net, message.sender, member->index,
                     add_parcel(world, NULL, 0, wanted));
    }
}

static void broadcast(world_member *member, uint32_t parcel, uint16_t to_first_only)
{
    agreement_world *world = member->world;
    for (uint16_t i = 1; i <= world->quorum.n && i <= to_first_only; i++) {
        if (i != member->index) {
            sim_net_post(&world->net, member->index, i, parcel);
        }
    }
}

static void persist(world_member *member)
{
    kw_buf_clear(&member->record);
    KW_ASSERT(kw_agreement_save(&member->engine, &member->record) == KW_OK);
}

/* The storm likes to silence who has just locked or decided: the others go on without it. */
static void mute(const world_member *member)
{
    agreement_world *world = member->world;
    if (coin(world, 2)) {
        world->net.mute_until_ms[member->index] =
            world->net.now_ms + random_below(&world->random, STORM_MS / 2);
    }
}

/* Signs, makes durable, sends, takes; falls at any point of this. */
static void send(world_member *member, const kw_agreement_action *action)
{
    agreement_world *world = member->world;
    fall how = fall_now(world, action);
    if (how == FALL_BEFORE_RECORD) {
        crash(member);
        return;
    }
    echo_mask wanted = 0;
    if (action->wants) {
        const kw_hash32 *value = &world->messages[place_of(&action->source)].message.value;
        wanted = member->collected & ~agreement_world_echoes(value);
    }
    check_signature(member, &action->send);
    uint32_t place = agreement_world_add(world, &action->send, wanted);
    KW_ASSERT(kw_buf_append(&member->own, (kw_span){(uint8_t *)&place, sizeof place}) == KW_OK);
    persist(member);
    if (how == FALL_AFTER_RECORD) {
        crash(member);
        return;
    }
    uint32_t parcel = add_parcel(world, &world->messages[place].message.id, 1, 0);
    uint16_t n = world->quorum.n;
    bool is_cut_short = how == FALL_WHILE_SENDING;
    broadcast(member, parcel, is_cut_short ? (uint16_t)random_below(&world->random, n) : n);
    for (uint16_t i = 1; i <= n; i++) {
        if (world->members[i].fate == WORLD_FAULTY) {
            agreement_faulty_hear(world, i, place);
        }
    }
    if (is_cut_short) {
        crash(member);
        return;
    }
    if (is_lock(action)) {
        mute(member);
    }
    take(member, place, member->index);
}

static void relay(world_member *member, const kw_agreement_action *action)
{
    agreement_world *world = member->world;
    uint32_t parcel = add_parcel(world, action->ids, action->ids_count, 0);
    if (action->to != 0) {
        sim_net_post(&world->net, member->index, action->to, parcel);
    } else {
        broadcast(member, parcel, world->quorum.n);
    }
}

/* Does all there is to do, and sets the alarm. */
static void drain(world_member *member)
{
    agreement_world *world = member->world;
    sim_net *net = &world->net;
    while (member->is_up) {
        kw_agreement_action action;
        kw_agreement_next(&member->engine, &action, net->now_ms);
        switch (action.act) {
        case KW_AGREEMENT_IDLE: {
            check_list(member);
            uint64_t at = kw_agreement_wake_at(&member->engine);
            if (at != KW_AGREEMENT_NEVER && at != member->wake_at) {
                member->wake_at = at;
                sim_net_alarm(net, member->index, at, ALARM_WAKE);
            }
            return;
        }
        case KW_AGREEMENT_SEND:
            send(member, &action);
            break;
        case KW_AGREEMENT_RELAY:
            relay(member, &action);
            break;
        case KW_AGREEMENT_DECIDED:
            persist(member);
            check_decision(member);
            mute(member);
            break;
        }
    }
}

static void boot(world_member *member)
{
    member->arena = kw_arena_init(ARENA_BYTES);
    member->wake_at = KW_AGREEMENT_NEVER;
    member->is_up = true;
    if (member->record.len == 0) {
        KW_ASSERT(kw_agreement_init(&member->engine, &member->setup) == KW_OK);
    } else {
        KW_ASSERT(kw_agreement_resume(&member->engine, &member->setup,
                                      kw_buf_view(&member->record)) == KW_OK);
        for (uint32_t i = 0; i < own_count(member); i++) {
            take(member, own_place(member, i), member->index);
        }
    }
}

/* What honest members hold reaches all in the end, as re-sending sees to. */
static void hear_honest_echoes(world_member *member)
{
    const agreement_world *world = member->world;
    for (uint16_t i = 1; i <= world->quorum.n; i++) {
        member->held |= world->members[i].fate != WORLD_FAULTY ? UINT32_C(1) << (i - 1) : 0;
    }
}

static void ring(world_member *member, alarm what)
{
    agreement_world *world = member->world;
    switch (what) {
    case ALARM_WAKE:
        break;
    case ALARM_ENTER:
        member->collected = member->held;
        kw_agreement_enter(&member->engine, world->net.now_ms);
        break;
    case ALARM_RESTART:
        boot(member);
        kw_agreement_enter(&member->engine, world->net.now_ms);
        if (world->net.now_ms >= world->net.weather.calm_at_ms) {
            hear_honest_echoes(member);
        }
        break;
    case ALARM_CALM:
        hear_honest_echoes(member);
        break;
    }
}

static void handle(agreement_world *world, const sim_event *event)
{
    world_member *member = &world->members[event->to];
    if (member->fate != WORLD_HONEST) {
        return;
    }
    if (event->from == 0) {
        if (!member->is_up && event->item != ALARM_RESTART) {
            return;
        }
        ring(member, (alarm)event->item);
    } else {
        const world_parcel parcel = world->parcels[event->item];
        member->held |= parcel.echoes;
        for (uint32_t i = 0; member->is_up && i < parcel.count; i++) {
            take(member, world->lines[parcel.first + i], event->from);
        }
    }
    drain(member);
}

/* The beginning and the end of a world. */

/* Faulty and dead members together are at most f, or n - b in a handover. */
static void cast_fates(agreement_world *world)
{
    const kw_quorum *q = &world->quorum;
    uint16_t bad_max = world->options.is_handover ? (uint16_t)(q->n - q->b) : q->f;
    bool is_hunt = world->options.is_hunt;
    uint16_t bad = is_hunt ? q->f : (uint16_t)random_below(&world->random, bad_max + UINT32_C(1));
    uint16_t faulty = 0;
    world->undecided = q->n;
    while (bad > 0) {
        world_member *member = &world->members[1 + random_below(&world->random, q->n)];
        if (member->fate != WORLD_HONEST) {
            continue;
        }
        bool is_faulty = is_hunt || (faulty < q->f && !coin(world, 4));
        member->fate = is_faulty ? WORLD_FAULTY : coin(world, 2) ? WORLD_DEAD : WORLD_SILENT;
        faulty = (uint16_t)(faulty + is_faulty);
        world->undecided--;
        bad--;
    }
}

static void open_member(agreement_world *world, uint16_t index)
{
    world_member *member = &world->members[index];
    member->world = world;
    member->index = index;
    member->record = kw_buf_init(1 << 16);
    member->own = kw_buf_init(1 << 20);
    member->setup = (kw_agreement_setup){
        .iid = world->iid,
        .quorum = world->quorum,
        .self = index,
        .delta_ms = AGREEMENT_WORLD_DELTA_MS,
        .arena = &member->arena,
        .port = {.ctx = member, .judge = judge, .is_fresh = is_fresh, .offer = offer},
    };
    member->held = UINT32_C(1) << (index - 1);
    for (uint16_t i = 1; i <= world->quorum.n; i++) {
        bool is_shown = world->members[i].fate == WORLD_FAULTY ? coin(world, 3) : !coin(world, 5);
        member->held |= is_shown || world->options.is_hunt ? UINT32_C(1) << (i - 1) : 0;
    }
    if (member->fate == WORLD_HONEST) {
        uint64_t enters_at = random_below(&world->random, AGREEMENT_WORLD_DELTA_MS);
        boot(member);
        sim_net_alarm(&world->net, index, enters_at, ALARM_ENTER);
        sim_net_alarm(&world->net, index, world->net.weather.calm_at_ms, ALARM_CALM);
    }
}

static void open_world(agreement_world *world, uint64_t seed)
{
    world->random = (random_source){.state = seed};
    uint16_t n = world->options.n;
    KW_ASSERT(kw_quorum_of(&world->quorum, n, KW_THRESHOLD_RATIO_DEFAULT) == KW_OK);
    sim_weather weather = sim_weather_random(&world->random, n, STORM_MS, CALM_DELAY_MS);
    if (world->options.is_hunt) {
        weather = (sim_weather){.calm_at_ms = STORM_MS,
                                .storm_delay_ms = CALM_DELAY_MS,
                                .calm_delay_ms = CALM_DELAY_MS,
                                .lost_percent = 50};
    }
    world->net = sim_net_new(&weather, &world->random);
    for (size_t i = 0; i < sizeof world->iid.bytes; i++) {
        world->iid.bytes[i] = (uint8_t)random_u64(&world->random);
    }
    world->crashes_left = coin(world, 2) ? 0 : (uint32_t)random_below(&world->random, 3U * n);
    world->mischief_left = 1 + (uint32_t)random_below(&world->random, 400U * n);
    world->has_accomplices = world->options.is_hunt || coin(world, 2);
    cast_fates(world);
    for (uint16_t i = 1; i <= n; i++) {
        open_member(world, i);
    }
}

static void close_world(agreement_world *world)
{
    for (uint16_t i = 1; i <= world->quorum.n; i++) {
        kw_arena_drop(&world->members[i].arena);
        kw_buf_drop(&world->members[i].record);
        kw_buf_drop(&world->members[i].own);
    }
    sim_net_drop(&world->net);
    kw_heap_free(world->messages);
    kw_heap_free(world->parcels);
    kw_heap_free(world->lines);
}

const char *agreement_world_run(const agreement_world_options *options, uint64_t seed,
                                uint32_t *views)
{
    agreement_world *world = kw_heap_new(1, sizeof *world);
    KW_ASSERT(world != NULL && options->n <= AGREEMENT_WORLD_MEMBERS_MAX);
    world->options = *options;
    open_world(world, seed);
    sim_event event;
    while (world->violation == NULL && world->undecided > 0) {
        if (!sim_net_next(&world->net, &event)) {
            blame(world, "nothing more happens, and no decision");
        } else if (event.at_ms > world->net.weather.calm_at_ms + PATIENCE_MS) {
            blame(world, "no decision in a synchronous network");
        } else {
            handle(world, &event);
        }
    }
    const char *violation = world->violation;
    *views = world->decided_view_max;
    close_world(world);
    kw_heap_free(world);
    return violation;
}
