/* SPDX-License-Identifier: Apache-2.0
 * SQLite's result codes as statuses of the house. */
#ifndef KW_STORE_SQLITE_FAULT_H
#define KW_STORE_SQLITE_FAULT_H

#include "base/error.h"

#include <sqlite3.h>

/* The status of an extended result code other than SQLITE_OK, SQLITE_ROW and SQLITE_DONE.
 * `os`: what errno says, which tells a full disk from a broken one. */
KW_MUST_USE kw_status kw_sqlite_status(int code, kw_status os);

/* True when the code means that the transaction cannot go on, whatever the statement was. */
bool kw_sqlite_status_is_final(kw_status st);

/* Fills `err` from the connection's last error; call it on the line after the failed call. */
KW_MUST_USE kw_status kw_sqlite_fail(sqlite3 *db, int code, kw_error *err);

#endif /* KW_STORE_SQLITE_FAULT_H */
