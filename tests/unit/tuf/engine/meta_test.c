/* SPDX-License-Identifier: Apache-2.0 */
#include "tuf/engine/meta.h"

#include "support/expect.h"

static kw_json *parse(const char *text)
{
    kw_json *tree = NULL;
    EXPECT_OK(kw_json_parse(&tree, kw_span_of_str(kw_str_of(text)), 8, NULL));
    return tree;
}

static void find__gives_version_and_content(void **state)
{
    (void)state;
    KW_AUTO_PTR(kw_json)
    body = parse("{\"meta\":{\"a.json\":{\"version\":3},\"b/c.json\":"
                 "{\"version\":4,\"length\":5,\"x\":[]}}}");
    kw_tuf_meta meta;
    EXPECT_OK(kw_tuf_meta_check(body, NULL));
    assert_true(kw_tuf_meta_find(body, &meta, KW_STR("a")));
    assert_int_equal(meta.version, 3);
    assert_false(meta.content.has_length);
    assert_true(kw_tuf_meta_find(body, &meta, KW_STR("b/c")));
    assert_int_equal(meta.version, 4);
    assert_int_equal(meta.content.length, 5);
}

static void find__finds_no_other(void **state)
{
    (void)state;
    KW_AUTO_PTR(kw_json) body = parse("{\"meta\":{\"ab.json\":{\"version\":3}}}");
    kw_tuf_meta meta;
    assert_false(kw_tuf_meta_find(body, &meta, KW_STR("a")));
    assert_false(kw_tuf_meta_find(body, &meta, KW_STR("b")));
    assert_false(kw_tuf_meta_find(body, &meta, KW_STR("")));
    assert_false(kw_tuf_meta_find(body, &meta, KW_STR("ab.json")));
}

static void check__refuses_malformed_entries(void **state)
{
    static const char *const bad[] = {
        "{}",
        "{\"meta\":[]}",
        "{\"meta\":{\"a\":{\"version\":1}}}",
        "{\"meta\":{\".json\":{\"version\":1}}}",
        "{\"meta\":{\"a.json\":{}}}",
        "{\"meta\":{\"a.json\":1}}",
        "{\"meta\":{\"a.json\":{\"version\":0}}}",
        "{\"meta\":{\"a.json\":{\"version\":\"1\"}}}",
        "{\"meta\":{\"a.json\":{\"version\":1,\"length\":-1}}}",
        "{\"meta\":{\"a.json\":{\"version\":1,\"hashes\":{}}}}",
        "{\"meta\":{\"a.json\":{\"version\":1,\"hashes\":{\"md5\":\"0\"}}}}",
    };
    (void)state;
    for (size_t i = 0; i < KW_COUNT(bad); i++) {
        KW_AUTO_PTR(kw_json) body = parse(bad[i]);
        kw_error err = {0};
        EXPECT_STATUS(kw_tuf_meta_check(body, &err), KW_BAD_INPUT);
        assert_int_equal(err.status, KW_BAD_INPUT);
    }
}

static void walk__gives_all_roles(void **state)
{
    (void)state;
    KW_AUTO_PTR(kw_json)
    body = parse("{\"meta\":{\"b.json\":{\"version\":3},\"a.json\":{\"version\":4}}}");
    kw_str role = {0};
    kw_tuf_meta meta;
    const void *at = NULL;
    assert_true(kw_tuf_meta_walk(body, &at, &role, &meta));
    EXPECT_STR(role, "b");
    assert_int_equal(meta.version, 3);
    assert_true(kw_tuf_meta_walk(body, &at, &role, &meta));
    EXPECT_STR(role, "a");
    assert_int_equal(meta.version, 4);
    assert_false(kw_tuf_meta_walk(body, &at, &role, &meta));
}

#define A(v) "\"a.json\":{\"version\":" v "}"
#define B(v) "\"b.json\":{\"version\":" v "}"
#define C(v) "\"c.json\":{\"version\":" v "}"

static void succeeds__takes_more_files_in_any_order(void **state)
{
    static const char *const after[] = {
        "{\"meta\":{" A("2") "," B("5") "}}",
        "{\"meta\":{" A("3") "," B("6") "}}",
        "{\"meta\":{" B("5") "," A("2") "}}",
        "{\"meta\":{" C("1") "," B("5") "," A("2") "}}",
        "{\"meta\":{" A("2") "," C("1") "," B("5") "}}",
        "{\"meta\":{" B("9") "," C("1") "," A("9") "}}",
    };
    (void)state;
    KW_AUTO_PTR(kw_json) older = parse("{\"meta\":{" A("2") "," B("5") "}}");
    KW_AUTO_PTR(kw_json) empty = parse("{\"meta\":{}}");
    for (size_t i = 0; i < KW_COUNT(after); i++) {
        KW_AUTO_PTR(kw_json) body = parse(after[i]);
        EXPECT_OK(kw_tuf_meta_succeeds(body, older, NULL));
        EXPECT_OK(kw_tuf_meta_succeeds(body, empty, NULL));
    }
    EXPECT_OK(kw_tuf_meta_succeeds(empty, empty, NULL));
}

static void succeeds__refuses_lower_versions_and_lost_files(void **state)
{
    static const char *const after[] = {
        "{\"meta\":{}}",
        "{\"meta\":{" A("2") "}}",
        "{\"meta\":{" B("5") "}}",
        "{\"meta\":{" A("1") "," B("5") "}}",
        "{\"meta\":{" B("4") "," A("2") "}}",
        "{\"meta\":{" A("2") "," C("9") "}}",
        "{\"meta\":{" C("9") "," B("5") "}}",
    };
    (void)state;
    KW_AUTO_PTR(kw_json) older = parse("{\"meta\":{" A("2") "," B("5") "}}");
    for (size_t i = 0; i < KW_COUNT(after); i++) {
        KW_AUTO_PTR(kw_json) body = parse(after[i]);
        kw_error err = {0};
        EXPECT_STATUS(kw_tuf_meta_succeeds(body, older, &err), KW_ROLLBACK);
        assert_int_equal(err.status, KW_ROLLBACK);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(find__gives_version_and_content),
        cmocka_unit_test(find__finds_no_other),
        cmocka_unit_test(check__refuses_malformed_entries),
        cmocka_unit_test(walk__gives_all_roles),
        cmocka_unit_test(succeeds__takes_more_files_in_any_order),
        cmocka_unit_test(succeeds__refuses_lower_versions_and_lost_files),
    };
    return cmocka_run_group_tests_name("tuf/engine/meta", tests, NULL, NULL);
}
