/* SPDX-License-Identifier: Apache-2.0
 * Certificates in a vault: the active one, that of a moment, all, and those that are too old. */
#include "threshold/vault_epochs.h"

#include "base/heap.h"
#include "codec/writer.h"
#include "threshold/limits.h"
#include "threshold/vault_inner.h"

void kw_vault_epoch_drop(kw_vault_epoch *epoch)
{
    kw_buf_drop(&epoch->certificate);
    *epoch = (kw_vault_epoch){0};
}

void kw_vault_versions_drop(kw_vault_versions *list)
{
    kw_heap_free(list->items);
    *list = (kw_vault_versions){0};
}

/* ---- one of them ---- */

/* Which one: `sql` has one argument, and the columns of `read_version`. */
typedef struct question {
    kw_vault *vault;
    const char *sql;
    int64_t argument;
    kw_vault_epoch *out;
} question;

#define COLUMNS "epoch, session_at, hash"

static kw_status read_version(kw_rows *rows, kw_vault_version *out, kw_error *err)
{
    int64_t epoch = 0;
    int64_t timestamp = 0;
    KW_TRY(kw_rows_int(rows, &epoch, 0, err));
    KW_TRY(kw_rows_int(rows, &timestamp, 1, err));
    KW_TRY(kw_rows_blob_into(rows, KW_MSPAN(out->hash.bytes), 2, err));
    KW_REQUIRE(epoch >= 0 && timestamp >= 0, err, KW_CORRUPT, "a certificate's epoch");
    out->epoch = (uint64_t)epoch;
    out->timestamp = (uint64_t)timestamp;
    return KW_OK;
}

/* Opens the public record at `row`. */
static kw_status open_public(kw_tx *tx, kw_vault *vault, kw_buf *out, kw_vault_row row,
                             kw_error *err)
{
    KW_AUTO(kw_rows) rows = {0};
    KW_AUTO(kw_secret_bytes) opened = kw_secret_bytes_init(KW_VAULT_RECORD_BYTES_MAX);
    kw_buf bytes = kw_buf_init(KW_VAULT_RECORD_BYTES_MAX);
    KW_TRY(kw_vault_rows_find(tx, &rows, &row, err));
    KW_TRY(kw_vault_open_row(vault, &opened, &row, err));
    kw_span plain = kw_declassify_span(kw_secret_bytes_view(&opened),
                                       "certificates and states of epochs are for everybody");
    kw_status st = kw_buf_append(&bytes, plain);
    KW_REQUIRE(st == KW_OK, err, st, "no memory for a certificate");
    *out = bytes;
    return KW_OK;
}

static kw_status find_version(kw_tx *tx, const question *q, kw_vault_version *out, kw_error *err)
{
    KW_AUTO(kw_rows) rows = {0};
    KW_TRY(kw_sql_query_one(tx, &rows, q->sql, KW_SQL_ARGS(kw_sql_int(q->argument)), err));
    return read_version(&rows, out, err);
}

static kw_status answer(kw_tx *tx, void *ctx, kw_error *err)
{
    const question *q = ctx;
    kw_vault_epoch found = {0};
    KW_TRY(find_version(tx, q, &found.version, err));
    kw_vault_row row = {.kind = KW_RECORD_CERTIFICATE, .scope = found.version.hash};
    kw_writer w = kw_writer_of((kw_mspan){&row.id.bytes[24], sizeof(uint64_t)});
    kw_write_u64be(&w, found.version.epoch);
    KW_ASSERT(kw_write_end(&w) == KW_OK);
    kw_status st = open_public(tx, q->vault, &found.certificate, row, err);
    KW_REQUIRE(st != KW_NOT_FOUND, err, KW_CORRUPT, "a certificate is missing");
    KW_TRY(st);
    *q->out = found;
    return KW_OK;
}

static kw_status ask(kw_vault *vault, kw_vault_epoch *out, const char *sql, uint64_t argument,
                     kw_error *err)
{
    KW_ASSERT(out->certificate.ptr == NULL);
    question q = {.vault = vault,
                  .sql = sql,
                  .argument = (int64_t)KW_MIN(argument, (uint64_t)INT64_MAX),
                  .out = out};
    return kw_store_read(vault->store, answer, &q, err);
}

kw_status kw_vault_load(kw_vault *vault, kw_vault_epoch *out, uint64_t epoch, kw_error *err)
{
    return ask(vault, out, "SELECT " COLUMNS " FROM threshold_certificates WHERE epoch = $1", epoch,
               err);
}

kw_status kw_vault_load_at_time(kw_vault *vault, kw_vault_epoch *out, uint64_t time_s,
                                kw_error *err)
{
    return ask(vault, out,
               "SELECT " COLUMNS " FROM threshold_certificates WHERE session_at <= $1"
               " ORDER BY session_at DESC, epoch DESC LIMIT 1",
               time_s, err);
}

/* ---- the active one ---- */
typedef struct table {
    kw_vault *vault;
    kw_buf bytes; /* owned */
} table;

static kw_status read_table(kw_tx *tx, void *ctx, kw_error *err)
{
    table *t = ctx;
    return open_public(tx, t->vault, &t->bytes, (kw_vault_row){.kind = KW_RECORD_EPOCHS}, err);
}

kw_status kw_vault_load_active(kw_vault *vault, kw_vault_epoch *out, kw_error *err)
{
    table t = {.vault = vault};
    kw_epochs epochs = {0};
    KW_TRY(kw_store_read(vault->store, read_table, &t, err));
    kw_status st = kw_epochs_resume(&epochs, kw_buf_view(&t.bytes));
    kw_buf_drop(&t.bytes);
    KW_REQUIRE(st == KW_OK, err, KW_CORRUPT, "the table of epochs");
    uint64_t active = kw_epochs_active(&epochs);
    KW_REQUIRE(active != 0, err, KW_NOT_FOUND, "no epoch serves");
    return kw_vault_load(vault, out, active, err);
}

/* ---- all of them ---- */
typedef struct listing {
    kw_vault_versions list;
    size_t capacity;
} listing;

static kw_status add_version(listing *l, kw_rows *rows, kw_error *err)
{
    KW_REQUIRE(l->list.count < KW_VAULT_VERSIONS_MAX, err, KW_LIMIT, "more than %d certificates",
               KW_VAULT_VERSIONS_MAX);
    kw_vault_version *grown =
        kw_vault_room(l->list.items, l->list.count, &l->capacity, sizeof *l->list.items);
    KW_REQUIRE(grown != NULL, err, KW_NO_MEMORY, "no memory for the list of epochs");
    l->list.items = grown;
    KW_TRY(read_version(rows, &grown[l->list.count], err));
    l->list.count++;
    return KW_OK;
}

static kw_status list_all(kw_tx *tx, void *ctx, kw_error *err)
{
    listing *l = ctx;
    KW_AUTO(kw_rows) rows = {0};
    KW_TRY(kw_sql_query(tx, &rows,
                        "SELECT " COLUMNS " FROM threshold_certificates ORDER BY epoch DESC",
                        KW_SQL_NO_ARGS, err));
    kw_status st = kw_rows_next(&rows, err);
    while (st == KW_OK) {
        KW_TRY(add_version(l, &rows, err));
        st = kw_rows_next(&rows, err);
    }
    return st == KW_END ? KW_OK : st;
}

kw_status kw_vault_list_versions(kw_vault *vault, kw_vault_versions *out, kw_error *err)
{
    KW_ASSERT(out->items == NULL);
    listing l = {0};
    kw_status st = kw_store_read(vault->store, list_all, &l, err);
    if (st != KW_OK) {
        kw_vault_versions_drop(&l.list);
        return st;
    }
    *out = l.list;
    return KW_OK;
}

/* ---- those that are too old ---- */
typedef struct pruning {
    int64_t before; /* successors of what goes began here or earlier */
    uint64_t deleted;
} pruning;

/* Epochs before the one that was the newest at `before`, but for the newest of all. */
#define OLD                                                                               \
    " FROM threshold_certificates WHERE epoch < (SELECT MAX(epoch) FROM"                  \
    " threshold_certificates WHERE session_at <= $1) AND epoch NOT IN (SELECT epoch FROM" \
    " threshold_certificates ORDER BY epoch DESC LIMIT $2)"

static kw_status prune(kw_tx *tx, void *ctx, kw_error *err)
{
    pruning *p = ctx;
    KW_TRY(kw_sql_run(tx, NULL,
                      "DELETE FROM threshold_records WHERE kind = $3 AND scope IN"
                      " (SELECT hash" OLD ")",
                      KW_SQL_ARGS(kw_sql_int(p->before), kw_sql_int(KW_OPERATOR_ERAS_MAX),
                                  kw_sql_int(KW_RECORD_CERTIFICATE)),
                      err));
    return kw_sql_run(tx, &p->deleted, "DELETE" OLD,
                      KW_SQL_ARGS(kw_sql_int(p->before), kw_sql_int(KW_OPERATOR_ERAS_MAX)), err);
}

kw_status kw_vault_prune(kw_vault *vault, uint64_t *out_deleted, uint64_t retention_s,
                         uint64_t now_s, kw_error *err)
{
    *out_deleted = 0;
    if (now_s <= retention_s) {
        return KW_OK;
    }
    pruning p = {.before = (int64_t)KW_MIN(now_s - retention_s, (uint64_t)INT64_MAX)};
    KW_TRY_AT(err, kw_store_write(vault->store, prune, &p, err), "forgetting old epochs");
    *out_deleted = p.deleted;
    return KW_OK;
}
