/* SPDX-License-Identifier: Apache-2.0
 * What can be said of one row: find it, set it from text, print it. */
#include "codec/field.h"

#include "base/utc.h"
#include "codec/base64.h"
#include "codec/form.h"
#include "codec/hex.h"
#include "codec/member.h"

#define FIELDS_MAX 64 /* rows of a schema that takes a query */

const kw_field *kw_field_find(const kw_schema *schema, kw_str name)
{
    for (size_t i = 0; i < schema->count; i++) {
        if (kw_str_equal(name, kw_str_of(schema->fields[i].name))) {
            return &schema->fields[i];
        }
    }
    return NULL;
}

/* Doubles the room of a list whenever its count is a power of two: no capacity needs storing. */
static kw_status add_item(kw_strs *list, kw_arena *arena, kw_str item, const kw_path *path,
                          kw_error *err)
{
    if ((list->count & (list->count - 1)) == 0) {
        kw_str *items = kw_arena_new(arena, KW_MAX(2 * list->count, (size_t)1), sizeof *items);
        if (items == NULL) {
            return kw_path_fail(path, err, KW_LIMIT, "no room for the value");
        }
        if (list->count > 0) {
            memcpy(items, list->items, list->count * sizeof *items);
        }
        list->items = items;
    }
    list->items[list->count++] = item;
    return KW_OK;
}

static kw_status set_item(kw_strs *list, kw_arena *arena, const kw_field *field, kw_str text,
                          const kw_path *path, kw_error *err)
{
    size_t most = kw_field_items_max(field);
    if (list->count >= most) {
        return kw_path_fail(path, err, KW_LIMIT, "more than %zu items", most);
    }
    kw_str item = {0};
    KW_TRY(kw_member_copy_item(&item, arena, field, text, path, err));
    return add_item(list, arena, item, path, err);
}

static kw_status set_bool(void *object, const kw_field *field, kw_str text, const kw_path *path,
                          kw_error *err)
{
    bool is_true = kw_str_equal(text, KW_STR("true"));
    if (!is_true && !kw_str_equal(text, KW_STR("false"))) {
        return kw_path_fail(path, err, KW_BAD_INPUT, "not true or false");
    }
    kw_member_put_bool(object, field, is_true);
    return KW_OK;
}

kw_status kw_field_set(void *object, kw_arena *arena, const kw_field *field, kw_str text,
                       kw_error *err)
{
    kw_path path = {.name = field->name};
    if (kw_field_is_number(field)) {
        kw_number number = {0};
        if (!kw_number_parse(&number, text)) {
            return kw_path_fail(&path, err, KW_BAD_INPUT, "not a whole number");
        }
        return kw_member_put_number(object, field, number, &path, err);
    }
    if (field->kind == KW_KIND_BOOL) {
        return set_bool(object, field, text, &path, err);
    }
    if (field->kind == KW_KIND_STRS) {
        return set_item(kw_member_at(object, field), arena, field, text, &path, err);
    }
    if (field->kind == KW_KIND_OBJECT || field->kind == KW_KIND_LIST) {
        return kw_path_fail(&path, err, KW_BAD_INPUT, "cannot be given as one text");
    }
    return kw_member_put_text(object, arena, field, text, &path, err);
}

/* Fallbacks are written like a list in a variable: items separated by ','. */
static kw_status set_fallback(void *object, kw_arena *arena, const kw_field *field)
{
    kw_str rest = kw_str_of(field->fallback);
    kw_str item = rest;
    do {
        if (field->kind == KW_KIND_STRS) {
            (void)kw_str_split(rest, ',', &item, &rest);
        }
        kw_status st = kw_field_set(object, arena, field, item, NULL);
        KW_ASSERT(st == KW_OK || st == KW_LIMIT);
        KW_TRY(st);
    } while (field->kind == KW_KIND_STRS && rest.len > 0);
    return KW_OK;
}

kw_status kw_object_init(void *object, kw_arena *arena, const kw_schema *schema)
{
    memset(object, 0, schema->size);
    for (size_t i = 0; i < schema->count; i++) {
        const kw_field *field = &schema->fields[i];
        if (field->fallback != NULL) {
            KW_TRY(set_fallback(object, arena, field));
        } else if (field->kind == KW_KIND_OBJECT) {
            KW_TRY(kw_object_init(kw_member_at(object, field), arena, field->schema));
        }
    }
    return KW_OK;
}

/* True when the member has the value that its absence gives it. */
static bool is_at_fallback(const void *object, const kw_field *field)
{
    if (field->fallback == NULL) {
        return kw_field_is_empty(object, field);
    }
    kw_field shown = *field;
    shown.flags &= ~(unsigned)KW_SECRET;
    KW_AUTO(kw_buf) text = kw_buf_init(strlen(field->fallback)); /* a longer value differs */
    return kw_field_print(&text, object, &shown) == KW_OK &&
           kw_str_equal(kw_buf_text(&text), kw_str_of(field->fallback));
}

/* A required text or span that is not there: no decoder made the object, it was never filled. */
static bool is_unfilled(const void *object, const kw_field *field)
{
    bool is_pointer = field->kind == KW_KIND_STR || field->kind == KW_KIND_SPAN;
    return is_pointer && (field->flags & KW_REQ) != 0 && kw_field_is_empty(object, field);
}

static bool is_object_empty(const void *object, const kw_schema *schema)
{
    bool is_like_absent = true;
    for (size_t i = 0; i < schema->count; i++) {
        if (is_unfilled(object, &schema->fields[i])) {
            return true;
        }
        is_like_absent = is_like_absent && is_at_fallback(object, &schema->fields[i]);
    }
    return is_like_absent;
}

bool kw_field_is_empty(const void *object, const kw_field *field)
{
    const void *at = kw_member_of(object, field);
    static const kw_hash32 zeros = {0};
    switch (field->kind) {
    case KW_KIND_BOOL:
        return !kw_member_bool(object, field);
    case KW_KIND_INT:
    case KW_KIND_I64:
    case KW_KIND_U16:
    case KW_KIND_U32:
    case KW_KIND_U64:
    case KW_KIND_ENUM:
        return kw_member_number(object, field).magnitude == 0;
    case KW_KIND_STR:
        return ((const kw_str *)at)->ptr == NULL;
    case KW_KIND_SPAN:
        return ((const kw_span *)at)->ptr == NULL;
    case KW_KIND_HASH32:
        return kw_span_equal_var(KW_SPAN(((const kw_hash32 *)at)->bytes), KW_SPAN(zeros.bytes));
    case KW_KIND_STRS:
        return ((const kw_strs *)at)->count == 0;
    case KW_KIND_LIST:
        return ((const kw_any_list *)at)->count == 0;
    case KW_KIND_OBJECT:
        return is_object_empty(at, field->schema);
    }
    return true;
}

size_t kw_field_items_count(const void *object, const kw_field *field)
{
    KW_ASSERT(field->kind == KW_KIND_LIST);
    return ((const kw_any_list *)kw_member_of(object, field))->count;
}

const void *kw_field_item(const void *object, const kw_field *field, size_t index)
{
    KW_ASSERT(index < kw_field_items_count(object, field));
    const kw_any_list *list = kw_member_of(object, field);
    return (const uint8_t *)list->items + index * field->item_size;
}

static kw_status print_number(kw_buf *out, kw_number number)
{
    return kw_buf_append_format(out, "%s%llu", number.is_negative ? "-" : "",
                                (unsigned long long)number.magnitude);
}

static kw_status print_strs(kw_buf *out, const kw_strs *list)
{
    for (size_t i = 0; i < list->count; i++) {
        if (i > 0) {
            KW_TRY(kw_buf_append_byte(out, ','));
        }
        KW_TRY(kw_buf_append_str(out, list->items[i]));
    }
    return KW_OK;
}

static kw_status print_time(kw_buf *out, const void *object, const kw_field *field)
{
    char text[KW_RFC3339_BYTES];
    kw_unix_s at = 0;
    memcpy(&at, kw_member_of(object, field), sizeof at);
    if (at < KW_UTC_S_MIN || at > KW_UTC_S_MAX) {
        return print_number(out, kw_member_number(object, field));
    }
    kw_utc_format(text, at);
    return kw_buf_append_str(out, kw_str_of(text));
}

kw_status kw_field_print(kw_buf *out, const void *object, const kw_field *field)
{
    const void *at = kw_member_of(object, field);
    if ((field->flags & KW_SECRET) != 0 && !kw_field_is_empty(object, field)) {
        return kw_buf_append_str(out, KW_STR("[redacted]"));
    }
    switch (field->kind) {
    case KW_KIND_BOOL:
        return kw_buf_append_str(out, kw_str_of(kw_member_bool(object, field) ? "true" : "false"));
    case KW_KIND_INT:
    case KW_KIND_I64:
    case KW_KIND_U16:
    case KW_KIND_U32:
    case KW_KIND_U64:
        return (field->flags & KW_TIME) != 0 ? print_time(out, object, field)
                                             : print_number(out, kw_member_number(object, field));
    case KW_KIND_STR:
        return kw_buf_append_str(out, *(const kw_str *)at);
    case KW_KIND_SPAN:
        return (field->flags & KW_HEX) != 0
                   ? kw_hex_encode(out, *(const kw_span *)at)
                   : kw_base64_encode(out, *(const kw_span *)at, KW_BASE64_STANDARD);
    case KW_KIND_HASH32:
        return kw_hex_encode(out, KW_SPAN(((const kw_hash32 *)at)->bytes));
    case KW_KIND_STRS:
        return print_strs(out, at);
    case KW_KIND_ENUM:
        return kw_buf_append_str(out, kw_str_of(kw_member_enum_name(object, field)));
    case KW_KIND_OBJECT:
    case KW_KIND_LIST:
        return KW_OK;
    }
    return KW_OK;
}

/* A query on its way into an object. */
typedef struct query {
    void *object;
    kw_arena *arena;
    const kw_schema *schema;
    bool is_given[FIELDS_MAX];
} query;

/* Sets the member of one pair and remembers that it was given. */
static kw_status set_pair(query *q, kw_str name, kw_str value, kw_error *err)
{
    kw_str decoded = {0};
    KW_TRY_AT(err, kw_form_decode(q->arena, &decoded, name), "reading a name of the query");
    const kw_field *field = kw_field_find(q->schema, decoded);
    if (field == NULL || (field->flags & KW_QUERY) == 0) {
        return kw_fail(err, KW_BAD_INPUT, "the query has an unknown parameter");
    }
    size_t row = (size_t)(field - q->schema->fields);
    if (q->is_given[row] && field->kind != KW_KIND_STRS) {
        return kw_fail(err, KW_BAD_INPUT, "%s: given twice", field->name);
    }
    if (!q->is_given[row] && field->kind == KW_KIND_STRS) {
        *(kw_strs *)kw_member_at(q->object, field) = (kw_strs){0}; /* instead of the fallback */
    }
    q->is_given[row] = true;
    KW_TRY_AT(err, kw_form_decode(q->arena, &decoded, value), "reading parameter %s", field->name);
    return kw_field_set(q->object, q->arena, field, decoded, err);
}

kw_status kw_query_decode(void *object, kw_arena *arena, const kw_schema *schema, kw_str text,
                          kw_error *err)
{
    query q = {.object = object, .arena = arena, .schema = schema};
    KW_ASSERT(schema->count <= FIELDS_MAX);
    kw_str rest = text;
    kw_str name = {0};
    kw_str value = {0};
    while (kw_form_next(&rest, &name, &value)) {
        KW_TRY(set_pair(&q, name, value, err));
    }
    for (size_t i = 0; i < schema->count; i++) {
        const kw_field *field = &schema->fields[i];
        bool is_needed = (field->flags & KW_QUERY) != 0 && (field->flags & KW_REQ) != 0;
        KW_REQUIRE(!is_needed || q.is_given[i], err, KW_BAD_INPUT, "%s: missing", field->name);
    }
    return KW_OK;
}
