/* SPDX-License-Identifier: Apache-2.0 */
#include "base/buf.h"

#include "base/heap.h"
#include "support/expect.h"

static void append__grows_to_the_maximum_and_not_beyond(void **state)
{
    (void)state;
    KW_AUTO(kw_buf) buf = kw_buf_init(200);
    for (unsigned i = 0; i < 200; i++) {
        EXPECT_OK(kw_buf_append_byte(&buf, (uint8_t)i));
    }
    EXPECT_STATUS(kw_buf_append_byte(&buf, 1), KW_LIMIT);
    EXPECT_STATUS(kw_buf_reserve(&buf, SIZE_MAX), KW_LIMIT);
    assert_int_equal(buf.len, 200);
    for (unsigned i = 0; i < 200; i++) {
        assert_int_equal(buf.ptr[i], i);
    }
}

static void append__keeps_the_buffer_when_memory_ends(void **state)
{
    (void)state;
    KW_AUTO(kw_buf) buf = kw_buf_init(1000);
    kw_heap_fail_at(1);
    EXPECT_STATUS(kw_buf_append_str(&buf, KW_STR("abc")), KW_NO_MEMORY);
    assert_int_equal(buf.len, 0);
    EXPECT_OK(kw_buf_append_str(&buf, KW_STR("abc")));
    EXPECT_STR(kw_buf_text(&buf), "abc");
}

static void append_format__writes_exactly_and_respects_the_maximum(void **state)
{
    (void)state;
    KW_AUTO(kw_buf) buf = kw_buf_init(5);
    EXPECT_OK(kw_buf_append_format(&buf, "%d", 12345));
    EXPECT_STR(kw_buf_text(&buf), "12345");
    EXPECT_STATUS(kw_buf_append_format(&buf, "%d", 6), KW_LIMIT);
    EXPECT_STR(kw_buf_text(&buf), "12345");
}

static void take__moves_and_leaves_an_empty_buffer(void **state)
{
    (void)state;
    KW_AUTO(kw_buf) buf = kw_buf_init(64);
    EXPECT_OK(kw_buf_append_str(&buf, KW_STR("mine")));
    KW_AUTO(kw_buf) taken = kw_buf_take(&buf);
    EXPECT_STR(kw_buf_text(&taken), "mine");
    assert_null(buf.ptr);
    assert_int_equal(buf.max, 64);
    kw_buf_drop(&taken);
    kw_buf_drop(&taken);
}

static void consume__moves_the_rest_to_the_front(void **state)
{
    (void)state;
    KW_AUTO(kw_buf) buf = kw_buf_init(64);
    EXPECT_OK(kw_buf_append_str(&buf, KW_STR("abcdef")));
    kw_buf_consume(&buf, 2);
    EXPECT_STR(kw_buf_text(&buf), "cdef");
    kw_buf_consume(&buf, 4);
    kw_buf_consume(&buf, 0);
    assert_int_equal(buf.len, 0);
}

static void c_text__adds_an_uncounted_nul(void **state)
{
    (void)state;
    KW_AUTO(kw_buf) buf = kw_buf_init(64);
    const char *text = NULL;
    EXPECT_OK(kw_buf_c_text(&buf, &text));
    assert_string_equal(text, "");
    for (unsigned i = 0; i < 64; i++) {
        EXPECT_OK(kw_buf_append_byte(&buf, 'x'));
    }
    EXPECT_OK(kw_buf_c_text(&buf, &text));
    assert_int_equal(strlen(text), 64);
    assert_int_equal(buf.len, 64);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(append__grows_to_the_maximum_and_not_beyond),
        cmocka_unit_test(append__keeps_the_buffer_when_memory_ends),
        cmocka_unit_test(append_format__writes_exactly_and_respects_the_maximum),
        cmocka_unit_test(take__moves_and_leaves_an_empty_buffer),
        cmocka_unit_test(consume__moves_the_rest_to_the_front),
        cmocka_unit_test(c_text__adds_an_uncounted_nul),
    };
    return cmocka_run_group_tests_name("base/buf", tests, NULL, NULL);
}
