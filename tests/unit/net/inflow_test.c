/* SPDX-License-Identifier: Apache-2.0
 * The pipe between loop and worker. */
#include "net/inflow.h"

#include "net/limits.h"
#include "support/expect.h"

static void pull__gives_bytes_then_the_end(void **state)
{
    (void)state;
    KW_AUTO(kw_inflow) inflow = kw_inflow_init();
    uint8_t room[4];
    size_t got = 0;
    bool is_full = true;
    EXPECT_OK(kw_inflow_push(&inflow, &is_full, (kw_span){(const uint8_t *)"hello", 5}));
    assert_false(is_full);
    kw_inflow_end(&inflow);
    EXPECT_OK(kw_inflow_pull(&inflow, KW_MSPAN(room), &got));
    assert_int_equal(got, 4);
    assert_memory_equal(room, "hell", 4);
    EXPECT_OK(kw_inflow_pull(&inflow, KW_MSPAN(room), &got));
    assert_int_equal(got, 1);
    EXPECT_OK(kw_inflow_pull(&inflow, KW_MSPAN(room), &got));
    assert_int_equal(got, 0);
}

static void pull__reports_a_failure_before_bytes(void **state)
{
    (void)state;
    KW_AUTO(kw_inflow) inflow = kw_inflow_init();
    uint8_t room[4];
    size_t got = 0;
    bool is_full = false;
    EXPECT_OK(kw_inflow_push(&inflow, &is_full, (kw_span){(const uint8_t *)"hello", 5}));
    kw_inflow_fail(&inflow, KW_NETWORK);
    EXPECT_STATUS(kw_inflow_pull(&inflow, KW_MSPAN(room), &got), KW_NETWORK);
}

static void push__asks_for_a_pause_and_is_bounded(void **state)
{
    (void)state;
    static const uint8_t piece[KW_NET_READ_BYTES];
    KW_AUTO(kw_inflow) inflow = kw_inflow_init();
    bool is_full = false;
    EXPECT_OK(kw_inflow_push(&inflow, &is_full, KW_SPAN(piece)));
    assert_true(is_full);
    EXPECT_OK(kw_inflow_push(&inflow, &is_full, KW_SPAN(piece)));
    EXPECT_OK(kw_inflow_push(&inflow, &is_full, KW_SPAN(piece)));
    EXPECT_STATUS(kw_inflow_push(&inflow, &is_full, KW_SPAN(piece)), KW_LIMIT);
    uint8_t room[1024];
    size_t got = 0;
    size_t left = 3 * sizeof piece;
    while (left > 0) {
        assert_int_equal(kw_inflow_is_full(&inflow), left >= KW_INFLOW_HIGH_BYTES);
        EXPECT_OK(kw_inflow_pull(&inflow, KW_MSPAN(room), &got));
        left -= got;
    }
}

static void push_slowly(void *ctx)
{
    kw_inflow *inflow = ctx;
    for (unsigned i = 0; i < 1000; i++) {
        uint8_t byte = (uint8_t)i;
        bool is_full = false;
        KW_ASSERT(kw_inflow_push(inflow, &is_full, (kw_span){&byte, 1}) == KW_OK);
    }
    kw_inflow_end(inflow);
}

static void pull__waits_for_another_thread(void **state)
{
    (void)state;
    KW_AUTO(kw_inflow) inflow = kw_inflow_init();
    kw_thread thread = {0};
    EXPECT_OK(kw_thread_start(&thread, "push", push_slowly, &inflow, NULL));
    size_t total = 0;
    for (size_t got = 1; got > 0;) {
        uint8_t room[7];
        EXPECT_OK(kw_inflow_pull(&inflow, KW_MSPAN(room), &got));
        for (size_t i = 0; i < got; i++) {
            assert_int_equal(room[i], (uint8_t)(total + i));
        }
        total += got;
    }
    assert_int_equal(total, 1000);
    kw_thread_join(&thread);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pull__gives_bytes_then_the_end),
        cmocka_unit_test(pull__reports_a_failure_before_bytes),
        cmocka_unit_test(push__asks_for_a_pause_and_is_bounded),
        cmocka_unit_test(pull__waits_for_another_thread),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
