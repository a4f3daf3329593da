/* SPDX-License-Identifier: Apache-2.0
 * Hashing to field elements (RFC 9380 section 5) over a hash function that the caller brings:
 * crypto/ has kw_h2c_sha256 and kw_h2c_keccak256. */
#ifndef KW_CURVE_H2C_H
#define KW_CURVE_H2C_H

#include "base/span.h"
#include "base/status.h"

enum {
    KW_H2C_OUTPUT_BYTES = 32, /* of every hash that is accepted */
    KW_H2C_BLOCK_BYTES_MAX = 256,
    KW_H2C_STATE_WORDS_MAX = 64, /* 64-bit words that a running hash may need */
    KW_H2C_EXPANDED_BYTES_MAX = 255 * KW_H2C_OUTPUT_BYTES,
};

/* A running hash, on the caller's stack. */
typedef struct kw_h2c_state {
    uint64_t words[KW_H2C_STATE_WORDS_MAX];
} kw_h2c_state;

/* A hash function of 32 bytes of output. `final` also wipes the state. */
typedef struct kw_h2c_hash {
    size_t block_bytes; /* of its input, s_in_bytes of RFC 9380: 64 for SHA-256, 136 for Keccak */
    void (*init)(kw_h2c_state *state);
    void (*update)(kw_h2c_state *state, kw_span bytes);
    void (*final)(kw_h2c_state *state, kw_hash32 *out);
} kw_h2c_hash;

/* expand_message_xmd (RFC 9380 section 5.3.1) fills `out`. A DST over 255 bytes is hashed first
 * (5.3.3). ARG: `out` is empty or longer than KW_H2C_EXPANDED_BYTES_MAX, the DST is empty, or a
 * block of the hash is longer than KW_H2C_BLOCK_BYTES_MAX. CT: leaks lengths only. */
KW_MUST_USE kw_status kw_h2c_expand(kw_mspan out, const kw_h2c_hash *hash, kw_span msg,
                                    kw_span dst);

#endif /* KW_CURVE_H2C_H */
