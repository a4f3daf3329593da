/* SPDX-License-Identifier: Apache-2.0 */
#include "tuf/engine/find.h"

#include "support/expect.h"

static kw_json *parse(const char *text)
{
    kw_json *tree = NULL;
    EXPECT_OK(kw_json_parse(&tree, kw_span_of_str(kw_str_of(text)), 8, NULL));
    return tree;
}

static void find__gives_the_member_of_that_very_name(void **state)
{
    (void)state;
    KW_AUTO_PTR(kw_json) tree = parse("{\"a\":1,\"ab\":\"x\",\"\":2}");
    EXPECT_STR(kw_json_text(kw_tuf_find(tree, (kw_str){"abc", 2})), "x");
    assert_non_null(kw_tuf_find(tree, KW_STR("")));
    assert_null(kw_tuf_find(tree, KW_STR("abc")));
    assert_null(kw_tuf_find(tree, KW_STR("b")));
}

static void find__finds_nothing_where_there_is_no_object(void **state)
{
    (void)state;
    KW_AUTO_PTR(kw_json) list = parse("[\"a\"]");
    assert_null(kw_tuf_find(list, KW_STR("a")));
    assert_null(kw_tuf_find(list, KW_STR("")));
    assert_null(kw_tuf_find(NULL, KW_STR("a")));
}

static void number__takes_integers_from_its_minimum_on(void **state)
{
    (void)state;
    KW_AUTO_PTR(kw_json) list = parse("[0,1,9007199254740991]");
    uint64_t out = 7;
    assert_true(kw_tuf_number(&out, kw_json_item(list, 0), 0));
    assert_int_equal(out, 0);
    assert_true(kw_tuf_number(&out, kw_json_item(list, 1), 1));
    assert_int_equal(out, 1);
    assert_true(kw_tuf_number(&out, kw_json_item(list, 2), 1));
    assert_int_equal(out, 9007199254740991);
}

static void number__refuses_what_is_none_or_outside(void **state)
{
    (void)state;
    KW_AUTO_PTR(kw_json) list = parse("[0,-1,9007199254740992,1.0,\"1\",true,null,[1]]");
    uint64_t out = 7;
    for (size_t i = 0; i < kw_json_count(list); i++) {
        assert_false(kw_tuf_number(&out, kw_json_item(list, i), 1));
    }
    assert_false(kw_tuf_number(&out, kw_json_item(list, 1), 0));
    assert_false(kw_tuf_number(&out, NULL, 0));
    assert_int_equal(out, 7);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(find__gives_the_member_of_that_very_name),
        cmocka_unit_test(find__finds_nothing_where_there_is_no_object),
        cmocka_unit_test(number__takes_integers_from_its_minimum_on),
        cmocka_unit_test(number__refuses_what_is_none_or_outside),
    };
    return cmocka_run_group_tests_name("tuf/engine/find", tests, NULL, NULL);
}
