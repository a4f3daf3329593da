/* SPDX-License-Identifier: Apache-2.0 */
#include "os/clock.h"

#include "support/expect.h"

static void clock_of_manual__stands_until_it_is_turned(void **state)
{
    (void)state;
    kw_clock_manual manual = {.at = 1000};
    kw_clock clock = kw_clock_of_manual(&manual);
    assert_int_equal(kw_clock_now_ms(&clock), 1000);
    kw_clock_manual_advance(&manual, 250);
    assert_int_equal(kw_clock_now_ms(&clock), 1250);
    kw_clock_manual_advance(&manual, -2250);
    assert_int_equal(kw_clock_now_ms(&clock), -1000);
}

static void clock_system__is_in_this_century(void **state)
{
    (void)state;
    kw_clock clock = kw_clock_system();
    kw_unix_ms now = kw_clock_now_ms(&clock);
    assert_true(now > 1577836800000); /* 2020 */
    assert_true(now < 4102444800000); /* 2100 */
}

static void monotonic__never_goes_back(void **state)
{
    (void)state;
    kw_clock clock = kw_clock_monotonic();
    uint64_t last = kw_monotonic_ns();
    kw_unix_ms last_ms = kw_clock_now_ms(&clock);
    for (int i = 0; i < 10000; i++) {
        uint64_t now = kw_monotonic_ns();
        assert_true(now >= last);
        last = now;
    }
    assert_true(kw_clock_now_ms(&clock) >= last_ms);
}

static void thread_cpu__grows_with_work(void **state)
{
    (void)state;
    uint64_t before = kw_thread_cpu_ns();
    while (kw_thread_cpu_ns() == before) {
    }
    assert_true(kw_thread_cpu_ns() > before);
}

static void sleep_ms__sleeps_at_least_that_long(void **state)
{
    (void)state;
    uint64_t before = kw_monotonic_ns();
    kw_sleep_ms(3);
    assert_true(kw_monotonic_ns() - before >= 3000000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(clock_of_manual__stands_until_it_is_turned),
        cmocka_unit_test(clock_system__is_in_this_century),
        cmocka_unit_test(monotonic__never_goes_back),
        cmocka_unit_test(thread_cpu__grows_with_work),
        cmocka_unit_test(sleep_ms__sleeps_at_least_that_long),
    };
    return cmocka_run_group_tests_name("os/clock", tests, NULL, NULL);
}
