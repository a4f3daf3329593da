/* SPDX-License-Identifier: Apache-2.0
 * ECDSA over secp256k1 with signatures that give their key back, as Ethereum has them; nonces of
 * RFC 6979, low s. Source: SEC 2, EIP-2. */
#ifndef KW_CRYPTO_SECP256K1_H
#define KW_CRYPTO_SECP256K1_H

#include "crypto/address.h"
#include "crypto/secret.h"

/* KW_AUTO wipes it. */
typedef struct kw_secp256k1_key {
    uint8_t secret[32]; /* big-endian, 1..order - 1 */
} kw_secp256k1_key;

/* r || s || v, with v 27 or 28. */
typedef struct kw_secp256k1_signature {
    uint8_t bytes[65];
} kw_secp256k1_signature;

void kw_secp256k1_key_drop(kw_secp256k1_key *key);

/* RANGE: zero, or not below the order. CT: constant time for what is accepted. */
KW_MUST_USE kw_status kw_secp256k1_key_of(kw_secp256k1_key *out, const kw_secret32 *bytes);

/* The last 20 bytes of the public key's keccak256. CT: constant time in the key. */
void kw_secp256k1_key_address(kw_address *out, const kw_secp256k1_key *key);

/* Signs the hash as it is, without prefix. CT: constant time in the key by the word of
 * libsecp256k1, whose signing `make ct` cannot follow. */
void kw_secp256k1_sign(kw_secp256k1_signature *out, const kw_secp256k1_key *key,
                       const kw_hash32 *hash);

/* The address of the key that signed. ENCODING: v is neither 27 nor 28, or s is above half of the
 * order; RANGE: r or s is not below the order; REFUSED: no key signs so. */
KW_MUST_USE kw_status kw_secp256k1_recover(kw_address *out, const kw_secp256k1_signature *signature,
                                           const kw_hash32 *hash);

#endif /* KW_CRYPTO_SECP256K1_H */
