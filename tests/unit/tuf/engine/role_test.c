/* SPDX-License-Identifier: Apache-2.0 */
#include "tuf/engine/role.h"

#include "support/expect.h"

#define KEY(name) "\"" name "\":{\"keytype\":\"t\",\"scheme\":\"s\",\"keyval\":{\"public\":\"p\"}}"
#define KEYS      "{" KEY("a") "," KEY("b") "," KEY("c") "}"

static kw_json *parse(const char *text)
{
    kw_json *tree = NULL;
    EXPECT_OK(kw_json_parse(&tree, kw_span_of_str(kw_str_of(text)), 8, NULL));
    return tree;
}

/* A role in one document with its keys, which `tree` holds from then on. */
static kw_status read(kw_tuf_role *out, kw_json **tree, const char *role)
{
    KW_AUTO(kw_buf) text = kw_buf_init(8192);
    const char *c_text = NULL;
    EXPECT_OK(kw_buf_append_format(&text, "{\"keys\":" KEYS ",\"role\":%s}", role));
    EXPECT_OK(kw_buf_c_text(&text, &c_text));
    kw_json_free(*tree);
    *tree = parse(c_text);
    kw_error err = {0};
    kw_status st = kw_tuf_role_read(out, KW_STR("role"), kw_json_get(*tree, "role"),
                                    kw_json_get(*tree, "keys"), &err);
    assert_int_equal(err.status, st);
    return st;
}

static void read__gives_each_key_once(void **state)
{
    (void)state;
    KW_AUTO_PTR(kw_json) tree = NULL;
    kw_tuf_role role;
    EXPECT_OK(read(&role, &tree, "{\"keyids\":[\"c\",\"a\",\"c\",\"gone\"],\"threshold\":2}"));
    EXPECT_STR(role.name, "role");
    assert_int_equal(role.threshold, 2);
    assert_int_equal(role.keys_count, 2);
    EXPECT_OK(read(&role, &tree, "{\"keyids\":[],\"threshold\":9007199254740991,\"x\":0}"));
    assert_int_equal(role.keys_count, 0);
}

static void read__refuses_malformed_roles(void **state)
{
    static const char *const bad[] = {
        "{}",
        "[]",
        "{\"keyids\":[\"a\"]}",
        "{\"threshold\":1}",
        "{\"keyids\":{},\"threshold\":1}",
        "{\"keyids\":[\"a\"],\"threshold\":0}",
        "{\"keyids\":[\"a\"],\"threshold\":-1}",
        "{\"keyids\":[\"a\"],\"threshold\":1.0}",
        "{\"keyids\":[\"a\"],\"threshold\":\"1\"}",
        "{\"keyids\":[1],\"threshold\":1}",
        "{\"keyids\":[null],\"threshold\":1}",
    };
    (void)state;
    KW_AUTO_PTR(kw_json) tree = NULL;
    kw_tuf_role role;
    for (size_t i = 0; i < KW_COUNT(bad); i++) {
        EXPECT_STATUS(read(&role, &tree, bad[i]), KW_BAD_INPUT);
    }
    EXPECT_STATUS(kw_tuf_role_read(&role, KW_STR("role"), NULL, NULL, NULL), KW_BAD_INPUT);
}

static void read__refuses_more_keys_than_the_limit(void **state)
{
    (void)state;
    KW_AUTO_PTR(kw_json) tree = NULL;
    kw_tuf_role role;
    for (size_t count = KW_TUF_KEYS_MAX; count <= KW_TUF_KEYS_MAX + 1; count++) {
        KW_AUTO(kw_buf) text = kw_buf_init(4096);
        const char *c_text = NULL;
        EXPECT_OK(kw_buf_append_str(&text, KW_STR("{\"threshold\":1,\"keyids\":[")));
        for (size_t i = 0; i < count; i++) {
            EXPECT_OK(kw_buf_append_str(&text, i == 0 ? KW_STR("\"a\"") : KW_STR(",\"a\"")));
        }
        EXPECT_OK(kw_buf_append_str(&text, KW_STR("]}")));
        EXPECT_OK(kw_buf_c_text(&text, &c_text));
        EXPECT_STATUS(read(&role, &tree, c_text), count > KW_TUF_KEYS_MAX ? KW_LIMIT : KW_OK);
    }
}

static void keys__are_all_checked(void **state)
{
    (void)state;
    KW_AUTO_PTR(kw_json) good = parse(KEYS);
    KW_AUTO_PTR(kw_json) bad = parse("{" KEY("a") ",\"b\":{}}");
    KW_AUTO_PTR(kw_json) list = parse("[]");
    EXPECT_OK(kw_tuf_keys_check(good, KW_TUF_KEYIDS_OPAQUE, NULL));
    EXPECT_STATUS(kw_tuf_keys_check(good, KW_TUF_KEYIDS_STRICT, NULL), KW_HASH);
    EXPECT_STATUS(kw_tuf_keys_check(bad, KW_TUF_KEYIDS_OPAQUE, NULL), KW_BAD_INPUT);
    EXPECT_STATUS(kw_tuf_keys_check(list, KW_TUF_KEYIDS_OPAQUE, NULL), KW_BAD_INPUT);
    EXPECT_STATUS(kw_tuf_keys_check(NULL, KW_TUF_KEYIDS_OPAQUE, NULL), KW_BAD_INPUT);
}

static void copy__outlives_the_file(void **state)
{
    (void)state;
    KW_AUTO(kw_arena) arena = kw_arena_init(1 << 16);
    kw_tuf_role *copy = NULL;
    {
        KW_AUTO_PTR(kw_json) tree = NULL;
        kw_tuf_role role;
        EXPECT_OK(read(&role, &tree, "{\"keyids\":[\"b\",\"a\"],\"threshold\":2}"));
        EXPECT_OK(kw_tuf_role_copy(&arena, &copy, &role));
    }
    EXPECT_STR(copy->name, "role");
    EXPECT_STR(kw_tuf_role_key(copy, KW_STR("a"))->value, "p");
    assert_null(kw_tuf_role_key(copy, KW_STR("c")));
    KW_AUTO(kw_arena) small = kw_arena_init(sizeof *copy + 16);
    EXPECT_STATUS(kw_tuf_role_copy(&small, &copy, copy), KW_LIMIT);
}

static void keeps_keys__is_about_those_that_go(void **state)
{
    (void)state;
    KW_AUTO_PTR(kw_json) tree = NULL;
    KW_AUTO_PTR(kw_json) other = NULL;
    kw_tuf_role ab;
    kw_tuf_role abc;
    EXPECT_OK(read(&ab, &tree, "{\"keyids\":[\"b\",\"a\"],\"threshold\":2}"));
    EXPECT_OK(read(&abc, &other, "{\"keyids\":[\"c\",\"a\",\"b\"],\"threshold\":1}"));
    assert_true(kw_tuf_role_keeps_keys(&abc, &ab));
    assert_true(kw_tuf_role_keeps_keys(&ab, &ab));
    assert_false(kw_tuf_role_keeps_keys(&ab, &abc));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(read__gives_each_key_once),
        cmocka_unit_test(read__refuses_malformed_roles),
        cmocka_unit_test(read__refuses_more_keys_than_the_limit),
        cmocka_unit_test(keys__are_all_checked),
        cmocka_unit_test(copy__outlives_the_file),
        cmocka_unit_test(keeps_keys__is_about_those_that_go),
    };
    return cmocka_run_group_tests_name("tuf/engine/role", tests, NULL, NULL);
}
