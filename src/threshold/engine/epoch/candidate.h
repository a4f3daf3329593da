/* SPDX-License-Identifier: Apache-2.0
 * An epoch as one session made it: all that its sid and its digest are hashes of, and the members
 * that proved their new shares. Which candidate of several lives, the handover decides. Source:
 * threshold.md section 6. */
#ifndef KW_THRESHOLD_ENGINE_EPOCH_CANDIDATE_H
#define KW_THRESHOLD_ENGINE_EPOCH_CANDIDATE_H

#include "threshold/engine/message/authenticated.h"
#include "threshold/engine/message/message.h"

/* Borrows everything that it points to. */
typedef struct kw_candidate {
    kw_hash32 cluster_id;
    kw_sid_fields fields;
    kw_hash32 sid;               /* kw_sid of the two above */
    kw_hash32 set;               /* kw_set_value of S */
    kw_hash32 digest;            /* kw_epoch_digest of everything but the COMMITs */
    const kw_roster *roster_old; /* empty at genesis */
    const kw_roster *roster_new;
    const kw_dealing_ref *dealings; /* D, by dealer */
    uint16_t dealings_count;
    const kw_group_g2 *polynomial; /* P, fields.t_new points; the first is the master key */
    kw_authenticated_list commits; /* COMMITs, by index in the new roster; at least q */
} kw_candidate;

/* Fills sid and digest from the rest. */
void kw_candidate_name(kw_candidate *candidate, const kw_group *group);

/* What a reader of the session's COMMITs and SEALs knows. */
kw_message_scope kw_candidate_scope(const kw_candidate *candidate, const kw_group *group);

/* The header of a message of its session. */
kw_message_header kw_candidate_header(const kw_candidate *candidate, kw_message_type type,
                                      const kw_address *sender);

/* Whether its parts fit together, as anybody can see. REFUSED: kind, suite, epoch, rosters,
 * thresholds or |D| are not those of a session that ends so, sid or digest are not those of the
 * fields, a COMMIT is not of this session or digest; ENCODING: dealings or COMMITs are not in their
 * order; LENGTH: fewer COMMITs than q, or more than members. Whether COMMITs prove anything is
 * kw_candidate_prove. */
KW_MUST_USE kw_status kw_candidate_check(const kw_candidate *candidate, const kw_group *group);

/* What checks of many signatures and shares are made with. */
typedef struct kw_candidate_judge {
    const kw_group *group;
    kw_peer_verifier verifier;
    const kw_rng *rng; /* weights of shares */
    kw_arena *arena;   /* scratch: the caller resets it */
} kw_candidate_judge;

/* Whether each message is signed by the member of the roster that its header names.
 * UNAUTHENTICATED: one is not. BAD_INPUT: no header. LIMIT: the arena. ENTROPY_FAILURE. */
KW_MUST_USE kw_status kw_candidate_judge_signatures(const kw_candidate_judge *judge,
                                                    const kw_roster *roster,
                                                    kw_authenticated_list list);

/* After kw_candidate_check: whether each COMMIT is signed by its sender and holds a share under
 * VK_j = P(j). UNAUTHENTICATED: one is not. What group.h says of points. LIMIT: the arena.
 * ENTROPY_FAILURE. */
KW_MUST_USE kw_status kw_candidate_prove(const kw_candidate *candidate,
                                         const kw_candidate_judge *judge);

/* A copy whose parts live in the arena, the bytes of the COMMITs too. LIMIT: it is full. */
KW_MUST_USE kw_status kw_candidate_copy(kw_candidate *out, kw_arena *arena,
                                        const kw_candidate *candidate);

#endif /* KW_THRESHOLD_ENGINE_EPOCH_CANDIDATE_H */
