/* SPDX-License-Identifier: Apache-2.0
 * The sessions of an operator: how they begin and end, their records, and how they go on from one.
 * What they want is in operator_slot_act.c. Secret: records and shares. */
#include "crypto/hash.h"
#include "threshold/engine/operator/operator_inner.h"

enum {
    /* u16 count, and of each member address, curve, length and key. */
    ROSTER_WIRE_MAX = 2 + KW_THRESHOLD_MEMBERS_MAX * (20 + 1 + 2 + KW_PEER_KEY_BYTES_MAX),
};

kw_operator_slot *kw_operator_slot_of(kw_operator *op, const kw_hash32 *sid)
{
    for (size_t i = 0; i < KW_OPERATOR_SESSIONS_MAX; i++) {
        kw_operator_slot *slot = &op->slots[i];
        if (slot->session != NULL && kw_hash32_equal(&slot->sid, sid)) {
            return slot;
        }
    }
    return NULL;
}

void kw_operator_slot_drop(kw_operator_slot *slot)
{
    kw_session_drop(slot->session);
    kw_arena_drop(&slot->lasting);
    kw_arena_drop(&slot->secrets);
    kw_arena_drop(&slot->scratch);
    *slot = (kw_operator_slot){0};
}

void kw_operator_slot_end(kw_operator *op, const kw_hash32 *sid)
{
    kw_operator_slot *slot = kw_operator_slot_of(op, sid);
    if (slot != NULL) {
        kw_operator_slot_drop(slot);
    }
}

kw_status kw_operator_slot_give_up(kw_operator *op, kw_operator_slot *slot)
{
    kw_hash32 sid = slot->sid;
    kw_operator_slot_drop(slot);
    return kw_epochs_abort(&op->epochs, &sid) == KW_OK ? kw_operator_plan_epochs(op) : KW_OK;
}

/* A free slot, if need be that of the oldest session. */
static kw_status make_room(kw_operator *op, kw_operator_slot **out)
{
    kw_operator_slot *oldest = &op->slots[0];
    for (size_t i = 0; i < KW_OPERATOR_SESSIONS_MAX; i++) {
        kw_operator_slot *slot = &op->slots[i];
        if (slot->session == NULL) {
            *out = slot;
            return KW_OK;
        }
        if (slot->fields.timestamp < oldest->fields.timestamp) {
            oldest = slot;
        }
    }
    *out = oldest;
    return kw_operator_slot_give_up(op, oldest);
}

static kw_status copy_polynomial(const kw_group_g2 **out, kw_arena *arena, const kw_head *head)
{
    kw_group_g2 *points = kw_arena_new(arena, head->t, sizeof *points);
    if (points == NULL) {
        return KW_LIMIT;
    }
    memcpy(points, head->polynomial, head->t * sizeof *points);
    *out = points;
    return KW_OK;
}

/* The epoch whose successor the session makes: its certificate is the one before; NULL. */
static const kw_operator_era *era_before(const kw_operator *op, const kw_sid_fields *fields)
{
    for (size_t i = 0; i < op->eras_count; i++) {
        if (kw_hash32_equal(&op->eras[i].certificate.hash, &fields->previous)) {
            return &op->eras[i];
        }
    }
    return NULL;
}

/* The key in the new roster speaks for this operator; the one in the old roster deals, and without
 * it the operator has no use for its share: it only receives. UNAVAILABLE: it can say nothing. */
static kw_status find_signers(const kw_operator *op, const kw_operator_slot *slot,
                              kw_session_setup *out)
{
    const kw_own_keys *keys = &op->setup.keys;
    uint16_t old_index = kw_roster_index(&slot->roster_old, &op->setup.self);
    uint16_t new_index = kw_roster_index(&slot->roster_new, &op->setup.self);
    if (new_index == 0) {
        return old_index == 0 ? KW_ARG
                              : kw_own_keys_signer(keys, &out->signer,
                                                   kw_roster_at(&slot->roster_old, old_index));
    }
    KW_TRY(kw_own_keys_signer(keys, &out->signer, kw_roster_at(&slot->roster_new, new_index)));
    if (old_index != 0 && kw_own_keys_signer(keys, &out->dealer_signer,
                                             kw_roster_at(&slot->roster_old, old_index)) != KW_OK) {
        out->source = NULL;
    }
    return KW_OK;
}

static bool is_certified(const kw_operator *op, const kw_hash32 *sid)
{
    kw_epoch_state state = kw_epochs_state_of(&op->epochs, sid);
    return state == KW_EPOCH_CERTIFIED || state == KW_EPOCH_ACTIVE;
}

/* After an interval a session that has come to nothing ends; one whose share is sealed serves those
 * who were cut off until the next. */
static uint64_t give_up_at(const kw_operator *op, const kw_operator_slot *slot)
{
    bool is_prepared = kw_epochs_state_of(&op->epochs, &slot->sid) == KW_EPOCH_PREPARED;
    return is_prepared ? KW_SESSION_NEVER
                       : (slot->fields.timestamp + op->setup.config.interval_s) * 1000;
}

/* Fills what is the same for a new session and one that goes on; the rosters are in the slot. */
static kw_status set_up(kw_operator *op, kw_operator_slot *slot, kw_session_setup *out)
{
    const kw_sid_fields *fields = &slot->fields;
    *out = (kw_session_setup){
        .group = op->setup.group,
        .cluster_id = op->cluster_id,
        .fields = *fields,
        .h = op->h,
        .roster_old = &slot->roster_old,
        .roster_new = &slot->roster_new,
        .delta_ms = op->setup.config.delta_ms,
        .give_up_ms = give_up_at(op, slot),
        .self = op->setup.self,
        .rng = *op->setup.rng,
        .memory = {&slot->lasting, &slot->secrets, &slot->scratch},
    };
    KW_TRY(kw_quorum_of_threshold(&out->quorum, slot->roster_new.n, fields->t_new));
    const kw_head *newest = kw_operator_head(op);
    out->head = newest == NULL ? (kw_hash32){{0}} : newest->certificate;
    if (fields->kind == KW_SESSION_RESHARE) {
        const kw_operator_era *before = era_before(op, fields);
        if (before == NULL) {
            return KW_BAD_STATE;
        }
        const kw_operator_share *share =
            kw_operator_share_of(op, &before->certificate.candidate.sid);
        out->source = share == NULL ? NULL : &share->value;
        KW_TRY(kw_operator_copy_roster(&slot->roster_old, &slot->lasting, before->head.roster));
        KW_TRY(copy_polynomial(&out->polynomial_old, &slot->lasting, &before->head));
    }
    KW_TRY(find_signers(op, slot, out));
    kw_session_memory_bytes bytes = kw_session_memory_bytes_of(out);
    slot->lasting.max = KW_OPERATOR_SLOT_ARENA_MAX + bytes.lasting;
    slot->secrets = kw_secret_arena_init(bytes.secrets);
    slot->scratch = kw_arena_init(bytes.scratch);
    return KW_OK;
}

static kw_status prepare(kw_operator *op, kw_operator_slot *slot, const kw_sid_fields *fields,
                         const kw_roster *roster_new, kw_session_setup *out)
{
    *slot =
        (kw_operator_slot){.fields = *fields, .lasting = kw_arena_init(KW_OPERATOR_SLOT_ARENA_MAX)};
    kw_sid(&slot->sid, &op->cluster_id, fields);
    KW_TRY(kw_operator_copy_roster(&slot->roster_new, &slot->lasting, roster_new));
    return set_up(op, slot, out);
}

/* In a slot of its own, from its HELLO on. */
static kw_status start(kw_operator *op, const kw_sid_fields *fields, const kw_roster *roster_new,
                       uint64_t now)
{
    kw_operator_slot *slot = NULL;
    kw_session_setup setup;
    KW_TRY(make_room(op, &slot));
    kw_status st = prepare(op, slot, fields, roster_new, &setup);
    if (st == KW_OK) {
        st = kw_session_begin(&slot->session, &setup, now);
    }
    if (st != KW_OK) {
        kw_operator_slot_drop(slot);
    }
    return st;
}

kw_status kw_operator_slot_open(kw_operator *op, const kw_sid_fields *fields,
                                const kw_roster *roster_new, uint64_t now)
{
    kw_hash32 sid;
    kw_sid(&sid, &op->cluster_id, fields);
    KW_TRY(kw_epochs_deal(&op->epochs, &sid, fields->epoch));
    kw_status st = start(op, fields, roster_new, now);
    if (st == KW_OK) {
        st = kw_operator_plan_epochs(op);
    }
    if (st == KW_OK) {
        return KW_OK;
    }
    kw_operator_slot_end(op, &sid);
    /* It has said nothing: the same boundary may begin it again. */
    if (kw_epochs_forget(&op->epochs, &sid) == KW_OK) {
        kw_status forgotten = kw_operator_plan_epochs(op);
        KW_UNUSED(forgotten); /* without it a restart forgets the session */
    }
    return st;
}

/* sid fields | new roster | record of the session */
static kw_status save(const kw_operator_slot *slot, kw_secret_bytes *out)
{
    KW_AUTO(kw_buf) start = kw_buf_init(ROSTER_WIRE_MAX + KW_SID_FIELDS_BYTES);
    kw_writer w = kw_writer_to(&start);
    kw_sid_fields_write(&w, &slot->fields);
    kw_roster_write(&w, &slot->roster_new);
    KW_TRY(kw_write_end(&w));
    KW_TRY(kw_secret_bytes_append(out, kw_secret_span_of(kw_buf_view(&start))));
    return kw_session_save(slot->session, out);
}

kw_status kw_operator_slot_plan_record(kw_operator *op, const kw_operator_slot *slot)
{
    kw_secret_bytes_clear(&op->record);
    KW_TRY(save(slot, &op->record));
    kw_operator_plan_record(op, KW_RECORD_SESSION, &slot->sid, NULL,
                            kw_secret_bytes_view(&op->record));
    return KW_OK;
}

void kw_operator_slot_renew(kw_operator *op, const kw_hash32 *sid)
{
    const kw_operator_slot *slot = kw_operator_slot_of(op, sid);
    if (slot == NULL) {
        return;
    }
    kw_session_certified(slot->session);
    kw_status st = kw_operator_slot_plan_record(op, slot);
    KW_UNUSED(st);
}

void kw_operator_slot_keep(kw_operator *op, const kw_hash32 *sid)
{
    const kw_operator_slot *slot = kw_operator_slot_of(op, sid);
    KW_AUTO(kw_secret_bytes) wire = kw_secret_bytes_init(op->record.max);
    kw_span copy;
    if (slot == NULL || slot->fields.epoch != kw_epochs_newest(&op->epochs) ||
        !kw_session_has_no_secrets(slot->session)) {
        return;
    }
    kw_status st = save(slot, &wire);
    if (st == KW_OK) {
        kw_span bytes = kw_declassify_span(kw_secret_bytes_view(&wire), "no secret is left in it");
        st = kw_arena_copy_span(&op->step, &copy, bytes);
    }
    if (st == KW_OK) {
        kw_operator_plan_record(op, KW_RECORD_SESSION, sid, NULL, kw_secret_span_of(copy));
    }
}

/* A part of a record; of one that is cut short an empty one. */
static kw_span public_part(kw_secret_span record, size_t at, size_t len)
{
    if (at > record.len || len > record.len - at) {
        return (kw_span){0};
    }
    return kw_declassify_span(kw_secret_span_part(record, at, len),
                              "fields and roster of a session are public");
}

/* Fields and roster, whose length nothing says, and what is behind them. */
static kw_status split(kw_span *out_start, kw_secret_span *out_rest, kw_secret_span record)
{
    enum {
        KEY_LENGTH_AT = sizeof(kw_address) + 1, /* behind address and curve */
    };
    size_t len = KW_SID_FIELDS_BYTES;
    kw_reader count = kw_reader_of(public_part(record, len, sizeof(uint16_t)));
    len += sizeof(uint16_t);
    for (uint16_t left = kw_read_u16be(&count); left > 0 && len <= record.len; left--) {
        kw_reader key = kw_reader_of(public_part(record, len + KEY_LENGTH_AT, sizeof(uint16_t)));
        len += KEY_LENGTH_AT + sizeof(uint16_t) + kw_read_u16be(&key);
    }
    if (len > record.len) {
        return KW_CORRUPT;
    }
    *out_start = public_part(record, 0, len);
    *out_rest = kw_secret_span_part(record, len, record.len - len);
    return KW_OK;
}

kw_status kw_operator_slot_resume(kw_operator *op, const kw_operator_record *record,
                                  kw_authenticated_list own, uint64_t now)
{
    kw_span start;
    kw_secret_span of_session;
    KW_TRY(split(&start, &of_session, record->bytes));
    kw_reader r = kw_reader_of(start);
    kw_sid_fields fields;
    kw_roster roster;
    kw_hash32 sid;
    kw_sid_fields_read(&fields, &r);
    kw_sid(&sid, &op->cluster_id, &fields);
    if (!kw_hash32_equal(&sid, &record->scope)) {
        return KW_CORRUPT;
    }
    KW_TRY(kw_roster_decode(&roster, &op->step, &r, op->setup.schemes));
    if (fields.kind == KW_SESSION_GENESIS) { /* its handover needs to know the roster, too */
        KW_TRY(kw_operator_know_genesis(op, &roster));
    }
    KW_TRY(kw_read_end(&r));
    kw_operator_slot *slot = NULL;
    kw_session_setup setup;
    KW_TRY(make_room(op, &slot));
    kw_status st = prepare(op, slot, &fields, &roster, &setup);
    if (st == KW_OK) {
        st = kw_session_resume(&slot->session, &setup, of_session, own, now);
    }
    if (st != KW_OK) {
        kw_operator_slot_drop(slot);
        return st;
    }
    kw_operator_note_formed(op, &slot->sid);
    if (kw_operator_share_of(op, &slot->sid) != NULL) {
        kw_session_share_sealed(slot->session);
    }
    if (is_certified(op, &slot->sid)) {
        kw_session_certified(slot->session);
    }
    return KW_OK;
}
