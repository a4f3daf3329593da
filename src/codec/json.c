/* SPDX-License-Identifier: Apache-2.0
 * JSON to and from structs. Decoding is tree.c on top of json_dom.c; encoding walks the rows. */
#include "codec/json.h"

#include "base/utc.h"
#include "codec/dom.h"
#include "codec/limits.h"
#include "codec/tree.h"

kw_status kw_json_decode(void *out, kw_arena *arena, const kw_schema *schema, kw_span body,
                         kw_error *err)
{
    KW_AUTO_PTR(kw_json) tree = NULL;
    KW_TRY(kw_json_parse(&tree, body, KW_TREE_DEPTH_MAX, err));
    kw_tree_decoder decoder = {.arena = arena};
    return kw_tree_decode(out, &decoder, schema, tree, err);
}

kw_status kw_json_decode_known(void *out, kw_arena *arena, const kw_schema *schema,
                               const kw_json *tree, kw_error *err)
{
    kw_tree_decoder decoder = {.arena = arena, .passes_unknown = true};
    return kw_tree_decode(out, &decoder, schema, tree, err);
}

/* Bytes and times become text in a small buffer on the way. */
static void write_printed(kw_json_writer *w, const void *object, const kw_field *field)
{
    kw_field shown = *field;
    shown.flags &= ~(unsigned)KW_SECRET; /* what must be hidden was hidden before */
    KW_AUTO(kw_buf) text = kw_buf_init(w->out->max);
    kw_status st = kw_field_print(&text, object, &shown);
    if (st == KW_OK) {
        kw_json_write_str(w, kw_buf_text(&text));
    } else if (w->st == KW_OK) {
        w->st = st;
    }
}

static void write_strs(kw_json_writer *w, const kw_strs *list)
{
    kw_json_open_array(w);
    for (size_t i = 0; i < list->count; i++) {
        kw_json_write_str(w, list->items[i]);
    }
    kw_json_close_array(w);
}

static void write_list(kw_json_writer *w, const kw_any_list *list, const kw_field *field,
                       kw_json_flags flags)
{
    KW_ASSERT(field->item_size == field->schema->size);
    kw_json_open_array(w);
    for (size_t i = 0; i < list->count; i++) {
        const uint8_t *item = (const uint8_t *)list->items + i * field->item_size;
        kw_json_write_object(w, field->schema, item, flags);
    }
    kw_json_close_array(w);
}

static void write_number(kw_json_writer *w, kw_number number)
{
    if (number.is_negative) {
        kw_json_write_i64(w, (int64_t)((uint64_t)0 - number.magnitude));
    } else {
        kw_json_write_u64(w, number.magnitude);
    }
}

void kw_dom_write_member(kw_json_writer *w, const void *object, const kw_field *field,
                         kw_json_flags flags)
{
    const void *at = kw_member_of(object, field);
    if (kw_field_is_number(field)) {
        write_number(w, kw_member_number(object, field));
        return;
    }
    switch (field->kind) {
    case KW_KIND_BOOL:
        kw_json_write_bool(w, kw_member_bool(object, field));
        return;
    case KW_KIND_STR:
        kw_json_write_str(w, *(const kw_str *)at);
        return;
    case KW_KIND_STRS:
        write_strs(w, at);
        return;
    case KW_KIND_LIST:
        write_list(w, at, field, flags);
        return;
    case KW_KIND_OBJECT:
        kw_json_write_object(w, field->schema, at, flags);
        return;
    case KW_KIND_INT:
    case KW_KIND_I64:
    case KW_KIND_U16:
    case KW_KIND_U32:
    case KW_KIND_U64:
    case KW_KIND_SPAN:
    case KW_KIND_HASH32:
    case KW_KIND_ENUM:
        break;
    }
    write_printed(w, object, field);
}

static void write_row(kw_json_writer *w, const void *object, const kw_field *field,
                      kw_json_flags flags)
{
    bool is_empty = kw_field_is_empty(object, field);
    bool is_null = is_empty && field->fallback == NULL && (field->flags & KW_NULL) != 0;
    bool is_needed = (field->flags & KW_REQ) != 0 || field->fallback != NULL || is_null;
    if (!kw_field_is_of_body(field) || (is_empty && !is_needed)) {
        return;
    }
    kw_json_write_key(w, kw_str_of(field->name));
    if (is_null) {
        kw_json_write_null(w);
    } else if ((flags & KW_JSON_REDACT) != 0 && (field->flags & KW_SECRET) != 0 && !is_empty) {
        kw_json_write_str(w, KW_STR("[redacted]"));
    } else {
        kw_dom_write_member(w, object, field, flags);
    }
}

void kw_json_write_members(kw_json_writer *w, const kw_schema *schema, const void *object,
                           kw_json_flags flags)
{
    for (size_t i = 0; i < schema->count; i++) {
        write_row(w, object, &schema->fields[i], flags);
    }
}

void kw_json_write_object(kw_json_writer *w, const kw_schema *schema, const void *object,
                          kw_json_flags flags)
{
    kw_json_open_object(w);
    kw_json_write_members(w, schema, object, flags);
    kw_json_close_object(w);
}

kw_status kw_json_encode(kw_buf *out, const kw_schema *schema, const void *object,
                         kw_json_flags flags)
{
    kw_json_writer w = kw_json_writer_to(out);
    kw_json_write_object(&w, schema, object, flags);
    return kw_json_write_end(&w);
}
