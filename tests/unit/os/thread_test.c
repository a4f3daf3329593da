/* SPDX-License-Identifier: Apache-2.0 */
#include "os/thread.h"

#include "base/heap.h"
#include "os/clock.h"
#include "support/expect.h"

typedef struct counter {
    kw_mutex mutex;
    kw_cond changed;
    unsigned value;
    bool may_go;
} counter;

enum {
    ROUNDS = 5000
};

static void count_up(void *ctx)
{
    counter *shared = ctx;
    for (int i = 0; i < ROUNDS; i++) {
        KW_AUTO(kw_locked) hold = kw_lock(&shared->mutex);
        shared->value++;
    }
}

static void mutex__keeps_threads_apart(void **state)
{
    (void)state;
    counter shared = {0};
    kw_thread threads[4] = {0};
    for (size_t i = 0; i < KW_COUNT(threads); i++) {
        EXPECT_OK(kw_thread_start(&threads[i], "counting", count_up, &shared, NULL));
    }
    for (size_t i = 0; i < KW_COUNT(threads); i++) {
        kw_thread_join(&threads[i]);
        assert_false(threads[i].is_running);
        kw_thread_join(&threads[i]); /* may run twice */
    }
    assert_int_equal(shared.value, KW_COUNT(threads) * ROUNDS);
}

static void wait_for_go(void *ctx)
{
    counter *shared = ctx;
    KW_AUTO(kw_locked) hold = kw_lock(&shared->mutex);
    while (!shared->may_go) {
        kw_cond_wait(&shared->changed, &shared->mutex);
    }
    shared->value++;
    kw_cond_signal(&shared->changed);
}

static void cond__wakes_all_and_then_one(void **state)
{
    (void)state;
    counter shared = {0};
    kw_thread threads[3] = {0};
    for (size_t i = 0; i < KW_COUNT(threads); i++) {
        EXPECT_OK(kw_thread_start(&threads[i], "waiting", wait_for_go, &shared, NULL));
    }
    kw_mutex_lock(&shared.mutex);
    shared.may_go = true;
    kw_cond_broadcast(&shared.changed);
    uint64_t far = kw_monotonic_ns() + 60000000000U;
    while (shared.value < KW_COUNT(threads)) {
        assert_true(kw_cond_wait_until(&shared.changed, &shared.mutex, far));
    }
    kw_mutex_unlock(&shared.mutex);
    for (size_t i = 0; i < KW_COUNT(threads); i++) {
        kw_thread_join(&threads[i]);
    }
}

static void cond_wait_until__gives_up_at_its_deadline(void **state)
{
    (void)state;
    counter shared = {0};
    kw_mutex_lock(&shared.mutex);
    uint64_t deadline = kw_monotonic_ns() + 1000000;
    while (kw_cond_wait_until(&shared.changed, &shared.mutex, deadline)) {
    }
    assert_true(kw_monotonic_ns() >= deadline);
    kw_mutex_unlock(&shared.mutex);
}

static void thread_start__reports_missing_memory(void **state)
{
    (void)state;
    kw_thread thread = {0};
    counter shared = {0};
    kw_error err = {0};
    kw_heap_fail_at(1);
    EXPECT_STATUS(kw_thread_start(&thread, "never", count_up, &shared, &err), KW_NO_MEMORY);
    assert_false(thread.is_running);
    assert_int_equal(shared.value, 0);
}

static void thread_cpu_count__is_at_least_one(void **state)
{
    (void)state;
    assert_true(kw_thread_cpu_count() >= 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(mutex__keeps_threads_apart),
        cmocka_unit_test(cond__wakes_all_and_then_one),
        cmocka_unit_test(cond_wait_until__gives_up_at_its_deadline),
        cmocka_unit_test(thread_start__reports_missing_memory),
        cmocka_unit_test(thread_cpu_count__is_at_least_one),
    };
    return cmocka_run_group_tests_name("os/thread", tests, NULL, NULL);
}
