/* SPDX-License-Identifier: Apache-2.0
 * The dealer set D(S): which dealings a set S of signed ECHOs makes part of the key. A pure
 * function of signed bytes, so it never changes while members vote. Source: threshold.md section
 * 5. */
#ifndef KW_THRESHOLD_ENGINE_DEALING_ELIGIBLE_H
#define KW_THRESHOLD_ENGINE_DEALING_ELIGIBLE_H

#include "threshold/engine/message/msg_echo.h"
#include "threshold/engine/roster/quorum.h"

/* An ECHO by its sender and hash. */
typedef struct kw_echo_ref {
    uint16_t member; /* index in the new roster */
    kw_hash32 hash;
} kw_echo_ref;

/* An ECHO of S. A complaint that does not hold is no complaint and no ok. */
typedef struct kw_judged_echo {
    kw_echo_ref ref;
    const kw_echo *echo;
    const bool *holds; /* [dealers]: its complaint about that dealer is valid; NULL: none is */
} kw_judged_echo;

typedef struct kw_eligible_rule {
    kw_quorum quorum; /* of the new roster */
    uint16_t dealers; /* n of the dealers' roster */
    uint16_t least;   /* dealings that D must have: q at genesis, t_old in a reshare */
} kw_eligible_rule;

/* D, by dealer; `out` has room for rule->dealers, and holds nothing of use after a failure.
 * BAD_INPUT: S is not in the order of (member, hash), has a member three times, or an ECHO about
 * another number of dealers. REFUSED: ECHOs of fewer than q members who stand there once, or fewer
 * dealings than `least`. */
KW_MUST_USE kw_status kw_eligible_dealings(kw_dealing_ref *out, uint16_t *out_count,
                                           const kw_judged_echo *echoes, size_t count,
                                           const kw_eligible_rule *rule);

/* What a fresh S must contain and does not: hashes of `own`, the ECHOs that a member had when its
 * collection ended, but for those of senders who stand in S twice. Both in the order of S; `out`
 * has room for own_count. Returns how many; 0: S is fresh. */
size_t kw_eligible_wanted(kw_hash32 *out, const kw_echo_ref *own, size_t own_count,
                          const kw_echo_ref *set, size_t set_count);

#endif /* KW_THRESHOLD_ENGINE_DEALING_ELIGIBLE_H */
