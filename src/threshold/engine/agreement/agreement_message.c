/* SPDX-License-Identifier: Apache-2.0
 * Bodies as votes. Source: threshold.md section 2. */
#include "threshold/engine/agreement/agreement_message.h"

_Static_assert((int)KW_AGREEMENT_PROPOSE == (int)KW_MESSAGE_PROPOSE &&
                   (int)KW_AGREEMENT_PREVOTE == (int)KW_MESSAGE_PREVOTE &&
                   (int)KW_AGREEMENT_PRECOMMIT == (int)KW_MESSAGE_PRECOMMIT &&
                   KW_AGREEMENT_NO_VIEW == KW_VIEW_NONE,
               "kinds and views are those of the payloads");

static kw_status open_value(kw_hash32 *out, const kw_propose *propose)
{
    uint16_t dealers[KW_THRESHOLD_MEMBERS_MAX];
    uint16_t count = kw_propose_opened_count(propose);
    if (count > KW_COUNT(dealers)) {
        return KW_LIMIT;
    }
    for (uint16_t i = 0; i < count; i++) {
        dealers[i] = kw_propose_opened_at(propose, i);
    }
    kw_open_value(out, dealers, count);
    return KW_OK;
}

kw_status kw_propose_value(kw_hash32 *out, const kw_propose *propose, kw_instance instance)
{
    switch (instance) {
    case KW_INSTANCE_SET:
        return kw_set_value(out, kw_hash_list_view(propose->hashes));
    case KW_INSTANCE_OPEN:
        return open_value(out, propose);
    case KW_INSTANCE_HANDOVER:
        *out = propose->digest;
        return KW_OK;
    }
    return KW_BAD_INPUT;
}

kw_status kw_agreement_message_of(kw_agreement_message *out, const kw_message *message,
                                  uint16_t sender, const kw_hash32 *id, kw_instance instance)
{
    kw_agreement_message made = {
        .kind = (kw_agreement_kind)message->header.type,
        .sender = sender,
        .valid_view = KW_AGREEMENT_NO_VIEW,
        .id = *id,
    };
    if (message->header.type == KW_MESSAGE_PROPOSE) {
        made.view = message->body.propose.view;
        made.valid_view = message->body.propose.valid_view;
        KW_TRY(kw_propose_value(&made.value, &message->body.propose, instance));
    } else if (message->header.type == KW_MESSAGE_PREVOTE ||
               message->header.type == KW_MESSAGE_PRECOMMIT) {
        made.view = message->body.vote.view;
        made.value = message->body.vote.value;
    } else {
        return KW_BAD_INPUT;
    }
    *out = made;
    return KW_OK;
}
