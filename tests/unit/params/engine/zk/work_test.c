/* SPDX-License-Identifier: Apache-2.0 */
#include "params/engine/zk/work.h"

#include "base/heap.h"
#include "curve/flags.h"
#include "support/expect.h"

enum {
    POINTS = KW_ZK_BLOCK_POINTS + 3,
    WIRE = 64
};

/* Multiples of the generator of BN254's G1, one more point than a block three times over. */
typedef struct desk {
    uint8_t *wire;
    kw_span span;
    kw_zk_source source;
    kw_zk_job job;
    kw_zk_fault fault;
    kw_zk_work work;
    kw_zk_run run;
    uint64_t done; /* bytes, as progress says */
} desk;

static void count(void *user, uint64_t bytes)
{
    *(uint64_t *)user += bytes;
}

static void make(desk *d)
{
    const kw_zk_group *g = kw_zk_bn254.g1;
    const kw_zk_point generator = g->generator();
    kw_zk_point point = generator;
    *d = (desk){.wire = kw_heap_new(POINTS, WIRE)};
    assert_non_null(d->wire);
    for (size_t i = 0; i < POINTS; i++) { /* few of them differ: points are costly to write */
        if (i < 8) {
            g->encode(d->wire + i * WIRE, &point);
            g->add(&point, &point, &generator);
        } else {
            memcpy(d->wire + i * WIRE, d->wire + i % 8 * WIRE, WIRE);
        }
    }
    d->span = (kw_span){d->wire, (size_t)POINTS * WIRE};
    d->source = kw_zk_source_of_span(&d->span);
    d->job = (kw_zk_job){.source = &d->source, .progress = count, .user = &d->done};
    d->run = (kw_zk_run){g, {2, "tauG1", KW_ZK_NO_INDEX, 0}, POINTS, KW_POINT_STRICT};
    EXPECT_OK(kw_zk_work_init(&d->work, &d->job, &kw_zk_bn254, &d->fault, NULL));
}

static void drop(desk *d)
{
    kw_zk_work_drop(&d->work);
    kw_zk_work_drop(&d->work);
    kw_heap_free(d->wire);
}

/* What was seen: as many points as there are, each behind the one before. */
typedef struct seen {
    uint64_t points;
    kw_zk_point last;
} seen;

static kw_status see(void *user, kw_zk_work *w, uint64_t first, size_t n, kw_error *err)
{
    seen *s = user;
    const kw_zk_group *g = w->curve->g1;
    KW_REQUIRE(first == s->points, err, KW_INTERNAL, "a gap");
    if (first > 0) {
        kw_zk_point before = g->at(w->points, 0);
        assert_true(g->equal(&before, &s->last));
    }
    s->last = g->at(w->points, n);
    s->points += n;
    return KW_OK;
}

static void walk__sees_every_point_once_and_hashes_it(void **state)
{
    (void)state;
    desk d;
    make(&d);
    seen s = {0};
    const kw_zk_visitor visitor = {see, &s};
    uint8_t walked[64];
    uint8_t whole[64];
    kw_blake2b_init(&d.work.hash, sizeof walked);
    d.work.hashes = true;
    EXPECT_OK(kw_zk_walk(&d.work, &d.run, &visitor, NULL));
    assert_int_equal(s.points, POINTS);
    assert_int_equal(d.done, (uint64_t)POINTS * WIRE);
    kw_blake2b_final(&d.work.hash, KW_MSPAN(walked));
    uint8_t *hashed = kw_heap_new(POINTS, WIRE);
    assert_non_null(hashed);
    kw_zk_bn254.g1->to_hashed(hashed, d.span);
    kw_blake2b(KW_MSPAN(whole), (kw_span){hashed, d.span.len});
    assert_memory_equal(walked, whole, sizeof whole);
    kw_heap_free(hashed);
    drop(&d);
}

static void walk__names_the_point_that_is_wrong(void **state)
{
    (void)state;
    desk d;
    make(&d);
    const size_t bad = KW_ZK_BLOCK_POINTS + 1;
    d.wire[bad * WIRE + 40] ^= 2;
    EXPECT_STATUS(kw_zk_walk(&d.work, &d.run, NULL, NULL), KW_ZK_INVALID);
    EXPECT_STATUS(d.fault.cause, KW_NOT_ON_CURVE);
    assert_int_equal(d.fault.place.index, bad);
    assert_int_equal(d.fault.place.offset, bad * WIRE);
    kw_zk_point point;
    EXPECT_STATUS(kw_zk_read_point(&point, &d.work, &d.run, bad, NULL), KW_ZK_INVALID);
    EXPECT_OK(kw_zk_read_point(&point, &d.work, &d.run, bad + 1, NULL));
    d.run.count++;
    d.wire[bad * WIRE + 40] ^= 2;
    EXPECT_STATUS(kw_zk_walk(&d.work, &d.run, NULL, NULL), KW_ZK_INVALID);
    drop(&d);
}

static void multipliers__never_come_again(void **state)
{
    (void)state;
    desk d;
    make(&d);
    const kw_zk_curve *c = &kw_zk_bn254;
    kw_zk_scalar all[12];
    kw_zk_multipliers(&d.work, 5);
    memcpy(all, d.work.scalars, 5 * sizeof all[0]);
    kw_zk_multipliers(&d.work, 6);
    memcpy(all + 5, d.work.scalars, 6 * sizeof all[0]);
    all[11] = kw_zk_random_scalar(&d.work);
    for (size_t i = 0; i < KW_COUNT(all); i++) {
        for (size_t k = 0; k < i; k++) {
            assert_false(c->scalar_equal(&all[i], &all[k]));
        }
    }
    desk other;
    make(&other);
    other.job.seed.bytes[31] = 1;
    kw_zk_multipliers(&other.work, 1);
    assert_false(c->scalar_equal(&other.work.scalars[0], &all[0]));
    drop(&other);
    drop(&d);
}

static void init__survives_every_failing_allocation(void **state)
{
    (void)state;
    desk d;
    make(&d);
    for (uint64_t k = 1; k <= 5; k++) {
        kw_zk_work w = {0};
        kw_error err = {0};
        kw_heap_fail_at(k);
        EXPECT_STATUS(kw_zk_work_init(&w, &d.job, &kw_zk_bls12_381, &d.fault, &err), KW_NO_MEMORY);
        EXPECT_STATUS(err.status, KW_NO_MEMORY);
        assert_null(w.points);
    }
    kw_heap_fail_at(0);
    drop(&d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(walk__sees_every_point_once_and_hashes_it),
        cmocka_unit_test(walk__names_the_point_that_is_wrong),
        cmocka_unit_test(multipliers__never_come_again),
        cmocka_unit_test(init__survives_every_failing_allocation),
    };
    return cmocka_run_group_tests_name("params/engine/zk/work", tests, NULL, NULL);
}
