/* SPDX-License-Identifier: Apache-2.0
 * Opening, reading, writing. */
#include "store/store.h"

#include "base/heap.h"
#include "store/instance.h"
#include "store/limits.h"
#include "store/postgres/postgres.h"
#include "store/sqlite/sqlite.h"

const kw_sql_driver *kw_sql_driver_of(kw_store_backend backend)
{
    switch (backend) {
    case KW_STORE_SQLITE:
        return &kw_sqlite_driver;
    case KW_STORE_POSTGRES:
        return &kw_postgres_driver;
    }
    return NULL;
}

kw_status kw_store_options_of_url(kw_store_options *out, const char *url, kw_error *err)
{
    static const char file[] = "sqlite:";
    kw_str text = kw_str_of(url);
    if (kw_str_starts_with(text, kw_str_of(file)) && text.len > sizeof file - 1) {
        *out = (kw_store_options){
            .backend = KW_STORE_SQLITE, .where = url + sizeof file - 1, .create = true};
        return KW_OK;
    }
    KW_REQUIRE(kw_str_starts_with(text, KW_STR("postgresql://")) ||
                   kw_str_starts_with(text, KW_STR("postgres://")),
               err, KW_CONFIG, "a store is sqlite:PATH or postgresql://...");
    *out = (kw_store_options){.backend = KW_STORE_POSTGRES, .where = url};
    return KW_OK;
}

static kw_status check_options(const kw_store_options *options, kw_error *err)
{
    KW_REQUIRE(kw_sql_driver_of(options->backend) != NULL, err, KW_CONFIG, "no such kind of store");
    KW_REQUIRE(options->where != NULL && options->where[0] != '\0', err, KW_CONFIG,
               "the store has no path or connection string");
    KW_REQUIRE(strlen(options->where) <= KW_STORE_WHERE_BYTES_MAX, err, KW_CONFIG,
               "the store's path or connection string is too long");
    KW_REQUIRE(options->readers_max <= KW_STORE_READERS_MAX, err, KW_CONFIG,
               "a store has at most %d read connections", KW_STORE_READERS_MAX);
    return KW_OK;
}

/* Fills an all-zero store; what is filled when it fails is freed by kw_store_free. */
static kw_status fill(kw_store *store, const kw_store_options *options, kw_error *err)
{
    const kw_sql_driver *driver = kw_sql_driver_of(options->backend);
    store->backend = options->backend;
    store->where = kw_heap_copy_text(options->where);
    KW_REQUIRE(store->where != NULL, err, KW_NO_MEMORY, "no memory for a store");
    KW_TRY(driver->prepare(options, err));
    uint32_t readers = options->readers_max == 0 ? KW_STORE_READERS_DEFAULT : options->readers_max;
    KW_TRY(kw_pool_init(&store->readers, driver, store->where, readers, err));
    kw_sql_conn *conn = NULL;
    KW_TRY(driver->open(&conn, store->where, KW_SQL_WRITER, err));
    return kw_store_writer_start(&store->writer, conn, err);
}

kw_status kw_store_open(kw_store **out, const kw_store_options *options, kw_error *err)
{
    KW_TRY(check_options(options, err));
    KW_AUTO_PTR(kw_store) store = kw_heap_new(1, sizeof *store);
    KW_REQUIRE(store != NULL, err, KW_NO_MEMORY, "no memory for a store");
    KW_TRY_AT(err, fill(store, options, err), "opening the store");
    *out = store;
    store = NULL;
    return KW_OK;
}

void kw_store_free(kw_store *store)
{
    if (store == NULL) {
        return;
    }
    kw_store_writer_drop(&store->writer);
    kw_pool_drop(&store->readers);
    kw_heap_free(store->where);
    kw_heap_free(store);
}

kw_store_backend kw_store_backend_of(const kw_store *store)
{
    return store->backend;
}

kw_store_counts kw_store_count(kw_store *store)
{
    KW_AUTO(kw_locked) hold = kw_lock(&store->writer.lock);
    return store->writer.counts;
}

/* Reads. */

static kw_status read_on(kw_sql_conn *conn, kw_store_fn fn, void *ctx, kw_error *err)
{
    KW_TRY(conn->driver->control(conn, KW_SQL_BEGIN, err));
    kw_status st = kw_tx_run(conn, fn, ctx, err);
    /* Nothing was written, so nothing is kept; when even this fails, the next BEGIN sees to it. */
    kw_status undone = conn->driver->control(conn, KW_SQL_ROLLBACK, NULL);
    KW_UNUSED(undone);
    return st;
}

kw_status kw_store_read(kw_store *store, kw_store_fn fn, void *ctx, kw_error *err)
{
    KW_ASSERT(!kw_store_writer_is_here(&store->writer));
    kw_sql_conn *conn = NULL;
    KW_TRY(kw_pool_borrow(&store->readers, &conn, err));
    kw_status st = read_on(conn, fn, ctx, err);
    kw_pool_return(&store->readers, conn);
    return st;
}

static kw_status check(kw_tx *tx, void *ctx, kw_error *err)
{
    KW_UNUSED(ctx);
    return tx->conn->driver->check(tx->conn, err);
}

kw_status kw_store_check(kw_store *store, kw_error *err)
{
    return kw_store_read(store, check, NULL, err);
}

/* Writes. */

typedef struct waiter {
    kw_mutex lock;
    kw_cond settled;
    bool is_settled;
    kw_status st;
    kw_store_fn fn;
    void *ctx;
    kw_error *err; /* may be NULL */
} waiter;

static kw_status run_for_waiter(kw_tx *tx, void *ctx, kw_error *err)
{
    waiter *w = ctx;
    return w->fn(tx, w->ctx, err);
}

static void wake(void *ctx, kw_status st, const kw_error *err)
{
    waiter *w = ctx;
    KW_AUTO(kw_locked) hold = kw_lock(&w->lock);
    w->st = st;
    w->is_settled = true;
    if (st != KW_OK && w->err != NULL) {
        *w->err = *err;
    }
    kw_cond_signal(&w->settled); /* under the lock: the waiter's stack may go right after it */
}

kw_status kw_store_write(kw_store *store, kw_store_fn fn, void *ctx, kw_error *err)
{
    KW_ASSERT(!kw_store_writer_is_here(&store->writer)); /* it would wait for itself */
    waiter w = {.fn = fn, .ctx = ctx, .err = err};
    kw_write write = {.fn = run_for_waiter, .done = wake, .ctx = &w};
    KW_TRY(kw_store_writer_queue(&store->writer, &write, err));
    KW_AUTO(kw_locked) hold = kw_lock(&w.lock);
    while (!w.is_settled) {
        kw_cond_wait(&w.settled, &w.lock);
    }
    return w.st;
}

kw_status kw_store_write_async(kw_store *store, kw_store_fn fn, kw_store_done done, void *ctx,
                               kw_error *err)
{
    kw_write *write = kw_heap_new(1, sizeof *write);
    KW_REQUIRE(write != NULL, err, KW_NO_MEMORY, "no memory for a write");
    *write = (kw_write){.fn = fn, .done = done, .ctx = ctx, .is_owned = true};
    kw_status st = kw_store_writer_queue(&store->writer, write, err);
    if (st != KW_OK) {
        kw_heap_free(write);
    }
    return st;
}
