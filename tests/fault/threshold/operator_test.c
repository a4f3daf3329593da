/* SPDX-License-Identifier: Apache-2.0
 * An operator alone, from genesis to the second epoch and over restarts: every allocation, every
 * signature and every draw of random bytes fails once. It may cost a session, never a key. */
#include "base/heap.h"
#include "crypto/hash.h"
#include "kw_sim/disk.h"
#include "support/expect.h"
#include "support/peers.h"
#include "support/seeded_rng.h"
#include "support/toy_group.h"

enum {
    INTERVAL_S = 240,
    START_S = INTERVAL_S * 1000000,
    BOUNDARIES = 5,
    SIGNED_MAX = 256,
    TURNS_MAX = 4000, /* of a boundary */
    NUMBERS_MAX = 4000,
};

typedef enum mishap {
    OF_HEAP,
    OF_SIGNER,
    OF_RNG,
} mishap;

/* One body for each place. */
typedef struct signature {
    uint8_t place[KW_MESSAGE_HEADER_BYTES + sizeof(uint32_t)];
    kw_hash32 hash;
} signature;

typedef struct desk {
    kw_arena arena;
    peer peer;
    kw_roster roster;
    seeded_rng seeded;
    kw_rng rng;
    kw_operator_setup setup;
    kw_operator *op;
    bool is_up; /* it has begun or gone on */
    sim_disk disk;
    signature *signatures; /* [SIGNED_MAX] */
    size_t signatures_count;
    uint64_t now;
    mishap kind;
    uint64_t left; /* of what fails when it comes to its end; 0: it has, or nothing does */
} desk;

/* ---- what fails ---- */
static bool is_due(desk *d, mishap kind)
{
    bool is_counted = d->kind == kind && d->left > 0;
    d->left -= is_counted;
    return is_counted && d->left == 0;
}

static kw_status sign(void *ctx, kw_peer_signature *out, const kw_hash32 *hash)
{
    desk *d = ctx;
    return is_due(d, OF_SIGNER) ? KW_UNAVAILABLE
                                : d->peer.signer.sign(d->peer.signer.ctx, out, hash);
}

static kw_status fill(void *ctx, kw_mspan out)
{
    desk *d = ctx;
    kw_rng good = seeded_rng_port(&d->seeded);
    return is_due(d, OF_RNG) ? KW_ENTROPY_FAILURE : good.fill(good.ctx, out);
}

static void arm(desk *d)
{
    if (d->kind == OF_HEAP) {
        kw_heap_fail_at(d->left);
    }
}

static void disarm(desk *d)
{
    if (d->kind == OF_HEAP) {
        d->left = kw_heap_fail_at(0);
    }
}

static bool is_of_mishap(const desk *d, kw_status st)
{
    switch (d->kind) {
    case OF_HEAP:
        return st == KW_NO_MEMORY || st == KW_LIMIT;
    case OF_SIGNER:
        return st == KW_UNAVAILABLE;
    case OF_RNG:
        return st == KW_ENTROPY_FAILURE;
    }
    return false;
}

/* ---- an operator ---- */
static void open_desk(desk *d, mishap kind, uint64_t number)
{
    *d = (desk){
        .arena = kw_arena_init(1 << 20), .seeded = {.seed = 3}, .kind = kind, .left = number};
    peer_make(&d->peer, 1, PEER_ED25519);
    d->roster = peers_roster(&d->peer, 1, &d->arena);
    d->rng = (kw_rng){fill, d};
    d->setup = (kw_operator_setup){
        .group = &toy_group,
        .schemes = &peer_schemes_test,
        .config = {.suite = KW_SUITE_PEDERSEN,
                   .ratio = KW_THRESHOLD_RATIO_DEFAULT,
                   .interval_s = INTERVAL_S,
                   .reshare_every = 1,
                   .delta_ms = 1000,
                   .genesis_roster = d->roster.hash},
        .self = d->peer.address,
        .keys = {{peer_own_key(&d->peer, (kw_peer_signer){sign, d})}},
        .rng = &d->rng,
        .verifier = kw_peer_verifier_of(&d->rng),
    };
    d->op = kw_heap_new(1, sizeof *d->op);
    d->signatures = kw_heap_new(SIGNED_MAX, sizeof *d->signatures);
    assert_true(d->op != NULL && d->signatures != NULL);
}

static void stop(desk *d)
{
    if (d->is_up) {
        kw_operator_drop(d->op);
        sim_disk_forget(&d->disk);
        d->is_up = false;
    }
}

static void close_desk(desk *d)
{
    stop(d);
    sim_disk_drop(&d->disk);
    kw_heap_free(d->op);
    kw_heap_free(d->signatures);
    kw_arena_drop(&d->arena);
}

/* From the records of its disk, if need be twice. */
static void start(desk *d)
{
    kw_operator_record *records = sim_disk_read(&d->disk);
    for (size_t tries = 0; !d->is_up; tries++) {
        assert_in_range(tries, 0, 1);
        arm(d);
        kw_status st = kw_operator_resume(d->op, &d->setup, records, d->disk.kept.count, d->now);
        disarm(d);
        assert_true(st == KW_OK || (d->left == 0 && is_of_mishap(d, st)));
        d->is_up = st == KW_OK;
    }
    kw_heap_free(records);
}

static bool has_session(const desk *d, uint64_t timestamp)
{
    for (size_t i = 0; i < KW_OPERATOR_SESSIONS_MAX; i++) {
        const kw_operator_slot *slot = &d->op->slots[i];
        if (slot->session != NULL && slot->fields.timestamp == timestamp) {
            return true;
        }
    }
    return false;
}

static void begin(desk *d, uint64_t timestamp)
{
    const kw_operator_boundary boundary = {.timestamp = timestamp, .roster = &d->roster};
    bool had_session = has_session(d, timestamp);
    arm(d);
    kw_status st = kw_operator_begin(d->op, &boundary, d->now);
    disarm(d);
    if (st != KW_OK) {
        assert_true(d->left == 0 && is_of_mishap(d, st));
        assert_int_equal(has_session(d, timestamp), had_session); /* or it would speak unrecorded */
        EXPECT_OK(kw_operator_begin(d->op, &boundary, d->now));   /* the same call begins it */
    }
}

static void note_signed(desk *d, const kw_authenticated *message)
{
    signature *s = &d->signatures[d->signatures_count];
    uint8_t type = message->payload.ptr[4];
    bool is_vote = type >= KW_MESSAGE_PROPOSE && type <= KW_MESSAGE_PRECOMMIT;
    size_t len = KW_MESSAGE_HEADER_BYTES + (is_vote ? sizeof(uint32_t) : 0);
    *s = (signature){.hash = message->hash};
    memcpy(s->place, message->payload.ptr, len);
    for (size_t i = 0; i < d->signatures_count; i++) {
        if (memcmp(d->signatures[i].place, s->place, sizeof s->place) == 0) {
            assert_true(kw_hash32_equal(&d->signatures[i].hash, &s->hash));
            return;
        }
    }
    d->signatures_count++;
    assert_in_range(d->signatures_count, 1, SIGNED_MAX - 1);
}

/* What leaves is durable before. */
static void carry_out(desk *d, const kw_operator_action *action)
{
    if (action->act == KW_OPERATOR_PERSIST || action->act == KW_OPERATOR_ERASE) {
        sim_disk_stage(&d->disk, action);
        return;
    }
    sim_disk_commit(&d->disk);
    for (size_t i = 0; i < action->messages.count; i++) {
        note_signed(d, &action->messages.items[i]);
    }
}

static bool has_record_of_share(const desk *d, const kw_hash32 *sid)
{
    for (size_t i = 0; i < d->disk.kept.count; i++) {
        const sim_record *at = &d->disk.kept.items[i];
        if (at->kind == KW_RECORD_SHARE && kw_hash32_equal(&at->scope, sid)) {
            return true;
        }
    }
    return false;
}

/* A share that a crash would take counts for nothing: neither does it serve, nor does the table of
 * epochs have it, for then what could give it again would be erased. */
static void expect_shares_are_durable(const desk *d)
{
    for (size_t i = 0; i < KW_OPERATOR_SHARES_MAX; i++) {
        const kw_operator_share *share = &d->op->shares[i];
        assert_true(!share->is_held || has_record_of_share(d, &share->sid));
    }
    for (size_t i = 0; i < d->op->epochs.count; i++) {
        const kw_epoch_row *row = &d->op->epochs.rows[i];
        assert_true(!row->has_share || has_record_of_share(d, &row->sid));
    }
}

static void run(desk *d, uint64_t until_ms)
{
    for (size_t turns = 0; d->now < until_ms; turns++) {
        assert_in_range(turns, 0, TURNS_MAX);
        kw_operator_action action;
        arm(d);
        kw_operator_next(d->op, &action, d->now);
        disarm(d);
        carry_out(d, &action);
        if (action.act == KW_OPERATOR_IDLE) {
            expect_shares_are_durable(d);
            d->now = KW_MIN(KW_MAX(kw_operator_wake_at(d->op), d->now + 1), until_ms);
        }
    }
}

static void expect_key(desk *d)
{
    kw_operator_key key;
    assert_true(kw_operator_key_of(d->op, &key, 0));
    const kw_candidate *candidate = &key.certificate->candidate;
    assert_in_range(candidate->fields.epoch, BOUNDARIES - 1, BOUNDARIES);
    kw_group_g2 own;
    kw_group_g2 wanted;
    toy_group.g2_base(&own, key.share);
    EXPECT_OK(toy_group.g2_poly_eval(&wanted, candidate->polynomial, candidate->fields.t_new,
                                     key.member));
    assert_true(toy_group.g2_equal(&own, &wanted));
}

/* False: so many there are not. With or without a restart in the middle of each boundary. */
static bool survives(mishap kind, uint64_t number, bool restarts)
{
    desk *d = kw_heap_new(1, sizeof *d);
    open_desk(d, kind, number);
    d->now = START_S * UINT64_C(1000);
    start(d);
    for (uint64_t b = 0; b < BOUNDARIES; b++) {
        uint64_t boundary = START_S + b * INTERVAL_S;
        begin(d, boundary);
        run(d, boundary * 1000 + 2);
        if (restarts) {
            stop(d);
            start(d);
            begin(d, boundary);
        }
        run(d, (boundary + INTERVAL_S) * 1000);
    }
    expect_key(d);
    bool has_failed = d->left == 0;
    stop(d);
    start(d);
    expect_key(d);
    close_desk(d);
    kw_heap_free(d);
    return has_failed;
}

static void run_with_mishaps(mishap kind, uint64_t least)
{
    for (unsigned restarts = 0; restarts < 2; restarts++) {
        uint64_t number = 1;
        while (survives(kind, number, restarts != 0)) {
            number++;
        }
        assert_in_range(number, least, NUMBERS_MAX);
    }
}

static void operator__keeps_its_key_when_memory_fails(void **state)
{
    (void)state;
    run_with_mishaps(OF_HEAP, 100);
}

static void operator__keeps_its_key_when_its_signer_fails(void **state)
{
    (void)state;
    run_with_mishaps(OF_SIGNER, 30);
}

static void operator__keeps_its_key_when_randomness_fails(void **state)
{
    (void)state;
    run_with_mishaps(OF_RNG, 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(operator__keeps_its_key_when_memory_fails),
        cmocka_unit_test(operator__keeps_its_key_when_its_signer_fails),
        cmocka_unit_test(operator__keeps_its_key_when_randomness_fails),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
