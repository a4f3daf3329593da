/* SPDX-License-Identifier: Apache-2.0
 * Who signs which message, and with which of its keys. A member of both rosters may have a key in
 * each; the one that it gave up may be in other hands, and must not speak for the new roster.
 * Source: threshold.md section 2, docs/protocol/threshold.md. */
#ifndef KW_THRESHOLD_ENGINE_MESSAGE_AUTHOR_H
#define KW_THRESHOLD_ENGINE_MESSAGE_AUTHOR_H

#include "threshold/engine/message/message.h"
#include "threshold/engine/roster/roster.h"

/* As what a member says something. */
typedef enum kw_author_part {
    KW_AUTHOR_DEALER = 1, /* of the outgoing epoch; at genesis of the only roster */
    KW_AUTHOR_RECEIVER,   /* of the epoch that is made */
    KW_AUTHOR_EITHER,     /* as a receiver, and who is none as a dealer */
} kw_author_part;

/* `instance`: of a PROPOSE, PREVOTE, PRECOMMIT. */
kw_author_part kw_author_part_of(kw_message_type type, kw_instance instance);

/* The rosters of a session. At genesis both are the same one. */
typedef struct kw_author_rosters {
    const kw_roster *dealers;
    const kw_roster *receivers;
} kw_author_rosters;

/* The roster that has the key with which its sender signs a message; it need not have the sender.
 * Nothing else decides which key a signature is checked under, or made with. */
const kw_roster *kw_author_roster(const kw_author_rosters *rosters, const kw_message_header *header,
                                  kw_instance instance);

/* The sender as that roster has it; NULL: no such member. */
const kw_member *kw_author_of(const kw_author_rosters *rosters, const kw_message_header *header,
                              kw_instance instance);

#endif /* KW_THRESHOLD_ENGINE_MESSAGE_AUTHOR_H */
