/* SPDX-License-Identifier: Apache-2.0 */
#include "codec/json.h"

#include "support/expect.h"

static kw_json *parsed(const char *text)
{
    kw_json *root = NULL;
    EXPECT_OK(kw_json_parse(&root, kw_span_of_str(kw_str_of(text)), 8, NULL));
    return root;
}

static void json_next__walks_members_and_items_in_order(void **state)
{
    (void)state;
    KW_AUTO_PTR(kw_json) root = parsed("{\"b\":[1,[2,3],{\"x\":4}],\"a\":\"t\",\"c\":{}}");
    static const char *const names[] = {"b", "a", "c"};
    kw_str name = {0};
    const kw_json *value = NULL;
    size_t i = 0;
    for (const void *at = NULL; kw_json_next(root, &at, &name, &value); i++) {
        EXPECT_STR(name, names[i]);
    }
    assert_int_equal(i, 3);
    i = 0;
    for (const void *at = NULL; kw_json_next(kw_json_get(root, "b"), &at, &name, &value); i++) {
        assert_ptr_equal(value, kw_json_item(kw_json_get(root, "b"), i));
        assert_int_equal(name.len, 0);
    }
    assert_int_equal(i, 3);
    const void *at = NULL;
    assert_false(kw_json_next(kw_json_get(root, "c"), &at, &name, &value));
}

static void json__gives_nothing_for_the_wrong_kind(void **state)
{
    (void)state;
    KW_AUTO_PTR(kw_json) root = parsed("{\"a\":[1],\"s\":\"x\",\"n\":null}");
    const kw_json *text = kw_json_get(root, "s");
    int64_t value = 5;
    assert_null(kw_json_get(root, "zz"));
    assert_null(kw_json_get(text, "a"));
    assert_null(kw_json_item(root, 0));
    assert_null(kw_json_item(kw_json_get(root, "a"), 1));
    assert_null(kw_json_item(text, 0));
    assert_int_equal(kw_json_count(text), 0);
    assert_int_equal(kw_json_text(root).len, 0);
    assert_false(kw_json_integer(text, &value));
    assert_int_equal(value, 5);
    assert_int_equal(kw_json_kind_of(kw_json_get(root, "n")), KW_JSON_NULL);
}

static void json__takes_null_for_an_absent_value(void **state)
{
    (void)state;
    int64_t value = 5;
    kw_str name = {0};
    const kw_json *child = NULL;
    const void *at = NULL;
    assert_int_equal(kw_json_kind_of(NULL), KW_JSON_NULL);
    assert_int_equal(kw_json_text(NULL).len, 0);
    assert_int_equal(kw_json_count(NULL), 0);
    assert_null(kw_json_item(NULL, 0));
    assert_null(kw_json_get(NULL, "a"));
    assert_false(kw_json_integer(NULL, &value));
    assert_false(kw_json_next(NULL, &at, &name, &child));
    kw_json_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(json_next__walks_members_and_items_in_order),
        cmocka_unit_test(json__gives_nothing_for_the_wrong_kind),
        cmocka_unit_test(json__takes_null_for_an_absent_value),
    };
    return cmocka_run_group_tests_name("codec/json_dom", tests, NULL, NULL);
}
