/* SPDX-License-Identifier: Apache-2.0
 * One operator: carries out what its engine says, and falls while it does. */
#include "kw_sim/node.h"

#include "base/heap.h"
#include "kw_sim/craft.h"
#include "kw_sim/faults.h"
#include "kw_sim/post.h"
#include "kw_sim/watch.h"

#include <stdio.h>

enum {
    CRASH_ODDS = 40, /* one in so many sends is not finished, while crashes are left */
    DOWN_MS = 8 * SIM_DELTA_MS,
    HELD_MS = 6 * SIM_DELTA_MS, /* for which an EXTRACT is kept back */
    RETRY_MS = SIM_DELTA_MS / 4,
    ANSWER_MAX = 64,      /* messages of one name */
    TRACE_MAX = 6,        /* messages of one step that are named */
    ACTIONS_MAX = 100000, /* of one step: then the engine is in a loop */
};

/* Where an operator falls while it sends. */
typedef enum fall {
    FALL_NOT,
    FALL_BEFORE_RECORD,
    FALL_AFTER_RECORD,
    FALL_WHILE_SENDING,
} fall;

uint64_t sim_node_now(const sim_node *node)
{
    uint64_t origin = SIM_START_S * 1000 - SIM_LEAD_MS;
    return origin + node->world->net.now_ms + (uint64_t)(int64_t)node->part.skew_ms;
}

static uint64_t virtual_of(const sim_node *node, uint64_t unix_ms)
{
    uint64_t origin = SIM_START_S * 1000 - SIM_LEAD_MS;
    uint64_t here = origin + (uint64_t)(int64_t)node->part.skew_ms;
    return unix_ms > here ? unix_ms - here : 0;
}

/* ---- what the engine holds ---- */

/* Around each call that may allocate: what the simulation itself takes does not count. */
static kw_operator *enter(sim_node *node)
{
    kw_heap_meter_use(&node->meter);
    return node->engine;
}

static void leave(void)
{
    kw_heap_meter_use(NULL);
}

/* ---- ports ---- */
static kw_status sign(void *ctx, kw_peer_signature *out, const kw_hash32 *hash)
{
    const sim_key *key = ctx;
    const peer *p = key->peer;
    sim_verdicts *verdicts = &key->world->verdicts;
    kw_peer_claim claim = {kw_peer_scheme_of(&verdicts->schemes, p->curve), &p->key, hash, {0}};
    kw_heap_meter *meter = kw_heap_meter_use(NULL);
    kw_status st = KW_OK;
    if (!sim_verdicts_recall(verdicts, out, &claim)) { /* faulty ones craft a message each time */
        st = p->signer.sign(p->signer.ctx, out, hash);
        KW_ASSERT(st == KW_OK);
        claim.signature = kw_peer_signature_view(out);
        sim_verdicts_made(verdicts, &claim);
    }
    kw_heap_meter_use(meter);
    return st;
}

static kw_own_key own_key(sim_node *node, size_t at)
{
    sim_key *key = &node->keys[at];
    return key->peer == NULL ? (kw_own_key){0}
                             : peer_own_key(key->peer, (kw_peer_signer){.sign = sign, .ctx = key});
}

kw_authenticated sim_node_sign(sim_node *node, kw_span payload)
{
    kw_peer_signer signer = own_key(node, 0).signer;
    kw_authenticated out;
    kw_status st = kw_authenticated_make(&out, payload, &signer);
    KW_ASSERT(st == KW_OK);
    return out;
}

static kw_status verify(void *ctx, uint8_t *ok, const kw_peer_claim *claims, size_t n)
{
    sim_node *node = ctx;
    kw_heap_meter *meter = kw_heap_meter_use(NULL);
    sim_verdicts_give(&node->world->verdicts, ok, claims, n);
    kw_heap_meter_use(meter);
    return KW_OK;
}

/* ---- sending ---- */
static uint16_t node_of(const sim_world *world, const kw_address *address)
{
    uint16_t at = 0;
    while (at < world->plan.nodes && memcmp(world->nodes[at].peer->address.bytes, address->bytes,
                                            sizeof address->bytes) != 0) {
        at++;
    }
    KW_ASSERT(at < world->plan.nodes);
    return at;
}

static size_t bytes_of(kw_authenticated_list messages)
{
    size_t bytes = 0;
    for (size_t i = 0; i < messages.count; i++) {
        bytes += messages.items[i].payload.len + messages.items[i].signature.len;
    }
    return bytes;
}

/* One message of a faulty operator; what others said it passes on as it is. */
static void send_letter(sim_node *node, const kw_authenticated *message,
                        const kw_operator_action *action)
{
    uint16_t to[SIM_NODES_MAX];
    for (size_t i = 0; i < action->to_count; i++) {
        to[i] = node_of(node->world, &action->to[i]);
    }
    sim_letter letter = {.message = message,
                         .to = to,
                         .to_count = action->to_count,
                         .until_ms = virtual_of(node, action->until_ms)};
    kw_status st = kw_message_header_decode(&letter.header, message->payload);
    KW_ASSERT(st == KW_OK);
    bool is_own = memcmp(letter.header.sender.bytes, node->peer->address.bytes,
                         sizeof letter.header.sender.bytes) == 0;
    kw_authenticated masked = is_own ? sim_mask_message(node, message) : *message;
    letter.message = &masked;
    for (size_t i = 0; is_own && i < node->part.rows_count; i++) {
        const sim_fault *row = node->part.rows[i];
        if (row->send != NULL && row->send(node, &letter)) {
            return;
        }
    }
    for (size_t i = 0; i < letter.to_count; i++) {
        sim_post_message(node->world, node->number, to[i], &masked, letter.until_ms);
    }
}

static void send(sim_node *node, const kw_operator_action *action, size_t to_count)
{
    sim_world *world = node->world;
    node->bytes_sent += to_count * bytes_of(action->messages);
    if (node->part.fate == SIM_FAULTY) {
        for (size_t i = 0; i < action->messages.count; i++) {
            send_letter(node, &action->messages.items[i], action);
        }
        return;
    }
    sim_parcel parcel = {.kind = SIM_POST,
                         .messages = action->messages,
                         .until_ms = virtual_of(node, action->until_ms)};
    uint32_t place = sim_post_parcel(world, &parcel);
    bool is_held = sim_watch_sending(node, action->messages) && world->plan.holds_extracts;
    for (size_t i = 0; i < to_count; i++) {
        uint16_t to = node_of(world, &action->to[i]);
        if (is_held) {
            sim_post_later(world, node->number, to, place, HELD_MS);
        } else {
            sim_post_send(world, node->number, to, place);
        }
    }
}

static void ask(sim_node *node, const kw_operator_action *action)
{
    sim_world *world = node->world;
    uint16_t to = node_of(world, &action->to[0]);
    uint64_t until_ms = world->net.now_ms + SIM_DELTA_MS;
    if (action->act == KW_OPERATOR_ASK) {
        sim_parcel parcel = {.kind = SIM_GET_EPOCH, .epoch = action->epoch, .until_ms = until_ms};
        sim_post_send(world, node->number, to, sim_post_parcel(world, &parcel));
    }
    for (size_t i = 0; i < action->ids_count; i++) {
        sim_parcel parcel = {.kind = SIM_GET_MESSAGE, .hash = action->ids[i], .until_ms = until_ms};
        sim_post_send(world, node->number, to, sim_post_parcel(world, &parcel));
    }
}

/* ---- falling and rising ---- */
static void boot(sim_node *node)
{
    sim_world *world = node->world;
    kw_operator_setup setup = {
        .group = world->plan.group,
        .schemes = &world->verdicts.schemes,
        .cluster = world->cluster,
        .config = world->config,
        .pin = world->plan.has_pins && world->has_master ? &world->master : NULL,
        .self = node->peer->address,
        .keys = {{own_key(node, 0), own_key(node, 1)}},
        .rng = &node->rng_port,
        .verifier = {.verify = verify, .ctx = node},
    };
    node->engine = kw_heap_new(1, sizeof *node->engine);
    KW_ASSERT(node->engine != NULL);
    kw_operator_record *records = sim_disk_read(&node->disk);
    kw_status st =
        kw_operator_resume(enter(node), &setup, records, node->disk.kept.count, sim_node_now(node));
    leave();
    kw_heap_free(records);
    if (st != KW_OK) {
        sim_watch_blame(world, "operator %u does not resume: %s", node->number, kw_status_name(st));
    }
    node->is_up = true;
    node->is_awaited = false;
}

static void stop(sim_node *node)
{
    if (node->engine != NULL) {
        kw_operator_drop(enter(node));
        leave();
        KW_ASSERT(node->meter.held == 0);
        kw_heap_free(node->engine);
        node->engine = NULL;
    }
    node->is_up = false;
}

static void crash(sim_node *node)
{
    sim_world *world = node->world;
    world->crashes_left--;
    sim_disk_forget(&node->disk);
    stop(node);
    uint64_t down_ms = random_below(&world->random, 2) == 0 ? SIM_DELTA_MS / 4 : DOWN_MS;
    sim_net_alarm(&world->net, (uint16_t)(node->number + 1),
                  world->net.now_ms + random_below(&world->random, down_ms), SIM_ALARM_RESTART);
}

static fall fall_now(sim_node *node)
{
    sim_world *world = node->world;
    if (world->crashes_left == 0 || node->part.fate != SIM_HONEST ||
        random_below(&world->random, CRASH_ODDS) != 0) {
        return FALL_NOT;
    }
    return (fall)(1 + random_below(&world->random, FALL_WHILE_SENDING));
}

/* ---- actions ---- */

/* What a simulation shows of itself when it is asked to. */
static void trace(const sim_node *node, const kw_operator_action *action)
{
    static const char *const names[] = {"idle", "persist",   "erase",    "send",     "pull",
                                        "ask",  "certified", "activate", "evidence", "aborted"};
    if (!node->world->plan.is_traced || action->act == KW_OPERATOR_IDLE) {
        return;
    }
    (void)fprintf(stderr, "%9llu op %2u %-8s", (unsigned long long)node->world->net.now_ms,
                  node->number, names[action->act]);
    for (size_t i = 0; i < action->messages.count && i < TRACE_MAX; i++) {
        const kw_authenticated *m = &action->messages.items[i];
        (void)fprintf(stderr, " type %u %02x%02x", m->payload.ptr[4], m->hash.bytes[0],
                      m->hash.bytes[1]);
    }
    for (size_t i = 0; i < action->ids_count && i < TRACE_MAX; i++) {
        (void)fprintf(stderr, " %02x%02x", action->ids[i].bytes[0], action->ids[i].bytes[1]);
    }
    (void)fprintf(stderr, " epoch %llu to %zu", (unsigned long long)action->epoch,
                  action->to_count);
    if (action->to_count == 1) {
        (void)fprintf(stderr, ": %u", node_of(node->world, &action->to[0]));
    }
    (void)fprintf(stderr, "\n");
}

static void carry_out(sim_node *node, const kw_operator_action *action, size_t to_count)
{
    switch (action->act) {
    case KW_OPERATOR_IDLE:
    case KW_OPERATOR_PERSIST:
    case KW_OPERATOR_ERASE:
    case KW_OPERATOR_ABORTED:
        break;
    case KW_OPERATOR_SEND:
        send(node, action, to_count);
        break;
    case KW_OPERATOR_PULL:
    case KW_OPERATOR_ASK:
        ask(node, action);
        break;
    case KW_OPERATOR_CERTIFIED:
        sim_watch_certificate(node, action->epoch);
        break;
    case KW_OPERATOR_ACTIVATE:
        sim_watch_activation(node, action->epoch);
        break;
    case KW_OPERATOR_EVIDENCE:
        sim_watch_evidence(node, action->bytes);
        break;
    }
}

/* What is not a record: durable first, then done; falls at any point of this. */
static void act(sim_node *node, const kw_operator_action *action)
{
    fall how = fall_now(node);
    if (how == FALL_BEFORE_RECORD) {
        crash(node);
        return;
    }
    sim_disk_commit(&node->disk);
    if (how == FALL_AFTER_RECORD) {
        crash(node);
        return;
    }
    bool is_cut_short = how == FALL_WHILE_SENDING && action->to_count > 0;
    size_t to_count =
        is_cut_short ? random_below(&node->world->random, action->to_count) : action->to_count;
    trace(node, action);
    carry_out(node, action, to_count);
    if (how == FALL_WHILE_SENDING) {
        crash(node);
    }
}

static void await(sim_node *node)
{
    uint64_t at = kw_operator_wake_at(node->engine);
    if (at == KW_SESSION_NEVER) {
        return;
    }
    uint64_t virtual_ms = KW_MAX(virtual_of(node, at), node->world->net.now_ms + 1);
    if (!node->is_awaited || virtual_ms < node->wake_ms) {
        node->is_awaited = true;
        node->wake_ms = virtual_ms;
        sim_net_alarm(&node->world->net, (uint16_t)(node->number + 1), virtual_ms, SIM_ALARM_WAKE);
    }
}

static void step(sim_node *node)
{
    kw_operator_action action;
    uint32_t count = 0;
    do {
        kw_operator_next(enter(node), &action, sim_node_now(node));
        leave();
        if (action.act == KW_OPERATOR_PERSIST || action.act == KW_OPERATOR_ERASE) {
            sim_disk_stage(&node->disk, &action);
        } else {
            act(node, &action);
        }
        if (++count == ACTIONS_MAX) {
            sim_watch_blame(node->world, "operator %u acts without end", node->number);
            return;
        }
    } while (node->is_up && action.act != KW_OPERATOR_IDLE);
    if (node->is_up) {
        await(node);
    }
}

/* ---- events ---- */
static void begin(sim_node *node, uint16_t b)
{
    sim_world *world = node->world;
    node->has_begun = true;
    kw_operator_boundary boundary = {
        .timestamp = SIM_START_S + (uint64_t)b * sim_interval_s(&world->plan),
        .roster = &world->rosters[world->roster_at[b]],
    };
    kw_status st = kw_operator_begin(enter(node), &boundary, sim_node_now(node));
    leave();
    if (st != KW_OK) {
        sim_watch_blame(world, "operator %u cannot begin: %s", node->number, kw_status_name(st));
    }
    for (size_t i = 0; node->part.fate == SIM_FAULTY && i < node->part.rows_count; i++) {
        if (node->part.rows[i]->begin != NULL) {
            node->part.rows[i]->begin(node);
        }
    }
}

/* The boundary that has come last, by its clock; boundaries_count: none. */
static uint16_t boundary_now(const sim_node *node)
{
    uint64_t now = sim_node_now(node);
    uint64_t passed = now < SIM_START_S * 1000 ? UINT64_MAX
                                               : (now - SIM_START_S * 1000) /
                                                     (sim_interval_s(&node->world->plan) * 1000);
    return (uint16_t)KW_MIN(passed, (uint64_t)node->world->plan.boundaries_count);
}

static void restart(sim_node *node)
{
    boot(node);
    node->risen_ms = node->world->net.now_ms;
    uint16_t b = boundary_now(node);
    if (b < node->world->plan.boundaries_count) {
        begin(node, b);
    }
}

/* An operator starts one boundary before it is a member for the first time, without anything but
 * perhaps the pin. */
static bool is_first(sim_node *node, uint32_t alarm)
{
    const sim_plan *plan = &node->world->plan;
    uint16_t b = (uint16_t)(alarm - SIM_ALARM_BOUNDARY);
    uint16_t next = (uint16_t)KW_MIN(b + 1, plan->boundaries_count - 1);
    if (node->has_begun || alarm < SIM_ALARM_BOUNDARY ||
        !(sim_roster_has(&plan->rosters[b], node->number) ||
          sim_roster_has(&plan->rosters[next], node->number))) {
        return false;
    }
    boot(node);
    return true;
}

void sim_node_alarm(sim_node *node, uint32_t alarm)
{
    sim_world *world = node->world;
    if (alarm == SIM_ALARM_RESTART) {
        restart(node);
    } else if (!node->is_up && !is_first(node, alarm)) {
        return;
    } else if (alarm == SIM_ALARM_WAKE) {
        node->is_awaited = node->is_awaited && world->net.now_ms < node->wake_ms;
    } else if (alarm == SIM_ALARM_CRASH) {
        if (world->crashes_left > 0) {
            crash(node);
            return;
        }
    } else {
        begin(node, (uint16_t)(alarm - SIM_ALARM_BOUNDARY));
    }
    step(node);
}

static void answer_message(sim_node *node, uint16_t from, const sim_parcel *asked)
{
    kw_authenticated items[ANSWER_MAX];
    const kw_authenticated *at = NULL;
    KW_AUTO(kw_buf) file = kw_buf_init(KW_THRESHOLD_CERTIFICATE_BYTES_MAX);
    sim_parcel parcel = {.kind = SIM_MESSAGE, .messages.items = items, .until_ms = asked->until_ms};
    size_t *count = &parcel.messages.count;
    while (*count < ANSWER_MAX &&
           (at = kw_operator_message(node->engine, &asked->hash, at)) != NULL) {
        items[(*count)++] = *at;
    }
    if (*count == 0) {
        parcel.kind = SIM_FILE;
        parcel.bytes = kw_operator_certificate_of(node->engine, &asked->hash);
        if (parcel.bytes.len == 0 &&
            kw_operator_candidate(node->engine, &file, &asked->hash) == KW_OK) {
            parcel.bytes = kw_buf_view(&file);
        }
        if (parcel.bytes.len == 0) {
            return;
        }
    }
    node->bytes_sent += bytes_of(parcel.messages) + parcel.bytes.len;
    sim_post_send(node->world, node->number, from, sim_post_parcel(node->world, &parcel));
}

static void answer_epoch(sim_node *node, uint16_t from, const sim_parcel *asked)
{
    sim_parcel parcel = {.kind = SIM_FILE,
                         .bytes = kw_operator_certificate(node->engine, asked->epoch),
                         .until_ms = asked->until_ms};
    if (parcel.bytes.len == 0 && asked->epoch != 0) {
        parcel.bytes = sim_disk_certificate(&node->disk, asked->epoch);
    }
    if (parcel.bytes.len == 0) {
        parcel.kind = SIM_NO_EPOCH;
    }
    node->bytes_sent += parcel.bytes.len;
    sim_post_send(node->world, node->number, from, sim_post_parcel(node->world, &parcel));
}

static bool has_answered(sim_node *node, uint16_t from, const sim_parcel *asked)
{
    if (asked->kind == SIM_GET_MESSAGE && sim_mask_hides_hash(node, &asked->hash)) {
        return true;
    }
    for (size_t i = 0; node->part.fate == SIM_FAULTY && i < node->part.rows_count; i++) {
        const sim_fault *row = node->part.rows[i];
        if (row->answer != NULL && row->answer(node, from, asked)) {
            return true;
        }
    }
    return false;
}

/* 404: the sender's clock may be ahead; it tries again. */
static void take_messages(sim_node *node, uint16_t from, uint32_t place)
{
    sim_world *world = node->world;
    const sim_parcel parcel = world->parcels[place];
    kw_operator_reply reply = {0};
    kw_operator_take(enter(node), &reply, parcel.messages, &world->nodes[from].peer->address,
                     sim_node_now(node));
    leave();
    if (parcel.kind != SIM_POST || reply.st != KW_NOT_FOUND) {
        return;
    }
    if (reply.has_head) {
        sim_parcel refusal = {
            .kind = SIM_REFUSAL, .hash = reply.head, .until_ms = world->net.now_ms + SIM_DELTA_MS};
        sim_post_send(world, node->number, from, sim_post_parcel(world, &refusal));
    }
    if (world->net.now_ms + RETRY_MS < parcel.until_ms) {
        sim_post_later(world, from, node->number, place, RETRY_MS);
    }
}

/* What is no certificate is refused; whoever would believe it shows that by activating it. */
static void take_file(sim_node *node, const kw_address *from, kw_span bytes)
{
    kw_status st = kw_operator_take_file(enter(node), from, bytes, sim_node_now(node));
    leave();
    KW_UNUSED(st);
}

void sim_node_hear(sim_node *node, uint16_t from, uint32_t place)
{
    sim_world *world = node->world;
    const sim_parcel parcel = world->parcels[place]; /* by value: answers move the table */
    const kw_address *sender = &world->nodes[from].peer->address;
    if (!node->is_up) {
        if (node->part.fate == SIM_HONEST && world->net.now_ms + SIM_DELTA_MS < parcel.until_ms) {
            sim_post_later(world, from, node->number, place, SIM_DELTA_MS / 2);
        }
        return;
    }
    switch (parcel.kind) {
    case SIM_POST:
    case SIM_MESSAGE:
        take_messages(node, from, place);
        break;
    case SIM_REFUSAL:
        kw_operator_take_head(enter(node), sender, &parcel.hash);
        leave();
        break;
    case SIM_GET_MESSAGE:
        if (!has_answered(node, from, &parcel)) {
            answer_message(node, from, &parcel);
        }
        break;
    case SIM_GET_EPOCH:
        if (!has_answered(node, from, &parcel)) {
            answer_epoch(node, from, &parcel);
        }
        break;
    case SIM_FILE:
    case SIM_NO_EPOCH:
        take_file(node, sender, parcel.bytes);
        break;
    }
    step(node);
}

void sim_node_open(sim_node *node, sim_world *world, uint16_t number)
{
    *node = (sim_node){
        .world = world,
        .number = number,
        .peer = sim_pool_peer(world->pool, number, world->plan.curve),
        .part = world->plan.parts[number],
        .rng = {.seed = world->plan.seed ^ ((uint64_t)(number + 1) << 48)},
        .mischief_left = 64,
    };
    node->keys[0] = (sim_key){world, node->peer};
    if (node->part.rekeyed_at > 0) {
        node->keys[1] = (sim_key){world, sim_pool_second(world->pool, number, world->plan.curve)};
    }
    node->rng_port = seeded_rng_port(&node->rng);
    for (uint16_t b = 0; node->part.fate != SIM_DEAD && b < world->plan.boundaries_count; b++) {
        uint64_t at = SIM_LEAD_MS + (uint64_t)b * sim_interval_s(&world->plan) * 1000;
        sim_net_alarm(&world->net, (uint16_t)(number + 1),
                      at - (uint64_t)(int64_t)node->part.skew_ms, SIM_ALARM_BOUNDARY + b);
    }
}

void sim_node_close(sim_node *node)
{
    stop(node);
    sim_disk_drop(&node->disk);
    kw_heap_free(node->signatures);
}
