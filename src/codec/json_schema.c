/* SPDX-License-Identifier: Apache-2.0
 * One row becomes one JSON Schema: type, bounds, description. */
#include "codec/json_schema.h"

#include "codec/base64.h"
#include "codec/limits.h"
#include "codec/member.h"
#include "codec/tree.h"

static void write_text(kw_json_writer *w, kw_str key, const char *text)
{
    kw_json_write_key(w, key);
    kw_json_write_str(w, kw_str_of(text));
}

static void write_count(kw_json_writer *w, kw_str key, uint64_t count)
{
    kw_json_write_key(w, key);
    kw_json_write_u64(w, count);
}

/* Bounds beyond 2^53 - 1 are those of the type and say nothing. */
static void write_bounds(kw_json_writer *w, const kw_field *field)
{
    if (field->min >= -KW_JSON_INTEGER_MAX) {
        kw_json_write_key(w, KW_STR("minimum"));
        kw_json_write_i64(w, field->min);
    }
    if (kw_field_number_max(field) <= (uint64_t)KW_JSON_INTEGER_MAX) {
        write_count(w, KW_STR("maximum"), kw_field_number_max(field));
    }
}

static void write_number(kw_json_writer *w, const kw_field *field)
{
    if (!kw_field_is_wide(field)) {
        write_text(w, KW_STR("type"), "integer");
        write_bounds(w, field);
        return;
    }
    kw_json_write_key(w, KW_STR("type"));
    kw_json_open_array(w);
    kw_json_write_str(w, KW_STR("integer"));
    kw_json_write_str(w, KW_STR("string"));
    kw_json_close_array(w);
    write_bounds(w, field);
    write_text(w, KW_STR("pattern"), field->min < 0 ? "^-?[0-9]+$" : "^[0-9]+$");
}

static void write_lengths(kw_json_writer *w, uint64_t least, uint64_t most)
{
    if (least > 0) {
        write_count(w, KW_STR("minLength"), least);
    }
    write_count(w, KW_STR("maxLength"), most);
}

static uint64_t positive(int64_t value)
{
    return value > 0 ? (uint64_t)value : 0;
}

/* JSON Schema counts characters where a row counts bytes: the bound is never too small. */
static void write_str(kw_json_writer *w, const kw_field *field, uint64_t least)
{
    write_text(w, KW_STR("type"), "string");
    write_lengths(w, KW_MIN(least, 1), field->max);
    if (field->made_of == NULL) {
        return;
    }
    KW_AUTO(kw_buf) pattern = kw_buf_init(256);
    kw_status st = kw_buf_append_str(&pattern, KW_STR("^[A-Za-z0-9"));
    for (const char *c = field->made_of; *c != '\0' && st == KW_OK; c++) {
        st = kw_buf_append_format(&pattern, "\\%c", *c);
    }
    st = st == KW_OK ? kw_buf_append_str(&pattern, KW_STR("]*$")) : st;
    if (st == KW_OK) {
        kw_json_write_key(w, KW_STR("pattern"));
        kw_json_write_str(w, kw_buf_text(&pattern));
    } else if (w->st == KW_OK) {
        w->st = st;
    }
}

static void write_span(kw_json_writer *w, const kw_field *field)
{
    bool is_hex = (field->flags & KW_HEX) != 0;
    size_t most = (size_t)KW_MIN(field->max, SIZE_MAX / 4);
    write_text(w, KW_STR("type"), "string");
    if (is_hex) {
        write_text(w, KW_STR("pattern"), "^([0-9a-f]{2})*$");
        write_lengths(w, 2 * positive(field->min), 2 * most);
    } else {
        write_text(w, KW_STR("contentEncoding"), "base64");
        write_lengths(w, kw_base64_text_len(positive(field->min), KW_BASE64_STANDARD),
                      kw_base64_text_len(most, KW_BASE64_STANDARD));
    }
}

static void write_enum(kw_json_writer *w, const kw_field *field)
{
    kw_json_write_key(w, KW_STR("enum"));
    kw_json_open_array(w);
    for (size_t i = 0; i < field->names_count; i++) {
        kw_json_write_str(w, kw_str_of(field->names[i].name));
    }
    kw_json_close_array(w);
}

static void open_list(kw_json_writer *w, const kw_field *field)
{
    write_text(w, KW_STR("type"), "array");
    if (field->min > 0) {
        write_count(w, KW_STR("minItems"), positive(field->min));
    }
    write_count(w, KW_STR("maxItems"), kw_field_items_max(field));
    kw_json_write_key(w, KW_STR("items"));
}

static void write_strs(kw_json_writer *w, const kw_field *field)
{
    open_list(w, field);
    kw_json_open_object(w);
    write_str(w, field, 0);
    kw_json_close_object(w);
}

static void write_members(kw_json_writer *w, const kw_schema *schema);

/* The keywords of a value, without the braces around them. */
static void write_kind(kw_json_writer *w, const kw_field *field)
{
    switch (field->kind) {
    case KW_KIND_BOOL:
        write_text(w, KW_STR("type"), "boolean");
        return;
    case KW_KIND_INT:
    case KW_KIND_I64:
    case KW_KIND_U16:
    case KW_KIND_U32:
    case KW_KIND_U64:
        if ((field->flags & KW_TIME) != 0) {
            write_text(w, KW_STR("type"), "string");
            write_text(w, KW_STR("format"), "date-time");
        } else {
            write_number(w, field);
        }
        return;
    case KW_KIND_STR:
        write_str(w, field, positive(field->min));
        return;
    case KW_KIND_SPAN:
        write_span(w, field);
        return;
    case KW_KIND_HASH32:
        write_text(w, KW_STR("type"), "string");
        write_text(w, KW_STR("pattern"), "^[0-9a-f]{64}$");
        return;
    case KW_KIND_STRS:
        write_strs(w, field);
        return;
    case KW_KIND_ENUM:
        write_enum(w, field);
        return;
    case KW_KIND_OBJECT:
        write_members(w, field->schema);
        return;
    case KW_KIND_LIST:
        open_list(w, field);
        kw_json_schema_write(w, field->schema);
        return;
    }
}

void kw_json_schema_write_field(kw_json_writer *w, const kw_field *field)
{
    kw_json_open_object(w);
    if ((field->flags & KW_NULL) != 0) {
        kw_json_write_key(w, KW_STR("anyOf"));
        kw_json_open_array(w);
        kw_json_open_object(w);
        write_text(w, KW_STR("type"), "null");
        kw_json_close_object(w);
        kw_json_open_object(w);
        write_kind(w, field);
        kw_json_close_object(w);
        kw_json_close_array(w);
    } else {
        write_kind(w, field);
    }
    if (field->help != NULL) {
        write_text(w, KW_STR("description"), field->help);
    }
    kw_json_close_object(w);
}

static void write_required(kw_json_writer *w, const kw_schema *schema)
{
    bool is_open = false;
    for (size_t i = 0; i < schema->count; i++) {
        const kw_field *field = &schema->fields[i];
        if (kw_field_is_of_body(field) && (field->flags & KW_REQ) != 0) {
            if (!is_open) {
                kw_json_write_key(w, KW_STR("required"));
                kw_json_open_array(w);
                is_open = true;
            }
            kw_json_write_str(w, kw_str_of(field->name));
        }
    }
    if (is_open) {
        kw_json_close_array(w);
    }
}

static void write_members(kw_json_writer *w, const kw_schema *schema)
{
    write_text(w, KW_STR("type"), "object");
    kw_json_write_key(w, KW_STR("additionalProperties"));
    kw_json_write_bool(w, false);
    kw_json_write_key(w, KW_STR("properties"));
    kw_json_open_object(w);
    for (size_t i = 0; i < schema->count; i++) {
        if (kw_field_is_of_body(&schema->fields[i])) {
            kw_json_write_key(w, kw_str_of(schema->fields[i].name));
            kw_json_schema_write_field(w, &schema->fields[i]);
        }
    }
    kw_json_close_object(w);
    write_required(w, schema);
}

void kw_json_schema_write(kw_json_writer *w, const kw_schema *schema)
{
    kw_json_open_object(w);
    write_members(w, schema);
    kw_json_close_object(w);
}
