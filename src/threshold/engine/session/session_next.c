/* SPDX-License-Identifier: Apache-2.0
 * The order of work: rules that look at the state and do one thing, or nothing; what goes out, and
 * when to look again. Source: threshold.md sections 3 to 6. */
#include "threshold/engine/session/session_parts.h"

/* Does one thing, or nothing: false. */
typedef bool (*session_rule)(kw_session *s, uint64_t now);

static const session_rule phase_rules[] = {
    [KW_SESSION_HELLOS] = session_run_hellos,
    [KW_SESSION_DEALINGS] = session_run_dealings,
    [KW_SESSION_JUDGING] = session_run_judging,
    [KW_SESSION_ECHOES] = session_run_echoes,
    [KW_SESSION_SET] = session_run_set,
    [KW_SESSION_EXTRACTS] = session_run_extracts,
    [KW_SESSION_PREPARING] = session_run_preparing,
    [KW_SESSION_COMMITS] = session_run_commits,
};

static bool drive_set(kw_session *s, uint64_t now)
{
    return session_drive(s, &s->set, now);
}

static bool give_up(kw_session *s, uint64_t now)
{
    if (now >= s->setup.give_up_ms && s->phase < KW_SESSION_PREPARING) {
        session_fail(s);
        return true;
    }
    return false;
}

/* Those who are done go on with both agreements, for members that are not. */
static const session_rule lasting_rules[] = {
    give_up,         session_run_bundle, drive_set, session_run_open, session_run_answers,
    session_run_ask, session_run_resend,
};

static bool do_one_thing(kw_session *s, uint64_t now)
{
    if (s->phase == KW_SESSION_ENDED) {
        return false;
    }
    kw_arena_reset(s->setup.memory.scratch);
    for (size_t i = 0; i < KW_COUNT(lasting_rules); i++) {
        if (lasting_rules[i](s, now)) {
            return true;
        }
    }
    return phase_rules[s->phase](s, now);
}

/* What is ready to go out; own messages first, for nothing else may be done before they are
 * durable. */
static bool give_out(kw_session *s, kw_session_action *out)
{
    if (s->outbox_count > 0) {
        *out = (kw_session_action){
            .act = KW_SESSION_SEND, .letters = s->outbox, .letters_count = s->outbox_count};
        s->outbox_count = 0;
        return true;
    }
    if (s->relay_count > 0) {
        *out = (kw_session_action){.act = KW_SESSION_RELAY,
                                   .to = s->relay_to,
                                   .letters = s->relay,
                                   .letters_count = s->relay_count};
        s->relay_count = 0;
        return true;
    }
    if (s->owes_prepared) {
        s->owes_prepared = false;
        out->act = KW_SESSION_PREPARED;
        return true;
    }
    if (s->commits_count > s->commits_told && s->commits_count >= s->setup.quorum.q) {
        s->commits_told = s->commits_count;
        out->act = KW_SESSION_CANDIDATE;
        return true;
    }
    return session_next_report(s, out) || session_next_durable(s, out);
}

static bool ask(kw_session *s, kw_session_action *out, uint64_t now)
{
    size_t count = 0;
    if (!kw_wants_next(&s->wants, &out->to, &count, now)) {
        return false;
    }
    out->act = KW_SESSION_PULL;
    out->ids = s->wants.ids;
    out->ids_count = count;
    return true;
}

void kw_session_next(kw_session *session, kw_session_action *out, uint64_t now)
{
    kw_session *s = session;
    *out = (kw_session_action){.act = KW_SESSION_IDLE};
    s->now = now;
    while (s->phase != KW_SESSION_ENDED) {
        if (give_out(s, out)) {
            return;
        }
        if (!do_one_thing(s, now)) {
            break;
        }
    }
    if (s->phase != KW_SESSION_ENDED) {
        ask(s, out, now);
    } else if (s->owes_abort) {
        s->owes_abort = false;
        out->act = KW_SESSION_ABORTED;
    }
}

static uint64_t phase_wake_at(const kw_session *s)
{
    switch (s->phase) {
    case KW_SESSION_HELLOS:
        return session_deadline(s, SESSION_HELLO_END);
    case KW_SESSION_DEALINGS:
        return session_deadline(s, SESSION_DEAL_END);
    case KW_SESSION_JUDGING:
        return session_deadline(s, SESSION_JUDGE_END);
    case KW_SESSION_ECHOES:
        return session_deadline(s, SESSION_ECHO_END);
    case KW_SESSION_EXTRACTS:
        return session_extracts_wake_at(s);
    case KW_SESSION_SET:
    case KW_SESSION_PREPARING:
    case KW_SESSION_COMMITS:
    case KW_SESSION_ENDED:
        break;
    }
    return KW_SESSION_NEVER;
}

uint64_t kw_session_wake_at(const kw_session *session)
{
    const kw_session *s = session;
    if (s->phase == KW_SESSION_ENDED) {
        return KW_SESSION_NEVER;
    }
    uint64_t at = KW_MIN(phase_wake_at(s), kw_wants_wake_at(&s->wants));
    at = KW_MIN(at, kw_agreement_wake_at(&s->set));
    if (s->scope.suite == KW_SUITE_PEDERSEN && s->has_set) { /* after a restart it waits for D */
        at = KW_MIN(at, kw_agreement_wake_at(&s->open));
    }
    at = KW_MIN(at, session_answers_wake_at(s));
    if (!s->has_bundled) {
        at = KW_MIN(at, s->boundary_ms + s->setup.delta_ms / 2);
    }
    return s->phase < KW_SESSION_PREPARING ? KW_MIN(at, s->setup.give_up_ms) : at;
}
