/* SPDX-License-Identifier: Apache-2.0 */
#include "base/arena.h"

#include "base/heap.h"
#include "support/expect.h"
#include "support/random_source.h"

static void new__gives_zeroed_aligned_memory_that_stays(void **state)
{
    (void)state;
    KW_AUTO(kw_arena) arena = kw_arena_init(1 << 20);
    uint8_t *blocks[100];
    for (size_t i = 0; i < KW_COUNT(blocks); i++) {
        blocks[i] = kw_arena_new(&arena, i + 1, 7);
        assert_non_null(blocks[i]);
        assert_int_equal((uintptr_t)blocks[i] % 16, 0);
        for (size_t at = 0; at < (i + 1) * 7; at++) {
            assert_int_equal(blocks[i][at], 0);
            blocks[i][at] = (uint8_t)i;
        }
    }
    for (size_t i = 0; i < KW_COUNT(blocks); i++) {
        assert_int_equal(blocks[i][0], i);
        assert_int_equal(blocks[i][(i + 1) * 7 - 1], i);
    }
}

static void new__refuses_past_the_maximum_and_on_overflow(void **state)
{
    (void)state;
    KW_AUTO(kw_arena) arena = kw_arena_init(64);
    assert_non_null(kw_arena_new(&arena, 1, 48));
    assert_null(kw_arena_new(&arena, 1, 17));
    assert_null(kw_arena_new(&arena, SIZE_MAX, 2));
    assert_null(kw_arena_new(&arena, 1, SIZE_MAX));
    assert_non_null(kw_arena_new(&arena, 1, 16));
    kw_arena_reset(&arena);
    assert_non_null(kw_arena_new(&arena, 1, 64));
}

static void new__survives_failed_allocation(void **state)
{
    (void)state;
    KW_AUTO(kw_arena) arena = kw_arena_init(1 << 20);
    kw_heap_fail_at(1);
    assert_null(kw_arena_new(&arena, 1, 8));
    assert_non_null(kw_arena_new(&arena, 1, 8));
}

static void wipe__erases_what_was_handed_out(void **state)
{
    (void)state;
    KW_AUTO(kw_arena) arena = kw_arena_init(1 << 20);
    kw_str text = {0};
    EXPECT_OK(kw_arena_copy_str(&arena, &text, KW_STR("born 1892-01-03")));
    EXPECT_STR(text, "born 1892-01-03");
    kw_arena_wipe(&arena);
    /* The block is kept for reuse, so its bytes may still be looked at. */
    for (size_t i = 0; i < text.len; i++) {
        assert_int_equal(text.ptr[i], 0);
    }
}

static void copies_and_formats__are_owned_and_terminated(void **state)
{
    (void)state;
    KW_AUTO(kw_arena) arena = kw_arena_init(4096);
    kw_str text = {0};
    EXPECT_OK(kw_arena_format(&arena, &text, "%s-%d", "kid", 7));
    EXPECT_STR(text, "kid-7");
    assert_int_equal(text.ptr[text.len], '\0');
    kw_span copy = {0};
    EXPECT_OK(kw_arena_copy_span(&arena, &copy, kw_span_of_str(text)));
    EXPECT_SPAN(copy, kw_span_of_str(text));
    EXPECT_STATUS(kw_arena_format(&arena, &text, "%5000d", 1), KW_LIMIT);
    EXPECT_STATUS(kw_arena_copy_str(&arena, &text, (kw_str){"", SIZE_MAX}), KW_LIMIT);
}

/* Filled to the brim with pieces of any size, again after a reset, whatever its maximum. */
static void heap_bytes__are_never_exceeded(void **state)
{
    (void)state;
    random_source random = random_fixed(__func__);
    for (size_t max = 16; max < (4 << 20); max = 3 * max + 1) {
        kw_heap_meter meter = {0};
        kw_heap_meter_use(&meter);
        KW_AUTO(kw_arena) arena = kw_arena_init(max);
        for (unsigned round = 0; round < 20; round++) {
            size_t piece = 1 + random_below(&random, max);
            while (kw_arena_new(&arena, piece, 1) != NULL) {
                piece = 1 + random_below(&random, piece);
            }
            kw_arena_reset(&arena);
        }
        kw_arena_drop(&arena);
        kw_heap_meter_use(NULL);
        assert_int_equal(meter.held, 0);
        assert_in_range(meter.most, max / 2, kw_arena_heap_bytes(max));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(new__gives_zeroed_aligned_memory_that_stays),
        cmocka_unit_test(new__refuses_past_the_maximum_and_on_overflow),
        cmocka_unit_test(new__survives_failed_allocation),
        cmocka_unit_test(wipe__erases_what_was_handed_out),
        cmocka_unit_test(copies_and_formats__are_owned_and_terminated),
        cmocka_unit_test(heap_bytes__are_never_exceeded),
    };
    return cmocka_run_group_tests_name("base/arena", tests, NULL, NULL);
}
