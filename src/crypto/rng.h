/* SPDX-License-Identifier: Apache-2.0
 * Randomness as a port. Everyone takes a kw_rng; crypto/drbg.h makes the real one, tests a seeded
 * one. A failure is a refusal: nobody goes on with what `out` holds then. */
#ifndef KW_CRYPTO_RNG_H
#define KW_CRYPTO_RNG_H

#include "crypto/secret.h"

/* `fill` is called by any thread. ENTROPY_FAILURE: the generator is not healthy. */
typedef struct kw_rng {
    kw_status (*fill)(void *ctx, kw_mspan out);
    void *ctx;
} kw_rng;

/* Public random bytes: nonces, ids. On failure `out` is zeroed. */
KW_MUST_USE kw_status kw_rng_fill(const kw_rng *rng, kw_mspan out);

/* A secret of 32 bytes. `out` is written only on success. CT: constant time. */
KW_MUST_USE kw_status kw_rng_secret32(const kw_rng *rng, kw_secret32 *out);

/* Uniform in [0, bound), bound > 0; for jitter and sampling, not for secrets. */
KW_MUST_USE kw_status kw_rng_below(const kw_rng *rng, uint64_t *out, uint64_t bound);

#endif /* KW_CRYPTO_RNG_H */
