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
static const session_vote *read_proposal(const kw_letter *letter)
{
    return letter != NULL && letter->place.type == KW_MESSAGE_PROPOSE ? letter->read : NULL;
}

const session_vote *session_proposal(const kw_session *s, const kw_hash32 *id,
                                     const kw_hash32 *value)
{
    const session_vote *found = read_proposal(kw_mailbox_find(&s->mailbox, id));
    const kw_letter *at = NULL;
    while (found == NULL && (at = kw_mailbox_named(&s->mailbox, value, at)) != NULL) {
        found = read_proposal(at);
    }
    return found;
}

static kw_agreement_verdict judge(void *ctx, const kw_agreement_message *proposal)
{
    kw_session *s = ctx;
    const session_vote *vote = session_proposal(s, &proposal->id, &proposal->value);
    if (vote == NULL) {
        return KW_AGREEMENT_LACKING;
    }
    return judge_list(s, &proposal->value, vote->hashes, session_rank_of(s, proposal->sender));
}

/* What the set of a proposal, which is here in full, leaves out of what was collected. False: no
 * memory to tell. */
static bool list_wanted(const kw_session *s, kw_hash32 *out, size_t *count,
                        const session_vote *proposal)
{
    const kw_hash_list list = proposal == NULL ? (kw_hash_list){0} : proposal->hashes;
    kw_echo_ref *set = kw_arena_new(s->setup.memory.scratch, KW_MAX(list.count, 1), sizeof *set);
    if (out == NULL || set == NULL || proposal == NULL) {
        return false;
    }
    for (uint16_t i = 0; i < list.count; i++) {
        const kw_letter *letter = kw_mailbox_find(&s->mailbox, &list.items[i]);
        set[i] = ((const session_echo *)letter->read)->ref;
    }
    *count = kw_eligible_wanted(out, s->collected, s->collected_count, set, list.count);
    return true;
}

static kw_hash32 *new_hashes(const kw_session *s)
{
    return kw_arena_new(s->setup.memory.scratch, 2 * (size_t)s->scope.n, sizeof(kw_hash32));
}

static bool is_fresh(void *ctx, const kw_agreement_message *proposal)
{
    const kw_session *s = ctx;
    const kw_letter *at = kw_mailbox_find(&s->mailbox, &proposal->id);
    size_t count = 0;
    return list_wanted(s, new_hashes(s), &count, read_proposal(at)) && count == 0;
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

/* ---- votes of either agreement ---- */
/* Memory for what is read from a vote: that of a dropped one, where there is one. */
static session_vote *new_vote(kw_session *s, const kw_letter *letter)
{
    kw_arena *arena = s->setup.memory.lasting;
    session_vote *made = letter->spare;
    if (made == NULL) {
        made = kw_arena_new(arena, 1, sizeof *made);
    }
    if (made != NULL && made->opened == NULL && letter->place.instance == KW_INSTANCE_OPEN) {
        made->opened = kw_arena_new(arena, s->scope.dealers, sizeof *made->opened);
        made = made->opened == NULL ? NULL : made;
    }
    return made;
}

static void copy_opened(session_vote *out, const kw_propose *propose)
{
    out->opened_count = kw_propose_opened_count(propose);
    for (uint16_t i = 0; i < out->opened_count; i++) {
        out->opened[i] = kw_propose_opened_at(propose, i);
    }
}

kw_status session_read_vote(kw_session *s, kw_letter *letter, const kw_message *m, uint64_t now)
{
    KW_UNUSED(now);
    session_vote *read = new_vote(s, letter);
    if (read == NULL) {
        return KW_LIMIT;
    }
    uint16_t member = kw_audience_at(&s->audience, letter->place.sender)->new_index;
    KW_TRY(kw_agreement_message_of(&read->vote, m, member, &letter->message.hash,
                                   letter->place.instance));
    if (m->header.type == KW_MESSAGE_PROPOSE) {
        read->hashes = m->body.propose.hashes;
        copy_opened(read, &m->body.propose);
        kw_mailbox_name(&s->mailbox, letter, &read->vote.value);
    } else {
        read->hashes = m->body.vote.wanted;
    }
    letter->read = read;
    return KW_OK;
}

/* Later proposers have what an earlier one left out. */
static void want_listed(kw_session *s, const kw_letter *letter, uint64_t now)
{
    const session_vote *read = letter->read;
    for (uint16_t i = 0; i < read->hashes.count && !s->has_set; i++) {
        if (kw_mailbox_find(&s->mailbox, &read->hashes.items[i]) == NULL) {
            session_want(s, &read->hashes.items[i], KW_MESSAGE_ECHO, letter->place.sender, now);
        }
    }
}

static bool is_evidence(const kw_session *s, const kw_letter *letter)
{
    for (const session_report *at = s->reports; at != NULL; at = at->next) {
        for (uint8_t i = 0; i < at->evidence.letters_count; i++) {
            if (at->evidence.letters[i] == letter) {
                return true;
            }
        }
    }
    return false;
}

/* However many bodies somebody signs, the memory of a few is used again and again. */
static void drop_vote(kw_session *s, const kw_letter *letter)
{
    if (letter != NULL && letter->place.sender != s->self && !is_evidence(s, letter)) {
        kw_mailbox_drop(&s->mailbox, letter);
    }
}

kw_status session_take_vote(kw_session *s, const kw_letter *letter, uint16_t from, uint64_t now)
{
    const session_vote *read = letter->read;
    bool is_open = letter->place.instance == KW_INSTANCE_OPEN;
    uint16_t bringer = from == 0 ? 0 : kw_audience_at(&s->audience, from)->new_index;
    kw_ballot_receipt receipt;
    kw_status st = kw_agreement_take(is_open ? &s->open : &s->set, &receipt, &read->vote, bringer);
    s->has_open_votes = s->has_open_votes || is_open;
    if (st == KW_OK && letter->place.type == KW_MESSAGE_PREVOTE) {
        want_listed(s, letter, now);
    }
    if (!session_is_none(&receipt.spare)) {
        drop_vote(s, kw_mailbox_find(&s->mailbox, &receipt.spare));
    }
    if (st != KW_OK && st != KW_CONFLICT && st != KW_END) {
        drop_vote(s, letter);
    }
    return st;
}

/* When a view has ended, most of its votes are of no use any more. */
static void drop_old_votes(kw_session *s, const kw_agreement *agreement)
{
    static const kw_message_type kinds[] = {KW_MESSAGE_PROPOSE, KW_MESSAGE_PREVOTE,
                                            KW_MESSAGE_PRECOMMIT};
    kw_instance instance = agreement == &s->open ? KW_INSTANCE_OPEN : KW_INSTANCE_SET;
    for (size_t i = 0; i < KW_COUNT(kinds); i++) {
        const kw_letter *at = kw_mailbox_next(&s->mailbox, kinds[i], NULL);
        while (at != NULL) {
            const kw_letter *next = kw_mailbox_next(&s->mailbox, kinds[i], at);
            const session_vote *read = at->read;
            if (at->place.instance == instance &&
                (read == NULL || !kw_agreement_needs(agreement, &read->vote))) {
                drop_vote(s, at);
            }
            at = next;
        }
    }
}

static bool fill_propose(kw_session *s, kw_propose *out, const kw_agreement_action *action,
                         bool is_open)
{
    const kw_hash_list own = {s->offered, s->offered_count};
    bool is_new = session_is_none(&action->source);
    const session_vote *source =
        is_new ? NULL : session_proposal(s, &action->source, &action->send.value);
    if (source == NULL && !is_new) {
        return false;
    }
    out->view = action->send.view;
    out->valid_view = action->send.valid_view;
    if (!is_open) {
        out->hashes = source == NULL ? own : source->hashes;
        return true;
    }
    const uint16_t *dealers = source == NULL ? s->opened : source->opened;
    uint16_t count = source == NULL ? s->opened_count : source->opened_count;
    uint8_t *bytes = kw_arena_new(s->setup.memory.scratch, KW_MAX(count, 1), 2);
    for (uint16_t i = 0; bytes != NULL && i < count; i++) {
        bytes[2 * i] = (uint8_t)(dealers[i] >> 8);
        bytes[2 * i + 1] = (uint8_t)dealers[i];
    }
    out->opened = (kw_span){bytes, 2 * (size_t)count};
    return bytes != NULL;
}

static bool fill_vote(kw_session *s, kw_vote *out, const kw_agreement_action *action)
{
    out->view = action->send.view;
    out->value = action->send.value;
    if (!action->wants) {
        return true;
    }
    kw_hash32 *wanted = new_hashes(s);
    size_t count = 0;
    const kw_letter *proposal = kw_mailbox_find(&s->mailbox, &action->source);
    if (!list_wanted(s, wanted, &count, read_proposal(proposal))) {
        return false;
    }
    out->wanted = (kw_hash_list){wanted, (uint16_t)count};
    return true;
}

static void say_vote(kw_session *s, const kw_agreement_action *action, bool is_open)
{
    kw_message m = {.header.type = (kw_message_type)action->send.kind};
    bool is_good = action->send.kind == KW_AGREEMENT_PROPOSE
                       ? fill_propose(s, &m.body.propose, action, is_open)
                       : fill_vote(s, &m.body.vote, action);
    if (!is_good) {
        session_fail(s);
        return;
    }
    session_say(s, &m, is_open ? &s->open_id : &s->sid, s->now);
}

bool session_drive(kw_session *s, kw_agreement *agreement, uint64_t now)
{
    kw_agreement_action action;
    kw_agreement_next(agreement, &action, now);
    switch (action.act) {
    case KW_AGREEMENT_IDLE:
        return false;
    case KW_AGREEMENT_SEND:
        if (action.send.kind == KW_AGREEMENT_PREVOTE && action.send.view > 0) {
            drop_old_votes(s, agreement);
        }
        say_vote(s, &action, agreement == &s->open);
        break;
    case KW_AGREEMENT_RELAY:
        for (uint32_t i = 0; i < action.ids_count; i++) {
            session_relay(s, kw_mailbox_find(&s->mailbox, &action.ids[i]));
        }
        s->relay_to = action.to == 0 ? 0 : session_rank_of(s, action.to);
        break;
    case KW_AGREEMENT_DECIDED:
        break;
    }
    return true;
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
