/* SPDX-License-Identifier: Apache-2.0 */
#include "params/engine/zk/lagrange.h"

#include "params/engine/zk/ptau.h"
#include "support/expect.h"
#include "support/zk_case.h"

/* The sum of (z w^i)^j, j below 2^power, by Horner. */
static kw_zk_scalar evaluate_slowly(const kw_zk_curve *c, const kw_zk_evaluations *in, uint64_t i)
{
    kw_zk_scalar root;
    kw_zk_scalar x = in->z;
    kw_zk_scalar sum = c->scalar_of_u64(0);
    const kw_zk_scalar one = c->scalar_of_u64(1);
    kw_zk_root_of_unity(c, &root, in->root_base, in->power);
    for (uint64_t k = 0; k < i; k++) {
        c->scalar_mul(&x, &x, &root);
    }
    for (uint64_t j = 0; j < UINT64_C(1) << in->power; j++) {
        c->scalar_mul(&sum, &sum, &x);
        c->scalar_add(&sum, &sum, &one);
    }
    c->scalar_mul(&sum, &sum, &in->weight);
    return sum;
}

static void evaluate__is_the_sum_of_powers(void **state)
{
    (void)state;
    static const kw_zk_curve *const curves[] = {&kw_zk_bn254, &kw_zk_bls12_381};
    for (size_t i = 0; i < KW_COUNT(curves); i++) {
        const kw_zk_curve *c = curves[i];
        for (unsigned power = 0; power <= 4; power++) {
            const kw_zk_evaluations in = {c->scalar_of_u64(1234567), c->scalar_of_u64(3),
                                          KW_ZK_ROOT_BASE_SNARKJS, power};
            kw_zk_scalar got[16];
            const uint64_t first = power == 4 ? 5 : 0;
            const size_t n = ((size_t)1 << power) - (size_t)first;
            kw_zk_evaluate(got, c, &in, first, n);
            for (size_t k = 0; k < n; k++) {
                const kw_zk_scalar wanted = evaluate_slowly(c, &in, first + k);
                assert_true(c->scalar_equal(&got[k], &wanted));
            }
        }
    }
}

static kw_status check(zk_case *c, kw_zk_level level, unsigned power)
{
    kw_zk_ptau ptau;
    KW_AUTO(kw_zk_work) w = {0};
    const kw_zk_job job = zk_case_job(c, level);
    EXPECT_OK(kw_zk_ptau_read(&ptau, &c->fault, &c->source, &c->err));
    EXPECT_OK(kw_zk_work_init(&w, &job, ptau.curve, &c->fault, &c->err));
    const kw_zk_lagrange in = {kw_zk_ptau_run(&ptau, 3), kw_zk_ptau_run(&ptau, 13), power};
    return kw_zk_lagrange_check(&w, &in, &c->err);
}

static void check__takes_the_bases_of_snarkjs(void **state)
{
    (void)state;
    static const char *const names[] = {"bn254.ptau", "bls12_381.ptau"};
    for (size_t i = 0; i < KW_COUNT(names); i++) {
        zk_case c;
        zk_case_open(&c, names[i]);
        EXPECT_OK(check(&c, KW_ZK_POINTS, 3));
        EXPECT_OK(check(&c, KW_ZK_FULL, 3));
        EXPECT_OK(check(&c, KW_ZK_FULL, 2)); /* the first of them alone */
        zk_case_drop(&c);
    }
}

static void check__names_the_power_of_two(void **state)
{
    (void)state;
    zk_case c;
    zk_case_open(&c, "bn254.ptau");
    kw_zk_ptau ptau;
    EXPECT_OK(kw_zk_ptau_read(&ptau, &c.fault, &c.source, &c.err));
    const kw_zk_run run = kw_zk_ptau_run(&ptau, 13);
    zk_case_swap(&c, kw_zk_run_place(&run, 5).offset, kw_zk_run_place(&run, 6).offset, 128);
    EXPECT_OK(check(&c, KW_ZK_POINTS, 3));
    EXPECT_STATUS(check(&c, KW_ZK_FULL, 3), KW_ZK_INVALID);
    zk_case_expect(&c, 13, 3, KW_REFUSED);
    c.bytes.ptr[run.place.offset] ^= 1;
    EXPECT_STATUS(check(&c, KW_ZK_POINTS, 3), KW_ZK_INVALID);
    zk_case_expect(&c, 13, 0, KW_NOT_ON_CURVE);
    zk_case_drop(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(evaluate__is_the_sum_of_powers),
        cmocka_unit_test(check__takes_the_bases_of_snarkjs),
        cmocka_unit_test(check__names_the_power_of_two),
    };
    return cmocka_run_group_tests_name("params/engine/zk/lagrange", tests, NULL, NULL);
}
