/* SPDX-License-Identifier: Apache-2.0
 * One operator: what a boundary starts, and whose turn is next. Source: threshold.md section 3. */
#include "threshold/engine/operator/operator.h"

#include "crypto/hash.h"
#include "threshold/engine/group/generator.h"
#include "threshold/engine/operator/operator_inner.h"

enum {
    HEADS_PER_MEMBER = 2, /* that one boundary follows */
};

bool kw_operator_is_self(const kw_operator *op, const kw_address *address)
{
    return kw_address_equal(&op->setup.self, address);
}

static bool is_sound(const kw_config_fields *config)
{
    bool has_suite = config->suite == KW_SUITE_FELDMAN || config->suite == KW_SUITE_PEDERSEN;
    return has_suite && config->interval_s > 0 && config->reshare_every > 0 &&
           config->delta_ms >= KW_SESSION_DELTA_MS_MIN;
}

kw_status kw_operator_init(kw_operator *out, const kw_operator_setup *setup)
{
    if (!is_sound(&setup->config)) {
        return KW_CONFIG;
    }
    *out = (kw_operator){
        .setup = *setup,
        .genesis = kw_arena_init(KW_OPERATOR_ROSTER_ARENA_MAX),
        .boundary_arena = kw_arena_init(KW_OPERATOR_ROSTER_ARENA_MAX),
        .epochs = {.grace_ms = (uint64_t)setup->config.interval_s * 1000},
        .ask_at = KW_SESSION_NEVER,
        .step = kw_arena_init(KW_THRESHOLD_STEP_BYTES_MAX),
        .secrets = kw_secret_arena_init(KW_OPERATOR_SHARES_MAX * sizeof(kw_operator_share) + 16),
        .record = kw_secret_bytes_init(KW_THRESHOLD_RECORD_BYTES_MAX),
        .file = kw_buf_init(KW_THRESHOLD_FRAUD_BYTES_MAX),
        .handover_record = kw_buf_init(KW_HANDOVER_RECORD_BYTES_MAX),
        .handover_draft = kw_buf_init(KW_HANDOVER_RECORD_BYTES_MAX),
    };
    out->shares = kw_arena_new(&out->secrets, KW_OPERATOR_SHARES_MAX, sizeof *out->shares);
    if (out->shares == NULL) {
        return KW_NO_MEMORY;
    }
    kw_config_hash(&out->setup.cluster.config_hash, &setup->config);
    kw_cluster_id(&out->cluster_id, &out->setup.cluster);
    kw_pedersen_generator(&out->h, setup->group, &out->cluster_id, &setup->config.coin);
    return KW_OK;
}

void kw_operator_drop(kw_operator *op)
{
    for (size_t i = 0; i < KW_OPERATOR_SESSIONS_MAX; i++) {
        kw_operator_slot_drop(&op->slots[i]);
    }
    kw_operator_handover_drop(op);
    for (size_t i = 0; i < KW_OPERATOR_ERAS_MAX; i++) {
        kw_arena_drop(&op->eras[i].arena);
    }
    kw_arena_drop(&op->genesis);
    kw_arena_drop(&op->boundary_arena);
    kw_arena_drop(&op->step);
    kw_arena_drop(&op->secrets); /* wipes */
    kw_secret_bytes_drop(&op->record);
    kw_buf_drop(&op->file);
    kw_buf_drop(&op->handover_record);
    kw_buf_drop(&op->handover_draft);
    *op = (kw_operator){0};
}

/* ---- plans ---- */
kw_operator_action *kw_operator_plan(kw_operator *op, kw_operator_act act)
{
    KW_ASSERT(op->agenda_count < KW_OPERATOR_AGENDA_MAX);
    kw_operator_action *out = &op->agenda[op->agenda_count++];
    *out = (kw_operator_action){.act = act};
    return out;
}

void kw_operator_plan_record(kw_operator *op, kw_record_kind kind, const kw_hash32 *scope,
                             const kw_hash32 *id, kw_secret_span bytes)
{
    kw_operator_record *record = &kw_operator_plan(op, KW_OPERATOR_PERSIST)->record;
    *record = (kw_operator_record){.kind = kind, .scope = *scope, .bytes = bytes};
    if (id != NULL) {
        record->id = *id;
    }
}

void kw_operator_plan_erasure(kw_operator *op, kw_record_kind kind, const kw_hash32 *scope)
{
    kw_operator_action *out = kw_operator_plan(op, KW_OPERATOR_ERASE);
    out->record.kind = kind;
    out->record.scope = *scope;
}

kw_status kw_operator_plan_letters(kw_operator *op, const kw_hash32 *scope,
                                   const kw_letter *const *letters, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        KW_AUTO(kw_buf) wire = kw_buf_init(KW_THRESHOLD_MESSAGE_TEXT_MAX);
        kw_writer w = kw_writer_to(&wire);
        kw_authenticated_list_write(&w, (kw_authenticated_list){&letters[i]->message, 1});
        KW_TRY(kw_write_end(&w));
        kw_span copy;
        KW_TRY(kw_arena_copy_span(&op->step, &copy, kw_buf_view(&wire)));
        kw_operator_plan_record(op, KW_RECORD_MESSAGE, scope, &letters[i]->message.hash,
                                kw_secret_span_of(copy));
    }
    return KW_OK;
}

/* ---- boundaries ---- */
void kw_operator_ask_all(kw_operator *op, uint64_t epoch)
{
    op->ask_epoch = epoch;
    op->asks_left = op->boundary_roster.n;
}

/* False: it makes no session for this roster. */
static bool form_genesis(const kw_operator *op, kw_sid_fields *out, const kw_quorum *quorum)
{
    const kw_hash32 *genesis = &op->setup.config.genesis_roster;
    *out = (kw_sid_fields){
        .kind = KW_SESSION_GENESIS,
        .epoch = 1,
        .timestamp = op->boundary.timestamp,
        .attempt = op->boundary.attempt,
        .roster_new = op->boundary_roster.hash,
        .t_new = quorum->t,
        .suite = op->setup.config.suite,
    };
    /* Who knows a key, or knew one, never makes another. */
    return op->setup.pin == NULL && kw_hash32_equal(genesis, &op->boundary_roster.hash);
}

static bool form_reshare(const kw_operator *op, kw_sid_fields *out, const kw_quorum *quorum)
{
    const kw_config_fields *config = &op->setup.config;
    const kw_head *head = &op->eras[0].head;
    *out = (kw_sid_fields){
        .kind = KW_SESSION_RESHARE,
        .epoch = head->epoch + 1,
        .timestamp = op->boundary.timestamp,
        .attempt = op->boundary.attempt,
        .roster_old = head->roster->hash,
        .roster_new = op->boundary_roster.hash,
        .t_old = head->t,
        .t_new = quorum->t,
        .previous = head->certificate,
        .suite = KW_SUITE_FELDMAN,
    };
    uint64_t number = op->boundary.timestamp / config->interval_s;
    bool is_due = number % config->reshare_every == 0 || op->boundary.attempt > 0;
    bool is_next = op->boundary.timestamp > op->eras[0].certificate.candidate.fields.timestamp;
    return is_due && is_next;
}

static bool is_concerned(const kw_operator *op)
{
    const kw_address *self = &op->setup.self;
    return kw_roster_index(&op->boundary_roster, self) != 0 ||
           (op->eras_count > 0 && kw_roster_index(op->eras[0].head.roster, self) != 0);
}

void kw_operator_note_formed(kw_operator *op, const kw_hash32 *sid)
{
    op->formed[op->formed_count++ % KW_OPERATOR_FORMED_MAX] = *sid;
}

kw_status kw_operator_form(kw_operator *op, uint64_t now)
{
    kw_quorum quorum;
    kw_sid_fields fields;
    kw_hash32 sid;
    if (op->boundary_roster.n == 0) {
        return KW_OK; /* since the start no boundary has come */
    }
    KW_TRY(kw_quorum_of(&quorum, op->boundary_roster.n, op->setup.config.ratio));
    bool is_formed = op->eras_count == 0 ? form_genesis(op, &fields, &quorum)
                                         : form_reshare(op, &fields, &quorum);
    if (!is_formed || !is_concerned(op)) {
        return KW_OK;
    }
    kw_sid(&sid, &op->cluster_id, &fields);
    if (op->eras_count == 0) {
        KW_TRY(kw_operator_know_genesis(op, &op->boundary_roster));
    }
    KW_TRY(kw_operator_handover_begin(op, now));
    kw_operator_note_formed(op, &sid);
    if (kw_epochs_state_of(&op->epochs, &sid) != KW_EPOCH_NONE) {
        return KW_OK; /* it goes on, or has ended: nobody begins a session twice */
    }
    return kw_operator_slot_open(op, &fields, &op->boundary_roster, now);
}

kw_status kw_operator_begin(kw_operator *op, const kw_operator_boundary *boundary, uint64_t now)
{
    if (op->agenda_count > KW_OPERATOR_AGENDA_BUSY) {
        return KW_BUSY;
    }
    kw_arena_reset(&op->boundary_arena);
    op->boundary = *boundary;
    KW_TRY(kw_operator_copy_roster(&op->boundary_roster, &op->boundary_arena, boundary->roster));
    op->boundary.roster = &op->boundary_roster;
    memset(op->heads_asked, 0, sizeof op->heads_asked);
    op->ask_at = KW_SESSION_NEVER;
    if (op->eras_count == 0 || !is_concerned(op)) {
        kw_operator_ask_all(op, 0);
        op->ask_at = now + (uint64_t)op->setup.config.interval_s * 1000 / 2;
    }
    return kw_operator_form(op, now);
}

bool kw_operator_may_ask(kw_operator *op, const kw_address *from)
{
    uint8_t *asked = &op->heads_asked[kw_roster_index(&op->boundary_roster, from)];
    bool may_ask = *asked < HEADS_PER_MEMBER;
    *asked = (uint8_t)(*asked + (may_ask ? 1 : 0));
    return may_ask;
}

void kw_operator_take_head(kw_operator *op, const kw_address *from, const kw_hash32 *head)
{
    if (kw_hash32_is_none(head) || kw_operator_is_self(op, from) ||
        op->agenda_count > KW_OPERATOR_AGENDA_BUSY ||
        kw_operator_certificate_of(op, head).len > 0 || !kw_operator_may_ask(op, from)) {
        return;
    }
    kw_address *to = kw_arena_new(&op->step, 1, sizeof *to);
    kw_hash32 *id = kw_arena_new(&op->step, 1, sizeof *id);
    if (to == NULL || id == NULL) {
        return;
    }
    *to = *from;
    *id = *head;
    kw_operator_action *out = kw_operator_plan(op, KW_OPERATOR_PULL);
    out->to = to;
    out->to_count = 1;
    out->ids = id;
    out->ids_count = 1;
}

/* ---- whose turn it is ---- */
static bool ask_next(kw_operator *op, uint64_t now)
{
    if (now >= op->ask_at) {
        op->ask_at = KW_SESSION_NEVER;
        kw_operator_ask_all(op, 0);
    }
    while (op->asks_left > 0) {
        const kw_member *member = kw_roster_at(&op->boundary_roster, op->asks_left--);
        if (!kw_operator_is_self(op, &member->address)) {
            kw_operator_action *out = kw_operator_plan(op, KW_OPERATOR_ASK);
            out->to = &member->address;
            out->to_count = 1;
            out->epoch = op->ask_epoch;
            return true;
        }
    }
    return false;
}

/* What was planned is carried out. */
static void end_agenda(kw_operator *op)
{
    if (op->sealing != NULL && op->sealing->session != NULL) {
        kw_session_share_sealed(op->sealing->session);
    }
    op->sealing = NULL;
    op->agenda_count = 0;
    op->agenda_at = 0;
    kw_arena_reset(&op->step);
    kw_secret_bytes_clear(&op->record); /* its secrets are sealed in the store */
}

/* True: something changed, or is planned. */
static bool turn(kw_operator *op, uint64_t now)
{
    if (ask_next(op, now) || kw_operator_epochs_step(op, now)) {
        return true;
    }
    for (size_t i = 0; i < KW_OPERATOR_SESSIONS_MAX; i++) {
        if (op->slots[i].session != NULL && kw_operator_slot_step(op, &op->slots[i], now)) {
            return true;
        }
    }
    return kw_operator_handover_step(op, now);
}

void kw_operator_next(kw_operator *op, kw_operator_action *out, uint64_t now)
{
    do {
        if (op->agenda_at < op->agenda_count) {
            *out = op->agenda[op->agenda_at++];
            return;
        }
        end_agenda(op);
    } while (turn(op, now));
    *out = (kw_operator_action){.act = KW_OPERATOR_IDLE};
}

uint64_t kw_operator_wake_at(const kw_operator *op)
{
    uint64_t at = KW_MIN(op->ask_at, kw_operator_handover_wake_at(op));
    at = KW_MIN(at, kw_epochs_wake_at(&op->epochs));
    for (size_t i = 0; i < KW_OPERATOR_SESSIONS_MAX; i++) {
        const kw_session *session = op->slots[i].session;
        at = session == NULL ? at : KW_MIN(at, kw_session_wake_at(session));
    }
    return at;
}
