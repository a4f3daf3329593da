/* SPDX-License-Identifier: Apache-2.0
 * PROPOSE, PREVOTE and PRECOMMIT. Source: threshold.md section 2. */
#include "threshold/engine/message/msg_vote.h"

static kw_status check_opened(const kw_propose *propose, uint16_t dealers)
{
    uint16_t last = 0;
    for (size_t i = 0; i < kw_propose_opened_count(propose); i++) {
        uint16_t dealer = kw_propose_opened_at(propose, i);
        if (dealer <= last) {
            return KW_ENCODING;
        }
        last = dealer;
    }
    return last <= dealers ? KW_OK : KW_RANGE;
}

kw_status kw_propose_read(kw_propose *out, kw_reader *r, const kw_message_scope *scope)
{
    kw_propose propose = {.view = kw_read_u32be(r)};
    propose.valid_view = kw_read_u32be(r);
    switch (scope->instance) {
    case KW_INSTANCE_SET:
        propose.hashes = kw_read_hash_list(r);
        break;
    case KW_INSTANCE_OPEN:
        propose.opened = kw_read_span(r, 2 * (size_t)kw_read_u16be(r));
        break;
    case KW_INSTANCE_HANDOVER:
        kw_read_into(r, KW_MSPAN(propose.digest.bytes));
        propose.hashes = kw_read_hash_list(r);
        break;
    }
    KW_TRY(kw_read_end(r));
    if (propose.valid_view != KW_VIEW_NONE && propose.valid_view >= propose.view) {
        return KW_ENCODING;
    }
    if (scope->instance == KW_INSTANCE_HANDOVER && kw_hash32_is_none(&propose.digest)) {
        return KW_ENCODING; /* nil is voted for, never proposed */
    }
    KW_TRY(check_opened(&propose, scope->dealers));
    KW_TRY(kw_hash_list_check(propose.hashes));
    *out = propose;
    return KW_OK;
}

void kw_propose_write(kw_writer *w, const kw_propose *propose, const kw_message_scope *scope)
{
    kw_write_u32be(w, propose->view);
    kw_write_u32be(w, propose->valid_view);
    switch (scope->instance) {
    case KW_INSTANCE_SET:
        kw_write_hash_list(w, propose->hashes);
        break;
    case KW_INSTANCE_OPEN:
        kw_write_u16be(w, kw_propose_opened_count(propose));
        kw_write_span(w, propose->opened);
        break;
    case KW_INSTANCE_HANDOVER:
        kw_write_span(w, KW_SPAN(propose->digest.bytes));
        kw_write_hash_list(w, propose->hashes);
        break;
    }
}

static kw_vote read_vote(kw_reader *r)
{
    kw_vote vote = {.view = kw_read_u32be(r)};
    kw_read_into(r, KW_MSPAN(vote.value.bytes));
    return vote;
}

kw_status kw_prevote_read(kw_vote *out, kw_reader *r, const kw_message_scope *scope)
{
    kw_vote vote = read_vote(r);
    vote.wanted = kw_read_hash_list(r);
    KW_TRY(kw_read_end(r));
    bool may_want = kw_hash32_is_none(&vote.value) && scope->instance == KW_INSTANCE_SET;
    if (vote.wanted.count > 0 && !may_want) {
        return KW_ENCODING;
    }
    KW_TRY(kw_hash_list_check(vote.wanted));
    *out = vote;
    return KW_OK;
}

kw_status kw_precommit_read(kw_vote *out, kw_reader *r)
{
    kw_vote vote = read_vote(r);
    KW_TRY(kw_read_end(r));
    *out = vote;
    return KW_OK;
}

void kw_prevote_write(kw_writer *w, const kw_vote *vote)
{
    kw_precommit_write(w, vote);
    kw_write_hash_list(w, vote->wanted);
}

void kw_precommit_write(kw_writer *w, const kw_vote *vote)
{
    kw_write_u32be(w, vote->view);
    kw_write_span(w, KW_SPAN(vote->value.bytes));
}
