/* SPDX-License-Identifier: Apache-2.0
 * Plans step by step; tests/property/client has random histories. */
#include "client/download_plan.h"

#include "base/heap.h"
#include "support/expect.h"

#define SEGMENT ((uint64_t)KW_SEGMENT_LEAVES * KW_LEAF_BYTES)

static const kw_plan_rules two_mirrors = {
    .file_bytes = 3 * SEGMENT + 5,
    .mirrors = 2,
    .slots = KW_DOWNLOAD_SLOTS,
    .slow_ms = KW_SLOW_MS,
    .slow_bytes_per_s = KW_SLOW_BYTES_PER_S,
    .backoff = {.base_ms = 500, .max_ms = 30000, .attempts_max = 5},
};

/* What a claim said. */
typedef struct claimed {
    unsigned slot;
    kw_plan_task task;
} claimed;

static claimed claim(kw_download_plan *plan, kw_unix_ms now_ms)
{
    claimed c = {0};
    assert_true(kw_download_plan_claim(plan, &c.slot, &c.task, now_ms));
    return c;
}

static void expect_nothing(kw_download_plan *plan, kw_unix_ms now_ms)
{
    unsigned slot = 0;
    kw_plan_task task = {0};
    assert_false(kw_download_plan_claim(plan, &slot, &task, now_ms));
}

static void bring(kw_download_plan *plan, const claimed *c, uint64_t leaves)
{
    for (uint64_t i = 0; i < leaves; i++) {
        uint64_t leaf = c->task.first / KW_LEAF_BYTES + i;
        kw_download_plan_feel(plan, c->slot, kw_download_plan_leaf_bytes(plan, leaf));
        assert_true(kw_download_plan_take(plan, c->slot, leaf));
    }
}

static bool end(kw_download_plan *plan, const claimed *c, kw_plan_outcome outcome,
                kw_unix_ms now_ms)
{
    const kw_plan_end how = {.outcome = outcome, .now_ms = now_ms, .random = UINT64_MAX};
    return kw_download_plan_end(plan, c->slot, &how);
}

static void make__bounds_file_and_mirrors(void **state)
{
    (void)state;
    KW_AUTO(kw_download_plan) plan = {0};
    kw_error err = {0};
    kw_plan_rules rules = two_mirrors;
    rules.file_bytes = 0;
    EXPECT_STATUS(kw_download_plan_make(&plan, &rules, &err), KW_LIMIT);
    assert_int_equal(err.status, KW_LIMIT);
    rules.file_bytes = KW_DOWNLOAD_BYTES_MAX + 1;
    EXPECT_STATUS(kw_download_plan_make(&plan, &rules, NULL), KW_LIMIT);
    rules = two_mirrors;
    rules.mirrors = 0;
    EXPECT_STATUS(kw_download_plan_make(&plan, &rules, NULL), KW_LIMIT);
    rules.mirrors = KW_MIRRORS_MAX + 1;
    EXPECT_STATUS(kw_download_plan_make(&plan, &rules, NULL), KW_LIMIT);
    (void)kw_heap_fail_at(1);
    EXPECT_STATUS(kw_download_plan_make(&plan, &two_mirrors, NULL), KW_NO_MEMORY);
    (void)kw_heap_fail_at(0);
    rules = two_mirrors;
    rules.file_bytes = KW_DOWNLOAD_BYTES_MAX;
    EXPECT_OK(kw_download_plan_make(&plan, &rules, NULL));
}

static void claim__gives_segments_in_turn_to_mirrors_in_turn(void **state)
{
    (void)state;
    KW_AUTO(kw_download_plan) plan = {0};
    EXPECT_OK(kw_download_plan_make(&plan, &two_mirrors, NULL));
    for (uint32_t i = 0; i < 4; i++) {
        claimed c = claim(&plan, 0);
        assert_int_equal(c.task.mirror, i % 2);
        assert_int_equal(c.task.first, i * SEGMENT);
        assert_int_equal(c.task.end, KW_MIN((i + 1) * SEGMENT, two_mirrors.file_bytes));
    }
    expect_nothing(&plan, 0); /* each mirror has its connections */
}

static void claim__gives_what_is_missing_alone(void **state)
{
    (void)state;
    KW_AUTO(kw_download_plan) plan = {0};
    EXPECT_OK(kw_download_plan_make(&plan, &two_mirrors, NULL));
    assert_true(kw_download_plan_mark(&plan, 0));
    assert_false(kw_download_plan_mark(&plan, 0));
    assert_true(kw_download_plan_mark(&plan, 3));
    assert_int_equal(kw_download_plan_bytes(&plan), 2 * KW_LEAF_BYTES);
    claimed c = claim(&plan, 0);
    assert_int_equal(c.task.first, KW_LEAF_BYTES);
    assert_int_equal(c.task.end, 3 * KW_LEAF_BYTES);
}

static void take__completes_the_file(void **state)
{
    (void)state;
    KW_AUTO(kw_download_plan) plan = {0};
    kw_plan_rules rules = two_mirrors;
    rules.file_bytes = SEGMENT + 5;
    EXPECT_OK(kw_download_plan_make(&plan, &rules, NULL));
    claimed first = claim(&plan, 0);
    claimed last = claim(&plan, 0);
    assert_int_equal(last.task.end - last.task.first, 5);
    bring(&plan, &last, 1);
    assert_int_equal(kw_download_plan_bytes(&plan), 5);
    assert_true(kw_download_plan_is_idle(&plan, last.slot));
    assert_false(kw_download_plan_is_idle(&plan, first.slot));
    assert_false(end(&plan, &last, KW_PLAN_DONE, 1));
    bring(&plan, &first, KW_SEGMENT_LEAVES);
    assert_true(kw_download_plan_is_complete(&plan));
    assert_int_equal(kw_download_plan_bytes(&plan), rules.file_bytes);
    expect_nothing(&plan, 1);
    assert_false(kw_download_plan_take(&plan, first.slot, 0)); /* it was there */
}

static void end__gives_back_what_did_not_come(void **state)
{
    (void)state;
    KW_AUTO(kw_download_plan) plan = {0};
    EXPECT_OK(kw_download_plan_make(&plan, &two_mirrors, NULL));
    claimed c = claim(&plan, 0);
    bring(&plan, &c, 10);
    assert_false(end(&plan, &c, KW_PLAN_BROKEN, 10));
    claimed again = claim(&plan, 10);
    assert_int_equal(again.task.first, 10 * KW_LEAF_BYTES);
    assert_int_equal(again.task.end, SEGMENT);
    assert_int_equal(again.task.mirror, 1); /* the other one rests */
}

static void end__leaves_a_mirror_that_lies(void **state)
{
    (void)state;
    KW_AUTO(kw_download_plan) plan = {0};
    EXPECT_OK(kw_download_plan_make(&plan, &two_mirrors, NULL));
    claimed lying = claim(&plan, 0);
    claimed honest = claim(&plan, 0);
    claimed second = claim(&plan, 0);
    assert_int_equal(second.task.mirror, lying.task.mirror);
    assert_true(end(&plan, &lying, KW_PLAN_LYING, 1));
    assert_false(end(&plan, &second, KW_PLAN_LYING, 1)); /* that was said */
    assert_int_equal(claim(&plan, INT32_MAX).task.mirror, honest.task.mirror);
    expect_nothing(&plan, INT32_MAX);
    assert_false(kw_download_plan_is_hopeless(&plan));
}

static void end__leaves_a_mirror_that_brings_nothing_five_times(void **state)
{
    (void)state;
    KW_AUTO(kw_download_plan) plan = {0};
    kw_plan_rules rules = two_mirrors;
    kw_unix_ms now_ms = 0;
    rules.mirrors = 1;
    EXPECT_OK(kw_download_plan_make(&plan, &rules, NULL));
    for (uint32_t i = 1; i <= 5; i++) {
        claimed c = claim(&plan, now_ms);
        assert_int_equal(end(&plan, &c, KW_PLAN_BROKEN, now_ms), i == 5);
        expect_nothing(&plan, now_ms);
        now_ms = plan.mirrors[0].rests_till;
    }
    expect_nothing(&plan, INT32_MAX);
    assert_true(kw_download_plan_is_hopeless(&plan));
}

static void end__stays_with_a_mirror_that_brings_a_leaf_each_time(void **state)
{
    (void)state;
    KW_AUTO(kw_download_plan) plan = {0};
    kw_plan_rules rules = two_mirrors;
    kw_unix_ms now_ms = 0;
    rules.mirrors = 1;
    EXPECT_OK(kw_download_plan_make(&plan, &rules, NULL));
    for (unsigned i = 0; i < 100; i++) {
        claimed c = claim(&plan, now_ms);
        bring(&plan, &c, 1);
        assert_false(end(&plan, &c, KW_PLAN_BROKEN, now_ms));
        now_ms = plan.mirrors[0].rests_till;
    }
    assert_int_equal(kw_download_plan_bytes(&plan), 100 * KW_LEAF_BYTES);
}

static void end__waits_as_long_as_the_mirror_asks(void **state)
{
    (void)state;
    KW_AUTO(kw_download_plan) plan = {0};
    kw_plan_rules rules = two_mirrors;
    rules.mirrors = 1;
    EXPECT_OK(kw_download_plan_make(&plan, &rules, NULL));
    claimed c = claim(&plan, 0);
    const kw_plan_end busy = {.outcome = KW_PLAN_BROKEN, .now_ms = 100, .retry_after_ms = 7000};
    assert_false(kw_download_plan_end(&plan, c.slot, &busy));
    expect_nothing(&plan, 7099);
    (void)claim(&plan, 7100);
}

static void is_slow__looks_at_the_rate_over_its_time(void **state)
{
    (void)state;
    KW_AUTO(kw_download_plan) plan = {0};
    EXPECT_OK(kw_download_plan_make(&plan, &two_mirrors, NULL));
    claimed c = claim(&plan, 0);
    assert_false(kw_download_plan_is_slow(&plan, c.slot, KW_SLOW_MS - 1));
    kw_download_plan_feel(&plan, c.slot, 10 * KW_SLOW_BYTES_PER_S);
    assert_false(kw_download_plan_is_slow(&plan, c.slot, KW_SLOW_MS)); /* just enough */
    kw_download_plan_feel(&plan, c.slot, 10 * KW_SLOW_BYTES_PER_S - 1);
    assert_true(kw_download_plan_is_slow(&plan, c.slot, 2 * KW_SLOW_MS));
}

/* Both segments of the file are under way; the fast mirror takes over what the other sleeps on. */
static void claim__takes_over_from_a_connection_that_is_late(void **state)
{
    (void)state;
    KW_AUTO(kw_download_plan) plan = {0};
    kw_plan_rules rules = two_mirrors;
    rules.file_bytes = 2 * SEGMENT;
    EXPECT_OK(kw_download_plan_make(&plan, &rules, NULL));
    claimed slow = claim(&plan, 0);
    claimed fast = claim(&plan, 0);
    bring(&plan, &slow, 5);
    bring(&plan, &fast, KW_SEGMENT_LEAVES);
    assert_false(end(&plan, &fast, KW_PLAN_DONE, 100));
    expect_nothing(&plan, 400); /* four times as long is no reason yet */
    claimed over = claim(&plan, 401);
    assert_int_equal(over.task.mirror, fast.task.mirror);
    assert_int_equal(over.task.first, slow.task.first + 5 * KW_LEAF_BYTES);
    expect_nothing(&plan, 10000); /* once */
    bring(&plan, &over, KW_SEGMENT_LEAVES - 5);
    assert_true(kw_download_plan_is_complete(&plan));
    assert_true(kw_download_plan_is_idle(&plan, slow.slot));
}

static void claim__asks_the_faster_mirror_first(void **state)
{
    (void)state;
    KW_AUTO(kw_download_plan) plan = {0};
    kw_plan_rules rules = two_mirrors;
    rules.slots = 1;
    EXPECT_OK(kw_download_plan_make(&plan, &rules, NULL));
    claimed a = claim(&plan, 0);
    bring(&plan, &a, KW_SEGMENT_LEAVES);
    assert_false(end(&plan, &a, KW_PLAN_DONE, 1000));
    claimed b = claim(&plan, 1000);
    assert_int_equal(b.task.mirror, 1); /* not measured yet */
    expect_nothing(&plan, 1000);
    bring(&plan, &b, KW_SEGMENT_LEAVES);
    assert_false(end(&plan, &b, KW_PLAN_DONE, 1500));
    assert_int_equal(claim(&plan, 1500).task.mirror, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(make__bounds_file_and_mirrors),
        cmocka_unit_test(claim__gives_segments_in_turn_to_mirrors_in_turn),
        cmocka_unit_test(claim__gives_what_is_missing_alone),
        cmocka_unit_test(take__completes_the_file),
        cmocka_unit_test(end__gives_back_what_did_not_come),
        cmocka_unit_test(end__leaves_a_mirror_that_lies),
        cmocka_unit_test(end__leaves_a_mirror_that_brings_nothing_five_times),
        cmocka_unit_test(end__stays_with_a_mirror_that_brings_a_leaf_each_time),
        cmocka_unit_test(end__waits_as_long_as_the_mirror_asks),
        cmocka_unit_test(is_slow__looks_at_the_rate_over_its_time),
        cmocka_unit_test(claim__takes_over_from_a_connection_that_is_late),
        cmocka_unit_test(claim__asks_the_faster_mirror_first),
    };
    return cmocka_run_group_tests_name("client/download_plan", tests, NULL, NULL);
}
