/* SPDX-License-Identifier: Apache-2.0
 * Connecting to PostgreSQL. */
#include "store/postgres/link.h"

#include "os/clock.h"
#include "store/limits.h"
#include "store/postgres/fault.h"

#include <stdio.h>
#include <string.h>

#define NS_PER_MS UINT64_C(1000000)

/* The session: an acknowledged commit is on the disk whatever the server's default is, and nothing
 * hangs for ever. */
#define TEXT_OF(number)  #number
#define DIGITS_OF(macro) TEXT_OF(macro)
static const char session_sql[] =
    "SET synchronous_commit = on;"
    "SET standard_conforming_strings = on;"
    "SET client_min_messages = warning;"
    "SET lock_timeout = " DIGITS_OF(KW_STORE_STATEMENT_MS) ";"
                                                           "SET statement_timeout = " DIGITS_OF(
                                                               KW_STORE_STATEMENT_MS);

/* Text compares by bytes, as in SQLite, only in such a database. */
static const char promises_sql[] = "SELECT pg_encoding_to_char(encoding) = 'UTF8'"
                                   " AND datcollate IN ('C', 'POSIX', 'C.UTF-8', 'C.utf8')"
                                   " AND current_setting('fsync') = 'on'"
                                   " FROM pg_database WHERE datname = current_database()";

/* libpq prints notices to stderr unless told otherwise. */
static void ignore_notice(void *ctx, const char *message)
{
    KW_UNUSED(ctx);
    KW_UNUSED(message);
}

bool kw_postgres_link_is_up(const kw_postgres_link *link)
{
    return link->pg != NULL && PQstatus(link->pg) == CONNECTION_OK;
}

kw_status kw_postgres_link_fail(const kw_postgres_link *link, const PGresult *result, kw_error *err)
{
    const char *state = result == NULL ? NULL : PQresultErrorField(result, PG_DIAG_SQLSTATE);
    const char *text = result == NULL ? NULL : PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
    if (text == NULL) {
        text = link->pg == NULL ? "no memory" : PQerrorMessage(link->pg);
    }
    /* A lost connection overrules what the server said last. */
    kw_status st = kw_postgres_link_is_up(link) ? kw_postgres_status(state) : KW_UNAVAILABLE;
    kw_str line = kw_str_trim(kw_str_of(text));
    return kw_fail(err, st, "PostgreSQL: %.*s (%s)", KW_STR_ARG(line), state == NULL ? "-" : state);
}

kw_status kw_postgres_link_exec(kw_postgres_link *link, const char *sql, kw_error *err)
{
    PGresult *result = PQexec(link->pg, sql);
    ExecStatusType status = PQresultStatus(result);
    kw_status st = KW_OK;
    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK && status != PGRES_EMPTY_QUERY) {
        st = kw_postgres_link_fail(link, result, err);
    } else if (strcmp(sql, "COMMIT") == 0 && strcmp(PQcmdStatus(result), "COMMIT") != 0) {
        /* PostgreSQL answers COMMIT of a failed transaction with a friendly ROLLBACK. */
        st = kw_fail(err, KW_INTERNAL, "PostgreSQL rolled back instead of committing");
    }
    PQclear(result);
    return st;
}

static kw_status check_promises(kw_postgres_link *link, kw_error *err)
{
    PGresult *result = PQexec(link->pg, promises_sql);
    kw_status st = KW_OK;
    if (PQresultStatus(result) != PGRES_TUPLES_OK) {
        st = kw_postgres_link_fail(link, result, err);
    } else if (PQntuples(result) != 1 || strcmp(PQgetvalue(result, 0, 0), "t") != 0) {
        st = kw_fail(err, KW_CONFIG,
                     "the database must be UTF8 with collation C and run with fsync");
    }
    PQclear(result);
    return st;
}

static kw_status connect_once(kw_postgres_link *link, kw_error *err)
{
    /* Words before dbname are defaults that the connection string may change, words after it win.
     * A network that swallows everything is noticed after half a minute, not after hours. */
    static const char *const words[] = {"connect_timeout",
                                        "application_name",
                                        "keepalives_idle",
                                        "keepalives_interval",
                                        "keepalives_count",
                                        "tcp_user_timeout",
                                        "dbname",
                                        "client_encoding",
                                        NULL};
    const char *const values[] = {
        KW_STORE_CONNECT_S, "keyward", "10", "5", "4", DIGITS_OF(KW_STORE_STATEMENT_MS),
        link->where,        "UTF8",    NULL};
    link->pg = PQconnectdbParams(words, values, 1);
    if (!kw_postgres_link_is_up(link)) {
        return kw_postgres_link_fail(link, NULL, err);
    }
    (void)PQsetNoticeProcessor(link->pg, ignore_notice, NULL);
    KW_TRY(kw_postgres_link_exec(link, session_sql, err));
    return check_promises(link, err);
}

kw_status kw_postgres_link_up(kw_postgres_link *link, kw_error *err)
{
    if (kw_postgres_link_is_up(link)) {
        return KW_OK;
    }
    kw_postgres_link_down(link);
    KW_REQUIRE(kw_monotonic_ns() >= link->retry_at_ns, err, KW_UNAVAILABLE,
               "PostgreSQL is away; the next attempt waits");
    kw_status st = connect_once(link, err);
    if (st == KW_OK) {
        link->backoff_ms = 0;
        return KW_OK;
    }
    kw_postgres_link_down(link);
    uint32_t doubled = KW_MIN(link->backoff_ms * 2, KW_STORE_BACKOFF_MS_MAX);
    link->backoff_ms = KW_MAX(doubled, KW_STORE_BACKOFF_MS_MIN);
    link->retry_at_ns = kw_monotonic_ns() + link->backoff_ms * NS_PER_MS;
    return st;
}

void kw_postgres_link_down(kw_postgres_link *link)
{
    PQfinish(link->pg);
    link->pg = NULL;
}
