/* SPDX-License-Identifier: Apache-2.0
 * HMAC-DRBG with SHA-256 as a pure value (NIST SP 800-90A rev. 1, section 10.1.2). No limits and
 * no reseed policy of its own: crypto/drbg.h has them. CT: leaks lengths only. */
#ifndef KW_CRYPTO_HMAC_DRBG_H
#define KW_CRYPTO_HMAC_DRBG_H

#include "crypto/secret.h"

typedef struct kw_hmac_drbg {
    kw_secret32 key;   /* K */
    kw_secret32 value; /* V */
} kw_hmac_drbg;

/* 10.1.2.3: seed material = entropy, nonce, personalisation, concatenated by the caller. */
void kw_hmac_drbg_init(kw_hmac_drbg *out, kw_secret_span seed_material);
void kw_hmac_drbg_drop(kw_hmac_drbg *drbg); /* wipes */

/* 10.1.2.4: seed material = entropy, additional input. */
void kw_hmac_drbg_reseed(kw_hmac_drbg *drbg, kw_secret_span seed_material);

/* 10.1.2.5. `additional` may be empty. */
void kw_hmac_drbg_generate(kw_hmac_drbg *drbg, kw_mspan out, kw_secret_span additional);

#endif /* KW_CRYPTO_HMAC_DRBG_H */
