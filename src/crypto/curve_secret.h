/* SPDX-License-Identifier: Apache-2.0
 * Secrets that go from crypto/ to curve/ and back: scalars from randomness and from seeds, bytes of
 * scalars and points for key derivation and sealing. BLS12-381. */
#ifndef KW_CRYPTO_CURVE_SECRET_H
#define KW_CRYPTO_CURVE_SECRET_H

#include "crypto/rng.h"
#include "curve/bls_wire.h"

enum {
    KW_BLS_EXPAND_CONTEXT_BYTES_MAX = 1024,
};

/* A uniform scalar, from 64 random bytes. ENTROPY_FAILURE. RANGE: zero, which nobody will see.
 * CT: constant time. */
KW_MUST_USE kw_status kw_bls_secret_random(kw_bls_secret *out, const kw_rng *rng);

/* OS2IP(expand_message_xmd(SHA-256, seed || context, dst, 64)) modulo r (RFC 9380 section 5.3.1).
 * ARG: the DST is empty, or the context is longer than KW_BLS_EXPAND_CONTEXT_BYTES_MAX. RANGE:
 * zero. CT: leaks lengths. */
KW_MUST_USE kw_status kw_bls_secret_expand(kw_bls_secret *out, const kw_secret32 *seed,
                                           kw_span context, kw_span dst);

/* Bytes of a secret point, compressed (zcash). */
typedef struct kw_bls_secret_g1_bytes {
    uint8_t secret[48];
} kw_bls_secret_g1_bytes;

typedef struct kw_bls_secret_g2_bytes {
    uint8_t secret[96];
} kw_bls_secret_g2_bytes;

/* CT: constant time. */
void kw_bls_secret_g1_encode(kw_bls_secret_g1_bytes *out, const kw_bls_secret_g1 *p);
void kw_bls_secret_g2_encode(kw_bls_secret_g2_bytes *out, const kw_bls_secret_g2 *q);
void kw_bls_secret_g1_bytes_drop(kw_bls_secret_g1_bytes *bytes); /* wipes */
void kw_bls_secret_g2_bytes_drop(kw_bls_secret_g2_bytes *bytes);

static inline kw_secret_span kw_bls_secret_g1_bytes_view(const kw_bls_secret_g1_bytes *bytes)
{
    return (kw_secret_span){bytes->secret, sizeof bytes->secret};
}

static inline kw_secret_span kw_bls_secret_g2_bytes_view(const kw_bls_secret_g2_bytes *bytes)
{
    return (kw_secret_span){bytes->secret, sizeof bytes->secret};
}

static inline kw_secret_span kw_bls_secret_bytes_view(const kw_bls_secret_bytes *bytes)
{
    return (kw_secret_span){bytes->secret, sizeof bytes->secret};
}

#endif /* KW_CRYPTO_CURVE_SECRET_H */
