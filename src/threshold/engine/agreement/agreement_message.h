/* SPDX-License-Identifier: Apache-2.0
 * From the body of a PROPOSE, PREVOTE or PRECOMMIT to what the agreement reads of it, and back. */
#ifndef KW_THRESHOLD_ENGINE_AGREEMENT_AGREEMENT_MESSAGE_H
#define KW_THRESHOLD_ENGINE_AGREEMENT_AGREEMENT_MESSAGE_H

#include "threshold/engine/agreement/ballots.h"
#include "threshold/engine/message/message.h"

/* The value that a proposal stands for: of the dealer set and of opening a hash of its list, of
 * handing over the digest. LIMIT: the list is too long; not after kw_propose_read. */
KW_MUST_USE kw_status kw_propose_value(kw_hash32 *out, const kw_propose *propose,
                                       kw_instance instance);

/* Reads a decoded message of the member `sender`; `id` is the hash of its payload. BAD_INPUT: of
 * another type. LIMIT: as above. */
KW_MUST_USE kw_status kw_agreement_message_of(kw_agreement_message *out, const kw_message *message,
                                              uint16_t sender, const kw_hash32 *id,
                                              kw_instance instance);

#endif /* KW_THRESHOLD_ENGINE_AGREEMENT_AGREEMENT_MESSAGE_H */
