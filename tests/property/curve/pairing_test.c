/* SPDX-License-Identifier: Apache-2.0
 * The laws of both pairings, on both back-ends. */
#include "base/cpu.h"
#include "curve/bls_pair.h"
#include "curve/bls_tower.h"
#include "curve/bn_pair.h"
#include "curve/bn_tower.h"

#include "support/curve_backend.h"
#include "support/expect.h"

#include <string.h>

/* Its name expanded. */
#define NAMED_TEST(test) cmocka_unit_test(test)

#define T(name)   kw_bls_##name
#define LAW(name) bls_##name
#include "property/curve/pairing_laws.inc.h"
#undef T
#undef LAW

#define T(name)   kw_bn_##name
#define LAW(name) bn_##name
#include "property/curve/pairing_laws.inc.h"
#undef T
#undef LAW

/* The functions of secrets give what those of public values give. */
static void bls_pairing_secret__is_the_pairing(void **state)
{
    (void)state;
    kw_bls_secret_g1 p = {bls_g1_at(0x123456789abcdef)};
    kw_bls_g2 q = bls_g2_at(42);
    kw_bls_gt wanted;
    kw_bls_gt got;
    kw_bls_pairing(&wanted, &p.secret, &q);
    kw_bls_pairing_secret(&got, &p, &q);
    assert_true(kw_bls_gt_equal(&got, &wanted));
}

static void bls_pairing_secret_g2__is_the_pairing(void **state)
{
    (void)state;
    kw_bls_g1 p = bls_g1_at(42);
    kw_bls_secret_g2 q = {bls_g2_at(0x123456789abcdef)};
    kw_bls_gt wanted;
    kw_bls_gt got;
    kw_bls_pairing(&wanted, &p, &q.secret);
    kw_bls_pairing_secret_g2(&got, &p, &q);
    assert_true(kw_bls_gt_equal(&got, &wanted));
}

static void bls_gt_exp_secret__is_the_power(void **state)
{
    (void)state;
    kw_bls_gt base = bls_base();
    for (uint64_t i = 0; i < 20; i++) {
        kw_bls_fr k = kw_bls_fr_of_u64(i * 0x9e3779b97f4a7c15);
        kw_bls_fr_mul(&k, &k, &k);
        kw_bls_fr_mul(&k, &k, &k);
        kw_bls_secret secret;
        kw_bls_secret_of_fr(&secret, &k);
        kw_bls_gt wanted;
        kw_bls_gt got;
        kw_bls_gt_exp_var(&wanted, &base, &k);
        kw_bls_gt_exp_secret(&got, &base, &secret);
        assert_true(kw_bls_gt_equal(&got, &wanted));
    }
}

static const struct CMUnitTest bls_secret_laws[] = {
    cmocka_unit_test(bls_pairing_secret__is_the_pairing),
    cmocka_unit_test(bls_pairing_secret_g2__is_the_pairing),
    cmocka_unit_test(bls_gt_exp_secret__is_the_power),
};

/* What the processor can do stays hidden from here on. */
static int portable_setup(void **state)
{
    (void)state;
    kw_cpu_limit(&(kw_cpu){0});
    return 0;
}

int main(void)
{
    curve_backend_from_environment();
    int failed = cmocka_run_group_tests_name("bls", bls_laws, NULL, NULL);
    failed += cmocka_run_group_tests_name("bls, secrets", bls_secret_laws, NULL, NULL);
    failed += cmocka_run_group_tests_name("bn", bn_laws, NULL, NULL);
    failed += cmocka_run_group_tests_name("bls, portable", bls_laws, portable_setup, NULL);
    failed += cmocka_run_group_tests_name("bn, portable", bn_laws, portable_setup, NULL);
    return failed;
}
