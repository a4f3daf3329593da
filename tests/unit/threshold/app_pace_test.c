/* SPDX-License-Identifier: Apache-2.0 */
#include "threshold/app_pace.h"

#include "os/thread.h"
#include "support/expect.h"

enum {
    NOW_MS = 1700000000
};

static bool take(kw_app_pace *pace, kw_app_rate rate, int64_t now_ms)
{
    uint32_t wait_s = 0;
    return kw_app_pace_take(pace, &wait_s, rate, now_ms);
}

static void pace_take__gives_a_burst_and_then_the_rate(void **state)
{
    (void)state;
    kw_app_pace pace = {0};
    kw_app_rate rate = {.per_1000_s = 2000, .burst = 3}; /* one in 500 ms */
    for (int i = 0; i < 3; i++) {
        assert_true(take(&pace, rate, NOW_MS));
    }
    assert_false(take(&pace, rate, NOW_MS));
    assert_false(take(&pace, rate, NOW_MS + 499));
    assert_true(take(&pace, rate, NOW_MS + 500));
    assert_false(take(&pace, rate, NOW_MS + 500));
    for (int i = 0; i < 3; i++) { /* full again, and not more than that */
        assert_true(take(&pace, rate, NOW_MS + 1000000));
    }
    assert_false(take(&pace, rate, NOW_MS + 1000000));
}

static void pace_take__says_how_long_to_wait(void **state)
{
    (void)state;
    kw_app_pace pace = {0};
    kw_app_rate rate = {.per_1000_s = 1, .burst = 1};
    uint32_t wait_s = 0;
    assert_true(kw_app_pace_take(&pace, &wait_s, rate, NOW_MS));
    assert_int_equal(wait_s, 0);
    assert_false(kw_app_pace_take(&pace, &wait_s, rate, NOW_MS));
    assert_int_equal(wait_s, 1000);
    assert_false(kw_app_pace_take(&pace, &wait_s, rate, NOW_MS + 999999));
    assert_int_equal(wait_s, 1);
    assert_true(kw_app_pace_take(&pace, &wait_s, rate, NOW_MS + 1000000));
}

static void pace_take__waits_for_a_clock_that_went_back(void **state)
{
    (void)state;
    kw_app_pace pace = {0};
    kw_app_rate rate = {.per_1000_s = 1000, .burst = 2};
    assert_true(take(&pace, rate, NOW_MS));
    assert_false(take(&pace, rate, NOW_MS - 5000));
    assert_true(take(&pace, rate, NOW_MS));
    assert_false(take(&pace, rate, NOW_MS));
}

static void pace_copy__keeps_what_was_taken(void **state)
{
    (void)state;
    kw_app_pace pace = {0};
    kw_app_pace copy = {0};
    kw_app_rate rate = {.per_1000_s = 1000, .burst = 2};
    assert_true(take(&pace, rate, NOW_MS));
    kw_app_pace_copy(&copy, &pace);
    assert_true(take(&copy, rate, NOW_MS));
    assert_false(take(&copy, rate, NOW_MS));
    assert_true(take(&pace, rate, NOW_MS));
}

enum {
    TAKERS = 4,
    TRIES = 2000,
    BURST = 3000,
};

typedef struct taker {
    kw_app_pace *pace;
    kw_thread thread;
    unsigned taken;
} taker;

static void take_many(void *ctx)
{
    taker *t = ctx;
    kw_app_rate rate = {.per_1000_s = 1, .burst = BURST};
    for (int i = 0; i < TRIES; i++) {
        t->taken += take(t->pace, rate, NOW_MS);
    }
}

static void pace_take__gives_threads_no_more_than_there_is(void **state)
{
    (void)state;
    kw_app_pace pace = {0};
    taker takers[TAKERS] = {0};
    unsigned taken = 0;
    for (size_t i = 0; i < TAKERS; i++) {
        takers[i].pace = &pace;
        EXPECT_OK(kw_thread_start(&takers[i].thread, "taker", take_many, &takers[i], NULL));
    }
    for (size_t i = 0; i < TAKERS; i++) {
        kw_thread_join(&takers[i].thread);
        taken += takers[i].taken;
    }
    assert_int_equal(taken, BURST);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pace_take__gives_a_burst_and_then_the_rate),
        cmocka_unit_test(pace_take__says_how_long_to_wait),
        cmocka_unit_test(pace_take__waits_for_a_clock_that_went_back),
        cmocka_unit_test(pace_copy__keeps_what_was_taken),
        cmocka_unit_test(pace_take__gives_threads_no_more_than_there_is),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
