/* SPDX-License-Identifier: Apache-2.0 */
#include "store/s3/xml.h"

#include "base/buf.h"
#include "support/expect.h"

/* What a text gives, as one line: "1<a" opens at depth 1, "1=b" is text, "1>a" closes; "!" at the
 * end: it was refused. */
static void read_all(kw_buf *out, const char *text)
{
    static const char marks[] = {'.', '<', '=', '>'};
    kw_xml xml = kw_xml_of(kw_str_of(text));
    kw_str name = {0};
    kw_buf_clear(out);
    for (kw_xml_kind kind = KW_XML_OPEN; kind != KW_XML_END;) {
        kind = kw_xml_next(&xml, &name);
        if (kind != KW_XML_END) {
            EXPECT_OK(
                kw_buf_append_format(out, "%u%c%.*s ", xml.depth, marks[kind], KW_STR_ARG(name)));
        }
    }
    EXPECT_OK(kw_buf_append_str(out, kw_xml_is_whole(&xml) ? KW_STR(".") : KW_STR("!")));
}

static void next__walks_elements_and_texts(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"", "."},
        {"<a></a>", "1<a 1>a ."},
        {"<a/>", "1<a 1>a ."},
        {"<?xml version=\"1.0\"?>\n<a>\n <b>x y</b>\n</a>\n", "1<a 2<b 2=x y 2>b 1>a ."},
        {"<a><b/><c>1</c></a>", "1<a 2<b 2>b 2<c 2=1 2>c 1>a ."},
        {"<a xmlns=\"http://x/\"><!-- <b> --><b />/></a >", "1<a 2<b 2>b 1=/> 1>a ."},
        {"<a>&lt;b></a>", "1<a 1=&lt;b> 1>a ."},
    };
    KW_AUTO(kw_buf) got = kw_buf_init(4096);
    for (size_t i = 0; i < KW_COUNT(cases); i++) {
        read_all(&got, cases[i][0]);
        EXPECT_STR(kw_buf_text(&got), cases[i][1]);
    }
}

static void next__refuses_what_is_no_element(void **state)
{
    (void)state;
    static const char *const refused[] = {
        "x",
        "<a>",
        "<a",
        "</a>",
        "<>",
        "< a></a>",
        "<a></>",
        "<!DOCTYPE a><a/>",
        "<a><b",
        "<a><!--",
        "<?",
        "<a/>x",
        "<a><![CDATA[x]]></a>",
        "<a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a>",
    };
    KW_AUTO(kw_buf) got = kw_buf_init(4096);
    for (size_t i = 0; i < KW_COUNT(refused); i++) {
        read_all(&got, refused[i]);
        assert_int_equal(got.ptr[got.len - 1], '!');
    }
}

static void decode__resolves_the_known_references(void **state)
{
    (void)state;
    KW_AUTO(kw_arena) arena = kw_arena_init(4096);
    kw_str got = {0};
    EXPECT_OK(kw_xml_decode(&arena, &got, KW_STR("a&amp;b&lt;&gt;&quot;&apos;&#34;&#126;c")));
    EXPECT_STR(got, "a&b<>\"'\"~c");
    EXPECT_OK(kw_xml_decode(&arena, &got, KW_STR("")));
    EXPECT_STR(got, "");
    static const char *const refused[] = {"&",      "&amp",  "&nbsp;",  "&;",       "&#;",
                                          "&#9;",   "&#0;",  "&#x22;",  "&#127;",   "&AMP;",
                                          "&#034;", "a&b;c", "&abcdef", "&abcdefg;"};
    for (size_t i = 0; i < KW_COUNT(refused); i++) {
        EXPECT_STATUS(kw_xml_decode(&arena, &got, kw_str_of(refused[i])), KW_BAD_INPUT);
    }
    KW_AUTO(kw_arena) small = kw_arena_init(4);
    EXPECT_STATUS(kw_xml_decode(&small, &got, KW_STR("a longer text")), KW_LIMIT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(next__walks_elements_and_texts),
        cmocka_unit_test(next__refuses_what_is_no_element),
        cmocka_unit_test(decode__resolves_the_known_references),
    };
    return cmocka_run_group_tests_name("store/s3/xml", tests, NULL, NULL);
}
