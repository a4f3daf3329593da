/* SPDX-License-Identifier: Apache-2.0
 * The rules of an agreement, with the line numbers of algorithm 1 in arXiv 1807.04938; 2f + 1 is b
 * here. Changes: threshold.md section 5. */
#include "threshold/engine/agreement/agreement.h"

#include "base/error.h"
#include "crypto/keccak.h"
#include "threshold/engine/agreement/agreement_relay.h"

/* Looks at the state; true: it did something, the rules start again. */
typedef bool (*agreement_rule)(kw_agreement *a, kw_agreement_action *out, uint64_t now);

enum {
    BUNDLE_SINGLE_MAX = 4, /* own messages of a view, and the source of the valid value */
    PROOFS = 3,            /* entry, valid value, certificate */
    FIXED_ARRAYS = 5 + 2 * PROOFS,
    ARENA_PADDING = 16, /* at most, of one piece */
};

static const kw_hash32 nil = {{0}};

uint16_t kw_agreement_proposer(const kw_hash32 *iid, uint16_t n, uint32_t view)
{
    uint8_t input[sizeof iid->bytes + sizeof view];
    memcpy(input, iid->bytes, sizeof iid->bytes);
    for (size_t i = 0; i < sizeof view; i++) {
        input[sizeof iid->bytes + i] = (uint8_t)(view >> (24 - 8 * i));
    }
    kw_hash32 hash;
    kw_keccak256(&hash, KW_SPAN(input));
    uint32_t rest = 0;
    for (size_t i = 0; i < sizeof hash.bytes; i++) {
        rest = (rest << 8 | hash.bytes[i]) % n;
    }
    return (uint16_t)(1 + rest);
}

static kw_status make_proof(kw_agreement_proof *out, const kw_agreement_setup *setup)
{
    out->senders = kw_arena_new(setup->arena, setup->quorum.n, sizeof *out->senders);
    out->ids = kw_arena_new(setup->arena, setup->quorum.n, sizeof *out->ids);
    return out->senders == NULL || out->ids == NULL ? KW_LIMIT : KW_OK;
}

/* Without second votes. */
static size_t view_bytes(const kw_quorum *quorum)
{
    return sizeof(kw_ballot_view) + 2 * ARENA_PADDING +
           2 * (size_t)quorum->n * (sizeof(kw_ballot) + ARENA_PADDING);
}

size_t kw_agreement_member_bytes(const kw_quorum *quorum)
{
    return KW_AGREEMENT_VIEWS_AHEAD * view_bytes(quorum) +
           KW_AGREEMENT_VIEWS_MAX * 2 * (sizeof(kw_ballot) + ARENA_PADDING);
}

size_t kw_agreement_arena_bytes(const kw_quorum *quorum)
{
    size_t n = quorum->n;
    size_t view = view_bytes(quorum) + 2 * quorum->f * (sizeof(kw_ballot) + ARENA_PADDING);
    size_t member = sizeof(uint32_t) + sizeof(uint64_t) + sizeof(bool) +
                    PROOFS * (sizeof(uint16_t) + sizeof(kw_hash32)) + 2 * sizeof(kw_hash32) +
                    sizeof(kw_agreement_message);
    size_t fixed = BUNDLE_SINGLE_MAX * sizeof(kw_hash32) + FIXED_ARRAYS * ARENA_PADDING +
                   sizeof(kw_agreement_message);
    return KW_AGREEMENT_VIEWS_MAX * view + n * member + fixed;
}

kw_status kw_agreement_init(kw_agreement *out, const kw_agreement_setup *setup)
{
    size_t n = setup->quorum.n;
    KW_ASSERT(n > 0 && setup->self <= n && setup->delta_ms > 0);
    *out = (kw_agreement){
        .setup = *setup,
        .state = {.deadline = {KW_AGREEMENT_NEVER, KW_AGREEMENT_NEVER, KW_AGREEMENT_NEVER},
                  .locked_view = KW_AGREEMENT_NO_VIEW,
                  .valid_view = KW_AGREEMENT_NO_VIEW},
        .resend_at = KW_AGREEMENT_NEVER,
    };
    KW_TRY(kw_ballots_init(&out->ballots, setup->arena, &setup->quorum));
    KW_TRY(make_proof(&out->state.entry, setup));
    KW_TRY(make_proof(&out->state.valid_proof, setup));
    KW_TRY(make_proof(&out->state.certificate, setup));
    out->answer_at = kw_arena_new(setup->arena, n, sizeof *out->answer_at);
    out->asks = kw_arena_new(setup->arena, n, sizeof *out->asks);
    out->brought = kw_arena_new(setup->arena, n + 1, sizeof *out->brought);
    out->bundle = kw_arena_new(setup->arena, 2 * n + BUNDLE_SINGLE_MAX, sizeof *out->bundle);
    bool is_full =
        out->answer_at == NULL || out->asks == NULL || out->brought == NULL || out->bundle == NULL;
    return is_full ? KW_LIMIT : KW_OK;
}

/* Lines 11 to 21, but for the proposal itself. The proposer has a timeout too: it may have nothing
 * to offer. */
static void start_view(kw_agreement *a, uint32_t view, uint64_t now)
{
    kw_agreement_state *s = &a->state;
    s->view = view;
    s->step = KW_AGREEMENT_PROPOSING;
    s->has_proposed = false;
    s->entry.count = 0;
    s->deadline[KW_AGREEMENT_PROPOSING] = now + kw_agreement_timeout_ms(a);
    s->deadline[KW_AGREEMENT_PREVOTED] = KW_AGREEMENT_NEVER;
    s->deadline[KW_AGREEMENT_PRECOMMITTED] = KW_AGREEMENT_NEVER;
    a->resend_at = now + kw_agreement_timeout_ms(a);
}

void kw_agreement_enter(kw_agreement *agreement, uint64_t now)
{
    if (!agreement->state.has_entered && agreement->setup.self != 0) {
        agreement->state.has_entered = true;
        start_view(agreement, 0, now);
    }
}

/* Votes for `value`, NULL: any, by index; at most b of them. */
static void prove(const kw_agreement *a, kw_agreement_proof *out, const kw_ballot_box *box,
                  const kw_hash32 *value)
{
    out->count = 0;
    for (uint16_t i = 0; i < a->setup.quorum.n && out->count < a->setup.quorum.b; i++) {
        for (const kw_ballot *at = &box->ballots[i]; at != NULL && at->is_cast; at = at->second) {
            if (value == NULL || kw_agreement_is_same(&at->value, value)) {
                out->senders[out->count] = (uint16_t)(i + 1);
                out->ids[out->count] = at->id;
                out->count++;
                break;
            }
        }
    }
}

/* Line 49, but the list of the value may still be missing: b precommits say that honest members
 * hold it. */
static void decide(kw_agreement *a, uint32_t view)
{
    const kw_ballot_view *at = kw_ballots_view(&a->ballots, view);
    if (!a->state.is_decided && at != NULL && at->precommits.has_winner) {
        a->state.is_decided = true;
        a->state.decided_view = view;
        a->state.decided = at->precommits.winner;
        prove(a, &a->state.certificate, &at->precommits, &a->state.decided);
    }
}

/* The view around which votes are kept. Who only looks on has none: it follows an honest member. An
 * own message is one of a view where we were. */
static uint32_t view_near(const kw_agreement *a, const kw_agreement_message *message)
{
    if (message->sender == a->setup.self) {
        return message->view;
    }
    if (a->state.has_entered) {
        return a->state.view;
    }
    uint32_t view = kw_ballots_reached_by(&a->ballots, (uint16_t)(a->setup.quorum.f + 1));
    return view == KW_AGREEMENT_NO_VIEW ? 0 : view;
}

/* Own precommits are locks, though the record did not know them. */
static void recall_lock(kw_agreement *a, const kw_agreement_message *own)
{
    kw_agreement_state *s = &a->state;
    if (own->kind == KW_AGREEMENT_PRECOMMIT && !kw_agreement_is_nil(&own->value) &&
        (s->locked_view == KW_AGREEMENT_NO_VIEW || s->locked_view < own->view)) {
        s->locked_view = own->view;
        s->locked = own->value;
    }
}

kw_status kw_agreement_take(kw_agreement *agreement, kw_ballot_receipt *out,
                            const kw_agreement_message *message, uint16_t from)
{
    kw_agreement *a = agreement;
    *out = (kw_ballot_receipt){0};
    if (message->kind == KW_AGREEMENT_PROPOSE &&
        message->sender != kw_agreement_proposer(&a->setup.iid, a->setup.quorum.n, message->view)) {
        return KW_REFUSED;
    }
    kw_status st = kw_ballots_add(&a->ballots, out, message, view_near(a, message));
    if (st == KW_BAD_INPUT) {
        return st;
    }
    if (message->sender == a->setup.self && st != KW_LIMIT) {
        recall_lock(a, message);
    }
    decide(a, message->view);
    kw_agreement_note(a, out, message, from, st);
    return st;
}

static void act_send(kw_agreement *a, kw_agreement_action *out, kw_agreement_kind kind,
                     const kw_hash32 *value)
{
    out->act = KW_AGREEMENT_SEND;
    out->send = (kw_agreement_message){
        .kind = kind,
        .sender = a->setup.self,
        .view = a->state.view,
        .valid_view = KW_AGREEMENT_NO_VIEW,
        .value = *value,
    };
}

static const kw_ballot_view *own_view(const kw_agreement *a)
{
    static const kw_ballot_view nothing = {0};
    const kw_ballot_view *at = kw_ballots_view(&a->ballots, a->state.view);
    return at == NULL ? &nothing : at;
}

/* Whether we signed such a message in this view: known by the ballots even if a record is older. */
static bool has_said(const kw_agreement *a, kw_agreement_kind kind)
{
    const kw_ballot_view *at = own_view(a);
    const kw_ballot_box *box = kind == KW_AGREEMENT_PREVOTE ? &at->prevotes : &at->precommits;
    if (kind == KW_AGREEMENT_PROPOSE) {
        return at->has_proposal && at->proposal.sender == a->setup.self;
    }
    return box->ballots != NULL && box->ballots[a->setup.self - 1].is_cast;
}

/* Line 55: an honest member is there. Its view or a later one, for votes of the very same view may
 * have been lost. Or we were there before a restart. */
static bool skip_views(kw_agreement *a, kw_agreement_action *out, uint64_t now)
{
    KW_UNUSED(out);
    uint32_t there = kw_ballots_reached_by(&a->ballots, (uint16_t)(a->setup.quorum.f + 1));
    uint32_t reached = there == KW_AGREEMENT_NO_VIEW ? 0 : there + 1;
    reached = KW_MAX(reached, a->ballots.reached[a->setup.self - 1]);
    if (reached <= a->state.view + 1) {
        return false;
    }
    start_view(a, reached - 1, now);
    return true;
}

/* Asked at every step, computed once a view. */
static bool is_proposer(kw_agreement *a)
{
    if (a->proposer == 0 || a->proposer_view != a->state.view) {
        a->proposer_view = a->state.view;
        a->proposer = kw_agreement_proposer(&a->setup.iid, a->setup.quorum.n, a->state.view);
    }
    return a->proposer == a->setup.self;
}

/* Lines 14 to 19. */
static bool propose(kw_agreement *a, kw_agreement_action *out, uint64_t now)
{
    KW_UNUSED(now);
    kw_agreement_state *s = &a->state;
    kw_hash32 value = s->valid;
    if (s->step != KW_AGREEMENT_PROPOSING || s->has_proposed || has_said(a, KW_AGREEMENT_PROPOSE) ||
        !is_proposer(a) ||
        (s->valid_view == KW_AGREEMENT_NO_VIEW &&
         !a->setup.port.offer(a->setup.port.ctx, &value))) {
        return false;
    }
    s->has_proposed = true;
    a->owes_proof = s->valid_view != KW_AGREEMENT_NO_VIEW;
    act_send(a, out, KW_AGREEMENT_PROPOSE, &value);
    out->send.valid_view = s->valid_view;
    out->source = s->valid_view == KW_AGREEMENT_NO_VIEW ? nil : s->valid_source;
    return true;
}

static bool prevote(kw_agreement *a, kw_agreement_action *out, const kw_hash32 *value)
{
    a->state.step = KW_AGREEMENT_PREVOTED;
    if (!has_said(a, KW_AGREEMENT_PREVOTE)) {
        act_send(a, out, KW_AGREEMENT_PREVOTE, value);
    }
    return true;
}

/* Lines 22 to 27, and the rule of threshold.md on fresh proposals. */
static bool prevote_fresh(kw_agreement *a, kw_agreement_action *out, uint64_t now)
{
    KW_UNUSED(now);
    const kw_agreement_state *s = &a->state;
    const kw_agreement_message *proposal = &own_view(a)->proposal;
    if (s->step != KW_AGREEMENT_PROPOSING || !own_view(a)->has_proposal ||
        proposal->valid_view != KW_AGREEMENT_NO_VIEW) {
        return false;
    }
    bool is_locked = s->locked_view != KW_AGREEMENT_NO_VIEW;
    if (is_locked && !kw_agreement_is_same(&s->locked, &proposal->value)) {
        return prevote(a, out, &nil);
    }
    kw_agreement_verdict verdict = a->setup.port.judge(a->setup.port.ctx, proposal);
    if (verdict == KW_AGREEMENT_LACKING) {
        return false;
    }
    /* Who is locked on the value, or has it as valid one, saw b prevotes for it. */
    bool is_exempt = is_locked || (s->valid_view != KW_AGREEMENT_NO_VIEW &&
                                   kw_agreement_is_same(&s->valid, &proposal->value));
    if (verdict == KW_AGREEMENT_HELD && !is_exempt &&
        !a->setup.port.is_fresh(a->setup.port.ctx, proposal)) {
        out->wants = true;
        out->source = proposal->id;
        return prevote(a, out, &nil);
    }
    return prevote(a, out, verdict == KW_AGREEMENT_HELD ? &proposal->value : &nil);
}

/* Lines 28 to 33. */
static bool prevote_valid(kw_agreement *a, kw_agreement_action *out, uint64_t now)
{
    KW_UNUSED(now);
    const kw_agreement_state *s = &a->state;
    const kw_agreement_message *proposal = &own_view(a)->proposal;
    if (s->step != KW_AGREEMENT_PROPOSING || !own_view(a)->has_proposal ||
        proposal->valid_view == KW_AGREEMENT_NO_VIEW) {
        return false;
    }
    const kw_ballot_view *earlier = kw_ballots_view(&a->ballots, proposal->valid_view);
    if (earlier == NULL || !earlier->prevotes.has_winner ||
        !kw_agreement_is_same(&earlier->prevotes.winner, &proposal->value)) {
        return false;
    }
    bool is_locked = s->locked_view != KW_AGREEMENT_NO_VIEW &&
                     s->locked_view > proposal->valid_view &&
                     !kw_agreement_is_same(&s->locked, &proposal->value);
    if (is_locked) {
        return prevote(a, out, &nil);
    }
    kw_agreement_verdict verdict = a->setup.port.judge(a->setup.port.ctx, proposal);
    if (verdict == KW_AGREEMENT_LACKING) {
        return false;
    }
    return prevote(a, out, verdict == KW_AGREEMENT_HELD ? &proposal->value : &nil);
}

static bool precommit(kw_agreement *a, kw_agreement_action *out, const kw_hash32 *value)
{
    a->state.step = KW_AGREEMENT_PRECOMMITTED;
    if (!has_said(a, KW_AGREEMENT_PRECOMMIT)) {
        act_send(a, out, KW_AGREEMENT_PRECOMMIT, value);
    }
    return true;
}

/* Lines 36 to 43. */
static bool lock(kw_agreement *a, kw_agreement_action *out, uint64_t now)
{
    KW_UNUSED(now);
    kw_agreement_state *s = &a->state;
    const kw_ballot_view *at = own_view(a);
    if (s->step == KW_AGREEMENT_PROPOSING || s->valid_view == s->view || !at->has_proposal ||
        !at->prevotes.has_winner ||
        !kw_agreement_is_same(&at->prevotes.winner, &at->proposal.value) ||
        a->setup.port.judge(a->setup.port.ctx, &at->proposal) != KW_AGREEMENT_HELD) {
        return false;
    }
    s->valid_view = s->view;
    s->valid = at->proposal.value;
    s->valid_source = at->proposal.id;
    prove(a, &s->valid_proof, &at->prevotes, &s->valid);
    if (s->step == KW_AGREEMENT_PREVOTED) {
        s->locked_view = s->view;
        s->locked = at->proposal.value;
        return precommit(a, out, &at->proposal.value);
    }
    return true;
}

/* Lines 44 to 46. */
static bool precommit_nil(kw_agreement *a, kw_agreement_action *out, uint64_t now)
{
    KW_UNUSED(now);
    if (a->state.step != KW_AGREEMENT_PREVOTED ||
        kw_ballot_box_count(&a->ballots, &own_view(a)->prevotes, &nil) < a->setup.quorum.b) {
        return false;
    }
    return precommit(a, out, &nil);
}

static bool start_timeout(kw_agreement *a, kw_agreement_step step, uint64_t now)
{
    if (a->state.deadline[step] != KW_AGREEMENT_NEVER) {
        return false;
    }
    a->state.deadline[step] = now + kw_agreement_timeout_ms(a);
    return true;
}

/* Lines 34 and 35. */
static bool await_prevotes(kw_agreement *a, kw_agreement_action *out, uint64_t now)
{
    KW_UNUSED(out);
    return a->state.step == KW_AGREEMENT_PREVOTED &&
           own_view(a)->prevotes.cast_count >= a->setup.quorum.b &&
           start_timeout(a, KW_AGREEMENT_PREVOTED, now);
}

/* Lines 47 and 48. */
static bool await_precommits(kw_agreement *a, kw_agreement_action *out, uint64_t now)
{
    KW_UNUSED(out);
    return own_view(a)->precommits.cast_count >= a->setup.quorum.b &&
           start_timeout(a, KW_AGREEMENT_PRECOMMITTED, now);
}

/* Lines 57 to 60. */
static bool time_out_proposal(kw_agreement *a, kw_agreement_action *out, uint64_t now)
{
    return a->state.step == KW_AGREEMENT_PROPOSING &&
           now >= a->state.deadline[KW_AGREEMENT_PROPOSING] && prevote(a, out, &nil);
}

/* Lines 61 to 64. */
static bool time_out_prevotes(kw_agreement *a, kw_agreement_action *out, uint64_t now)
{
    return a->state.step == KW_AGREEMENT_PREVOTED &&
           now >= a->state.deadline[KW_AGREEMENT_PREVOTED] && precommit(a, out, &nil);
}

/* Lines 65 to 67. */
static bool time_out_precommits(kw_agreement *a, kw_agreement_action *out, uint64_t now)
{
    KW_UNUSED(out);
    if (now < a->state.deadline[KW_AGREEMENT_PRECOMMITTED] ||
        a->state.view + 1 == KW_AGREEMENT_VIEWS_MAX) {
        return false;
    }
    const kw_ballot_box *precommits = &own_view(a)->precommits;
    start_view(a, a->state.view + 1, now);
    prove(a, &a->state.entry, precommits, NULL);
    return true;
}

/* What messages allow comes before what time demands. */
static const agreement_rule rules[] = {
    skip_views,
    propose,
    prevote_fresh,
    prevote_valid,
    lock,
    precommit_nil,
    await_prevotes,
    await_precommits,
    time_out_proposal,
    time_out_prevotes,
    time_out_precommits,
    kw_agreement_send_again,
};

/* Nothing is due later than a timeout from now, whatever clock a record is of. */
static void bound_moments(kw_agreement *a, uint64_t now)
{
    uint64_t latest = now + kw_agreement_timeout_ms(a);
    for (size_t step = 0; step < KW_COUNT(a->state.deadline); step++) {
        uint64_t *deadline = &a->state.deadline[step];
        bool is_off = step != KW_AGREEMENT_PROPOSING && *deadline == KW_AGREEMENT_NEVER;
        *deadline = is_off ? *deadline : KW_MIN(*deadline, latest);
    }
    a->resend_at = KW_MIN(a->resend_at, latest);
}

/* Who has no vote that others could answer casts one. */
static void after_decision(kw_agreement *a, kw_agreement_action *out, uint64_t now)
{
    if (kw_agreement_lacks_source(a)) {
        kw_agreement_find_source(a);
    }
    if (!a->is_told) {
        a->is_told = true;
        out->act = KW_AGREEMENT_DECIDED;
        return;
    }
    bool may_ask = a->state.has_entered && kw_agreement_lacks_source(a);
    if (may_ask && time_out_proposal(a, out, now) && out->act != KW_AGREEMENT_IDLE) {
        return;
    }
    (void)kw_agreement_answer(a, out, now);
}

void kw_agreement_next(kw_agreement *agreement, kw_agreement_action *out, uint64_t now)
{
    kw_agreement *a = agreement;
    *out = (kw_agreement_action){.act = KW_AGREEMENT_IDLE};
    if (a->state.has_entered) {
        bound_moments(a, now);
    }
    if (a->state.is_decided) {
        after_decision(a, out, now);
        return;
    }
    for (size_t i = 0; a->state.has_entered && i < KW_COUNT(rules);) {
        if (!rules[i](a, out, now)) {
            i++;
        } else if (out->act != KW_AGREEMENT_IDLE) {
            a->resend_at = now + kw_agreement_timeout_ms(a);
            return;
        } else {
            *out = (kw_agreement_action){.act = KW_AGREEMENT_IDLE};
            i = 0; /* another view or timeout: see what the messages say to that */
        }
    }
}

uint64_t kw_agreement_wake_at(const kw_agreement *agreement)
{
    const kw_agreement_state *s = &agreement->state;
    if (s->is_decided) {
        return kw_agreement_answers_at(agreement);
    }
    if (!s->has_entered) {
        return KW_AGREEMENT_NEVER;
    }
    uint64_t at = agreement->resend_at;
    if (s->step != KW_AGREEMENT_PRECOMMITTED) {
        at = KW_MIN(at, s->deadline[s->step]);
    }
    if (s->view + 1 < KW_AGREEMENT_VIEWS_MAX) {
        at = KW_MIN(at, s->deadline[KW_AGREEMENT_PRECOMMITTED]);
    }
    return at;
}

bool kw_agreement_decision_of(const kw_agreement *agreement, kw_agreement_decision *out)
{
    const kw_agreement_state *s = &agreement->state;
    if (s->is_decided) {
        *out = (kw_agreement_decision){
            .view = s->decided_view,
            .value = s->decided,
            .source = s->decided_source,
            .certificate = &s->certificate,
        };
    }
    return s->is_decided;
}
