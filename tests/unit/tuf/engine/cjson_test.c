/* SPDX-License-Identifier: Apache-2.0 */
#include "tuf/engine/cjson.h"

#include "base/heap.h"
#include "support/expect.h"
#include "tuf/engine/limits.h"

static kw_status write(kw_buf *out, const char *text)
{
    KW_AUTO_PTR(kw_json) tree = NULL;
    EXPECT_OK(kw_json_parse(&tree, kw_span_of_str(kw_str_of(text)), KW_TUF_DEPTH_MAX, NULL));
    kw_buf_clear(out);
    kw_error err = {0};
    kw_status st = kw_tuf_cjson_write(out, tree, &err);
    assert_int_equal(err.status, st);
    return st;
}

static void write__gives_the_form_that_is_signed(void **state)
{
    static const char *const cases[][2] = {
        {"{}", "{}"},
        {" [ ] ", "[]"},
        {"[1, -2 ,0, 9007199254740991, -9007199254740991]",
         "[1,-2,0,9007199254740991,-9007199254740991]"},
        {"[true,false,null]", "[true,false,null]"},
        {"{\"b\": 1, \"a\": {\"d\": [], \"c\": {}}}", "{\"a\":{\"c\":{},\"d\":[]},\"b\":1}"},
        {"{\"a\":1,\"B\":2,\"aa\":3,\"\":4,\"_\":5}", "{\"\":4,\"B\":2,\"_\":5,\"a\":1,\"aa\":3}"},
        /* names in the order of their bytes: U+FFFD before U+10000, unlike in UTF-16 */
        {"{\"\\ud800\\udc00\":1,\"\\ufffd\":2}", "{\"\xef\xbf\xbd\":2,\"\xf0\x90\x80\x80\":1}"},
        /* only these two are escaped; a control character comes out as it is */
        {"[\"a\\\"b\\\\c\\/d\"]", "[\"a\\\"b\\\\c/d\"]"},
        {"[\"\\n\\t\\u0001\\u007f\\u00e9\"]", "[\"\n\t\x01\x7f\xc3\xa9\"]"},
        {"{\"x\\\"y\":\"\"}", "{\"x\\\"y\":\"\"}"},
    };
    (void)state;
    KW_AUTO(kw_buf) out = kw_buf_init(4096);
    for (size_t i = 0; i < KW_COUNT(cases); i++) {
        EXPECT_OK(write(&out, cases[i][0]));
        EXPECT_STR(kw_buf_text(&out), cases[i][1]);
    }
}

static void write__refuses_numbers_that_others_round(void **state)
{
    static const char *const cases[] = {"[1.0]",
                                        "[1e3]",
                                        "[-0.5]",
                                        "[9007199254740992]",
                                        "[-9007199254740992]",
                                        "[9223372036854775807]",
                                        "{\"a\":{\"b\":[{\"c\":1.5}]}}"};
    (void)state;
    KW_AUTO(kw_buf) out = kw_buf_init(4096);
    for (size_t i = 0; i < KW_COUNT(cases); i++) {
        EXPECT_STATUS(write(&out, cases[i]), KW_BAD_INPUT);
    }
}

static void write__goes_as_deep_as_the_parser(void **state)
{
    (void)state;
    char text[2 * KW_TUF_DEPTH_MAX + 1] = {0};
    memset(text, '[', KW_TUF_DEPTH_MAX);
    memset(&text[KW_TUF_DEPTH_MAX], ']', KW_TUF_DEPTH_MAX);
    KW_AUTO(kw_buf) out = kw_buf_init(4096);
    EXPECT_OK(write(&out, text));
    EXPECT_STR(kw_buf_text(&out), text);
}

static void write__stops_where_the_buffer_is_full(void **state)
{
    (void)state;
    static const char text[] = "{\"a\":[1,\"b\\\\\",null],\"c\":{}}";
    for (size_t max = 0; max <= sizeof text; max++) {
        KW_AUTO(kw_buf) out = kw_buf_init(max);
        EXPECT_STATUS(write(&out, text), max >= sizeof text - 1 ? KW_OK : KW_LIMIT);
    }
}

static void write__survives_the_loss_of_any_allocation(void **state)
{
    (void)state;
    KW_AUTO_PTR(kw_json) tree = NULL;
    EXPECT_OK(kw_json_parse(&tree, kw_span_of_str(KW_STR("{\"a\":[{},[]]}")), 8, NULL));
    kw_status st = KW_NO_MEMORY;
    for (uint64_t k = 1; st != KW_OK; k++) {
        KW_AUTO(kw_buf) out = kw_buf_init(64);
        (void)kw_heap_fail_at(k);
        st = kw_tuf_cjson_write(&out, tree, NULL);
        assert_int_equal(st != KW_OK, kw_heap_fail_at(0) == 0);
        assert_true(st == KW_OK || st == KW_NO_MEMORY);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(write__gives_the_form_that_is_signed),
        cmocka_unit_test(write__refuses_numbers_that_others_round),
        cmocka_unit_test(write__goes_as_deep_as_the_parser),
        cmocka_unit_test(write__stops_where_the_buffer_is_full),
        cmocka_unit_test(write__survives_the_loss_of_any_allocation),
    };
    return cmocka_run_group_tests_name("tuf/engine/cjson", tests, NULL, NULL);
}
