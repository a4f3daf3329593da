/* SPDX-License-Identifier: Apache-2.0
 * What a session must remember over a restart, lest it sign twice. Secret inputs: session keys,
 * polynomials. */
#include "crypto/secret.h"
#include "threshold/engine/session/session_parts.h"

/* u32 length of the public part | public part | secrets. Public part:
 *   u8 version | 32 sid | u8 phase | u8 flags | 32 own HAVE [dealers]
 *   | u8 [n]: 1: the HELLO of this member of the new roster was early
 *   | u16 count, (u16 member, 32 hash) of the ECHOs collected
 *   | u32 length, record of the agreement on the set | the same of that on opening
 *   | messages of others that these agreements need, as in authenticated.h
 * Secrets, 32 bytes each: the session key; of a dealer a[t], b[t] in suite 2, r and four nonces.
 * The flags say which are there. */
enum {
    RECORD_VERSION = 2,
    FLAG_KEY = 1,
    FLAG_POLYNOMIALS = 2,
    FLAG_SEALED = 4,
    FLAG_DURABLE = 8, /* nothing is to be kept any more */
    FLAGS = 15,
    PUBLIC_BYTES_MAX = 1 << 20,
    SINGLES = 5, /* r and the nonces */
};

/* ---- writing ---- */
static bool is_kept(const kw_session *s, const kw_letter *letter)
{
    const kw_agreement *agreement = letter->place.instance == KW_INSTANCE_OPEN ? &s->open : &s->set;
    const session_vote *read = letter->read;
    return read != NULL && letter->place.sender != s->self &&
           kw_agreement_needs(agreement, &read->vote);
}

/* Writes the messages of others that the agreements name; returns how many. */
static uint16_t write_named(const kw_session *s, kw_writer *w)
{
    static const kw_message_type types[] = {KW_MESSAGE_PROPOSE, KW_MESSAGE_PREVOTE,
                                            KW_MESSAGE_PRECOMMIT};
    uint16_t count = 0;
    for (size_t i = 0; i < KW_COUNT(types); i++) {
        const kw_letter *at = NULL;
        while ((at = kw_mailbox_next(&s->mailbox, types[i], at)) != NULL) {
            if (!is_kept(s, at)) {
                continue;
            }
            count++;
            if (w != NULL) {
                kw_write_span_u32be(w, at->message.payload);
                kw_write_span_u16be(w, kw_peer_signature_view(&at->message.signature));
            }
        }
    }
    return count;
}

static kw_status write_agreement(kw_writer *w, const kw_agreement *agreement)
{
    KW_AUTO(kw_buf) record = kw_buf_init(PUBLIC_BYTES_MAX);
    if (agreement != NULL) {
        KW_TRY(kw_agreement_save(agreement, &record));
    }
    kw_write_span_u32be(w, kw_buf_view(&record));
    return KW_OK;
}

static kw_status write_public(const kw_session *s, kw_buf *out)
{
    kw_writer w = kw_writer_to(out);
    unsigned flags = (s->has_key ? FLAG_KEY : 0) | (s->has_polynomials ? FLAG_POLYNOMIALS : 0) |
                     (s->is_sealed ? FLAG_SEALED : 0) | (session_is_durable(s) ? FLAG_DURABLE : 0);
    kw_write_u8(&w, RECORD_VERSION);
    kw_write_span(&w, KW_SPAN(s->sid.bytes));
    kw_write_u8(&w, (uint8_t)KW_MIN(s->phase, KW_SESSION_SET));
    kw_write_u8(&w, (uint8_t)flags);
    for (uint16_t i = 0; i < s->scope.dealers; i++) {
        kw_write_span(&w, KW_SPAN(s->dealers[i].had.bytes));
    }
    for (uint16_t j = 1; j <= s->scope.n; j++) {
        kw_write_u8(&w, s->is_early[session_rank_of(s, j) - 1] ? 1 : 0);
    }
    kw_write_u16be(&w, (uint16_t)s->collected_count);
    for (size_t i = 0; i < s->collected_count; i++) {
        kw_write_u16be(&w, s->collected[i].member);
        kw_write_span(&w, KW_SPAN(s->collected[i].hash.bytes));
    }
    KW_TRY(write_agreement(&w, &s->set));
    KW_TRY(write_agreement(&w, s->scope.suite == KW_SUITE_PEDERSEN ? &s->open : NULL));
    kw_write_u16be(&w, write_named(s, NULL));
    write_named(s, &w);
    return kw_write_end(&w);
}

static kw_status append_secret(kw_secret_bytes *out, const kw_group *group,
                               const kw_group_secret *secret)
{
    KW_AUTO(kw_group_secret_bytes) bytes = {{0}};
    group->secret_encode(&bytes, secret);
    return kw_secret_bytes_append(out, kw_secret_span_of(KW_SPAN(bytes.bytes)));
}

static kw_status append_polynomials(kw_secret_bytes *out, const kw_session *s)
{
    const kw_dealer_secrets *own = &s->polynomials;
    const kw_group_secret *const singles[SINGLES] = {&own->r, &own->nonce_r, &own->nonce_a0,
                                                     &own->nonce_a, &own->nonce_b};
    for (uint16_t k = 0; k < own->t; k++) {
        KW_TRY(append_secret(out, s->setup.group, &own->a[k]));
    }
    for (uint16_t k = 0; own->b != NULL && k < own->t; k++) {
        KW_TRY(append_secret(out, s->setup.group, &own->b[k]));
    }
    for (size_t i = 0; i < SINGLES; i++) {
        KW_TRY(append_secret(out, s->setup.group, singles[i]));
    }
    return KW_OK;
}

kw_status kw_session_save(const kw_session *session, kw_secret_bytes *out)
{
    KW_AUTO(kw_buf) part = kw_buf_init(PUBLIC_BYTES_MAX);
    KW_TRY(write_public(session, &part));
    uint8_t length[4];
    kw_writer w = kw_writer_of(KW_MSPAN(length));
    kw_write_u32be(&w, (uint32_t)part.len);
    KW_TRY(kw_write_end(&w));
    KW_TRY(kw_secret_bytes_append(out, kw_secret_span_of(KW_SPAN(length))));
    KW_TRY(kw_secret_bytes_append(out, kw_secret_span_of(kw_buf_view(&part))));
    if (session->has_key) {
        KW_TRY(append_secret(out, session->setup.group, &session->ek));
    }
    return session->has_polynomials ? append_polynomials(out, session) : KW_OK;
}

bool kw_session_has_no_secrets(const kw_session *session)
{
    return !session->has_key && !session->has_polynomials;
}

/* ---- reading ---- */
/* The public part as it stands in a record. Borrows. */
typedef struct session_record {
    kw_hash32 sid;
    kw_session_phase phase;
    uint8_t flags;
    kw_span had;       /* 32 [dealers] */
    kw_span early;     /* 1 [n] */
    kw_span collected; /* 34 [count] */
    kw_span set;
    kw_span open;
    kw_authenticated_list named;
} session_record;

static kw_status read_public(session_record *out, kw_span part, const kw_session_setup *setup)
{
    bool is_reshare = setup->fields.kind == KW_SESSION_RESHARE;
    size_t dealers = is_reshare ? setup->roster_old->n : setup->roster_new->n;
    kw_reader r = kw_reader_of(part);
    session_record record = {0};
    uint8_t version = kw_read_u8(&r);
    kw_read_into(&r, KW_MSPAN(record.sid.bytes));
    uint8_t phase = kw_read_u8(&r);
    record.flags = kw_read_u8(&r);
    record.had = kw_read_span(&r, dealers * sizeof(kw_hash32));
    record.early = kw_read_span(&r, setup->roster_new->n);
    uint16_t count = kw_read_u16be(&r);
    record.collected = kw_read_span(&r, count * (sizeof(kw_hash32) + 2));
    record.set = kw_read_span_u32be(&r, PUBLIC_BYTES_MAX);
    record.open = kw_read_span_u32be(&r, PUBLIC_BYTES_MAX);
    KW_TRY(kw_authenticated_list_read(&record.named, setup->memory.lasting, &r));
    KW_TRY(kw_read_end(&r));
    if (version != RECORD_VERSION || phase > KW_SESSION_SET || record.flags > FLAGS ||
        count > 2U * setup->roster_new->n || record.set.len == 0) {
        return KW_BAD_INPUT;
    }
    record.phase = (kw_session_phase)phase;
    *out = record;
    return KW_OK;
}

static kw_status read_early(kw_session *s, const session_record *record)
{
    for (uint16_t j = 1; j <= s->scope.n; j++) {
        uint8_t flag = record->early.ptr[j - 1];
        if (flag > 1) {
            return KW_BAD_INPUT;
        }
        s->is_early[session_rank_of(s, j) - 1] = flag == 1;
    }
    return KW_OK;
}

static kw_status read_collected(kw_session *s, const session_record *record)
{
    kw_reader had = kw_reader_of(record->had);
    for (uint16_t i = 0; i < s->scope.dealers; i++) {
        kw_read_into(&had, KW_MSPAN(s->dealers[i].had.bytes));
    }
    kw_reader r = kw_reader_of(record->collected);
    while (kw_read_left(&r) > 0) {
        kw_echo_ref *ref = &s->collected[s->collected_count++];
        ref->member = kw_read_u16be(&r);
        kw_read_into(&r, KW_MSPAN(ref->hash.bytes));
        if (ref->member == 0 || ref->member > s->scope.n) {
            return KW_BAD_INPUT;
        }
    }
    return KW_OK;
}

/* Secrets of a record, one after the other. */
typedef struct secret_cursor {
    const kw_group *group;
    kw_secret_span rest;
} secret_cursor;

static kw_status next_secret(kw_group_secret *out, secret_cursor *from)
{
    enum {
        SIZE = KW_GROUP_SCALAR_BYTES,
    };
    if (from->rest.len < SIZE) {
        return KW_BAD_INPUT;
    }
    KW_AUTO(kw_group_secret_bytes) bytes = {{0}};
    kw_secret_span_copy(KW_MSPAN(bytes.bytes), kw_secret_span_part(from->rest, 0, SIZE));
    from->rest = kw_secret_span_part(from->rest, SIZE, from->rest.len - SIZE);
    return from->group->secret_decode(out, &bytes) == KW_OK ? KW_OK : KW_BAD_INPUT;
}

static kw_status read_polynomials(kw_session *s, secret_cursor *from)
{
    kw_dealer_secrets *own = &s->polynomials;
    kw_arena *arena = s->setup.memory.secrets;
    bool has_blinding = s->scope.suite == KW_SUITE_PEDERSEN;
    kw_group_secret *const singles[SINGLES] = {&own->r, &own->nonce_r, &own->nonce_a0,
                                               &own->nonce_a, &own->nonce_b};
    own->t = s->scope.t;
    own->a = kw_arena_new(arena, own->t, sizeof *own->a);
    own->b = has_blinding ? kw_arena_new(arena, own->t, sizeof *own->b) : NULL;
    if (own->a == NULL || (has_blinding && own->b == NULL)) {
        return KW_LIMIT;
    }
    for (uint16_t k = 0; k < own->t; k++) {
        KW_TRY(next_secret(&own->a[k], from));
    }
    for (uint16_t k = 0; own->b != NULL && k < own->t; k++) {
        KW_TRY(next_secret(&own->b[k], from));
    }
    for (size_t i = 0; i < SINGLES; i++) {
        KW_TRY(next_secret(singles[i], from));
    }
    return KW_OK;
}

static kw_status read_secrets(kw_session *s, const session_record *record, kw_secret_span secrets)
{
    secret_cursor from = {s->setup.group, secrets};
    s->has_key = (record->flags & FLAG_KEY) != 0;
    s->has_polynomials = (record->flags & FLAG_POLYNOMIALS) != 0;
    s->is_sealed = (record->flags & FLAG_SEALED) != 0;
    if ((record->flags & FLAG_DURABLE) != 0) {
        session_note_durable(s);
    }
    if (s->has_key) {
        KW_TRY(next_secret(&s->ek, &from));
    }
    if (s->has_polynomials) {
        KW_TRY(read_polynomials(s, &from));
    }
    return from.rest.len == 0 ? KW_OK : KW_BAD_INPUT;
}

static bool is_own(const kw_session *s, const kw_authenticated *message)
{
    kw_message_header header;
    kw_status st = kw_message_header_decode(&header, message->payload);
    return st == KW_OK && kw_address_equal(&header.sender, &s->setup.self);
}

static kw_status take_own(kw_session *s, kw_authenticated_list list)
{
    for (size_t i = 0; i < list.count; i++) {
        kw_letter *letter = NULL;
        if (!is_own(s, &list.items[i])) {
            continue;
        }
        kw_status st = session_receive(s, &letter, &list.items[i], 0, s->now);
        if (st != KW_OK && st != KW_END) {
            return st == KW_LIMIT ? st : KW_BAD_INPUT;
        }
        session_relay(s, letter); /* others may have got nothing of it */
    }
    return KW_OK;
}

/* What is not taken, such as a vote of a view that is far off, comes again or is asked for. */
static void take_others(kw_session *s, kw_authenticated_list list)
{
    for (size_t i = 0; i < list.count; i++) {
        kw_letter *letter = NULL;
        if (!is_own(s, &list.items[i])) {
            kw_status st = session_receive(s, &letter, &list.items[i], 0, s->now);
            KW_UNUSED(st);
        }
    }
}

static kw_status resume(kw_session *s, const session_record *record, kw_secret_span secrets,
                        kw_authenticated_list durable)
{
    if (!session_is_same(&record->sid, &s->sid)) {
        return KW_BAD_INPUT;
    }
    KW_TRY(read_early(s, record));
    KW_TRY(read_collected(s, record));
    KW_TRY(read_secrets(s, record, secrets));
    s->phase = record->phase;
    for (uint16_t i = 0; i < s->audience.count && s->phase > KW_SESSION_HELLOS; i++) {
        s->is_expected[i] = true; /* who said HELLO is forgotten */
    }
    KW_TRY(take_own(s, durable));
    take_others(s, durable);
    take_others(s, record->named);
    return session_letter(s, s->self, KW_MESSAGE_HELLO) == NULL ? KW_BAD_INPUT : KW_OK;
}

/* Splits off the public part. */
static kw_status split(kw_span *out_public, kw_secret_span *out_secrets, kw_secret_span record)
{
    if (record.len < 4) {
        return KW_BAD_INPUT;
    }
    kw_reader r = kw_reader_of(
        kw_declassify_span(kw_secret_span_part(record, 0, 4), "a length, which is public"));
    uint32_t len = kw_read_u32be(&r);
    if (len > record.len - 4) {
        return KW_BAD_INPUT;
    }
    *out_public =
        kw_declassify_span(kw_secret_span_part(record, 4, len), "the public part of a record");
    *out_secrets = kw_secret_span_part(record, 4 + (size_t)len, record.len - 4 - len);
    return KW_OK;
}

kw_status kw_session_resume(kw_session **out, const kw_session_setup *setup, kw_secret_span record,
                            kw_authenticated_list durable, uint64_t now)
{
    kw_span part;
    kw_secret_span secrets;
    session_record read;
    kw_session *s = NULL;
    KW_TRY(split(&part, &secrets, record));
    KW_TRY(read_public(&read, part, setup));
    kw_status st = session_make(&s, setup, read.set, read.open);
    if (st == KW_OK) {
        s->now = now;
        st = resume(s, &read, secrets, durable);
    }
    if (st != KW_OK) {
        kw_arena_wipe(setup->memory.secrets);
        return st;
    }
    *out = s;
    return KW_OK;
}
