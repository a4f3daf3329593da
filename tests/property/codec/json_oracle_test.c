/* SPDX-License-Identifier: Apache-2.0
 * Our reader against jansson, on texts that are generated and then damaged. */
#include "codec/dom.h"
#include "codec/limits.h"
#include "support/expect.h"
#include "support/random_source.h"

#include <jansson.h>

enum {
    ROUNDS = 20000,
    NODES_MAX = 40
};

/* ---- texts ---- */

static void put(kw_buf *out, const char *text)
{
    EXPECT_OK(kw_buf_append_str(out, kw_str_of(text)));
}

static const char *pick(random_source *random, const char *const *choices, size_t count)
{
    return choices[random_below(random, count)];
}

static void put_string(kw_buf *out, random_source *random)
{
    static const char *const parts[] = {
        "a",
        "b",
        "key",
        "\xc3\xbc",
        "\xf0\x9f\x98\x80",
        "\\n",
        "\\\"",
        "\\\\",
        "\\/",
        "\\u0041",
        "\\ud83d\\ude00",
        "\\u00e9",
        " ",
        "\\u0001",
        "\x7f",
        /* refused by both */
        "\\ud800",
        "\\u0000",
        "\\x",
        "\xff",
        "\n",
    };
    put(out, "\"");
    for (uint64_t n = random_below(random, 4); n > 0; n--) {
        bool is_rare = random_below(random, 40) == 0;
        put(out, pick(random, parts, is_rare ? KW_COUNT(parts) : KW_COUNT(parts) - 5));
    }
    put(out, "\"");
}

static void put_scalar(kw_buf *out, random_source *random)
{
    static const char *const scalars[] = {
        "0",
        "-0",
        "1",
        "-17",
        "123456789012",
        "9223372036854775807",
        "-9223372036854775808",
        "1.5",
        "-0.25",
        "1e3",
        "2E-2",
        "true",
        "false",
        "null",
        /* refused by both */
        "9223372036854775808",
        "01",
        "1.",
        "-",
        "+1",
        "nul",
        "NaN",
    };
    if (random_below(random, 2) == 0) {
        put_string(out, random);
    } else {
        bool is_rare = random_below(random, 40) == 0;
        put(out, pick(random, scalars, is_rare ? KW_COUNT(scalars) : KW_COUNT(scalars) - 7));
    }
}

static void put_space(kw_buf *out, random_source *random)
{
    static const char *const spaces[] = {"", "", "", " ", "\n", "\t\r "};
    put(out, pick(random, spaces, KW_COUNT(spaces)));
}

/* Opens and closes containers at random, without recursion. */
static void put_document(kw_buf *out, random_source *random)
{
    char closing[8];
    bool has_child[8] = {false};
    size_t depth = 0;
    closing[depth++] = random_below(random, 2) == 0 ? '}' : ']';
    put(out, closing[0] == '}' ? "{" : "[");
    for (int node = 0; depth > 0; node++) {
        bool must_close = node > NODES_MAX;
        if (must_close || random_below(random, 5) == 0) {
            char end[2] = {closing[--depth], '\0'};
            put(out, end);
            continue;
        }
        put(out, has_child[depth - 1] ? "," : "");
        has_child[depth - 1] = true;
        put_space(out, random);
        if (closing[depth - 1] == '}') {
            put_string(out, random);
            put_space(out, random);
            put(out, ":");
        }
        put_space(out, random);
        if (depth < KW_COUNT(closing) && random_below(random, 4) == 0) {
            closing[depth] = random_below(random, 2) == 0 ? '}' : ']';
            has_child[depth] = false;
            put(out, closing[depth++] == '}' ? "{" : "[");
        } else {
            put_scalar(out, random);
        }
    }
}

/* Changes, drops or doubles one byte. */
static void damage(kw_buf *text, random_source *random)
{
    size_t at = (size_t)random_below(random, text->len);
    switch (random_below(random, 3)) {
    case 0:
        text->ptr[at] = (uint8_t)random_below(random, 256);
        break;
    case 1:
        memmove(text->ptr + at, text->ptr + at + 1, text->len - at - 1);
        text->len--;
        break;
    default:
        EXPECT_OK(kw_buf_append_byte(text, 0));
        memmove(text->ptr + at + 1, text->ptr + at, text->len - at - 1);
        break;
    }
}

/* ---- comparison ---- */

static void expect_same_scalar(const kw_json *ours, const json_t *theirs)
{
    int64_t value = 0;
    switch (kw_json_kind_of(ours)) {
    case KW_JSON_NULL:
        assert_true(json_is_null(theirs));
        return;
    case KW_JSON_FALSE:
        assert_true(json_is_false(theirs));
        return;
    case KW_JSON_TRUE:
        assert_true(json_is_true(theirs));
        return;
    case KW_JSON_INTEGER:
        assert_true(kw_json_integer(ours, &value));
        assert_true(json_is_integer(theirs));
        assert_true(value == json_integer_value(theirs));
        return;
    case KW_JSON_REAL:
        assert_true(json_is_real(theirs));
        return;
    case KW_JSON_STRING:
        assert_true(json_is_string(theirs));
        assert_true(kw_str_equal(kw_json_text(ours),
                                 (kw_str){json_string_value(theirs), json_string_length(theirs)}));
        return;
    case KW_JSON_ARRAY:
    case KW_JSON_OBJECT:
        break;
    }
    fail();
}

/* A pair that is still to be compared. */
typedef struct pair {
    const kw_json *ours;
    const json_t *theirs;
} pair;

static void expect_same_tree(const kw_json *ours, const json_t *theirs)
{
    static pair pending[4096];
    size_t count = 0;
    pending[count++] = (pair){ours, theirs};
    while (count > 0) {
        pair p = pending[--count];
        kw_json_kind kind = kw_json_kind_of(p.ours);
        if (kind != KW_JSON_ARRAY && kind != KW_JSON_OBJECT) {
            expect_same_scalar(p.ours, p.theirs);
            continue;
        }
        bool is_object = kind == KW_JSON_OBJECT;
        assert_int_equal(is_object, json_is_object(p.theirs));
        assert_int_equal(kw_json_count(p.ours),
                         is_object ? json_object_size(p.theirs) : json_array_size(p.theirs));
        kw_str name = {0};
        const kw_json *value = NULL;
        size_t index = 0;
        for (const void *at = NULL; kw_json_next(p.ours, &at, &name, &value); index++) {
            const json_t *other = is_object ? json_object_getn(p.theirs, name.ptr, name.len)
                                            : json_array_get(p.theirs, index);
            assert_non_null(other);
            assert_true(count < KW_COUNT(pending));
            pending[count++] = (pair){value, other};
        }
    }
}

/* jansson evaluates reals and refuses those beyond a double; we leave them as they are. */
static bool is_overflow_of_reals(const json_error_t *failure)
{
    return json_error_code(failure) == json_error_numeric_overflow &&
           strstr(failure->text, "real") != NULL;
}

/* jansson swallows a NUL byte behind a number; RFC 8259 has no place for one. */
static bool is_swallowed_nul(kw_status ours, const json_t *theirs, const kw_buf *text)
{
    return ours == KW_BAD_INPUT && theirs != NULL && memchr(text->ptr, 0, text->len) != NULL;
}

static void json_parse__agrees_with_jansson(void **state)
{
    (void)state;
    random_source random = random_new("json_oracle");
    size_t accepted = 0;
    size_t refused = 0;
    for (int round = 0; round < ROUNDS; round++) {
        KW_AUTO(kw_buf) text = kw_buf_init(1 << 16);
        KW_AUTO_PTR(kw_json) ours = NULL;
        json_error_t failure;
        put_document(&text, &random);
        for (uint64_t n = random_below(&random, 3); n > 0 && text.len > 1; n--) {
            damage(&text, &random);
        }
        json_t *theirs =
            json_loadb((const char *)text.ptr, text.len, JSON_REJECT_DUPLICATES, &failure);
        kw_status st = kw_json_parse(&ours, kw_buf_view(&text), KW_TREE_DEPTH_MAX, NULL);
        bool is_same = (st == KW_OK) == (theirs != NULL) || is_swallowed_nul(st, theirs, &text);
        if (!is_same && !(theirs == NULL && is_overflow_of_reals(&failure))) {
            print_error("we say %s, jansson says %s: %.*s\n", kw_status_name(st),
                        theirs != NULL ? "ok" : failure.text, KW_STR_ARG(kw_buf_text(&text)));
            fail();
        }
        if (st == KW_OK && theirs != NULL) {
            expect_same_tree(ours, theirs);
        }
        accepted += st == KW_OK;
        refused += st != KW_OK;
        json_decref(theirs);
    }
    /* The generator must exercise both sides. */
    assert_true(accepted > ROUNDS / 10);
    assert_true(refused > ROUNDS / 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(json_parse__agrees_with_jansson)};
    return cmocka_run_group_tests_name("codec/json_oracle", tests, NULL, NULL);
}
