/* SPDX-License-Identifier: Apache-2.0
 * HMAC-SHA-256 (RFC 2104, FIPS 198-1), and the fast form for one key and many messages: the two
 * hash states behind the padded key are kept, so that a tag of a short message costs two or three
 * compressions, and a batch fills the lanes of the processor. */
#ifndef KW_CRYPTO_HMAC_H
#define KW_CRYPTO_HMAC_H

#include "crypto/hash.h"
#include "crypto/secret.h"

/* A key of any length. CT: leaks lengths only. */
void kw_hmac_sha256(kw_hash32 *out, kw_secret_span key, kw_span message);

/* The same in parts: begin, update ..., end, which wipes. `KW_AUTO(kw_hmac_state)` wipes in any
 * case. CT: leaks lengths only. */
typedef struct kw_hmac_state {
    kw_sha256_state inner;
    kw_sha256_state outer;
} kw_hmac_state;

/* CT: leaks lengths only. */
kw_hmac_state kw_hmac_begin(kw_secret_span key);
void kw_hmac_update(kw_hmac_state *state, kw_span bytes);
void kw_hmac_end(kw_hmac_state *state, kw_hash32 *out);
void kw_hmac_state_drop(kw_hmac_state *state);

/* True when `tag` is the tag of `message`. CT: constant time, leaks the verdict. */
KW_MUST_USE bool kw_hmac_sha256_matches(const kw_hash32 *tag, kw_secret_span key, kw_span message);

/* How a batch is computed. All give the same tags. */
typedef enum kw_hmac_backend {
    KW_HMAC_OPENSSL, /* any processor: one message after the other */
    KW_HMAC_SHANI,   /* SHA-NI, two messages interleaved */
    KW_HMAC_AVX2,    /* eight lanes */
    KW_HMAC_AVX512,  /* sixteen lanes */
} kw_hmac_backend;

/* The hash states of one 32-byte key: as secret as the key itself. */
typedef struct kw_hmac_key {
    uint32_t secret_inner[8];
    uint32_t secret_outer[8];
    kw_hmac_backend backend; /* the fastest here; tests may put another that is supported */
} kw_hmac_key;

/* CT: constant time. Asks the processor what it can do (a microsecond). */
void kw_hmac_key_init(kw_hmac_key *out, const kw_secret32 *key);
void kw_hmac_key_drop(kw_hmac_key *key); /* wipes; may run twice */

bool kw_hmac_backend_is_supported(kw_hmac_backend backend);

/* CT: leaks the message's length. */
void kw_hmac_key_tag(const kw_hmac_key *key, kw_hash32 *out, kw_span message);

/* out[i] = tag of messages[i]. Fastest for batches of 64 and more of similar, short lengths; any
 * count and any length is right. CT: leaks lengths. */
void kw_hmac_key_tag_many(const kw_hmac_key *key, kw_hash32 *out, const kw_span *messages,
                          size_t count);

#endif /* KW_CRYPTO_HMAC_H */
