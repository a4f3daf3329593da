/* SPDX-License-Identifier: Apache-2.0
 * One member of a handover on a desk: messages of the others come by hand, made by somebody who
 * holds all keys. Four vote, three decide. */
#ifndef KW_TESTS_SUPPORT_HANDOVER_DESK_H
#define KW_TESTS_SUPPORT_HANDOVER_DESK_H

#include "support/epoch_desk.h"
#include "threshold/engine/handover/handover.h"

enum {
    HANDOVER_DESK_DELTA_MS = 100,
};

typedef struct handover_desk {
    epoch_desk epochs;
    desk_epoch first;   /* outgoing: members 1 to 4 */
    desk_epoch next[2]; /* candidates: members 2 to 6, 1 to 4; the second is newer */
    kw_arena lasting;
    kw_arena scratch;
    kw_handover *h;
    kw_handover_setup setup;
    kw_handover_action action; /* the last one */
    bool can_form;
    bool has_share;
    uint64_t now;
} handover_desk;

/* Opens the desk of that voter; 0: of somebody who looks on. */
void handover_desk_open(handover_desk *desk, uint16_t self);
void handover_desk_close(handover_desk *desk);

/* Forgets the handover and goes on from the record. */
KW_MUST_USE kw_status handover_desk_restart(handover_desk *desk, kw_span record);

/* The next action is this one. */
void handover_desk_expect(handover_desk *desk, kw_handover_act act);

/* The next action is a SEND of that type; the message it holds. */
kw_message handover_desk_expect_send(handover_desk *desk, kw_message_type type);

/* Offers candidate `which`, takes a vote or SEAL of a voter for it; all must be new. */
void handover_desk_offer(handover_desk *desk, size_t which);
void handover_desk_propose(handover_desk *desk, size_t which, uint32_t view);
void handover_desk_vote(handover_desk *desk, size_t which, kw_message_type type, uint16_t voter,
                        uint32_t view);
void handover_desk_seal(handover_desk *desk, size_t which, uint16_t voter);

/* Who proposes in a view. */
uint16_t handover_desk_proposer(const handover_desk *desk, uint32_t view);

/* Offers candidate 0 and lets it win in view 0 by others' votes; the actions are swallowed, up to
 * DECIDED. */
void handover_desk_decide(handover_desk *desk);

#endif /* KW_TESTS_SUPPORT_HANDOVER_DESK_H */
