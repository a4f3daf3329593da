/* SPDX-License-Identifier: Apache-2.0
 * BLAKE2b without a key (RFC 7693), in parts. States are values: copy one to branch. Public input:
 * nothing here is constant time or wiped. */
#ifndef KW_CRYPTO_BLAKE2B_H
#define KW_CRYPTO_BLAKE2B_H

#include "base/span.h"
#include "base/status.h"

enum {
    KW_BLAKE2B_BLOCK_BYTES = 128,
    KW_BLAKE2B_BYTES_MAX = 64,
};

typedef struct kw_blake2b_state {
    uint64_t h[8];
    uint64_t done;                           /* bytes that are in `h` */
    size_t pending_len;                      /* 0..128: a full block waits until more comes */
    uint8_t pending[KW_BLAKE2B_BLOCK_BYTES]; /* bytes behind them */
    size_t out_len;                          /* 1..64 */
} kw_blake2b_state;

/* For a digest of `out_len` bytes, 1..64. */
void kw_blake2b_init(kw_blake2b_state *state, size_t out_len);
void kw_blake2b_update(kw_blake2b_state *state, kw_span bytes);

/* Writes `out_len` bytes; out.len is that. The state is used up. */
void kw_blake2b_final(kw_blake2b_state *state, kw_mspan out);

/* A state of 64 bytes of digest that goes on where another stood: the words of its chain, the bytes
 * that are in them, and those that wait. ARG: more than a block waits, or `done` is no number of
 * blocks. */
KW_MUST_USE kw_status kw_blake2b_resume(kw_blake2b_state *out, const uint64_t h[8], uint64_t done,
                                        kw_span pending);

/* Fills `out`, 1..64 bytes, at once. */
void kw_blake2b(kw_mspan out, kw_span bytes);

#endif /* KW_CRYPTO_BLAKE2B_H */
