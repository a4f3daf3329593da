/* SPDX-License-Identifier: Apache-2.0
 * Four operators, one of which is short of memory: each allocation of a boundary at it fails once.
 * The others finish in time; it convicts nobody, keeps its share, and is back at the next one. */
#include "base/heap.h"
#include "crypto/hash.h"
#include "kw_sim/disk.h"
#include "support/expect.h"
#include "support/peers.h"
#include "support/seeded_rng.h"
#include "support/toy_group.h"

enum {
    N = 4,
    ILL = 0, /* the node whose memory fails */
    DELTA_MS = 1000,
    INTERVAL_S = 240,
    START_S = INTERVAL_S * 1000000,
    RETRY_MS = DELTA_MS / 4, /* who was not served asks again */
    PARCELS_MAX = 8192,
    SIGNED_MAX = 256,
    TURNS_MAX = 20000, /* of a boundary */
    NUMBERS_MAX = 20000,
};

typedef enum parcel_kind {
    POSTED,      /* messages */
    PULLED,      /* the same, as an answer */
    HEAD,        /* the answer to a HELLO of another epoch */
    GET_MESSAGE, /* by hash */
    GET_EPOCH,   /* by number */
    GIVEN,       /* a file, or none */
} parcel_kind;

typedef struct parcel {
    parcel_kind kind;
    size_t from; /* nodes */
    size_t to;
    uint64_t at_ms;
    uint64_t until_ms;
    kw_authenticated_list messages;
    kw_hash32 hash;
    uint64_t epoch;
    kw_span bytes;
    bool is_done;
} parcel;

/* One body for each place. */
typedef struct signature {
    uint8_t place[KW_MESSAGE_HEADER_BYTES + sizeof(uint32_t)];
    kw_hash32 hash;
} signature;

typedef struct node {
    peer peer;
    seeded_rng seeded;
    kw_rng rng;
    kw_operator_setup setup;
    kw_operator op;
    sim_disk disk;
    signature signatures[SIGNED_MAX];
    size_t signatures_count;
} node;

typedef struct house {
    kw_arena arena; /* roster, and what travels */
    node nodes[N];
    kw_roster roster;
    parcel parcels[PARCELS_MAX];
    size_t parcels_count;
    size_t first; /* all before it are done */
    uint64_t now;
    bool is_armed;
    bool lags;     /* the one that was short missed its epoch */
    uint64_t left; /* until the allocation that fails; 0: it has, or none does */
} house;

/* ---- what fails ---- */
static void arm(const house *h, size_t at)
{
    if (h->is_armed && at == ILL) {
        kw_heap_fail_at(h->left);
    }
}

static void disarm(house *h, size_t at)
{
    if (h->is_armed && at == ILL) {
        h->left = kw_heap_fail_at(0);
    }
}

/* ---- operators ---- */
/* Nobody forges here. */
static kw_status verify(void *ctx, uint8_t *ok, const kw_peer_claim *claims, size_t n)
{
    KW_UNUSED(ctx);
    KW_UNUSED(claims);
    memset(ok, 1, n);
    return KW_OK;
}

static void open_node(house *h, size_t at)
{
    node *n = &h->nodes[at];
    n->seeded = (seeded_rng){.seed = at + 1};
    n->rng = seeded_rng_port(&n->seeded);
    n->setup = (kw_operator_setup){
        .group = &toy_group,
        .schemes = &peer_schemes_test,
        .config = {.suite = KW_SUITE_PEDERSEN,
                   .ratio = KW_THRESHOLD_RATIO_DEFAULT,
                   .interval_s = INTERVAL_S,
                   .reshare_every = 1,
                   .delta_ms = DELTA_MS,
                   .genesis_roster = h->roster.hash},
        .self = n->peer.address,
        .keys = {{peer_own_key(&n->peer, n->peer.signer)}},
        .rng = &n->rng,
        .verifier = {.verify = verify},
    };
    EXPECT_OK(kw_operator_init(&n->op, &n->setup));
}

static void open_house(house *h, uint64_t number)
{
    *h = (house){.arena = kw_arena_init(64 << 20), .left = number};
    peer all[N];
    for (uint32_t i = 0; i < N; i++) {
        peer_make(&h->nodes[i].peer, i + 1, PEER_ED25519);
        all[i] = h->nodes[i].peer;
    }
    h->roster = peers_roster(all, N, &h->arena);
    for (size_t i = 0; i < N; i++) {
        open_node(h, i);
    }
}

static void close_house(house *h)
{
    for (size_t i = 0; i < N; i++) {
        kw_operator_drop(&h->nodes[i].op);
        sim_disk_drop(&h->nodes[i].disk);
    }
    kw_arena_drop(&h->arena);
}

static size_t node_of(const house *h, const kw_address *address)
{
    size_t at = 0;
    while (at < N && !kw_address_equal(&h->nodes[at].peer.address, address)) {
        at++;
    }
    assert_in_range(at, 0, N - 1);
    return at;
}

/* ---- post ---- */
static kw_span kept(house *h, kw_span bytes)
{
    kw_span copy = {0};
    if (bytes.len > 0) {
        EXPECT_OK(kw_arena_copy_span(&h->arena, &copy, bytes));
    }
    return copy;
}

static void post(house *h, const parcel *asked)
{
    assert_in_range(h->parcels_count, 0, PARCELS_MAX - 1);
    parcel *out = &h->parcels[h->parcels_count++];
    *out = *asked;
    out->bytes = kept(h, asked->bytes);
    size_t count = asked->messages.count;
    kw_authenticated *items = kw_arena_new(&h->arena, KW_MAX(count, (size_t)1), sizeof *items);
    assert_non_null(items);
    for (size_t i = 0; i < count; i++) {
        items[i] = asked->messages.items[i];
        items[i].payload = kept(h, items[i].payload);
    }
    out->messages.items = items;
}

static parcel answer_to(const house *h, const parcel *asked, parcel_kind kind)
{
    return (parcel){.kind = kind, .from = asked->to, .to = asked->from, .at_ms = h->now};
}

static void take_messages(house *h, parcel *p)
{
    kw_operator_reply reply = {0};
    arm(h, p->to);
    kw_operator_take(&h->nodes[p->to].op, &reply, p->messages, &h->nodes[p->from].peer.address,
                     h->now);
    disarm(h, p->to);
    if (p->kind == POSTED && reply.has_head) {
        parcel head = answer_to(h, p, HEAD);
        head.hash = reply.head;
        post(h, &head);
    }
    bool is_refused = reply.st == KW_NOT_FOUND || kw_status_is_retryable(reply.st);
    if (p->kind == POSTED && is_refused && h->now + RETRY_MS < p->until_ms) {
        p->is_done = false;
        p->at_ms = h->now + RETRY_MS;
    }
}

static void give_message(house *h, const parcel *asked)
{
    enum {
        ITEMS_MAX = 16,
    };
    kw_operator *op = &h->nodes[asked->to].op;
    kw_authenticated items[ITEMS_MAX];
    const kw_authenticated *at = NULL;
    KW_AUTO(kw_buf) file = kw_buf_init(KW_THRESHOLD_CERTIFICATE_BYTES_MAX);
    parcel p = answer_to(h, asked, PULLED);
    p.messages.items = items;
    while (p.messages.count < ITEMS_MAX &&
           (at = kw_operator_message(op, &asked->hash, at)) != NULL) {
        items[p.messages.count++] = *at;
    }
    if (p.messages.count == 0) {
        p.kind = GIVEN;
        p.bytes = kw_operator_certificate_of(op, &asked->hash);
        if (p.bytes.len == 0 && kw_operator_candidate(op, &file, &asked->hash) == KW_OK) {
            p.bytes = kw_buf_view(&file);
        }
    }
    if (p.messages.count > 0 || p.bytes.len > 0) {
        post(h, &p);
    }
}

static void take_file(house *h, const parcel *p)
{
    arm(h, p->to);
    kw_status st = kw_operator_take_file(&h->nodes[p->to].op, &h->nodes[p->from].peer.address,
                                         p->bytes, h->now);
    disarm(h, p->to);
    KW_UNUSED(st); /* what is old or unwanted is refused */
}

static void deliver(house *h, parcel *p)
{
    kw_operator *op = &h->nodes[p->to].op;
    parcel file = answer_to(h, p, GIVEN);
    p->is_done = true;
    switch (p->kind) {
    case POSTED:
    case PULLED:
        take_messages(h, p);
        break;
    case HEAD:
        kw_operator_take_head(op, &h->nodes[p->from].peer.address, &p->hash);
        break;
    case GET_MESSAGE:
        give_message(h, p);
        break;
    case GET_EPOCH:
        file.bytes = kw_operator_certificate(op, p->epoch);
        post(h, &file);
        break;
    case GIVEN:
        take_file(h, p);
        break;
    }
}

/* ---- a node at work ---- */
static void note_signed(node *n, const kw_authenticated *message)
{
    kw_message_header header;
    EXPECT_OK(kw_message_header_decode(&header, message->payload));
    if (!kw_address_equal(&header.sender, &n->peer.address)) {
        return;
    }
    signature *s = &n->signatures[n->signatures_count];
    bool is_vote = header.type >= KW_MESSAGE_PROPOSE && header.type <= KW_MESSAGE_PRECOMMIT;
    *s = (signature){.hash = message->hash};
    memcpy(s->place, message->payload.ptr,
           KW_MESSAGE_HEADER_BYTES + (is_vote ? sizeof(uint32_t) : 0));
    for (size_t i = 0; i < n->signatures_count; i++) {
        if (memcmp(n->signatures[i].place, s->place, sizeof s->place) == 0) {
            assert_true(kw_hash32_equal(&n->signatures[i].hash, &s->hash));
            return;
        }
    }
    n->signatures_count++;
    assert_in_range(n->signatures_count, 1, SIGNED_MAX - 1);
}

static void carry_out(house *h, size_t at, const kw_operator_action *action)
{
    node *n = &h->nodes[at];
    if (action->act == KW_OPERATOR_PERSIST || action->act == KW_OPERATOR_ERASE) {
        sim_disk_stage(&n->disk, action);
        return;
    }
    sim_disk_commit(&n->disk);
    assert_int_not_equal(action->act, KW_OPERATOR_EVIDENCE);
    for (size_t i = 0; i < action->messages.count; i++) {
        note_signed(n, &action->messages.items[i]);
    }
    for (size_t i = 0; i < action->to_count; i++) {
        parcel p = {.kind = POSTED,
                    .from = at,
                    .to = node_of(h, &action->to[i]),
                    .at_ms = h->now,
                    .until_ms = action->until_ms,
                    .messages = action->messages};
        if (action->act == KW_OPERATOR_SEND) {
            post(h, &p);
        } else if (action->act == KW_OPERATOR_ASK) {
            p.kind = GET_EPOCH;
            p.epoch = action->epoch;
            post(h, &p);
        }
        for (size_t k = 0; k < action->ids_count; k++) {
            p.kind = GET_MESSAGE;
            p.hash = action->ids[k];
            post(h, &p);
        }
    }
}

static void work(house *h, size_t at)
{
    kw_operator_action action;
    size_t turns = 0;
    do {
        assert_in_range(turns++, 0, TURNS_MAX);
        arm(h, at);
        kw_operator_next(&h->nodes[at].op, &action, h->now);
        disarm(h, at);
        carry_out(h, at, &action);
    } while (action.act != KW_OPERATOR_IDLE);
}

static void begin(house *h, size_t at, uint64_t timestamp)
{
    const kw_operator_boundary boundary = {.timestamp = timestamp, .roster = &h->roster};
    arm(h, at);
    kw_status st = kw_operator_begin(&h->nodes[at].op, &boundary, h->now);
    disarm(h, at);
    if (st != KW_OK) { /* the same call begins it */
        assert_true(at == ILL && h->left == 0 && (st == KW_NO_MEMORY || st == KW_LIMIT));
        EXPECT_OK(kw_operator_begin(&h->nodes[at].op, &boundary, h->now));
    }
}

/* The next parcel that is due, the oldest first; NULL: none is. */
static parcel *next_parcel(house *h)
{
    while (h->first < h->parcels_count && h->parcels[h->first].is_done) {
        h->first++;
    }
    for (size_t i = h->first; i < h->parcels_count; i++) {
        if (!h->parcels[i].is_done && h->parcels[i].at_ms <= h->now) {
            return &h->parcels[i];
        }
    }
    return NULL;
}

static uint64_t next_moment(const house *h, uint64_t until_ms)
{
    uint64_t at = until_ms;
    for (size_t i = h->first; i < h->parcels_count; i++) {
        at = h->parcels[i].is_done ? at : KW_MIN(at, h->parcels[i].at_ms);
    }
    for (size_t i = 0; i < N; i++) {
        at = KW_MIN(at, kw_operator_wake_at(&h->nodes[i].op));
    }
    return KW_MIN(KW_MAX(at, h->now + 1), until_ms);
}

static void pass(house *h, uint64_t b)
{
    uint64_t timestamp = START_S + b * INTERVAL_S;
    h->now = timestamp * 1000;
    h->parcels_count = 0;
    h->first = 0;
    for (size_t i = 0; i < N; i++) {
        begin(h, i, timestamp);
    }
    for (uint64_t end = (timestamp + INTERVAL_S) * 1000; h->now < end;
         h->now = next_moment(h, end)) {
        for (size_t i = 0; i < N; i++) {
            work(h, i);
        }
        for (parcel *p = next_parcel(h); p != NULL; p = next_parcel(h)) {
            size_t to = p->to;
            deliver(h, p);
            work(h, to);
        }
    }
}

/* ---- what is left ---- */
/* The share of the newest epoch at a node is that of its certificate. 0: it has none. */
static uint64_t epoch_of(house *h, size_t at)
{
    kw_operator_key key;
    if (!kw_operator_key_of(&h->nodes[at].op, &key, 0)) {
        return 0;
    }
    const kw_candidate *candidate = &key.certificate->candidate;
    kw_group_g2 own;
    kw_group_g2 wanted;
    toy_group.g2_base(&own, key.share);
    EXPECT_OK(toy_group.g2_poly_eval(&wanted, candidate->polynomial, candidate->fields.t_new,
                                     key.member));
    assert_true(toy_group.g2_equal(&own, &wanted));
    return candidate->fields.epoch;
}

/* The one that was short goes on from its records. */
static void restart(house *h)
{
    node *n = &h->nodes[ILL];
    uint64_t epoch = epoch_of(h, ILL);
    kw_operator_drop(&n->op);
    sim_disk_forget(&n->disk);
    kw_operator_record *records = sim_disk_read(&n->disk);
    EXPECT_OK(kw_operator_resume(&n->op, &n->setup, records, n->disk.kept.count, h->now));
    kw_heap_free(records);
    assert_int_equal(epoch_of(h, ILL), epoch);
}

/* All have the epoch of the boundary; who was short may have missed it. */
static void expect_epoch(house *h, uint64_t b)
{
    for (size_t i = 0; i < N; i++) {
        uint64_t epoch = epoch_of(h, i);
        assert_in_range(epoch, h->is_armed && i == ILL ? b : b + 1, b + 1);
        h->lags = h->lags || epoch == b;
    }
}

/* False: the boundary has not so many allocations. */
static bool survives(uint64_t ill_boundary, uint64_t number, unsigned *missed)
{
    house *h = kw_heap_new(1, sizeof *h);
    assert_non_null(h);
    open_house(h, number);
    for (uint64_t b = 0; b <= ill_boundary + 1; b++) {
        h->is_armed = b == ill_boundary;
        pass(h, b);
        expect_epoch(h, b);
        h->is_armed = false;
        restart(h);
    }
    *missed += h->lags;
    bool has_failed = h->left == 0;
    close_house(h);
    kw_heap_free(h);
    return has_failed;
}

static void fail_each(uint64_t boundary)
{
    uint64_t number = 1;
    unsigned missed = 0;
    while (survives(boundary, number, &missed)) {
        number++;
    }
    assert_in_range(number, 100, NUMBERS_MAX);
    assert_in_range(missed, 1, number - 1); /* it may cost the epoch, and need not */
}

static void genesis__of_others_ends_when_one_is_short_of_memory(void **state)
{
    (void)state;
    fail_each(0);
}

static void reshare__of_others_ends_when_one_is_short_of_memory(void **state)
{
    (void)state;
    fail_each(1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(genesis__of_others_ends_when_one_is_short_of_memory),
        cmocka_unit_test(reshare__of_others_ends_when_one_is_short_of_memory),
    };
    return cmocka_run_group_tests_name("fault/threshold/cluster", tests, NULL, NULL);
}
