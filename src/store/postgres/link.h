/* SPDX-License-Identifier: Apache-2.0
 * One libpq connection that may be lost and made again, with a back-off in between. */
#ifndef KW_STORE_POSTGRES_LINK_H
#define KW_STORE_POSTGRES_LINK_H

#include "store/driver.h"

#include <libpq-fe.h>

/* All-zero but for `where` is a link that was never up. One thread at a time. */
typedef struct kw_postgres_link {
    const char *where;    /* borrowed connection string */
    PGconn *pg;           /* NULL: down */
    uint64_t retry_at_ns; /* kw_monotonic_ns() before which no attempt is made */
    uint32_t backoff_ms;  /* wait after the next failure; 0: none has failed */
} kw_postgres_link;

/* Goes up when down: connects, sets the session, checks that the database keeps our promises.
 * UNAVAILABLE: cannot be reached, or the back-off runs. CONFIG: the database is not UTF8 with
 * collation C, or runs with fsync off. */
KW_MUST_USE kw_status kw_postgres_link_up(kw_postgres_link *link, kw_error *err);

/* Disconnects. May run twice. */
void kw_postgres_link_down(kw_postgres_link *link);

/* True when the connection is there and not known to be broken. */
bool kw_postgres_link_is_up(const kw_postgres_link *link);

/* Fills `err` with the failure of `result` (NULL: of the connection) and returns its status. */
KW_MUST_USE kw_status kw_postgres_link_fail(const kw_postgres_link *link, const PGresult *result,
                                            kw_error *err);

/* Runs one text by the simple protocol; a failure has its status, the result is dropped. */
KW_MUST_USE kw_status kw_postgres_link_exec(kw_postgres_link *link, const char *sql, kw_error *err);

#endif /* KW_STORE_POSTGRES_LINK_H */
