/* SPDX-License-Identifier: Apache-2.0
 * What comes in: whether it belongs here, who may say it, and what is read from it. Source:
 * threshold.md section 2. */
#include "base/error.h"
#include "threshold/engine/session/session_parts.h"

typedef kw_status (*session_reader)(kw_session *s, kw_letter *letter, const kw_message *m,
                                    uint64_t now);

typedef struct session_type {
    bool is_of_pedersen; /* only in suite 2 */
    session_reader read;
} session_type;

static const session_type types[] = {
    [KW_MESSAGE_HELLO] = {false, session_read_hello},
    [KW_MESSAGE_DEAL] = {false, session_read_deal},
    [KW_MESSAGE_SHARES] = {false, session_read_shares},
    [KW_MESSAGE_HAVE] = {false, session_read_have},
    [KW_MESSAGE_ECHO] = {false, session_read_echo},
    [KW_MESSAGE_PROPOSE] = {false, session_read_vote},
    [KW_MESSAGE_PREVOTE] = {false, session_read_vote},
    [KW_MESSAGE_PRECOMMIT] = {false, session_read_vote},
    [KW_MESSAGE_EXTRACT] = {true, session_read_extract},
    [KW_MESSAGE_RECONSTRUCT] = {true, session_read_opened},
    [KW_MESSAGE_COMMIT] = {false, session_read_commit},
};

static bool is_of_opening(const kw_session *s, const kw_message_header *header)
{
    return s->scope.suite == KW_SUITE_PEDERSEN && kw_message_is_vote(header->type) &&
           session_is_same(&header->sid, &s->open_id);
}

bool kw_session_is_addressed(const kw_session *session, const kw_message_header *header)
{
    const kw_sid_fields *fields = &session->setup.fields;
    bool is_of_sid =
        session_is_same(&header->sid, &session->sid) && header->type != KW_MESSAGE_SEAL;
    return session_is_same(&header->cluster_id, &session->setup.cluster_id) &&
           (is_of_sid || is_of_opening(session, header)) && header->suite == fields->suite &&
           header->epoch == fields->epoch && header->timestamp == fields->timestamp &&
           header->attempt == fields->attempt;
}

static bool has_part(const kw_session *s, const kw_letter_place *place)
{
    const kw_recipient *sender = kw_audience_at(&s->audience, place->sender);
    bool is_dealer =
        s->scope.kind == KW_SESSION_RESHARE ? sender->old_index != 0 : sender->new_index != 0;
    if (types[place->type].is_of_pedersen && s->scope.suite != KW_SUITE_PEDERSEN) {
        return false;
    }
    switch (kw_author_part_of(place->type, place->instance)) {
    case KW_AUTHOR_DEALER:
        return is_dealer;
    case KW_AUTHOR_RECEIVER:
        return sender->new_index != 0;
    case KW_AUTHOR_EITHER:
        return true;
    }
    return false;
}

/* The place of a message; a vote begins with its view. BAD_INPUT: it has none. */
static kw_status place_of(kw_letter_place *out, const kw_session *s,
                          const kw_message_header *header, kw_span payload)
{
    kw_letter_place place = {.sender = kw_audience_rank(&s->audience, &header->sender),
                             .type = header->type};
    if (kw_message_is_vote(header->type)) {
        kw_reader r = kw_reader_of(payload);
        kw_read_span(&r, KW_MESSAGE_HEADER_BYTES);
        place.view = kw_read_u32be(&r);
        place.instance = is_of_opening(s, header) ? KW_INSTANCE_OPEN : KW_INSTANCE_SET;
        if (!kw_read_is_good(&r)) {
            return KW_BAD_INPUT;
        }
    }
    *out = place;
    return KW_OK;
}

static void report_two_bodies(kw_session *s, const kw_letter *letter)
{
    const kw_letter *first = kw_mailbox_at(&s->mailbox, &letter->place);
    while (first != letter && first->read == NULL) {
        first = first->second;
    }
    if (first != letter) {
        const kw_session_evidence evidence = {3, letter->place.sender, {first, letter}, 2};
        session_report_deed(s, &evidence);
    }
}

kw_status session_read_body(const kw_session *s, kw_message *out, kw_arena *arena,
                            const session_arrival *arrival)
{
    kw_message_scope scope = s->scope;
    scope.instance = arrival->place.instance;
    return kw_message_decode(out, arena, arrival->message->payload, &scope);
}

/* Reads a letter that is new; what cannot be read stays unread. */
static kw_status read_letter(kw_session *s, kw_letter *letter, uint64_t now)
{
    kw_message m;
    const session_arrival kept = {.message = &letter->message, .place = letter->place};
    KW_TRY(session_read_body(s, &m, s->setup.memory.lasting, &kept));
    return types[letter->place.type].read(s, letter, &m, now);
}

/* Of votes any number of bodies may come: those that say nothing are not kept. What there was no
 * memory for may come again. */
static kw_status drop_unread(kw_session *s, const kw_letter *letter, kw_status st)
{
    if (kw_message_is_vote(letter->place.type) || st == KW_LIMIT) {
        kw_mailbox_drop(&s->mailbox, letter);
    }
    return st;
}

/* A HELLO that says nothing takes no place: whoever kept two of them would not take the good one
 * that the others have, and would deal to fewer than they want. */
static kw_status receive_new(kw_session *s, kw_letter **out, const session_arrival *arrival,
                             uint64_t now)
{
    if (arrival->place.type == KW_MESSAGE_HELLO &&
        kw_mailbox_find(&s->mailbox, &arrival->message->hash) == NULL) {
        KW_TRY(session_check_hello(s, arrival));
    }
    kw_status kept = session_keep(s, out, arrival);
    if (kept != KW_OK && kept != KW_CONFLICT) {
        return kept;
    }
    kw_status st = read_letter(s, *out, now);
    kw_wants_drop(&s->wants, &arrival->message->hash);
    if (st != KW_OK) {
        return drop_unread(s, *out, st);
    }
    if (kept == KW_CONFLICT) {
        report_two_bodies(s, *out);
    }
    return kept;
}

kw_status session_receive(kw_session *s, kw_letter **out, const kw_authenticated *message,
                          uint16_t from, uint64_t now)
{
    kw_message_header header;
    session_arrival arrival = {.message = message, .from = from};
    *out = NULL;
    KW_TRY(kw_message_header_decode(&header, message->payload));
    if (!kw_session_is_addressed(s, &header) ||
        kw_audience_rank(&s->audience, &header.sender) == 0) {
        return KW_NOT_FOUND;
    }
    KW_TRY(place_of(&arrival.place, s, &header, message->payload));
    const kw_letter_place place = arrival.place;
    if (!has_part(s, &place)) {
        return KW_REFUSED;
    }
    kw_status st = receive_new(s, out, &arrival, now);
    if (st == KW_END && from == place.sender && from != s->self) {
        session_note_laggard(s, *out);
    }
    bool is_kept = *out != NULL && (st == KW_OK || st == KW_CONFLICT || st == KW_END);
    if (!is_kept || !kw_message_is_vote(place.type) || (*out)->read == NULL) {
        return st;
    }
    kw_status voted = session_take_vote(s, *out, from, now);
    return st == KW_END || voted == KW_END ? st : voted;
}

kw_status kw_session_take(kw_session *session, const kw_authenticated *message, uint16_t from,
                          uint64_t now)
{
    KW_ASSERT(from <= session->audience.count);
    kw_letter *letter = NULL;
    if (session->phase == KW_SESSION_ENDED) {
        return KW_NOT_FOUND;
    }
    session->now = now;
    kw_arena_reset(session->setup.memory.scratch);
    return session_receive(session, &letter, message, from, now);
}
