/* SPDX-License-Identifier: Apache-2.0
 * BLAKE2b (RFC 7693) without a key, at once and in parts, of 1 to 64 bytes. The length is part of
 * what is hashed: a shorter one is no prefix of a longer one. */
#ifndef KW_CRYPTO_BLAKE2B_H
#define KW_CRYPTO_BLAKE2B_H

#include "base/span.h"

/* A running hash; copy one to branch. After `final` the state is wiped; start again with init. */
typedef struct kw_blake2b_state {
    _Alignas(64) uint64_t words[48]; /* private */
} kw_blake2b_state;

/* `out_bytes`: of the hash, 1..64, which `final` fills exactly. CT: leaks lengths only. */
void kw_blake2b_init(kw_blake2b_state *state, size_t out_bytes);
void kw_blake2b_update(kw_blake2b_state *state, kw_span bytes);
void kw_blake2b_final(kw_blake2b_state *state, kw_mspan out);

/* Fills `out`, 1..64 bytes. CT: leaks lengths only. */
void kw_blake2b(kw_mspan out, kw_span bytes);

#endif /* KW_CRYPTO_BLAKE2B_H */
