/* SPDX-License-Identifier: Apache-2.0
 * Private to codec/: the one place that stores values into members and reads them back. Decoders of
 * every notation come through here, so a rule of a row holds in all of them. */
#ifndef KW_CODEC_MEMBER_H
#define KW_CODEC_MEMBER_H

#include "codec/field.h"

/* Where a decoder stands, innermost first: for error texts such as "keys[3].kid: too long". */
typedef struct kw_path {
    const struct kw_path *up; /* NULL: the outermost object */
    const char *name;         /* of a member; NULL: an item */
    size_t index;             /* of an item */
} kw_path;

/* A whole number of either sign. */
typedef struct kw_number {
    bool is_negative; /* only with magnitude > 0 */
    uint64_t magnitude;
} kw_number;

/* Fills `err` with "path: text" and returns `st`. */
KW_MUST_USE kw_status kw_path_fail(const kw_path *path, kw_error *err, kw_status st,
                                   const char *format, ...) KW_PRINTF(4, 5);

/* Reads a decimal number in its one spelling: no '+', no leading zeros, no "-0". */
KW_MUST_USE bool kw_number_parse(kw_number *out, kw_str text);

/* True when a number of this row may pass 2^53 - 1, so that it travels as a string too. */
bool kw_field_is_wide(const kw_field *field);

/* Largest number of the row that its C type can hold. */
uint64_t kw_field_number_max(const kw_field *field);

/* Items that a list row accepts. */
size_t kw_field_items_max(const kw_field *field);

bool kw_field_is_number(const kw_field *field);

/* The values that a member takes. Each checks the row. BAD_INPUT, LIMIT (arena). */
void kw_member_put_bool(void *object, const kw_field *field, bool value);
KW_MUST_USE kw_status kw_member_put_number(void *object, const kw_field *field, kw_number value,
                                           const kw_path *path, kw_error *err);

/* For KW_KIND_STR, SPAN, HASH32, ENUM and times. */
KW_MUST_USE kw_status kw_member_put_text(void *object, kw_arena *arena, const kw_field *field,
                                         kw_str text, const kw_path *path, kw_error *err);

/* One checked text of a kw_strs row, copied to the arena. */
KW_MUST_USE kw_status kw_member_copy_item(kw_str *out, kw_arena *arena, const kw_field *field,
                                          kw_str text, const kw_path *path, kw_error *err);

/* The member's address; the caller knows its kind. */
static inline void *kw_member_at(void *object, const kw_field *field)
{
    return (uint8_t *)object + field->offset;
}

static inline const void *kw_member_of(const void *object, const kw_field *field)
{
    return (const uint8_t *)object + field->offset;
}

/* The items of a KW_KIND_LIST: every such struct begins like this one (KW_FIELD_LIST reads
 * .items). */
typedef struct kw_any_list {
    void *items;
    size_t count;
} kw_any_list;

/* Reads back. Only for number, bool and enum rows. */
kw_number kw_member_number(const void *object, const kw_field *field);
bool kw_member_bool(const void *object, const kw_field *field);

/* Name of the member's value in the row's table; NULL: a value without a name (our bug). */
const char *kw_member_enum_name(const void *object, const kw_field *field);

#endif /* KW_CODEC_MEMBER_H */
