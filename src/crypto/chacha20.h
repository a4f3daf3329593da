/* SPDX-License-Identifier: Apache-2.0
 * The stream of ChaCha20 with a counter of 64 bits and a nonce of zeros, as a public function of a
 * public seed: ceremonies draw points from it, checks their multipliers. Not for encryption: that
 * is crypto/aead.h. */
#ifndef KW_CRYPTO_CHACHA20_H
#define KW_CRYPTO_CHACHA20_H

#include "base/span.h"

#define KW_CHACHA20_BLOCK_BYTES 64

/* Fills `out` from block `block` of the stream on. */
void kw_chacha20_stream(kw_mspan out, const kw_hash32 *seed, uint64_t block);

#endif /* KW_CRYPTO_CHACHA20_H */
