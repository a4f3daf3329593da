/* SPDX-License-Identifier: Apache-2.0 */
#include "emtp/errands.h"

#include "os/thread.h"
#include "support/expect.h"

#include <stdio.h>

/* What the queue did, and what it is told to answer. */
typedef struct log {
    kw_mutex mutex;
    kw_cond changed;
    unsigned runs;
    unsigned ends;
    unsigned failures_left; /* tries that still fail */
    unsigned running;
    bool is_held; /* runs wait until this is false */
    kw_status last;
    char about[64]; /* of the last run */
} log;

static kw_status run(void *ctx, size_t worker, const kw_errand *errand, const _Atomic bool *stop)
{
    KW_UNUSED(worker);
    KW_UNUSED(stop);
    log *l = ctx;
    KW_AUTO(kw_locked) hold = kw_lock(&l->mutex);
    l->runs++;
    l->running++;
    (void)snprintf(l->about, sizeof l->about, "%s %s %s", errand->key, errand->to, errand->about);
    kw_cond_broadcast(&l->changed);
    while (l->is_held) {
        kw_cond_wait(&l->changed, &l->mutex);
    }
    l->running--;
    if (l->failures_left > 0) {
        l->failures_left--;
        return KW_NETWORK;
    }
    return KW_OK;
}

static void ended(void *ctx, const kw_errand *errand, kw_status st)
{
    KW_UNUSED(errand);
    log *l = ctx;
    KW_AUTO(kw_locked) hold = kw_lock(&l->mutex);
    l->ends++;
    l->last = st;
    kw_cond_broadcast(&l->changed);
}

static kw_errands *new_errands(log *l, size_t threads)
{
    kw_errands *errands = NULL;
    kw_errand_ops ops = {.ctx = l, .run = run, .ended = ended};
    EXPECT_OK(kw_errands_new(&errands, &ops, threads, NULL));
    return errands;
}

static void wait_until(log *l, const unsigned *what, unsigned wanted)
{
    KW_AUTO(kw_locked) hold = kw_lock(&l->mutex);
    while (*what < wanted) {
        kw_cond_wait(&l->changed, &l->mutex);
    }
}

static void hold_runs(log *l, bool is_held)
{
    KW_AUTO(kw_locked) hold = kw_lock(&l->mutex);
    l->is_held = is_held;
    kw_cond_broadcast(&l->changed);
}

static void errands_ask__runs_and_ends(void **state)
{
    (void)state;
    log l = {0};
    kw_errands *errands = new_errands(&l, 2);
    EXPECT_OK(kw_errands_ask(errands, KW_STR("k"), KW_STR("https://a/"), KW_STR("s")));
    wait_until(&l, &l.ends, 1);
    assert_int_equal(l.last, KW_OK);
    assert_string_equal(l.about, "k https://a/ s");
    kw_errands_free(errands);
    assert_int_equal(l.runs, 1);
}

static void errands_ask__keeps_one_pending_for_each_key(void **state)
{
    (void)state;
    log l = {.is_held = true};
    kw_errands *errands = new_errands(&l, 1);
    EXPECT_OK(kw_errands_ask(errands, KW_STR("first"), KW_STR("t"), KW_STR("s")));
    wait_until(&l, &l.running, 1); /* the one thread is busy */
    for (int i = 0; i < 5; i++) {
        EXPECT_OK(kw_errands_ask(errands, KW_STR("second"), KW_STR("t"), KW_STR("s")));
    }
    assert_int_equal(kw_errands_count(errands), 2);
    hold_runs(&l, false);
    wait_until(&l, &l.ends, 2);
    kw_errands_free(errands);
    assert_int_equal(l.runs, 2);
}

static void errands__try_again_after_a_failure(void **state)
{
    (void)state;
    log l = {.failures_left = 1};
    kw_errands *errands = new_errands(&l, 1);
    EXPECT_OK(kw_errands_ask(errands, KW_STR("k"), KW_STR("t"), KW_STR("s")));
    wait_until(&l, &l.ends, 1); /* after the first wait, one second */
    assert_int_equal(l.runs, 2);
    assert_int_equal(l.last, KW_OK);
    kw_errands_free(errands);
}

static void errands_free__drops_what_is_pending(void **state)
{
    (void)state;
    log l = {.is_held = true};
    kw_errands *errands = new_errands(&l, 1);
    EXPECT_OK(kw_errands_ask(errands, KW_STR("runs"), KW_STR("t"), KW_STR("s")));
    wait_until(&l, &l.running, 1);
    EXPECT_OK(kw_errands_ask(errands, KW_STR("waits"), KW_STR("t"), KW_STR("s")));
    assert_int_equal(kw_errands_count(errands), 2);
    hold_runs(&l, false);
    kw_errands_free(errands);
    assert_int_equal(l.running, 0);
    assert_true(l.runs == 1 || l.runs == 2); /* the second may have begun before the end */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(errands_ask__runs_and_ends),
        cmocka_unit_test(errands_ask__keeps_one_pending_for_each_key),
        cmocka_unit_test(errands__try_again_after_a_failure),
        cmocka_unit_test(errands_free__drops_what_is_pending),
    };
    return cmocka_run_group_tests_name("emtp/errands", tests, NULL, NULL);
}
