/* SPDX-License-Identifier: Apache-2.0 */
#include "emtp/errands.h"

#include "emtp/limits.h"
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

static void errands_ask__repeats_what_was_asked_while_it_ran(void **state)
{
    (void)state;
    log l = {.is_held = true};
    kw_errands *errands = new_errands(&l, 1);
    EXPECT_OK(kw_errands_ask(errands, KW_STR("k"), KW_STR("t"), KW_STR("s")));
    wait_until(&l, &l.running, 1);
    EXPECT_OK(kw_errands_ask(errands, KW_STR("k"), KW_STR("t"), KW_STR("s")));
    EXPECT_OK(kw_errands_ask(errands, KW_STR("k"), KW_STR("t"), KW_STR("s")));
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

static void errands_drop_key__ends_retries(void **state)
{
    (void)state;
    log l = {.failures_left = 100, .is_held = true};
    kw_errands *errands = new_errands(&l, 1);
    EXPECT_OK(kw_errands_ask(errands, KW_STR("k"), KW_STR("t"), KW_STR("s")));
    EXPECT_OK(kw_errands_ask(errands, KW_STR("other"), KW_STR("t"), KW_STR("s")));
    wait_until(&l, &l.running, 1);
    bool is_k = l.about[0] == 'k';
    kw_errands_drop_key(errands, KW_STR("k"));
    kw_errands_drop_key(errands, KW_STR("other"));
    kw_errands_drop_key(errands, KW_STR("stranger"));
    assert_int_equal(kw_errands_count(errands), 1); /* the one that runs */
    hold_runs(&l, false);
    wait_until(&l, &l.ends, 1);
    assert_int_equal(l.last, KW_NETWORK);
    kw_errands_free(errands);
    assert_int_equal(l.runs, 1);
    assert_true(is_k || l.about[0] == 'o');
}

static void errands_ask__has_a_limit(void **state)
{
    (void)state;
    log l = {.is_held = true};
    kw_errands *errands = new_errands(&l, 1);
    char key[16];
    for (int i = 0; i < KW_ERRANDS_MAX; i++) {
        (void)snprintf(key, sizeof key, "%d", i);
        EXPECT_OK(kw_errands_ask(errands, kw_str_of(key), KW_STR("t"), KW_STR("s")));
    }
    EXPECT_STATUS(kw_errands_ask(errands, KW_STR("more"), KW_STR("t"), KW_STR("s")), KW_LIMIT);
    EXPECT_OK(kw_errands_ask(errands, KW_STR("7"), KW_STR("t"), KW_STR("s")));
    hold_runs(&l, false);
    kw_errands_free(errands); /* drops what is pending */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(errands_ask__runs_and_ends),
        cmocka_unit_test(errands_ask__keeps_one_pending_for_each_key),
        cmocka_unit_test(errands_ask__repeats_what_was_asked_while_it_ran),
        cmocka_unit_test(errands__try_again_after_a_failure),
        cmocka_unit_test(errands_drop_key__ends_retries),
        cmocka_unit_test(errands_ask__has_a_limit),
    };
    return cmocka_run_group_tests_name("emtp/errands", tests, NULL, NULL);
}
