/* SPDX-License-Identifier: Apache-2.0
 * Keys of operators and what they sign: the hash of a message. A scheme is a row; the product has
 * BN254 as EigenLayer registers it and recoverable secp256k1. Test programs add rows of their own.
 * Source: threshold.md section 2, chain.md section 4. */
#ifndef KW_THRESHOLD_ENGINE_ROSTER_PEER_H
#define KW_THRESHOLD_ENGINE_ROSTER_PEER_H

#include "crypto/rng.h"
#include "crypto/secp256k1.h"
#include "curve/bn.h"
#include "threshold/engine/group/limits.h"

enum {
    KW_PEER_ECDSA = 1, /* the numbers that stand in a roster */
    KW_PEER_BN254 = 2,
    KW_PEER_KEY_BYTES_MAX = 128,
    KW_PEER_WEIGHT_BYTES = 16,
    KW_PEER_AT_ONCE = 64, /* claims in one equation: the price of its end is spread well */
};

/* A key that its scheme has checked. */
typedef union kw_peer_key {
    kw_bn_g2 bn254;
    kw_address ecdsa;
    uint8_t bytes[32];
} kw_peer_key;

typedef struct kw_peer_signature {
    uint8_t bytes[KW_THRESHOLD_SIGNATURE_BYTES_MAX];
    uint8_t len;
} kw_peer_signature;

static inline kw_span kw_peer_signature_view(const kw_peer_signature *signature)
{
    return (kw_span){signature->bytes, signature->len};
}

typedef struct kw_peer_scheme kw_peer_scheme;

/* "The owner of `key` signed `hash`"; borrows. */
typedef struct kw_peer_claim {
    const kw_peer_scheme *scheme; /* of the key */
    const kw_peer_key *key;
    const kw_hash32 *hash;
    kw_span signature;
} kw_peer_claim;

typedef struct kw_peer_book kw_peer_book; /* peer_book.h */

/* Claims to judge together; borrows. */
typedef struct kw_peer_claims {
    const kw_peer_claim *items;
    size_t n;
    kw_span weights;    /* KW_PEER_WEIGHT_BYTES for each */
    kw_peer_book *book; /* of their keys; NULL: none */
} kw_peer_claims;

struct kw_peer_scheme {
    const char *name;
    uint8_t curve; /* KW_PEER_ECDSA ... */
    uint16_t key_bytes;
    /* LENGTH, RANGE, NOT_ON_CURVE, INFINITY, NOT_IN_SUBGROUP. */
    kw_status (*key_decode)(kw_peer_key *out, kw_span in);
    bool (*verify)(const kw_peer_claim *claim); /* false for any defect */
    /* Many of this scheme, at most KW_PEER_AT_ONCE: ok[i] is 1 for a good claim, else 0. Weights
     * are checked. NULL: one by one. */
    void (*verify_all)(uint8_t *ok, const kw_peer_claims *in);
};

extern const kw_peer_scheme kw_peer_bn254;
extern const kw_peer_scheme kw_peer_ecdsa;

/* The schemes that somebody accepts; borrows. */
typedef struct kw_peer_schemes {
    const kw_peer_scheme *const *rows;
    size_t count;
} kw_peer_schemes;

/* Those of the product. */
extern const kw_peer_schemes kw_peer_schemes_all;

/* NULL: there is no such row. */
const kw_peer_scheme *kw_peer_scheme_of(const kw_peer_schemes *schemes, uint8_t curve);

/* Verdicts on claims of any schemes: ok[i] is 1 or 0, as if each were verified alone, but one bad
 * claim of n costs about 2 log2(n) equations more. `weights` has KW_PEER_WEIGHT_BYTES for each,
 * none all-zero, drawn after all claims were fixed: with one weight for a sender, two forgeries of
 * it can cancel out. ARG: weights are not as said. */
KW_MUST_USE kw_status kw_peer_verify_all(uint8_t *ok, const kw_peer_claim *claims, size_t n,
                                         kw_span weights);

/* The same with weights that it draws, in place of in->weights. ENTROPY_FAILURE. */
KW_MUST_USE kw_status kw_peer_verify_drawn(uint8_t *ok, const kw_peer_claims *in,
                                           const kw_rng *rng);

/* Port: verdicts as of kw_peer_verify_all, with weights of its own. */
typedef struct kw_peer_verifier {
    kw_status (*verify)(void *ctx, uint8_t *ok, const kw_peer_claim *claims, size_t n);
    void *ctx;
} kw_peer_verifier;

/* Draws the weights; borrows `rng`. Its verify: ENTROPY_FAILURE. */
kw_peer_verifier kw_peer_verifier_of(const kw_rng *rng);

/* Port: an operator's own key, wherever it lives. */
typedef struct kw_peer_signer {
    kw_status (*sign)(void *ctx, kw_peer_signature *out, const kw_hash32 *hash);
    void *ctx;
} kw_peer_signer;

/* Signers in memory; each borrows its key. CT: constant time in the key. */
kw_peer_signer kw_peer_bn254_signer(const kw_bn_secret *key);
kw_peer_signer kw_peer_ecdsa_signer(const kw_secp256k1_key *key);

#endif /* KW_THRESHOLD_ENGINE_ROSTER_PEER_H */
