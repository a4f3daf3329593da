/* SPDX-License-Identifier: Apache-2.0
 * Applying migrations on a connection of their own: the writer's snapshot could be older than the
 * lock that keeps other nodes out. */
#include "store/migrate.h"

#include "crypto/hash.h"
#include "store/instance.h"
#include "store/limits.h"

static const char table_sql[] = "CREATE TABLE IF NOT EXISTS schema_migrations ("
                                "area TEXT NOT NULL, id BIGINT NOT NULL, name TEXT NOT NULL,"
                                "sha256 BYTEA NOT NULL, PRIMARY KEY (area, id))";

/* One migration, or the check that none is newer, in its own transaction. */
typedef struct step {
    const char *area;
    const kw_migration *row; /* NULL: only the check */
    size_t rows_count;
} step;

static bool is_word(const char *text)
{
    kw_str word = kw_str_of(text);
    for (size_t i = 0; i < word.len; i++) {
        char c = word.ptr[i];
        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-')) {
            return false;
        }
    }
    return word.len > 0;
}

static kw_status check_rows(const char *area, const kw_migration *rows, size_t count, kw_error *err)
{
    KW_REQUIRE(is_word(area), err, KW_BAD_INPUT, "the area of a migration is a lower-case word");
    KW_REQUIRE(count <= KW_STORE_MIGRATIONS_MAX, err, KW_BAD_INPUT, "too many migrations");
    for (size_t i = 0; i < count; i++) {
        KW_REQUIRE(rows[i].id == i + 1, err, KW_BAD_INPUT, "migration %zu of %s has id %u", i + 1,
                   area, rows[i].id);
        KW_REQUIRE(is_word(rows[i].name), err, KW_BAD_INPUT, "migration %u of %s has no name",
                   rows[i].id, area);
        KW_REQUIRE(strlen(rows[i].sql) <= KW_STORE_SCRIPT_BYTES_MAX, err, KW_BAD_INPUT,
                   "migration %s of %s is too long", rows[i].name, area);
    }
    return KW_OK;
}

static kw_status refuse_newer(kw_tx *tx, const step *s, kw_error *err)
{
    KW_AUTO(kw_rows) found = {0};
    kw_status st = kw_sql_query_one(
        tx, &found,
        "SELECT id FROM schema_migrations WHERE area = $1 AND id > $2"
        " ORDER BY id DESC LIMIT 1",
        KW_SQL_ARGS(kw_sql_text(kw_str_of(s->area)), kw_sql_int((int64_t)s->rows_count)), NULL);
    if (st != KW_OK) {
        return st == KW_NOT_FOUND ? KW_OK : kw_fail(err, st, "reading schema_migrations");
    }
    int64_t newest = 0;
    KW_TRY(kw_rows_int(&found, &newest, 0, err));
    return kw_fail(err, KW_BAD_STATE,
                   "a later release made this store: %s has migration %lld, not %zu", s->area,
                   (long long)newest, s->rows_count);
}

/* KW_OK: applied before, with the same text. NOT_FOUND: not applied. */
static kw_status check_applied(kw_tx *tx, const step *s, const kw_hash32 *hash, kw_error *err)
{
    KW_AUTO(kw_rows) found = {0};
    KW_TRY(kw_sql_query_one(
        tx, &found, "SELECT sha256 FROM schema_migrations WHERE area = $1 AND id = $2",
        KW_SQL_ARGS(kw_sql_text(kw_str_of(s->area)), kw_sql_int(s->row->id)), err));
    kw_hash32 stored = {0};
    KW_TRY(kw_rows_blob_into(&found, KW_MSPAN(stored.bytes), 0, err));
    KW_REQUIRE(kw_hash32_equal(&stored, hash), err, KW_CORRUPT,
               "migration %s of %s was applied with another text", s->row->name, s->area);
    return KW_OK;
}

static kw_status apply(kw_tx *tx, const step *s, kw_error *err)
{
    kw_hash32 hash = {0};
    kw_sha256(&hash, kw_span_of_str(kw_str_of(s->row->sql)));
    kw_error none = {0};
    kw_status st = check_applied(tx, s, &hash, &none);
    if (st != KW_NOT_FOUND) {
        return st == KW_OK ? KW_OK : kw_fail(err, st, "%s", none.text);
    }
    KW_TRY_AT(err, tx->conn->driver->script(tx->conn, s->row->sql, err),
              "applying migration %s of %s", s->row->name, s->area);
    return kw_sql_run(
        tx, NULL, "INSERT INTO schema_migrations (area, id, name, sha256) VALUES ($1, $2, $3, $4)",
        KW_SQL_ARGS(kw_sql_text(kw_str_of(s->area)), kw_sql_int(s->row->id),
                    kw_sql_text(kw_str_of(s->row->name)), kw_sql_blob(KW_SPAN(hash.bytes))),
        err);
}

static kw_status run_step(kw_tx *tx, void *ctx, kw_error *err)
{
    const step *s = ctx;
    KW_TRY(kw_sql_run(tx, NULL, tx->conn->driver->migration_lock, KW_SQL_NO_ARGS, err));
    KW_TRY(kw_sql_run(tx, NULL, table_sql, KW_SQL_NO_ARGS, err));
    KW_TRY(refuse_newer(tx, s, err));
    return s->row == NULL ? KW_OK : apply(tx, s, err);
}

static kw_status commit_step(kw_sql_conn *conn, step *s, kw_error *err)
{
    KW_TRY(conn->driver->control(conn, KW_SQL_BEGIN, err));
    kw_status st = kw_tx_run(conn, run_step, s, err);
    if (st == KW_OK) {
        st = conn->driver->control(conn, KW_SQL_COMMIT, err);
    }
    if (st != KW_OK) {
        /* When even this fails, the connection is gone, and the transaction with it. */
        kw_status undone = conn->driver->control(conn, KW_SQL_ROLLBACK, NULL);
        KW_UNUSED(undone);
    }
    return st;
}

static kw_status commit_all(kw_sql_conn *conn, const char *area, const kw_migration *rows,
                            size_t count, kw_error *err)
{
    step s = {.area = area, .rows_count = count};
    KW_TRY(
        commit_step(conn, &s, err)); /* before anything is applied, also when there are no rows */
    for (size_t i = 0; i < count; i++) {
        s.row = &rows[i];
        KW_TRY(commit_step(conn, &s, err));
    }
    return KW_OK;
}

kw_status kw_store_migrate(kw_store *store, const char *area, const kw_migration *rows,
                           size_t count, kw_error *err)
{
    KW_TRY(check_rows(area, rows, count, err));
    const kw_sql_driver *driver = kw_sql_driver_of(store->backend);
    kw_sql_conn *conn = NULL;
    KW_TRY_AT(err, driver->open(&conn, store->where, KW_SQL_MIGRATOR, err), "migrating the store");
    kw_status st = commit_all(conn, area, rows, count, err);
    driver->close(conn);
    return st;
}
