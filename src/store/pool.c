/* SPDX-License-Identifier: Apache-2.0
 * The pool of read connections. The one used last is lent first: its caches are warm, and what a
 * quiet store does not need stays idle. */
#include "store/pool.h"

#include "base/heap.h"
#include "os/clock.h"
#include "store/limits.h"

#define NS_PER_MS UINT64_C(1000000)

kw_status kw_pool_init(kw_pool *pool, const kw_sql_driver *driver, const char *where, uint32_t max,
                       kw_error *err)
{
    kw_sql_conn **idle = kw_heap_new(max, sizeof(kw_sql_conn *));
    KW_REQUIRE(idle != NULL, err, KW_NO_MEMORY, "no memory for %u read connections", max);
    *pool = (kw_pool){.driver = driver, .where = where, .idle = idle, .max = max};
    return KW_OK;
}

void kw_pool_drop(kw_pool *pool)
{
    KW_ASSERT(pool->open_count == pool->idle_count);
    for (uint32_t i = 0; i < pool->idle_count; i++) {
        pool->driver->close(pool->idle[i]);
    }
    kw_heap_free(pool->idle);
    *pool = (kw_pool){0};
}

/* True: `*out` is an idle connection, or NULL for the permission to open one. False: too late. */
static bool take_turn(kw_pool *pool, kw_sql_conn **out)
{
    uint64_t deadline = kw_monotonic_ns() + KW_STORE_READ_WAIT_MS * NS_PER_MS;
    KW_AUTO(kw_locked) hold = kw_lock(&pool->lock);
    while (pool->idle_count == 0 && pool->open_count == pool->max) {
        if (!kw_cond_wait_until(&pool->freed, &pool->lock, deadline)) {
            return false;
        }
    }
    *out = NULL;
    if (pool->idle_count > 0) {
        *out = pool->idle[--pool->idle_count];
    } else {
        pool->open_count++;
    }
    return true;
}

kw_status kw_pool_borrow(kw_pool *pool, kw_sql_conn **out, kw_error *err)
{
    kw_sql_conn *conn = NULL;
    KW_REQUIRE(take_turn(pool, &conn), err, KW_BUSY, "no read connection came free");
    if (conn == NULL) {
        kw_status st = pool->driver->open(&conn, pool->where, KW_SQL_READER, err);
        if (st != KW_OK) {
            KW_AUTO(kw_locked) hold = kw_lock(&pool->lock);
            pool->open_count--;
            kw_cond_signal(&pool->freed);
            return st;
        }
    }
    *out = conn;
    return KW_OK;
}

void kw_pool_return(kw_pool *pool, kw_sql_conn *conn)
{
    KW_AUTO(kw_locked) hold = kw_lock(&pool->lock);
    pool->idle[pool->idle_count++] = conn;
    kw_cond_signal(&pool->freed);
}
