/* SPDX-License-Identifier: Apache-2.0
 * A member opens what a dealer sent it, and anybody sees which of the two lied. It reveals K of
 * this session and pair, no more. Source: threshold.md section 4. */
#ifndef KW_THRESHOLD_ENGINE_DEALING_COMPLAINT_H
#define KW_THRESHOLD_ENGINE_DEALING_COMPLAINT_H

#include "threshold/engine/dealing/dealing.h"
#include "threshold/engine/message/msg_echo.h"

/* The entry of an ECHO in which member j complains. `nonce` is secret, random, used once. Only for
 * a dealing that passed kw_dealing_check. CT: constant time in ek and nonce. */
void kw_complaint_make(kw_echo_entry *out, const kw_dealing *dealing, uint16_t member,
                       const kw_group_secret *ek, const kw_group_secret *nonce);

typedef enum kw_complaint_verdict {
    KW_COMPLAINT_VOID,  /* its proof fails: neither complaint nor ok */
    KW_COMPLAINT_TRUE,  /* the share is bad: the dealer is out */
    KW_COMPLAINT_FALSE, /* the share is good: the complainer lied */
} kw_complaint_verdict;

/* Judges an entry of member j about this very dealing; `ek` is that of the HELLO which the DEAL
 * names. Needs nothing secret: K is the point that the complaint opens. */
kw_complaint_verdict kw_complaint_judge(const kw_echo_entry *entry, const kw_dealing *dealing,
                                        uint16_t member, const kw_group_g1 *ek);

#endif /* KW_THRESHOLD_ENGINE_DEALING_COMPLAINT_H */
