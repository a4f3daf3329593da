/* SPDX-License-Identifier: Apache-2.0
 * Durable writes per second of group commit at 1 and 64 clients, beside the fdatasyncs per second
 * of the same disk in the same run. Prints one JSON object a line. */
#include "os/append_file.h"
#include "os/clock.h"
#include "os/thread.h"
#include "support/expect.h"
#include "support/stores.h"

#include <stdatomic.h>
#include <stdio.h>

enum {
    CLIENTS_MAX = 64,
    ROUND_MS = 1500,
    NS_PER_MS = 1000000,
};

typedef struct load {
    kw_store *store;
    uint64_t stop_at_ns;
    _Atomic int64_t next_id;
    _Atomic uint64_t writes;
} load;

static kw_status insert(kw_tx *tx, void *ctx, kw_error *err)
{
    static const uint8_t body[64] = {0};
    const int64_t *id = ctx;
    return kw_sql_run(tx, NULL, "INSERT INTO item (id, body) VALUES ($1, $2)",
                      KW_SQL_ARGS(kw_sql_int(*id), kw_sql_blob(KW_SPAN(body))), err);
}

static void write_often(void *ctx)
{
    load *l = ctx;
    while (kw_monotonic_ns() < l->stop_at_ns) {
        int64_t id = atomic_fetch_add(&l->next_id, 1);
        KW_ASSERT(kw_store_write(l->store, insert, &id, NULL) == KW_OK);
        (void)atomic_fetch_add(&l->writes, 1);
    }
}

/* Writes per second of `clients` threads, and how many shared a commit. */
static double measure_store(load *l, size_t clients, double *out_per_commit)
{
    kw_thread threads[CLIENTS_MAX] = {0};
    kw_store_counts before = kw_store_count(l->store);
    uint64_t start = kw_monotonic_ns();
    l->writes = 0;
    l->stop_at_ns = start + (uint64_t)ROUND_MS * NS_PER_MS;
    for (size_t i = 0; i < clients; i++) {
        KW_ASSERT(kw_thread_start(&threads[i], "client", write_often, l, NULL) == KW_OK);
    }
    for (size_t i = 0; i < clients; i++) {
        kw_thread_join(&threads[i]);
    }
    double seconds = (double)(kw_monotonic_ns() - start) / 1e9;
    kw_store_counts after = kw_store_count(l->store);
    *out_per_commit =
        (double)(after.writes_done - before.writes_done) / (double)(after.batches - before.batches);
    return (double)l->writes / seconds;
}

/* Appends of a page, each made durable: what one write costs without group commit. */
static double measure_disk(const tempdir *dir)
{
    static const uint8_t page[4096] = {1};
    tempdir_path path = tempdir_join(dir, "raw");
    kw_append_file file = {0};
    KW_ASSERT(kw_append_file_open(&file, path.text, 0600, NULL) == KW_OK);
    uint64_t start = kw_monotonic_ns();
    uint64_t elapsed = 0;
    uint64_t syncs = 0;
    while (elapsed < (uint64_t)ROUND_MS * NS_PER_MS) {
        KW_ASSERT(kw_append_file_add(&file, KW_SPAN(page), NULL) == KW_OK);
        KW_ASSERT(kw_append_file_sync(&file, NULL) == KW_OK);
        syncs++;
        elapsed = kw_monotonic_ns() - start;
    }
    kw_append_file_drop(&file);
    return (double)syncs * 1e9 / (double)elapsed;
}

static void run(const char *name, int (*set_up)(void **state), double syncs)
{
    static const size_t clients[] = {1, CLIENTS_MAX};
    void *state = NULL;
    KW_ASSERT(set_up(&state) == 0);
    kw_store_options options = stores_fresh(state);
    load l = {.store = stores_open(&options)};
    stores_write(l.store, "CREATE TABLE item (id BIGINT PRIMARY KEY, body BYTEA NOT NULL)");
    for (size_t i = 0; i < KW_COUNT(clients); i++) {
        double per_commit = 0;
        double rate = measure_store(&l, clients[i], &per_commit);
        printf("{\"bench\":\"store/write/backend=%s,clients=%zu\",\"writes_per_s\":%.0f,"
               "\"writes_per_commit\":%.1f,\"fdatasyncs_per_s\":%.0f,\"ratio\":%.2f}\n",
               name, clients[i], rate, per_commit, syncs, rate / syncs);
    }
    kw_store_free(l.store);
    (void)stores_teardown(&state);
}

int main(void)
{
    tempdir dir = tempdir_make();
    double syncs = measure_disk(&dir);
    tempdir_remove(&dir);
    run("sqlite", stores_setup_sqlite, syncs);
    run("postgres", stores_setup_postgres, syncs);
    return 0;
}
