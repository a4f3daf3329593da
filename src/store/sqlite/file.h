/* SPDX-License-Identifier: Apache-2.0
 * The database file itself: made once, as a whole, and never over something else. */
#ifndef KW_STORE_SQLITE_FILE_H
#define KW_STORE_SQLITE_FILE_H

#include "store/store.h"

/* "kwst", in the header of each SQLite file that is a store of ours. */
#define KW_SQLITE_APPLICATION_ID 0x6b777374

/* Makes `options->where` ready to be opened. A missing file is created if asked: an empty database
 * with our application id appears by one atomic rename, so that a file that is there, but empty or
 * short, is always damage and never a half-made store. Statuses as kw_store_open. */
KW_MUST_USE kw_status kw_sqlite_file_prepare(const kw_store_options *options, kw_error *err);

#endif /* KW_STORE_SQLITE_FILE_H */
