/* SPDX-License-Identifier: Apache-2.0 */
#include "codec/member.h"

#include "support/expect.h"

typedef struct numbers {
    int small;
    int64_t wide;
    uint16_t port;
    uint32_t count;
    uint64_t epoch;
    bool is_on;
    kw_strs list;
} numbers;

static const kw_field rows[] = {
    KW_FIELD(numbers, small, UINT64_MAX, 0, .min = INT64_MIN),
    KW_FIELD(numbers, wide, UINT64_MAX, 0, .min = INT64_MIN),
    KW_FIELD(numbers, port, UINT64_MAX, 0, .min = INT64_MIN),
    KW_FIELD(numbers, count, UINT64_MAX, 0, .min = INT64_MIN),
    KW_FIELD(numbers, epoch, UINT64_MAX, 0, .min = INT64_MIN),
    KW_FIELD(numbers, is_on, 0, 0),
    KW_FIELD(numbers, list, 4, 0),
};

static void member_put_number__keeps_to_the_c_type(void **state)
{
    (void)state;
    static const struct {
        size_t row;
        kw_number value;
        kw_status st;
    } cases[] = {
        {0, {false, INT32_MAX}, KW_OK},
        {0, {false, (uint64_t)INT32_MAX + 1}, KW_BAD_INPUT},
        {0, {true, (uint64_t)INT32_MAX + 1}, KW_OK},
        {0, {true, (uint64_t)INT32_MAX + 2}, KW_BAD_INPUT},
        {1, {false, INT64_MAX}, KW_OK},
        {1, {false, (uint64_t)INT64_MAX + 1}, KW_BAD_INPUT},
        {1, {true, (uint64_t)INT64_MAX + 1}, KW_OK},
        {1, {true, (uint64_t)INT64_MAX + 2}, KW_BAD_INPUT},
        {2, {false, UINT16_MAX}, KW_OK},
        {2, {false, UINT16_MAX + 1}, KW_BAD_INPUT},
        {2, {true, 1}, KW_BAD_INPUT},
        {3, {false, UINT32_MAX}, KW_OK},
        {3, {false, (uint64_t)UINT32_MAX + 1}, KW_BAD_INPUT},
        {3, {true, 1}, KW_BAD_INPUT},
        {4, {false, UINT64_MAX}, KW_OK},
        {4, {true, 1}, KW_BAD_INPUT},
    };
    for (size_t i = 0; i < KW_COUNT(cases); i++) {
        numbers n = {0};
        const kw_field *field = &rows[cases[i].row];
        kw_error err = {0};
        EXPECT_STATUS(kw_member_put_number(&n, field, cases[i].value, NULL, &err), cases[i].st);
        assert_int_equal(err.status, cases[i].st);
        kw_number back = kw_member_number(&n, field);
        bool is_stored = cases[i].st == KW_OK;
        assert_true(back.magnitude == (is_stored ? cases[i].value.magnitude : 0));
        assert_int_equal(back.is_negative, is_stored && cases[i].value.is_negative);
    }
}

static void number_parse__has_one_spelling(void **state)
{
    (void)state;
    static const char *const refused[] = {"",
                                          "-",
                                          "-0",
                                          "00",
                                          "01",
                                          "+1",
                                          " 1",
                                          "1 ",
                                          "1.0",
                                          "1e3",
                                          "0x1",
                                          "--1",
                                          "18446744073709551616"};
    kw_number n = {.magnitude = 42};
    for (size_t i = 0; i < KW_COUNT(refused); i++) {
        assert_false(kw_number_parse(&n, kw_str_of(refused[i])));
        assert_int_equal(n.magnitude, 42);
    }
    assert_true(kw_number_parse(&n, KW_STR("-18446744073709551615")));
    assert_true(n.is_negative && n.magnitude == UINT64_MAX);
    assert_true(kw_number_parse(&n, KW_STR("0")));
    assert_true(!n.is_negative && n.magnitude == 0);
}

static void path_fail__spells_members_and_items(void **state)
{
    (void)state;
    kw_path keys = {.name = "keys"};
    kw_path third = {.up = &keys, .index = 3};
    kw_path kid = {.up = &third, .name = "kid"};
    kw_error err = {0};
    EXPECT_STATUS(kw_path_fail(&kid, &err, KW_BAD_INPUT, "longer than %d", 8), KW_BAD_INPUT);
    assert_string_equal(err.text, "keys[3].kid: longer than 8");
    EXPECT_STATUS(kw_path_fail(NULL, &err, KW_LIMIT, "full"), KW_LIMIT);
    assert_string_equal(err.text, "full");
}

static void path_fail__cuts_a_path_that_is_too_long(void **state)
{
    (void)state;
    kw_path frames[80];
    for (size_t i = 0; i < KW_COUNT(frames); i++) {
        frames[i] = (kw_path){.up = i == 0 ? NULL : &frames[i - 1], .name = "member"};
    }
    kw_error err = {0};
    EXPECT_STATUS(kw_path_fail(&frames[79], &err, KW_BAD_INPUT, "wrong"), KW_BAD_INPUT);
    assert_int_equal(strlen(err.text), KW_ERROR_TEXT_BYTES - 1);
}

static void member_put_text__is_for_texts_only(void **state)
{
    (void)state;
    KW_AUTO(kw_arena) arena = kw_arena_init(1024);
    numbers n = {0};
    kw_error err = {0};
    EXPECT_STATUS(kw_member_put_text(&n, &arena, &rows[5], KW_STR("true"), NULL, &err),
                  KW_INTERNAL);
    EXPECT_STATUS(kw_member_put_text(&n, &arena, &rows[6], KW_STR("a"), NULL, &err), KW_INTERNAL);
    kw_member_put_bool(&n, &rows[5], true);
    assert_true(kw_member_bool(&n, &rows[5]));
    assert_int_equal(kw_field_items_max(&rows[6]), KW_STRS_ITEMS_MAX);
}

static void field_is_wide__asks_for_more_than_53_bits(void **state)
{
    (void)state;
    kw_field field = rows[4];
    assert_true(kw_field_is_wide(&field));
    field.max = UINT64_C(9007199254740991);
    assert_false(kw_field_is_wide(&field));
    field = rows[1];
    field.max = 1;
    assert_true(kw_field_is_wide(&field));
    field.min = -INT64_C(9007199254740991);
    assert_false(kw_field_is_wide(&field));
    assert_false(kw_field_is_wide(&rows[3]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(member_put_number__keeps_to_the_c_type),
        cmocka_unit_test(number_parse__has_one_spelling),
        cmocka_unit_test(path_fail__spells_members_and_items),
        cmocka_unit_test(path_fail__cuts_a_path_that_is_too_long),
        cmocka_unit_test(member_put_text__is_for_texts_only),
        cmocka_unit_test(field_is_wide__asks_for_more_than_53_bits),
    };
    return cmocka_run_group_tests_name("codec/member", tests, NULL, NULL);
}
