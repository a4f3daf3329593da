/* SPDX-License-Identifier: Apache-2.0
 * An epoch as one session made it. Source: threshold.md section 6. */
#include "threshold/engine/candidate.h"

void kw_candidate_name(kw_candidate *candidate, const kw_group *group)
{
    kw_sid(&candidate->sid, &candidate->cluster_id, &candidate->fields);
    const kw_digest_fields fields = {
        .sid = candidate->sid,
        .set = candidate->set,
        .dealings = candidate->dealings,
        .dealings_count = candidate->dealings_count,
        .t = candidate->fields.t_new,
        .polynomial = candidate->polynomial,
        .roster_new = candidate->fields.roster_new,
    };
    kw_epoch_digest(&candidate->digest, group, &fields);
}

kw_message_scope kw_candidate_scope(const kw_candidate *candidate, const kw_group *group)
{
    uint16_t n = candidate->roster_new->n;
    return (kw_message_scope){
        .group = group,
        .kind = (kw_session_kind)candidate->fields.kind,
        .suite = candidate->fields.suite,
        .n = n,
        .t = candidate->fields.t_new,
        .dealers = candidate->roster_old->n > 0 ? candidate->roster_old->n : n,
    };
}

kw_message_header kw_candidate_header(const kw_candidate *candidate, kw_message_type type,
                                      const kw_address *sender)
{
    return (kw_message_header){
        .type = type,
        .suite = candidate->fields.suite,
        .cluster_id = candidate->cluster_id,
        .sid = candidate->sid,
        .epoch = candidate->fields.epoch,
        .timestamp = candidate->fields.timestamp,
        .attempt = candidate->fields.attempt,
        .sender = *sender,
    };
}
