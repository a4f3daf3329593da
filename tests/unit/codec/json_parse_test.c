/* SPDX-License-Identifier: Apache-2.0 */
#include "codec/json.h"

#include "base/heap.h"
#include "codec/limits.h"
#include "support/expect.h"

#include <stdio.h>

static kw_status parse(kw_json **out, const char *text, kw_error *err)
{
    return kw_json_parse(out, kw_span_of_str(kw_str_of(text)), 8, err);
}

static const char *const refused[] = {
    "",
    " ",
    "null",
    "1",
    "\"a\"",
    "\xef\xbb\xbf{}",
    "{",
    "[",
    "}",
    "]",
    "{]",
    "[}",
    "{}x",
    "{}{}",
    "[1,]",
    "[,1]",
    "[1 2]",
    "[1,,2]",
    "{\"a\"}",
    "{\"a\":}",
    "{\"a\":1,}",
    "{,}",
    "{a:1}",
    "{'a':1}",
    "{\"a\" 1}",
    "{\"a\":1 \"b\":2}",
    "{1:2}",
    "[tru]",
    "[True]",
    "[nul]",
    "[NaN]",
    "[Infinity]",
    "[-]",
    "[+1]",
    "[01]",
    "[-01]",
    "[1.]",
    "[.5]",
    "[1e]",
    "[1e+]",
    "[0x10]",
    "[1.5.5]",
    "[9223372036854775808]",
    "[-9223372036854775809]",
    "[\"\\x\"]",
    "[\"\\u12\"]",
    "[\"\\u12g4\"]",
    "[\"\\ud800\"]",
    "[\"\\udc00\"]",
    "[\"\\ud800\\u0041\"]",
    "[\"\\ud800\\ud800\"]",
    "[\"\\ud800x\"]",
    "[\"\\u0000\"]",
    "[\"a\nb\"]",
    "[\"a\tb\"]",
    "[\"a",
    "[\"a\\",
    "[\"\xff\"]",
    "[\"\xc3\"]",
    "[\"\xed\xa0\x80\"]",
    "[\"\xc0\x80\"]",
    "{\"a\":1,\"a\":2}",
    "[{\"a\":{\"b\":1,\"\\u0062\":2}}]",
    "[1] // no",
    "[1]\v",
    "[1]\f",
    "/**/[1]",
    "[1;2]",
    "\xc2\xa0[1]",
};

static void json_parse__refuses_what_is_not_strict_json(void **state)
{
    (void)state;
    for (size_t i = 0; i < KW_COUNT(refused); i++) {
        kw_json *out = NULL;
        kw_error err = {0};
        kw_status st = parse(&out, refused[i], &err);
        if (st != KW_BAD_INPUT) {
            print_error("%s\n", refused[i]);
        }
        EXPECT_STATUS(st, KW_BAD_INPUT);
        assert_int_equal(err.status, KW_BAD_INPUT);
        assert_null(out);
    }
    kw_json *out = NULL;
    EXPECT_STATUS(kw_json_parse(&out, (kw_span){(const uint8_t *)"[1]\0", 4}, 8, NULL),
                  KW_BAD_INPUT);
    EXPECT_STATUS(kw_json_parse(&out, (kw_span){(const uint8_t *)"[\"\0\"]", 5}, 8, NULL),
                  KW_BAD_INPUT);
}

static void json_parse__takes_all_of_rfc8259(void **state)
{
    (void)state;
    KW_AUTO_PTR(kw_json) root = NULL;
    EXPECT_OK(
        parse(&root,
              "\t{ \"s\" : \"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\\ud83d\\ude00\xc3\xa9\\u0001\" ,\r\n"
              "\"n\":[0,-0,-1,9223372036854775807,-9223372036854775808,1.5,-0.25e-10,1E9],"
              "\"w\":[true,false,null],\"e\":[{},[],\"\"], \"\":7 } ",
              NULL));
    assert_int_equal(kw_json_kind_of(root), KW_JSON_OBJECT);
    assert_int_equal(kw_json_count(root), 5);
    EXPECT_STR(kw_json_text(kw_json_get(root, "s")),
               "\"\\/\b\f\n\r\t\xc3\xa9\xf0\x9f\x98\x80\xc3\xa9\x01");
    const kw_json *n = kw_json_get(root, "n");
    int64_t value = 1;
    assert_true(kw_json_integer(kw_json_item(n, 1), &value));
    assert_int_equal(value, 0);
    assert_true(kw_json_integer(kw_json_item(n, 3), &value));
    assert_true(value == INT64_MAX);
    assert_true(kw_json_integer(kw_json_item(n, 4), &value));
    assert_true(value == INT64_MIN);
    for (size_t i = 5; i < 8; i++) {
        assert_int_equal(kw_json_kind_of(kw_json_item(n, i)), KW_JSON_REAL);
        assert_false(kw_json_integer(kw_json_item(n, i), &value));
    }
    assert_true(value == INT64_MIN);
    const kw_json *w = kw_json_get(root, "w");
    assert_int_equal(kw_json_kind_of(kw_json_item(w, 0)), KW_JSON_TRUE);
    assert_int_equal(kw_json_kind_of(kw_json_item(w, 1)), KW_JSON_FALSE);
    assert_int_equal(kw_json_kind_of(kw_json_item(w, 2)), KW_JSON_NULL);
    assert_true(kw_json_integer(kw_json_get(root, ""), &value));
    assert_int_equal(value, 7);
}

static void json_parse__bounds_nesting(void **state)
{
    (void)state;
    char text[2 * KW_TREE_DEPTH_MAX + 3];
    for (size_t depth = 1; depth <= KW_TREE_DEPTH_MAX + 1; depth++) {
        memset(text, '[', depth);
        memset(text + depth, ']', depth);
        kw_json *root = NULL;
        kw_error err = {0};
        kw_span bytes = {(const uint8_t *)text, 2 * depth};
        EXPECT_STATUS(kw_json_parse(&root, bytes, KW_TREE_DEPTH_MAX, &err),
                      depth <= KW_TREE_DEPTH_MAX ? KW_OK : KW_LIMIT);
        assert_int_equal(err.status, depth <= KW_TREE_DEPTH_MAX ? KW_OK : KW_LIMIT);
        kw_json_free(root);
        EXPECT_STATUS(kw_json_parse(&root, bytes, 1, NULL), depth == 1 ? KW_OK : KW_LIMIT);
        if (depth == 1) {
            kw_json_free(root);
        }
    }
}

static void append_members(kw_buf *text, int count, int twice)
{
    EXPECT_OK(kw_buf_append_str(text, KW_STR("{")));
    for (int i = 0; i < count; i++) {
        EXPECT_OK(
            kw_buf_append_format(text, "%s\"k%d\":%d", i == 0 ? "" : ",", i == twice ? 0 : i, i));
    }
    EXPECT_OK(kw_buf_append_str(text, KW_STR("}")));
}

static void json_parse__finds_duplicates_in_small_and_large_objects(void **state)
{
    (void)state;
    for (int count = 2; count < 40; count++) {
        KW_AUTO(kw_buf) good = kw_buf_init(4096);
        KW_AUTO(kw_buf) bad = kw_buf_init(4096);
        KW_AUTO_PTR(kw_json) root = NULL;
        kw_json *none = NULL;
        append_members(&good, count, -1);
        append_members(&bad, count, count - 1);
        EXPECT_OK(kw_json_parse(&root, kw_buf_view(&good), 2, NULL));
        assert_int_equal(kw_json_count(root), count);
        EXPECT_STATUS(kw_json_parse(&none, kw_buf_view(&bad), 2, NULL), KW_BAD_INPUT);
    }
}

static void json_parse__survives_every_failed_allocation(void **state)
{
    (void)state;
    KW_AUTO(kw_buf) text = kw_buf_init(4096);
    append_members(&text, 40, -1);
    kw_status st = KW_NO_MEMORY;
    for (uint64_t nth = 1; st != KW_OK; nth++) {
        KW_AUTO_PTR(kw_json) root = NULL;
        kw_error err = {0};
        kw_heap_fail_at(nth);
        st = kw_json_parse(&root, kw_buf_view(&text), 2, &err);
        kw_heap_fail_at(0);
        assert_int_equal(err.status, st);
        assert_true(nth > 2 || st == KW_NO_MEMORY);
    }
}

static void json_parse__says_where_and_never_what(void **state)
{
    (void)state;
    kw_json *out = NULL;
    kw_error err = {0};
    EXPECT_STATUS(parse(&out, "{\"secret\":hunter2}", &err), KW_BAD_INPUT);
    assert_string_equal(err.text, "not valid JSON: a value is missing or wrong, byte 11");
    EXPECT_STATUS(parse(&out, "[\"hunter2\\q\"]", &err), KW_BAD_INPUT);
    assert_string_equal(err.text, "not valid JSON: a bad escape, byte 12");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(json_parse__refuses_what_is_not_strict_json),
        cmocka_unit_test(json_parse__takes_all_of_rfc8259),
        cmocka_unit_test(json_parse__bounds_nesting),
        cmocka_unit_test(json_parse__finds_duplicates_in_small_and_large_objects),
        cmocka_unit_test(json_parse__survives_every_failed_allocation),
        cmocka_unit_test(json_parse__says_where_and_never_what),
    };
    return cmocka_run_group_tests_name("codec/json_parse", tests, NULL, NULL);
}
