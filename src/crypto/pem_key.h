/* SPDX-License-Identifier: Apache-2.0
 * Public keys as PEM texts (SubjectPublicKeyInfo, RFC 5280 section 4.1.2.7) and what they signed
 * over SHA-256. A key has one scheme, which no signature chooses. */
#ifndef KW_CRYPTO_PEM_KEY_H
#define KW_CRYPTO_PEM_KEY_H

#include "base/error.h"
#include "base/span.h"

enum {
    KW_PEM_KEY_BYTES_MAX = 4096, /* of a text */
    KW_PEM_RSA_BITS_MIN = 2048,
    KW_PEM_RSA_BITS_MAX = 8192,
};

typedef enum kw_pem_scheme {
    KW_PEM_ECDSA_P256 = 1, /* signatures in DER */
    KW_PEM_RSA_PSS,        /* MGF1 with SHA-256, a salt of any length */
    KW_PEM_RSA_PKCS1,      /* RSASSA-PKCS1-v1_5 */
} kw_pem_scheme;

/* Immutable. */
typedef struct kw_pem_key kw_pem_key;

/* BAD_INPUT: no PEM of a public key, one of another kind, a curve that is not P-256, a modulus
 * outside the bounds above. NO_MEMORY. */
KW_MUST_USE kw_status kw_pem_key_parse(kw_pem_key **out, kw_str text, kw_pem_scheme scheme);

/* Takes NULL. */
void kw_pem_key_free(kw_pem_key *key);
KW_AUTO_PTR_DEFINE(kw_pem_key);

/* SHA-256 of its SubjectPublicKeyInfo in DER: one value for a key, however its text is broken into
 * lines and whichever its scheme. */
kw_hash32 kw_pem_key_id(const kw_pem_key *key);

/* False for any defect. */
KW_MUST_USE bool kw_pem_key_verify(const kw_pem_key *key, kw_span message, kw_span signature);

#endif /* KW_CRYPTO_PEM_KEY_H */
