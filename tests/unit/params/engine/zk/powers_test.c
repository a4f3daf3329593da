/* SPDX-License-Identifier: Apache-2.0 */
#include "params/engine/zk/powers.h"

#include "base/buf.h"
#include "support/expect.h"

enum {
    POINTS = KW_ZK_BLOCK_POINTS + 2 /* the last two links cross into a block and end it */
};

/* Powers of -1 times a start: P, -P, P ..., so that a long run costs two points to make. */
typedef struct desk {
    kw_buf wire;
    kw_zk_source source;
    kw_span span;
    kw_zk_job job;
    kw_zk_fault fault;
    kw_zk_powers powers;
} desk;

static void make(desk *d, const kw_zk_curve *c, bool is_g2, size_t count)
{
    const kw_zk_group *g = is_g2 ? c->g2 : c->g1;
    const kw_zk_group *other = is_g2 ? c->g1 : c->g2;
    uint8_t pair[2][KW_ZK_G2_BYTES_MAX];
    const kw_zk_scalar zero = c->scalar_of_u64(0);
    kw_zk_scalar minus_one = c->scalar_of_u64(1);
    c->scalar_sub(&minus_one, &zero, &minus_one);
    *d = (desk){.wire = kw_buf_init(count * g->wire_bytes)};
    kw_zk_point point = g->generator();
    g->encode(pair[0], &point);
    g->mul(&point, &point, &minus_one);
    g->encode(pair[1], &point);
    for (size_t i = 0; i < count; i++) {
        EXPECT_OK(kw_buf_append(&d->wire, (kw_span){pair[i % 2], g->wire_bytes}));
    }
    d->span = kw_buf_view(&d->wire);
    d->source = kw_zk_source_of_span(&d->span);
    d->job = (kw_zk_job){.source = &d->source, .level = KW_ZK_FULL, .seed = {{7}}};
    d->powers.run = (kw_zk_run){g, {4, "alphaTauG1", KW_ZK_NO_INDEX, 0}, count, 0};
    d->powers.base = other->generator();
    other->mul(&d->powers.step, &d->powers.base, &minus_one);
}

static kw_status check(desk *d, const kw_zk_curve *c)
{
    kw_zk_point first;
    KW_AUTO(kw_zk_work) w = {0};
    EXPECT_OK(kw_zk_work_init(&w, &d->job, c, &d->fault, NULL));
    return kw_zk_powers_check(&first, &w, &d->powers, NULL);
}

static void check__takes_powers_in_either_group(void **state)
{
    (void)state;
    static const kw_zk_curve *const curves[] = {&kw_zk_bn254, &kw_zk_bls12_381};
    for (size_t i = 0; i < 4; i++) {
        const size_t counts[] = {1, 2, 5};
        for (size_t k = 0; k < KW_COUNT(counts); k++) {
            desk d;
            make(&d, curves[i / 2], i % 2 == 1, counts[k]);
            EXPECT_OK(check(&d, curves[i / 2]));
            kw_buf_drop(&d.wire);
        }
    }
}

static void check__finds_the_wrong_link_in_any_block(void **state)
{
    (void)state;
    const uint64_t wrong[] = {1, 2, 1000, KW_ZK_BLOCK_POINTS - 1, KW_ZK_BLOCK_POINTS, POINTS - 1};
    desk d;
    make(&d, &kw_zk_bn254, false, POINTS);
    EXPECT_OK(check(&d, &kw_zk_bn254));
    const size_t len = d.powers.run.group->wire_bytes;
    for (size_t i = 0; i < KW_COUNT(wrong); i++) {
        uint8_t *at = d.wire.ptr + wrong[i] * len;
        uint8_t kept[KW_ZK_G2_BYTES_MAX];
        memcpy(kept, at, len);
        memcpy(at, at - len, len); /* the same point twice */
        EXPECT_STATUS(check(&d, &kw_zk_bn254), KW_ZK_INVALID);
        assert_int_equal(d.fault.place.index, wrong[i]);
        assert_int_equal(d.fault.place.offset, wrong[i] * len);
        EXPECT_STATUS(d.fault.cause, KW_REFUSED);
        memcpy(at, kept, len);
    }
    d.job.level = KW_ZK_POINTS;
    memcpy(d.wire.ptr + len, d.wire.ptr, len);
    EXPECT_OK(check(&d, &kw_zk_bn254));
    kw_buf_drop(&d.wire);
}

static void check__refuses_another_tau(void **state)
{
    (void)state;
    desk d;
    make(&d, &kw_zk_bls12_381, true, 3);
    d.powers.step = d.powers.base;
    EXPECT_STATUS(check(&d, &kw_zk_bls12_381), KW_ZK_INVALID);
    assert_int_equal(d.fault.place.index, 1);
    kw_buf_drop(&d.wire);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(check__takes_powers_in_either_group),
        cmocka_unit_test(check__finds_the_wrong_link_in_any_block),
        cmocka_unit_test(check__refuses_another_tau),
    };
    return cmocka_run_group_tests_name("params/engine/zk/powers", tests, NULL, NULL);
}
