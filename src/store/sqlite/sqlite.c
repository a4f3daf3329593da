/* SPDX-License-Identifier: Apache-2.0
 * The SQL contract on one SQLite connection. */
#include "store/sqlite/sqlite.h"

#include "base/heap.h"
#include "store/limits.h"
#include "store/sqlite/fault.h"
#include "store/sqlite/file.h"
#include "store/statements.h"

#include <sqlite3.h>
#include <stdio.h>

typedef struct sqlite_conn {
    kw_sql_conn base; /* first: a kw_sql_conn * is a sqlite_conn * */
    sqlite3 *db;
    kw_sql_role role;
    kw_statements statements;
    sqlite3_stmt *running; /* borrowed from `statements`; NULL: none */
    uint64_t changed;
} sqlite_conn;

static sqlite_conn *conn_of(kw_sql_conn *conn)
{
    return (sqlite_conn *)conn;
}

/* The failure of a call; notes when the whole transaction is lost: by its kind, or because SQLite
 * has rolled it back by itself (autocommit is on again). */
static kw_status fail(sqlite_conn *conn, int code, kw_error *err)
{
    kw_status st = kw_sqlite_fail(conn->db, code, err);
    if (kw_sqlite_status_is_final(st) || sqlite3_get_autocommit(conn->db) != 0) {
        conn->base.lost = st;
    }
    return st;
}

static kw_status exec(sqlite_conn *conn, const char *sql, kw_error *err)
{
    int code = sqlite3_exec(conn->db, sql, NULL, NULL, NULL);
    return code == SQLITE_OK ? KW_OK : fail(conn, code, err);
}

/* Statements. */

static kw_status prepare_statement(sqlite_conn *conn, sqlite3_stmt **out, const char *sql,
                                   kw_sql_args args, kw_error *err)
{
    kw_statement *slot = kw_statements_find(&conn->statements, sql, args);
    if (slot != NULL) {
        *out = slot->prepared;
        return KW_OK;
    }
    sqlite3_stmt *statement = NULL;
    const char *rest = NULL;
    int code = sqlite3_prepare_v3(conn->db, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, &rest);
    if (code != SQLITE_OK) {
        return fail(conn, code, err);
    }
    KW_ASSERT(statement != NULL && *rest == '\0'); /* one statement, not none and not two */
    slot = kw_statements_victim(&conn->statements);
    (void)sqlite3_finalize(slot->prepared); /* repeats the error of a run that was reported then */
    kw_statement_drop(slot);
    kw_status st = kw_statements_fill(&conn->statements, slot, sql, args, statement);
    if (st != KW_OK) {
        (void)sqlite3_finalize(statement);
        return kw_fail(err, st, "no memory for a statement");
    }
    *out = statement;
    return KW_OK;
}

static int bind_value(sqlite3_stmt *statement, int index, const kw_sql_value *value)
{
    /* SQLITE_TRANSIENT: the caller's bytes may die before the cursor is at its end. A NULL pointer
     * would bind NULL instead of the empty value. */
    const void *bytes = value->bytes.len == 0 ? (const void *)"" : value->bytes.ptr;
    switch (value->kind) {
    case KW_SQL_NULL:
        return sqlite3_bind_null(statement, index);
    case KW_SQL_INT:
        return sqlite3_bind_int64(statement, index, value->number);
    case KW_SQL_TEXT:
        return sqlite3_bind_text(statement, index, bytes, (int)value->bytes.len, SQLITE_TRANSIENT);
    case KW_SQL_BLOB:
        return sqlite3_bind_blob(statement, index, bytes, (int)value->bytes.len, SQLITE_TRANSIENT);
    }
    return SQLITE_MISUSE;
}

static kw_status bind_args(sqlite_conn *conn, sqlite3_stmt *statement, kw_sql_args args,
                           kw_error *err)
{
    KW_REQUIRE((size_t)sqlite3_bind_parameter_count(statement) == args.count, err, KW_INTERNAL,
               "%zu arguments for another number of parameters", args.count);
    for (size_t i = 0; i < args.count; i++) {
        /* SQLite numbers $1, $2 by where they first appear in the text: only the name is sure. */
        char name[24];
        (void)snprintf(name, sizeof name, "$%zu", i + 1);
        int index = sqlite3_bind_parameter_index(statement, name);
        KW_REQUIRE(index > 0, err, KW_INTERNAL, "the statement has no %s", name);
        int code = bind_value(statement, index, &args.items[i]);
        if (code != SQLITE_OK) {
            return fail(conn, code, err);
        }
    }
    return KW_OK;
}

static void sqlite_finish(kw_sql_conn *base)
{
    sqlite_conn *conn = conn_of(base);
    if (conn->running == NULL) {
        return;
    }
    (void)sqlite3_reset(conn->running); /* repeats the error of the last step, already reported */
    (void)sqlite3_clear_bindings(conn->running); /* always SQLITE_OK; frees the copies */
    conn->running = NULL;
}

static kw_status sqlite_start(kw_sql_conn *base, const char *sql, kw_sql_args args, kw_error *err)
{
    sqlite_conn *conn = conn_of(base);
    KW_ASSERT(conn->running == NULL);
    sqlite3_stmt *statement = NULL;
    KW_TRY(prepare_statement(conn, &statement, sql, args, err));
    conn->running = statement;
    conn->changed = 0;
    kw_status st = bind_args(conn, statement, args, err);
    if (st != KW_OK) {
        sqlite_finish(base);
    }
    return st;
}

static kw_status sqlite_step(kw_sql_conn *base, kw_error *err)
{
    sqlite_conn *conn = conn_of(base);
    int code = sqlite3_step(conn->running);
    if (code == SQLITE_ROW) {
        return KW_OK;
    }
    kw_status st = KW_END;
    if (code != SQLITE_DONE) {
        st = fail(conn, code, err);
    } else if (sqlite3_stmt_readonly(conn->running) == 0) {
        conn->changed = (uint64_t)sqlite3_changes64(conn->db);
    }
    sqlite_finish(base);
    return st;
}

static uint64_t sqlite_changed(const kw_sql_conn *base)
{
    return ((const sqlite_conn *)base)->changed;
}

static kw_status sqlite_column(kw_sql_conn *base, kw_sql_value *out, size_t column, kw_error *err)
{
    sqlite3_stmt *row = conn_of(base)->running;
    KW_REQUIRE(column < (size_t)sqlite3_data_count(row), err, KW_INTERNAL, "no column %zu", column);
    int at = (int)column;
    int type = sqlite3_column_type(row, at);
    if (type == SQLITE_NULL) {
        *out = kw_sql_null();
    } else if (type == SQLITE_INTEGER) {
        *out = kw_sql_int(sqlite3_column_int64(row, at));
    } else if (type == SQLITE_TEXT || type == SQLITE_BLOB) {
        const uint8_t *bytes = sqlite3_column_blob(row, at);
        size_t len = (size_t)sqlite3_column_bytes(row, at);
        KW_REQUIRE(bytes != NULL || len == 0, err, KW_NO_MEMORY, "no memory for column %zu",
                   column);
        *out = (kw_sql_value){.kind = type == SQLITE_TEXT ? KW_SQL_TEXT : KW_SQL_BLOB,
                              .bytes = {bytes, len}};
    } else {
        return kw_fail(err, KW_INTERNAL, "column %zu is a floating point number", column);
    }
    return KW_OK;
}

/* Transactions. */

/* IMMEDIATE takes the write lock at once: a later upgrade could fail in the middle. */
static const char *begin_of(kw_sql_role role)
{
    switch (role) {
    case KW_SQL_READER:
        return "BEGIN";
    case KW_SQL_WRITER:
        return "BEGIN IMMEDIATE; SAVEPOINT op";
    case KW_SQL_MIGRATOR:
        return "BEGIN IMMEDIATE";
    }
    return NULL;
}

static const char *sql_of(kw_sql_verb verb, kw_sql_role role)
{
    switch (verb) {
    case KW_SQL_BEGIN:
        return begin_of(role);
    case KW_SQL_COMMIT:
        return "COMMIT";
    case KW_SQL_ROLLBACK:
        return "ROLLBACK";
    case KW_SQL_KEEP:
        return "RELEASE op; SAVEPOINT op";
    case KW_SQL_UNDO:
        return "ROLLBACK TO op";
    }
    return NULL;
}

static kw_status sqlite_control(kw_sql_conn *base, kw_sql_verb verb, kw_error *err)
{
    sqlite_conn *conn = conn_of(base);
    if (verb == KW_SQL_ROLLBACK && sqlite3_get_autocommit(conn->db) != 0) {
        return KW_OK; /* SQLite has rolled back by itself */
    }
    if (verb == KW_SQL_BEGIN) {
        base->lost = KW_OK;
    }
    return exec(conn, sql_of(verb, conn->role), err);
}

static kw_status sqlite_script(kw_sql_conn *base, const char *sql, kw_error *err)
{
    return exec(conn_of(base), sql, err);
}

/* Open and close. */

static int expect_text(void *wanted, int columns, char **values, char **names)
{
    KW_UNUSED(names);
    return columns == 1 && values[0] != NULL && strcmp(values[0], wanted) == 0 ? 0 : 1;
}

/* Runs a pragma whose one answer must be `wanted`; otherwise `st`. */
static kw_status expect_pragma(sqlite_conn *conn, const char *pragma, char *wanted, kw_status st,
                               kw_error *err)
{
    int code = sqlite3_exec(conn->db, pragma, expect_text, wanted, NULL);
    if (code == SQLITE_ABORT) {
        return kw_fail(err, st, "the file does not answer \"%s\" with %s", pragma, wanted);
    }
    return code == SQLITE_OK ? KW_OK : fail(conn, code, err);
}

/* Switches that hold for each connection: https://www.sqlite.org/c3ref/c_dbconfig_defensive.html */
static kw_status configure(sqlite_conn *conn, kw_error *err)
{
    static const struct {
        int option;
        int value;
    } rows[] = {
        {SQLITE_DBCONFIG_DEFENSIVE, 1},   {SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0},
        {SQLITE_DBCONFIG_ENABLE_FKEY, 1}, {SQLITE_DBCONFIG_ENABLE_TRIGGER, 1},
        {SQLITE_DBCONFIG_DQS_DML, 0}, /* "x" is a name in both back-ends, never a text */
        {SQLITE_DBCONFIG_DQS_DDL, 0},
    };
    int code = sqlite3_extended_result_codes(conn->db, 1);
    for (size_t i = 0; i < KW_COUNT(rows) && code == SQLITE_OK; i++) {
        code = sqlite3_db_config(conn->db, rows[i].option, rows[i].value, NULL);
    }
    if (code == SQLITE_OK) {
        code = sqlite3_busy_timeout(conn->db, KW_STORE_BUSY_MS);
    }
    if (code != SQLITE_OK) {
        return fail(conn, code, err);
    }
    (void)sqlite3_limit(conn->db, SQLITE_LIMIT_LENGTH, KW_STORE_VALUE_BYTES_MAX + 4096);
    (void)sqlite3_limit(conn->db, SQLITE_LIMIT_ATTACHED, 0);
    return KW_OK;
}

static kw_status set_up(sqlite_conn *conn, kw_error *err)
{
    KW_TRY(configure(conn, err));
    char id[16];
    (void)snprintf(id, sizeof id, "%d", KW_SQLITE_APPLICATION_ID);
    KW_TRY(expect_pragma(conn, "PRAGMA application_id", id, KW_CORRUPT, err));
    char wal[] = "wal";
    KW_TRY(expect_pragma(conn, "PRAGMA journal_mode = WAL", wal, KW_IO, err));
    /* Temporary files, which a change of many rows takes beyond 64 KiB, would hold what
     * secure_delete takes care of, in a folder that a daemon in its sandbox does not reach. */
    KW_TRY(exec(conn, "PRAGMA temp_store = MEMORY", err));
    KW_TRY(exec(conn,
                "PRAGMA synchronous = FULL; PRAGMA secure_delete = ON;"
                "PRAGMA cell_size_check = ON; PRAGMA journal_size_limit = 67108864",
                err));
    KW_TRY(exec(conn, "SELECT count(*) FROM sqlite_schema", err)); /* reads a damaged schema now */
    return conn->role == KW_SQL_READER ? exec(conn, "PRAGMA query_only = ON", err) : KW_OK;
}

static void sqlite_close(kw_sql_conn *base)
{
    sqlite_conn *conn = conn_of(base);
    sqlite_finish(base);
    for (size_t i = 0; i < KW_COUNT(conn->statements.slots); i++) {
        (void)sqlite3_finalize(conn->statements.slots[i].prepared);
        kw_statement_drop(&conn->statements.slots[i]);
    }
    int code = sqlite3_close(conn->db);
    KW_ASSERT(code == SQLITE_OK); /* it refuses only when a statement of ours is left */
    kw_heap_free(conn);
}

static kw_status sqlite_open(kw_sql_conn **out, const char *where, kw_sql_role role, kw_error *err)
{
    sqlite_conn *conn = kw_heap_new(1, sizeof *conn);
    KW_REQUIRE(conn != NULL, err, KW_NO_MEMORY, "no memory for a connection");
    conn->base.driver = &kw_sqlite_driver;
    conn->role = role;
    /* Without CREATE: file.c alone makes files. NOMUTEX: one thread at a time, as driver.h says. */
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE;
    int code = sqlite3_open_v2(where, &conn->db, flags, NULL);
    kw_status st = code == SQLITE_OK ? set_up(conn, err) : kw_sqlite_fail(conn->db, code, err);
    if (st != KW_OK) {
        sqlite_close(&conn->base);
        return st;
    }
    conn->base.lost = KW_OK;
    *out = &conn->base;
    return KW_OK;
}

static kw_status sqlite_check(kw_sql_conn *base, kw_error *err)
{
    sqlite_conn *conn = conn_of(base);
    char ok[] = "ok";
    KW_TRY(expect_pragma(conn, "PRAGMA integrity_check(1)", ok, KW_CORRUPT, err));
    /* A row of four columns per violation, none when all is well. */
    return expect_pragma(conn, "PRAGMA foreign_key_check", ok, KW_CORRUPT, err);
}

const kw_sql_driver kw_sqlite_driver = {
    .prepare = kw_sqlite_file_prepare,
    .open = sqlite_open,
    .close = sqlite_close,
    .control = sqlite_control,
    .script = sqlite_script,
    .start = sqlite_start,
    .step = sqlite_step,
    .finish = sqlite_finish,
    .changed = sqlite_changed,
    .column = sqlite_column,
    .check = sqlite_check,
    .migration_lock = "SELECT 1",
};
