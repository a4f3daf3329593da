/* SPDX-License-Identifier: Apache-2.0
 * HAVE and ECHO: which dealings a member holds, and what it says of each. Bodies:
 *
 *   HAVE  u16 count | 32 hash of a DEAL, none: zeros
 *   ECHO  u16 count | u8 0 missing, or u8 1 ok | 32 hash, or u8 2 complaint | 32 hash | P | c z
 *
 * one for each dealer, by index. Statuses as in msg_deal.h. */
#ifndef KW_THRESHOLD_ENGINE_MESSAGE_MSG_ECHO_H
#define KW_THRESHOLD_ENGINE_MESSAGE_MSG_ECHO_H

#include "base/arena.h"
#include "threshold/engine/message/fields.h"
#include "threshold/engine/roster/scope.h"

typedef struct kw_have {
    kw_hash_list deals;
} kw_have;

typedef enum kw_echo_verdict {
    KW_ECHO_MISSING = 0,
    KW_ECHO_OK = 1,
    KW_ECHO_COMPLAINT = 2,
} kw_echo_verdict;

typedef struct kw_echo_entry {
    kw_echo_verdict verdict;
    kw_hash32 deal; /* unless missing: hash of the DEAL that is judged */
    kw_group_g1 p;  /* of a complaint: ek_secret R */
    kw_proof proof; /* of a complaint: kw_dleq_claim */
} kw_echo_entry;

typedef struct kw_echo {
    const kw_echo_entry *entries; /* entries[i - 1] is about dealer i */
    uint16_t count;
} kw_echo;

KW_MUST_USE kw_status kw_have_read(kw_have *out, kw_reader *r, const kw_message_scope *scope);
KW_MUST_USE kw_status kw_echo_read(kw_echo *out, kw_reader *r, const kw_message_scope *scope,
                                   kw_arena *arena);
void kw_have_write(kw_writer *w, const kw_have *have);
void kw_echo_write(kw_writer *w, const kw_echo *echo, const kw_message_scope *scope);

#endif /* KW_THRESHOLD_ENGINE_MESSAGE_MSG_ECHO_H */
