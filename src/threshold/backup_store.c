/* SPDX-License-Identifier: Apache-2.0
 * Certificates and applications between a store and a backup. Secret inputs: the operator key. */
#include "threshold/backup_store.h"

#include "codec/writer.h"
#include "crypto/hash.h"
#include "store/migrate.h"
#include "threshold/app_rows.h"
#include "threshold/engine/epoch/certificate.h"
#include "threshold/limits.h"
#include "threshold/schema.h"
#include "threshold/vault.h"
#include "threshold/vault_rejoin.h"
#include "threshold/vault_rows.h"
#include "threshold/vault_seal.h"

enum {
    CERTIFICATES_AT_ONCE = 256, /* of a transaction */
};

/* ---- out of a store ---- */
typedef struct reading {
    const kw_backup_source *source;
    kw_backup_visit visit;
    void *ctx;
    kw_aead *aead;
    kw_secret32 key;       /* of certificates */
    kw_secret_bytes plain; /* the record at hand */
} reading;

static kw_status open_row(reading *r, const kw_vault_place *place, kw_span record)
{
    kw_secret_bytes_clear(&r->plain);
    return kw_vault_unseal(r->aead, &r->plain, &r->key, place, record);
}

/* The key of what is never erased, tried on the witness. */
static kw_status find_key(kw_tx *tx, reading *r, kw_error *err)
{
    KW_AUTO(kw_secret32) slot = {0};
    kw_vault_header header;
    kw_vault_place place = {.cluster_id = r->source->owner.cluster_id};
    kw_status st = kw_vault_rows_header(tx, &header, err);
    KW_REQUIRE(st != KW_NOT_FOUND, err, st, "no operator has run on this store yet");
    KW_TRY(st);
    KW_REQUIRE(kw_hash32_equal(&header.cluster_id, &place.cluster_id), err, KW_CONFIG,
               "the store is that of another cluster");
    st = kw_slots_place_peek(r->source->slots, &slot, &r->source->owner, &header.slot, err);
    KW_REQUIRE(st != KW_NOT_FOUND, err, KW_GONE, "the slots are not those of this store");
    KW_TRY(st);
    kw_vault_key(&r->key, r->source->operator_key, &slot);
    st = open_row(r, &place, (kw_span){header.witness, header.witness_len});
    KW_REQUIRE(st != KW_CORRUPT, err, KW_SEALED, "the store was made with another operator key");
    KW_TRY_AT(err, st, "opening the store's witness");
    return KW_OK;
}

static kw_status show_certificate(reading *r, kw_rows *rows, kw_error *err)
{
    kw_vault_row row;
    KW_TRY(kw_vault_rows_read(rows, &row, err));
    kw_vault_place place = {.cluster_id = r->source->owner.cluster_id,
                            .kind = (uint8_t)row.kind,
                            .scope = row.scope,
                            .id = row.id};
    kw_status st = open_row(r, &place, row.record);
    KW_REQUIRE(st == KW_OK, err, st, "a certificate does not open");
    kw_backup_record record = {
        .kind = KW_BACKUP_CERTIFICATE,
        .certificate = {.hash = row.scope,
                        .file = kw_declassify_span(kw_secret_bytes_view(&r->plain),
                                                   "a certificate is for everybody")}};
    return r->visit(r->ctx, &record, err);
}

static kw_status show_certificates(kw_tx *tx, reading *r, kw_error *err)
{
    KW_AUTO(kw_rows) rows = {0};
    KW_TRY(kw_sql_query(tx, &rows,
                        "SELECT r.kind, r.scope, r.id, r.slot, r.record"
                        " FROM threshold_records AS r JOIN threshold_certificates AS c"
                        " ON r.scope = c.hash WHERE r.kind = $1 ORDER BY c.epoch",
                        KW_SQL_ARGS(kw_sql_int(KW_RECORD_CERTIFICATE)), err));
    kw_status st = kw_rows_next(&rows, err);
    while (st == KW_OK) {
        KW_TRY(show_certificate(r, &rows, err));
        st = kw_rows_next(&rows, err);
    }
    return st == KW_END ? KW_OK : st;
}

static kw_status show_app(void *ctx, const kw_app_row *row, kw_error *err)
{
    const reading *r = ctx;
    kw_backup_record record = {.kind = KW_BACKUP_APP,
                               .app = {.uses = row->uses,
                                       .registered_at = row->registered_at,
                                       .id = row->id,
                                       .policy = row->policy}};
    return r->visit(r->ctx, &record, err);
}

static kw_status show_all(kw_tx *tx, void *ctx, kw_error *err)
{
    reading *r = ctx;
    KW_TRY(find_key(tx, r, err));
    KW_TRY(show_certificates(tx, r, err));
    return kw_app_row_each(tx, (kw_app_row_page){.count = KW_APPS_MAX}, show_app, r, err);
}

kw_status kw_backup_store_read(const kw_backup_source *source, kw_backup_visit visit, void *ctx,
                               kw_error *err)
{
    reading r = {.source = source,
                 .visit = visit,
                 .ctx = ctx,
                 .plain = kw_secret_bytes_init(KW_VAULT_RECORD_BYTES_MAX)};
    kw_status st = kw_aead_new_opener(&r.aead);
    if (st == KW_OK) {
        st = kw_store_read(source->store, show_all, &r, err);
    }
    kw_aead_free(r.aead);
    kw_secret32_drop(&r.key);
    kw_secret_bytes_drop(&r.plain);
    KW_TRY_AT(err, st, "reading the store");
    return KW_OK;
}

/* ---- into a store ---- */

/* Nothing is there that a restart would go on from. */
static kw_status check_empty(kw_tx *tx, void *ctx, kw_error *err)
{
    KW_UNUSED(ctx);
    KW_AUTO(kw_rows) rows = {0};
    KW_TRY(kw_vault_rows_query(tx, &rows, err));
    kw_status st = kw_rows_next(&rows, err);
    KW_REQUIRE(st != KW_OK, err, KW_REFUSED,
               "an operator goes on from this store: nothing is restored over it");
    return st == KW_END ? KW_OK : st;
}

typedef struct writing {
    const kw_backup_target *target;
    kw_backup_reader *reader;
    kw_vault *vault;
    kw_tx *tx;
    uint32_t staged;
} writing;

static kw_status expect_same_terms(kw_tx *tx, const kw_backup_app *app, kw_error *err)
{
    KW_AUTO(kw_rows) rows = {0};
    kw_str policy = {0};
    KW_TRY(kw_sql_query_one(tx, &rows, "SELECT policy FROM threshold_apps WHERE id = $1",
                            KW_SQL_ARGS(kw_sql_text(app->id)), err));
    KW_TRY(kw_rows_text(&rows, &policy, 0, err));
    KW_REQUIRE(kw_str_equal(policy, app->policy), err, KW_CONFLICT,
               "application %.*s is registered in the store on other terms", KW_STR_ARG(app->id));
    return KW_OK;
}

static kw_status put_app(void *ctx, const kw_backup_record *record, kw_error *err)
{
    writing *w = ctx;
    if (record->kind != KW_BACKUP_APP) {
        return KW_OK;
    }
    const kw_app_row row = {.id = record->app.id,
                            .policy = record->app.policy,
                            .uses = record->app.uses,
                            .registered_at = record->app.registered_at};
    kw_error refusal = {0};
    kw_status st = kw_app_row_add(w->tx, &row, &refusal);
    if (st == KW_CONFLICT) {
        return expect_same_terms(w->tx, &record->app, err);
    }
    KW_REQUIRE(st == KW_OK, err, st, "%s", refusal.text);
    return KW_OK;
}

static kw_status put_apps(kw_tx *tx, void *ctx, kw_error *err)
{
    writing *w = ctx;
    w->tx = tx;
    return kw_backup_each(w->reader, put_app, w, err);
}

static kw_status put_certificate(void *ctx, const kw_backup_record *record, kw_error *err)
{
    writing *w = ctx;
    if (record->kind != KW_BACKUP_CERTIFICATE) {
        return KW_OK;
    }
    const kw_backup_certificate *certificate = &record->certificate;
    kw_operator_action action = {.act = KW_OPERATOR_PERSIST,
                                 .record = {.kind = KW_RECORD_CERTIFICATE,
                                            .scope = certificate->hash,
                                            .bytes = kw_secret_span_of(certificate->file)}};
    kw_writer id = kw_writer_of((kw_mspan){&action.record.id.bytes[24], sizeof(uint64_t)});
    kw_write_u64be(&id, kw_certificate_epoch_of(certificate->file));
    KW_ASSERT(kw_write_end(&id) == KW_OK);
    KW_TRY(kw_vault_stage(w->vault, &action, err));
    return ++w->staged % CERTIFICATES_AT_ONCE == 0 ? kw_vault_commit(w->vault, err) : KW_OK;
}

static kw_status put_certificates(writing *w, kw_error *err)
{
    KW_AUTO_PTR(kw_vault) vault = NULL;
    const kw_backup_target *target = w->target;
    kw_vault_options options = {.store = target->store,
                                .slots = target->slots,
                                .operator_key = target->operator_key,
                                .cluster_id = target->cluster_id,
                                .rng = target->rng};
    KW_TRY(kw_vault_open(&vault, &options, err));
    w->vault = vault;
    KW_TRY(kw_backup_each(w->reader, put_certificate, w, err));
    return kw_vault_commit(vault, err);
}

kw_status kw_backup_store_prepare(const kw_backup_target *target, kw_error *err)
{
    KW_TRY(kw_store_migrate(target->store, KW_THRESHOLD_AREA, kw_threshold_migrations,
                            kw_threshold_migrations_count, err));
    KW_TRY(kw_store_read(target->store, check_empty, NULL, err));
    return kw_vault_rejoin(target->store, target->slots, target->at, err);
}

kw_status kw_backup_store_fill(const kw_backup_target *target, kw_backup_reader *reader,
                               kw_error *err)
{
    writing w = {.target = target, .reader = reader};
    KW_TRY_AT(err, kw_store_write(target->store, put_apps, &w, err), "restoring applications");
    KW_TRY_AT(err, put_certificates(&w, err), "restoring certificates");
    return KW_OK;
}
