/* SPDX-License-Identifier: Apache-2.0
 * EXTRACT: the commitments of D in G2, as their dealers say them. Source: threshold.md section 6.
 * Secret inputs: polynomials. */
#include "threshold/engine/session/session_parts.h"

/* ---- D ---- */
const session_deal *session_decided_deal(const kw_session *s, uint16_t at)
{
    const kw_dealing_ref *ref = &s->decided.refs[at];
    return session_deal_of(s, ref->dealer, &ref->hash);
}

/* Place of a dealer in D; D's size: it is not there. */
uint16_t session_find_decided(const kw_session *s, uint16_t dealer)
{
    uint16_t at = 0;
    while (at < s->decided.count && s->decided.refs[at].dealer != dealer) {
        at++;
    }
    return at;
}

static uint16_t find_rank(const kw_session *s, uint16_t rank)
{
    return session_find_decided(s, kw_audience_at(&s->audience, rank)->new_index);
}

bool session_has_all_extracts(const kw_session *s)
{
    for (uint16_t i = 0; i < s->decided.count; i++) {
        if (s->dealers[s->decided.refs[i].dealer - 1].a == NULL) {
            return false;
        }
    }
    return true;
}

/* ---- EXTRACT ---- */
static kw_status check(kw_session *s, const kw_extract *extract, uint16_t at)
{
    const session_deal *deal = session_decided_deal(s, at);
    return kw_extract_check(extract, s->setup.memory.scratch, &deal->deal.c, s->setup.group,
                            &deal->place);
}

/* A dealer may sign many, and show each to a few. Who brings those that do not hold is not heard
 * any more: what others bring stays welcome. */
bool session_is_extract_due(kw_session *s, const session_arrival *arrival)
{
    uint16_t at = s->has_set ? find_rank(s, arrival->place.sender) : s->decided.count;
    kw_message m;
    if (at == s->decided.count || s->has_extract[at] ||
        s->void_extracts[arrival->from] > s->scope.dealers) {
        return false;
    }
    bool holds = session_read_body(s, &m, s->setup.memory.scratch, arrival) == KW_OK &&
                 check(s, &m.body.extract, at) == KW_OK;
    s->void_extracts[arrival->from] += holds ? 0 : 1;
    return holds;
}

static void check_extract(kw_session *s, kw_letter *letter)
{
    session_extract *read = letter->read;
    uint16_t at = find_rank(s, letter->place.sender);
    if (at == s->decided.count || s->has_extract[at]) {
        return;
    }
    kw_status st = check(s, &read->extract, at);
    if (st == KW_BAD_INPUT) { /* any other failure is our own */
        const session_deal *deal = session_decided_deal(s, at);
        const kw_session_evidence evidence = {4, letter->place.sender, {deal->letter, letter}, 2};
        session_report_deed(s, &evidence);
    }
    if (st != KW_OK) {
        return;
    }
    kw_hash32 name;
    kw_extract_name(&name, &s->decided.refs[at].hash);
    kw_mailbox_name(&s->mailbox, letter, &name);
    kw_wants_drop(&s->wants, &name);
    s->has_extract[at] = true;
    s->dealers[s->decided.refs[at].dealer - 1].a = read->extract.a;
}

kw_status session_read_extract(kw_session *s, kw_letter *letter, const kw_message *m, uint64_t now)
{
    KW_UNUSED(now);
    session_extract *read = kw_arena_new(s->setup.memory.lasting, 1, sizeof *read);
    if (read == NULL) {
        return KW_LIMIT;
    }
    read->extract = m->body.extract;
    letter->read = read;
    if (s->has_set) {
        check_extract(s, letter);
    }
    return KW_OK;
}

static void say_extract(kw_session *s, uint64_t now)
{
    uint16_t at = session_find_decided(s, s->self_dealer);
    if (at == s->decided.count || !s->has_polynomials) {
        return;
    }
    const session_deal *deal = session_decided_deal(s, at);
    const kw_dealing_parts parts = {&s->scope, &deal->place, &s->polynomials, NULL};
    kw_message m = {.header.type = KW_MESSAGE_EXTRACT};
    if (kw_extract_make(&m.body.extract, s->setup.memory.scratch, &deal->deal.c, &parts) != KW_OK) {
        session_fail(s);
        return;
    }
    session_say(s, &m, &s->sid, now);
}

void session_start_extracts(kw_session *s, uint64_t now)
{
    s->has_extract =
        kw_arena_new(s->setup.memory.lasting, s->decided.count, sizeof *s->has_extract);
    if (s->has_extract == NULL) {
        session_fail(s);
        return;
    }
    if (s->scope.suite != KW_SUITE_PEDERSEN) {
        session_forget_polynomials(s);
        session_finish(s);
        return;
    }
    s->phase = KW_SESSION_EXTRACTS;
    const kw_letter *at = NULL;
    while ((at = kw_mailbox_next(&s->mailbox, KW_MESSAGE_EXTRACT, at)) != NULL) {
        if (at->read != NULL) {
            check_extract(s, (kw_letter *)at);
        }
    }
    if (session_letter(s, s->self, KW_MESSAGE_EXTRACT) == NULL) {
        say_extract(s, now);
    }
    session_forget_polynomials(s);
}

/* ---- the phase ---- */
static void want_extracts(kw_session *s, uint64_t now)
{
    for (uint16_t i = 0; i < s->decided.count; i++) {
        if (s->dealers[s->decided.refs[i].dealer - 1].a == NULL) {
            kw_hash32 name;
            kw_extract_name(&name, &s->decided.refs[i].hash);
            session_want(s, &name, KW_MESSAGE_EXTRACT, 0, now);
        }
    }
}

bool session_run_extracts(kw_session *s, uint64_t now)
{
    if (session_has_all_extracts(s)) {
        kw_wants_drop_all(&s->wants);
        session_finish(s);
        return true;
    }
    if (now >= s->decided_at + s->setup.delta_ms) {
        want_extracts(s, now);
    }
    return session_open_dealers(s);
}

uint64_t session_extracts_wake_at(const kw_session *s)
{
    if (!s->has_set || s->scope.suite != KW_SUITE_PEDERSEN || s->now >= session_opens_at(s)) {
        return KW_SESSION_NEVER;
    }
    uint64_t asks_at = s->decided_at + s->setup.delta_ms;
    return s->now < asks_at ? asks_at : session_opens_at(s);
}
