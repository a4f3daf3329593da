/* SPDX-License-Identifier: Apache-2.0
 * Borrowed bytes and borrowed text. A span never owns; it lives as long as what it views. */
#ifndef KW_BASE_SPAN_H
#define KW_BASE_SPAN_H

#include "base/macros.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Read-only bytes. {NULL, 0} is the empty span; `ptr` may be NULL only when `len` is 0. */
typedef struct kw_span {
    const uint8_t *ptr;
    size_t len; /* bytes */
} kw_span;

/* Writable bytes. */
typedef struct kw_mspan {
    uint8_t *ptr;
    size_t len; /* bytes */
} kw_mspan;

/* Text: UTF-8 unless its maker says otherwise; not NUL-terminated, may hold NUL bytes. */
typedef struct kw_str {
    const char *ptr;
    size_t len; /* bytes */
} kw_str;

/* A span over a whole array or fixed-size struct member. */
#define KW_SPAN(array)  ((kw_span){(const uint8_t *)(array), KW_COUNT(array) * sizeof((array)[0])})
#define KW_MSPAN(array) ((kw_mspan){(uint8_t *)(array), KW_COUNT(array) * sizeof((array)[0])})

/* Text of a string literal, without its NUL. */
#define KW_STR(literal) ((kw_str){"" literal "", sizeof(literal) - 1})

/* For printf's "%.*s". */
#define KW_STR_ARG(str) (int)(str).len, ((str).ptr != NULL ? (str).ptr : "")

/* 32 bytes of a hash or of another public value. */
typedef struct kw_hash32 {
    uint8_t bytes[32];
} kw_hash32;

static inline kw_span kw_span_of_str(kw_str text)
{
    return (kw_span){(const uint8_t *)text.ptr, text.len};
}

static inline kw_str kw_str_of_span(kw_span bytes)
{
    return (kw_str){(const char *)bytes.ptr, bytes.len};
}

/* Text of a NUL-terminated string; NULL gives the empty text. */
static inline kw_str kw_str_of(const char *text)
{
    return (kw_str){text, text == NULL ? 0 : strlen(text)};
}

static inline kw_span kw_span_of_mspan(kw_mspan bytes)
{
    return (kw_span){bytes.ptr, bytes.len};
}

/* Equality of public bytes; time depends on the values. Secrets: kw_ct_equal (base/ct.h). */
static inline bool kw_span_equal_var(kw_span a, kw_span b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

static inline bool kw_str_equal(kw_str a, kw_str b)
{
    return kw_span_equal_var(kw_span_of_str(a), kw_span_of_str(b));
}

/* Byte order, shorter first when one is a prefix of the other: <0, 0, >0. */
int kw_str_compare(kw_str a, kw_str b);

bool kw_str_starts_with(kw_str text, kw_str prefix);
bool kw_str_ends_with(kw_str text, kw_str suffix);

/* Equality that ignores the case of ASCII letters (HTTP field names, media types). */
bool kw_str_equal_nocase(kw_str a, kw_str b);

/* True when every byte is one of the allowed: `A-Za-z0-9` or a byte of `also`. Empty: true. */
bool kw_str_is_made_of(kw_str text, const char *also);

/* Splits at the first `separator`: `head` before it, `tail` after it. Without one: all is head,
 * tail is empty and the result is false. */
bool kw_str_split(kw_str text, char separator, kw_str *head, kw_str *tail);

/* Without ASCII white space (U+0009..000D, U+0020) at both ends. */
kw_str kw_str_trim(kw_str text);

/* Decimal without sign, leading zeros or anything else, at most `max`; false otherwise. */
KW_MUST_USE bool kw_str_to_u64(kw_str text, uint64_t max, uint64_t *out);

#endif /* KW_BASE_SPAN_H */
