/* SPDX-License-Identifier: Apache-2.0
 * One SQL text for SQLite 3.40 and PostgreSQL 15: statements, typed arguments, typed columns.
 *
 * The common language, for whoever writes SQL here:
 *  - Column types are BIGINT, TEXT and BYTEA, nothing else. PostgreSQL enforces them; in SQLite
 *    BYTEA is a word without meaning that leaves blobs as they are (its NUMERIC affinity converts
 *    text alone), and the typed getters below refuse a value of another kind.
 *  - Arguments are $1 .. $32. ON CONFLICT, RETURNING, EXISTS, COALESCE, LIMIT, FOREIGN KEY, CHECK
 *    and partial indexes mean the same in both. TEXT and BYTEA compare by bytes in both.
 *  - SUM of BIGINT needs CAST(... AS BIGINT). Literals of bytes differ: pass an argument. A NULL
 *    argument has no type of its own: give it only where a column says what it is.
 *  - Not in the language: AUTOINCREMENT, SERIAL, STRICT, dates, DEFERRABLE (it fails at the commit,
 *    with the whole batch).
 *  - Names: <area>_<noun>, lower case. */
#ifndef KW_STORE_SQL_H
#define KW_STORE_SQL_H

#include "base/error.h"
#include "base/span.h"

/* A transaction, handed to a kw_store_fn for the time of its call. */
typedef struct kw_tx kw_tx;

typedef enum kw_sql_kind {
    KW_SQL_NULL = 0,
    KW_SQL_INT = 1,
    KW_SQL_TEXT = 2,
    KW_SQL_BLOB = 3,
} kw_sql_kind;

/* An argument or a column. Text and blob are borrowed. */
typedef struct kw_sql_value {
    kw_sql_kind kind;
    int64_t number; /* KW_SQL_INT */
    kw_span bytes;  /* KW_SQL_TEXT: UTF-8 without NUL; KW_SQL_BLOB */
} kw_sql_value;

typedef struct kw_sql_args {
    const kw_sql_value *items;
    size_t count;
} kw_sql_args;

/* $1, $2, ... in this order: KW_SQL_ARGS(kw_sql_text(id), kw_sql_int(version)); lives as long as
 * the enclosing block. */
#define KW_SQL_ARGS(...)                                \
    ((kw_sql_args){(const kw_sql_value[]){__VA_ARGS__}, \
                   sizeof((const kw_sql_value[]){__VA_ARGS__}) / sizeof(kw_sql_value)})
#define KW_SQL_NO_ARGS ((kw_sql_args){NULL, 0})

static inline kw_sql_value kw_sql_int(int64_t number)
{
    return (kw_sql_value){.kind = KW_SQL_INT, .number = number};
}

static inline kw_sql_value kw_sql_text(kw_str text)
{
    return (kw_sql_value){.kind = KW_SQL_TEXT, .bytes = kw_span_of_str(text)};
}

static inline kw_sql_value kw_sql_blob(kw_span bytes)
{
    return (kw_sql_value){.kind = KW_SQL_BLOB, .bytes = bytes};
}

static inline kw_sql_value kw_sql_null(void)
{
    return (kw_sql_value){.kind = KW_SQL_NULL};
}

/* Every statement may fail with these. A failed statement spoils its transaction: later ones return
 * the same status and the write is rolled back even when its function returns KW_OK, in both
 * back-ends.
 *   CONFLICT   a unique or foreign key, or a concurrent change of the same rows
 *   REFUSED    a CHECK or NOT NULL
 *   BAD_INPUT  text with a NUL byte or invalid UTF-8 (PostgreSQL); a value that is too long: LIMIT
 *   BUSY, TIMED_OUT, UNAVAILABLE, NO_SPACE, IO, CORRUPT, NO_MEMORY
 *   INTERNAL   the SQL text itself is wrong, or a read tried to write */

/* Runs a statement to its end and drops its rows. `out_changed` (may be NULL): rows that were
 * inserted, updated or deleted. No cursor may be open. */
KW_MUST_USE kw_status kw_sql_run(kw_tx *tx, uint64_t *out_changed, const char *sql,
                                 kw_sql_args args, kw_error *err);

/* A cursor. `KW_AUTO(kw_rows) rows = {0};` closes it on every way out. One is open at a time in a
 * transaction, and no other statement runs until it is closed or at its end. */
typedef struct kw_rows {
    kw_tx *tx;   /* NULL: closed */
    bool on_row; /* the last kw_rows_next returned KW_OK */
} kw_rows;

/* Starts a statement that gives rows. `out` is closed before. `args` may die after the call. */
KW_MUST_USE kw_status kw_sql_query(kw_tx *tx, kw_rows *out, const char *sql, kw_sql_args args,
                                   kw_error *err);

/* Like kw_sql_query, and goes to the first row. NOT_FOUND (which spoils nothing): there is none. */
KW_MUST_USE kw_status kw_sql_query_one(kw_tx *tx, kw_rows *out, const char *sql, kw_sql_args args,
                                       kw_error *err);

/* Goes to the next row. END: there is none; the cursor is then closed. */
KW_MUST_USE kw_status kw_rows_next(kw_rows *rows, kw_error *err);

/* Closes. May run twice. */
void kw_rows_drop(kw_rows *rows);

/* Columns of the present row, counted from 0. CORRUPT: NULL, or a value of another kind. Text and
 * bytes are borrowed until the next kw_rows_next or drop. */
KW_MUST_USE kw_status kw_rows_int(kw_rows *rows, int64_t *out, size_t column, kw_error *err);
KW_MUST_USE kw_status kw_rows_text(kw_rows *rows, kw_str *out, size_t column, kw_error *err);
KW_MUST_USE kw_status kw_rows_blob(kw_rows *rows, kw_span *out, size_t column, kw_error *err);

/* Copies a blob of exactly out.len bytes. CORRUPT: another length too. */
KW_MUST_USE kw_status kw_rows_blob_into(kw_rows *rows, kw_mspan out, size_t column, kw_error *err);

bool kw_rows_is_null(kw_rows *rows, size_t column);

#endif /* KW_STORE_SQL_H */
