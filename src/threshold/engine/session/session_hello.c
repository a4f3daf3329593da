/* SPDX-License-Identifier: Apache-2.0
 * HELLO: session keys, who is here, who has to be dealt to. Source: threshold.md sections 3, 4.
 * Secret inputs: the own session key. */
#include "threshold/engine/session/session_parts.h"

static const uint8_t spoken_suites[] = {KW_SUITE_FELDMAN, KW_SUITE_PEDERSEN};

kw_status session_hello_init(kw_session *s)
{
    s->is_early = kw_arena_new(s->setup.memory.lasting, s->audience.count, sizeof *s->is_early);
    s->is_expected =
        kw_arena_new(s->setup.memory.lasting, s->audience.count, sizeof *s->is_expected);
    return s->is_early == NULL || s->is_expected == NULL ? KW_LIMIT : KW_OK;
}

kw_status session_say_hello(kw_session *s, uint64_t now)
{
    KW_AUTO(kw_group_secret) nonce = {0};
    if (!session_draw(s, &s->ek) || !session_draw(s, &nonce)) {
        return KW_ENTROPY_FAILURE;
    }
    s->has_key = true;
    kw_message m = {.header.type = KW_MESSAGE_HELLO};
    kw_hello *hello = &m.body.hello;
    hello->suites = KW_SPAN(spoken_suites);
    hello->head = s->setup.head;
    s->setup.group->g1_base(&hello->ek, &s->ek);
    kw_declassify_group_g1(&hello->ek, "the public half of a session key");
    const kw_pok_place place = {KW_POK_EK, s->sid, s->setup.self};
    kw_pok_g1_make(&hello->proof, s->setup.group, &place, &s->ek, &nonce);
    return session_try_say(s, &m, &s->sid, now);
}

static bool speaks_suite(const kw_session *s, kw_span suites)
{
    for (size_t i = 0; i < suites.len; i++) {
        if (suites.ptr[i] == s->scope.suite) {
            return true;
        }
    }
    return false;
}

kw_status session_check_hello(const kw_session *s, const session_arrival *arrival)
{
    kw_message m;
    KW_TRY(session_read_body(s, &m, s->setup.memory.scratch, arrival));
    const kw_hello *hello = &m.body.hello;
    const kw_pok_place place = {KW_POK_EK, s->sid, m.header.sender};
    bool is_good = speaks_suite(s, hello->suites) &&
                   kw_pok_g1_holds(&hello->proof, s->setup.group, &place, &hello->ek);
    return is_good ? KW_OK : KW_REFUSED;
}

kw_status session_read_hello(kw_session *s, kw_letter *letter, const kw_message *m, uint64_t now)
{
    const kw_hello *hello = &m->body.hello;
    session_hello *read = kw_arena_new(s->setup.memory.lasting, 1, sizeof *read);
    if (read == NULL) {
        return KW_LIMIT;
    }
    read->ek = hello->ek;
    read->has_head = !session_is_none(&hello->head);
    letter->read = read;
    bool is_early = s->phase == KW_SESSION_HELLOS && now <= s->boundary_ms + s->setup.delta_ms / 2;
    if (is_early) {
        s->is_early[letter->place.sender - 1] = true;
    }
    session_judge_waiting(s, &letter->message.hash, now); /* also when nobody asked for it */
    return KW_OK;
}

/* Two prove that a member said two things; more, which DEALs may have named, would only take the
 * place of others. */
static void bundle(kw_session *s, uint16_t rank)
{
    unsigned count = 0;
    const kw_letter *at = session_letter(s, rank, KW_MESSAGE_HELLO);
    for (; at != NULL && count < 2; at = at->second) {
        if (at->read != NULL) {
            session_relay(s, at);
            count++;
        }
    }
}

/* A HELLO that was shown to some members only reaches every dealer in time. Also from those who
 * have ended the phase early: they ask of dealings that these cover all whose HELLO they had. */
bool session_run_bundle(kw_session *s, uint64_t now)
{
    if (s->has_bundled || now < s->boundary_ms + s->setup.delta_ms / 2) {
        return false;
    }
    s->has_bundled = true;
    for (uint16_t rank = 1; rank <= s->audience.count && !s->has_set; rank++) {
        bundle(s, rank);
    }
    s->relay_to = 0;
    return true;
}

/* "There is no epoch" is never a guess: a quorum says so, or this member deals nothing. It goes on:
 * the others may know more. */
static bool may_start(const kw_session *s)
{
    uint16_t blank = 0;
    for (uint16_t j = 1; j <= s->scope.n; j++) {
        const kw_letter *letter = session_letter(s, session_rank_of(s, j), KW_MESSAGE_HELLO);
        const session_hello *hello = letter == NULL ? NULL : letter->read;
        blank = (uint16_t)(blank + (hello != NULL && !hello->has_head));
    }
    return s->scope.kind != KW_SESSION_GENESIS || blank >= s->setup.quorum.q;
}

bool session_run_hellos(kw_session *s, uint64_t now)
{
    uint16_t here = 0;
    for (uint16_t rank = 1; rank <= s->audience.count; rank++) {
        here = (uint16_t)(here + (session_letter(s, rank, KW_MESSAGE_HELLO) != NULL));
    }
    if (here < s->audience.count && now < session_deadline(s, SESSION_HELLO_END)) {
        return false;
    }
    for (uint16_t rank = 1; rank <= s->audience.count; rank++) {
        s->is_expected[rank - 1] = session_letter(s, rank, KW_MESSAGE_HELLO) != NULL;
    }
    s->phase = KW_SESSION_DEALINGS;
    if (may_start(s)) {
        session_deal_out(s, now);
    }
    return true;
}
