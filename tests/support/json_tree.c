/* SPDX-License-Identifier: Apache-2.0
 * JSON trees in tests. */
#include "support/json_tree.h"

#include "support/expect.h"

#include <stdio.h>

enum {
    DEPTH_MAX = 32,
    NAME_BYTES_MAX = 128,
};

kw_json *json_tree_parse(kw_str text)
{
    kw_json *root = NULL;
    kw_error err = {0};
    if (kw_json_parse(&root, kw_span_of_str(text), DEPTH_MAX, &err) != KW_OK) {
        print_error("not JSON: %s\n", err.text);
        fail();
    }
    return root;
}

static bool members_equal(const kw_json *a, const kw_json *b)
{
    kw_str name = {0};
    const kw_json *value = NULL;
    for (const void *at = NULL; kw_json_next(a, &at, &name, &value);) {
        char text[NAME_BYTES_MAX];
        assert_in_range(snprintf(text, sizeof text, "%.*s", KW_STR_ARG(name)), 0, sizeof text - 1);
        const kw_json *other = kw_json_get(b, text);
        if (other == NULL || !json_tree_equal(value, other)) {
            return false;
        }
    }
    return true;
}

bool json_tree_equal(const kw_json *a, const kw_json *b)
{
    if (kw_json_kind_of(a) != kw_json_kind_of(b) || kw_json_count(a) != kw_json_count(b)) {
        return false;
    }
    int64_t x = 0;
    int64_t y = 0;
    switch (kw_json_kind_of(a)) {
    case KW_JSON_NULL:
    case KW_JSON_FALSE:
    case KW_JSON_TRUE:
        return true;
    case KW_JSON_INTEGER:
        return kw_json_integer(a, &x) && kw_json_integer(b, &y) && x == y;
    case KW_JSON_REAL:
        return false;
    case KW_JSON_STRING:
        return kw_str_equal(kw_json_text(a), kw_json_text(b));
    case KW_JSON_ARRAY:
        for (size_t i = 0; i < kw_json_count(a); i++) {
            if (!json_tree_equal(kw_json_item(a, i), kw_json_item(b, i))) {
                return false;
            }
        }
        return true;
    case KW_JSON_OBJECT:
        return members_equal(a, b);
    }
    return false;
}

static void print_value(kw_json_writer *w, const kw_json *value)
{
    kw_str name = {0};
    const kw_json *member = NULL;
    int64_t number = 0;
    switch (kw_json_kind_of(value)) {
    case KW_JSON_NULL:
        kw_json_write_null(w);
        break;
    case KW_JSON_FALSE:
    case KW_JSON_TRUE:
        kw_json_write_bool(w, kw_json_kind_of(value) == KW_JSON_TRUE);
        break;
    case KW_JSON_INTEGER:
        assert_true(kw_json_integer(value, &number));
        kw_json_write_i64(w, number);
        break;
    case KW_JSON_REAL:
        fail_msg("a real number in a vector");
        break;
    case KW_JSON_STRING:
        kw_json_write_str(w, kw_json_text(value));
        break;
    case KW_JSON_ARRAY:
        kw_json_open_array(w);
        for (size_t i = 0; i < kw_json_count(value); i++) {
            print_value(w, kw_json_item(value, i));
        }
        kw_json_close_array(w);
        break;
    case KW_JSON_OBJECT:
        kw_json_open_object(w);
        for (const void *at = NULL; kw_json_next(value, &at, &name, &member);) {
            kw_json_write_key(w, name);
            print_value(w, member);
        }
        kw_json_close_object(w);
        break;
    }
}

void json_tree_print(kw_buf *out, const kw_json *value)
{
    kw_json_writer w = kw_json_writer_to(out);
    print_value(&w, value);
    EXPECT_OK(kw_json_write_end(&w));
}

const kw_json *json_tree_at(const kw_json *object, const char *name)
{
    const kw_json *value = kw_json_get(object, name);
    if (value == NULL) {
        print_error("no member %s\n", name);
        fail();
    }
    return value;
}

kw_str json_tree_text(const kw_json *object, const char *name)
{
    const kw_json *value = json_tree_at(object, name);
    assert_int_equal(kw_json_kind_of(value), KW_JSON_STRING);
    return kw_json_text(value);
}

int64_t json_tree_integer(const kw_json *object, const char *name)
{
    int64_t number = 0;
    assert_true(kw_json_integer(json_tree_at(object, name), &number));
    return number;
}

bool json_tree_is_true(const kw_json *object, const char *name)
{
    return kw_json_kind_of(kw_json_get(object, name)) == KW_JSON_TRUE;
}
