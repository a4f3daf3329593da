/* SPDX-License-Identifier: Apache-2.0
 * Dealers of D that do not extract are opened, by agreement: their shares give their polynomials.
 * Source: threshold.md section 6. Secret inputs: shares that are opened. */
#include "threshold/engine/agreement/opening.h"
#include "threshold/engine/group/interpolation.h"
#include "threshold/engine/session/session_parts.h"

enum {
    OPEN_DELTAS = 2, /* after the decision on the set */
};

/* ---- the agreement ---- */
static kw_opening opening_of(const kw_session *s)
{
    return (kw_opening){s->decided.refs, s->has_extract, s->decided.count, s->setup.quorum.f};
}

static kw_agreement_verdict judge(void *ctx, const kw_agreement_message *proposal)
{
    const kw_session *s = ctx;
    const session_vote *vote = session_proposal(s, &proposal->id, &proposal->value);
    const kw_opening opening = opening_of(s);
    if (vote == NULL) {
        return KW_AGREEMENT_LACKING;
    }
    return kw_opening_judge(&opening, vote->opened, vote->opened_count);
}

static bool is_fresh(void *ctx, const kw_agreement_message *proposal)
{
    KW_UNUSED(ctx);
    KW_UNUSED(proposal);
    return true;
}

static bool offer(void *ctx, kw_hash32 *value)
{
    kw_session *s = ctx;
    const kw_opening opening = opening_of(s);
    if (s->has_opened || !kw_opening_offer(&opening, s->opened, &s->opened_count)) {
        return false;
    }
    kw_open_value(value, s->opened, s->opened_count);
    return true;
}

kw_status session_open_init(kw_session *s, kw_span record)
{
    if (s->scope.suite != KW_SUITE_PEDERSEN) {
        return KW_OK;
    }
    kw_arena *arena = s->setup.memory.lasting;
    s->opened = kw_arena_new(arena, s->setup.quorum.f + 1U, sizeof *s->opened);
    if (s->opened == NULL) {
        return KW_LIMIT;
    }
    const kw_agreement_setup setup = {
        .iid = s->open_id,
        .quorum = s->setup.quorum,
        .self = s->self_new,
        .delta_ms = s->setup.delta_ms,
        .arena = arena,
        .port = {.ctx = s, .judge = judge, .is_fresh = is_fresh, .offer = offer},
    };
    return record.len == 0 ? kw_agreement_init(&s->open, &setup)
                           : kw_agreement_resume(&s->open, &setup, record);
}

uint64_t session_opens_at(const kw_session *s)
{
    return s->decided_at + (uint64_t)OPEN_DELTAS * s->setup.delta_ms;
}

/* One RECONSTRUCT: the own share pairs of X. */
static void say_opened(kw_session *s, uint64_t now)
{
    const kw_group *group = s->setup.group;
    kw_opened_share *shares =
        kw_arena_new(s->setup.memory.scratch, KW_MAX(s->opened_count, 1), sizeof *shares);
    uint16_t count = 0;
    for (uint16_t i = 0; shares != NULL && i < s->opened_count; i++) {
        const session_deal *deal = session_decided_deal(s, session_find_decided(s, s->opened[i]));
        if (deal->share_state == SESSION_SHARE_GOOD) {
            shares[count].dealer = s->opened[i];
            kw_declassify_group_secret(group, &shares[count].f, &deal->share->f,
                                       "the members agreed to open this dealer");
            kw_declassify_group_secret(group, &shares[count].f2, &deal->share->f2,
                                       "the members agreed to open this dealer");
            count++;
        }
    }
    if (count > 0) {
        kw_message m = {.header.type = KW_MESSAGE_RECONSTRUCT};
        m.body.reconstruct = (kw_reconstruct){shares, count};
        session_say(s, &m, &s->sid, now);
    }
}

/* X is decided and known. */
static bool learn_opened(kw_session *s, uint64_t now)
{
    kw_agreement_decision decision;
    if (s->has_opened || !kw_agreement_decision_of(&s->open, &decision)) {
        return false;
    }
    const session_vote *source = session_proposal(s, &decision.source, &decision.value);
    if (source == NULL) {
        session_want(s, &decision.value, KW_MESSAGE_PROPOSE, 0, now);
        return false;
    }
    const kw_opening opening = opening_of(s);
    kw_wants_drop(&s->wants, &decision.value);
    if (kw_opening_judge(&opening, source->opened, source->opened_count) == KW_AGREEMENT_REFUSED) {
        session_fail(s); /* more than f members are faulty */
        return true;
    }
    s->has_opened = true;
    s->opened_count = source->opened_count;
    memcpy(s->opened, source->opened, source->opened_count * sizeof *s->opened);
    if (s->self_new != 0 && session_letter(s, s->self, KW_MESSAGE_RECONSTRUCT) == NULL) {
        say_opened(s, now);
    }
    return true;
}

/* Never by own timeout alone: who lacks an EXTRACT proposes, and who lacks none votes with him when
 * somebody has begun. */
bool session_run_open(kw_session *s, uint64_t now)
{
    if (s->scope.suite != KW_SUITE_PEDERSEN || !s->has_set) {
        return false;
    }
    if (now >= session_opens_at(s) && (s->has_open_votes || !session_has_all_extracts(s))) {
        kw_agreement_enter(&s->open, now);
    }
    return session_drive(s, &s->open, now) || learn_opened(s, now);
}

/* ---- RECONSTRUCT ---- */
kw_status session_read_opened(kw_session *s, kw_letter *letter, const kw_message *m, uint64_t now)
{
    KW_UNUSED(now);
    session_opened *read = kw_arena_new(s->setup.memory.lasting, 1, sizeof *read);
    if (read == NULL) {
        return KW_LIMIT;
    }
    *read = (session_opened){m->body.reconstruct, session_member_of(s, letter)};
    letter->read = read;
    return KW_OK;
}

/* The share of a member that the commitments confirm; false: none. */
static bool find_share(const kw_session *s, kw_poly_point *out, const session_opened *opened,
                       const session_deal *deal)
{
    const kw_group *group = s->setup.group;
    for (uint16_t i = 0; i < opened->reconstruct.count; i++) {
        const kw_opened_share *at = &opened->reconstruct.shares[i];
        kw_share share;
        if (at->dealer != deal->place.dealer) {
            continue;
        }
        group->secret_of_scalar(&share.f, &at->f);
        group->secret_of_scalar(&share.f2, &at->f2);
        *out = (kw_poly_point){opened->member, at->f};
        return kw_share_matches(&share, group, &deal->deal.c, &s->setup.h, opened->member);
    }
    return false;
}

/* Good shares of one dealer, one of each member, at most t. */
static uint16_t find_shares(const kw_session *s, kw_poly_point *out, const session_deal *deal)
{
    uint16_t count = 0;
    for (uint16_t j = 1; j <= s->scope.n && count < s->scope.t; j++) {
        const kw_letter *at = session_letter(s, session_rank_of(s, j), KW_MESSAGE_RECONSTRUCT);
        bool is_found = false;
        for (; at != NULL && !is_found; at = at->second) {
            is_found = at->read != NULL && find_share(s, &out[count], at->read, deal);
        }
        count = (uint16_t)(count + is_found);
    }
    return count;
}

static uint16_t count_opened(const kw_session *s)
{
    uint16_t count = 0;
    const kw_letter *at = NULL;
    while ((at = kw_mailbox_next(&s->mailbox, KW_MESSAGE_RECONSTRUCT, at)) != NULL) {
        count = (uint16_t)(count + (at->read != NULL));
    }
    return count;
}

/* The commitments in G2 of a dealer whose polynomial is public now; NULL: too few shares. */
static const kw_group_g2 *open_dealer(kw_session *s, const session_deal *deal)
{
    const kw_group *group = s->setup.group;
    kw_arena *scratch = s->setup.memory.scratch;
    uint16_t t = s->scope.t;
    kw_poly_point *points = kw_arena_new(scratch, t, sizeof *points);
    kw_group_scalar *coefficients = kw_arena_new(scratch, t, sizeof *coefficients);
    if (points == NULL || coefficients == NULL || find_shares(s, points, deal) < t) {
        return NULL;
    }
    kw_group_g2 *a = kw_arena_new(s->setup.memory.lasting, t, sizeof *a);
    if (a == NULL || kw_poly_through_var(coefficients, group, points, t, scratch) != KW_OK) {
        return NULL;
    }
    for (uint16_t k = 0; k < t; k++) { /* public; the generator's table takes secrets only */
        kw_group_secret coefficient;
        group->secret_of_scalar(&coefficient, &coefficients[k]);
        group->g2_base(&a[k], &coefficient);
    }
    return a;
}

/* Stopping changes nothing about the key: who does not extract is opened, and stays in the sum. */
bool session_open_dealers(kw_session *s)
{
    uint16_t count = count_opened(s);
    if (!s->has_opened || count < s->scope.t || count == s->opened_tried) {
        return false;
    }
    s->opened_tried = count;
    bool is_done = false;
    for (uint16_t i = 0; i < s->opened_count; i++) {
        session_dealer *dealer = &s->dealers[s->opened[i] - 1];
        if (dealer->a == NULL) {
            dealer->a =
                open_dealer(s, session_decided_deal(s, session_find_decided(s, s->opened[i])));
            is_done = is_done || dealer->a != NULL;
        }
    }
    return is_done;
}
