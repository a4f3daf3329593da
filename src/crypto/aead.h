/* SPDX-License-Identifier: Apache-2.0
 * AES-256-GCM (NIST SP 800-38D). Sealed form: nonce, 12 bytes | ciphertext | tag, 16 bytes. */
#ifndef KW_CRYPTO_AEAD_H
#define KW_CRYPTO_AEAD_H

#include "base/buf.h"
#include "crypto/rng.h"

#define KW_AEAD_OVERHEAD_BYTES 28

enum {
    KW_AEAD_NONCE_BYTES = 12,
    KW_AEAD_TAG_BYTES = 16,
};

/* The fetched algorithm and where nonces come from. Any thread. */
typedef struct kw_aead kw_aead;

/* UNAVAILABLE: OpenSSL has no AES-256-GCM. NO_MEMORY. `rng`'s context outlives the object. */
KW_MUST_USE kw_status kw_aead_new(kw_aead **out, kw_rng rng);

/* One that only opens, and has no use for randomness: kw_aead_seal is ENTROPY_FAILURE. As
 * kw_aead_new. */
KW_MUST_USE kw_status kw_aead_new_opener(kw_aead **out);

void kw_aead_free(kw_aead *aead); /* takes NULL */
KW_AUTO_PTR_DEFINE(kw_aead);

/* Appends the sealed form of `plain` to `out`, bound to `aad` (which is not stored). One key takes
 * at most 2^32 seals; rotate at 2^31. LIMIT, NO_MEMORY, ENTROPY_FAILURE.
 * CT: leaks lengths. */
KW_MUST_USE kw_status kw_aead_seal(const kw_aead *aead, kw_buf *out, const kw_secret32 *key,
                                   kw_secret_span plain, kw_span aad);

/* Appends the plaintext to `out`. CORRUPT: too short, wrong key, altered, or another `aad`; `out`
 * is then as before. LIMIT, NO_MEMORY. CT: leaks lengths and the verdict. */
KW_MUST_USE kw_status kw_aead_open(const kw_aead *aead, kw_secret_bytes *out,
                                   const kw_secret32 *key, kw_span sealed, kw_span aad);

/* One key with one nonce, for formats that say what the nonce is, such as a counter. To seal twice
 * with one pair gives away both texts. Borrows the key. */
typedef struct kw_aead_once {
    const kw_secret32 *key;
    uint8_t nonce[KW_AEAD_NONCE_BYTES];
} kw_aead_once;

/* As kw_aead_seal, without the nonce: ciphertext | tag. LIMIT, NO_MEMORY. CT: leaks lengths. */
KW_MUST_USE kw_status kw_aead_seal_once(const kw_aead *aead, kw_buf *out, const kw_aead_once *once,
                                        kw_secret_span plain, kw_span aad);

/* Its inverse. CORRUPT, LIMIT, NO_MEMORY as kw_aead_open. CT: leaks lengths and the verdict. */
KW_MUST_USE kw_status kw_aead_open_once(const kw_aead *aead, kw_secret_bytes *out,
                                        const kw_aead_once *once, kw_span sealed, kw_span aad);

#endif /* KW_CRYPTO_AEAD_H */
