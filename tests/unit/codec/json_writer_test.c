/* SPDX-License-Identifier: Apache-2.0 */
#include "codec/json.h"

#include "base/heap.h"
#include "support/expect.h"

typedef struct pair {
    kw_str left;
    uint32_t right;
} pair;

static const kw_field pair_fields[] = {
    KW_FIELD(pair, left, 9, KW_REQ),
    KW_FIELD(pair, right, 9, KW_REQ),
};
KW_SCHEMA(pair, pair_fields);

static void write_all(kw_json_writer *w)
{
    pair p = {KW_STR("l"), 2};
    kw_json_open_object(w);
    kw_json_write_key(w, KW_STR("a\"b"));
    kw_json_open_array(w);
    kw_json_write_i64(w, -1);
    kw_json_write_i64(w, INT64_C(-9007199254740992));
    kw_json_write_u64(w, UINT64_C(9007199254740991));
    kw_json_write_u64(w, UINT64_MAX);
    kw_json_open_array(w);
    kw_json_close_array(w);
    kw_json_open_object(w);
    kw_json_close_object(w);
    kw_json_write_bool(w, true);
    kw_json_write_bool(w, false);
    kw_json_write_null(w);
    kw_json_close_array(w);
    kw_json_write_key(w, KW_STR("p"));
    kw_json_write_object(w, &pair_schema, &p, KW_JSON_PLAIN);
    kw_json_write_key(w, KW_STR("r"));
    kw_json_write_raw(w, KW_STR("[1]"));
    kw_json_write_members(w, &pair_schema, &p, KW_JSON_PLAIN);
    kw_json_close_object(w);
}

static const char wanted[] =
    "{\"a\\\"b\":[-1,\"-9007199254740992\",9007199254740991,\"18446744073709551615\",[],{},true,"
    "false,null],\"p\":{\"left\":\"l\",\"right\":2},\"r\":[1],\"left\":\"l\",\"right\":2}";

static void json_writer__puts_commas_between_values(void **state)
{
    (void)state;
    KW_AUTO(kw_buf) out = kw_buf_init(1024);
    kw_json_writer w = kw_json_writer_to(&out);
    write_all(&w);
    EXPECT_OK(kw_json_write_end(&w));
    EXPECT_STR(kw_buf_text(&out), wanted);
}

static void json_write_str__escapes_what_json_wants_escaped(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"", "\"\""},
        {"\"\\/", "\"\\\"\\\\/\""},
        {"\b\f\n\r\t", "\"\\b\\f\\n\\r\\t\""},
        {"\x01\x1f\x7f", "\"\\u0001\\u001f\\u007f\""},
        {"\xc2\x80\xc2\x85\xc2\x9f\xc2\xa0", "\"\\u0080\\u0085\\u009f\xc2\xa0\""},
        {"\xe2\x80\xa7\xe2\x80\xa8\xe2\x80\xa9", "\"\xe2\x80\xa7\\u2028\\u2029\""},
        {"\xef\xbb\xbf\xef\xbf\xbd\xef\xbf\xbe\xef\xbf\xbf",
         "\"\\ufeff\xef\xbf\xbd\\ufffe\\uffff\""},
        {"\xf0\x90\x80\x80", "\"\xf0\x90\x80\x80\""},
        {"J\xc3\xbc", "\"J\xc3\xbc\""},
        {"a\xff"
         "b\xc3",
         "\"a\xef\xbf\xbd"
         "b\xef\xbf\xbd\""},
    };
    for (size_t i = 0; i < KW_COUNT(cases); i++) {
        KW_AUTO(kw_buf) out = kw_buf_init(64);
        kw_json_writer w = kw_json_writer_to(&out);
        kw_json_write_str(&w, kw_str_of(cases[i][0]));
        EXPECT_OK(kw_json_write_end(&w));
        EXPECT_STR(kw_buf_text(&out), cases[i][1]);
    }
}

static void json_writer__keeps_its_first_failure(void **state)
{
    (void)state;
    for (size_t max = 0; max < sizeof wanted - 1; max++) {
        KW_AUTO(kw_buf) out = kw_buf_init(max);
        kw_json_writer w = kw_json_writer_to(&out);
        write_all(&w);
        EXPECT_STATUS(kw_json_write_end(&w), KW_LIMIT);
    }
    kw_status st = KW_NO_MEMORY;
    for (uint64_t nth = 1; st != KW_OK; nth++) {
        KW_AUTO(kw_buf) out = kw_buf_init(1024);
        kw_json_writer w = kw_json_writer_to(&out);
        kw_heap_fail_at(nth);
        write_all(&w);
        kw_heap_fail_at(0);
        st = kw_json_write_end(&w);
        assert_true(st == KW_OK || st == KW_NO_MEMORY);
        assert_true(nth > 1 || st == KW_NO_MEMORY);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(json_writer__puts_commas_between_values),
        cmocka_unit_test(json_write_str__escapes_what_json_wants_escaped),
        cmocka_unit_test(json_writer__keeps_its_first_failure),
    };
    return cmocka_run_group_tests_name("codec/json_writer", tests, NULL, NULL);
}
