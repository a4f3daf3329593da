/* SPDX-License-Identifier: Apache-2.0
 * What a receiver knows before it reads the body of a message: it fixes every length. */
#ifndef KW_THRESHOLD_ENGINE_ROSTER_SCOPE_H
#define KW_THRESHOLD_ENGINE_ROSTER_SCOPE_H

#include "threshold/engine/group/group.h"
#include "threshold/engine/roster/ids.h"

enum {
    KW_SUITE_FELDMAN = 1,  /* commitments in G2 */
    KW_SUITE_PEDERSEN = 2, /* commitments in G1 with h, extraction to G2 */
    KW_SUITE_TOKEN = 3,    /* Feldman over edwards25519 */
};

/* Which agreement a PROPOSE, PREVOTE or PRECOMMIT is of. */
typedef enum kw_instance {
    KW_INSTANCE_SET = 0, /* the dealer set, under sid */
    KW_INSTANCE_OPEN,    /* the dealers to open, under open_id */
    KW_INSTANCE_HANDOVER /* the next epoch, under handover_id; header without session fields */
} kw_instance;

typedef struct kw_message_scope {
    const kw_group *group;
    kw_session_kind kind;
    uint8_t suite;
    uint16_t n;       /* of the new roster */
    uint16_t t;       /* of the new roster */
    uint16_t dealers; /* n of the dealers' roster: the old one in a reshare, else the new one */
    kw_instance instance;
} kw_message_scope;

/* Bytes of an encrypted share: f and f' in suite 2, else f alone. */
static inline size_t kw_scope_share_bytes(const kw_message_scope *scope)
{
    return scope->suite == KW_SUITE_PEDERSEN ? 2 * KW_GROUP_SCALAR_BYTES : KW_GROUP_SCALAR_BYTES;
}

/* Whether a DEAL proves that its dealer knows a_0: not in suite 2, where it is hidden, and not in a
 * reshare, where it is a share that the certificate names. */
static inline bool kw_scope_proves_a0(const kw_message_scope *scope)
{
    return scope->suite != KW_SUITE_PEDERSEN && scope->kind != KW_SESSION_RESHARE;
}

#endif /* KW_THRESHOLD_ENGINE_ROSTER_SCOPE_H */
