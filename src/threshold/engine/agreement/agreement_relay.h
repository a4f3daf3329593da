/* SPDX-License-Identifier: Apache-2.0
 * What an agreement says again, and to whom: the paper assumes that what one honest member received
 * reaches all, and here nobody but the members themselves sees to that. A part of agreement.c. */
#ifndef KW_THRESHOLD_ENGINE_AGREEMENT_AGREEMENT_RELAY_H
#define KW_THRESHOLD_ENGINE_AGREEMENT_AGREEMENT_RELAY_H

#include "threshold/engine/agreement/agreement.h"

/* Of the view. */
uint64_t kw_agreement_timeout_ms(const kw_agreement *agreement);

/* Before the decision: who is stuck says again what it said in this view, and why it is there.
 * True: `out` may be a RELAY. */
bool kw_agreement_send_again(kw_agreement *agreement, kw_agreement_action *out, uint64_t now);

/* Decided, but no PROPOSE of the value is HELD. */
bool kw_agreement_lacks_source(const kw_agreement *agreement);

/* Looks for the source of what was decided among the proposals that are known, by the port. */
void kw_agreement_find_source(kw_agreement *agreement);

/* After the decision: asks for the list that is lacking, or answers a member that goes on. True:
 * `out` is a RELAY. */
bool kw_agreement_answer(kw_agreement *agreement, kw_agreement_action *out, uint64_t now);

/* Notes what a message that the member `from` delivered says after the decision, and corrects the
 * receipt: `st` is what kw_ballots_add said of it. */
void kw_agreement_note(kw_agreement *agreement, kw_ballot_receipt *io,
                       const kw_agreement_message *message, uint16_t from, kw_status st);

/* When to look after all this, NEVER if there is nothing to wait for. */
uint64_t kw_agreement_answers_at(const kw_agreement *agreement);

#endif /* KW_THRESHOLD_ENGINE_AGREEMENT_AGREEMENT_RELAY_H */
