/* SPDX-License-Identifier: Apache-2.0
 * The handover of four operators, one of which fails at times, or loses its share or its key. */
#include "threshold/engine/operator/operator.h"

#include "base/heap.h"
#include "crypto/hash.h"
#include "crypto/keccak.h"
#include "support/expect.h"
#include "support/peers.h"
#include "support/seeded_rng.h"
#include "support/toy_group.h"

enum {
    MEMBERS = 4,
    BOUNDARY_S = 1800000000,
    INTERVAL_S = 240,
    STEP_MS = 1000,
    SENT_MAX = 64,
    SIGNATURES = 12, /* each of them fails in a run of its own */
    PLACE_BYTES = KW_MESSAGE_HEADER_BYTES + sizeof(uint32_t),
    STORE_MAX = 256,
};

/* Fails once. */
typedef struct faulty_signer {
    kw_peer_signer inner;
    uint32_t calls;
    uint32_t fails_at; /* 0: never */
} faulty_signer;

typedef struct desk {
    kw_arena arena;
    peer peers[MEMBERS];
    kw_roster roster;
    seeded_rng seeded;
    kw_rng rng;
    faulty_signer signer;
    kw_operator *ops[MEMBERS]; /* the first one's signer fails */
    kw_span sent[SENT_MAX];    /* payloads of votes */
    size_t sent_count;
    kw_operator_record store[STORE_MAX]; /* of the first member; bytes in the arena */
    size_t store_count;
    kw_authenticated dealt[2];   /* DEAL and SHARES of the second one, at last */
    kw_operator_record handover; /* the first one of the first member; no bytes: none yet */
    size_t handover_vote;        /* in `sent`: the one that it is for */
    uint64_t dealt_epoch;        /* the newest one that the first member sent an own DEAL for */
    size_t handover_votes;       /* the same */
} desk;

static kw_status sign(void *ctx, kw_peer_signature *out, const kw_hash32 *hash)
{
    faulty_signer *s = ctx;
    return ++s->calls == s->fails_at ? KW_UNAVAILABLE : s->inner.sign(s->inner.ctx, out, hash);
}

static kw_operator *open_operator(desk *d, size_t at)
{
    const kw_operator_setup setup = {
        .group = &toy_group,
        .schemes = &peer_schemes_test,
        .config = {.suite = KW_SUITE_PEDERSEN,
                   .ratio = KW_THRESHOLD_RATIO_DEFAULT,
                   .interval_s = INTERVAL_S,
                   .reshare_every = 1,
                   .delta_ms = STEP_MS,
                   .genesis_roster = d->roster.hash},
        .self = d->peers[at].address,
        .keys = {{peer_own_key(&d->peers[at], at == 0 ? (kw_peer_signer){sign, &d->signer}
                                                      : d->peers[at].signer)}},
        .rng = &d->rng,
        .verifier = kw_peer_verifier_of(&d->rng),
    };
    kw_operator *op = kw_heap_new(1, sizeof *op);
    assert_non_null(op);
    EXPECT_OK(kw_operator_init(op, &setup));
    return op;
}

static void open_desk(desk *d, uint32_t fails_at)
{
    *d = (desk){.arena = kw_arena_init(64 << 20), .seeded = {.seed = 7}};
    for (uint32_t i = 0; i < MEMBERS; i++) {
        peer_make(&d->peers[i], i, PEER_ED25519);
    }
    d->roster = peers_roster(d->peers, MEMBERS, &d->arena);
    d->rng = seeded_rng_port(&d->seeded);
    d->signer = (faulty_signer){.inner = d->peers[0].signer, .fails_at = fails_at};
    for (size_t i = 0; i < MEMBERS; i++) {
        d->ops[i] = open_operator(d, i);
    }
}

static void close_desk(desk *d)
{
    for (size_t i = 0; i < MEMBERS; i++) {
        kw_operator_drop(d->ops[i]);
        kw_heap_free(d->ops[i]);
    }
    kw_arena_drop(&d->arena);
}

/* Of the first member, not one that it hands on. */
static bool is_own_vote(const desk *d, kw_span payload)
{
    kw_message_header header;
    EXPECT_OK(kw_message_header_decode(&header, payload));
    bool is_vote = header.type == KW_MESSAGE_PROPOSE || header.type == KW_MESSAGE_PREVOTE ||
                   header.type == KW_MESSAGE_PRECOMMIT;
    return is_vote && kw_address_equal(&header.sender, &d->peers[0].address);
}

static bool is_of_handover(const desk *d, kw_span payload)
{
    kw_message_header header;
    EXPECT_OK(kw_message_header_decode(&header, payload));
    return kw_hash32_equal(&header.sid, &d->ops[0]->handover_id);
}

/* For one place there is one body, whatever happened between. */
static void note_vote(desk *d, kw_span payload)
{
    for (size_t i = 0; i < d->sent_count; i++) {
        const kw_span at = d->sent[i];
        if (memcmp(at.ptr, payload.ptr, PLACE_BYTES) == 0) {
            EXPECT_SPAN(at, payload);
            return;
        }
    }
    assert_in_range(d->sent_count, 0, SENT_MAX - 1);
    EXPECT_OK(kw_arena_copy_span(&d->arena, &d->sent[d->sent_count++], payload));
}

static bool is_at(const kw_operator_record *a, const kw_operator_record *b, bool is_any_id)
{
    return a->kind == b->kind && kw_hash32_equal(&a->scope, &b->scope) &&
           (is_any_id || kw_hash32_equal(&a->id, &b->id));
}

static void write_store(desk *d, const kw_operator_action *action)
{
    size_t left = 0;
    for (size_t i = 0; i < d->store_count; i++) {
        if (!is_at(&d->store[i], &action->record, action->act == KW_OPERATOR_ERASE)) {
            d->store[left++] = d->store[i];
        }
    }
    d->store_count = left;
    if (action->act == KW_OPERATOR_PERSIST) {
        kw_span copy;
        kw_span bytes = kw_declassify_span(action->record.bytes, "a test");
        EXPECT_OK(kw_arena_copy_span(&d->arena, &copy, bytes));
        assert_in_range(d->store_count, 0, STORE_MAX - 1);
        d->store[d->store_count] = action->record;
        d->store[d->store_count++].bytes = kw_secret_span_of(copy);
    }
}

static void note_dealing(desk *d, const kw_authenticated *message)
{
    kw_message_header header;
    EXPECT_OK(kw_message_header_decode(&header, message->payload));
    bool is_deal = header.type == KW_MESSAGE_DEAL;
    if (is_deal && kw_address_equal(&header.sender, &d->peers[0].address)) {
        d->dealt_epoch = KW_MAX(d->dealt_epoch, header.epoch);
    }
    if (kw_address_equal(&header.sender, &d->peers[1].address) &&
        (is_deal || header.type == KW_MESSAGE_SHARES)) {
        kw_authenticated *out = &d->dealt[is_deal ? 0 : 1];
        *out = *message;
        EXPECT_OK(kw_arena_copy_span(&d->arena, &out->payload, message->payload));
    }
}

/* What the member `at` sends is taken by whom it is for. */
static void carry_out(desk *d, size_t at, const kw_operator_action *action, uint64_t now)
{
    const kw_address *from = &d->peers[at].address;
    kw_operator_reply reply;
    if (at == 0 && action->act == KW_OPERATOR_PERSIST &&
        action->record.kind == KW_RECORD_HANDOVER && d->handover.bytes.len == 0) {
        kw_span copy;
        kw_span bytes = kw_declassify_span(action->record.bytes, "a test");
        EXPECT_OK(kw_arena_copy_span(&d->arena, &copy, bytes));
        d->handover = action->record;
        d->handover_vote = d->sent_count;
        d->handover.bytes = kw_secret_span_of(copy);
    }
    if (at == 0 && (action->act == KW_OPERATOR_PERSIST || action->act == KW_OPERATOR_ERASE)) {
        write_store(d, action);
    }
    for (size_t i = 0; action->act == KW_OPERATOR_SEND && i < action->messages.count; i++) {
        note_dealing(d, &action->messages.items[i]);
        if (at == 0 && is_own_vote(d, action->messages.items[i].payload)) {
            note_vote(d, action->messages.items[i].payload);
            d->handover_votes += is_of_handover(d, action->messages.items[i].payload);
        }
    }
    for (size_t i = 0; action->act == KW_OPERATOR_SEND && i < action->to_count * MEMBERS; i++) {
        size_t to = i % MEMBERS;
        if (kw_address_equal(&action->to[i / MEMBERS], &d->peers[to].address)) {
            kw_operator_take(d->ops[to], &reply, action->messages, from, now);
        }
    }
}

/* False: it has nothing to do. */
static bool act_one(desk *d, size_t at, uint64_t now)
{
    kw_operator_action action;
    bool has_acted = false;
    kw_operator_next(d->ops[at], &action, now);
    while (action.act != KW_OPERATOR_IDLE) {
        has_acted = true;
        carry_out(d, at, &action, now);
        kw_operator_next(d->ops[at], &action, now);
    }
    return has_acted;
}

static void act_all(desk *d, uint64_t now)
{
    size_t idle = 0;
    for (size_t at = 0; idle < MEMBERS; at = (at + 1) % MEMBERS) {
        idle = act_one(d, at, now) ? 0 : idle + 1;
    }
}

static void live_for_an_interval(desk *d, uint64_t timestamp)
{
    const kw_operator_boundary boundary = {.timestamp = timestamp, .roster = &d->roster};
    uint64_t end = (timestamp + INTERVAL_S) * 1000;
    for (size_t i = 0; i < MEMBERS; i++) {
        kw_status st = kw_operator_begin(d->ops[i], &boundary, timestamp * 1000);
        assert_true(st == KW_OK || i == 0); /* it may fail to sign its HELLO */
    }
    for (uint64_t now = timestamp * 1000; now < end; now += STEP_MS) {
        act_all(d, now);
    }
}

/* The pitfall: after a failure the next boundary began the same handover afresh, at view 0. */
static void handover__goes_on_after_a_signature_that_failed(void **state)
{
    (void)state;
    for (uint32_t at = 0; at < SIGNATURES; at++) {
        desk d;
        open_desk(&d, at);
        live_for_an_interval(&d, BOUNDARY_S);
        live_for_an_interval(&d, BOUNDARY_S + INTERVAL_S);
        live_for_an_interval(&d, BOUNDARY_S + 2 * INTERVAL_S);
        assert_true(d.signer.calls >= at); /* it did fail */
        assert_non_null(kw_operator_decoded(d.ops[1], 0));
        close_desk(&d);
    }
}

/* The pitfall: its session was given up, so that nothing tells the genesis roster, and it could not
 * start; nor may it begin the handover afresh. */
static void handover__waits_for_the_genesis_roster_and_goes_on(void **state)
{
    (void)state;
    desk d;
    open_desk(&d, 0);
    live_for_an_interval(&d, BOUNDARY_S);
    assert_true(d.sent_count > d.handover_vote && d.handover.bytes.len > 0);
    const kw_operator_setup setup = d.ops[0]->setup;
    kw_operator_drop(d.ops[0]);
    uint64_t now = BOUNDARY_S * UINT64_C(1000);
    EXPECT_OK(kw_operator_resume(d.ops[0], &setup, &d.handover, 1, now));
    assert_null(d.ops[0]->handover);
    const kw_operator_boundary boundary = {.timestamp = BOUNDARY_S, .roster = &d.roster};
    EXPECT_OK(kw_operator_begin(d.ops[0], &boundary, now));
    assert_non_null(d.ops[0]->handover);
    kw_hash32 vote;
    kw_keccak256(&vote, d.sent[d.handover_vote]);
    kw_operator_action action;
    do {
        kw_operator_next(d.ops[0], &action, now);
    } while (action.act != KW_OPERATOR_IDLE);
    assert_non_null(kw_operator_message(d.ops[0], &vote, NULL));
    close_desk(&d);
}

static void start_again(desk *d, uint64_t now)
{
    const kw_operator_setup setup = d->ops[0]->setup;
    kw_operator_drop(d->ops[0]);
    EXPECT_OK(kw_operator_resume(d->ops[0], &setup, d->store, d->store_count, now));
}

/* By hash and, as who lacks them only knows that, SHARES by their root. */
static void expect_dealing(const desk *d, const kw_authenticated *dealt, bool is_served)
{
    const size_t root_at = dealt[0].payload.len - sizeof(kw_hash32);
    kw_hash32 root;
    memcpy(root.bytes, dealt[0].payload.ptr + root_at, sizeof root.bytes); /* genesis, suite 2 */
    const kw_authenticated *deal = kw_operator_message(d->ops[0], &dealt[0].hash, NULL);
    const kw_authenticated *shares = kw_operator_message(d->ops[0], &root, NULL);
    assert_int_equal(deal != NULL, is_served);
    assert_int_equal(shares != NULL, is_served);
    if (is_served) {
        EXPECT_SPAN(deal->payload, dealt[0].payload);
        EXPECT_SPAN(shares->payload, dealt[1].payload);
    }
}

/* The pitfall: dealings of others were in memory alone, and the record of a session that had made
 * an epoch was gone. */
static void dealings__are_served_by_who_started_again_until_the_next_epoch(void **state)
{
    (void)state;
    desk d;
    open_desk(&d, 0);
    live_for_an_interval(&d, BOUNDARY_S);
    uint64_t end = (BOUNDARY_S + INTERVAL_S) * UINT64_C(1000) - 1;
    const kw_authenticated dealt[2] = {d.dealt[0], d.dealt[1]};
    for (size_t i = 0; i < 3; i++) { /* also after one more */
        assert_int_equal(kw_operator_decoded(d.ops[0], 0)->candidate.fields.epoch, 1);
        expect_dealing(&d, dealt, true);
        start_again(&d, end);
        act_all(&d, end);
    }
    size_t records = d.store_count;
    live_for_an_interval(&d, BOUNDARY_S + INTERVAL_S);
    live_for_an_interval(&d, BOUNDARY_S + 2 * INTERVAL_S);
    assert_int_equal(kw_operator_decoded(d.ops[0], 0)->candidate.fields.epoch, 3);
    expect_dealing(&d, dealt, false);
    start_again(&d, end + 2 * INTERVAL_S * 1000);
    expect_dealing(&d, dealt, false);
    assert_in_range(d.store_count, 1, records + 4); /* certificates stay, nothing else piles up */
    close_desk(&d);
}

/* ---- who has lost something ---- */

/* The first member has nothing more of that kind. */
static void lose_records(desk *d, kw_record_kind kind)
{
    size_t left = 0;
    for (size_t i = 0; i < d->store_count; i++) {
        if (d->store[i].kind != kind) {
            d->store[left++] = d->store[i];
        }
    }
    assert_in_range(left, 1, d->store_count - 1);
    d->store_count = left;
}

/* It starts again and has these keys, no others. */
static void start_with(desk *d, kw_own_keys keys, uint64_t now)
{
    kw_operator_setup setup = d->ops[0]->setup;
    setup.keys = keys;
    kw_operator_drop(d->ops[0]);
    EXPECT_OK(kw_operator_resume(d->ops[0], &setup, d->store, d->store_count, now));
}

/* The next roster has another key of it. */
static kw_own_keys change_key(desk *d)
{
    const kw_address address = d->peers[0].address;
    peer_make(&d->peers[0], MEMBERS, PEER_ED25519);
    d->peers[0].address = address;
    d->signer.inner = d->peers[0].signer;
    d->roster = peers_roster(d->peers, MEMBERS, &d->arena);
    return (kw_own_keys){{peer_own_key(&d->peers[0], (kw_peer_signer){sign, &d->signer})}};
}

/* Everybody has a share of the epoch; the first member has dealt for this one at last. */
static void expect_shares(const desk *d, uint64_t epoch, uint64_t dealt_epoch)
{
    kw_operator_key key;
    assert_int_equal(d->dealt_epoch, dealt_epoch);
    for (size_t i = 0; i < MEMBERS; i++) {
        assert_true(kw_operator_key_of(d->ops[i], &key, 0));
        assert_int_equal(key.certificate->candidate.fields.epoch, epoch);
        kw_group_g2 public_key;
        kw_group_g2 wanted;
        toy_group.g2_base(&public_key, key.share);
        EXPECT_OK(toy_group.g2_poly_eval(&wanted, key.certificate->candidate.polynomial,
                                         key.certificate->candidate.fields.t_new, key.member));
        assert_true(toy_group.g2_equal(&public_key, &wanted));
    }
}

static void old_share_gone__receives_only(void **state)
{
    (void)state;
    desk d;
    open_desk(&d, 0);
    live_for_an_interval(&d, BOUNDARY_S);
    expect_shares(&d, 1, 1);
    lose_records(&d, KW_RECORD_SHARE);
    start_again(&d, (BOUNDARY_S + INTERVAL_S) * UINT64_C(1000) - 1);
    kw_operator_key key;
    assert_false(kw_operator_key_of(d.ops[0], &key, 0));
    live_for_an_interval(&d, BOUNDARY_S + INTERVAL_S);
    expect_shares(&d, 2, 1);
    live_for_an_interval(&d, BOUNDARY_S + 2 * INTERVAL_S);
    expect_shares(&d, 3, 3); /* and deals again */
    close_desk(&d);
}

/* Its share of the outgoing epoch is there, but it can sign no dealing and no vote. */
static void old_key_gone__receives_only(void **state)
{
    (void)state;
    desk d;
    open_desk(&d, 0);
    live_for_an_interval(&d, BOUNDARY_S);
    expect_shares(&d, 1, 1);
    size_t votes = d.handover_votes;
    assert_in_range(votes, 1, SENT_MAX);
    start_with(&d, change_key(&d), (BOUNDARY_S + INTERVAL_S) * UINT64_C(1000) - 1);
    live_for_an_interval(&d, BOUNDARY_S + INTERVAL_S);
    expect_shares(&d, 2, 1);
    assert_int_equal(d.handover_votes, votes);
    live_for_an_interval(&d, BOUNDARY_S + 2 * INTERVAL_S);
    expect_shares(&d, 3, 3);
    assert_in_range(d.handover_votes, votes + 1, SENT_MAX);
    close_desk(&d);
}

/* It has said HELLO, and can say nothing more in this session, then or when the key is back; it
 * takes part in the next one. */
static void resume__without_the_key_gives_the_session_up(void **state)
{
    (void)state;
    desk d;
    open_desk(&d, 0);
    const kw_own_keys keys = d.ops[0]->setup.keys;
    uint64_t now = BOUNDARY_S * UINT64_C(1000);
    const kw_operator_boundary boundary = {.timestamp = BOUNDARY_S, .roster = &d.roster};
    EXPECT_OK(kw_operator_begin(d.ops[0], &boundary, now));
    act_one(&d, 0, now);
    assert_non_null(d.ops[0]->slots[0].session);
    start_with(&d, (kw_own_keys){0}, now);
    assert_null(d.ops[0]->slots[0].session);
    act_one(&d, 0, now); /* what it gave up is durable */
    start_with(&d, keys, now);
    live_for_an_interval(&d, BOUNDARY_S);
    assert_null(d.ops[0]->slots[0].session);
    kw_span file = kw_operator_certificate(d.ops[1], 1);
    kw_status st = kw_operator_take_file(d.ops[0], &d.peers[1].address, file, now);
    assert_true(st == KW_OK || st == KW_END);
    live_for_an_interval(&d, BOUNDARY_S + INTERVAL_S);
    expect_shares(&d, 2, 0);
    live_for_an_interval(&d, BOUNDARY_S + 2 * INTERVAL_S);
    expect_shares(&d, 3, 3);
    close_desk(&d);
}

/* A member that starts anew, and no boundary has come; the others made an epoch. */
static kw_operator *newcomer(desk *d)
{
    open_desk(d, 0);
    live_for_an_interval(d, BOUNDARY_S);
    assert_true(kw_operator_certificate(d->ops[1], 1).len > 0);
    kw_operator_drop(d->ops[0]);
    kw_heap_free(d->ops[0]);
    d->ops[0] = open_operator(d, 0);
    return d->ops[0];
}

/* The pitfall: no session can be formed yet, and the records of the certificate went with it. */
static void certificate__is_adopted_before_the_first_boundary(void **state)
{
    (void)state;
    desk d;
    kw_operator *op = newcomer(&d);
    kw_span file = kw_operator_certificate(d.ops[1], 1);
    EXPECT_OK(kw_operator_take_file(op, &d.peers[1].address, file, BOUNDARY_S * UINT64_C(1000)));
    kw_operator_action action;
    bool is_durable = false;
    do {
        kw_operator_next(op, &action, BOUNDARY_S * UINT64_C(1000));
        is_durable = is_durable || (action.act == KW_OPERATOR_PERSIST &&
                                    action.record.kind == KW_RECORD_CERTIFICATE);
    } while (action.act != KW_OPERATOR_IDLE);
    assert_true(is_durable);
    EXPECT_STATUS(kw_operator_take_file(op, &d.peers[1].address, file, BOUNDARY_S * UINT64_C(1000)),
                  KW_END);
    close_desk(&d);
}

/* The pitfall: the chain from genesis verifies for any key. */
static void pin__is_compared_with_the_first_epoch(void **state)
{
    (void)state;
    desk d;
    kw_operator *op = newcomer(&d);
    kw_span file = kw_operator_certificate(d.ops[1], 1);
    const kw_group_g2 pin = toy_group.g2_generator();
    op->setup.pin = &pin;
    EXPECT_STATUS(kw_operator_take_file(op, &d.peers[1].address, file, BOUNDARY_S * UINT64_C(1000)),
                  KW_REFUSED);
    op->setup.pin = &kw_operator_decoded(d.ops[1], 1)->candidate.polynomial[0];
    EXPECT_OK(kw_operator_take_file(op, &d.peers[1].address, file, BOUNDARY_S * UINT64_C(1000)));
    close_desk(&d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(handover__goes_on_after_a_signature_that_failed),
        cmocka_unit_test(handover__waits_for_the_genesis_roster_and_goes_on),
        cmocka_unit_test(dealings__are_served_by_who_started_again_until_the_next_epoch),
        cmocka_unit_test(old_share_gone__receives_only),
        cmocka_unit_test(old_key_gone__receives_only),
        cmocka_unit_test(resume__without_the_key_gives_the_session_up),
        cmocka_unit_test(certificate__is_adopted_before_the_first_boundary),
        cmocka_unit_test(pin__is_compared_with_the_first_epoch),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
