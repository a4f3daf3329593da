/* SPDX-License-Identifier: Apache-2.0
 * An epoch as one session made it: all that its sid and its digest are hashes of, and the members
 * that proved their new shares. Which candidate of several lives, the handover decides. Source:
 * threshold.md section 6. */
#ifndef KW_THRESHOLD_ENGINE_CANDIDATE_H
#define KW_THRESHOLD_ENGINE_CANDIDATE_H

#include "threshold/engine/authenticated.h"
#include "threshold/engine/message.h"

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

#endif /* KW_THRESHOLD_ENGINE_CANDIDATE_H */
