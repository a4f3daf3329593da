/* SPDX-License-Identifier: Apache-2.0 */
#include "base/heap.h"

#include "base/checked.h"
#include "support/expect.h"

#include <string.h>

static void new__is_zeroed_and_refuses_overflow(void **state)
{
    (void)state;
    uint8_t *bytes = kw_heap_new(100, 1);
    assert_non_null(bytes);
    for (size_t i = 0; i < 100; i++) {
        assert_int_equal(bytes[i], 0);
    }
    kw_heap_free(bytes);
    kw_heap_free(NULL);
    assert_null(kw_heap_resize(NULL, SIZE_MAX / 2, 4));
}

static void new_pages__begin_at_a_page(void **state)
{
    (void)state;
    for (size_t size = 0; size < 3 * KW_HEAP_PAGE_BYTES; size += 1000) {
        uint8_t *block = kw_heap_new_pages(size);
        assert_non_null(block);
        assert_int_equal((uintptr_t)block % KW_HEAP_PAGE_BYTES, 0);
        memset(block, 1, size);
        kw_heap_free(block);
    }
    assert_null(kw_heap_new_pages(SIZE_MAX));
    kw_heap_fail_at(1);
    assert_null(kw_heap_new_pages(1));
}

static void fail_at__fails_the_nth_allocation_once(void **state)
{
    (void)state;
    kw_heap_fail_at(2);
    void *first = kw_heap_new(1, 1);
    assert_non_null(first);
    assert_null(kw_heap_resize(first, 2, 1));
    void *third = kw_heap_resize(first, 2, 1);
    assert_non_null(third);
    kw_heap_free(third);
}

static void copy_text__owns_a_duplicate(void **state)
{
    (void)state;
    char *copy = kw_heap_copy_text("keyward");
    assert_string_equal(copy, "keyward");
    kw_heap_free(copy);
    kw_heap_fail_at(1);
    assert_null(kw_heap_copy_text("keyward"));
}

static void wipe_free__takes_any_block(void **state)
{
    (void)state;
    kw_heap_wipe_free(NULL);
    uint8_t *bytes = kw_heap_new(100, 1);
    assert_non_null(bytes);
    memset(bytes, 0xaa, 100);
    kw_heap_wipe_free(bytes);
}

static void meter__knows_what_is_held_and_the_most_there_was(void **state)
{
    (void)state;
    kw_heap_meter meter = {0};
    assert_null(kw_heap_meter_use(&meter));
    uint8_t *bytes = kw_heap_new(1000, 1);
    void *pages = kw_heap_new_pages(1);
    assert_in_range(meter.held, 1000 + KW_HEAP_PAGE_BYTES, 1100 + 2 * KW_HEAP_PAGE_BYTES);
    bytes = kw_heap_resize(bytes, 9000, 1);
    assert_non_null(bytes);
    assert_in_range(meter.held, 9000 + KW_HEAP_PAGE_BYTES, 9100 + 2 * KW_HEAP_PAGE_BYTES);
    kw_heap_fail_at(1);
    assert_null(kw_heap_resize(bytes, 90000, 1));
    kw_heap_wipe_free(bytes);
    kw_heap_free(pages);
    assert_int_equal(meter.held, 0);
    assert_in_range(meter.most, 9000 + KW_HEAP_PAGE_BYTES, 9100 + 2 * KW_HEAP_PAGE_BYTES);
    assert_ptr_equal(kw_heap_meter_use(NULL), &meter);
    size_t most = meter.most;
    kw_heap_free(kw_heap_new(1 << 20, 1));
    assert_int_equal(meter.most, most);
}

static void checked_sizes__refuse_to_wrap(void **state)
{
    (void)state;
    size_t out = 9;
    assert_true(kw_size_add(SIZE_MAX - 1, 1, &out));
    assert_true(out == SIZE_MAX);
    assert_false(kw_size_add(SIZE_MAX, 1, &out));
    assert_true(out == SIZE_MAX);
    assert_true(kw_size_mul(3, 5, &out));
    assert_int_equal(out, 15);
    assert_false(kw_size_mul(SIZE_MAX, 2, &out));
    assert_int_equal(out, 15);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(new__is_zeroed_and_refuses_overflow),
        cmocka_unit_test(new_pages__begin_at_a_page),
        cmocka_unit_test(fail_at__fails_the_nth_allocation_once),
        cmocka_unit_test(copy_text__owns_a_duplicate),
        cmocka_unit_test(wipe_free__takes_any_block),
        cmocka_unit_test(meter__knows_what_is_held_and_the_most_there_was),
        cmocka_unit_test(checked_sizes__refuse_to_wrap),
    };
    return cmocka_run_group_tests_name("base/heap", tests, NULL, NULL);
}
