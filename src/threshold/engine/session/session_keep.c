/* SPDX-License-Identifier: Apache-2.0
 * What is kept of the messages that come, and at whose cost. Whoever signs or names too much only
 * uses up what is his. Source: threshold.md section 2. */
#include "base/error.h"
#include "threshold/engine/session/session_parts.h"

enum {
    HELLO_BYTES_MAX = KW_MESSAGE_HEADER_BYTES + 2 + 256 + 32 + KW_GROUP_G1_BYTES_MAX +
                      KW_PROOF_BYTES, /* with all suites that there may be */
};

/* What decoding takes of the lasting arena, at most. */
static size_t decoded_bytes(const kw_session *s, kw_message_type type)
{
    size_t t = s->scope.t;
    size_t dealers = s->scope.dealers;
    switch (type) {
    case KW_MESSAGE_DEAL:
        return sizeof(session_deal) + t * sizeof(kw_group_g2) + 64;
    case KW_MESSAGE_EXTRACT:
        return sizeof(session_extract) + t * sizeof(kw_group_g2) + 64;
    case KW_MESSAGE_ECHO:
        return sizeof(session_echo) + 64 +
               dealers * (sizeof(kw_echo_entry) + sizeof(session_complaint) + sizeof(bool) + 1);
    case KW_MESSAGE_RECONSTRUCT:
        return sizeof(session_opened) + dealers * sizeof(kw_opened_share) + 64;
    case KW_MESSAGE_PROPOSE:
        return sizeof(session_vote) + dealers * sizeof(uint16_t) + 64;
    case KW_MESSAGE_HELLO:
    case KW_MESSAGE_SHARES:
    case KW_MESSAGE_HAVE:
    case KW_MESSAGE_PREVOTE:
    case KW_MESSAGE_PRECOMMIT:
    case KW_MESSAGE_COMMIT:
    case KW_MESSAGE_SEAL:
        break;
    }
    return sizeof(session_vote) + sizeof(session_commit) + 64; /* more than any of these */
}

/* Two of a sender are paid for from the beginning: what else it sends does not displace them. */
static size_t hellos_bytes(const kw_session *s)
{
    return 2 * (sizeof(kw_letter) + HELLO_BYTES_MAX + decoded_bytes(s, KW_MESSAGE_HELLO));
}

static bool is_hello_due(const kw_session *s, const kw_letter_place *place)
{
    if (place->type != KW_MESSAGE_HELLO) {
        return false;
    }
    const kw_letter *first = kw_mailbox_at(&s->mailbox, place);
    return first == NULL || first->second == NULL;
}

kw_status session_keep_init(kw_session *s)
{
    kw_arena *arena = s->setup.memory.lasting;
    size_t count = s->audience.count + 1U;
    s->named_bytes = kw_arena_new(arena, count, sizeof *s->named_bytes);
    s->void_extracts = kw_arena_new(arena, count, sizeof *s->void_extracts);
    bool has_room = s->named_bytes != NULL && s->void_extracts != NULL;
    for (uint16_t rank = 1; has_room && rank <= s->audience.count; rank++) {
        has_room = kw_mailbox_charge(&s->mailbox, rank, hellos_bytes(s));
    }
    return has_room ? KW_OK : KW_LIMIT;
}

/* One body of everything. */
static size_t bodies_bytes(const kw_session *s)
{
    size_t t = s->scope.t;
    size_t n = s->scope.n;
    size_t dealers = s->scope.dealers;
    size_t bytes = 3 * t * KW_GROUP_G2_BYTES_MAX + n * (32 + 64) +
                   dealers * (32 + 33 + KW_GROUP_G1_BYTES_MAX + KW_PROOF_BYTES + 66);
    for (unsigned type = KW_MESSAGE_HELLO; type <= KW_MESSAGE_COMMIT; type++) {
        bytes += decoded_bytes(s, (kw_message_type)type) + sizeof(kw_letter) + 1024;
    }
    return bytes;
}

size_t session_sender_bytes(const kw_session *s)
{
    enum {
        VOTES_OF_VIEW = 6, /* two bodies of three kinds */
    };
    size_t n = s->scope.n;
    size_t vote =
        sizeof(kw_letter) + KW_MESSAGE_HEADER_BYTES + 64 + decoded_bytes(s, KW_MESSAGE_PREVOTE);
    size_t lists = 2 * KW_THRESHOLD_MEMBERS_MAX * sizeof(kw_hash32) / 8 + 32 * n;
    return 2 * bodies_bytes(s) + KW_THRESHOLD_SESSION_VIEWS * (VOTES_OF_VIEW * vote + lists);
}

/* A third body is of a faulty member. Somebody honest names of each such member one dealing and two
 * ECHOs: less than two bodies of everything. */
size_t session_named_bytes(const kw_session *s)
{
    size_t faulty = KW_MAX(s->setup.quorum.f, s->scope.dealers / 3) + 1U;
    return faulty * 2 * bodies_bytes(s);
}

static kw_status keep_at_cost_of_sender(kw_session *s, kw_letter **out,
                                        const session_arrival *arrival, kw_letter_rule rule)
{
    const kw_letter_place *place = &arrival->place;
    kw_status st = kw_mailbox_add(&s->mailbox, out, place, arrival->message, rule);
    bool is_new = st == KW_OK || st == KW_CONFLICT;
    if (is_new && (*out)->spare == NULL &&
        !kw_mailbox_charge(&s->mailbox, place->sender, decoded_bytes(s, place->type))) {
        kw_mailbox_drop(&s->mailbox, *out);
        return KW_LIMIT;
    }
    return st;
}

/* The want that a message answers, by its hash or as SHARES by their root; NULL: none. */
static const kw_want *find_want(kw_session *s, const session_arrival *arrival)
{
    const kw_want *want = kw_wants_find(&s->wants, &arrival->message->hash);
    kw_message m;
    if (want == NULL && arrival->place.type == KW_MESSAGE_SHARES &&
        session_read_body(s, &m, s->setup.memory.scratch, arrival) == KW_OK) {
        kw_hash32 root;
        kw_shares_root(&root, &m.body.shares);
        want = kw_wants_find(&s->wants, &root);
    }
    bool is_of_kind = want != NULL && (want->kinds >> arrival->place.type & 1) != 0;
    return is_of_kind ? want : NULL;
}

/* Charges who named the message. */
static bool is_named(kw_session *s, const session_arrival *arrival)
{
    const kw_want *want = find_want(s, arrival);
    size_t bytes =
        sizeof(kw_letter) + arrival->message->payload.len + decoded_bytes(s, arrival->place.type);
    if (want == NULL || bytes > session_named_bytes(s) - s->named_bytes[want->namer]) {
        return false;
    }
    s->named_bytes[want->namer] += bytes;
    return true;
}

kw_status session_keep(kw_session *s, kw_letter **out, const session_arrival *arrival)
{
    const kw_letter_place *place = &arrival->place;
    if (place->sender == s->self || is_hello_due(s, place)) {
        return kw_mailbox_add(&s->mailbox, out, place, arrival->message, KW_LETTER_WANTED);
    }
    kw_letter_rule rule = kw_message_is_vote(place->type) ? KW_LETTER_MANY : KW_LETTER_TWO;
    kw_status st = keep_at_cost_of_sender(s, out, arrival, rule);
    if ((st != KW_REFUSED && st != KW_LIMIT) || rule == KW_LETTER_MANY) {
        return st;
    }
    bool is_due = place->type == KW_MESSAGE_EXTRACT ? session_is_extract_due(s, arrival)
                                                    : is_named(s, arrival);
    return is_due ? kw_mailbox_add(&s->mailbox, out, place, arrival->message, KW_LETTER_WANTED)
                  : st;
}
