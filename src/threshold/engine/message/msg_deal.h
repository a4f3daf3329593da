/* SPDX-License-Identifier: Apache-2.0
 * HELLO, DEAL and SHARES: session keys, commitments, encrypted shares. Bodies, points compressed:
 *
 *   HELLO   u16 count, suites | 32 head | ek | c z
 *   DEAL    u16 t | u16 n | C[t] | R | c z of r | 32 receivers[n] | 32 shares_root | c z of a_0
 *   SHARES  u16 n | E[n]
 *
 * `_read` takes the rest of a reader. BAD_INPUT: short or trailing bytes; LENGTH: counts that are
 * not the scope's; ENCODING: a list that is not in its order; RANGE and what group.h says of
 * scalars and points; LIMIT: the arena is full. Values borrow from the bytes and the arena. */
#ifndef KW_THRESHOLD_ENGINE_MESSAGE_MSG_DEAL_H
#define KW_THRESHOLD_ENGINE_MESSAGE_MSG_DEAL_H

#include "base/arena.h"
#include "threshold/engine/message/fields.h"
#include "threshold/engine/roster/scope.h"

typedef struct kw_hello {
    kw_span suites; /* numbers, ascending */
    kw_hash32 head; /* of the newest certificate; none: zeros */
    kw_group_g1 ek; /* session key, for this session only */
    kw_proof proof; /* KW_POK_EK */
} kw_hello;

/* t commitments; one pointer is NULL. */
typedef struct kw_commitments {
    const kw_group_g1 *g1; /* suite 2: a_k G1 + b_k h */
    const kw_group_g2 *g2; /* else: a_k G2 */
    uint16_t t;
    kw_span wire; /* where they were decoded from, to be hashed as they stand; empty: own ones */
} kw_commitments;

typedef struct kw_deal {
    uint16_t n;
    kw_commitments c;
    kw_group_g1 r;
    kw_proof proof_r;       /* KW_POK_R */
    kw_hash_list receivers; /* n hashes of HELLOs; none: zeros */
    kw_hash32 shares_root;
    kw_proof proof_a0; /* KW_POK_A0, where kw_scope_proves_a0 */
} kw_deal;

typedef struct kw_shares {
    uint16_t n;
    kw_span encrypted; /* n times kw_scope_share_bytes */
} kw_shares;

KW_MUST_USE kw_status kw_hello_read(kw_hello *out, kw_reader *r, const kw_message_scope *scope);
KW_MUST_USE kw_status kw_deal_read(kw_deal *out, kw_reader *r, const kw_message_scope *scope,
                                   kw_arena *arena);
KW_MUST_USE kw_status kw_shares_read(kw_shares *out, kw_reader *r, const kw_message_scope *scope);

void kw_hello_write(kw_writer *w, const kw_hello *hello, const kw_message_scope *scope);
void kw_deal_write(kw_writer *w, const kw_deal *deal, const kw_message_scope *scope);
void kw_shares_write(kw_writer *w, const kw_shares *shares);

/* The encrypted share of member j, 1..n. */
kw_span kw_shares_at(const kw_shares *shares, uint16_t member);

/* Appends t commitments, as they stand in a DEAL and under hashes. */
void kw_commitments_write(kw_writer *w, const kw_group *group, const kw_commitments *c);

#endif /* KW_THRESHOLD_ENGINE_MESSAGE_MSG_DEAL_H */
