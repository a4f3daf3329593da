/* SPDX-License-Identifier: Apache-2.0
 * Recoverable ECDSA by libsecp256k1, whose contexts stand on the stack here. Source: SEC 2, EIP-2.
 * Secret inputs: keys. */
#include "crypto/secp256k1.h"

#include "crypto/keccak.h"

#include <secp256k1.h>
#include <secp256k1_preallocated.h>
#include <secp256k1_recovery.h>

enum {
    CONTEXT_BYTES = 1024, /* 208 in version 0.2 */
    COMPACT_BYTES = 64,   /* r || s */
    V_BASE = 27,
};

/* A context that can sign; made for each use, for the library's tables are constants. */
typedef struct signer {
    _Alignas(16) uint8_t memory[CONTEXT_BYTES];
} signer;

static secp256k1_context *signer_start(signer *s)
{
    size_t needed = secp256k1_context_preallocated_size(SECP256K1_CONTEXT_NONE);
    KW_ASSERT(needed <= sizeof s->memory);
    return secp256k1_context_preallocated_create(s->memory, SECP256K1_CONTEXT_NONE);
}

static void address_of(kw_address *out, const secp256k1_pubkey *key)
{
    uint8_t wire[65];
    size_t len = sizeof wire;
    KW_ASSERT(secp256k1_ec_pubkey_serialize(secp256k1_context_static, wire, &len, key,
                                            SECP256K1_EC_UNCOMPRESSED) == 1);
    kw_hash32 hash;
    kw_keccak256(&hash, (kw_span){&wire[1], sizeof wire - 1});
    memcpy(out->bytes, &hash.bytes[sizeof hash - sizeof out->bytes], sizeof out->bytes);
}

void kw_secp256k1_key_drop(kw_secp256k1_key *key)
{
    kw_wipe(key, sizeof *key);
}

kw_status kw_secp256k1_key_of(kw_secp256k1_key *out, const kw_secret32 *bytes)
{
    int is_good = secp256k1_ec_seckey_verify(secp256k1_context_static, bytes->secret);
    kw_mask verdict = kw_ct_nonzero((uint64_t)is_good);
    if (!kw_declassify_mask(verdict, "whether a scalar is refused is public")) {
        return KW_RANGE;
    }
    memcpy(out->secret, bytes->secret, sizeof out->secret);
    return KW_OK;
}

void kw_secp256k1_key_address(kw_address *out, const kw_secp256k1_key *key)
{
    signer s;
    secp256k1_context *context = signer_start(&s);
    secp256k1_pubkey public_half;
    int is_made = secp256k1_ec_pubkey_create(context, &public_half, key->secret);
    KW_ASSERT(kw_declassify_mask(kw_ct_nonzero((uint64_t)is_made), "a checked key has one"));
    (void)kw_declassify_span((kw_secret_span){public_half.data, sizeof public_half.data},
                             "others know a public key");
    secp256k1_context_preallocated_destroy(context);
    address_of(out, &public_half);
}

void kw_secp256k1_sign(kw_secp256k1_signature *out, const kw_secp256k1_key *key,
                       const kw_hash32 *hash)
{
    signer s;
    secp256k1_context *context = signer_start(&s);
    secp256k1_ecdsa_recoverable_signature signature;
    KW_ASSERT(secp256k1_ecdsa_sign_recoverable(context, &signature, hash->bytes, key->secret, NULL,
                                               NULL) == 1);
    secp256k1_context_preallocated_destroy(context);
    int id = 0;
    KW_ASSERT(secp256k1_ecdsa_recoverable_signature_serialize_compact(
                  secp256k1_context_static, out->bytes, &id, &signature) == 1);
    out->bytes[COMPACT_BYTES] = (uint8_t)(V_BASE + id);
}

kw_status kw_secp256k1_recover(kw_address *out, const kw_secp256k1_signature *signature,
                               const kw_hash32 *hash)
{
    const secp256k1_context *context = secp256k1_context_static;
    uint8_t v = signature->bytes[COMPACT_BYTES];
    if (v != V_BASE && v != V_BASE + 1) {
        return KW_ENCODING;
    }
    secp256k1_ecdsa_recoverable_signature parsed;
    if (secp256k1_ecdsa_recoverable_signature_parse_compact(context, &parsed, signature->bytes,
                                                            v - V_BASE) != 1) {
        return KW_RANGE;
    }
    secp256k1_ecdsa_signature plain;
    KW_ASSERT(secp256k1_ecdsa_recoverable_signature_convert(context, &plain, &parsed) == 1);
    if (secp256k1_ecdsa_signature_normalize(context, NULL, &plain) == 1) {
        return KW_ENCODING; /* the other of two signatures of the same content */
    }
    secp256k1_pubkey key;
    if (secp256k1_ecdsa_recover(context, &key, &parsed, hash->bytes) != 1) {
        return KW_REFUSED; /* r or s is zero, or r is the x of no point */
    }
    address_of(out, &key);
    return KW_OK;
}
