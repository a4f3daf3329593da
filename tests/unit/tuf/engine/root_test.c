/* SPDX-License-Identifier: Apache-2.0 */
#include "tuf/engine/root.h"

#include "support/expect.h"

#define KEYS "\"keys\":{\"k\":{\"keytype\":\"t\",\"scheme\":\"s\",\"keyval\":{\"public\":\"p\"}}}"
#define ROLE "{\"keyids\":[\"k\"],\"threshold\":1}"
#define ROLES                                                                               \
    "\"roles\":{\"root\":" ROLE ",\"timestamp\":" ROLE ",\"mirrors\":{},\"snapshot\":" ROLE \
    ",\"targ"                                                                               \
    "ets\":{\"keyids\":[\"k\",\"l\"],\"threshold\":3}}"

static kw_json *parse(const char *text)
{
    kw_json *tree = NULL;
    EXPECT_OK(kw_json_parse(&tree, kw_span_of_str(kw_str_of(text)), 8, NULL));
    return tree;
}

static void check__takes_the_four_roles(void **state)
{
    (void)state;
    KW_AUTO_PTR(kw_json) body = parse("{" KEYS "," ROLES "}");
    EXPECT_OK(kw_tuf_root_check(body, KW_TUF_KEYIDS_OPAQUE, NULL));
    kw_tuf_role role;
    kw_tuf_root_role(body, &role, KW_TUF_TARGETS);
    EXPECT_STR(role.name, "targets");
    assert_int_equal(role.threshold, 3);
    assert_int_equal(role.keys_count, 1);
    kw_tuf_root_role(body, &role, KW_TUF_ROOT);
    EXPECT_STR(role.name, "root");
    EXPECT_STR(kw_tuf_kind_name(KW_TUF_TIMESTAMP), "timestamp");
    assert_int_equal(role.threshold, 1);
}

static void check__refuses_less(void **state)
{
    static const char *const bad[] = {
        "{}",
        "{" KEYS "}",
        "{" ROLES "}",
        "{" KEYS ",\"roles\":{}}",
        "{" KEYS ",\"roles\":{\"root\":" ROLE ",\"timestamp\":" ROLE ",\"snapshot\":" ROLE "}}",
        "{" KEYS ",\"roles\":{\"root\":" ROLE ",\"timestamp\":" ROLE ",\"snapshot\":{\"keyids\":[],"
        "\"threshold\":0},\"targets\":" ROLE "}}",
        "{\"keys\":{\"k\":{}}," ROLES "}",
    };
    (void)state;
    for (size_t i = 0; i < KW_COUNT(bad); i++) {
        KW_AUTO_PTR(kw_json) body = parse(bad[i]);
        kw_error err = {0};
        EXPECT_STATUS(kw_tuf_root_check(body, KW_TUF_KEYIDS_OPAQUE, &err), KW_BAD_INPUT);
        assert_int_equal(err.status, KW_BAD_INPUT);
    }
    KW_AUTO_PTR(kw_json) body = parse("{" KEYS "," ROLES "}");
    EXPECT_STATUS(kw_tuf_root_check(body, KW_TUF_KEYIDS_STRICT, NULL), KW_HASH);
}

static void is_consistent__unless_it_says_no(void **state)
{
    (void)state;
    KW_AUTO_PTR(kw_json) silent = parse("{}");
    KW_AUTO_PTR(kw_json) yes = parse("{\"consistent_snapshot\":true}");
    KW_AUTO_PTR(kw_json) no = parse("{\"consistent_snapshot\":false}");
    assert_true(kw_tuf_root_is_consistent(silent));
    assert_true(kw_tuf_root_is_consistent(yes));
    assert_false(kw_tuf_root_is_consistent(no));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(check__takes_the_four_roles),
        cmocka_unit_test(check__refuses_less),
        cmocka_unit_test(is_consistent__unless_it_says_no),
    };
    return cmocka_run_group_tests_name("tuf/engine/root", tests, NULL, NULL);
}
