/* SPDX-License-Identifier: Apache-2.0
 * Votes of an agreement. Source: threshold.md section 5, arXiv 1807.04938. */
#include "threshold/engine/agreement/ballots.h"

#include "base/error.h"

bool kw_agreement_is_same(const kw_hash32 *a, const kw_hash32 *b)
{
    return kw_span_equal_var(KW_SPAN(a->bytes), KW_SPAN(b->bytes));
}

bool kw_agreement_is_nil(const kw_hash32 *value)
{
    static const kw_hash32 nil = {{0}};
    return kw_agreement_is_same(value, &nil);
}

kw_status kw_ballots_init(kw_ballots *out, kw_arena *arena, const kw_quorum *quorum)
{
    uint32_t *reached = kw_arena_new(arena, quorum->n, sizeof *reached);
    if (reached == NULL) {
        return KW_LIMIT;
    }
    *out = (kw_ballots){.arena = arena, .quorum = *quorum, .reached = reached};
    return KW_OK;
}

const kw_ballot_view *kw_ballots_view(const kw_ballots *ballots, uint32_t view)
{
    return view < KW_AGREEMENT_VIEWS_MAX ? ballots->views[view] : NULL;
}

static bool votes_for(const kw_ballot *ballot, const kw_hash32 *value)
{
    for (; ballot != NULL && ballot->is_cast; ballot = ballot->second) {
        if (kw_agreement_is_same(&ballot->value, value)) {
            return true;
        }
    }
    return false;
}

static bool is_in(const kw_ballot_box *box, const kw_agreement_message *vote)
{
    const kw_ballot *ballot = &box->ballots[vote->sender - 1];
    for (; ballot != NULL && ballot->is_cast; ballot = ballot->second) {
        if (kw_agreement_is_same(&ballot->id, &vote->id)) {
            return true;
        }
    }
    return false;
}

bool kw_ballots_has(const kw_ballots *ballots, const kw_agreement_message *message)
{
    const kw_ballot_view *view = kw_ballots_view(ballots, message->view);
    if (view == NULL || message->sender == 0 || message->sender > ballots->quorum.n) {
        return false;
    }
    switch (message->kind) {
    case KW_AGREEMENT_PROPOSE:
        return kw_agreement_is_same(&view->second_proposal, &message->id) ||
               (view->has_proposal && kw_agreement_is_same(&view->proposal.id, &message->id));
    case KW_AGREEMENT_PREVOTE:
        return is_in(&view->prevotes, message);
    case KW_AGREEMENT_PRECOMMIT:
        return is_in(&view->precommits, message);
    }
    return false;
}

uint16_t kw_ballot_box_count(const kw_ballots *ballots, const kw_ballot_box *box,
                             const kw_hash32 *value)
{
    uint16_t count = 0;
    for (uint16_t i = 0; box->ballots != NULL && i < ballots->quorum.n; i++) {
        count = (uint16_t)(count + votes_for(&box->ballots[i], value));
    }
    return count;
}

uint32_t kw_ballots_reached_by(const kw_ballots *ballots, uint16_t members)
{
    uint32_t best = 0;
    for (uint16_t i = 0; i < ballots->quorum.n; i++) {
        uint32_t place = ballots->reached[i];
        uint16_t count = 0;
        for (uint16_t k = 0; place > best && k < ballots->quorum.n; k++) {
            count = (uint16_t)(count + (ballots->reached[k] >= place));
        }
        best = place > best && count >= members ? place : best;
    }
    return best == 0 ? KW_AGREEMENT_NO_VIEW : best - 1;
}

static kw_status open_view(kw_ballots *ballots, kw_ballot_view **out, uint32_t view)
{
    if (ballots->views[view] == NULL) {
        kw_ballot_view *made = kw_arena_new(ballots->arena, 1, sizeof *made);
        uint16_t n = ballots->quorum.n;
        kw_ballot *both = kw_arena_new(ballots->arena, 2 * (size_t)n, sizeof *both);
        if (made == NULL || both == NULL) {
            return KW_LIMIT;
        }
        made->prevotes.ballots = both;
        made->precommits.ballots = &both[n];
        ballots->views[view] = made;
    }
    *out = ballots->views[view];
    return KW_OK;
}

static kw_status add_proposal(kw_ballot_view *view, kw_ballot_receipt *out,
                              const kw_agreement_message *message)
{
    if (!view->has_proposal) {
        view->has_proposal = true;
        view->proposal = *message;
        return KW_OK;
    }
    if (kw_agreement_is_same(&view->proposal.id, &message->id) ||
        kw_agreement_is_same(&view->second_proposal, &message->id)) {
        return KW_END;
    }
    out->rival = view->proposal.id;
    if (kw_agreement_is_nil(&view->second_proposal)) {
        view->second_proposal = message->id;
    } else {
        out->spare = message->id;
    }
    return KW_CONFLICT;
}

/* The second vote of an equivocator: the newest takes the place of an older one, so that a vote
 * which decides cannot be kept out by others shown before; but a vote for the winner stays. */
static kw_status add_second(kw_ballots *ballots, kw_ballot_receipt *out, const kw_ballot_box *box,
                            kw_ballot *first, const kw_agreement_message *message)
{
    if (first->second == NULL) {
        first->second = kw_arena_new(ballots->arena, 1, sizeof *first->second);
        if (first->second == NULL) {
            return KW_LIMIT;
        }
    }
    kw_ballot *second = first->second;
    if (second->is_cast && kw_agreement_is_same(&second->id, &message->id)) {
        return KW_END;
    }
    bool is_kept =
        second->is_cast && box->has_winner && kw_agreement_is_same(&second->value, &box->winner);
    out->rival = first->id;
    out->spare = is_kept ? message->id : second->id; /* zeros when this is the second vote */
    if (!is_kept) {
        *second = (kw_ballot){.is_cast = true, .value = message->value, .id = message->id};
    }
    return KW_CONFLICT;
}

static kw_status add_vote(kw_ballots *ballots, kw_ballot_receipt *out, kw_ballot_box *box,
                          const kw_agreement_message *message)
{
    kw_ballot *ballot = &box->ballots[message->sender - 1];
    kw_status st = KW_OK;
    if (!ballot->is_cast) {
        *ballot = (kw_ballot){.is_cast = true, .value = message->value, .id = message->id};
        box->cast_count++;
    } else if (kw_agreement_is_same(&ballot->id, &message->id)) {
        return KW_END;
    } else {
        st = add_second(ballots, out, box, ballot, message);
    }
    if (!box->has_winner && !kw_agreement_is_nil(&message->value) &&
        kw_ballot_box_count(ballots, box, &message->value) >= ballots->quorum.b) {
        box->has_winner = true;
        box->winner = message->value;
    }
    return st;
}

kw_status kw_ballots_add(kw_ballots *ballots, kw_ballot_receipt *out,
                         const kw_agreement_message *message, uint32_t view)
{
    *out = (kw_ballot_receipt){0};
    bool is_proposal = message->kind == KW_AGREEMENT_PROPOSE;
    if (message->sender == 0 || message->sender > ballots->quorum.n ||
        message->view >= KW_AGREEMENT_VIEWS_MAX ||
        (is_proposal && message->valid_view != KW_AGREEMENT_NO_VIEW &&
         message->valid_view >= message->view)) {
        return KW_BAD_INPUT;
    }
    uint32_t *reached = &ballots->reached[message->sender - 1];
    *reached = KW_MAX(*reached, message->view + 1);
    if (message->view > view && message->view - view > KW_AGREEMENT_VIEWS_AHEAD) {
        return KW_LIMIT;
    }
    kw_ballot_view *at = NULL;
    KW_TRY(open_view(ballots, &at, message->view));
    switch (message->kind) {
    case KW_AGREEMENT_PROPOSE:
        return add_proposal(at, out, message);
    case KW_AGREEMENT_PREVOTE:
        return add_vote(ballots, out, &at->prevotes, message);
    case KW_AGREEMENT_PRECOMMIT:
        return add_vote(ballots, out, &at->precommits, message);
    }
    return KW_BAD_INPUT;
}
