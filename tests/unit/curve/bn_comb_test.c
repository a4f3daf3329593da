/* SPDX-License-Identifier: Apache-2.0
 * The generators' tables as they were built in. */
#include "curve/bn_comb.h"

#include "support/curve_backend.h"
#include "support/expect.h"

static void base_comb__is_that_of_the_generator(void **state)
{
    (void)state;
    static kw_bn_g1_comb comb1;
    static kw_bn_g2_comb comb2;
    kw_bn_g1 p = kw_bn_g1_generator();
    kw_bn_g2 q = kw_bn_g2_generator();
    EXPECT_OK(kw_bn_g1_comb_init(&comb1, &p));
    EXPECT_OK(kw_bn_g2_comb_init(&comb2, &q));
    assert_memory_equal(&comb1, &kw_bn_g1_base_comb, sizeof comb1);
    assert_memory_equal(&comb2, &kw_bn_g2_base_comb, sizeof comb2);
}

static void comb_init__refuses_infinity(void **state)
{
    (void)state;
    static kw_bn_g1_comb comb1;
    static kw_bn_g2_comb comb2;
    kw_bn_g1 p = kw_bn_g1_infinity();
    kw_bn_g2 q = kw_bn_g2_infinity();
    EXPECT_STATUS(kw_bn_g1_comb_init(&comb1, &p), KW_INFINITY);
    EXPECT_STATUS(kw_bn_g2_comb_init(&comb2, &q), KW_INFINITY);
}

static void base_secret__multiplies_the_generator(void **state)
{
    (void)state;
    kw_bn_g1 p = kw_bn_g1_infinity();
    kw_bn_g2 q = kw_bn_g2_infinity();
    for (uint64_t i = 0; i < 10; i++) {
        kw_bn_fr k = kw_bn_fr_of_u64(i);
        kw_bn_secret hidden;
        kw_bn_g1 got1;
        kw_bn_g2 got2;
        kw_bn_secret_of_fr(&hidden, &k);
        kw_bn_g1_base_secret(&got1, &hidden);
        kw_bn_g2_base_secret(&got2, &hidden);
        assert_true(kw_bn_g1_equal(&got1, &p));
        assert_true(kw_bn_g2_equal(&got2, &q));
        kw_bn_g1 g1 = kw_bn_g1_generator();
        kw_bn_g2 g2 = kw_bn_g2_generator();
        kw_bn_g1_add(&p, &p, &g1);
        kw_bn_g2_add(&q, &q, &g2);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(base_comb__is_that_of_the_generator),
        cmocka_unit_test(comb_init__refuses_infinity),
        cmocka_unit_test(base_secret__multiplies_the_generator),
    };
    return curve_run_on_backends("unit/curve/bn_comb", tests, KW_COUNT(tests));
}
