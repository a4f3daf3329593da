/* SPDX-License-Identifier: Apache-2.0
 * Types for secrets, so that the compiler knows one: none of them reaches a function that takes
 * public bytes, prints, compares or encodes, except through kw_declassify_*. */
#ifndef KW_CRYPTO_SECRET_H
#define KW_CRYPTO_SECRET_H

#include "base/arena.h"
#include "base/ct.h"
#include "base/error.h"
#include "base/span.h"

/* A 32-byte secret by value, for a short life: KW_AUTO(kw_secret32) wipes it. Long-lived ones go
 * into a kw_secret_key. Only crypto/ and curve/ may name the member. */
typedef struct kw_secret32 {
    uint8_t secret[32];
} kw_secret32;

void kw_secret32_drop(kw_secret32 *value); /* wipes */

/* Borrowed secret bytes. */
typedef struct kw_secret_span {
    const uint8_t *secret;
    size_t len; /* bytes; public */
} kw_secret_span;

static inline kw_secret_span kw_secret32_view(const kw_secret32 *value)
{
    return (kw_secret_span){value->secret, sizeof value->secret};
}

/* Public bytes where a secret is taken; the other way needs kw_declassify_span. */
static inline kw_secret_span kw_secret_span_of(kw_span bytes)
{
    return (kw_secret_span){bytes.ptr, bytes.len};
}

/* A view of `len` bytes from `at` on, which are there. */
static inline kw_secret_span kw_secret_span_part(kw_secret_span bytes, size_t at, size_t len)
{
    KW_ASSERT(at <= bytes.len && len <= bytes.len - at);
    return len == 0 ? (kw_secret_span){0} : (kw_secret_span){bytes.secret + at, len};
}

/* The 32 bytes of `bytes`. BAD_INPUT: another length. CT: leaks the length. */
KW_MUST_USE kw_status kw_secret32_of(kw_secret32 *out, kw_secret_span bytes);

/* Reads standard base64 of exactly 32 bytes (44 characters, padded, canonical). BAD_INPUT.
 * CT: constant time for text that is valid. */
KW_MUST_USE kw_status kw_secret32_of_base64(kw_secret32 *out, kw_secret_span text);

/* Reads URL-safe base64 without padding (43 characters, canonical). BAD_INPUT.
 * CT: constant time for text that is valid. */
KW_MUST_USE kw_status kw_secret32_of_base64url(kw_secret32 *out, kw_secret_span text);

/* Equality as a mask of ones. CT: constant time in both. */
KW_MUST_USE kw_mask kw_secret32_equal(const kw_secret32 *a, const kw_secret32 *b);

/* out = a xor b; `out` may be one of them. CT: constant time. */
void kw_secret32_xor(kw_secret32 *out, const kw_secret32 *a, const kw_secret32 *b);

/* A long-lived key: 32 bytes in guarded, locked, undumped pages (os/secmem.h). */
typedef struct kw_secret_key kw_secret_key;

/* Copies `value`; the caller drops its own. NO_MEMORY. CT: constant time. */
KW_MUST_USE kw_status kw_secret_key_new(kw_secret_key **out, const kw_secret32 *value);
void kw_secret_key_free(kw_secret_key *key); /* wipes; takes NULL */
KW_AUTO_PTR_DEFINE(kw_secret_key);

/* Borrowed while `key` lives. */
const kw_secret32 *kw_secret_key_view(const kw_secret_key *key);

/* An arena in guarded pages, for secrets of many sizes that die together: what is dropped is wiped,
 * what is reset is not (kw_arena_wipe). Allocates nothing yet. `max`: bytes; each block that it
 * takes costs four pages beside them. */
kw_arena kw_secret_arena_init(size_t max);

/* Growable secret bytes in guarded pages. All-zero is empty with maximum 0. Moving it to a larger
 * block wipes the old one. */
typedef struct kw_secret_bytes {
    uint8_t *secret; /* owned guarded memory; only crypto/ may name it */
    size_t len;      /* bytes in use; public */
    size_t capacity;
    size_t max; /* `len` never passes it */
} kw_secret_bytes;

/* Allocates nothing yet. `max`: bytes. */
static inline kw_secret_bytes kw_secret_bytes_init(size_t max)
{
    return (kw_secret_bytes){.max = max};
}

void kw_secret_bytes_drop(kw_secret_bytes *bytes); /* wipes; may run twice */

/* Wipes the bytes and keeps their pages for the next ones: mapping, locking and guarding pages
 * costs six system calls. */
void kw_secret_bytes_clear(kw_secret_bytes *bytes);

static inline kw_secret_span kw_secret_bytes_view(const kw_secret_bytes *bytes)
{
    return (kw_secret_span){bytes->secret, bytes->len};
}

/* Moves the bytes out; the source is empty afterwards. */
static inline kw_secret_bytes kw_secret_bytes_take(kw_secret_bytes *bytes)
{
    kw_secret_bytes taken = *bytes;
    *bytes = kw_secret_bytes_init(taken.max);
    return taken;
}

/* Room for `more` bytes. LIMIT: past the maximum. NO_MEMORY. CT: leaks lengths. */
KW_MUST_USE kw_status kw_secret_bytes_reserve(kw_secret_bytes *bytes, size_t more);

/* Appends; on failure nothing is appended. LIMIT, NO_MEMORY. CT: leaks lengths. */
KW_MUST_USE kw_status kw_secret_bytes_append(kw_secret_bytes *bytes, kw_secret_span more);
KW_MUST_USE kw_status kw_secret_bytes_append_str(kw_secret_bytes *bytes, kw_str public_text);

/* Appends the secret as text: 44 characters of standard base64, 43 of URL-safe base64 without
 * padding. LIMIT, NO_MEMORY. CT: constant time in `value`. */
KW_MUST_USE kw_status kw_secret_bytes_append_base64(kw_secret_bytes *bytes,
                                                    const kw_secret32 *value);
KW_MUST_USE kw_status kw_secret_bytes_append_base64url(kw_secret_bytes *bytes,
                                                       const kw_secret32 *value);

/* Reads a private file (kw_file_read_private) of at most `max` bytes; one LF or CR LF at its end
 * is left out when `is_text`. `out` is empty before and grows to the file's size. */
KW_MUST_USE kw_status kw_secret_bytes_read_file(kw_secret_bytes *out, const char *path,
                                                bool is_text, kw_error *err);

/* Copies a secret into another type for secrets, of the same length: it stays one.
 * CT: leaks the length. */
void kw_secret_span_copy(kw_mspan out, kw_secret_span bytes);

/* The way out; for masks see base/ct.h. `reason` is a literal that says why it is right that this
 * value becomes public; reviewers read it. Under make ct it also tells valgrind. The result lives
 * as its source. */
kw_span kw_declassify_span(kw_secret_span bytes, const char *reason);

#endif /* KW_CRYPTO_SECRET_H */
