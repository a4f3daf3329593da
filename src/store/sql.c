/* SPDX-License-Identifier: Apache-2.0
 * Statements inside a transaction, the same for each back-end. */
#include "store/sql.h"

#include "codec/utf8.h"
#include "store/driver.h"
#include "store/limits.h"

kw_status kw_tx_run(kw_sql_conn *conn, kw_store_fn fn, void *ctx, kw_error *err)
{
    kw_tx tx = {.conn = conn};
    kw_status st = fn(&tx, ctx, err);
    if (tx.has_cursor) {
        conn->driver->finish(conn);
    }
    if (st == KW_OK && tx.failed != KW_OK) {
        return kw_fail(err, tx.failed, "a statement of the transaction failed");
    }
    return st;
}

/* SQLite would take invalid UTF-8 and NUL and give them back; PostgreSQL cannot hold them. */
static bool is_text(kw_span bytes)
{
    return bytes.len == 0 ||
           (memchr(bytes.ptr, 0, bytes.len) == NULL && kw_utf8_is_valid(kw_str_of_span(bytes)));
}

static kw_status check_arg(const kw_sql_value *arg, size_t number, kw_error *err)
{
    KW_REQUIRE(arg->bytes.len <= KW_STORE_VALUE_BYTES_MAX, err, KW_LIMIT, "$%zu is too long",
               number);
    KW_REQUIRE(arg->kind != KW_SQL_TEXT || is_text(arg->bytes), err, KW_BAD_INPUT,
               "$%zu is not UTF-8 text", number);
    return KW_OK;
}

static kw_status check_args(kw_sql_args args, kw_error *err)
{
    KW_ASSERT(args.count <= KW_STORE_ARGS_MAX);
    for (size_t i = 0; i < args.count; i++) {
        KW_TRY(check_arg(&args.items[i], i + 1, err));
    }
    return KW_OK;
}

/* Remembers the first failure; END is none. */
static kw_status spoil(kw_tx *tx, kw_status st)
{
    if (st != KW_OK && st != KW_END && tx->failed == KW_OK) {
        tx->failed = st;
    }
    return st;
}

static kw_status start(kw_tx *tx, const char *sql, kw_sql_args args, kw_error *err)
{
    KW_ASSERT(!tx->has_cursor);
    KW_REQUIRE(tx->failed == KW_OK, err, tx->failed,
               "an earlier statement of the transaction failed");
    KW_TRY(spoil(tx, check_args(args, err)));
    KW_TRY(spoil(tx, tx->conn->driver->start(tx->conn, sql, args, err)));
    tx->has_cursor = true;
    return KW_OK;
}

static kw_status step(kw_tx *tx, kw_error *err)
{
    kw_status st = spoil(tx, tx->conn->driver->step(tx->conn, err));
    if (st != KW_OK) {
        tx->has_cursor = false;
    }
    return st;
}

kw_status kw_sql_run(kw_tx *tx, uint64_t *out_changed, const char *sql, kw_sql_args args,
                     kw_error *err)
{
    KW_TRY(start(tx, sql, args, err));
    kw_status st = KW_OK;
    while (st == KW_OK) {
        st = step(tx, err);
    }
    if (st != KW_END) {
        return st;
    }
    if (out_changed != NULL) {
        *out_changed = tx->conn->driver->changed(tx->conn);
    }
    return KW_OK;
}

kw_status kw_sql_query(kw_tx *tx, kw_rows *out, const char *sql, kw_sql_args args, kw_error *err)
{
    KW_ASSERT(out->tx == NULL);
    KW_TRY(start(tx, sql, args, err));
    *out = (kw_rows){.tx = tx};
    return KW_OK;
}

kw_status kw_sql_query_one(kw_tx *tx, kw_rows *out, const char *sql, kw_sql_args args,
                           kw_error *err)
{
    KW_TRY(kw_sql_query(tx, out, sql, args, err));
    kw_status st = kw_rows_next(out, err);
    return st == KW_END ? kw_fail(err, KW_NOT_FOUND, "no such row") : st;
}

kw_status kw_rows_next(kw_rows *rows, kw_error *err)
{
    if (rows->tx == NULL) {
        return KW_END;
    }
    kw_status st = step(rows->tx, err);
    rows->on_row = st == KW_OK;
    if (st != KW_OK) {
        rows->tx = NULL;
    }
    return st;
}

void kw_rows_drop(kw_rows *rows)
{
    if (rows->tx != NULL) {
        rows->tx->conn->driver->finish(rows->tx->conn);
        rows->tx->has_cursor = false;
    }
    *rows = (kw_rows){0};
}

static kw_status column_of(kw_rows *rows, kw_sql_value *out, size_t column, kw_sql_kind kind,
                           kw_error *err)
{
    KW_ASSERT(rows->on_row);
    kw_sql_value value = {0};
    KW_TRY(rows->tx->conn->driver->column(rows->tx->conn, &value, column, err));
    KW_REQUIRE(value.kind == kind, err, KW_CORRUPT, "column %zu has a value of another kind",
               column);
    *out = value;
    return KW_OK;
}

kw_status kw_rows_int(kw_rows *rows, int64_t *out, size_t column, kw_error *err)
{
    kw_sql_value value = {0};
    KW_TRY(column_of(rows, &value, column, KW_SQL_INT, err));
    *out = value.number;
    return KW_OK;
}

kw_status kw_rows_text(kw_rows *rows, kw_str *out, size_t column, kw_error *err)
{
    kw_sql_value value = {0};
    KW_TRY(column_of(rows, &value, column, KW_SQL_TEXT, err));
    *out = kw_str_of_span(value.bytes);
    return KW_OK;
}

kw_status kw_rows_blob(kw_rows *rows, kw_span *out, size_t column, kw_error *err)
{
    kw_sql_value value = {0};
    KW_TRY(column_of(rows, &value, column, KW_SQL_BLOB, err));
    *out = value.bytes;
    return KW_OK;
}

kw_status kw_rows_blob_into(kw_rows *rows, kw_mspan out, size_t column, kw_error *err)
{
    kw_span bytes = {0};
    KW_TRY(kw_rows_blob(rows, &bytes, column, err));
    KW_REQUIRE(bytes.len == out.len, err, KW_CORRUPT, "column %zu has %zu bytes instead of %zu",
               column, bytes.len, out.len);
    if (out.len > 0) {
        memcpy(out.ptr, bytes.ptr, out.len);
    }
    return KW_OK;
}

bool kw_rows_is_null(kw_rows *rows, size_t column)
{
    KW_ASSERT(rows->on_row);
    kw_sql_value value = {0};
    kw_status st = rows->tx->conn->driver->column(rows->tx->conn, &value, column, NULL);
    return st == KW_OK && value.kind == KW_SQL_NULL;
}
