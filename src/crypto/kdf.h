/* SPDX-License-Identifier: Apache-2.0
 * Keys from keys (HKDF-SHA-256, RFC 5869) and keys from passphrases (Argon2id, RFC 9106). */
#ifndef KW_CRYPTO_KDF_H
#define KW_CRYPTO_KDF_H

#include "crypto/secret.h"

/* One 32-byte key. Each use has its own `info`, "keyward/<use>/v1". `salt` may be empty.
 * CT: leaks lengths. */
void kw_hkdf_sha256(kw_secret32 *out, kw_secret_span key, kw_span salt, kw_str info);

/* The same with a salt that is a secret, too. CT: leaks lengths. */
void kw_hkdf_sha256_secret_salt(kw_secret32 *out, kw_secret_span key, kw_secret_span salt,
                                kw_str info);

/* Appends `bytes` of output. LIMIT: more than 255 * 32, or past out->max. NO_MEMORY.
 * CT: leaks lengths. */
KW_MUST_USE kw_status kw_hkdf_sha256_append(kw_secret_bytes *out, size_t bytes, kw_secret_span key,
                                            kw_span salt, kw_str info);

typedef struct kw_argon2id_cost {
    uint32_t memory_kib; /* 8..4194304 */
    uint32_t passes;     /* 1..64 */
} kw_argon2id_cost;

/* 256 MiB, 3 passes: about a second, on purpose. */
#define KW_ARGON2ID_DEFAULT ((kw_argon2id_cost){.memory_kib = 256 * 1024, .passes = 3})

typedef struct kw_argon2id_salt {
    uint8_t bytes[16];
} kw_argon2id_salt;

/* One lane. BAD_INPUT: a cost out of range. NO_MEMORY.
 * CT: no: the first half-pass does not depend on the passphrase, the rest does (Argon2id). */
KW_MUST_USE kw_status kw_argon2id(kw_secret32 *out, kw_secret_span passphrase,
                                  const kw_argon2id_salt *salt, kw_argon2id_cost cost);

#endif /* KW_CRYPTO_KDF_H */
