/* SPDX-License-Identifier: Apache-2.0
 * PROPOSE, PREVOTE and PRECOMMIT of all three agreements. Bodies:
 *
 *   PROPOSE    u32 view | u32 valid view | the value's content: of the dealer set, u16 count and
 *              hashes of ECHOs; of opening, u16 count and u16 indices of dealers; of handing over,
 *              32 digest | u16 count and hashes of COMMITs
 *   PREVOTE    u32 view | 32 value, nil: zeros | u16 count and hashes of ECHOs that are wanted
 *   PRECOMMIT  u32 view | 32 value
 *
 * Statuses as in msg_deal.h; ENCODING also: a valid view that is not before the view, a list that
 * repeats or holds none, a digest of zeros, something wanted by a vote that is not nil or not about
 * the dealer set. RANGE also: a dealer that there is not. */
#ifndef KW_THRESHOLD_ENGINE_MESSAGE_MSG_VOTE_H
#define KW_THRESHOLD_ENGINE_MESSAGE_MSG_VOTE_H

#include "threshold/engine/message/fields.h"
#include "threshold/engine/roster/scope.h"

#define KW_VIEW_NONE UINT32_MAX /* as a valid view */

typedef struct kw_propose {
    uint32_t view;
    uint32_t valid_view; /* KW_VIEW_NONE, or below view */
    kw_hash32 digest;    /* of handing over */
    kw_hash_list hashes; /* of the dealer set and of handing over */
    kw_span opened;      /* of opening: u16 big-endian each, ascending, 1..dealers */
} kw_propose;

/* A PREVOTE or a PRECOMMIT. */
typedef struct kw_vote {
    uint32_t view;
    kw_hash32 value;     /* nil: zeros */
    kw_hash_list wanted; /* empty in a PRECOMMIT */
} kw_vote;

KW_MUST_USE kw_status kw_propose_read(kw_propose *out, kw_reader *r, const kw_message_scope *scope);
KW_MUST_USE kw_status kw_prevote_read(kw_vote *out, kw_reader *r, const kw_message_scope *scope);
KW_MUST_USE kw_status kw_precommit_read(kw_vote *out, kw_reader *r);
void kw_propose_write(kw_writer *w, const kw_propose *propose, const kw_message_scope *scope);
void kw_prevote_write(kw_writer *w, const kw_vote *vote);
void kw_precommit_write(kw_writer *w, const kw_vote *vote);

/* How many dealers a proposal opens, and the one at `at`. */
static inline uint16_t kw_propose_opened_count(const kw_propose *propose)
{
    return (uint16_t)(propose->opened.len / 2);
}

static inline uint16_t kw_propose_opened_at(const kw_propose *propose, size_t at)
{
    const uint8_t *bytes = &propose->opened.ptr[2 * at];
    return (uint16_t)(bytes[0] << 8 | bytes[1]);
}

#endif /* KW_THRESHOLD_ENGINE_MESSAGE_MSG_VOTE_H */
