/* SPDX-License-Identifier: Apache-2.0
 * The strict tree: jansson with its lenient corners closed. */
#include "codec/dom.h"

#include "base/heap.h"
#include "codec/limits.h"

static void *allocate(size_t size)
{
    return kw_heap_new(1, size);
}

void kw_json_setup(void)
{
    /* What was parsed may be personal data or keys: nothing of it stays behind in freed memory. */
    json_set_alloc_funcs(allocate, kw_heap_wipe_free);
    json_object_seed(0);
}

/* jansson recurses on nesting (to 2048): count it first, on the stack of nobody. Brackets inside
 * strings do not nest. */
static bool is_deeper_than(kw_span text, unsigned depth_max)
{
    unsigned depth = 0;
    bool is_in_string = false;
    for (size_t i = 0; i < text.len; i++) {
        uint8_t c = text.ptr[i];
        if (is_in_string) {
            i += c == '\\';
            is_in_string = c != '"';
        } else if (c == '"') {
            is_in_string = true;
        } else if (c == '{' || c == '[') {
            depth++;
            if (depth > depth_max) {
                return true;
            }
        } else if (c == '}' || c == ']') {
            depth -= depth > 0;
        }
    }
    return false;
}

/* jansson's own texts quote the input, so only its codes go on. It reports a failed allocation
 * either by its code or by no text at all. */
static kw_status parse_failed(const json_error_t *failure, kw_error *err)
{
    enum json_error_code code = json_error_code(failure);
    if (code == json_error_out_of_memory || failure->text[0] == '\0') {
        return kw_fail(err, KW_NO_MEMORY, "no memory for the JSON");
    }
    const char *what = "not valid JSON";
    if (code == json_error_duplicate_key) {
        what = "a member stands twice";
    } else if (code == json_error_invalid_utf8) {
        what = "not valid UTF-8";
    } else if (code == json_error_null_character || code == json_error_null_byte_in_key) {
        what = "U+0000 in a text";
    } else if (code == json_error_numeric_overflow) {
        what = "a number is too large";
    }
    return kw_fail(err, KW_BAD_INPUT, "%s, line %d column %d", what, failure->line,
                   failure->column);
}

kw_status kw_json_parse(kw_json **out, kw_span text, unsigned depth_max, kw_error *err)
{
    KW_ASSERT(depth_max <= KW_TREE_DEPTH_MAX);
    KW_REQUIRE(text.len > 0, err, KW_BAD_INPUT, "not valid JSON: empty");
    KW_REQUIRE(!is_deeper_than(text, depth_max), err, KW_LIMIT, "nested deeper than %u", depth_max);
    json_error_t failure;
    json_t *tree = json_loadb((const char *)text.ptr, text.len, JSON_REJECT_DUPLICATES, &failure);
    if (tree == NULL) {
        return parse_failed(&failure, err);
    }
    *out = (kw_json *)tree;
    return KW_OK;
}

void kw_json_free(kw_json *root)
{
    json_decref(kw_dom_of(root));
}

kw_json_kind kw_json_kind_of(const kw_json *value)
{
    if (value == NULL) {
        return KW_JSON_NULL;
    }
    switch (json_typeof(kw_dom_of(value))) {
    case JSON_OBJECT:
        return KW_JSON_OBJECT;
    case JSON_ARRAY:
        return KW_JSON_ARRAY;
    case JSON_STRING:
        return KW_JSON_STRING;
    case JSON_INTEGER:
        return KW_JSON_INTEGER;
    case JSON_REAL:
        return KW_JSON_REAL;
    case JSON_TRUE:
        return KW_JSON_TRUE;
    case JSON_FALSE:
        return KW_JSON_FALSE;
    case JSON_NULL:
        return KW_JSON_NULL;
    }
    return KW_JSON_NULL;
}

kw_str kw_json_text(const kw_json *value)
{
    const json_t *node = kw_dom_of(value);
    return json_is_string(node) ? (kw_str){json_string_value(node), json_string_length(node)}
                                : KW_STR("");
}

bool kw_json_integer(const kw_json *value, int64_t *out)
{
    if (!json_is_integer(kw_dom_of(value))) {
        return false;
    }
    *out = json_integer_value(kw_dom_of(value));
    return true;
}

size_t kw_json_count(const kw_json *value)
{
    const json_t *node = kw_dom_of(value);
    return json_is_array(node) ? json_array_size(node) : json_object_size(node);
}

const kw_json *kw_json_item(const kw_json *array, size_t index)
{
    return (const kw_json *)json_array_get(kw_dom_of(array), index);
}

const kw_json *kw_json_get(const kw_json *object, const char *name)
{
    return (const kw_json *)json_object_get(kw_dom_of(object), name);
}

bool kw_json_next(const kw_json *object, const void **at, kw_str *out_name,
                  const kw_json **out_value)
{
    json_t *node = kw_dom_of(object);
    void *iterator =
        *at == NULL ? json_object_iter(node) : json_object_iter_next(node, (void *)(uintptr_t)*at);
    *at = iterator;
    if (iterator == NULL) {
        return false;
    }
    *out_name = (kw_str){json_object_iter_key(iterator), json_object_iter_key_len(iterator)};
    *out_value = (const kw_json *)json_object_iter_value(iterator);
    return true;
}
