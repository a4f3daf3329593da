/* SPDX-License-Identifier: Apache-2.0
 * Who sent the messages of a proof. Private to fraud.c. Source: threshold.md sections 2, 9. */
#ifndef KW_THRESHOLD_ENGINE_FRAUD_FRAUD_SENDER_H
#define KW_THRESHOLD_ENGINE_FRAUD_FRAUD_SENDER_H

#include "threshold/engine/fraud/fraud.h"

/* What a session is called, computed from all that the names cover. */
typedef struct kw_fraud_names {
    kw_hash32 cluster_id;
    kw_hash32 sid;
    kw_hash32 open_id;
    kw_hash32 handover_id;
} kw_fraud_names;

void kw_fraud_names_of(kw_fraud_names *out, const kw_fraud_session *session);

/* A member by the roster whose members send such messages. */
typedef struct kw_fraud_sender {
    kw_message_header header;
    kw_instance instance;
    const kw_roster *roster; /* one of the session's */
    uint16_t index;
} kw_fraud_sender;

/* UNDECIDED: the message is of this session, from that member, and signed by it. */
kw_fraud_reason kw_fraud_sender_of(kw_fraud_sender *out, const kw_fraud_session *session,
                                   const kw_fraud_names *names, const kw_authenticated *message);

#endif /* KW_THRESHOLD_ENGINE_FRAUD_FRAUD_SENDER_H */
