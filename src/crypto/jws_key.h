/* SPDX-License-Identifier: Apache-2.0
 * Public keys that sign tokens: ES256, RS256 and EdDSA with Ed25519. A key has one algorithm, which
 * no token chooses. Source: RFC 7515, RFC 7518 sections 3.3, 3.4, 6, RFC 8037. */
#ifndef KW_CRYPTO_JWS_KEY_H
#define KW_CRYPTO_JWS_KEY_H

#include "base/error.h"
#include "base/span.h"

enum {
    KW_JWS_RSA_BITS_MIN = 2048,
    KW_JWS_RSA_BITS_MAX = 8192,
    KW_JWS_SIGNATURE_BYTES_MAX = KW_JWS_RSA_BITS_MAX / 8,
};

typedef enum kw_jws_alg {
    KW_JWS_ES256 = 1,
    KW_JWS_RS256,
    KW_JWS_EDDSA,
} kw_jws_alg;

/* Immutable. */
typedef struct kw_jws_key kw_jws_key;

/* From the numbers of a key, big-endian as in RFC 7518. BAD_INPUT: wrong lengths, a point that is
 * not on P-256, a modulus outside the bounds above or an exponent below 65537, above 2^32 or even.
 * NO_MEMORY. */
KW_MUST_USE kw_status kw_jws_key_of_p256(kw_jws_key **out, kw_span x, kw_span y);
KW_MUST_USE kw_status kw_jws_key_of_rsa(kw_jws_key **out, kw_span n, kw_span e);
KW_MUST_USE kw_status kw_jws_key_of_ed25519(kw_jws_key **out, kw_span x);

/* Takes NULL. */
void kw_jws_key_free(kw_jws_key *key);
KW_AUTO_PTR_DEFINE(kw_jws_key);

/* Its spelling in the header of a token, static: "ES256". */
const char *kw_jws_key_alg_name(const kw_jws_key *key);

/* False for any defect. The signature as RFC 7518 writes it. */
KW_MUST_USE bool kw_jws_key_verify(const kw_jws_key *key, kw_span message, kw_span signature);

#endif /* KW_CRYPTO_JWS_KEY_H */
