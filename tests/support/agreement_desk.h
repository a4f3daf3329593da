/* SPDX-License-Identifier: Apache-2.0
 * One member of an agreement of four on a desk: three votes decide, the proposers of views 0.. are
 * 4 4 4 1 4 3 1 3. Messages come by hand. */
#ifndef KW_TESTS_SUPPORT_AGREEMENT_DESK_H
#define KW_TESTS_SUPPORT_AGREEMENT_DESK_H

#include "threshold/engine/agreement/agreement.h"

enum {
    DESK_DELTA_MS = 100
};

typedef struct agreement_desk {
    kw_arena arena;
    kw_agreement engine;
    kw_agreement_setup setup;
    kw_agreement_action action; /* the last one */
    kw_agreement_verdict verdict;
    bool is_fresh;
    bool has_offer;
    uint32_t judged; /* questions to the port */
    uint64_t now;
} agreement_desk;

/* All proposals are held and fresh; `self` offers 'o'. */
void desk_open(agreement_desk *desk, uint16_t self);
void desk_close(agreement_desk *desk);

/* The same as set-up and tear-down of a case: its state is the desk of member 1. */
int desk_set_up(void **state);
int desk_tear_down(void **state);

/* A value that is named by a letter; 0 is nil. */
kw_hash32 desk_value(char letter);

/* Message of a member with an id that follows from its content. */
kw_agreement_message desk_message(kw_agreement_kind kind, uint16_t sender, uint32_t view,
                                  char letter);

/* Takes a message; any status but OK fails the test. */
void desk_take(agreement_desk *desk, kw_agreement_kind kind, uint16_t sender, uint32_t view,
               char letter);

/* A PROPOSE of the view's proposer. */
void desk_propose(agreement_desk *desk, uint32_t view, uint32_t valid_view, char letter);

/* The next action must be this one; a message sent is taken, as it should be. */
void desk_expect_send(agreement_desk *desk, kw_agreement_kind kind, uint32_t view, char letter);
void desk_expect(agreement_desk *desk, kw_agreement_act act);

/* Brings the member to view 1, where nothing has happened. */
void desk_to_next_view(agreement_desk *desk);

#endif /* KW_TESTS_SUPPORT_AGREEMENT_DESK_H */
