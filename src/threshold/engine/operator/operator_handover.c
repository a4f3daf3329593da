/* SPDX-License-Identifier: Apache-2.0
 * An operator's part in handing over to the next epoch: what it brings, what it keeps, and the
 * certificate that comes out. Source: threshold.md section 6. */
#include "crypto/hash.h"
#include "threshold/engine/fraud/fraud.h"
#include "threshold/engine/operator/operator_inner.h"

enum {
    RETRY_DELTAS = 2,
    FILE_BYTES_MAX = KW_THRESHOLD_CERTIFICATE_BYTES_MAX,
};

/* ---- ports ---- */
static bool can_form(void *ctx, const kw_candidate *candidate)
{
    const kw_operator *op = ctx;
    for (size_t i = 0; i < KW_OPERATOR_FORMED_MAX; i++) {
        if (kw_hash32_equal(&op->formed[i], &candidate->sid)) {
            return true;
        }
    }
    return false;
}

static const kw_group_secret *share(void *ctx, const kw_candidate *decided)
{
    kw_operator *op = ctx;
    const kw_hash32 *sid =
        op->eras_count == 0 ? &decided->sid : &op->eras[0].certificate.candidate.sid;
    const kw_operator_share *found = kw_operator_share_of(op, sid);
    return found == NULL ? NULL : &found->value;
}

/* ---- life ---- */
/* Of the own key in the outgoing roster; none when that key is gone. */
static kw_peer_signer signer_of(const kw_operator *op, const kw_roster *roster)
{
    kw_peer_signer signer = {0};
    uint16_t index = kw_roster_index(roster, &op->setup.self);
    kw_status st = index == 0
                       ? KW_UNAVAILABLE
                       : kw_own_keys_signer(&op->setup.keys, &signer, kw_roster_at(roster, index));
    return st == KW_OK ? signer : (kw_peer_signer){0};
}

static void set_up(kw_operator *op, kw_handover_setup *out)
{
    const kw_head *head = kw_operator_head(op);
    *out = (kw_handover_setup){
        .group = op->setup.group,
        .head = *head,
        .self = op->setup.self,
        .signer = signer_of(op, head->roster),
        .rng = *op->setup.rng,
        .delta_ms = op->setup.config.delta_ms,
        .port = {.ctx = op, .can_form = can_form, .share = share},
        .lasting = &op->handover_lasting,
        .scratch = &op->handover_scratch,
    };
    op->handover_lasting = kw_arena_init(kw_handover_memory_bytes(out));
    op->handover_scratch = kw_arena_init(KW_THRESHOLD_CERTIFICATE_CHECK_MAX);
    kw_handover_id(&op->handover_id, &op->cluster_id, head->epoch + 1, &head->certificate);
}

/* Goes on from the last record: a member that began afresh would vote twice. */
static kw_status go_on(kw_operator *op, uint64_t now)
{
    kw_handover_setup setup;
    kw_hash32 scope = op->handover_id;
    set_up(op, &setup);
    if (!kw_hash32_equal(&op->handover_id, &scope)) {
        op->handover_id = scope;
        return KW_CORRUPT;
    }
    return kw_handover_resume(&op->handover, &setup, op->setup.schemes,
                              kw_buf_view(&op->handover_record), now);
}

static kw_status begin(kw_operator *op)
{
    kw_handover_setup setup;
    set_up(op, &setup);
    return kw_handover_begin(&op->handover, &setup);
}

/* Candidates that sessions made before it went on; who refuses one knows it, or has no use. */
static void offer_all(kw_operator *op, uint64_t now)
{
    for (size_t i = 0; i < KW_OPERATOR_SESSIONS_MAX; i++) {
        kw_candidate candidate;
        const kw_session *session = op->slots[i].session;
        if (session != NULL && kw_session_candidate(session, &candidate)) {
            kw_status st = kw_handover_offer(op->handover, &candidate, now);
            KW_UNUSED(st);
        }
    }
}

kw_status kw_operator_handover_begin(kw_operator *op, uint64_t now)
{
    if (op->handover != NULL || kw_operator_head(op) == NULL) {
        return KW_OK;
    }
    kw_status st = op->handover_record.len > 0 ? go_on(op, now) : begin(op);
    if (st != KW_OK) {
        kw_operator_handover_drop(op);
        return st;
    }
    offer_all(op, now);
    return KW_OK;
}

kw_status kw_operator_handover_resume(kw_operator *op, const kw_operator_record *record,
                                      uint64_t now)
{
    op->handover_id = record->scope;
    kw_buf_clear(&op->handover_record);
    KW_TRY(kw_buf_append(&op->handover_record,
                         kw_declassify_span(record->bytes, "a handover has no secrets")));
    /* Before genesis its roster may be unknown: then the record waits for it. */
    return kw_operator_head(op) == NULL ? KW_OK : go_on(op, now);
}

void kw_operator_handover_drop(kw_operator *op)
{
    op->handover = NULL;
    kw_arena_drop(&op->handover_lasting);
    kw_arena_drop(&op->handover_scratch);
}

void kw_operator_handover_end(kw_operator *op)
{
    if (op->handover != NULL || op->handover_record.len > 0) {
        kw_operator_plan_erasure(op, KW_RECORD_HANDOVER, &op->handover_id);
        kw_operator_handover_drop(op);
        kw_buf_clear(&op->handover_record);
    }
}

/* ---- what comes in ---- */
bool kw_operator_handover_is_addressed(const kw_operator *op, const kw_message_header *header)
{
    return op->handover != NULL && kw_handover_is_addressed(op->handover, header);
}

const kw_authenticated *kw_operator_handover_message(const kw_operator *op, const kw_hash32 *hash)
{
    const kw_letter *letter = op->handover == NULL ? NULL : kw_handover_find(op->handover, hash);
    return letter == NULL ? NULL : &letter->message;
}

kw_status kw_operator_handover_take(kw_operator *op, const kw_authenticated *message,
                                    const kw_address *from, uint64_t now)
{
    uint16_t index = from == NULL ? 0 : kw_roster_index(kw_operator_head(op)->roster, from);
    return kw_handover_take(op->handover, message, index, now);
}

kw_status kw_operator_offer(kw_operator *op, const kw_candidate *candidate, uint64_t now)
{
    KW_TRY(kw_operator_note_proven(op, candidate));
    if (op->handover == NULL) {
        return KW_OK;
    }
    kw_status st = kw_handover_offer(op->handover, candidate, now);
    /* What is known or refused changes nothing: a session goes on although its epoch is over. */
    return st == KW_END || st == KW_REFUSED ? KW_OK : st;
}

/* A candidate that a member showed. */
kw_status kw_operator_take_candidate(kw_operator *op, kw_span file, uint64_t now)
{
    KW_AUTO(kw_arena) arena = kw_arena_init(KW_THRESHOLD_CERTIFICATE_ARENA_MAX);
    KW_AUTO(kw_arena) scratch = kw_arena_init(KW_THRESHOLD_CERTIFICATE_CHECK_MAX);
    const kw_candidate_form form = {op->setup.group, op->setup.schemes};
    const kw_candidate_judge judge = {op->setup.group, op->setup.verifier, op->setup.rng, &scratch};
    kw_candidate candidate;
    if (op->handover == NULL) {
        return KW_NOT_FOUND;
    }
    KW_TRY(kw_candidate_decode(&candidate, &arena, file, &form));
    KW_TRY(kw_candidate_prove(&candidate, &judge));
    return kw_operator_offer(op, &candidate, now);
}

kw_status kw_operator_candidate(const kw_operator *op, kw_buf *out, const kw_hash32 *digest)
{
    const kw_candidate *candidate =
        op->handover == NULL ? NULL : kw_handover_candidate(op->handover, digest);
    return candidate == NULL ? KW_NOT_FOUND : kw_candidate_encode(out, candidate, op->setup.group);
}

/* ---- what goes out ---- */

/* Adds members that are not in the list yet, nor this operator. */
static void add_members(const kw_operator *op, kw_address *list, size_t *count,
                        const kw_roster *roster)
{
    size_t before = *count;
    for (uint16_t i = 1; i <= roster->n; i++) {
        const kw_address *at = &kw_roster_at(roster, i)->address;
        bool is_new = !kw_operator_is_self(op, at);
        for (size_t k = 0; k < before && is_new; k++) {
            is_new = !kw_address_equal(&list[k], at);
        }
        if (is_new) {
            list[(*count)++] = *at;
        }
    }
}

/* The outgoing roster, and those of the sessions that make its successor; or one of the first. */
static kw_status address(kw_operator *op, kw_operator_action *out, uint16_t to)
{
    const kw_roster *voters = kw_operator_head(op)->roster;
    size_t most = voters->n + (KW_OPERATOR_SESSIONS_MAX + 1U) * KW_THRESHOLD_MEMBERS_MAX;
    kw_address *list = kw_arena_new(&op->step, to == 0 ? most : 1, sizeof *list);
    if (list == NULL) {
        return KW_LIMIT;
    }
    out->to = list;
    if (to != 0) {
        list[out->to_count++] = kw_roster_at(voters, to)->address;
        return KW_OK;
    }
    add_members(op, list, &out->to_count, voters);
    add_members(op, list, &out->to_count, &op->boundary_roster);
    for (size_t i = 0; i < KW_OPERATOR_SESSIONS_MAX; i++) {
        if (op->slots[i].session != NULL) {
            add_members(op, list, &out->to_count, &op->slots[i].roster_new);
        }
    }
    return KW_OK;
}

static kw_status plan_record(kw_operator *op)
{
    kw_buf_clear(&op->handover_draft);
    KW_TRY(kw_handover_save(op->handover, &op->handover_draft));
    kw_operator_plan_record(op, KW_RECORD_HANDOVER, &op->handover_id, NULL,
                            kw_secret_span_of(kw_buf_view(&op->handover_draft)));
    return KW_OK;
}

/* The record that was just planned is the last one; the agenda borrows it until it is empty. */
static void keep_record(kw_operator *op)
{
    kw_buf before = op->handover_record;
    op->handover_record = op->handover_draft;
    op->handover_draft = before;
}

static kw_status plan_send(kw_operator *op, const kw_handover_action *action, uint64_t now)
{
    kw_authenticated *items = kw_arena_new(&op->step, action->letters_count, sizeof *items);
    if (items == NULL) {
        return KW_LIMIT;
    }
    for (size_t i = 0; i < action->letters_count; i++) {
        items[i] = action->letters[i]->message;
    }
    kw_operator_action *out = kw_operator_plan(op, KW_OPERATOR_SEND);
    out->messages = (kw_authenticated_list){items, action->letters_count};
    out->until_ms = now + (uint64_t)RETRY_DELTAS * op->setup.config.delta_ms;
    return address(op, out, action->to);
}

static kw_status plan_fetch(kw_operator *op, const kw_handover_action *action)
{
    kw_hash32 *id = kw_arena_new(&op->step, 1, sizeof *id);
    if (id == NULL) {
        return KW_LIMIT;
    }
    *id = action->digest;
    kw_operator_action *out = kw_operator_plan(op, KW_OPERATOR_PULL);
    out->ids = id;
    out->ids_count = 1;
    return address(op, out, action->to);
}

static kw_status plan_ask(kw_operator *op, const kw_handover_action *action)
{
    kw_operator_action *out = kw_operator_plan(op, KW_OPERATOR_ASK);
    out->epoch = kw_operator_head(op)->epoch + 1;
    return address(op, out, action->to);
}

/* A session of the epoch that is handed over to: a vote names it by its certificate before. */
static const kw_operator_slot *slot_for(const kw_operator *op, const kw_letter *letter)
{
    const kw_operator_slot *found = NULL;
    kw_message_header header;
    if (kw_message_header_decode(&header, letter->message.payload) != KW_OK) {
        return NULL;
    }
    for (size_t i = 0; i < KW_OPERATOR_SESSIONS_MAX; i++) {
        const kw_operator_slot *slot = &op->slots[i];
        bool is_vote = kw_hash32_equal(&header.sid, &op->handover_id);
        if (slot->session != NULL && (kw_hash32_equal(&slot->sid, &header.sid) ||
                                      (is_vote && slot->fields.epoch == header.epoch))) {
            found = slot;
        }
    }
    return found;
}

static kw_status plan_evidence(kw_operator *op, const kw_handover_action *action)
{
    const kw_operator_slot *slot = slot_for(op, action->letters[0]);
    if (slot == NULL) {
        return KW_OK;
    }
    kw_session_evidence evidence = {.number = KW_FRAUD_EQUIVOCATION, .letters_count = 2};
    evidence.letters[0] = action->letters[0];
    evidence.letters[1] = action->letters[1];
    kw_status st = kw_operator_plan_evidence(op, slot, &evidence);
    if (st == KW_OK) {
        kw_handover_convict(op->handover, action->letters[0]);
    }
    return st == KW_REFUSED ? KW_OK : st;
}

static kw_status plan(kw_operator *op, const kw_handover_action *action, uint64_t now)
{
    switch (action->act) {
    case KW_HANDOVER_IDLE:
        return KW_OK;
    case KW_HANDOVER_SEND:
        KW_TRY(plan_record(op));
        KW_TRY(plan_send(op, action, now));
        keep_record(op);
        return KW_OK;
    case KW_HANDOVER_RELAY:
        return plan_send(op, action, now);
    case KW_HANDOVER_FETCH:
        return plan_fetch(op, action);
    case KW_HANDOVER_ASK:
        return plan_ask(op, action);
    case KW_HANDOVER_EVIDENCE:
        return plan_evidence(op, action);
    case KW_HANDOVER_DECIDED:
        KW_TRY(plan_record(op));
        keep_record(op);
        return KW_OK;
    case KW_HANDOVER_CERTIFIED: {
        KW_AUTO(kw_buf) file = kw_buf_init(FILE_BYTES_MAX);
        KW_TRY(kw_certificate_encode(&file, action->certificate, op->setup.group));
        return kw_operator_adopt(op, kw_buf_view(&file), now);
    }
    }
    return KW_OK;
}

bool kw_operator_handover_step(kw_operator *op, uint64_t now)
{
    kw_handover_action action;
    if (op->handover == NULL) {
        return false;
    }
    size_t planned = op->agenda_count;
    kw_status st = kw_handover_next(op->handover, &action, now);
    if (st == KW_OK) {
        st = plan(op, &action, now);
    }
    if (st != KW_OK) {
        /* No room, or no signature: it goes on from its last record, at the next boundary. What it
         * may have signed since then nobody has seen. */
        op->agenda_count = planned;
        kw_operator_handover_drop(op);
        return false;
    }
    return action.act != KW_HANDOVER_IDLE;
}

uint64_t kw_operator_handover_wake_at(const kw_operator *op)
{
    return op->handover == NULL ? KW_SESSION_NEVER : kw_handover_wake_at(op->handover);
}
