/* SPDX-License-Identifier: Apache-2.0
 * One dealer's part of a session: polynomials, the DEAL and SHARES that go to everyone, and what
 * everyone checks. Source: threshold.md sections 4, 6. */
#ifndef KW_THRESHOLD_ENGINE_DEALING_DEALING_H
#define KW_THRESHOLD_ENGINE_DEALING_DEALING_H

#include "threshold/engine/message/msg_finish.h"
#include "threshold/engine/dealing/share.h"

/* Who deals, and where. */
typedef struct kw_dealing_place {
    kw_hash32 sid;
    kw_address sender;
    uint16_t dealer; /* index of the sender in the dealers' roster */
    kw_group_g1 h;   /* kw_pedersen_generator; of suite 2 */
} kw_dealing_place;

/* All that a dealer keeps to itself, until the session ends. The arrays live where the caller says;
 * drop wipes them. */
typedef struct kw_dealer_secrets {
    kw_group_secret *a; /* t coefficients of f; a[0] is what is shared */
    kw_group_secret *b; /* t coefficients of f'; NULL but in suite 2 */
    kw_group_secret r;
    kw_group_secret nonce_r;
    kw_group_secret nonce_a0;
    kw_group_secret nonce_a; /* of the extraction */
    kw_group_secret nonce_b;
    uint16_t t;
} kw_dealer_secrets;

void kw_dealer_secrets_drop(kw_dealer_secrets *secrets);

/* Random bytes that a dealer needs. */
size_t kw_dealer_random_bytes(const kw_message_scope *scope);

/* Draws everything from `random`, kw_dealer_random_bytes of them, used once. The arrays live in
 * `arena`, whose bytes the caller wipes. In a reshare a[0] is the dealer's share instead, `source`;
 * else that is NULL. ARG: not that many bytes; RANGE: a value is zero, draw again; LIMIT: the arena
 * is full. CT: constant time in random and source. */
KW_MUST_USE kw_status kw_dealer_secrets_draw(kw_dealer_secrets *out, kw_arena *arena,
                                             const kw_message_scope *scope, kw_span random,
                                             const kw_group_secret *source);

/* A member of the new roster as its HELLO shows it; no HELLO: hash of zeros, ek is ignored. */
typedef struct kw_receiver {
    kw_hash32 hello;
    kw_group_g1 ek;
} kw_receiver;

/* What a dealing is made of; borrows. */
typedef struct kw_dealing_parts {
    const kw_message_scope *scope;
    const kw_dealing_place *place;
    const kw_dealer_secrets *secrets;
    const kw_receiver *receivers; /* scope->n of them, by index */
} kw_dealing_parts;

/* Both bodies, in the arena. LIMIT: it is full. CT: constant time in the secrets. */
KW_MUST_USE kw_status kw_dealing_make(kw_deal *out_deal, kw_shares *out_shares, kw_arena *arena,
                                      const kw_dealing_parts *parts);

/* The EXTRACT of a dealing of suite 2; `c` is that of its DEAL. LIMIT: the arena is full.
 * CT: constant time in the secrets. */
KW_MUST_USE kw_status kw_extract_make(kw_extract *out, kw_arena *arena, const kw_commitments *c,
                                      const kw_dealing_parts *parts);

/* Whether the EXTRACT opens the commitments. BAD_INPUT: it does not; LIMIT: the arena is full. */
KW_MUST_USE kw_status kw_extract_check(const kw_extract *extract, kw_arena *arena,
                                       const kw_commitments *c, const kw_group *group,
                                       const kw_dealing_place *place);

/* A DEAL and its SHARES as they came. Borrows. */
typedef struct kw_dealing_claim {
    const kw_deal *deal;
    kw_hash32 hash; /* of the DEAL's payload */
    const kw_shares *shares;
    const kw_message_scope *scope;
    const kw_dealing_place *place;
} kw_dealing_claim;

/* A claim that passed kw_dealing_check: a type of its own, for it is the only one whose R anybody
 * multiplies by an ek secret, since its dealer knows r. Borrows. */
typedef struct kw_dealing {
    const kw_deal *deal;
    kw_hash32 hash; /* of the DEAL's payload */
    const kw_shares *shares;
    const kw_message_scope *scope;
    const kw_dealing_place *place;
} kw_dealing;

/* The public checks but those of receivers, which need the HELLOs. UNAUTHENTICATED: a proof of r or
 * a_0 fails; CONFLICT: the root is not that of the shares; ENCODING: a share for nobody is not
 * zeros. `out` is written on success. */
KW_MUST_USE kw_status kw_dealing_check(kw_dealing *out, const kw_dealing_claim *claim);

/* A member's own share. RANGE: a half is not below the order; REFUSED: the share is not that of the
 * commitments; both are worth a complaint. NOT_FOUND: the member is no receiver.
 * CT: constant time in ek. */
KW_MUST_USE kw_status kw_dealing_open(kw_share *out, const kw_dealing *dealing, uint16_t member,
                                      const kw_group_secret *ek);

#endif /* KW_THRESHOLD_ENGINE_DEALING_DEALING_H */
