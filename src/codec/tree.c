/* SPDX-License-Identifier: Apache-2.0
 * The tree follows the schema: nesting is bounded by the tables, never by the input. */
#include "codec/tree.h"

#include "codec/limits.h"
#include "codec/suggest.h"

static kw_status decode_object(void *out, kw_tree_decoder *d, const kw_schema *schema,
                               const kw_json *tree, const kw_path *path, kw_error *err);

static kw_status wrong_type(const kw_path *path, const char *wanted, kw_error *err)
{
    return kw_path_fail(path, err, KW_BAD_INPUT, "wrong type, wanted %s", wanted);
}

static kw_status decode_number(void *out, const kw_field *field, const kw_json *value,
                               const kw_path *path, kw_error *err)
{
    kw_number number = {0};
    int64_t plain = 0;
    if (kw_json_integer(value, &plain)) {
        uint64_t magnitude = plain < 0 ? (uint64_t)0 - (uint64_t)plain : (uint64_t)plain;
        number = (kw_number){plain < 0, magnitude};
        if (number.magnitude > (uint64_t)KW_JSON_INTEGER_MAX) {
            return kw_path_fail(path, err, KW_BAD_INPUT, "beyond 2^53 - 1: write it as a string");
        }
    } else if (kw_json_kind_of(value) != KW_JSON_STRING || !kw_field_is_wide(field)) {
        return wrong_type(path, "a whole number", err);
    } else if (!kw_number_parse(&number, kw_json_text(value))) {
        return kw_path_fail(path, err, KW_BAD_INPUT, "not a whole number");
    }
    return kw_member_put_number(out, field, number, path, err);
}

static kw_status decode_bool(void *out, const kw_field *field, const kw_json *value,
                             const kw_path *path, kw_error *err)
{
    kw_json_kind kind = kw_json_kind_of(value);
    if (kind != KW_JSON_TRUE && kind != KW_JSON_FALSE) {
        return wrong_type(path, "true or false", err);
    }
    kw_member_put_bool(out, field, kind == KW_JSON_TRUE);
    return KW_OK;
}

static kw_status check_items(const kw_json *value, const kw_field *field, const kw_path *path,
                             kw_error *err)
{
    if (kw_json_kind_of(value) != KW_JSON_ARRAY) {
        return wrong_type(path, "a list", err);
    }
    size_t count = kw_json_count(value);
    size_t most = kw_field_items_max(field);
    if (count > most) {
        return kw_path_fail(path, err, KW_LIMIT, "more than %zu items", most);
    }
    if (field->min > 0 && count < (uint64_t)field->min) {
        return kw_path_fail(path, err, KW_BAD_INPUT, "fewer than %lld items",
                            (long long)field->min);
    }
    return KW_OK;
}

static kw_status decode_strs(kw_strs *out, kw_tree_decoder *d, const kw_field *field,
                             const kw_json *value, const kw_path *path, kw_error *err)
{
    KW_TRY(check_items(value, field, path, err));
    kw_strs list = {.count = kw_json_count(value)};
    list.items = kw_arena_new(d->arena, KW_MAX(list.count, (size_t)1), sizeof *list.items);
    if (list.items == NULL) {
        return kw_path_fail(path, err, KW_LIMIT, "no room for the value");
    }
    const kw_json *item = kw_dom_first(value);
    for (size_t i = 0; i < list.count; i++) {
        kw_path here = {.up = path, .index = i};
        d->spot = item;
        if (kw_json_kind_of(item) != KW_JSON_STRING) {
            return wrong_type(&here, "text", err);
        }
        KW_TRY(
            kw_member_copy_item(&list.items[i], d->arena, field, kw_json_text(item), &here, err));
        item = kw_dom_next(item);
    }
    *out = list;
    return KW_OK;
}

static kw_status decode_list(kw_any_list *out, kw_tree_decoder *d, const kw_field *field,
                             const kw_json *value, const kw_path *path, kw_error *err)
{
    KW_ASSERT(field->item_size == field->schema->size);
    KW_TRY(check_items(value, field, path, err));
    kw_any_list list = {.count = kw_json_count(value)};
    list.items = kw_arena_new(d->arena, KW_MAX(list.count, (size_t)1), field->item_size);
    if (list.items == NULL) {
        return kw_path_fail(path, err, KW_LIMIT, "no room for the value");
    }
    const kw_json *item = kw_dom_first(value);
    for (size_t i = 0; i < list.count; i++) {
        kw_path here = {.up = path, .index = i};
        uint8_t *at = (uint8_t *)list.items + i * field->item_size;
        KW_TRY(decode_object(at, d, field->schema, item, &here, err));
        item = kw_dom_next(item);
    }
    *out = list;
    return KW_OK;
}

static kw_status decode_member(void *out, kw_tree_decoder *d, const kw_field *field,
                               const kw_json *value, const kw_path *path, kw_error *err)
{
    void *at = kw_member_at(out, field);
    if (kw_field_is_number(field)) {
        return decode_number(out, field, value, path, err);
    }
    switch (field->kind) {
    case KW_KIND_BOOL:
        return decode_bool(out, field, value, path, err);
    case KW_KIND_STRS:
        return decode_strs(at, d, field, value, path, err);
    case KW_KIND_LIST:
        return decode_list(at, d, field, value, path, err);
    case KW_KIND_OBJECT:
        KW_ASSERT(field->item_size == field->schema->size);
        return decode_object(at, d, field->schema, value, path, err);
    case KW_KIND_INT:
    case KW_KIND_I64:
    case KW_KIND_U16:
    case KW_KIND_U32:
    case KW_KIND_U64:
    case KW_KIND_STR:
    case KW_KIND_SPAN:
    case KW_KIND_HASH32:
    case KW_KIND_ENUM:
        break;
    }
    if (kw_json_kind_of(value) != KW_JSON_STRING) {
        return wrong_type(path, "text", err);
    }
    return kw_member_put_text(out, d->arena, field, kw_json_text(value), path, err);
}

static bool is_absent(const kw_tree_decoder *d, const kw_field *field, const kw_json *value)
{
    bool null_is_absent = d->is_null_absent || (field->flags & KW_NULL) != 0;
    return value == NULL || (null_is_absent && kw_json_kind_of(value) == KW_JSON_NULL);
}

/* The name stands in the text only when it is harmless: it comes from outside. */
static kw_status unknown_member(const kw_tree_decoder *d, const kw_schema *schema,
                                const kw_path *path, kw_str name, kw_error *err)
{
    kw_suggestion s = kw_suggest(name);
    for (size_t i = 0; i < schema->count && d->suggests; i++) {
        kw_suggest_offer(&s, kw_str_of(schema->fields[i].name));
    }
    bool is_shown = name.len <= KW_SUGGEST_NAME_MAX && kw_str_is_made_of(name, "_-");
    return kw_path_fail(path, err, KW_BAD_INPUT, "unknown member%s%.*s%s%.*s%s",
                        is_shown ? " " : "", is_shown ? (int)name.len : 0, name.ptr,
                        s.best.len > 0 ? "; did you mean " : "", KW_STR_ARG(s.best),
                        s.best.len > 0 ? "?" : "");
}

/* Called when the object has more members than the schema found in it. */
static kw_status find_unknown(kw_tree_decoder *d, const kw_schema *schema, const kw_json *tree,
                              const kw_path *path, kw_error *err)
{
    for (const kw_json *member = kw_dom_first(tree); member != NULL; member = kw_dom_next(member)) {
        kw_str name = {member->key, member->key_len};
        const kw_field *field = kw_field_find(schema, name);
        if (field == NULL || !kw_field_is_of_body(field)) {
            d->spot = member;
            return unknown_member(d, schema, path, name, err);
        }
    }
    return KW_OK;
}

static kw_status decode_members(void *out, kw_tree_decoder *d, const kw_schema *schema,
                                const kw_json *tree, const kw_path *path, kw_error *err)
{
    size_t found = 0;
    for (size_t i = 0; i < schema->count; i++) {
        const kw_field *field = &schema->fields[i];
        const kw_json *value = kw_field_is_of_body(field) ? kw_json_get(tree, field->name) : NULL;
        kw_path here = {.up = path, .name = field->name};
        found += value != NULL;
        if (!is_absent(d, field, value)) {
            d->spot = value;
            KW_TRY(decode_member(out, d, field, value, &here, err));
        } else if ((field->flags & KW_REQ) != 0 && kw_field_is_of_body(field)) {
            d->spot = tree;
            return kw_path_fail(&here, err, KW_BAD_INPUT, "missing");
        }
    }
    bool has_unknown = found < kw_json_count(tree) && !d->passes_unknown;
    return has_unknown ? find_unknown(d, schema, tree, path, err) : KW_OK;
}

static kw_status decode_object(void *out, kw_tree_decoder *d, const kw_schema *schema,
                               const kw_json *tree, const kw_path *path, kw_error *err)
{
    d->spot = tree;
    if (kw_json_kind_of(tree) != KW_JSON_OBJECT) {
        return wrong_type(path, "an object", err);
    }
    if (kw_object_init(out, d->arena, schema) != KW_OK) {
        return kw_path_fail(path, err, KW_LIMIT, "no room for the value");
    }
    return decode_members(out, d, schema, tree, path, err);
}

/* Bytes of the member in its struct. */
static size_t member_size(const kw_field *field)
{
    switch (field->kind) {
    case KW_KIND_BOOL:
        return sizeof(bool);
    case KW_KIND_INT:
    case KW_KIND_ENUM:
        return sizeof(int);
    case KW_KIND_U16:
        return sizeof(uint16_t);
    case KW_KIND_U32:
        return sizeof(uint32_t);
    case KW_KIND_I64:
    case KW_KIND_U64:
        return sizeof(uint64_t);
    case KW_KIND_STR:
    case KW_KIND_SPAN:
        return sizeof(kw_span);
    case KW_KIND_HASH32:
        return sizeof(kw_hash32);
    case KW_KIND_STRS:
    case KW_KIND_LIST:
        return sizeof(kw_any_list);
    case KW_KIND_OBJECT:
        return field->item_size;
    }
    return 0;
}

kw_status kw_tree_decode(void *out, kw_tree_decoder *decoder, const kw_schema *schema,
                         const kw_json *tree, kw_error *err)
{
    uint8_t *fresh = kw_arena_new(decoder->arena, 1, schema->size);
    KW_REQUIRE(fresh != NULL, err, KW_LIMIT, "no room for the body");
    KW_TRY(decode_object(fresh, decoder, schema, tree, NULL, err));
    for (size_t i = 0; i < schema->count; i++) {
        const kw_field *field = &schema->fields[i];
        if (kw_field_is_of_body(field)) {
            memcpy(kw_member_at(out, field), fresh + field->offset, member_size(field));
        }
    }
    return KW_OK;
}
