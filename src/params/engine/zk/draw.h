/* SPDX-License-Identifier: Apache-2.0
 * The stream from which ceremonies of snarkjs draw scalars and points: ChaCha20, its key words read
 * big-endian from a digest (iden3/ffjavascript, class ChaCha). */
#ifndef KW_PARAMS_ENGINE_ZK_DRAW_H
#define KW_PARAMS_ENGINE_ZK_DRAW_H

#include "base/span.h"

typedef struct kw_zk_draw {
    kw_hash32 seed;
    uint64_t block; /* the next one */
    size_t used;    /* bytes of `bytes` */
    uint8_t bytes[64];
} kw_zk_draw;

/* From the first 32 bytes of a digest. */
kw_zk_draw kw_zk_draw_of(const uint8_t digest[32]);

uint32_t kw_zk_draw_u32(kw_zk_draw *draw);
uint64_t kw_zk_draw_u64(kw_zk_draw *draw); /* the high half first */

/* `words` little-endian words of 64 bits, the lowest first, without the bits from `bits` on: what a
 * field element is made of, again and again until it is below the modulus. */
void kw_zk_draw_number(uint8_t *out, kw_zk_draw *draw, size_t words, unsigned bits);

#endif /* KW_PARAMS_ENGINE_ZK_DRAW_H */
