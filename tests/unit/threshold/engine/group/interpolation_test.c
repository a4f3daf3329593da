/* SPDX-License-Identifier: Apache-2.0
 * Coefficients from points. */
#include "threshold/engine/group/interpolation.h"

#include "support/expect.h"
#include "support/toy_group.h"

enum {
    T_MAX = 9,
};

/* f(x) with coefficients 100 k + 7. */
static kw_group_scalar value_at(const kw_group *group, size_t t, uint32_t x)
{
    kw_group_scalar at = group->scalar_of_u64(x);
    kw_group_scalar sum = group->scalar_of_u64(0);
    for (size_t k = t; k > 0; k--) {
        kw_group_scalar c = group->scalar_of_u64(100 * (k - 1) + 7);
        group->scalar_mul(&sum, &sum, &at);
        group->scalar_add(&sum, &sum, &c);
    }
    return sum;
}

static void poly_through__gives_the_coefficients_back(void **state)
{
    (void)state;
    const kw_group *const groups[] = {&toy_group, &kw_group_bls12_381};
    for (size_t g = 0; g < KW_COUNT(groups); g++) {
        for (size_t t = 1; t <= T_MAX; t++) {
            kw_arena scratch = kw_arena_init(1 << 16);
            kw_poly_point points[T_MAX];
            kw_group_scalar got[T_MAX];
            for (size_t i = 0; i < t; i++) {
                uint32_t index = (uint32_t)(3 * (t - i) + i % 2);
                points[i] = (kw_poly_point){index, value_at(groups[g], t, index)};
            }
            EXPECT_OK(kw_poly_through_var(got, groups[g], points, t, &scratch));
            for (size_t k = 0; k < t; k++) {
                kw_group_scalar wanted = groups[g]->scalar_of_u64(100 * k + 7);
                assert_true(groups[g]->scalar_equal(&got[k], &wanted));
            }
            kw_arena_drop(&scratch);
        }
    }
}

static void poly_through__refuses_what_is_no_set_of_points(void **state)
{
    (void)state;
    kw_arena scratch = kw_arena_init(1 << 16);
    kw_poly_point points[2] = {{1, value_at(&toy_group, 2, 1)}, {1, value_at(&toy_group, 2, 1)}};
    kw_group_scalar got[2];
    EXPECT_STATUS(kw_poly_through_var(got, &toy_group, points, 2, &scratch), KW_ARG);
    points[1].index = 0;
    EXPECT_STATUS(kw_poly_through_var(got, &toy_group, points, 2, &scratch), KW_ARG);
    EXPECT_STATUS(kw_poly_through_var(got, &toy_group, points, 0, &scratch), KW_ARG);
    kw_arena small = kw_arena_init(16);
    points[1] = (kw_poly_point){2, value_at(&toy_group, 2, 2)};
    EXPECT_STATUS(kw_poly_through_var(got, &toy_group, points, 2, &small), KW_LIMIT);
    kw_arena_drop(&small);
    kw_arena_drop(&scratch);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(poly_through__gives_the_coefficients_back),
        cmocka_unit_test(poly_through__refuses_what_is_no_set_of_points),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
