/* SPDX-License-Identifier: Apache-2.0
 * Fresh stores on either back-end. */
#include "support/stores.h"

#include "base/heap.h"
#include "support/expect.h"

#include <stdio.h>

kw_store_options stores_fresh(stores *all)
{
    all->count++;
    if (all->backend == KW_STORE_POSTGRES) {
        postgres_where where = postgres_new_schema(&all->server);
        (void)snprintf(all->where, sizeof all->where, "%s", where.text);
    } else {
        (void)snprintf(all->where, sizeof all->where, "%s/t%d.db", all->dir.path, all->count);
    }
    return (kw_store_options){.backend = all->backend, .where = all->where, .create = true};
}

kw_store *stores_open(const kw_store_options *options)
{
    kw_store *store = NULL;
    kw_error err = {0};
    if (kw_store_open(&store, options, &err) != KW_OK) {
        print_error("%s\n", err.text);
        fail();
    }
    return store;
}

static kw_status run_text(kw_tx *tx, void *ctx, kw_error *err)
{
    return kw_sql_run(tx, NULL, ctx, KW_SQL_NO_ARGS, err);
}

void stores_write(kw_store *store, const char *sql)
{
    kw_error err = {0};
    /* The text goes through a void *, which run_text only reads. */
    if (kw_store_write(store, run_text, (void *)(uintptr_t)sql, &err) != KW_OK) {
        print_error("%s: %s\n", sql, err.text);
        fail();
    }
}

typedef struct question {
    const char *sql;
    int64_t answer;
} question;

static kw_status ask(kw_tx *tx, void *ctx, kw_error *err)
{
    question *q = ctx;
    KW_AUTO(kw_rows) rows = {0};
    KW_TRY(kw_sql_query_one(tx, &rows, q->sql, KW_SQL_NO_ARGS, err));
    return kw_rows_int(&rows, &q->answer, 0, err);
}

int64_t stores_number(kw_store *store, const char *sql)
{
    question q = {.sql = sql};
    kw_error err = {0};
    if (kw_store_read(store, ask, &q, &err) != KW_OK) {
        print_error("%s: %s\n", sql, err.text);
        fail();
    }
    return q.answer;
}

static int set_up(void **state, kw_store_backend backend)
{
    stores *all = kw_heap_new(1, sizeof *all);
    assert_non_null(all);
    all->backend = backend;
    all->dir = tempdir_make();
    if (backend == KW_STORE_POSTGRES) {
        postgres_start(&all->server);
    }
    *state = all;
    return 0;
}

int stores_setup_sqlite(void **state)
{
    return set_up(state, KW_STORE_SQLITE);
}

int stores_setup_postgres(void **state)
{
    return set_up(state, KW_STORE_POSTGRES);
}

int stores_teardown(void **state)
{
    stores *all = *state;
    postgres_stop(&all->server);
    tempdir_remove(&all->dir);
    kw_heap_free(all);
    *state = NULL;
    return 0;
}
