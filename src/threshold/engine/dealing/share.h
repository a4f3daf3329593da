/* SPDX-License-Identifier: Apache-2.0
 * A dealer's share for one member: f_i(j), in suite 2 with f'_i(j), how it is encrypted, and how it
 * is checked against the commitments. Source: threshold.md section 4. */
#ifndef KW_THRESHOLD_ENGINE_DEALING_SHARE_H
#define KW_THRESHOLD_ENGINE_DEALING_SHARE_H

#include "threshold/engine/message/msg_deal.h"

/* KW_AUTO wipes it. */
typedef struct kw_share {
    kw_group_secret f;
    kw_group_secret f2; /* of the blinding polynomial; zero but in suite 2 */
} kw_share;

void kw_share_drop(kw_share *share);

/* Which share of which session. */
typedef struct kw_share_place {
    kw_hash32 sid;
    uint16_t dealer; /* index in the dealers' roster */
    uint16_t member; /* index in the new roster */
} kw_share_place;

/* out = share xor pad, kw_scope_share_bytes of them; the pad is keccak256 of what dealer and member
 * share, and of the place. CT: constant time in share and shared. */
void kw_share_seal(kw_mspan out, const kw_share *share, const kw_message_scope *scope,
                   const kw_share_place *place, const kw_group_shared_bytes *shared);

/* LENGTH: not that many bytes. RANGE: a half is not below the order: its dealer is at fault.
 * CT: constant time in shared and in shares that are accepted. */
KW_MUST_USE kw_status kw_share_open(kw_share *out, kw_span sealed, const kw_message_scope *scope,
                                    const kw_share_place *place,
                                    const kw_group_shared_bytes *shared);

/* Whether it is the share of `member` (1..n) in the polynomials committed to. `h` is of suite 2.
 * CT: constant time in the share; the verdict is public. */
bool kw_share_matches(const kw_share *share, const kw_group *group, const kw_commitments *c,
                      const kw_group_g1 *h, uint16_t member);

/* The RFC 6962 root over the encrypted shares, each a leaf. */
void kw_shares_root(kw_hash32 *out, const kw_shares *shares);

#endif /* KW_THRESHOLD_ENGINE_DEALING_SHARE_H */
