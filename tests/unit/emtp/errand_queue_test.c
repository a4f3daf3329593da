/* SPDX-License-Identifier: Apache-2.0 */
#include "emtp/errand_queue.h"

#include "base/heap.h"
#include "emtp/limits.h"
#include "support/expect.h"

#include <stdio.h>

#define SECOND UINT64_C(1000000000)

/* What was said to be over. */
typedef struct log {
    unsigned ends;
    kw_status last;
    char text[64]; /* of the last */
} log;

static void ended(void *ctx, const kw_errand *errand, kw_status st)
{
    log *l = ctx;
    l->ends++;
    l->last = st;
    (void)snprintf(l->text, sizeof l->text, "%s %s %s", errand->key, errand->to, errand->about);
}

static kw_errand_queue queue_of(log *l)
{
    return (kw_errand_queue){.ctx = l, .ended = ended};
}

static void ask(kw_errand_queue *queue, const char *key, uint64_t now_ns)
{
    EXPECT_OK(
        kw_errand_queue_ask(queue, kw_str_of(key), KW_STR("https://a/"), KW_STR("s"), now_ns));
}

static const kw_errand *take(kw_errand_queue *queue, uint64_t now_ns)
{
    uint64_t due_ns = 0;
    const kw_errand *taken = kw_errand_queue_take(queue, &due_ns, now_ns);
    assert_true(taken != NULL || due_ns > now_ns);
    return taken;
}

static uint64_t next_due(kw_errand_queue *queue)
{
    uint64_t due_ns = 0;
    assert_null(kw_errand_queue_take(queue, &due_ns, 0));
    return due_ns;
}

static void settle(kw_errand_queue *queue, const kw_errand *taken, kw_status st, uint64_t now_ns)
{
    kw_errand_queue_settle(queue, taken, (kw_errand_try){.st = st}, now_ns);
}

static void queue_take__gives_the_one_that_waited_longest(void **state)
{
    (void)state;
    log l = {0};
    kw_errand_queue queue = queue_of(&l);
    assert_int_equal(next_due(&queue), UINT64_MAX);
    ask(&queue, "late", 2 * SECOND);
    ask(&queue, "early", SECOND);
    assert_int_equal(next_due(&queue), SECOND);
    const kw_errand *first = take(&queue, 2 * SECOND);
    assert_string_equal(first->key, "early");
    const kw_errand *second = take(&queue, 2 * SECOND);
    assert_string_equal(second->key, "late");
    assert_null(take(&queue, 3 * SECOND)); /* both run */
    assert_int_equal(queue.count, 2);
    settle(&queue, first, KW_OK, 2 * SECOND);
    assert_int_equal(queue.count, 1);
    assert_int_equal(l.ends, 1);
    EXPECT_STATUS(l.last, KW_OK);
    assert_string_equal(l.text, "early https://a/ s");
    kw_errand_queue_drop(&queue); /* one still runs */
    assert_int_equal(queue.count, 0);
}

static void queue_ask__keeps_one_pending_for_each_key(void **state)
{
    (void)state;
    log l = {0};
    kw_errand_queue queue = queue_of(&l);
    ask(&queue, "k", 1);
    ask(&queue, "k", 2);
    assert_int_equal(queue.count, 1);
    const kw_errand *taken = take(&queue, 2);
    assert_null(take(&queue, 2));
    settle(&queue, taken, KW_OK, 2);
    assert_int_equal(queue.count, 0);
    assert_int_equal(l.ends, 1);
    kw_errand_queue_drop(&queue);
}

static void queue_ask__repeats_what_was_asked_while_it_ran(void **state)
{
    (void)state;
    log l = {0};
    kw_errand_queue queue = queue_of(&l);
    ask(&queue, "k", 1);
    const kw_errand *taken = take(&queue, 1);
    ask(&queue, "k", 2);
    ask(&queue, "k", 2);
    settle(&queue, taken, KW_OK, 3);
    assert_int_equal(l.ends, 1);
    taken = take(&queue, 3);
    assert_non_null(taken);
    settle(&queue, taken, KW_OK, 4);
    assert_int_equal(l.ends, 2);
    assert_int_equal(queue.count, 0);
    kw_errand_queue_drop(&queue);
}

/* Asked while a try ran that failed: its next try comes after that, so one is enough. */
static void queue_ask__does_not_repeat_what_is_tried_again_anyway(void **state)
{
    (void)state;
    log l = {0};
    kw_errand_queue queue = queue_of(&l);
    ask(&queue, "k", 1);
    const kw_errand *taken = take(&queue, 1);
    ask(&queue, "k", 1);
    settle(&queue, taken, KW_NETWORK, 1);
    taken = take(&queue, 2 * SECOND);
    settle(&queue, taken, KW_OK, 2 * SECOND);
    assert_int_equal(queue.count, 0);
    kw_errand_queue_drop(&queue);
}

static void queue_settle__tries_again_after_1_5_and_30_seconds(void **state)
{
    (void)state;
    static const uint64_t waits_s[] = {1, 5, 30};
    log l = {0};
    kw_errand_queue queue = queue_of(&l);
    uint64_t now_ns = 7;
    ask(&queue, "k", now_ns);
    for (size_t i = 0; i < KW_COUNT(waits_s); i++) {
        settle(&queue, take(&queue, now_ns), KW_TIMED_OUT, now_ns);
        assert_null(take(&queue, now_ns));
        assert_int_equal(next_due(&queue), now_ns + waits_s[i] * SECOND);
        assert_int_equal(l.ends, 0);
        now_ns += waits_s[i] * SECOND;
    }
    settle(&queue, take(&queue, now_ns), KW_NETWORK, now_ns);
    assert_int_equal(l.ends, 1);
    EXPECT_STATUS(l.last, KW_NETWORK);
    assert_int_equal(queue.count, 0);
    kw_errand_queue_drop(&queue);
}

static void queue_settle__does_not_repeat_what_is_final(void **state)
{
    (void)state;
    log l = {0};
    kw_errand_queue queue = queue_of(&l);
    ask(&queue, "k", 1);
    kw_errand_queue_settle(&queue, take(&queue, 1),
                           (kw_errand_try){.st = KW_FORBIDDEN, .is_final = true}, 1);
    assert_int_equal(l.ends, 1);
    EXPECT_STATUS(l.last, KW_FORBIDDEN);
    assert_int_equal(queue.count, 0);
    kw_errand_queue_drop(&queue);
}

static void queue_take__leaves_a_host_that_has_enough(void **state)
{
    (void)state;
    static const char *const same[] = {"https://a:1", "https://a:1/", "https://a:1/x/y"};
    log l = {0};
    kw_errand_queue queue = queue_of(&l);
    queue.host_max = 2;
    for (size_t i = 0; i < KW_COUNT(same); i++) {
        EXPECT_OK(kw_errand_queue_ask(&queue, kw_str_of(same[i]), kw_str_of(same[i]), KW_STR("s"),
                                      i + 1));
    }
    EXPECT_OK(kw_errand_queue_ask(&queue, KW_STR("b"), KW_STR("https://a:2/"), KW_STR("s"), 9));
    const kw_errand *first = take(&queue, 9);
    const kw_errand *second = take(&queue, 9);
    assert_string_equal(first->key, same[0]);
    assert_string_equal(second->key, same[1]);
    assert_string_equal(take(&queue, 9)->key, "b"); /* another port */
    uint64_t due_ns = 0;
    assert_null(kw_errand_queue_take(&queue, &due_ns, 9));
    assert_int_equal(due_ns, UINT64_MAX); /* not by waiting */
    settle(&queue, first, KW_NETWORK, 9);
    const kw_errand *third = take(&queue, 9);
    assert_string_equal(third->key, same[2]);
    settle(&queue, third, KW_OK, 9);
    settle(&queue, second, KW_OK, 9);
    assert_string_equal(take(&queue, 2 * SECOND)->key, same[0]);
    kw_errand_queue_drop(&queue);
}

static void queue_drop_key__ends_retries(void **state)
{
    (void)state;
    log l = {0};
    kw_errand_queue queue = queue_of(&l);
    ask(&queue, "k", 1);
    ask(&queue, "other", 2);
    const kw_errand *taken = take(&queue, 1);
    kw_errand_queue_drop_key(&queue, KW_STR("k"));
    kw_errand_queue_drop_key(&queue, KW_STR("other"));
    kw_errand_queue_drop_key(&queue, KW_STR("stranger"));
    assert_int_equal(queue.count, 1); /* the one that runs */
    ask(&queue, "k", 3);              /* a new one, with no failure behind it */
    assert_int_equal(queue.count, 2);
    settle(&queue, taken, KW_NETWORK, 3);
    assert_int_equal(queue.count, 1);
    EXPECT_STATUS(l.last, KW_NETWORK);
    kw_errand_queue_drop(&queue);
}

static void queue_ask__has_a_limit(void **state)
{
    (void)state;
    log l = {0};
    kw_errand_queue queue = queue_of(&l);
    char key[16];
    for (int i = 0; i < KW_ERRANDS_MAX; i++) {
        (void)snprintf(key, sizeof key, "%d", i);
        ask(&queue, key, 1);
    }
    EXPECT_STATUS(kw_errand_queue_ask(&queue, KW_STR("more"), KW_STR("t"), KW_STR("s"), 1),
                  KW_LIMIT);
    ask(&queue, "7", 1);
    kw_errand_queue_drop(&queue);
}

static void queue_ask__survives_a_lack_of_memory(void **state)
{
    (void)state;
    log l = {0};
    kw_errand_queue queue = queue_of(&l);
    for (uint64_t nth = 1; nth <= 4; nth++) {
        kw_heap_fail_at(nth);
        EXPECT_STATUS(kw_errand_queue_ask(&queue, KW_STR("k"), KW_STR("t"), KW_STR("s"), 1),
                      KW_NO_MEMORY);
        assert_int_equal(queue.count, 0);
    }
    kw_heap_fail_at(0);
    ask(&queue, "k", 1);
    kw_errand_queue_drop(&queue);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(queue_take__gives_the_one_that_waited_longest),
        cmocka_unit_test(queue_ask__keeps_one_pending_for_each_key),
        cmocka_unit_test(queue_ask__repeats_what_was_asked_while_it_ran),
        cmocka_unit_test(queue_ask__does_not_repeat_what_is_tried_again_anyway),
        cmocka_unit_test(queue_settle__tries_again_after_1_5_and_30_seconds),
        cmocka_unit_test(queue_settle__does_not_repeat_what_is_final),
        cmocka_unit_test(queue_take__leaves_a_host_that_has_enough),
        cmocka_unit_test(queue_drop_key__ends_retries),
        cmocka_unit_test(queue_ask__has_a_limit),
        cmocka_unit_test(queue_ask__survives_a_lack_of_memory),
    };
    return cmocka_run_group_tests_name("emtp/errand_queue", tests, NULL, NULL);
}
