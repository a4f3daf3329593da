/* SPDX-License-Identifier: Apache-2.0
 * Values into members: range, length, alphabet and form, then one memcpy of the member's type. */
#include "codec/member.h"

#include "base/utc.h"
#include "codec/base64.h"
#include "codec/hex.h"
#include "codec/limits.h"
#include "codec/utf8.h"

#include <stdarg.h>
#include <stdio.h>

enum {
    PATH_FRAMES_MAX = 2 * KW_TREE_DEPTH_MAX,
    TEXT_MAX = KW_ERROR_TEXT_BYTES
};

/* Appends to a text that is cut at its size, as all error texts are. */
static void text_add(char *text, const char *format, ...) KW_PRINTF(2, 3);

static void text_add(char *text, const char *format, ...)
{
    size_t used = strlen(text);
    va_list args;
    va_start(args, format);
    (void)vsnprintf(text + used, TEXT_MAX - used, format, args);
    va_end(args);
}

kw_status kw_path_fail(const kw_path *path, kw_error *err, kw_status st, const char *format, ...)
{
    const kw_path *frames[PATH_FRAMES_MAX];
    size_t count = 0;
    for (const kw_path *at = path; at != NULL && count < PATH_FRAMES_MAX; at = at->up) {
        frames[count++] = at;
    }
    char text[TEXT_MAX] = "";
    for (size_t i = count; i > 0; i--) {
        const kw_path *at = frames[i - 1];
        if (at->name == NULL) {
            text_add(text, "[%zu]", at->index);
        } else {
            text_add(text, "%s%s", text[0] == '\0' ? "" : ".", at->name);
        }
    }
    text_add(text, "%s", text[0] == '\0' ? "" : ": ");
    size_t used = strlen(text);
    va_list args;
    va_start(args, format);
    (void)vsnprintf(text + used, TEXT_MAX - used, format, args);
    va_end(args);
    return kw_fail(err, st, "%s", text);
}

bool kw_number_parse(kw_number *out, kw_str text)
{
    kw_number number = {.is_negative = text.len > 0 && text.ptr[0] == '-'};
    if (number.is_negative) {
        text = (kw_str){text.ptr + 1, text.len - 1};
    }
    if (!kw_str_to_u64(text, UINT64_MAX, &number.magnitude) ||
        (number.is_negative && number.magnitude == 0)) {
        return false;
    }
    *out = number;
    return true;
}

bool kw_field_is_number(const kw_field *field)
{
    switch (field->kind) {
    case KW_KIND_INT:
    case KW_KIND_I64:
    case KW_KIND_U16:
    case KW_KIND_U32:
    case KW_KIND_U64:
        return (field->flags & KW_TIME) == 0;
    case KW_KIND_BOOL:
    case KW_KIND_STR:
    case KW_KIND_SPAN:
    case KW_KIND_HASH32:
    case KW_KIND_STRS:
    case KW_KIND_ENUM:
    case KW_KIND_OBJECT:
    case KW_KIND_LIST:
        return false;
    }
    return false;
}

/* Largest value of the C type; 0 for kinds that are no numbers. */
static uint64_t type_max(kw_field_kind kind)
{
    switch (kind) {
    case KW_KIND_INT:
        return INT32_MAX;
    case KW_KIND_I64:
        return INT64_MAX;
    case KW_KIND_U16:
        return UINT16_MAX;
    case KW_KIND_U32:
        return UINT32_MAX;
    case KW_KIND_U64:
        return UINT64_MAX;
    case KW_KIND_BOOL:
    case KW_KIND_STR:
    case KW_KIND_SPAN:
    case KW_KIND_HASH32:
    case KW_KIND_STRS:
    case KW_KIND_ENUM:
    case KW_KIND_OBJECT:
    case KW_KIND_LIST:
        return 0;
    }
    return 0;
}

uint64_t kw_field_number_max(const kw_field *field)
{
    return KW_MIN(field->max, type_max(field->kind));
}

/* Smallest number of the row that its C type can hold. */
static int64_t number_min(const kw_field *field)
{
    int64_t least = field->kind == KW_KIND_I64   ? INT64_MIN
                    : field->kind == KW_KIND_INT ? INT32_MIN
                                                 : 0;
    return KW_MAX(field->min, least);
}

bool kw_field_is_wide(const kw_field *field)
{
    return kw_field_number_max(field) > (uint64_t)KW_JSON_INTEGER_MAX ||
           number_min(field) < -KW_JSON_INTEGER_MAX;
}

size_t kw_field_items_max(const kw_field *field)
{
    return field->items_max > 0 ? field->items_max : KW_STRS_ITEMS_MAX;
}

void kw_member_put_bool(void *object, const kw_field *field, bool value)
{
    memcpy(kw_member_at(object, field), &value, sizeof value);
}

/* Two's complement of a number that fits: conversion to the unsigned type is exact modulo 2^64. */
static uint64_t bits_of(kw_number value)
{
    return value.is_negative ? (uint64_t)0 - value.magnitude : value.magnitude;
}

static void store_bits(void *at, kw_field_kind kind, uint64_t bits)
{
    if (kind == KW_KIND_U16) {
        uint16_t narrow = (uint16_t)bits;
        memcpy(at, &narrow, sizeof narrow);
    } else if (kind == KW_KIND_INT || kind == KW_KIND_U32) {
        uint32_t narrow = (uint32_t)bits;
        memcpy(at, &narrow, sizeof narrow);
    } else {
        memcpy(at, &bits, sizeof bits);
    }
}

kw_status kw_member_put_number(void *object, const kw_field *field, kw_number value,
                               const kw_path *path, kw_error *err)
{
    uint64_t most = kw_field_number_max(field);
    int64_t least = number_min(field);
    bool is_below = value.is_negative
                        ? least >= 0 || value.magnitude > (uint64_t)0 - (uint64_t)least
                        : least > 0 && value.magnitude < (uint64_t)least;
    if (is_below) {
        return kw_path_fail(path, err, KW_BAD_INPUT, "less than %lld", (long long)least);
    }
    if (!value.is_negative && value.magnitude > most) {
        return kw_path_fail(path, err, KW_BAD_INPUT, "greater than %llu", (unsigned long long)most);
    }
    store_bits(kw_member_at(object, field), field->kind, bits_of(value));
    return KW_OK;
}

static kw_status check_length(const kw_field *field, size_t len, const kw_path *path, kw_error *err)
{
    if (len > field->max) {
        return kw_path_fail(path, err, KW_BAD_INPUT, "longer than %llu bytes",
                            (unsigned long long)field->max);
    }
    if (field->min > 0 && len < (uint64_t)field->min) {
        return kw_path_fail(path, err, KW_BAD_INPUT, "shorter than %lld bytes",
                            (long long)field->min);
    }
    return KW_OK;
}

/* The rules of a text but its length: those of one item of a kw_strs as well. */
static kw_status check_text(const kw_field *field, kw_str text, const kw_path *path, kw_error *err)
{
    if (!kw_utf8_is_valid(text)) {
        return kw_path_fail(path, err, KW_BAD_INPUT, "not valid UTF-8");
    }
    bool may_have_controls = (field->flags & KW_CONTROLS) != 0;
    bool has_nul = text.len > 0 && memchr(text.ptr, 0, text.len) != NULL;
    if (has_nul || (!may_have_controls && !kw_utf8_is_line(text))) {
        return kw_path_fail(path, err, KW_BAD_INPUT, "has control characters");
    }
    if (field->made_of != NULL && !kw_str_is_made_of(text, field->made_of)) {
        return kw_path_fail(path, err, KW_BAD_INPUT, "may hold only A-Z a-z 0-9 %s",
                            field->made_of);
    }
    return KW_OK;
}

static kw_status put_str(kw_str *at, kw_arena *arena, const kw_field *field, kw_str text,
                         const kw_path *path, kw_error *err)
{
    KW_TRY(check_length(field, text.len, path, err));
    KW_TRY(check_text(field, text, path, err));
    if (kw_arena_copy_str(arena, at, text) != KW_OK) {
        return kw_path_fail(path, err, KW_LIMIT, "no room for the value");
    }
    return KW_OK;
}

kw_status kw_member_copy_item(kw_str *out, kw_arena *arena, const kw_field *field, kw_str text,
                              const kw_path *path, kw_error *err)
{
    /* `min` of a list row counts items, so of the length only `max` is left to check. */
    kw_field item = *field;
    item.min = 0;
    return put_str(out, arena, &item, text, path, err);
}

/* Bytes of a base64 or hex text, before it is known to be one. */
static size_t decoded_len(kw_str text, bool is_hex)
{
    if (is_hex) {
        return text.len / 2;
    }
    size_t padding = kw_str_ends_with(text, KW_STR("==")) ? 2 : kw_str_ends_with(text, KW_STR("="));
    return text.len / 4 * 3 - KW_MIN(padding, text.len / 4 * 3);
}

static kw_status put_span(kw_span *at, kw_arena *arena, const kw_field *field, kw_str text,
                          const kw_path *path, kw_error *err)
{
    bool is_hex = (field->flags & KW_HEX) != 0;
    size_t len = decoded_len(text, is_hex);
    KW_TRY(check_length(field, len, path, err));
    uint8_t *bytes = kw_arena_new(arena, KW_MAX(len, (size_t)1), 1);
    if (bytes == NULL) {
        return kw_path_fail(path, err, KW_LIMIT, "no room for the value");
    }
    kw_mspan room = {bytes, len};
    kw_status st =
        is_hex ? kw_hex_decode_to(room, text) : kw_base64_decode_to(room, text, KW_BASE64_STANDARD);
    if (st != KW_OK) {
        return kw_path_fail(path, err, KW_BAD_INPUT, is_hex ? "not lower-case hex" : "not base64");
    }
    *at = (kw_span){bytes, len};
    return KW_OK;
}

static kw_status put_enum(int *at, const kw_field *field, kw_str text, const kw_path *path,
                          kw_error *err)
{
    char known[TEXT_MAX] = "";
    for (size_t i = 0; i < field->names_count; i++) {
        if (kw_str_equal(text, kw_str_of(field->names[i].name))) {
            *at = field->names[i].value;
            return KW_OK;
        }
        text_add(known, "%s%s", i == 0 ? "" : ", ", field->names[i].name);
    }
    return kw_path_fail(path, err, KW_BAD_INPUT, "not one of: %s", known);
}

static kw_status put_time(void *object, const kw_field *field, kw_str text, const kw_path *path,
                          kw_error *err)
{
    kw_unix_s at = 0;
    if (!kw_utc_parse(&at, text)) {
        return kw_path_fail(path, err, KW_BAD_INPUT, "not a time like 2026-01-31T23:59:59Z");
    }
    kw_number number = {at < 0, at < 0 ? (uint64_t)0 - (uint64_t)at : (uint64_t)at};
    return kw_member_put_number(object, field, number, path, err);
}

kw_status kw_member_put_text(void *object, kw_arena *arena, const kw_field *field, kw_str text,
                             const kw_path *path, kw_error *err)
{
    void *at = kw_member_at(object, field);
    switch (field->kind) {
    case KW_KIND_STR:
        return put_str(at, arena, field, text, path, err);
    case KW_KIND_SPAN:
        return put_span(at, arena, field, text, path, err);
    case KW_KIND_ENUM:
        return put_enum(at, field, text, path, err);
    case KW_KIND_I64:
        return put_time(object, field, text, path, err);
    case KW_KIND_HASH32:
        if (kw_hex_decode_to(KW_MSPAN(((kw_hash32 *)at)->bytes), text) != KW_OK) {
            return kw_path_fail(path, err, KW_BAD_INPUT, "not 64 characters of lower-case hex");
        }
        return KW_OK;
    case KW_KIND_BOOL:
    case KW_KIND_INT:
    case KW_KIND_U16:
    case KW_KIND_U32:
    case KW_KIND_U64:
    case KW_KIND_STRS:
    case KW_KIND_OBJECT:
    case KW_KIND_LIST:
        break;
    }
    return kw_path_fail(path, err, KW_INTERNAL, "the row takes no text");
}

bool kw_member_bool(const void *object, const kw_field *field)
{
    bool value = false;
    memcpy(&value, kw_member_of(object, field), sizeof value);
    return value;
}

kw_number kw_member_number(const void *object, const kw_field *field)
{
    const void *at = kw_member_of(object, field);
    if (field->kind == KW_KIND_U16) {
        uint16_t value = 0;
        memcpy(&value, at, sizeof value);
        return (kw_number){false, value};
    }
    if (field->kind == KW_KIND_U32) {
        uint32_t value = 0;
        memcpy(&value, at, sizeof value);
        return (kw_number){false, value};
    }
    if (field->kind == KW_KIND_U64) {
        uint64_t value = 0;
        memcpy(&value, at, sizeof value);
        return (kw_number){false, value};
    }
    int narrow = 0;
    int64_t value = 0;
    if (field->kind == KW_KIND_I64) {
        memcpy(&value, at, sizeof value);
    } else {
        memcpy(&narrow, at, sizeof narrow);
        value = narrow;
    }
    return (kw_number){value < 0, value < 0 ? (uint64_t)0 - (uint64_t)value : (uint64_t)value};
}

const char *kw_member_enum_name(const void *object, const kw_field *field)
{
    int value = 0;
    memcpy(&value, kw_member_of(object, field), sizeof value);
    for (size_t i = 0; i < field->names_count; i++) {
        if (field->names[i].value == value) {
            return field->names[i].name;
        }
    }
    return NULL;
}
