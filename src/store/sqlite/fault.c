/* SPDX-License-Identifier: Apache-2.0
 * Result codes: https://www.sqlite.org/rescode.html */
#include "store/sqlite/fault.h"

#include "os/oserror.h"

typedef struct code_row {
    int code;
    kw_status st;
} code_row;

/* Extended codes first: they refine a primary one below. */
static const code_row code_rows[] = {
    {SQLITE_CONSTRAINT_CHECK, KW_REFUSED},   {SQLITE_CONSTRAINT_NOTNULL, KW_REFUSED},
    {SQLITE_CONSTRAINT_TRIGGER, KW_REFUSED}, {SQLITE_IOERR_NOMEM, KW_NO_MEMORY},
    {SQLITE_IOERR_CORRUPTFS, KW_CORRUPT},
};

static const code_row primary_rows[] = {
    {SQLITE_CONSTRAINT, KW_CONFLICT},
    {SQLITE_BUSY, KW_BUSY},
    {SQLITE_LOCKED, KW_BUSY},
    {SQLITE_FULL, KW_NO_SPACE},
    {SQLITE_IOERR, KW_IO},
    {SQLITE_CANTOPEN, KW_IO},
    {SQLITE_CORRUPT, KW_CORRUPT},
    {SQLITE_NOTADB, KW_CORRUPT},
    {SQLITE_NOMEM, KW_NO_MEMORY},
    {SQLITE_TOOBIG, KW_LIMIT},
    {SQLITE_MISMATCH, KW_REFUSED},
    {SQLITE_INTERRUPT, KW_CANCELLED},
    {SQLITE_PROTOCOL, KW_BUSY},
};

static kw_status row_of(const code_row *rows, size_t count, int code, kw_status otherwise)
{
    for (size_t i = 0; i < count; i++) {
        if (rows[i].code == code) {
            return rows[i].st;
        }
    }
    return otherwise;
}

kw_status kw_sqlite_status(int code, kw_status os)
{
    kw_status st = row_of(code_rows, KW_COUNT(code_rows), code, KW_OK);
    if (st == KW_OK) {
        st = row_of(primary_rows, KW_COUNT(primary_rows), code & 0xff, KW_INTERNAL);
    }
    /* SQLite names ENOSPC alone SQLITE_FULL; a quota or a file size limit is a write error. */
    return st == KW_IO && os == KW_NO_SPACE ? KW_NO_SPACE : st;
}

bool kw_sqlite_status_is_final(kw_status st)
{
    return st == KW_NO_SPACE || st == KW_IO || st == KW_CORRUPT;
}

kw_status kw_sqlite_fail(sqlite3 *db, int code, kw_error *err)
{
    /* Not sqlite3_system_errno: a failing COMMIT leaves it as it was. */
    kw_status st = kw_sqlite_status(code, kw_fail_errno(NULL, "SQLite"));
    const char *text = db == NULL ? sqlite3_errstr(code) : sqlite3_errmsg(db);
    return kw_fail(err, st, "SQLite: %s (%d)", text, code);
}
