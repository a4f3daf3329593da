/* SPDX-License-Identifier: Apache-2.0 */
#include "tuf/engine/targets.h"

#include "crypto/hash.h"
#include "support/expect.h"

#define HASHES           "\"hashes\":{\"sha256\":\"" ZEROS ZEROS "\"}"
#define ZEROS            "00000000000000000000000000000000"
#define TARGET           "{\"length\":7," HASHES ",\"custom\":{\"kw\":1}}"
#define KEY              "{\"keytype\":\"t\",\"scheme\":\"s\",\"keyval\":{\"public\":\"p\"}}"
#define KEYS             "\"keys\":{\"k\":" KEY "}"
#define BY               "\"keyids\":[\"k\"],\"threshold\":1"
#define ROLE(name, rest) "{\"name\":\"" name "\"," BY "," rest "}"
#define BODY(roles)      "{\"targets\":{},\"delegations\":{" KEYS ",\"roles\":[" roles "]}}"
#define BINS(rest)       "{\"targets\":{},\"delegations\":{" KEYS ",\"succinct_roles\":{" rest "}}}"

static kw_json *parse(const char *text)
{
    kw_json *tree = NULL;
    EXPECT_OK(kw_json_parse(&tree, kw_span_of_str(kw_str_of(text)), 16, NULL));
    return tree;
}

static kw_status check(const char *text)
{
    KW_AUTO_PTR(kw_json) body = parse(text);
    kw_error err = {0};
    kw_status st = kw_tuf_targets_check(body, KW_TUF_KEYIDS_OPAQUE, &err);
    assert_int_equal(err.status, st);
    return st;
}

static void find__gives_content_and_custom(void **state)
{
    (void)state;
    KW_AUTO_PTR(kw_json)
    body = parse("{\"targets\":{\"a/b\":" TARGET ",\"c\":{\"length\":0," HASHES "}}}");
    kw_tuf_content content;
    const kw_json *custom = NULL;
    EXPECT_OK(kw_tuf_targets_check(body, KW_TUF_KEYIDS_OPAQUE, NULL));
    assert_true(kw_tuf_targets_find(body, &content, &custom, KW_STR("a/b")));
    assert_int_equal(content.length, 7);
    assert_int_equal(kw_json_count(custom), 1);
    assert_true(kw_tuf_targets_find(body, &content, &custom, KW_STR("c")));
    assert_null(custom);
    assert_true(kw_tuf_targets_find(body, &content, NULL, KW_STR("c")));
    assert_false(kw_tuf_targets_find(body, &content, NULL, KW_STR("a")));
    assert_false(kw_tuf_targets_find(body, &content, NULL, KW_STR("")));
}

static void check__refuses_malformed_targets(void **state)
{
    static const char *const bad[] = {
        "{}",
        "{\"targets\":[]}",
        "{\"targets\":{\"a\":1}}",
        "{\"targets\":{\"a\":{}}}",
        "{\"targets\":{\"a\":{" HASHES "}}}",
        "{\"targets\":{\"a\":{\"length\":1}}}",
        "{\"targets\":{\"a\":{\"length\":1,\"hashes\":{}}}}",
        "{\"targets\":{\"a\":{\"length\":1,\"hashes\":{\"md5\":\"00\"}}}}",
        "{\"targets\":{\"b\":" TARGET ",\"a\":{\"length\":-1," HASHES "}}}",
    };
    (void)state;
    for (size_t i = 0; i < KW_COUNT(bad); i++) {
        EXPECT_STATUS(check(bad[i]), KW_BAD_INPUT);
    }
    EXPECT_STATUS(check("{\"targets\":{\"\":" TARGET "}}"), KW_LIMIT);
}

static void check__bounds_the_paths(void **state)
{
    (void)state;
    for (int len = KW_TUF_PATH_BYTES_MAX; len <= KW_TUF_PATH_BYTES_MAX + 1; len++) {
        KW_AUTO(kw_buf) text = kw_buf_init(4096);
        const char *c_text = NULL;
        EXPECT_OK(kw_buf_append_format(&text, "{\"targets\":{\"%*s\":" TARGET "}}", len, "a"));
        EXPECT_OK(kw_buf_c_text(&text, &c_text));
        EXPECT_STATUS(check(c_text), len > KW_TUF_PATH_BYTES_MAX ? KW_LIMIT : KW_OK);
    }
}

static void check__takes_delegations_of_each_form(void **state)
{
    static const char *const good[] = {
        "{\"targets\":{}}",
        BODY(""),
        BODY(ROLE("a", "\"paths\":[\"*\",\"b/*\"],\"terminating\":false")),
        BODY(ROLE("a", "\"path_hash_prefixes\":[\"0\",\"1f\"],\"terminating\":true")),
        BODY(ROLE("a", "\"paths\":[],\"terminating\":true,\"x\":1")),
        BINS(BY ",\"bit_length\":1,\"name_prefix\":\"bin\""),
        BINS(BY ",\"bit_length\":32,\"name_prefix\":\"../x\""),
    };
    (void)state;
    for (size_t i = 0; i < KW_COUNT(good); i++) {
        EXPECT_OK(check(good[i]));
    }
}

static void check__refuses_malformed_delegations(void **state)
{
    static const char *const bad[] = {
        "{\"targets\":{},\"delegations\":{}}",
        "{\"targets\":{},\"delegations\":[]}",
        "{\"targets\":{},\"delegations\":{" KEYS "}}",
        "{\"targets\":{},\"delegations\":{\"roles\":[]}}",
        "{\"targets\":{},\"delegations\":{" KEYS ",\"roles\":{}}}",
        "{\"targets\":{},\"delegations\":{" KEYS ",\"roles\":[],\"succinct_roles\":{" BY
        ",\"bit_length\":1,\"name_prefix\":\"bin\"}}}",
        BODY("{}"),
        BODY(ROLE("", "\"paths\":[],\"terminating\":true")),
        BODY(ROLE("root", "\"paths\":[],\"terminating\":true")),
        BODY(ROLE("targets", "\"paths\":[],\"terminating\":true")),
        BODY(ROLE("a", "\"paths\":[]")),
        BODY(ROLE("a", "\"paths\":[],\"terminating\":1")),
        BODY(ROLE("a", "\"terminating\":true")),
        BODY(ROLE("a", "\"paths\":[],\"path_hash_prefixes\":[],\"terminating\":true")),
        BODY(ROLE("a", "\"paths\":\"*\",\"terminating\":true")),
        BODY(ROLE("a", "\"paths\":[1],\"terminating\":true")),
        BODY(ROLE("a", "\"path_hash_prefixes\":[null],\"terminating\":true")),
        BODY("{\"name\":\"a\",\"keyids\":[],\"threshold\":0,\"paths\":[],\"terminating\":true}"),
        BINS(BY ",\"bit_length\":0,\"name_prefix\":\"bin\""),
        BINS(BY ",\"bit_length\":33,\"name_prefix\":\"bin\""),
        BINS(BY ",\"name_prefix\":\"bin\""),
        BINS(BY ",\"bit_length\":8"),
        BINS("\"bit_length\":8,\"name_prefix\":\"bin\""),
    };
    (void)state;
    for (size_t i = 0; i < KW_COUNT(bad); i++) {
        EXPECT_STATUS(check(bad[i]), KW_BAD_INPUT);
    }
}

static void check__bounds_the_names(void **state)
{
    (void)state;
    for (int len = KW_TUF_FILE_NAME_BYTES_MAX; len <= KW_TUF_FILE_NAME_BYTES_MAX + 1; len++) {
        KW_AUTO(kw_buf) text = kw_buf_init(4096);
        const char *c_text = NULL;
        EXPECT_OK(kw_buf_append_format(
            &text, BODY(ROLE("%.*s%c", "\"paths\":[],\"terminating\":true")), len - 1,
            "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
            "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
            "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
            'x'));
        EXPECT_OK(kw_buf_c_text(&text, &c_text));
        EXPECT_STATUS(check(c_text), len > KW_TUF_FILE_NAME_BYTES_MAX ? KW_LIMIT : KW_OK);
    }
}

/* Names of the delegations that cover a path, each with a blank behind it; "!": terminating. */
static void expect_covering(const char *text, const char *path, const char *wanted)
{
    KW_AUTO_PTR(kw_json) body = parse(text);
    KW_AUTO(kw_buf) got = kw_buf_init(4096);
    kw_hash32 hash;
    kw_tuf_delegation found;
    kw_sha256(&hash, kw_span_of_str(kw_str_of(path)));
    EXPECT_OK(kw_tuf_targets_check(body, KW_TUF_KEYIDS_OPAQUE, NULL));
    for (const void *at = NULL; kw_tuf_targets_next(body, &at, &found, kw_str_of(path), &hash);) {
        EXPECT_OK(kw_buf_append_format(&got, "%.*s%s ", KW_STR_ARG(found.role.name),
                                       found.is_terminating ? "!" : ""));
        assert_int_equal(found.role.keys_count, 1);
    }
    EXPECT_STR(kw_buf_text(&got), wanted);
}

static void next__gives_those_that_cover_the_path(void **state)
{
    /* SHA-256("path") begins with a0af */
    static const char text[] =
        BODY(ROLE("a", "\"paths\":[\"x\",\"p*\"],\"terminating\":false") ","       //
             ROLE("b", "\"path_hash_prefixes\":[\"a0\"],\"terminating\":true") "," //
             ROLE("c", "\"paths\":[\"*/*\"],\"terminating\":false") ","            //
             ROLE("d", "\"paths\":[\"path\"],\"terminating\":false"));
    (void)state;
    expect_covering(text, "path", "a b! d ");
    expect_covering(text, "x", "a ");
    expect_covering(text, "y/z", "c ");
    expect_covering(text, "other", "");
    expect_covering("{\"targets\":{}}", "path", "");
}

static void next__gives_one_bin(void **state)
{
    (void)state;
    expect_covering(BINS(BY ",\"bit_length\":6,\"name_prefix\":\"bin\""), "path", "bin-28 ");
    expect_covering(BINS(BY ",\"bit_length\":9,\"name_prefix\":\"bin\""), "path", "bin-141 ");
    expect_covering(BINS(BY ",\"bit_length\":17,\"name_prefix\":\"b\""), "path", "b-1415f ");
    expect_covering(BINS(BY ",\"bit_length\":32,\"name_prefix\":\"\\u00e9\""), "path",
                    "\xc3\xa9-a0af9f86 ");
}

static void walk__gives_all_targets(void **state)
{
    (void)state;
    KW_AUTO_PTR(kw_json)
    body = parse("{\"targets\":{\"b\":" TARGET ",\"a\":{\"length\":9," HASHES "}}}");
    KW_AUTO_PTR(kw_json) empty = parse("{\"targets\":{}}");
    kw_str path = {0};
    kw_tuf_content content;
    const void *at = NULL;
    assert_true(kw_tuf_targets_walk(body, &at, &path, &content));
    EXPECT_STR(path, "b");
    assert_int_equal(content.length, 7);
    assert_true(kw_tuf_targets_walk(body, &at, &path, &content));
    EXPECT_STR(path, "a");
    assert_int_equal(content.length, 9);
    assert_false(kw_tuf_targets_walk(body, &at, &path, &content));
    at = NULL;
    assert_false(kw_tuf_targets_walk(empty, &at, &path, &content));
}

static void role__is_found_by_its_name(void **state)
{
    (void)state;
    KW_AUTO_PTR(kw_json)
    body = parse(BODY(ROLE("a", "\"paths\":[],\"terminating\":false") "," //
                      ROLE("b", "\"paths\":[],\"terminating\":true")));
    KW_AUTO_PTR(kw_json) bins = parse(BINS(BY ",\"bit_length\":9,\"name_prefix\":\"bin\""));
    KW_AUTO_PTR(kw_json) none = parse("{\"targets\":{}}");
    static const char *const good_bins[] = {"bin-000", "bin-0ff", "bin-1ff"};
    static const char *const bad_bins[] = {"bin-200", "bin-1f",  "bin-01ff", "bin-1FF",
                                           "bin_1ff", "bim-1ff", "bin-1fg",  "1ff",
                                           "bin",     "a",       ""};
    kw_tuf_role role;
    assert_true(kw_tuf_targets_role(body, &role, KW_STR("b")));
    EXPECT_STR(role.name, "b");
    assert_int_equal(role.keys_count, 1);
    assert_false(kw_tuf_targets_role(body, &role, KW_STR("c")));
    assert_false(kw_tuf_targets_role(none, &role, KW_STR("a")));
    for (size_t i = 0; i < KW_COUNT(good_bins); i++) {
        assert_true(kw_tuf_targets_role(bins, &role, kw_str_of(good_bins[i])));
    }
    for (size_t i = 0; i < KW_COUNT(bad_bins); i++) {
        assert_false(kw_tuf_targets_role(bins, &role, kw_str_of(bad_bins[i])));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(find__gives_content_and_custom),
        cmocka_unit_test(check__refuses_malformed_targets),
        cmocka_unit_test(check__bounds_the_paths),
        cmocka_unit_test(check__takes_delegations_of_each_form),
        cmocka_unit_test(check__refuses_malformed_delegations),
        cmocka_unit_test(check__bounds_the_names),
        cmocka_unit_test(next__gives_those_that_cover_the_path),
        cmocka_unit_test(next__gives_one_bin),
        cmocka_unit_test(walk__gives_all_targets),
        cmocka_unit_test(role__is_found_by_its_name),
    };
    return cmocka_run_group_tests_name("tuf/engine/targets", tests, NULL, NULL);
}
