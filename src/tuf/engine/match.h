/* SPDX-License-Identifier: Apache-2.0
 * Which paths a delegation covers, and names of roles as names of files. */
#ifndef KW_TUF_ENGINE_MATCH_H
#define KW_TUF_ENGINE_MATCH_H

#include "base/error.h"
#include "base/span.h"
#include "tuf/engine/limits.h"

/* Both have the same number of segments between `/`, and `*` (any characters, none too) and `?`
 * (any one) stand for no `/`. Every other character stands for itself. Time: linear in the pattern
 * for each character of the path. */
bool kw_tuf_path_matches(kw_str pattern, kw_str path);

/* True when the lower-case hex of SHA-256(path), `path_hash`, begins with `prefix`. */
bool kw_tuf_prefix_matches(kw_str prefix, const kw_hash32 *path_hash);

enum {
    KW_TUF_BITS_MAX = 32,
    KW_TUF_BIN_DIGITS_MAX = 8,
};

/* The bin of a path among 2^bits (TAP 15): the first `bits` bits, 1..32, of SHA-256(path). */
uint32_t kw_tuf_bin_of(const kw_hash32 *path_hash, unsigned bits);

/* Digits of the names of 2^bits bins: as many as the last one needs in hex. */
unsigned kw_tuf_bin_digits(unsigned bits);

/* A role's name in requests and as a file: RFC 3986 unreserved characters stand for themselves, all
 * other bytes, `/` too, become %XX; so it names no folder. */
typedef struct kw_tuf_quoted {
    char text[KW_TUF_FILE_NAME_BYTES_MAX + 1]; /* NUL-terminated */
} kw_tuf_quoted;

/* LIMIT: longer than KW_TUF_FILE_NAME_BYTES_MAX. BAD_INPUT: empty. */
KW_MUST_USE kw_status kw_tuf_quote(kw_tuf_quoted *out, kw_str name);

#endif /* KW_TUF_ENGINE_MATCH_H */
