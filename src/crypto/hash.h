/* SPDX-License-Identifier: Apache-2.0
 * SHA-256 and SHA-512 (FIPS 180-4), at once and in parts. States are values: copy one to branch. */
#ifndef KW_CRYPTO_HASH_H
#define KW_CRYPTO_HASH_H

#include "base/span.h"

typedef struct kw_hash64 {
    uint8_t bytes[64];
} kw_hash64;

/* CT: leaks lengths only. */
void kw_sha256(kw_hash32 *out, kw_span bytes);
void kw_sha512(kw_hash64 *out, kw_span bytes);

/* A running hash. After `final` the state is wiped; start again with init. */
typedef struct kw_sha256_state {
    uint64_t words[14]; /* private */
} kw_sha256_state;

void kw_sha256_init(kw_sha256_state *state);
void kw_sha256_update(kw_sha256_state *state, kw_span bytes);
void kw_sha256_final(kw_sha256_state *state, kw_hash32 *out);

/* The eight words of a state that has taken whole blocks only, and a state that goes on from them
 * after `blocks` blocks of 64 bytes (at most 2^20). */
void kw_sha256_midstate(const kw_sha256_state *state, uint32_t out[8]);
void kw_sha256_resume(kw_sha256_state *out, const uint32_t midstate[8], uint32_t blocks);

typedef struct kw_sha512_state {
    uint64_t words[27]; /* private */
} kw_sha512_state;

void kw_sha512_init(kw_sha512_state *state);
void kw_sha512_update(kw_sha512_state *state, kw_span bytes);
void kw_sha512_final(kw_sha512_state *state, kw_hash64 *out);

/* Equality of public hashes. */
static inline bool kw_hash32_equal(const kw_hash32 *a, const kw_hash32 *b)
{
    return kw_span_equal_var(KW_SPAN(a->bytes), KW_SPAN(b->bytes));
}

#endif /* KW_CRYPTO_HASH_H */
