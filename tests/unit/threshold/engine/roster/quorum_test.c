/* SPDX-License-Identifier: Apache-2.0 */
#include "threshold/engine/roster/quorum.h"

#include "support/expect.h"
#include "threshold/engine/group/limits.h"

static void quorum__has_the_rows_of_the_design(void **state)
{
    (void)state;
    static const kw_quorum rows[] = {
        {1, 0, 1, 1, 1}, {2, 0, 2, 2, 2},  {3, 0, 2, 3, 2},     {4, 1, 3, 3, 3},
        {7, 2, 5, 5, 5}, {10, 3, 7, 7, 7}, {16, 5, 11, 11, 11}, {512, 170, 342, 342, 342},
    };
    for (size_t i = 0; i < KW_COUNT(rows); i++) {
        kw_quorum got;
        EXPECT_OK(kw_quorum_of(&got, rows[i].n, KW_THRESHOLD_RATIO_DEFAULT));
        assert_int_equal(got.n, rows[i].n);
        assert_int_equal(got.f, rows[i].f);
        assert_int_equal(got.t, rows[i].t);
        assert_int_equal(got.q, rows[i].q);
        assert_int_equal(got.b, rows[i].b);
    }
}

/* What the safety of the agreement rests on, for every n. */
static void quorum__keeps_its_promises_for_every_n(void **state)
{
    (void)state;
    for (uint32_t n = 1; n <= KW_THRESHOLD_MEMBERS_MAX; n++) {
        kw_quorum k;
        EXPECT_OK(kw_quorum_of(&k, n, KW_THRESHOLD_RATIO_DEFAULT));
        assert_true(2 * k.q - k.n >= k.f + 1); /* two quorums share an honest member */
        assert_true(2 * k.b - k.n >= k.f + 1);
        assert_true(k.b <= k.q);
        assert_true(k.t > k.f && k.t <= k.q);
        assert_true(k.q - k.f >= k.f + 1); /* an honest member holds each dealing of D */
        assert_int_equal(k.b, k.t);
    }
}

static void quorum_of_threshold__takes_only_what_is_safe(void **state)
{
    (void)state;
    kw_quorum k;
    for (uint32_t n = 1; n <= 64; n++) {
        uint32_t f = (n - 1) / 3;
        for (uint32_t t = 0; t <= n + 1; t++) {
            bool is_safe = t > f && t <= n - f;
            EXPECT_STATUS(kw_quorum_of_threshold(&k, n, t), is_safe ? KW_OK : KW_REFUSED);
        }
    }
}

static void quorum__refuses_sizes_and_ratios(void **state)
{
    (void)state;
    kw_quorum k = {.n = 99};
    EXPECT_STATUS(kw_quorum_of(&k, 0, KW_THRESHOLD_RATIO_DEFAULT), KW_LIMIT);
    EXPECT_STATUS(kw_quorum_of(&k, 513, KW_THRESHOLD_RATIO_DEFAULT), KW_LIMIT);
    EXPECT_STATUS(kw_quorum_of(&k, UINT32_MAX, KW_THRESHOLD_RATIO_DEFAULT), KW_LIMIT);
    EXPECT_STATUS(kw_quorum_of_threshold(&k, 513, 342), KW_LIMIT);
    EXPECT_STATUS(kw_quorum_of(&k, 4, (kw_threshold_ratio){2, 0}), KW_REFUSED);
    EXPECT_STATUS(kw_quorum_of(&k, 4, (kw_threshold_ratio){0, 3}), KW_REFUSED);
    EXPECT_STATUS(kw_quorum_of(&k, 4, (kw_threshold_ratio){1, 4}), KW_REFUSED); /* t = 1 = f */
    EXPECT_STATUS(kw_quorum_of(&k, 4, (kw_threshold_ratio){1, 1}), KW_REFUSED); /* t = 4 > n - f */
    EXPECT_STATUS(kw_quorum_of(&k, 512, (kw_threshold_ratio){65535, 1}), KW_REFUSED);
    assert_int_equal(k.n, 99);
    EXPECT_OK(kw_quorum_of(&k, 4, (kw_threshold_ratio){1, 2}));
    assert_int_equal(k.t, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(quorum__has_the_rows_of_the_design),
        cmocka_unit_test(quorum__keeps_its_promises_for_every_n),
        cmocka_unit_test(quorum_of_threshold__takes_only_what_is_safe),
        cmocka_unit_test(quorum__refuses_sizes_and_ratios),
    };
    return cmocka_run_group_tests_name("threshold/engine/quorum", tests, NULL, NULL);
}
