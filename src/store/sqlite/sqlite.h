/* SPDX-License-Identifier: Apache-2.0
 * SQLite 3.40 as a back-end: write-ahead log, fsync on each commit, foreign keys on. */
#ifndef KW_STORE_SQLITE_SQLITE_H
#define KW_STORE_SQLITE_SQLITE_H

#include "store/driver.h"

extern const kw_sql_driver kw_sqlite_driver;

#endif /* KW_STORE_SQLITE_SQLITE_H */
