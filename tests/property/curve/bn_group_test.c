/* SPDX-License-Identifier: Apache-2.0
 * The laws of G1 and G2 of BN254. */
#include "curve/tmpl/words_c.inc.c"

#define KW_OPS kw_bn_ops_test
#include "curve/bn.inc.c"

#define C(name) KW_GLUE(kw_bn_, name)

enum {
    g1_IS_WHOLE_CURVE = 1,
    g2_IS_WHOLE_CURVE = 0
};

/* 36 x^3 + 18 x^2 + 6 x + 1 = ((6 x + 3) 6 x + 6) x + 1. */
static void g1_eigenvalue(fr *out)
{
    fr x = fr_of_u64(curve_x);
    fr six = fr_of_u64(6);
    fr three = fr_of_u64(3);
    fr one = fr_one();
    fr x6;
    fr_mul(&x6, &x, &six);
    fr_add(out, &x6, &three);
    fr_mul(out, out, &x6);
    fr_add(out, out, &six);
    fr_mul(out, out, &x);
    fr_add(out, out, &one);
}

/* p = 6 x^2 modulo r. */
static void g2_eigenvalue(fr *out)
{
    fr x = fr_of_u64(curve_x);
    fr six = fr_of_u64(6);
    fr_mul(out, &x, &x);
    fr_mul(out, out, &six);
}

#include "property/curve/group_world.inc.h"

/* Multipliers of two words split into these words again, whatever they are. */
static void fr_of_parts__splits_into_its_words(void **state)
{
    (void)state;
    static const uint64_t words[] = {0, 1, 2, (uint64_t)1 << 63, UINT64_MAX - 1, UINT64_MAX};
    fr wanted;
    fr phi = fr_of_parts(0, 1);
    g1_eigenvalue(&wanted);
    assert_true(fr_equal(&phi, &wanted));
    for (size_t i = 0; i < KW_COUNT(words) * KW_COUNT(words); i++) {
        uint64_t parts[2][PART_WORDS];
        uint64_t a = words[i / KW_COUNT(words)];
        uint64_t b = words[i % KW_COUNT(words)];
        fr k = fr_of_parts(a, b);
        g1_split(parts, &k);
        assert_int_equal(parts[0][0], a);
        assert_int_equal(parts[1][0], b);
        assert_int_equal(parts[0][1] | parts[0][2] | parts[1][1] | parts[1][2], 0);
    }
}

/* (2 p - r) / 10069 */
#define COFACTOR "013af7a58fce699e28bcf65b5681da207142f7671af4486c3cd334915f1659"
#define GROUP    g2
#define RAW      g2_raw
#include "property/curve/group_torsion.inc.h"
#undef COFACTOR
#undef GROUP
#undef RAW

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fr_of_parts__splits_into_its_words),
        cmocka_unit_test(g2_check__refuses_points_with_a_small_part),
        cmocka_unit_test(g2_clear_cofactor__takes_raw_points_of_the_curve),
    };
    curve_backend_from_environment();
    int failed = cmocka_run_group_tests_name("property/curve/bn_only", tests, forget_limit, NULL);
    return failed + run_group_laws("property/curve/bn_group");
}
