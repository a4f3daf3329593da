/* SPDX-License-Identifier: Apache-2.0
 * The laws of G1 and G2 of BLS12-381. */
#include "curve/tmpl/words_c.inc.c"

#define KW_OPS kw_bls_ops_test
#include "curve/bls.inc.c"

#define C(name) KW_GLUE(kw_bls_, name)

enum {
    g1_IS_WHOLE_CURVE = 0,
    g2_IS_WHOLE_CURVE = 0
};

/* -x^2. */
static void g1_eigenvalue(fr *out)
{
    fr x = fr_of_u64(curve_x);
    fr_mul(out, &x, &x);
    fr_neg(out, out);
}

/* x, which is negative. */
static void g2_eigenvalue(fr *out)
{
    fr x = fr_of_u64(curve_x);
    fr_neg(out, &x);
}

#include "property/curve/group_world.inc.h"

/* (x - 1)^2 / 3 / 3 */
#define COFACTOR "13242eaac71ca0722eaae38e55558e39"
#define GROUP    g1
#define RAW      g1_raw
#include "property/curve/group_torsion.inc.h"
#undef COFACTOR
#undef GROUP
#undef RAW

/* (x^8 - 4 x^7 + 5 x^6 - 4 x^4 + 6 x^3 - 4 x^2 - 4 x + 13) / 9 / 2713; the smaller 13 and 23 occur
 * squared, and their parts are not cyclic. */
#define COFACTOR                                                                       \
    "8ce7b7a81050c45e1694f20cb022ea16fbbdc8d346b59e4dcdcfe8e6158f82a7fa0cd0483e83d0bc" \
    "d89a93e2689ae8e3cb6f1a5ef7b36bbddd1b8ae8bc2d"
#define GROUP g2
#define RAW   g2_raw
#include "property/curve/group_torsion.inc.h"
#undef COFACTOR
#undef GROUP
#undef RAW

static void divide_by_x__is_division(void **state)
{
    (void)state;
    static const uint64_t edges[] = {0,           1,
                                     2,           curve_x - 2,
                                     curve_x - 1, curve_x,
                                     curve_x + 1, UINT64_MAX - 1,
                                     UINT64_MAX,  UINT64_MAX - curve_x};
    const size_t count = KW_COUNT(edges);
    for (size_t i = 0; i < 20000; i++) {
        uint64_t high = i < count * count ? edges[i / count] : draw_u64();
        uint64_t low = i < count * count ? edges[i % count] : draw_u64();
        uint64_t rest;
        high %= curve_x;
        kw_u128 number = (kw_u128)high << 64 | low;
        assert_true(divide_by_x(&rest, high, low) == (uint64_t)(number / curve_x));
        assert_true(rest == (uint64_t)(number % curve_x));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(divide_by_x__is_division),
        cmocka_unit_test(g1_check__refuses_points_with_a_small_part),
        cmocka_unit_test(g1_clear_cofactor__takes_raw_points_of_the_curve),
        cmocka_unit_test(g2_check__refuses_points_with_a_small_part),
        cmocka_unit_test(g2_clear_cofactor__takes_raw_points_of_the_curve),
    };
    curve_backend_from_environment();
    int failed = cmocka_run_group_tests_name("property/curve/bls_only", tests, forget_limit, NULL);
    return failed + run_group_laws("property/curve/bls_group");
}
