/* SPDX-License-Identifier: Apache-2.0
 * The SQL contract on one PostgreSQL connection. */
#include "store/postgres/postgres.h"

#include "base/heap.h"
#include "store/limits.h"
#include "store/postgres/fault.h"
#include "store/postgres/link.h"
#include "store/postgres/value.h"
#include "store/statements.h"

#include <stdio.h>
#include <string.h>

typedef struct postgres_conn {
    kw_sql_conn base; /* first: a kw_sql_conn * is a postgres_conn * */
    kw_postgres_link link;
    kw_sql_role role;
    kw_statements statements; /* the slot's number is the statement's name on the server */
    bool is_running;          /* a result is not yet read to its end */
    PGresult *row;            /* the present row; NULL: none */
    uint64_t changed;
} postgres_conn;

/* "s0" .. "s63". */
typedef struct statement_name {
    char text[8];
} statement_name;

static postgres_conn *conn_of(kw_sql_conn *conn)
{
    return (postgres_conn *)conn;
}

static kw_status note(postgres_conn *conn, kw_status st)
{
    if (kw_postgres_status_is_final(st)) {
        conn->base.lost = st;
    }
    return st;
}

static kw_status exec(postgres_conn *conn, const char *sql, kw_error *err)
{
    return note(conn, kw_postgres_link_exec(&conn->link, sql, err));
}

/* What the server prepared dies with the connection. */
static void forget_statements(postgres_conn *conn)
{
    for (size_t i = 0; i < KW_COUNT(conn->statements.slots); i++) {
        kw_statement_drop(&conn->statements.slots[i]);
    }
}

/* Statements. */

static statement_name name_of(const postgres_conn *conn, const kw_statement *slot)
{
    statement_name name = {0};
    (void)snprintf(name.text, sizeof name.text, "s%u",
                   (unsigned)(slot - conn->statements.slots) & 0xffU);
    return name;
}

static kw_status make_room(postgres_conn *conn, kw_statement *slot, kw_error *err)
{
    if (slot->used_at == 0) {
        return KW_OK;
    }
    char sql[32];
    (void)snprintf(sql, sizeof sql, "DEALLOCATE %s", name_of(conn, slot).text);
    KW_TRY(exec(conn, sql, err));
    kw_statement_drop(slot);
    return KW_OK;
}

static kw_status prepare_statement(postgres_conn *conn, statement_name *out, const char *sql,
                                   kw_sql_args args, kw_error *err)
{
    kw_statement *slot = kw_statements_find(&conn->statements, sql, args);
    if (slot != NULL) {
        *out = name_of(conn, slot);
        return KW_OK;
    }
    slot = kw_statements_victim(&conn->statements);
    KW_TRY(make_room(conn, slot, err));
    kw_status filled = kw_statements_fill(&conn->statements, slot, sql, args, NULL);
    KW_REQUIRE(filled == KW_OK, err, filled, "no memory for a statement");
    Oid types[KW_STORE_ARGS_MAX];
    for (size_t i = 0; i < args.count; i++) {
        types[i] = kw_postgres_type_of(args.items[i].kind);
    }
    statement_name name = name_of(conn, slot);
    PGresult *result = PQprepare(conn->link.pg, name.text, sql, (int)args.count, types);
    kw_status st = KW_OK;
    if (PQresultStatus(result) != PGRES_COMMAND_OK) {
        st = note(conn, kw_postgres_link_fail(&conn->link, result, err));
        kw_statement_drop(slot);
    }
    PQclear(result);
    *out = name;
    return st;
}

static kw_status send(postgres_conn *conn, const statement_name *name, kw_sql_args args,
                      kw_error *err)
{
    kw_postgres_params params;
    kw_postgres_params_fill(&params, args);
    int sent = PQsendQueryPrepared(conn->link.pg, name->text, (int)args.count, params.values,
                                   params.lengths, params.formats, KW_POSTGRES_BINARY);
    if (sent == 0 || PQsetSingleRowMode(conn->link.pg) == 0) {
        return note(conn, kw_postgres_link_fail(&conn->link, NULL, err));
    }
    conn->is_running = true;
    return KW_OK;
}

static kw_status postgres_start(kw_sql_conn *base, const char *sql, kw_sql_args args, kw_error *err)
{
    postgres_conn *conn = conn_of(base);
    KW_ASSERT(!conn->is_running);
    conn->changed = 0;
    statement_name name = {0};
    KW_TRY(prepare_statement(conn, &name, sql, args, err));
    return send(conn, &name, args, err);
}

static void postgres_finish(kw_sql_conn *base)
{
    postgres_conn *conn = conn_of(base);
    PQclear(conn->row);
    conn->row = NULL;
    while (conn->is_running) {
        PGresult *rest = PQgetResult(conn->link.pg);
        conn->is_running = rest != NULL;
        PQclear(rest);
    }
}

/* Rows that the command changed; a SELECT reports the rows that it read, which is something else.
 * */
static uint64_t changed_by(PGresult *result)
{
    uint64_t count = 0;
    if (strncmp(PQcmdStatus(result), "SELECT", 6) == 0 ||
        !kw_str_to_u64(kw_str_of(PQcmdTuples(result)), UINT64_MAX, &count)) {
        return 0;
    }
    return count;
}

static kw_status postgres_step(kw_sql_conn *base, kw_error *err)
{
    postgres_conn *conn = conn_of(base);
    PQclear(conn->row);
    conn->row = PQgetResult(conn->link.pg);
    ExecStatusType status = PQresultStatus(conn->row);
    if (status == PGRES_SINGLE_TUPLE) {
        return KW_OK;
    }
    kw_status st = KW_END;
    if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK) {
        conn->changed = changed_by(conn->row);
    } else {
        st = note(conn, kw_postgres_link_fail(&conn->link, conn->row, err));
    }
    postgres_finish(base);
    return st;
}

static uint64_t postgres_changed(const kw_sql_conn *base)
{
    return ((const postgres_conn *)base)->changed;
}

static kw_status postgres_column(kw_sql_conn *base, kw_sql_value *out, size_t column, kw_error *err)
{
    const PGresult *row = conn_of(base)->row;
    KW_REQUIRE(column < (size_t)PQnfields(row), err, KW_INTERNAL, "no column %zu", column);
    int at = (int)column;
    if (PQgetisnull(row, 0, at) != 0) {
        *out = kw_sql_null();
        return KW_OK;
    }
    kw_span bytes = {(const uint8_t *)PQgetvalue(row, 0, at), (size_t)PQgetlength(row, 0, at)};
    kw_status st = kw_postgres_value_of(out, PQftype(row, at), bytes);
    KW_REQUIRE(st == KW_OK, err, st, "column %zu has a type outside BIGINT, TEXT, BYTEA", column);
    return KW_OK;
}

/* Transactions. */

static const char *begin_of(kw_sql_role role)
{
    switch (role) {
    case KW_SQL_READER:
        return "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
    case KW_SQL_WRITER:
        /* A row that another node changed meanwhile is a CONFLICT, never a lost update. */
        return "BEGIN ISOLATION LEVEL REPEATABLE READ READ WRITE; SAVEPOINT op";
    case KW_SQL_MIGRATOR:
        /* After the wait for the lock it must see what the lock's last holder did. */
        return "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE";
    }
    return NULL;
}

static kw_status begin(postgres_conn *conn, kw_error *err)
{
    bool was_up = kw_postgres_link_is_up(&conn->link);
    if (!was_up) {
        forget_statements(conn);
    }
    KW_TRY(kw_postgres_link_up(&conn->link, err));
    conn->base.lost = KW_OK;
    kw_status st = exec(conn, begin_of(conn->role), err);
    if (st == KW_UNAVAILABLE && was_up) {
        /* The server went away while we were idle. Nothing was done yet: one new start is safe.
         * libpq may still show its last words and not yet the end of the connection. */
        kw_postgres_link_down(&conn->link);
        forget_statements(conn);
        KW_TRY(kw_postgres_link_up(&conn->link, err));
        conn->base.lost = KW_OK;
        st = exec(conn, begin_of(conn->role), err);
    }
    return st;
}

static kw_status postgres_control(kw_sql_conn *base, kw_sql_verb verb, kw_error *err)
{
    postgres_conn *conn = conn_of(base);
    switch (verb) {
    case KW_SQL_BEGIN:
        return begin(conn, err);
    case KW_SQL_COMMIT:
        return exec(conn, "COMMIT", err);
    case KW_SQL_ROLLBACK:
        return exec(conn, "ROLLBACK", err);
    case KW_SQL_KEEP:
        return exec(conn, "RELEASE op; SAVEPOINT op", err);
    case KW_SQL_UNDO:
        return exec(conn, "ROLLBACK TO op", err);
    }
    return KW_INTERNAL;
}

static kw_status postgres_script(kw_sql_conn *base, const char *sql, kw_error *err)
{
    return exec(conn_of(base), sql, err);
}

/* Open and close. */

static kw_status postgres_prepare(const kw_store_options *options, kw_error *err)
{
    char *reason = NULL;
    PQconninfoOption *words = PQconninfoParse(options->where, &reason);
    bool is_valid = words != NULL;
    PQconninfoFree(words);
    PQfreemem(reason); /* not shown: it may quote a password */
    KW_REQUIRE(is_valid, err, KW_CONFIG, "not a libpq connection string");
    return KW_OK;
}

static void postgres_close(kw_sql_conn *base)
{
    postgres_conn *conn = conn_of(base);
    postgres_finish(base);
    forget_statements(conn);
    kw_postgres_link_down(&conn->link);
    kw_heap_free(conn);
}

static kw_status postgres_open(kw_sql_conn **out, const char *where, kw_sql_role role,
                               kw_error *err)
{
    postgres_conn *conn = kw_heap_new(1, sizeof *conn);
    KW_REQUIRE(conn != NULL, err, KW_NO_MEMORY, "no memory for a connection");
    conn->base.driver = &kw_postgres_driver;
    conn->link.where = where;
    conn->role = role;
    kw_status st = kw_postgres_link_up(&conn->link, err);
    if (st != KW_OK) {
        postgres_close(&conn->base);
        return st;
    }
    *out = &conn->base;
    return KW_OK;
}

static kw_status postgres_check(kw_sql_conn *base, kw_error *err)
{
    static const char sql[] = "SELECT COALESCE(checksum_failures, 0) FROM pg_stat_database"
                              " WHERE datname = current_database()";
    KW_TRY(postgres_start(base, sql, KW_SQL_NO_ARGS, err));
    kw_sql_value failures = {0};
    kw_status st = postgres_step(base, err);
    if (st == KW_OK) {
        st = postgres_column(base, &failures, 0, err);
    }
    postgres_finish(base);
    KW_REQUIRE(st != KW_END, err, KW_INTERNAL, "PostgreSQL does not know its own database");
    KW_REQUIRE(st != KW_OK || failures.number == 0, err, KW_CORRUPT,
               "PostgreSQL has met pages with a wrong checksum");
    return st;
}

const kw_sql_driver kw_postgres_driver = {
    .prepare = postgres_prepare,
    .open = postgres_open,
    .close = postgres_close,
    .control = postgres_control,
    .script = postgres_script,
    .start = postgres_start,
    .step = postgres_step,
    .finish = postgres_finish,
    .changed = postgres_changed,
    .column = postgres_column,
    .check = postgres_check,
    /* The number is "kwst" and the word's meaning: taken by migrations, freed at the commit. */
    .migration_lock = "SELECT pg_advisory_xact_lock(1802990452)",
};
