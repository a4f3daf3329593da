/* SPDX-License-Identifier: Apache-2.0
 * The neutral header. */
#include "net/head.h"

#include "support/expect.h"

static kw_status add(kw_http_head *head, kw_arena *arena, const char *name, const char *value)
{
    return kw_http_head_add(head, arena, kw_str_of(name), kw_str_of(value));
}

static void set_method__knows_ours_and_no_others(void **state)
{
    (void)state;
    const struct {
        const char *name;
        kw_method method;
        bool is_head;
    } cases[] = {{"GET", KW_GET, false},         {"HEAD", KW_GET, true},
                 {"POST", KW_POST, false},       {"PUT", KW_PUT, false},
                 {"PATCH", KW_PATCH, false},     {"DELETE", KW_DELETE, false},
                 {"get", KW_METHOD_NONE, false}, {"OPTIONS", KW_METHOD_NONE, false},
                 {"", KW_METHOD_NONE, false},    {"GETX", KW_METHOD_NONE, false}};
    for (size_t i = 0; i < KW_COUNT(cases); i++) {
        kw_http_head head = {0};
        kw_http_head_set_method(&head, kw_str_of(cases[i].name));
        assert_int_equal(head.method, cases[i].method);
        assert_int_equal(head.is_head, cases[i].is_head);
    }
}

static void add__keeps_known_fields_in_any_case_and_drops_others(void **state)
{
    (void)state;
    KW_AUTO(kw_arena) arena = kw_arena_init(4096);
    kw_http_head head = {0};
    EXPECT_OK(add(&head, &arena, "AcCePt", "text/html"));
    EXPECT_OK(add(&head, &arena, "x-unknown", "1"));
    EXPECT_OK(add(&head, &arena, "x-unknown", "2"));
    EXPECT_STR(head.value[KW_HTTP_HEAD_ACCEPT], "text/html");
    assert_true(kw_http_head_keeps(KW_STR("Host")));
    assert_false(kw_http_head_keeps(KW_STR("hos")));
    assert_false(kw_http_head_keeps(KW_STR("")));
}

static void add__joins_lists_and_refuses_repeated_single_values(void **state)
{
    (void)state;
    KW_AUTO(kw_arena) arena = kw_arena_init(4096);
    kw_http_head head = {0};
    EXPECT_OK(add(&head, &arena, "accept", "a/b"));
    EXPECT_OK(add(&head, &arena, "accept", "c/d"));
    EXPECT_STR(head.value[KW_HTTP_HEAD_ACCEPT], "a/b, c/d");
    const char *const singles[] = {"authorization", "content-length", "content-type",
                                   "expect",        "host",           "transfer-encoding"};
    for (size_t i = 0; i < KW_COUNT(singles); i++) {
        kw_http_head one = {0};
        EXPECT_OK(add(&one, &arena, singles[i], "1"));
        EXPECT_STATUS(add(&one, &arena, singles[i], "1"), KW_BAD_INPUT);
    }
}

static void add__reports_a_full_arena(void **state)
{
    (void)state;
    KW_AUTO(kw_arena) arena = kw_arena_init(0);
    kw_http_head head = {0};
    EXPECT_OK(add(&head, &arena, "accept", "a/b"));
    EXPECT_STATUS(add(&head, &arena, "accept", "c/d"), KW_LIMIT);
}

static kw_status finish_with(const char *target, const char *field, const char *value)
{
    KW_AUTO(kw_arena) arena = kw_arena_init(4096);
    kw_http_head head = {.target = kw_str_of(target)};
    EXPECT_OK(add(&head, &arena, field, value));
    return kw_http_head_finish(&head);
}

static void finish__takes_plain_lengths_only(void **state)
{
    (void)state;
    const char *const bad[] = {"", "+1", "-1", "01", "1 ", "0x1", "1,1", "9223372036854775808",
                               "a"};
    for (size_t i = 0; i < KW_COUNT(bad); i++) {
        EXPECT_STATUS(finish_with("/", "content-length", bad[i]), KW_BAD_INPUT);
    }
    EXPECT_OK(finish_with("/", "content-length", "0"));
    EXPECT_OK(finish_with("/", "content-length", "9223372036854775807"));
}

static void finish__checks_target_and_expect(void **state)
{
    (void)state;
    EXPECT_STATUS(finish_with("", "accept", "*/*"), KW_BAD_INPUT);
    EXPECT_STATUS(finish_with("*", "accept", "*/*"), KW_BAD_INPUT);
    EXPECT_OK(finish_with("/", "expect", "100-Continue"));
    EXPECT_STATUS(finish_with("/", "expect", "200-ok"), KW_BAD_INPUT);
}

static void list_next__walks_elements(void **state)
{
    (void)state;
    kw_str rest = KW_STR(" a ,, b,c ,");
    kw_str item = {0};
    assert_true(kw_list_next(&rest, &item));
    EXPECT_STR(item, "a");
    assert_true(kw_list_next(&rest, &item));
    EXPECT_STR(item, "b");
    assert_true(kw_list_next(&rest, &item));
    EXPECT_STR(item, "c");
    assert_false(kw_list_next(&rest, &item));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(set_method__knows_ours_and_no_others),
        cmocka_unit_test(add__keeps_known_fields_in_any_case_and_drops_others),
        cmocka_unit_test(add__joins_lists_and_refuses_repeated_single_values),
        cmocka_unit_test(add__reports_a_full_arena),
        cmocka_unit_test(finish__takes_plain_lengths_only),
        cmocka_unit_test(finish__checks_target_and_expect),
        cmocka_unit_test(list_next__walks_elements),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
