/* SPDX-License-Identifier: Apache-2.0
 * From the operator's actions to one transaction. Order: a slot is made before the rows that need
 * it, and destroyed after the rows that needed it are gone, so that a crash leaves slots without
 * rows, never rows without slots. Secret inputs: records on their way to the seal. */
#include "codec/reader.h"
#include "threshold/limits.h"
#include "threshold/vault_inner.h"

static kw_vault_scope *find_scope(const kw_vault *vault, const kw_operator_record *record)
{
    for (size_t i = 0; i < vault->scopes_count; i++) {
        kw_vault_scope *scope = &vault->scopes[i];
        if (scope->kind == record->kind && kw_hash32_equal(&scope->scope, &record->scope)) {
            return scope;
        }
    }
    return NULL;
}

/* A slot of its own for a scope that has none. A failure after it leaves a slot that the next stage
 * takes. */
static kw_status make_scope(kw_vault *vault, const kw_operator_record *record, kw_error *err)
{
    KW_AUTO(kw_secret32) salt = {0};
    kw_vault_scope made = {.kind = record->kind, .scope = record->scope};
    KW_REQUIRE(vault->scopes_count < KW_VAULT_SCOPES_MAX, err, KW_LIMIT,
               "more than %d sessions and epochs in the vault", KW_VAULT_SCOPES_MAX);
    kw_vault_scope *grown = kw_vault_room(vault->scopes, vault->scopes_count,
                                          &vault->scopes_capacity, sizeof *vault->scopes);
    KW_REQUIRE(grown != NULL, err, KW_NO_MEMORY, "no memory for a scope");
    vault->scopes = grown;
    KW_TRY(kw_slots_make(vault->slots, &made.slot, &salt, err));
    vault->scopes[vault->scopes_count++] = made;
    return KW_OK;
}

static kw_status slot_for(kw_vault *vault, kw_hash32 *out, const kw_operator_record *record,
                          kw_error *err)
{
    if (kw_vault_is_lasting(record->kind)) {
        *out = vault->lasting;
        return KW_OK;
    }
    if (find_scope(vault, record) == NULL) {
        KW_TRY(make_scope(vault, record, err));
    }
    *out = find_scope(vault, record)->slot;
    return KW_OK;
}

/* Epoch and boundary, which stand in front of each certificate (certificate.h). */
static kw_status read_front(kw_vault_step *step, kw_secret_span file, kw_error *err)
{
    kw_span bytes = kw_declassify_span(file, "a certificate is for everybody");
    kw_reader r = kw_reader_of(bytes);
    uint8_t front[4 + 1 + 1 + 32];
    kw_read_into(&r, KW_MSPAN(front));
    step->epoch = kw_read_u64be(&r);
    step->session_at = kw_read_u64be(&r);
    (void)kw_read_rest(&r);
    KW_REQUIRE(kw_read_end(&r) == KW_OK && step->epoch <= INT64_MAX &&
                   step->session_at <= INT64_MAX,
               err, KW_BAD_INPUT, "this is no certificate");
    return KW_OK;
}

static kw_status seal_step(kw_vault *vault, kw_vault_step *step, kw_secret_span bytes,
                           kw_error *err)
{
    KW_AUTO(kw_secret32) key = {0};
    kw_vault_place place = kw_vault_place_of(vault, &step->row);
    KW_TRY(kw_vault_key_of(vault, &key, &step->row.slot, err));
    step->sealed = kw_buf_init(bytes.len + KW_VAULT_SEAL_OVERHEAD_BYTES);
    kw_status st = kw_vault_seal(vault->aead, &step->sealed, &key, &place, bytes);
    if (st != KW_OK) {
        kw_buf_drop(&step->sealed);
        return kw_fail(err, st, "sealing a record");
    }
    step->row.record = kw_buf_view(&step->sealed);
    return KW_OK;
}

static kw_status stage_record(kw_vault *vault, const kw_operator_record *record, kw_error *err)
{
    KW_REQUIRE(record->bytes.len <= KW_VAULT_RECORD_BYTES_MAX, err, KW_LIMIT,
               "a record of %zu bytes", record->bytes.len);
    kw_vault_step step = {.row = {.kind = record->kind, .scope = record->scope, .id = record->id}};
    if (record->kind == KW_RECORD_CERTIFICATE) {
        KW_TRY(read_front(&step, record->bytes, err));
    }
    KW_TRY(slot_for(vault, &step.row.slot, record, err));
    KW_TRY(seal_step(vault, &step, record->bytes, err));
    vault->steps[vault->steps_count++] = step;
    return KW_OK;
}

static kw_status stage_erasure(kw_vault *vault, const kw_operator_record *record, kw_error *err)
{
    kw_vault_scope *scope = find_scope(vault, record);
    if (scope == NULL && !kw_vault_is_lasting(record->kind)) {
        return KW_OK; /* nothing is there: the operator says it again after a restart */
    }
    kw_hash32 *grown =
        kw_vault_room(vault->spent, vault->spent_count, &vault->spent_capacity, sizeof *grown);
    KW_REQUIRE(grown != NULL, err, KW_NO_MEMORY, "no memory for an erasure");
    vault->spent = grown;
    if (scope != NULL) {
        vault->spent[vault->spent_count++] = scope->slot;
        *scope = vault->scopes[--vault->scopes_count];
    }
    vault->steps[vault->steps_count++] =
        (kw_vault_step){.is_erasure = true, .row = {.kind = record->kind, .scope = record->scope}};
    return KW_OK;
}

kw_status kw_vault_stage(kw_vault *vault, const kw_operator_action *action, kw_error *err)
{
    KW_ASSERT(action->act == KW_OPERATOR_PERSIST || action->act == KW_OPERATOR_ERASE);
    KW_REQUIRE(vault->steps_count < KW_VAULT_STEPS_MAX, err, KW_LIMIT,
               "more than %d records before a commit", KW_VAULT_STEPS_MAX);
    kw_vault_step *grown = kw_vault_room(vault->steps, vault->steps_count, &vault->steps_capacity,
                                         sizeof *vault->steps);
    KW_REQUIRE(grown != NULL, err, KW_NO_MEMORY, "no memory for a step");
    vault->steps = grown;
    return action->act == KW_OPERATOR_PERSIST ? stage_record(vault, &action->record, err)
                                              : stage_erasure(vault, &action->record, err);
}

/* ---- the transaction ---- */
static kw_status put_certificate(kw_tx *tx, const kw_vault_step *step, kw_error *err)
{
    return kw_sql_run(tx, NULL,
                      "INSERT INTO threshold_certificates (hash, epoch, session_at)"
                      " VALUES ($1, $2, $3) ON CONFLICT (hash) DO NOTHING",
                      KW_SQL_ARGS(kw_sql_blob(KW_SPAN(step->row.scope.bytes)),
                                  kw_sql_int((int64_t)step->epoch),
                                  kw_sql_int((int64_t)step->session_at)),
                      err);
}

static kw_status delete_certificate(kw_tx *tx, const kw_vault_step *step, kw_error *err)
{
    return kw_sql_run(tx, NULL, "DELETE FROM threshold_certificates WHERE hash = $1",
                      KW_SQL_ARGS(kw_sql_blob(KW_SPAN(step->row.scope.bytes))), err);
}

static kw_status apply_step(kw_tx *tx, const kw_vault_step *step, kw_error *err)
{
    bool is_certificate = step->row.kind == KW_RECORD_CERTIFICATE;
    if (step->is_erasure) {
        KW_TRY(kw_vault_rows_erase(tx, step->row.kind, &step->row.scope, err));
        return is_certificate ? delete_certificate(tx, step, err) : KW_OK;
    }
    KW_TRY(kw_vault_rows_put(tx, &step->row, err));
    return is_certificate ? put_certificate(tx, step, err) : KW_OK;
}

static kw_status apply(kw_tx *tx, void *ctx, kw_error *err)
{
    const kw_vault *vault = ctx;
    for (size_t i = 0; i < vault->steps_count; i++) {
        KW_TRY(apply_step(tx, &vault->steps[i], err));
    }
    return KW_OK;
}

static void forget_steps(kw_vault *vault)
{
    for (size_t i = 0; i < vault->steps_count; i++) {
        kw_buf_drop(&vault->steps[i].sealed);
    }
    vault->steps_count = 0;
}

kw_status kw_vault_commit(kw_vault *vault, kw_error *err)
{
    if (vault->steps_count > 0) {
        KW_TRY_AT(err, kw_store_write(vault->store, apply, vault, err), "writing the vault");
        forget_steps(vault);
    }
    while (vault->spent_count > 0) {
        KW_TRY(kw_slots_destroy(vault->slots, &vault->spent[vault->spent_count - 1], err));
        vault->spent_count--;
    }
    return KW_OK;
}
