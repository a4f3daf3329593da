/* SPDX-License-Identifier: Apache-2.0
 * Ed25519 (RFC 8032), deterministic signatures. Files hold a key as crypto/note.h writes it. */
#ifndef KW_CRYPTO_ED25519_H
#define KW_CRYPTO_ED25519_H

#include "crypto/rng.h"

typedef struct kw_ed25519_public {
    uint8_t bytes[32];
} kw_ed25519_public;

typedef struct kw_ed25519_signature {
    uint8_t bytes[64];
} kw_ed25519_signature;

/* Seed and public half. Long-lived ones stand in guarded memory: kw_secret_key_new(&seed). */
typedef struct kw_ed25519_key {
    uint8_t secret[32]; /* the RFC's private key, "seed" */
    kw_ed25519_public public_half;
} kw_ed25519_key;

void kw_ed25519_key_drop(kw_ed25519_key *key); /* wipes */

/* CT: constant time. */
void kw_ed25519_key_of_seed(kw_ed25519_key *out, const kw_secret32 *seed);
void kw_ed25519_key_seed(const kw_ed25519_key *key, kw_secret32 *out);

/* ENTROPY_FAILURE. CT: constant time. */
KW_MUST_USE kw_status kw_ed25519_key_generate(kw_ed25519_key *out, const kw_rng *rng);

/* CT: leaks the message's length. */
void kw_ed25519_sign(const kw_ed25519_key *key, kw_ed25519_signature *out, kw_span message);

/* False for any defect, also for a public key or R of small order and for s >= L. */
KW_MUST_USE bool kw_ed25519_verify(const kw_ed25519_public *key, const kw_ed25519_signature *sig,
                                   kw_span message);

#endif /* KW_CRYPTO_ED25519_H */
