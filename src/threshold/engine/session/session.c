/* SPDX-License-Identifier: Apache-2.0
 * A session: its making and its words. What comes in is in session_take.c, the order of work in
 * session_next.c, phases in files of their own. Secret: session keys, polynomials, shares. */
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

uint16_t session_member_of(const kw_session *s, const kw_letter *letter)
{
    return kw_audience_at(&s->audience, letter->place.sender)->new_index;
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

/* Its roster has the dealers: the old one in a reshare, else the new one. */
static const kw_roster *dealers_of(const kw_session_setup *setup)
{
    return setup->fields.kind == KW_SESSION_RESHARE ? setup->roster_old : setup->roster_new;
}

static kw_message_scope scope_of(const kw_session_setup *setup)
{
    return (kw_message_scope){.group = setup->group,
                              .kind = (kw_session_kind)setup->fields.kind,
                              .suite = setup->fields.suite,
                              .n = setup->roster_new->n,
                              .t = setup->fields.t_new,
                              .dealers = dealers_of(setup)->n,
                              .instance = KW_INSTANCE_SET};
}

static void name_session(kw_session *s)
{
    const kw_session_setup *setup = &s->setup;
    kw_sid(&s->sid, &setup->cluster_id, &setup->fields);
    kw_open_id(&s->open_id, &s->sid);
    s->dealers_roster = dealers_of(setup);
    s->scope = scope_of(setup);
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
    const kw_session s = {.setup = *setup, .scope = scope_of(setup)};
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

size_t kw_session_member_bytes(const kw_session_setup *setup)
{
    const kw_session s = {.setup = *setup, .scope = scope_of(setup)};
    uint16_t members = (uint16_t)(setup->roster_old->n + setup->roster_new->n);
    return session_sender_bytes(&s) + session_named_bytes(&s) +
           kw_wants_bytes(members) * named_max(&s) + 2 * kw_agreement_member_bytes(&setup->quorum);
}
