/* SPDX-License-Identifier: Apache-2.0
 * Proofs in zero knowledge, as a challenge c and answers z: knowledge of a discrete logarithm,
 * equality of two, and that an extraction opens its commitments. Non-interactive: c is a hash of
 * all that is claimed and where. Source: threshold.md sections 4, 6. */
#ifndef KW_THRESHOLD_ENGINE_GROUP_PROOF_H
#define KW_THRESHOLD_ENGINE_GROUP_PROOF_H

#include "base/arena.h"
#include "crypto/address.h"
#include "threshold/engine/group/group.h"

typedef struct kw_proof {
    kw_group_scalar c;
    kw_group_scalar z;
} kw_proof;

typedef enum kw_pok_purpose {
    KW_POK_EK = 1,    /* the session key of a member, base G1 */
    KW_POK_R = 2,     /* the key that a dealer encrypts with, base G1 */
    KW_POK_A0 = 3,    /* what a dealer shares, base G2 */
    KW_POK_SHARE = 4, /* a member's share of a token key, base G2 */
} kw_pok_purpose;

/* Who proves, and where; borrows nothing. */
typedef struct kw_pok_place {
    kw_pok_purpose purpose;
    kw_hash32 sid;
    kw_address sender;
} kw_pok_place;

/* Proves x for X = x G1 or x G2, as the name says. `nonce` is secret, random and never used again:
 * two proofs with one nonce give x away. CT: constant time in x and nonce. */
void kw_pok_g1_make(kw_proof *out, const kw_group *group, const kw_pok_place *place,
                    const kw_group_secret *x, const kw_group_secret *nonce);
void kw_pok_g2_make(kw_proof *out, const kw_group *group, const kw_pok_place *place,
                    const kw_group_secret *x, const kw_group_secret *nonce);

bool kw_pok_g1_holds(const kw_proof *proof, const kw_group *group, const kw_pok_place *place,
                     const kw_group_g1 *point);
bool kw_pok_g2_holds(const kw_proof *proof, const kw_group *group, const kw_pok_place *place,
                     const kw_group_g2 *point);

/* "log_G1(ek) = log_R(p)": that member j opens its K of dealer i's dealing. */
typedef struct kw_dleq_claim {
    kw_hash32 sid;
    uint16_t dealer;
    uint16_t member;
    kw_hash32 deal; /* hash of the DEAL */
    kw_group_g1 ek;
    kw_group_g1 r;
    kw_group_g1 p;
} kw_dleq_claim;

/* CT: constant time in x and nonce. */
void kw_dleq_make(kw_proof *out, const kw_group *group, const kw_dleq_claim *claim,
                  const kw_group_secret *x, const kw_group_secret *nonce);
bool kw_dleq_holds(const kw_proof *proof, const kw_group *group, const kw_dleq_claim *claim);

/* That the points A in G2 have the logarithms that the commitments C hide: C_k = a_k G1 + b_k h,
 * A_k = a_k G2, all at once under powers of rho. */
typedef struct kw_extraction {
    kw_hash32 sid;
    uint16_t dealer;
    uint16_t t;
    const kw_group_g1 *c;
    const kw_group_g2 *a;
    kw_group_g1 h;
    kw_span c_wire; /* the bytes from which the points were decoded; empty: they are encoded here */
    kw_span a_wire;
} kw_extraction;

typedef struct kw_extraction_proof {
    kw_group_scalar c;
    kw_group_scalar z_a;
    kw_group_scalar z_b;
} kw_extraction_proof;

/* Secrets of one extraction; borrows. Nonces as above. */
typedef struct kw_extraction_secrets {
    const kw_group_secret *a; /* t coefficients each */
    const kw_group_secret *b;
    const kw_group_secret *nonce_a;
    const kw_group_secret *nonce_b;
} kw_extraction_secrets;

/* CT: constant time in the secrets. */
void kw_extraction_make(kw_extraction_proof *out, const kw_group *group,
                        const kw_extraction *extraction, const kw_extraction_secrets *secrets);

/* BAD_INPUT: the proof fails. LIMIT: the arena is full. */
KW_MUST_USE kw_status kw_extraction_check(const kw_extraction_proof *proof, const kw_group *group,
                                          const kw_extraction *extraction, kw_arena *arena);

#endif /* KW_THRESHOLD_ENGINE_GROUP_PROOF_H */
