/* SPDX-License-Identifier: Apache-2.0
 * What an agreement says again. Source: threshold.md section 5, docs/adr/0019. */
#include "threshold/engine/agreement/agreement_relay.h"

uint64_t kw_agreement_timeout_ms(const kw_agreement *agreement)
{
    uint64_t delta_ms = agreement->setup.delta_ms;
    return delta_ms + agreement->state.view * delta_ms / 2;
}

/* ---- bundles ---- */
static void bundle_id(kw_agreement *a, kw_agreement_action *out, const kw_hash32 *id)
{
    a->bundle[out->ids_count++] = *id;
}

static void bundle_own_vote(kw_agreement *a, kw_agreement_action *out, const kw_ballot_box *box)
{
    const kw_ballot *own = box->ballots == NULL ? NULL : &box->ballots[a->setup.self - 1];
    if (own != NULL && own->is_cast) {
        bundle_id(a, out, &own->id);
    }
}

static void bundle_proof(kw_agreement *a, kw_agreement_action *out, const kw_agreement_proof *proof)
{
    for (uint16_t i = 0; i < proof->count; i++) {
        bundle_id(a, out, &proof->ids[i]);
    }
}

static bool relay(const kw_agreement *a, kw_agreement_action *out, uint16_t to)
{
    if (out->ids_count > 0) {
        out->act = KW_AGREEMENT_RELAY;
        out->to = to;
        out->ids = a->bundle;
    }
    return out->ids_count > 0;
}

/* ---- before the decision ---- */

/* Why it is in this view: the precommits that ended the view before, of which those of a faulty
 * member may have been shown to nobody else, and the prevotes for its valid value. These go with a
 * proposal of that value, too. */
bool kw_agreement_send_again(kw_agreement *agreement, kw_agreement_action *out, uint64_t now)
{
    kw_agreement *a = agreement;
    const kw_ballot_view *at = kw_ballots_view(&a->ballots, a->state.view);
    if (now < a->resend_at && !a->owes_proof) {
        return false;
    }
    a->owes_proof = false;
    a->resend_at = now + kw_agreement_timeout_ms(a); /* also when there is nothing to send */
    if (at != NULL) {
        if (at->has_proposal && at->proposal.sender == a->setup.self) {
            bundle_id(a, out, &at->proposal.id);
        }
        bundle_own_vote(a, out, &at->prevotes);
        bundle_own_vote(a, out, &at->precommits);
    }
    bundle_proof(a, out, &a->state.entry);
    if (a->state.valid_view != KW_AGREEMENT_NO_VIEW) {
        bundle_id(a, out, &a->state.valid_source);
        bundle_proof(a, out, &a->state.valid_proof);
    }
    (void)relay(a, out, 0);
    return true;
}

/* ---- the list of what was decided ---- */
bool kw_agreement_lacks_source(const kw_agreement *agreement)
{
    return agreement->state.is_decided && kw_agreement_is_nil(&agreement->state.decided_source);
}

static bool is_of_decided(const kw_agreement *a, const kw_agreement_message *proposal)
{
    return proposal->kind == KW_AGREEMENT_PROPOSE &&
           kw_agreement_is_same(&proposal->value, &a->state.decided);
}

/* In a handover the value is not a hash of the list, so another list may stand under it. */
static void try_source(kw_agreement *a, const kw_agreement_message *proposal)
{
    if (kw_agreement_lacks_source(a) && is_of_decided(a, proposal) &&
        a->setup.port.judge(a->setup.port.ctx, proposal) == KW_AGREEMENT_HELD) {
        a->state.decided_source = proposal->id;
    }
}

void kw_agreement_find_source(kw_agreement *agreement)
{
    kw_agreement_state *s = &agreement->state;
    if (s->valid_view != KW_AGREEMENT_NO_VIEW && kw_agreement_is_same(&s->valid, &s->decided)) {
        s->decided_source = s->valid_source; /* was HELD */
    }
    for (uint32_t view = 0; view < KW_AGREEMENT_VIEWS_MAX; view++) {
        const kw_ballot_view *at = kw_ballots_view(&agreement->ballots, view);
        if (at != NULL && at->has_proposal) {
            try_source(agreement, &at->proposal);
        }
    }
    for (size_t from = 0; from <= agreement->setup.quorum.n; from++) {
        try_source(agreement, &agreement->brought[from]);
    }
}

/* Who has decided without the list sends its last vote again, for which it gets an answer. */
static bool ask_for_list(kw_agreement *a, kw_agreement_action *out, uint64_t now)
{
    if (!a->state.has_entered || !kw_agreement_lacks_source(a) || now < a->resend_at) {
        return false;
    }
    a->resend_at = now + kw_agreement_timeout_ms(a);
    for (uint32_t view = a->state.view + 1; view > 0 && out->ids_count == 0; view--) {
        const kw_ballot_view *at = kw_ballots_view(&a->ballots, view - 1);
        if (at != NULL) {
            bundle_own_vote(a, out, &at->prevotes);
        }
    }
    return relay(a, out, 0);
}

/* ---- answers ---- */
bool kw_agreement_answer(kw_agreement *agreement, kw_agreement_action *out, uint64_t now)
{
    kw_agreement *a = agreement;
    if (ask_for_list(a, out, now)) {
        return true;
    }
    for (uint16_t i = 0; i < a->setup.quorum.n; i++) {
        uint64_t timeout_ms = kw_agreement_timeout_ms(a);
        if (!a->asks[i] || (now < a->answer_at[i] && a->answer_at[i] - now <= timeout_ms)) {
            continue;
        }
        a->asks[i] = false;
        a->answer_at[i] = now + timeout_ms;
        if (!kw_agreement_is_nil(&a->state.decided_source)) {
            bundle_id(a, out, &a->state.decided_source);
        }
        bundle_proof(a, out, &a->state.certificate);
        return relay(a, out, (uint16_t)(i + 1));
    }
    return false;
}

uint64_t kw_agreement_answers_at(const kw_agreement *agreement)
{
    uint64_t at = KW_AGREEMENT_NEVER;
    for (uint16_t i = 0; i < agreement->setup.quorum.n; i++) {
        at = agreement->asks[i] ? KW_MIN(at, agreement->answer_at[i]) : at;
    }
    if (agreement->state.has_entered && kw_agreement_lacks_source(agreement)) {
        at = KW_MIN(at, agreement->resend_at);
    }
    return at;
}

/* ---- what comes in ---- */

/* Who sends an own message again, or one of a later view, does not know the decision; but a
 * PRECOMMIT for it is part of an answer. */
static void note_laggard(kw_agreement *a, const kw_agreement_message *message, kw_status st)
{
    bool is_late = message->view > a->state.decided_view || st == KW_END;
    bool is_answer = message->kind == KW_AGREEMENT_PRECOMMIT &&
                     kw_agreement_is_same(&message->value, &a->state.decided);
    if (a->is_told && is_late && !is_answer && message->sender != a->setup.self) {
        a->asks[message->sender - 1] = true;
    }
}

/* One place for each deliverer: whatever a faulty proposer makes up, it does not displace what an
 * honest member answers. */
static void note_brought(kw_agreement *a, kw_ballot_receipt *io,
                         const kw_agreement_message *proposal, uint16_t from)
{
    kw_agreement_message *place = &a->brought[from <= a->setup.quorum.n ? from : 0];
    kw_agreement_message before = *place;
    *place = *proposal;
    bool is_spare = before.kind == KW_AGREEMENT_PROPOSE &&
                    !kw_agreement_is_same(&before.id, &proposal->id) &&
                    !kw_agreement_needs(a, &before);
    io->spare = is_spare ? before.id : (kw_hash32){{0}};
}

static bool has_proof_of(const kw_agreement *a, const kw_hash32 *id)
{
    const kw_agreement_state *s = &a->state;
    const kw_agreement_proof *const proofs[] = {&s->entry, &s->valid_proof, &s->certificate};
    for (size_t k = 0; k < KW_COUNT(proofs); k++) {
        for (uint16_t i = 0; i < proofs[k]->count; i++) {
            if (kw_agreement_is_same(&proofs[k]->ids[i], id)) {
                return true;
            }
        }
    }
    return false;
}

void kw_agreement_note(kw_agreement *agreement, kw_ballot_receipt *io,
                       const kw_agreement_message *message, uint16_t from, kw_status st)
{
    if (from == message->sender) {
        note_laggard(agreement, message, st);
    }
    if (st != KW_LIMIT && kw_agreement_lacks_source(agreement) &&
        is_of_decided(agreement, message)) {
        note_brought(agreement, io, message, from);
    }
    if (has_proof_of(agreement, &io->spare)) {
        io->spare = (kw_hash32){{0}};
    }
}

static bool is_brought(const kw_agreement *a, const kw_agreement_message *proposal)
{
    for (size_t from = 0; from <= a->setup.quorum.n; from++) {
        if (kw_agreement_is_same(&a->brought[from].id, &proposal->id)) {
            return true;
        }
    }
    return false;
}

bool kw_agreement_needs(const kw_agreement *agreement, const kw_agreement_message *message)
{
    const kw_agreement *a = agreement;
    const kw_agreement_state *s = &a->state;
    if (message->sender == a->setup.self || has_proof_of(a, &message->id) ||
        kw_agreement_is_same(&s->valid_source, &message->id) ||
        kw_agreement_is_same(&s->decided_source, &message->id)) {
        return true;
    }
    bool is_held = kw_ballots_has(&a->ballots, message);
    if (s->is_decided) {
        return kw_agreement_lacks_source(a) && is_of_decided(a, message) &&
               (is_held || is_brought(a, message));
    }
    return is_held && (message->kind != KW_AGREEMENT_PREVOTE || message->view >= s->view);
}
