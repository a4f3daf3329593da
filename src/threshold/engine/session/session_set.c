/* SPDX-License-Identifier: Apache-2.0
 * The agreement on the dealer set: what a set of ECHOs is worth, and what the agreement wants.
 * Source: threshold.md section 5. */
#include "base/error.h"
#include "threshold/engine/session/session_parts.h"

/* ---- D of a set ---- */
static kw_eligible_rule rule_of(const kw_session *s)
{
    bool is_reshare = s->scope.kind == KW_SESSION_RESHARE;
    return (kw_eligible_rule){
        .quorum = s->setup.quorum,
        .dealers = s->scope.dealers,
        .least = is_reshare ? s->setup.fields.t_old : s->setup.quorum.q,
    };
}

/* Wants a message that the proposer holds, and everybody who voted for it; at the cost of the
 * proposer, who may have made the hash up. */
static void want_named(kw_session *s, const kw_hash32 *hash, uint16_t proposer)
{
    session_want(s, hash, KW_MESSAGE_ECHO, proposer, s->now);
    if (kw_wants_has(&s->wants, hash)) {
        session_want(s, hash, KW_MESSAGE_ECHO, 0, s->now);
    }
}

/* The ECHOs of a list, as `out`; LACKING: some are wanted now; REFUSED: one is no ECHO. */
static kw_agreement_verdict find_echoes(kw_session *s, kw_judged_echo *out, kw_hash_list list,
                                        uint16_t proposer)
{
    kw_agreement_verdict verdict = KW_AGREEMENT_HELD;
    for (uint16_t i = 0; i < list.count; i++) {
        const kw_letter *letter = kw_mailbox_find(&s->mailbox, &list.items[i]);
        if (letter == NULL) {
            want_named(s, &list.items[i], proposer);
            verdict = KW_AGREEMENT_LACKING;
            continue;
        }
        if (letter->place.type != KW_MESSAGE_ECHO || letter->read == NULL) {
            return KW_AGREEMENT_REFUSED;
        }
        const session_echo *read = letter->read;
        out[i] = (kw_judged_echo){.ref = read->ref, .echo = &read->echo, .holds = NULL};
    }
    return verdict;
}

/* Asks those who say ok to a dealing for what lacks of it. */
static void seek_dealing(kw_session *s, const kw_dealing_ref *ref, const kw_judged_echo *echoes,
                         size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const kw_echo_entry *entry = &echoes[i].echo->entries[ref->dealer - 1];
        if (entry->verdict == KW_ECHO_OK && session_is_same(&entry->deal, &ref->hash)) {
            session_seek_dealing(s, ref->dealer, &ref->hash,
                                 session_rank_of(s, echoes[i].ref.member), s->now);
        }
    }
}

static void judge_complaints(kw_session *s, const session_deal *deal, kw_hash_list list)
{
    for (uint16_t i = 0; i < list.count; i++) {
        const kw_letter *letter = kw_mailbox_find(&s->mailbox, &list.items[i]);
        const session_echo *read = letter->read;
        const kw_echo_entry *entry = &read->echo.entries[deal->place.dealer - 1];
        if (entry->verdict == KW_ECHO_COMPLAINT &&
            session_is_same(&entry->deal, &deal->letter->message.hash)) {
            session_judge_complaint(s, letter, deal);
        }
    }
}

/* Whether all dealings that D may have are here and their complaints judged. */
static kw_agreement_verdict judge_dealings(kw_session *s, const session_dealings *dealings,
                                           const kw_judged_echo *echoes, kw_hash_list list)
{
    kw_agreement_verdict verdict = KW_AGREEMENT_HELD;
    for (uint16_t i = 0; i < dealings->count; i++) {
        const kw_dealing_ref *ref = &dealings->refs[i];
        const session_deal *deal = session_deal_of(s, ref->dealer, &ref->hash);
        bool is_malformed = deal == NULL && kw_mailbox_find(&s->mailbox, &ref->hash) != NULL;
        if (is_malformed || (deal != NULL && deal->state == SESSION_DEAL_UNSOUND)) {
            return KW_AGREEMENT_REFUSED; /* too many said ok to what is not */
        }
        if (deal == NULL || deal->state != SESSION_DEAL_SOUND) {
            seek_dealing(s, ref, echoes, list.count);
        }
        if (deal == NULL || deal->state != SESSION_DEAL_SOUND) {
            verdict = KW_AGREEMENT_LACKING;
            continue;
        }
        judge_complaints(s, deal, list);
    }
    return verdict;
}

/* Complaints can only take dealings out: so D without them names all that has to be here. */
static kw_agreement_verdict judge_echoes(kw_session *s, session_dealings *out,
                                         kw_judged_echo *echoes, kw_hash_list list)
{
    const kw_eligible_rule rule = rule_of(s);
    if (kw_eligible_dealings(out->refs, &out->count, echoes, list.count, &rule) != KW_OK) {
        return KW_AGREEMENT_REFUSED;
    }
    kw_agreement_verdict verdict = judge_dealings(s, out, echoes, list);
    if (verdict != KW_AGREEMENT_HELD) {
        return verdict;
    }
    for (uint16_t i = 0; i < list.count; i++) {
        const kw_letter *letter = kw_mailbox_find(&s->mailbox, &list.items[i]);
        echoes[i].holds = ((const session_echo *)letter->read)->holds;
    }
    kw_status st = kw_eligible_dealings(out->refs, &out->count, echoes, list.count, &rule);
    return st == KW_OK ? KW_AGREEMENT_HELD : KW_AGREEMENT_REFUSED;
}

/* What a set is worth; HELD: s->held is its D. */
static kw_agreement_verdict judge_list(kw_session *s, const kw_hash32 *value, kw_hash_list list,
                                       uint16_t proposer)
{
    if (s->held.is_known && session_is_same(&s->held.value, value)) {
        return KW_AGREEMENT_HELD;
    }
    kw_judged_echo *echoes =
        kw_arena_new(s->setup.memory.scratch, KW_MAX(list.count, 1), sizeof *echoes);
    if (list.count > 2 * s->scope.n) {
        return KW_AGREEMENT_REFUSED;
    }
    if (echoes == NULL) {
        return KW_AGREEMENT_LACKING;
    }
    kw_agreement_verdict verdict = find_echoes(s, echoes, list, proposer);
    s->held.is_known = false;
    if (verdict == KW_AGREEMENT_HELD) {
        verdict = judge_echoes(s, &s->held, echoes, list);
    }
    if (verdict == KW_AGREEMENT_HELD) {
        s->held.is_known = true;
        s->held.value = *value;
    }
    return verdict;
}

/* ---- the port ---- */
static kw_agreement_verdict judge(void *ctx, const kw_agreement_message *proposal)
{
    kw_session *s = ctx;
    const session_vote *vote = session_proposal(s, &proposal->id, &proposal->value);
    if (vote == NULL) {
        return KW_AGREEMENT_LACKING;
    }
    return judge_list(s, &proposal->value, vote->hashes, session_rank_of(s, proposal->sender));
}

bool session_list_wanted(const kw_session *s, kw_hash_list *out, const kw_hash32 *proposal)
{
    kw_arena *scratch = s->setup.memory.scratch;
    const kw_letter *letter = kw_mailbox_find(&s->mailbox, proposal);
    const session_vote *read = session_read_proposal(letter);
    if (read == NULL) {
        return false;
    }
    kw_hash32 *wanted = kw_arena_new(scratch, 2 * (size_t)s->scope.n, sizeof *wanted);
    kw_echo_ref *set = kw_arena_new(scratch, KW_MAX(read->hashes.count, 1), sizeof *set);
    if (wanted == NULL || set == NULL) {
        return false;
    }
    for (uint16_t i = 0; i < read->hashes.count; i++) {
        const kw_letter *echo = kw_mailbox_find(&s->mailbox, &read->hashes.items[i]);
        set[i] = ((const session_echo *)echo->read)->ref;
    }
    size_t count =
        kw_eligible_wanted(wanted, s->collected, s->collected_count, set, read->hashes.count);
    *out = (kw_hash_list){wanted, (uint16_t)count};
    return true;
}

static bool is_fresh(void *ctx, const kw_agreement_message *proposal)
{
    kw_hash_list wanted;
    return session_list_wanted(ctx, &wanted, &proposal->id) && wanted.count == 0;
}

static bool offer(void *ctx, kw_hash32 *value)
{
    kw_session *s = ctx;
    kw_echo_ref *echoes =
        kw_arena_new(s->setup.memory.scratch, 2 * (size_t)s->scope.n, sizeof *echoes);
    if (echoes == NULL) {
        return false;
    }
    s->offered_count = (uint16_t)session_list_echoes(s, echoes);
    for (uint16_t i = 0; i < s->offered_count; i++) {
        s->offered[i] = echoes[i].hash;
    }
    const kw_hash_list list = {s->offered, s->offered_count};
    kw_hash32 own;
    if (kw_set_value(&own, kw_hash_list_view(list)) != KW_OK ||
        judge_list(s, &own, list, s->self) != KW_AGREEMENT_HELD) {
        return false;
    }
    *value = own;
    return true;
}

kw_status session_set_init(kw_session *s, kw_span record)
{
    kw_arena *arena = s->setup.memory.lasting;
    s->offered = kw_arena_new(arena, 2 * (size_t)s->scope.n, sizeof *s->offered);
    s->held.refs = kw_arena_new(arena, s->scope.dealers, sizeof *s->held.refs);
    s->decided.refs = kw_arena_new(arena, s->scope.dealers, sizeof *s->decided.refs);
    if (s->offered == NULL || s->held.refs == NULL || s->decided.refs == NULL) {
        return KW_LIMIT;
    }
    const kw_agreement_setup setup = {
        .iid = s->sid,
        .quorum = s->setup.quorum,
        .self = s->self_new,
        .delta_ms = s->setup.delta_ms,
        .arena = arena,
        .port = {.ctx = s, .judge = judge, .is_fresh = is_fresh, .offer = offer},
    };
    return record.len == 0 ? kw_agreement_init(&s->set, &setup)
                           : kw_agreement_resume(&s->set, &setup, record);
}

/* ---- the decision ---- */
bool session_run_set(kw_session *s, uint64_t now)
{
    kw_agreement_decision decision;
    if (!kw_agreement_decision_of(&s->set, &decision)) {
        return false;
    }
    const session_vote *source = session_proposal(s, &decision.source, &decision.value);
    if (source == NULL) {
        session_want(s, &decision.value, KW_MESSAGE_PROPOSE, 0, now);
        return false;
    }
    kw_wants_drop(&s->wants, &decision.value);
    kw_agreement_verdict verdict =
        judge_list(s, &decision.value, source->hashes, session_rank_of(s, source->vote.sender));
    if (verdict == KW_AGREEMENT_LACKING) {
        return false;
    }
    if (verdict == KW_AGREEMENT_REFUSED) {
        session_fail(s); /* more than f members are faulty */
        return true;
    }
    kw_wants_drop_all(&s->wants);
    memcpy(s->decided.refs, s->held.refs, s->held.count * sizeof *s->held.refs);
    s->decided.count = s->held.count;
    s->decided.value = decision.value;
    s->decided.is_known = true;
    s->has_set = true;
    s->decided_at = now;
    session_start_extracts(s, now);
    return true;
}
