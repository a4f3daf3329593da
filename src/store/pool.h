/* SPDX-License-Identifier: Apache-2.0
 * Read connections that threads borrow, private to store/. */
#ifndef KW_STORE_POOL_H
#define KW_STORE_POOL_H

#include "os/thread.h"
#include "store/driver.h"

/* Any thread may call; `lock` guards everything that changes. */
typedef struct kw_pool {
    kw_mutex lock;
    kw_cond freed; /* signalled when a connection comes back or an attempt to open one failed */
    const kw_sql_driver *driver;
    const char *where;  /* borrowed */
    kw_sql_conn **idle; /* owned array of `max`; the first `idle_count` wait for work */
    uint32_t idle_count;
    uint32_t open_count; /* idle, borrowed, or being opened; <= max */
    uint32_t max;
} kw_pool;

/* Opens nothing yet. NO_MEMORY. */
KW_MUST_USE kw_status kw_pool_init(kw_pool *pool, const kw_sql_driver *driver, const char *where,
                                   uint32_t max, kw_error *err);

/* Closes; nothing may be borrowed. Takes an all-zero pool. */
void kw_pool_drop(kw_pool *pool);

/* An idle connection, else a new one, else waits for one. BUSY: none in KW_STORE_READ_WAIT_MS. */
KW_MUST_USE kw_status kw_pool_borrow(kw_pool *pool, kw_sql_conn **out, kw_error *err);

void kw_pool_return(kw_pool *pool, kw_sql_conn *conn);

#endif /* KW_STORE_POOL_H */
