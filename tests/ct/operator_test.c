/* SPDX-License-Identifier: Apache-2.0
 * A lone operator from genesis over a resharing, with everything that it draws poisoned. It falls
 * after each transaction that has a secret in it, and goes on from its records, still in poison. */
#include "threshold/engine/operator/operator.h"

#include "base/heap.h"
#include "crypto/hash.h"
#include "support/ct.h"
#include "support/curve_backend.h"
#include "support/expect.h"
#include "support/seeded_rng.h"
#include "support/toy_peer.h"

enum {
    BOUNDARY_S = 1000,
    INTERVAL_S = 100,
    DELTA_MS = 1000,
    RECORD_BYTES = 1 << 16,
    STORE_MAX = 64,
    TURNS_MAX = 2000,
};

typedef struct stored {
    kw_operator_record record;
    kw_secret_bytes bytes;
} stored;

typedef struct desk {
    kw_arena arena;
    kw_address address;
    kw_roster roster;
    seeded_rng seeded;
    kw_rng rng;
    kw_operator_setup setup;
    kw_operator *op;
    stored store[STORE_MAX];
    size_t store_count;
    bool has_secret; /* the transaction that is made */
    unsigned falls;
    uint64_t now;
} desk;

/* Scalars are drawn from KW_GROUP_WIDE_BYTES each; weights of batches, which are public, from fewer
 * for one member. */
static kw_status fill(void *ctx, kw_mspan out)
{
    kw_rng port = seeded_rng_port(ctx);
    KW_TRY(port.fill(port.ctx, out));
    if (out.len % KW_GROUP_WIDE_BYTES == 0) {
        KW_POISON(out.ptr, out.len);
    }
    return KW_OK;
}

static void open_desk(desk *d, uint8_t suite)
{
    *d = (desk){
        .arena = kw_arena_init(1 << 16), .address = toy_peer_address(1), .seeded = {.seed = suite}};
    d->rng = (kw_rng){fill, &d->seeded};
    const kw_roster_entry entry = toy_peer_entry(&d->address);
    const kw_roster_source source = {&entry, 1, &toy_peer_schemes, false};
    kw_error err;
    EXPECT_OK(kw_roster_make(&d->roster, &d->arena, &source, &err));
    d->setup = (kw_operator_setup){
        .group = &kw_group_bls12_381,
        .schemes = &toy_peer_schemes,
        .config = {.suite = suite,
                   .ratio = KW_THRESHOLD_RATIO_DEFAULT,
                   .interval_s = INTERVAL_S,
                   .reshare_every = 1,
                   .delta_ms = DELTA_MS,
                   .genesis_roster = d->roster.hash},
        .self = d->address,
        .keys = {{toy_peer_own_key(&d->address)}},
        .rng = &d->rng,
        .verifier = kw_peer_verifier_of(&d->rng),
    };
    d->op = kw_heap_new(1, sizeof *d->op);
    assert_non_null(d->op);
    EXPECT_OK(kw_operator_init(d->op, &d->setup));
}

static void close_desk(desk *d)
{
    for (size_t i = 0; i < d->store_count; i++) {
        kw_secret_bytes_drop(&d->store[i].bytes);
    }
    kw_operator_drop(d->op);
    kw_heap_free(d->op);
    kw_arena_drop(&d->arena);
}

/* ---- what is durable ---- */
static bool is_replaced(const kw_operator_record *old, const kw_operator_action *action)
{
    const kw_operator_record *by = &action->record;
    return old->kind == by->kind && kw_hash32_equal(&old->scope, &by->scope) &&
           (action->act == KW_OPERATOR_ERASE || kw_hash32_equal(&old->id, &by->id));
}

static void write_store(desk *d, const kw_operator_action *action)
{
    size_t left = 0;
    for (size_t i = 0; i < d->store_count; i++) {
        if (is_replaced(&d->store[i].record, action)) {
            kw_secret_bytes_drop(&d->store[i].bytes);
        } else {
            d->store[left++] = d->store[i];
        }
    }
    d->store_count = left;
    if (action->act == KW_OPERATOR_PERSIST) {
        assert_in_range(d->store_count, 0, STORE_MAX - 1);
        stored *out = &d->store[d->store_count++];
        *out = (stored){action->record, kw_secret_bytes_init(RECORD_BYTES)};
        EXPECT_OK(kw_secret_bytes_append(&out->bytes, action->record.bytes));
        out->record.bytes = kw_secret_bytes_view(&out->bytes);
        d->has_secret = d->has_secret || action->record.kind == KW_RECORD_SESSION ||
                        action->record.kind == KW_RECORD_SHARE;
    }
}

static void start_again(desk *d)
{
    kw_operator_record records[STORE_MAX];
    for (size_t i = 0; i < d->store_count; i++) {
        records[i] = d->store[i].record;
    }
    kw_operator_drop(d->op);
    EXPECT_OK(kw_operator_resume(d->op, &d->setup, records, d->store_count, d->now));
    d->falls++;
}

/* ---- a boundary ---- */
static void begin(desk *d, uint64_t timestamp)
{
    const kw_operator_boundary boundary = {.timestamp = timestamp, .roster = &d->roster};
    EXPECT_OK(kw_operator_begin(d->op, &boundary, d->now));
}

/* Until the epoch serves. What falls is what the first action behind a transaction would do. */
static void live(desk *d, uint64_t timestamp, uint64_t epoch)
{
    kw_operator_action action = {.act = KW_OPERATOR_IDLE};
    begin(d, timestamp);
    for (size_t turns = 0; action.act != KW_OPERATOR_ACTIVATE || action.epoch != epoch; turns++) {
        assert_in_range(turns, 0, TURNS_MAX);
        kw_operator_next(d->op, &action, d->now);
        if (action.act == KW_OPERATOR_PERSIST || action.act == KW_OPERATOR_ERASE) {
            write_store(d, &action);
        } else if (d->has_secret) {
            d->has_secret = false;
            start_again(d);
            begin(d, timestamp);
        } else if (action.act == KW_OPERATOR_IDLE) {
            d->now = KW_MAX(d->now, KW_MIN(kw_operator_wake_at(d->op), UINT64_MAX - 1));
        }
    }
}

/* What its share is to others: a key, which is public. */
static void expect_key(const desk *d, uint64_t epoch)
{
    const kw_group *group = d->setup.group;
    kw_operator_key key;
    kw_group_g2 public_key;
    assert_true(kw_operator_key_of(d->op, &key, epoch));
    group->g2_base(&public_key, key.share);
    kw_declassify_group_g2(&public_key, "the key of the only member is the master key");
    assert_true(group->g2_equal(&public_key, key.certificate->candidate.polynomial));
}

static void operator__goes_on_from_its_records(void **state)
{
    (void)state;
    for (uint8_t suite = KW_SUITE_FELDMAN; suite <= KW_SUITE_PEDERSEN; suite++) {
        desk d;
        open_desk(&d, suite);
        for (uint64_t epoch = 1; epoch <= 2; epoch++) {
            uint64_t timestamp = BOUNDARY_S + (epoch - 1) * INTERVAL_S;
            d.now = timestamp * 1000;
            live(&d, timestamp, epoch);
            expect_key(&d, epoch);
            assert_in_range(d.falls, 5 * epoch, 40 * epoch);
        }
        close_desk(&d);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(operator__goes_on_from_its_records),
    };
    return curve_run_on_backends("ct/operator", tests, KW_COUNT(tests));
}
