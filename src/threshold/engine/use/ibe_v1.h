/* SPDX-License-Identifier: Apache-2.0
 * IBE ciphertexts of the reference system (Layr-Labs/eigenx-kms-go v0.4.3), byte for byte, for
 * those who come from there. All else is better served by v2.
 *
 *   "IBE" | 0x01 | C1 = r * G2, 96 bytes | nonce, 12 bytes | ciphertext | tag, 16 bytes
 *   AES-256-GCM, AAD = application id | 0x01 | C1, key = HKDF-SHA256(ikm = the 576 bytes of
 *   e(H1, MPK)^r, highest coefficient first, salt "eigenx-kms-go-ibe-encryption",
 *   info "IBE-encryption|v1|" | application id)
 *
 * Source: chain.md, appendix. */
#ifndef KW_THRESHOLD_ENGINE_USE_IBE_V1_H
#define KW_THRESHOLD_ENGINE_USE_IBE_V1_H

#include "crypto/aead.h"
#include "threshold/engine/use/ibe.h"

enum {
    KW_IBE_V1_OVERHEAD_BYTES = 4 + 96 + KW_AEAD_OVERHEAD_BYTES,
};

/* The parts of one. */
typedef struct kw_ibe_v1 {
    kw_bls_g2 c1; /* valid, not infinity */
    kw_bls_g2_bytes c1_bytes;
    uint8_t nonce[KW_AEAD_NONCE_BYTES];
    kw_span body; /* ciphertext | tag; views the wire */
} kw_ibe_v1;

/* BAD_INPUT: not the layout, another version, a C1 that is no point or infinity. */
KW_MUST_USE kw_status kw_ibe_v1_decode(kw_ibe_v1 *out, kw_span wire);

/* Appends a ciphertext to `out`. BAD_INPUT: the id is not KW_IBE_EIGENX, or hidden. LIMIT,
 * NO_MEMORY, ENTROPY_FAILURE. CT: leaks lengths. */
KW_MUST_USE kw_status kw_ibe_v1_encrypt(kw_buf *out, const kw_ibe_to *to, kw_secret_span plain,
                                        const kw_aead *aead, const kw_rng *rng);

/* Appends the text to `out`. CORRUPT: whatever is wrong with the ciphertext, or the key for it.
 * LIMIT, NO_MEMORY. */
KW_MUST_USE kw_status kw_ibe_v1_decrypt(kw_secret_bytes *out, kw_span sealed, const kw_ibe_key *key,
                                        const kw_aead *aead);

#endif /* KW_THRESHOLD_ENGINE_USE_IBE_V1_H */
