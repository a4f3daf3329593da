/* SPDX-License-Identifier: Apache-2.0 */
#include "threshold/breaker.h"

#include "support/expect.h"
#include "threshold/limits.h"

static void fail_times(kw_breaker *b, unsigned times, uint64_t random)
{
    for (unsigned i = 0; i < times; i++) {
        kw_breaker_failed(b, 1000, random);
    }
}

static void breaker__opens_after_failures_in_a_row(void **state)
{
    (void)state;
    kw_breaker b = {0};
    fail_times(&b, KW_BREAKER_FAILURES - 1, UINT64_MAX);
    assert_int_equal(kw_breaker_due_ms(&b), 0);
    kw_breaker_answered(&b);
    fail_times(&b, KW_BREAKER_FAILURES - 1, UINT64_MAX);
    assert_int_equal(b.mode, KW_BREAKER_CLOSED);
    fail_times(&b, 1, UINT64_MAX);
    assert_int_equal(b.mode, KW_BREAKER_OPEN);
    assert_int_equal(kw_breaker_due_ms(&b), 1000 + KW_BREAKER_PAUSE_MS_MIN);
}

static void breaker__lets_one_call_look(void **state)
{
    (void)state;
    kw_breaker b = {0};
    fail_times(&b, KW_BREAKER_FAILURES, 0);
    assert_int_equal(kw_breaker_due_ms(&b), 1000 + KW_BREAKER_PAUSE_MS_MIN / 2);
    kw_breaker_begin(&b);
    assert_int_equal(b.mode, KW_BREAKER_HALF);
    assert_int_equal(kw_breaker_due_ms(&b), UINT64_MAX);
    kw_breaker_answered(&b);
    assert_int_equal(b.mode, KW_BREAKER_CLOSED);
    assert_int_equal(b.failures, 0);
}

static void breaker__waits_longer_after_each_look(void **state)
{
    (void)state;
    kw_breaker b = {0};
    fail_times(&b, KW_BREAKER_FAILURES, UINT64_MAX);
    uint64_t before_ms = 0;
    for (int looks = 0; looks < 40; looks++) {
        uint64_t pause_ms = kw_breaker_due_ms(&b) - 1000;
        assert_true(pause_ms >= before_ms);
        before_ms = pause_ms;
        kw_breaker_begin(&b);
        kw_breaker_failed(&b, 1000, UINT64_MAX);
        assert_int_equal(b.mode, KW_BREAKER_OPEN);
    }
    assert_int_equal(before_ms, KW_BREAKER_PAUSE_MS_MAX);
}

/* Those that were under way when it opened say nothing new. */
static void breaker__counts_no_failure_while_open(void **state)
{
    (void)state;
    kw_breaker b = {0};
    fail_times(&b, KW_BREAKER_FAILURES, UINT64_MAX);
    kw_breaker before = b;
    kw_breaker_failed(&b, 900000, UINT64_MAX);
    assert_int_equal(b.failures, before.failures);
    assert_int_equal(b.due_ms, before.due_ms);
    kw_breaker_answered(&b); /* but an answer closes it */
    assert_int_equal(b.mode, KW_BREAKER_CLOSED);
}

static void heard__lets_one_call_look_at_once(void **state)
{
    (void)state;
    kw_breaker b = {0};
    assert_false(kw_breaker_heard(&b));
    assert_int_equal(b.mode, KW_BREAKER_CLOSED);
    fail_times(&b, KW_BREAKER_FAILURES, UINT64_MAX);
    assert_true(kw_breaker_heard(&b));
    assert_int_equal(b.mode, KW_BREAKER_OPEN);
    assert_int_equal(kw_breaker_due_ms(&b), 0);
    kw_breaker_begin(&b);
    assert_false(kw_breaker_heard(&b));
    assert_int_equal(kw_breaker_due_ms(&b), UINT64_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(breaker__opens_after_failures_in_a_row),
        cmocka_unit_test(breaker__lets_one_call_look),
        cmocka_unit_test(breaker__waits_longer_after_each_look),
        cmocka_unit_test(breaker__counts_no_failure_while_open),
        cmocka_unit_test(heard__lets_one_call_look_at_once),
    };
    return cmocka_run_group_tests_name("threshold/breaker", tests, NULL, NULL);
}
