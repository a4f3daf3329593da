/* SPDX-License-Identifier: Apache-2.0
 * Keccak-256 with the padding of the original submission, as Ethereum uses it: not SHA3-256. */
#ifndef KW_CRYPTO_KECCAK_H
#define KW_CRYPTO_KECCAK_H

#include "base/span.h"

/* CT: leaks lengths only. */
void kw_keccak256(kw_hash32 *out, kw_span bytes);

/* A running hash. After `final` the state is wiped; start again with init. */
typedef struct kw_keccak256_state {
    uint64_t lanes[25]; /* private */
    uint64_t at;        /* bytes of the block at hand that are in */
} kw_keccak256_state;

void kw_keccak256_init(kw_keccak256_state *state);
void kw_keccak256_update(kw_keccak256_state *state, kw_span bytes);
void kw_keccak256_final(kw_keccak256_state *state, kw_hash32 *out);

#endif /* KW_CRYPTO_KECCAK_H */
