/* SPDX-License-Identifier: Apache-2.0
 * Who sent the messages of a proof. Source: threshold.md sections 2, 9. */
#include "threshold/engine/fraud/fraud_sender.h"

#include "crypto/hash.h"
#include "threshold/engine/message/author.h"

void kw_fraud_names_of(kw_fraud_names *out, const kw_fraud_session *session)
{
    kw_cluster_fields cluster = session->cluster;
    kw_config_hash(&cluster.config_hash, &session->config);
    kw_cluster_id(&out->cluster_id, &cluster);
    kw_sid(&out->sid, &out->cluster_id, &session->fields);
    kw_open_id(&out->open_id, &out->sid);
    kw_handover_id(&out->handover_id, &out->cluster_id, session->fields.epoch,
                   &session->fields.previous);
}

/* Whose sid field it is: of the session or, for votes, of its two other agreements. The names cover
 * epoch, time, attempt and suite: what a header says of these besides can convict nobody. */
static bool find_instance(kw_instance *out, const kw_fraud_names *names,
                          const kw_message_header *header)
{
    if (kw_hash32_equal(&header->sid, &names->sid)) {
        *out = KW_INSTANCE_SET;
        return true;
    }
    bool is_opening = kw_hash32_equal(&header->sid, &names->open_id);
    *out = is_opening ? KW_INSTANCE_OPEN : KW_INSTANCE_HANDOVER;
    return kw_message_is_vote(header->type) &&
           (is_opening || kw_hash32_equal(&header->sid, &names->handover_id));
}

static kw_author_rosters rosters_of(const kw_fraud_session *session)
{
    const kw_roster *receivers = &session->roster_new;
    bool is_reshare = session->fields.kind == KW_SESSION_RESHARE;
    return (kw_author_rosters){is_reshare ? &session->roster_old : receivers, receivers};
}

kw_fraud_reason kw_fraud_sender_of(kw_fraud_sender *out, const kw_fraud_session *session,
                                   const kw_fraud_names *names, const kw_authenticated *message)
{
    kw_fraud_sender sender;
    if (kw_message_header_decode(&sender.header, message->payload) != KW_OK) {
        return KW_FRAUD_BODY;
    }
    if (!kw_hash32_equal(&sender.header.cluster_id, &names->cluster_id) ||
        !find_instance(&sender.instance, names, &sender.header)) {
        return KW_FRAUD_OTHER_SESSION;
    }
    const kw_author_rosters rosters = rosters_of(session);
    sender.roster = kw_author_roster(&rosters, &sender.header, sender.instance);
    sender.index = kw_roster_index(sender.roster, &sender.header.sender);
    if (sender.index == 0) {
        return KW_FRAUD_STRANGER;
    }
    if (!kw_authenticated_is_from(message, kw_roster_at(sender.roster, sender.index))) {
        return KW_FRAUD_SIGNATURE;
    }
    *out = sender;
    return KW_FRAUD_UNDECIDED;
}
