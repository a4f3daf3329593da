/* SPDX-License-Identifier: Apache-2.0
 * JSON (RFC 8259, strict as RFC 7493): to and from structs by field tables; as a tree for input of
 * irregular shape; and a writer for output of irregular shape. */
#ifndef KW_CODEC_JSON_H
#define KW_CODEC_JSON_H

#include "base/arena.h"
#include "base/buf.h"
#include "codec/field.h"

/* ---- structs ---- */

/* Reads a body into a struct. Members with KW_PATH or KW_QUERY are not of the body: they stay as
 * they are in `out` and are unknown here. All others get their value, fallback or zero. Texts,
 * bytes and lists live in the arena, not in `body`. `out` is written only on success.
 * BAD_INPUT: not JSON, not an object, duplicate, unknown or missing members, a wrong type, length
 * or range, invalid UTF-8, U+0000, an integer beyond 2^53 - 1 that is not a string; the text names
 * the member ("keys[3].kid"), never a value. LIMIT: too deep, too many items, or the arena is
 * full. */
KW_MUST_USE kw_status kw_json_decode(void *out, kw_arena *arena, const kw_schema *schema,
                                     kw_span body, kw_error *err);

typedef enum kw_json_flags {
    KW_JSON_PLAIN = 0,
    KW_JSON_REDACT = 1, /* non-empty KW_SECRET members become "[redacted]" */
} kw_json_flags;

/* Appends the object: compact, rows in table order, so equal objects give equal bytes. Members
 * with neither KW_REQ nor a fallback are left out when empty (KW_NULL: written as null). KW_PATH
 * and KW_QUERY members are left out. LIMIT, NO_MEMORY. */
KW_MUST_USE kw_status kw_json_encode(kw_buf *out, const kw_schema *schema, const void *object,
                                     kw_json_flags flags);

/* ---- a tree, for input that no table describes ---- */

typedef struct kw_json kw_json; /* a value; the root owns all of them */

typedef enum kw_json_kind {
    KW_JSON_NULL,
    KW_JSON_FALSE,
    KW_JSON_TRUE,
    KW_JSON_INTEGER,
    KW_JSON_REAL,
    KW_JSON_STRING,
    KW_JSON_ARRAY,
    KW_JSON_OBJECT,
} kw_json_kind;

/* Parses an object or array into one block of memory that keeps nothing of `text`; free the root
 * with kw_json_free. The block takes 32 bytes for each comma and bracket of the text: bound the
 * text. BAD_INPUT: not JSON, another root, a byte order mark, duplicate members at any depth,
 * invalid UTF-8, a lone surrogate, U+0000, an integer beyond 64 bits, anything but white space
 * behind the root. LIMIT: deeper than `depth_max` (at most KW_TREE_DEPTH_MAX; the root counts as
 * 1). NO_MEMORY. The error text never shows the input. */
KW_MUST_USE kw_status kw_json_parse(kw_json **out, kw_span text, unsigned depth_max, kw_error *err);

/* Only for a root. Takes NULL. */
void kw_json_free(kw_json *root);
KW_AUTO_PTR_DEFINE(kw_json);

/* NULL has kind KW_JSON_NULL, so an absent member reads like null. */
kw_json_kind kw_json_kind_of(const kw_json *value);

/* The text of a string; the empty text for other kinds. Lives as long as the root. */
kw_str kw_json_text(const kw_json *value);

/* The number; false (out untouched) for other kinds. */
KW_MUST_USE bool kw_json_integer(const kw_json *value, int64_t *out);

/* Items of an array or members of an object; 0 for other kinds. */
size_t kw_json_count(const kw_json *value);

/* Item `index` of an array; NULL outside it and for other kinds. Walks from the first item: to
 * visit all of them use kw_json_next. */
const kw_json *kw_json_item(const kw_json *array, size_t index);

/* Member with that name (NUL-terminated); NULL when absent and for other kinds. */
const kw_json *kw_json_get(const kw_json *object, const char *name);

/* kw_json_decode from a value of a tree, for documents that later versions extend: members that no
 * row names are passed over, at every depth. Keeps nothing of `tree`. Statuses of
 * kw_json_decode. */
KW_MUST_USE kw_status kw_json_decode_known(void *out, kw_arena *arena, const kw_schema *schema,
                                           const kw_json *tree, kw_error *err);

/* Walks the members of an object or the items of an array (their names are empty) in the order of
 * the text. Start with `at` NULL; false: there are no more.
 *     for (const void *at = NULL; kw_json_next(object, &at, &name, &value);) { ... } */
bool kw_json_next(const kw_json *object, const void **at, kw_str *out_name,
                  const kw_json **out_value);

/* ---- a writer with a sticky failure, for output that no table describes ---- */

/* Appends compact JSON to a buffer and puts the commas. Who writes keeps the nesting right. */
typedef struct kw_json_writer {
    kw_buf *out;
    kw_status st;     /* sticky: the first failure */
    bool needs_comma; /* a value stands directly before */
} kw_json_writer;

kw_json_writer kw_json_writer_to(kw_buf *out);
void kw_json_open_object(kw_json_writer *w);
void kw_json_close_object(kw_json_writer *w);
void kw_json_open_array(kw_json_writer *w);
void kw_json_close_array(kw_json_writer *w);
void kw_json_write_key(kw_json_writer *w, kw_str name);

/* Invalid UTF-8 becomes U+FFFD, and control characters, line separators and the byte order mark
 * are escaped, so the output is always JSON, and YAML too (libyaml's printable characters). */
void kw_json_write_str(kw_json_writer *w, kw_str text);
void kw_json_write_bool(kw_json_writer *w, bool value);
void kw_json_write_null(kw_json_writer *w);

/* Beyond +-(2^53 - 1) as a string. */
void kw_json_write_i64(kw_json_writer *w, int64_t value);
void kw_json_write_u64(kw_json_writer *w, uint64_t value);

/* The object as kw_json_encode writes it. */
void kw_json_write_object(kw_json_writer *w, const kw_schema *schema, const void *object,
                          kw_json_flags flags);

/* The members alone, into an object that is open. */
void kw_json_write_members(kw_json_writer *w, const kw_schema *schema, const void *object,
                           kw_json_flags flags);

/* A value that is JSON already. */
void kw_json_write_raw(kw_json_writer *w, kw_str json);

/* The one check. LIMIT, NO_MEMORY. */
KW_MUST_USE kw_status kw_json_write_end(const kw_json_writer *w);

#endif /* KW_CODEC_JSON_H */
