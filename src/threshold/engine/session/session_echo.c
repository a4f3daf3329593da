/* SPDX-License-Identifier: Apache-2.0
 * HAVE and ECHO: getting the dealings that others have, and saying what is to be said of each.
 * Source: threshold.md section 4. Secret inputs: the session key. */
#include "base/error.h"
#include "threshold/engine/session/session_parts.h"

kw_status session_echo_init(kw_session *s)
{
    s->collected =
        kw_arena_new(s->setup.memory.lasting, 2 * (size_t)s->scope.n, sizeof *s->collected);
    return s->collected == NULL ? KW_LIMIT : KW_OK;
}

/* ---- HAVE ---- */
kw_status session_read_have(kw_session *s, kw_letter *letter, const kw_message *m, uint64_t now)
{
    kw_have *have = kw_arena_new(s->setup.memory.lasting, 1, sizeof *have);
    if (have == NULL) {
        return KW_LIMIT;
    }
    *have = m->body.have;
    letter->read = have;
    for (uint16_t i = 1; i <= have->deals.count && s->phase < KW_SESSION_ECHOES; i++) {
        const kw_hash32 *hash = &have->deals.items[i - 1];
        if (!session_is_none(hash)) { /* also of who signed two: the share in it may be bad */
            session_seek_dealing(s, i, hash, letter->place.sender, now);
        }
    }
    return KW_OK;
}

void session_ask_namers(kw_session *s, const session_deal *deal, uint64_t now)
{
    const kw_letter *at = NULL;
    while ((at = kw_mailbox_next(&s->mailbox, KW_MESSAGE_HAVE, at)) != NULL) {
        const kw_have *have = at->read;
        if (have != NULL && session_is_same(&have->deals.items[deal->place.dealer - 1],
                                            &deal->letter->message.hash)) {
            session_want(s, &deal->deal.shares_root, KW_MESSAGE_SHARES, at->place.sender, now);
        }
    }
}

/* Whether a dealing that a HAVE names needs no more waiting for. */
static bool is_judged(const kw_session *s, uint16_t dealer, const kw_hash32 *hash)
{
    if (session_is_none(hash)) {
        return true;
    }
    const session_deal *deal = session_deal_of(s, dealer, hash);
    if (deal == NULL) {
        return kw_mailbox_find(&s->mailbox, hash) != NULL; /* malformed, or no DEAL of his */
    }
    return deal->state == SESSION_DEAL_SOUND || deal->state == SESSION_DEAL_UNSOUND;
}

static bool all_named_are_judged(const kw_session *s)
{
    const kw_letter *at = NULL;
    while ((at = kw_mailbox_next(&s->mailbox, KW_MESSAGE_HAVE, at)) != NULL) {
        const kw_have *have = at->read;
        for (uint16_t i = 1; have != NULL && i <= have->deals.count; i++) {
            if (!is_judged(s, i, &have->deals.items[i - 1])) {
                return false;
            }
        }
    }
    return true;
}

/* ---- ECHO ---- */
/* Whether a dealing names everybody whose HELLO was early enough; asked only when the ECHO is due:
 * a DEAL may have come before such a HELLO. */
static bool is_covering(const kw_session *s, const session_deal *deal)
{
    for (uint16_t j = 1; j <= s->scope.n; j++) {
        if (session_is_none(&deal->deal.receivers.items[j - 1]) &&
            s->is_early[session_rank_of(s, j) - 1]) {
            return false;
        }
    }
    return true;
}

/* Who knows two bodies of a dealer says missing, unless the share in one is bad: others may know
 * that one alone and say ok (docs/adr/0021). Ok only for what the own HAVE named: if one honest
 * member says ok, every honest member had the time to get the dealing and to complain. */
static bool judge_dealer(kw_session *s, kw_echo_entry *out, uint16_t dealer)
{
    const session_deal *deal = session_single_deal(s, dealer);
    const session_deal *bad = session_bad_deal(s, dealer);
    *out = (kw_echo_entry){.verdict = KW_ECHO_MISSING};
    if (bad != NULL) {
        KW_AUTO(kw_group_secret) nonce = {0};
        if (!session_draw(s, &nonce)) {
            return false;
        }
        kw_complaint_make(out, &bad->dealing, s->self_new, &s->ek, &nonce);
        return true;
    }
    if (deal == NULL || deal->state != SESSION_DEAL_SOUND) {
        return true;
    }
    if (deal->share_state == SESSION_SHARE_GOOD && is_covering(s, deal) &&
        session_is_same(&deal->letter->message.hash, &s->dealers[dealer - 1].had)) {
        out->verdict = KW_ECHO_OK;
        out->deal = deal->letter->message.hash;
    }
    return true;
}

static void say_echo(kw_session *s, uint64_t now)
{
    kw_echo_entry *entries =
        kw_arena_new(s->setup.memory.scratch, s->scope.dealers, sizeof *entries);
    bool is_good = entries != NULL;
    for (uint16_t i = 1; is_good && i <= s->scope.dealers; i++) {
        is_good = judge_dealer(s, &entries[i - 1], i);
    }
    if (!is_good) {
        session_fail(s);
        return;
    }
    kw_message m = {.header.type = KW_MESSAGE_ECHO};
    m.body.echo = (kw_echo){entries, s->scope.dealers};
    session_say(s, &m, &s->sid, now);
}

bool session_run_judging(kw_session *s, uint64_t now)
{
    bool is_ready = session_have_all(s, KW_MESSAGE_HAVE) && all_named_are_judged(s);
    if (!is_ready && now < session_deadline(s, SESSION_JUDGE_END)) {
        return false;
    }
    s->phase = KW_SESSION_ECHOES;
    kw_wants_drop_all(&s->wants); /* what D needs is asked for again */
    say_echo(s, now);
    return true;
}

kw_status session_read_echo(kw_session *s, kw_letter *letter, const kw_message *m, uint64_t now)
{
    KW_UNUSED(now);
    kw_arena *arena = s->setup.memory.lasting;
    session_echo *read = kw_arena_new(arena, 1, sizeof *read);
    if (read == NULL) {
        return KW_LIMIT;
    }
    read->ref.member = session_member_of(s, letter);
    read->ref.hash = letter->message.hash;
    read->echo = m->body.echo;
    read->complaints = kw_arena_new(arena, read->echo.count, sizeof *read->complaints);
    read->holds = kw_arena_new(arena, read->echo.count, sizeof *read->holds);
    if (read->complaints == NULL || read->holds == NULL) {
        return KW_LIMIT;
    }
    letter->read = read;
    for (uint16_t i = 1; i <= read->echo.count; i++) {
        const kw_echo_entry *entry = &read->echo.entries[i - 1];
        const session_deal *deal =
            entry->verdict == KW_ECHO_COMPLAINT ? session_deal_of(s, i, &entry->deal) : NULL;
        if (deal != NULL && deal->state == SESSION_DEAL_SOUND) {
            session_judge_complaint(s, letter, deal);
        }
    }
    return KW_OK;
}

static void report_complaint(kw_session *s, const kw_letter *echo, const session_deal *deal,
                             bool is_true)
{
    uint16_t member = ((const session_echo *)echo->read)->ref.member;
    const kw_hash32 *hello = &deal->deal.receivers.items[member - 1];
    const kw_session_evidence evidence = {
        is_true ? 1 : 2,
        is_true ? deal->letter->place.sender : echo->place.sender,
        {deal->letter, kw_mailbox_find(&s->mailbox, hello), deal->shares_letter, echo},
        4,
    };
    session_report_deed(s, &evidence);
}

void session_judge_complaint(kw_session *s, const kw_letter *echo, const session_deal *deal)
{
    session_echo *read = echo->read;
    size_t at = deal->place.dealer - 1U;
    const kw_hash32 *named = &deal->deal.receivers.items[read->ref.member - 1];
    const kw_letter *hello = kw_mailbox_find(&s->mailbox, named);
    if (read->complaints[at] != SESSION_COMPLAINT_UNKNOWN) {
        return;
    }
    read->complaints[at] = SESSION_COMPLAINT_NONE;
    if (session_is_none(named) || hello == NULL) {
        return; /* no receiver: nothing to complain of */
    }
    const session_hello *key = hello->read;
    switch (
        kw_complaint_judge(&read->echo.entries[at], &deal->dealing, read->ref.member, &key->ek)) {
    case KW_COMPLAINT_VOID:
        break;
    case KW_COMPLAINT_TRUE:
        read->complaints[at] = SESSION_COMPLAINT_HOLDS;
        read->holds[at] = true;
        report_complaint(s, echo, deal, true);
        break;
    case KW_COMPLAINT_FALSE:
        report_complaint(s, echo, deal, false);
        break;
    }
}

static int compare(const kw_echo_ref *a, const kw_echo_ref *b)
{
    return a->member != b->member ? (a->member < b->member ? -1 : 1)
                                  : kw_str_compare(kw_str_of_span(KW_SPAN(a->hash.bytes)),
                                                   kw_str_of_span(KW_SPAN(b->hash.bytes)));
}

size_t session_list_echoes(const kw_session *s, kw_echo_ref *out)
{
    size_t count = 0;
    for (uint16_t j = 1; j <= s->scope.n; j++) {
        const kw_letter *at = session_letter(s, session_rank_of(s, j), KW_MESSAGE_ECHO);
        for (size_t bodies = 0; at != NULL && bodies < 2; at = at->second) {
            if (at->read != NULL) {
                out[count++] = ((const session_echo *)at->read)->ref;
                bodies++;
            }
        }
        if (count > 1 && out[count - 2].member == j &&
            compare(&out[count - 2], &out[count - 1]) > 0) {
            kw_echo_ref last = out[count - 1];
            out[count - 1] = out[count - 2];
            out[count - 2] = last;
        }
    }
    return count;
}

bool session_run_echoes(kw_session *s, uint64_t now)
{
    if (!session_have_all(s, KW_MESSAGE_ECHO) && now < session_deadline(s, SESSION_ECHO_END)) {
        return false;
    }
    s->collected_count = session_list_echoes(s, s->collected);
    s->phase = KW_SESSION_SET;
    kw_agreement_enter(&s->set, now);
    return true;
}
