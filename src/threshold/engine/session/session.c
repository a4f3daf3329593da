/* SPDX-License-Identifier: Apache-2.0
 * A session: its making, its messages, its order of work. What the phases do is in session_*.c.
 * Source: threshold.md sections 2 to 6. Secret inputs: session keys, polynomials, shares. */
#include "threshold/engine/session/session.h"

#include "base/error.h"
#include "threshold/engine/session/session_parts.h"

/* ---- words ---- */
bool session_is_same(const kw_hash32 *a, const kw_hash32 *b)
{
    return kw_span_equal_var(KW_SPAN(a->bytes), KW_SPAN(b->bytes));
}

bool session_is_none(const kw_hash32 *hash)
{
    return kw_hash32_is_none(hash);
}

void session_fail(kw_session *s)
{
    if (s->phase != KW_SESSION_ENDED) {
        s->phase = KW_SESSION_ENDED;
        s->owes_abort = true;
    }
}

uint16_t session_rank_of(const kw_session *s, uint16_t new_index)
{
    return kw_audience_rank(&s->audience, &kw_roster_at(s->setup.roster_new, new_index)->address);
}

uint64_t session_deadline(const kw_session *s, unsigned deltas)
{
    return s->boundary_ms + (uint64_t)deltas * s->setup.delta_ms;
}

const kw_letter *session_letter(const kw_session *s, uint16_t rank, kw_message_type type)
{
    const kw_letter_place place = {.sender = rank, .type = type};
    const kw_letter *letter = kw_mailbox_at(&s->mailbox, &place);
    while (letter != NULL && letter->read == NULL) {
        letter = letter->second;
    }
    return letter;
}

bool session_have_all(const kw_session *s, kw_message_type type)
{
    for (uint16_t j = 1; j <= s->scope.n; j++) {
        uint16_t rank = session_rank_of(s, j);
        if (s->is_expected[rank - 1] && session_letter(s, rank, type) == NULL) {
            return false;
        }
    }
    return true;
}

void session_want(kw_session *s, const kw_hash32 *id, kw_message_type type, uint16_t holder,
                  uint64_t now)
{
    /* Who names too many asks in vain: an honest member never does. What this member named itself
     * before a restart, anybody may have. */
    kw_status st = kw_wants_add(&s->wants, id, 1U << type, holder == s->self ? 0 : holder, now);
    KW_UNUSED(st);
}

const kw_audience *kw_session_audience(const kw_session *session)
{
    return &session->audience;
}

kw_session_phase kw_session_phase_of(const kw_session *session)
{
    return session->phase;
}

const kw_letter *kw_session_find(const kw_session *session, const kw_hash32 *hash,
                                 const kw_letter *after)
{
    if (after == NULL) {
        const kw_letter *letter = kw_mailbox_find(&session->mailbox, hash);
        if (letter != NULL) {
            return letter;
        }
    } else if (session_is_same(&after->message.hash, hash)) {
        return NULL;
    }
    return kw_mailbox_named(&session->mailbox, hash, after);
}

void kw_session_abort(kw_session *session)
{
    session_fail(session);
}

/* ---- taking messages ---- */
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

static bool is_vote(kw_message_type type)
{
    return type == KW_MESSAGE_PROPOSE || type == KW_MESSAGE_PREVOTE || type == KW_MESSAGE_PRECOMMIT;
}

static bool is_of_opening(const kw_session *s, const kw_message_header *header)
{
    return s->scope.suite == KW_SUITE_PEDERSEN && is_vote(header->type) &&
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
    if (is_vote(header->type)) {
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
    if (is_vote(letter->place.type) || st == KW_LIMIT) {
        kw_mailbox_drop(&s->mailbox, letter);
    }
    return st;
}

static kw_status receive_new(kw_session *s, kw_letter **out, const session_arrival *arrival,
                             uint64_t now)
{
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
    bool is_kept = st == KW_OK || st == KW_CONFLICT || st == KW_END;
    if (!is_kept || !is_vote(place.type) || (*out)->read == NULL) {
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

/* ---- working ---- */
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

/* ---- making ---- */
static bool is_sound(const kw_session_setup *setup)
{
    const kw_sid_fields *fields = &setup->fields;
    bool is_reshare = fields->kind == KW_SESSION_RESHARE;
    bool is_genesis = fields->kind == KW_SESSION_GENESIS;
    bool has_suite =
        fields->suite == KW_SUITE_FELDMAN || (fields->suite == KW_SUITE_PEDERSEN && is_genesis);
    bool has_old = setup->roster_old->n > 0 && setup->polynomial_old != NULL &&
                   fields->t_old >= 1 && fields->t_old <= setup->roster_old->n;
    bool is_empty = setup->roster_old->n == 0 && setup->source == NULL && fields->t_old == 0;
    return (is_reshare ? has_old : is_genesis && is_empty) && has_suite &&
           setup->roster_new->n > 0 && setup->quorum.n == setup->roster_new->n &&
           setup->quorum.t == fields->t_new &&
           session_is_same(&fields->roster_new, &setup->roster_new->hash) &&
           session_is_same(&fields->roster_old, &setup->roster_old->hash) &&
           setup->delta_ms >= SESSION_PARTS_OF;
}

static void name_session(kw_session *s)
{
    const kw_session_setup *setup = &s->setup;
    kw_sid(&s->sid, &setup->cluster_id, &setup->fields);
    kw_open_id(&s->open_id, &s->sid);
    bool is_reshare = setup->fields.kind == KW_SESSION_RESHARE;
    s->dealers_roster = is_reshare ? setup->roster_old : setup->roster_new;
    s->scope = (kw_message_scope){.group = setup->group,
                                  .kind = (kw_session_kind)setup->fields.kind,
                                  .suite = setup->fields.suite,
                                  .n = setup->roster_new->n,
                                  .t = setup->fields.t_new,
                                  .dealers = s->dealers_roster->n,
                                  .instance = KW_INSTANCE_SET};
    s->boundary_ms = setup->fields.timestamp * 1000;
    s->self_dealer = kw_roster_index(s->dealers_roster, &setup->self);
    s->self_new = kw_roster_index(setup->roster_new, &setup->self);
}

static uint32_t named_max(const kw_session *s)
{
    return 4U * (s->scope.n + s->scope.dealers);
}

static kw_status make_mail(kw_session *s)
{
    kw_arena *arena = s->setup.memory.lasting;
    KW_TRY(kw_audience_make(&s->audience, arena, s->setup.roster_old, s->setup.roster_new));
    s->self = kw_audience_rank(&s->audience, &s->setup.self);
    if (s->self == 0) {
        return KW_ARG;
    }
    KW_TRY(kw_mailbox_init(&s->mailbox, arena, s->audience.count, session_sender_bytes(s)));
    const kw_wants_setup wants = {arena, s->audience.count, s->self, named_max(s),
                                  s->setup.delta_ms / SESSION_PARTS_OF};
    KW_TRY(kw_wants_init(&s->wants, &wants));
    KW_TRY(session_keep_init(s));
    s->relay_max = 2U * s->audience.count + 8U;
    s->relay = kw_arena_new(arena, s->relay_max, sizeof *s->relay);
    return s->relay == NULL ? KW_LIMIT : KW_OK;
}

kw_status session_make(kw_session **out, const kw_session_setup *setup, kw_span set_record,
                       kw_span open_record)
{
    if (setup->fields.kind == KW_SESSION_TOKEN_KEY) {
        return KW_REFUSED;
    }
    if (!is_sound(setup)) {
        return KW_ARG;
    }
    kw_session *s = kw_arena_new(setup->memory.secrets, 1, sizeof *s);
    if (s == NULL) {
        return KW_LIMIT;
    }
    s->setup = *setup;
    s->resend_at = KW_SESSION_NEVER;
    name_session(s);
    KW_TRY(make_mail(s));
    KW_TRY(session_evidence_init(s));
    KW_TRY(session_answers_init(s));
    KW_TRY(session_hello_init(s));
    KW_TRY(session_deal_init(s));
    KW_TRY(session_echo_init(s));
    KW_TRY(session_set_init(s, set_record));
    KW_TRY(session_open_init(s, open_record));
    KW_TRY(session_finish_init(s));
    *out = s;
    return KW_OK;
}

kw_status kw_session_begin(kw_session **out, const kw_session_setup *setup, uint64_t now)
{
    kw_session *s = NULL;
    kw_status st = session_make(&s, setup, (kw_span){0}, (kw_span){0});
    if (st == KW_OK) {
        st = session_say_hello(s, now);
    }
    if (st != KW_OK) {
        kw_arena_wipe(setup->memory.secrets);
        return st;
    }
    *out = s;
    return KW_OK;
}

void kw_session_drop(kw_session *session)
{
    if (session != NULL) {
        kw_arena *secret = session->setup.memory.secrets; /* the session lives in it */
        kw_arena_wipe(secret);
    }
}

kw_session_memory_bytes kw_session_memory_bytes_of(const kw_session_setup *setup)
{
    kw_session s = {.setup = *setup};
    name_session(&s);
    size_t members = (size_t)setup->roster_old->n + setup->roster_new->n;
    size_t n = s.scope.n;
    size_t dealers = s.scope.dealers;
    size_t t = s.scope.t;
    size_t agreements = 2 * kw_agreement_arena_bytes(&setup->quorum);
    size_t wants = kw_wants_arena_bytes((uint16_t)members, named_max(&s));
    size_t wanted = (members + 1) * (session_named_bytes(&s) + 2 * sizeof(size_t));
    size_t polynomials = 4 * t * sizeof(kw_group_g2) + 4 * n * sizeof(kw_hash32);
    size_t echoes = (n + dealers) * (2048 + dealers * sizeof(kw_judged_echo));
    return (kw_session_memory_bytes){
        .lasting = members * session_sender_bytes(&s) + agreements + wants + wanted + polynomials +
                   members * 1024 + 65536,
        .secrets = sizeof(kw_session) + 4 * t * sizeof(kw_group_secret) +
                   3 * dealers * (sizeof(kw_share) + 16) + 65536,
        .scratch = echoes + 64 * (t + n + dealers) * sizeof(kw_group_g2) +
                   2 * KW_THRESHOLD_MESSAGE_ARENA_MAX,
    };
}
