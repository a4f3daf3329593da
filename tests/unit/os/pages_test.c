/* SPDX-License-Identifier: Apache-2.0 */
#include "os/pages.h"

#include "base/heap.h"
#include "support/expect.h"

static void forget__leaves_the_block_usable(void **state)
{
    (void)state;
    const size_t size = 3 * KW_HEAP_PAGE_BYTES + 1;
    uint8_t *before = kw_heap_new_pages(size);
    uint8_t *block = kw_heap_new_pages(size);
    uint8_t *after = kw_heap_new_pages(size);
    assert_non_null(before);
    assert_non_null(block);
    assert_non_null(after);
    memset(before, 1, size);
    memset(block, 2, size);
    memset(after, 3, size);
    kw_pages_forget(block, size);
    assert_int_equal(block[0], 0);
    assert_int_equal(block[size - 1], 0);
    block[0] = 4;
    assert_int_equal(block[0], 4);
    for (size_t i = 0; i < size; i++) { /* its neighbours keep theirs */
        assert_int_equal(before[i], 1);
        assert_int_equal(after[i], 3);
    }
    kw_heap_free(before);
    kw_heap_free(block);
    kw_heap_free(after);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(forget__leaves_the_block_usable),
    };
    return cmocka_run_group_tests_name("os/pages", tests, NULL, NULL);
}
