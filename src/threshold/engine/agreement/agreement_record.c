/* SPDX-License-Identifier: Apache-2.0
 * What an agreement must remember over a restart, lest it sign twice or forget a lock. */
#include "threshold/engine/agreement/agreement.h"

#include "codec/reader.h"
#include "codec/writer.h"

/* u8 version | u16 n | u8 flags | u8 step | u32 view | u64 end of waiting for a proposal
 * | precommits of the view before | u32 locked view | locked
 * | u32 valid view | valid | its PROPOSE | prevotes | u32 decided view | decided | its PROPOSE
 * | precommits
 * with values and hashes of 32 bytes, votes = u16 count || (u16 sender || hash), ascending. The
 * other timeouts start again when the votes come again: without these, nobody could be shown why
 * the view ended. */
enum {
    RECORD_VERSION = 1,
    FLAG_ENTERED = 1,
    FLAG_PROPOSED = 2,
    FLAG_DECIDED = 4,
};

static void write_proof(kw_writer *w, const kw_agreement_proof *proof)
{
    kw_write_u16be(w, proof->count);
    for (uint16_t i = 0; i < proof->count; i++) {
        kw_write_u16be(w, proof->senders[i]);
        kw_write_span(w, KW_SPAN(proof->ids[i].bytes));
    }
}

kw_status kw_agreement_save(const kw_agreement *agreement, kw_buf *out)
{
    const kw_agreement_state *s = &agreement->state;
    kw_writer w = kw_writer_to(out);
    kw_write_u8(&w, RECORD_VERSION);
    kw_write_u16be(&w, agreement->setup.quorum.n);
    kw_write_u8(&w, (uint8_t)((s->has_entered ? FLAG_ENTERED : 0) |
                              (s->has_proposed ? FLAG_PROPOSED : 0) |
                              (s->is_decided ? FLAG_DECIDED : 0)));
    kw_write_u8(&w, (uint8_t)s->step);
    kw_write_u32be(&w, s->view);
    kw_write_u64be(&w, s->deadline[KW_AGREEMENT_PROPOSING]);
    write_proof(&w, &s->entry);
    kw_write_u32be(&w, s->locked_view);
    kw_write_span(&w, KW_SPAN(s->locked.bytes));
    kw_write_u32be(&w, s->valid_view);
    kw_write_span(&w, KW_SPAN(s->valid.bytes));
    kw_write_span(&w, KW_SPAN(s->valid_source.bytes));
    write_proof(&w, &s->valid_proof);
    kw_write_u32be(&w, s->decided_view);
    kw_write_span(&w, KW_SPAN(s->decided.bytes));
    kw_write_span(&w, KW_SPAN(s->decided_source.bytes));
    write_proof(&w, &s->certificate);
    return kw_write_end(&w);
}

static size_t add_own(const kw_agreement *a, size_t count, const kw_ballot_box *box)
{
    const kw_ballot *own = box->ballots == NULL ? NULL : &box->ballots[a->setup.self - 1];
    if (own != NULL && own->is_cast) {
        a->bundle[count++] = own->id;
    }
    return count;
}

static size_t add_proof(const kw_agreement *a, size_t count, const kw_agreement_proof *proof)
{
    for (uint16_t i = 0; i < proof->count; i++) {
        a->bundle[count++] = proof->ids[i];
    }
    return count;
}

size_t kw_agreement_rests_on(const kw_agreement *agreement, const kw_hash32 **out)
{
    const kw_agreement *a = agreement;
    const kw_ballot_view *at = kw_ballots_view(&a->ballots, a->state.view);
    size_t count = 0;
    if (a->setup.self != 0 && at != NULL) {
        if (at->has_proposal && at->proposal.sender == a->setup.self) {
            a->bundle[count++] = at->proposal.id;
        }
        count = add_own(a, count, &at->prevotes);
        count = add_own(a, count, &at->precommits);
    }
    const kw_hash32 *source =
        a->state.is_decided ? &a->state.decided_source : &a->state.valid_source;
    if (!kw_agreement_is_nil(source)) {
        a->bundle[count++] = *source;
    }
    if (a->state.is_decided) { /* nobody is shown any more how it came so far */
        count = add_proof(a, count, &a->state.certificate);
    } else {
        count = add_proof(a, count, &a->state.entry);
        count = add_proof(a, count, &a->state.valid_proof);
    }
    *out = a->bundle;
    return count;
}

static void read_proof(kw_reader *r, kw_agreement_proof *out, const kw_quorum *quorum)
{
    uint16_t count = kw_read_u16be(r);
    uint16_t before = 0;
    if (count > quorum->b) {
        kw_read_fail(r);
        return;
    }
    for (uint16_t i = 0; i < count; i++) {
        uint16_t sender = kw_read_u16be(r);
        if (sender <= before || sender > quorum->n) {
            kw_read_fail(r);
            return;
        }
        out->senders[i] = before = sender;
        kw_read_into(r, KW_MSPAN(out->ids[i].bytes));
    }
    out->count = count;
}

static void read_state(kw_reader *r, kw_agreement_state *out, const kw_quorum *quorum)
{
    uint8_t flags = kw_read_u8(r);
    uint8_t step = kw_read_u8(r);
    out->has_entered = (flags & FLAG_ENTERED) != 0;
    out->has_proposed = (flags & FLAG_PROPOSED) != 0;
    out->is_decided = (flags & FLAG_DECIDED) != 0;
    out->step = step <= KW_AGREEMENT_PRECOMMITTED ? (kw_agreement_step)step : 0;
    out->view = kw_read_u32be(r);
    out->deadline[KW_AGREEMENT_PROPOSING] = kw_read_u64be(r);
    read_proof(r, &out->entry, quorum);
    out->locked_view = kw_read_u32be(r);
    kw_read_into(r, KW_MSPAN(out->locked.bytes));
    out->valid_view = kw_read_u32be(r);
    kw_read_into(r, KW_MSPAN(out->valid.bytes));
    kw_read_into(r, KW_MSPAN(out->valid_source.bytes));
    read_proof(r, &out->valid_proof, quorum);
    out->decided_view = kw_read_u32be(r);
    kw_read_into(r, KW_MSPAN(out->decided.bytes));
    kw_read_into(r, KW_MSPAN(out->decided_source.bytes));
    read_proof(r, &out->certificate, quorum);
    if (step > KW_AGREEMENT_PRECOMMITTED || flags > 7) {
        kw_read_fail(r);
    }
}

/* The valid value is not after the own view. A lock may be: of an own precommit that others showed
 * to a member whose record did not know it. */
static bool is_sound(const kw_agreement_state *s, const kw_quorum *quorum)
{
    bool has_valid = s->valid_view != KW_AGREEMENT_NO_VIEW;
    bool has_lock = s->locked_view != KW_AGREEMENT_NO_VIEW;
    return s->view < KW_AGREEMENT_VIEWS_MAX && (!has_valid || s->valid_view <= s->view) &&
           (!has_lock || s->locked_view < KW_AGREEMENT_VIEWS_MAX) &&
           s->valid_proof.count == (has_valid ? quorum->b : 0) &&
           s->certificate.count == (s->is_decided ? quorum->b : 0) &&
           (!s->is_decided || s->decided_view < KW_AGREEMENT_VIEWS_MAX);
}

static kw_status recall_prevotes(kw_agreement *a)
{
    const kw_agreement_proof *proof = &a->state.valid_proof;
    for (uint16_t i = 0; i < proof->count; i++) {
        kw_ballot_receipt receipt;
        kw_agreement_message vote = {
            .kind = KW_AGREEMENT_PREVOTE,
            .sender = proof->senders[i],
            .view = a->state.valid_view,
            .value = a->state.valid,
            .id = proof->ids[i],
        };
        KW_TRY(kw_ballots_add(&a->ballots, &receipt, &vote, a->state.view));
    }
    return KW_OK;
}

kw_status kw_agreement_resume(kw_agreement *out, const kw_agreement_setup *setup, kw_span record)
{
    KW_TRY(kw_agreement_init(out, setup));
    kw_reader r = kw_reader_of(record);
    kw_agreement_state state = out->state; /* its proofs have room for n votes each */
    uint8_t version = kw_read_u8(&r);
    uint16_t n = kw_read_u16be(&r);
    read_state(&r, &state, &setup->quorum);
    KW_TRY(kw_read_end(&r));
    if (version != RECORD_VERSION || n != setup->quorum.n || !is_sound(&state, &setup->quorum)) {
        return KW_BAD_INPUT;
    }
    out->state = state;
    out->resend_at = 0; /* others may have got nothing of it */
    return recall_prevotes(out);
}
