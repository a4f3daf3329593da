/* SPDX-License-Identifier: Apache-2.0 */
#include "base/span.h"

#include "support/expect.h"

static void compare__orders_by_bytes_then_length(void **state)
{
    (void)state;
    assert_true(kw_str_compare(KW_STR("a"), KW_STR("b")) < 0);
    assert_true(kw_str_compare(KW_STR("b"), KW_STR("a")) > 0);
    assert_true(kw_str_compare(KW_STR("a"), KW_STR("ab")) < 0);
    assert_true(kw_str_compare(KW_STR("\xff"), KW_STR("a")) > 0);
    assert_int_equal(kw_str_compare((kw_str){0}, KW_STR("")), 0);
}

static void prefixes_and_suffixes__need_all_bytes(void **state)
{
    (void)state;
    assert_true(kw_str_starts_with(KW_STR("keyward"), KW_STR("key")));
    assert_true(kw_str_starts_with((kw_str){0}, (kw_str){0}));
    assert_false(kw_str_starts_with(KW_STR("ke"), KW_STR("key")));
    assert_true(kw_str_ends_with(KW_STR("keyward"), KW_STR("ward")));
    assert_true(kw_str_ends_with((kw_str){0}, (kw_str){0}));
    assert_false(kw_str_ends_with(KW_STR("ard"), KW_STR("ward")));
    assert_false(kw_str_ends_with(KW_STR("keyware"), KW_STR("ward")));
}

static void equal_nocase__folds_ascii_only(void **state)
{
    (void)state;
    assert_true(kw_str_equal_nocase(KW_STR("Content-TYPE"), KW_STR("content-type")));
    assert_false(kw_str_equal_nocase(KW_STR("content-typ"), KW_STR("content-type")));
    assert_false(kw_str_equal_nocase(KW_STR("\xc4"), KW_STR("\xe4")));
    assert_false(kw_str_equal_nocase(KW_STR("["), KW_STR("{")));
}

static void is_made_of__refuses_other_bytes(void **state)
{
    (void)state;
    assert_true(kw_str_is_made_of(KW_STR("aZ09._-"), "._-"));
    assert_true(kw_str_is_made_of((kw_str){0}, ""));
    assert_false(kw_str_is_made_of(KW_STR("a b"), "._-"));
    assert_false(kw_str_is_made_of((kw_str){"a\0b", 3}, "._-"));
    assert_false(kw_str_is_made_of(KW_STR("\xc3\xa4"), ""));
}

static void split__cuts_at_the_first_separator(void **state)
{
    (void)state;
    kw_str head = {0};
    kw_str tail = {0};
    assert_true(kw_str_split(KW_STR("a=b=c"), '=', &head, &tail));
    EXPECT_STR(head, "a");
    EXPECT_STR(tail, "b=c");
    assert_true(kw_str_split(KW_STR("="), '=', &head, &tail));
    EXPECT_STR(head, "");
    EXPECT_STR(tail, "");
    assert_false(kw_str_split(KW_STR("abc"), '=', &head, &tail));
    EXPECT_STR(head, "abc");
    EXPECT_STR(tail, "");
    assert_false(kw_str_split((kw_str){0}, '=', &head, &tail));
}

static void trim__removes_ascii_white_space_only(void **state)
{
    (void)state;
    EXPECT_STR(kw_str_trim(KW_STR(" \t\n\v\f\r a b \r\n")), "a b");
    EXPECT_STR(kw_str_trim(KW_STR("\xc2\xa0")), "\xc2\xa0");
    EXPECT_STR(kw_str_trim(KW_STR("   ")), "");
    EXPECT_STR(kw_str_trim((kw_str){0}), "");
}

static void to_u64__accepts_canonical_decimals_only(void **state)
{
    (void)state;
    uint64_t value = 0;
    assert_true(kw_str_to_u64(KW_STR("18446744073709551615"), UINT64_MAX, &value));
    assert_true(value == UINT64_MAX);
    assert_true(kw_str_to_u64(KW_STR("0"), 0, &value));
    assert_int_equal(value, 0);
    static const char *const refused[] = {
        "", "00", "01", "-1", "+1", " 1", "1 ", "1a", "0x1", "18446744073709551616", "101"};
    for (size_t i = 0; i < KW_COUNT(refused); i++) {
        uint64_t max = i + 1 == KW_COUNT(refused) ? 100 : UINT64_MAX;
        value = 5;
        assert_false(kw_str_to_u64(kw_str_of(refused[i]), max, &value));
        assert_int_equal(value, 5);
    }
}

static void span_equal__compares_length_and_bytes(void **state)
{
    (void)state;
    const uint8_t a[] = {1, 2, 3};
    const uint8_t b[] = {1, 2, 4};
    assert_true(kw_span_equal_var(KW_SPAN(a), KW_SPAN(a)));
    assert_false(kw_span_equal_var(KW_SPAN(a), KW_SPAN(b)));
    assert_false(kw_span_equal_var(KW_SPAN(a), (kw_span){a, 2}));
    assert_true(kw_span_equal_var((kw_span){0}, (kw_span){a, 0}));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(compare__orders_by_bytes_then_length),
        cmocka_unit_test(prefixes_and_suffixes__need_all_bytes),
        cmocka_unit_test(equal_nocase__folds_ascii_only),
        cmocka_unit_test(is_made_of__refuses_other_bytes),
        cmocka_unit_test(split__cuts_at_the_first_separator),
        cmocka_unit_test(trim__removes_ascii_white_space_only),
        cmocka_unit_test(to_u64__accepts_canonical_decimals_only),
        cmocka_unit_test(span_equal__compares_length_and_bytes),
    };
    return cmocka_run_group_tests_name("base/span", tests, NULL, NULL);
}
