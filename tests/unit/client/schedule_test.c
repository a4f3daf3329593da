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

static void after_failure__waits_between_a_second_and_five_minutes(void **state)
{
    (void)state;
    static const struct {
        uint32_t failures;
        int64_t ceiling_ms;
    } cases[] = {{1, 2000}, {2, 4000}, {8, 256000}, {9, 300000}, {10, 300000}, {5000, 300000}};
    for (size_t i = 0; i < KW_COUNT(cases); i++) {
        kw_unix_ms soonest = kw_refresh_after_failure(100, cases[i].failures, 0, 0);
        kw_unix_ms latest = kw_refresh_after_failure(100, cases[i].failures, 0, UINT64_MAX);
        assert_int_equal(soonest, 100 + KW_REFRESH_WAIT_MS_MIN);
        assert_in_range(latest, 100 + cases[i].ceiling_ms - 1, 100 + cases[i].ceiling_ms);
    }
}

static void after_failure__respects_what_the_server_asked_for(void **state)
{
    (void)state;
    assert_true(kw_refresh_after_failure(100, 1, 60000, 0) >= 60100);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(after_success__is_hourly_far_from_the_end),
        cmocka_unit_test(after_success__falls_into_the_last_tenth_of_a_short_epoch),
        cmocka_unit_test(after_success__inside_the_last_tenth_stays_ahead_of_now),
        cmocka_unit_test(after_failure__waits_between_a_second_and_five_minutes),
        cmocka_unit_test(after_failure__respects_what_the_server_asked_for),
    };
    return cmocka_run_group_tests_name("client/schedule", tests, NULL, NULL);
}
