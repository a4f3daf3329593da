/* SPDX-License-Identifier: Apache-2.0
 * Members that were cut off: who lacks what another one should have said shows it its own HELLO
 * again, and who hears an old HELLO answers with what it said since. */
#include "threshold/engine/session/session_parts.h"

enum {
    RESEND_DELTAS = 2, /* and twice as long after each time */
    RESEND_DELTAS_MAX = 16,
};

kw_status session_answers_init(kw_session *s)
{
    kw_arena *arena = s->setup.memory.lasting;
    s->asks = kw_arena_new(arena, s->audience.count, sizeof *s->asks);
    s->answer_at = kw_arena_new(arena, s->audience.count, sizeof *s->answer_at);
    return s->asks == NULL || s->answer_at == NULL ? KW_LIMIT : KW_OK;
}

/* Not before all bundles of HELLOs have arrived, which show known ones to everybody. */
void session_note_laggard(kw_session *s, const kw_letter *letter)
{
    uint64_t quiet_at = session_deadline(s, SESSION_HELLO_END) + s->setup.delta_ms / 4;
    if (letter->place.type == KW_MESSAGE_HELLO && s->now >= quiet_at) {
        s->asks[letter->place.sender - 1] = true;
    }
}

/* Half way to its end, a phase asks those whose part of it has not come. */
static const struct {
    kw_message_type lacks;
    uint16_t asks_at; /* in half Delta from the boundary */
} phases[] = {
    [KW_SESSION_HELLOS] = {0, 0},
    [KW_SESSION_DEALINGS] = {KW_MESSAGE_SHARES, 3},
    [KW_SESSION_JUDGING] = {KW_MESSAGE_HAVE, 6},
    [KW_SESSION_ECHOES] = {KW_MESSAGE_ECHO, 11},
};

static uint64_t asks_at(const kw_session *s)
{
    bool is_collecting = s->phase >= KW_SESSION_DEALINGS && s->phase <= KW_SESSION_ECHOES;
    if (!is_collecting || s->asked_in[s->phase] == s->audience.count) {
        return KW_SESSION_NEVER;
    }
    return s->boundary_ms + (uint64_t)phases[s->phase].asks_at * s->setup.delta_ms / 2;
}

static bool is_lacking(const kw_session *s, uint16_t rank)
{
    const kw_recipient *other = kw_audience_at(&s->audience, rank);
    bool is_dealer =
        s->scope.kind == KW_SESSION_RESHARE ? other->old_index != 0 : other->new_index != 0;
    if (rank == s->self || !s->is_expected[rank - 1]) {
        return false;
    }
    if (s->phase == KW_SESSION_DEALINGS) {
        return is_dealer && (session_letter(s, rank, KW_MESSAGE_DEAL) == NULL ||
                             session_letter(s, rank, KW_MESSAGE_SHARES) == NULL);
    }
    return other->new_index != 0 && session_letter(s, rank, phases[s->phase].lacks) == NULL;
}

bool session_run_ask(kw_session *s, uint64_t now)
{
    if (now < asks_at(s)) {
        return false;
    }
    uint16_t *asked = &s->asked_in[s->phase];
    while (*asked < s->audience.count) {
        uint16_t rank = ++*asked;
        if (is_lacking(s, rank)) {
            session_relay(s, session_letter(s, s->self, KW_MESSAGE_HELLO));
            s->relay_to = rank;
            return true;
        }
    }
    return false;
}

/* Whom the agreements answer is a matter of theirs: but those who only look on do not vote, so
 * nobody sees that they lag behind. */
static void relay_decision(kw_session *s)
{
    kw_agreement_decision decision;
    if (!kw_agreement_decision_of(&s->set, &decision)) {
        return;
    }
    session_relay(s, kw_mailbox_find(&s->mailbox, &decision.source));
    for (uint16_t i = 0; i < decision.certificate->count; i++) {
        session_relay(s, kw_mailbox_find(&s->mailbox, &decision.certificate->ids[i]));
    }
}

static void relay_own(kw_session *s, kw_message_type first)
{
    static const kw_message_type types[] = {
        KW_MESSAGE_DEAL,    KW_MESSAGE_SHARES,      KW_MESSAGE_HAVE,  KW_MESSAGE_ECHO,
        KW_MESSAGE_EXTRACT, KW_MESSAGE_RECONSTRUCT, KW_MESSAGE_COMMIT};
    for (size_t i = 0; i < KW_COUNT(types); i++) {
        if (types[i] >= first) {
            session_relay(s, session_letter(s, s->self, types[i]));
        }
    }
}

bool session_run_answers(kw_session *s, uint64_t now)
{
    for (uint16_t rank = 1; rank <= s->audience.count; rank++) {
        if (!s->asks[rank - 1] || now < s->answer_at[rank - 1]) {
            continue;
        }
        s->asks[rank - 1] = false;
        s->answer_at[rank - 1] = now + s->setup.delta_ms;
        if (kw_audience_at(&s->audience, rank)->new_index == 0) {
            relay_decision(s);
        }
        relay_own(s, KW_MESSAGE_DEAL);
        s->relay_to = rank;
        return true;
    }
    return false;
}

/* Until a candidate is here, less and less often: everybody answers it with all that it said. */
bool session_run_resend(kw_session *s, uint64_t now)
{
    if (s->phase < KW_SESSION_SET || s->commits_count >= s->setup.quorum.q) {
        s->resend_at = KW_SESSION_NEVER;
        return false;
    }
    bool is_due = now >= s->resend_at;
    if (is_due || s->resend_at == KW_SESSION_NEVER) {
        s->resend_deltas =
            is_due ? KW_MIN(2 * s->resend_deltas, (uint32_t)RESEND_DELTAS_MAX) : RESEND_DELTAS;
        s->resend_at = now + (uint64_t)s->resend_deltas * s->setup.delta_ms;
    }
    if (is_due) {
        session_relay(s, session_letter(s, s->self, KW_MESSAGE_HELLO));
        relay_own(s, KW_MESSAGE_EXTRACT);
        s->relay_to = 0;
    }
    return is_due;
}

uint64_t session_answers_wake_at(const kw_session *s)
{
    uint64_t at = KW_MIN(s->resend_at, asks_at(s));
    for (uint16_t rank = 1; rank <= s->audience.count; rank++) {
        at = s->asks[rank - 1] ? KW_MIN(at, s->answer_at[rank - 1]) : at;
    }
    return at;
}
