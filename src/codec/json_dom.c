/* SPDX-License-Identifier: Apache-2.0
 * Reading a tree. A child is found by steps over its siblings: nothing but the nodes is stored. */
#include "codec/dom.h"

static kw_str key_of(const kw_json *member)
{
    return (kw_str){member->key, member->key_len};
}

const kw_json *kw_dom_first(const kw_json *container)
{
    kw_json_kind kind = kw_json_kind_of(container);
    bool is_container = kind == KW_JSON_OBJECT || kind == KW_JSON_ARRAY;
    return is_container && container->len > 0 ? container + 1 : NULL;
}

kw_json_kind kw_json_kind_of(const kw_json *value)
{
    return value == NULL ? KW_JSON_NULL : (kw_json_kind)value->kind;
}

kw_str kw_json_text(const kw_json *value)
{
    return kw_json_kind_of(value) == KW_JSON_STRING ? (kw_str){value->text, value->len}
                                                    : KW_STR("");
}

bool kw_json_integer(const kw_json *value, int64_t *out)
{
    if (kw_json_kind_of(value) != KW_JSON_INTEGER) {
        return false;
    }
    *out = value->integer;
    return true;
}

size_t kw_json_count(const kw_json *value)
{
    return kw_dom_first(value) == NULL ? 0 : value->len;
}

const kw_json *kw_json_item(const kw_json *array, size_t index)
{
    if (kw_json_kind_of(array) != KW_JSON_ARRAY) {
        return NULL;
    }
    const kw_json *item = kw_dom_first(array);
    for (size_t i = 0; i < index && item != NULL; i++) {
        item = kw_dom_next(item);
    }
    return item;
}

const kw_json *kw_json_get(const kw_json *object, const char *name)
{
    if (kw_json_kind_of(object) != KW_JSON_OBJECT) {
        return NULL;
    }
    kw_str wanted = kw_str_of(name);
    const kw_json *member = kw_dom_first(object);
    while (member != NULL && !kw_str_equal(key_of(member), wanted)) {
        member = kw_dom_next(member);
    }
    return member;
}

bool kw_json_next(const kw_json *container, const void **at, kw_str *out_name,
                  const kw_json **out_value)
{
    const kw_json *node = *at == NULL ? kw_dom_first(container) : kw_dom_next(*at);
    *at = node;
    if (node == NULL) {
        return false;
    }
    *out_name = key_of(node);
    *out_value = node;
    return true;
}
