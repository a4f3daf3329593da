/* SPDX-License-Identifier: Apache-2.0
 * Which of its keys a member signs a message with. Source: threshold.md section 2. */
#include "threshold/engine/message/author.h"

kw_author_part kw_author_part_of(kw_message_type type, kw_instance instance)
{
    switch (type) {
    case KW_MESSAGE_HELLO:
        return KW_AUTHOR_EITHER;
    case KW_MESSAGE_DEAL:
    case KW_MESSAGE_SHARES:
    case KW_MESSAGE_EXTRACT:
    case KW_MESSAGE_SEAL: /* of the outgoing epoch */
        return KW_AUTHOR_DEALER;
    case KW_MESSAGE_PROPOSE:
    case KW_MESSAGE_PREVOTE:
    case KW_MESSAGE_PRECOMMIT:
        return instance == KW_INSTANCE_HANDOVER ? KW_AUTHOR_DEALER : KW_AUTHOR_RECEIVER;
    case KW_MESSAGE_HAVE:
    case KW_MESSAGE_ECHO:
    case KW_MESSAGE_RECONSTRUCT:
    case KW_MESSAGE_COMMIT:
        return KW_AUTHOR_RECEIVER;
    }
    return KW_AUTHOR_RECEIVER;
}

const kw_roster *kw_author_roster(const kw_author_rosters *rosters, const kw_message_header *header,
                                  kw_instance instance)
{
    switch (kw_author_part_of(header->type, instance)) {
    case KW_AUTHOR_DEALER:
        return rosters->dealers;
    case KW_AUTHOR_RECEIVER:
        return rosters->receivers;
    case KW_AUTHOR_EITHER:
        break;
    }
    bool receives = kw_roster_index(rosters->receivers, &header->sender) > 0;
    return receives ? rosters->receivers : rosters->dealers;
}

const kw_member *kw_author_of(const kw_author_rosters *rosters, const kw_message_header *header,
                              kw_instance instance)
{
    const kw_roster *roster = kw_author_roster(rosters, header, instance);
    uint16_t index = kw_roster_index(roster, &header->sender);
    return index == 0 ? NULL : kw_roster_at(roster, index);
}
