/* SPDX-License-Identifier: Apache-2.0 */
#include "client/schedule.h"

#include "support/expect.h"

enum {
    DAY_S = 86400
};

static void after_success__is_hourly_far_from_the_end(void **state)
{
    (void)state;
    assert_int_equal(kw_refresh_after_success(5000, 0, 30 * DAY_S, UINT64_MAX),
                     5000 + KW_REFRESH_HOURLY_MS);
    assert_int_equal(kw_refresh_after_success(5000, 0, 30 * DAY_S, 0), 5000 + KW_REFRESH_HOURLY_MS);
}

static void after_success__falls_into_the_last_tenth_of_a_short_epoch(void **state)
{
    (void)state;
    /* An epoch of 600 s: the last tenth starts at 540 s. */
    assert_int_equal(kw_refresh_after_success(0, 0, 600, 0), 540000);
    assert_int_equal(kw_refresh_after_success(0, 0, 600, UINT64_MAX), 599999);
    assert_int_equal(kw_refresh_after_success(0, 0, 600, 1ULL << 63), 570000);
}

static void after_success__inside_the_last_tenth_stays_ahead_of_now(void **state)
{
    (void)state;
    assert_int_equal(kw_refresh_after_success(590000, 0, 600, 0), 591000);
    assert_int_equal(kw_refresh_after_success(599900, 0, 600, UINT64_MAX), 600900);
    assert_int_equal(kw_refresh_after_success(700000, 0, 600, 7), 701000);
}

static void after_failure__doubles_with_jitter_up_to_five_minutes(void **state)
{
    (void)state;
    static const struct {
        uint32_t failures;
        int64_t interval_ms;
    } cases[] = {{1, 1000},   {2, 2000},    {8, 128000},
                 {9, 300000}, {10, 300000}, {UINT32_MAX, 300000}};
    for (size_t i = 0; i < KW_COUNT(cases); i++) {
        assert_int_equal(kw_refresh_after_failure(100, cases[i].failures, 0),
                         100 + cases[i].interval_ms / 2);
        assert_int_equal(kw_refresh_after_failure(100, cases[i].failures, UINT64_MAX),
                         100 + cases[i].interval_ms);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(after_success__is_hourly_far_from_the_end),
        cmocka_unit_test(after_success__falls_into_the_last_tenth_of_a_short_epoch),
        cmocka_unit_test(after_success__inside_the_last_tenth_stays_ahead_of_now),
        cmocka_unit_test(after_failure__doubles_with_jitter_up_to_five_minutes),
    };
    return cmocka_run_group_tests_name("client/schedule", tests, NULL, NULL);
}
