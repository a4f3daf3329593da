/* SPDX-License-Identifier: Apache-2.0
 * Opening, reading, writing, closing, on both back-ends. */
#include "store/store.h"

#include "base/heap.h"
#include "os/thread.h"
#include "store/limits.h"
#include "support/expect.h"
#include "support/stores.h"

#include <stdatomic.h>
#include <stdio.h>

static kw_store *open_with_table(void **state, kw_store_options *options)
{
    *options = stores_fresh(*state);
    kw_store *store = stores_open(options);
    stores_write(store, "CREATE TABLE item (id BIGINT PRIMARY KEY)");
    return store;
}

static kw_status insert(kw_tx *tx, void *ctx, kw_error *err)
{
    const int64_t *id = ctx;
    return kw_sql_run(tx, NULL, "INSERT INTO item (id) VALUES ($1)", KW_SQL_ARGS(kw_sql_int(*id)),
                      err);
}

static kw_status insert_then_refuse(kw_tx *tx, void *ctx, kw_error *err)
{
    KW_TRY(insert(tx, ctx, err));
    return kw_fail(err, KW_FORBIDDEN, "on second thoughts, no");
}

static void store_options_of_url__knows_both_kinds(void **state)
{
    (void)state;
    kw_store_options options = {0};
    EXPECT_OK(kw_store_options_of_url(&options, "sqlite:/var/lib/x.db", NULL));
    assert_int_equal(options.backend, KW_STORE_SQLITE);
    assert_string_equal(options.where, "/var/lib/x.db");
    assert_true(options.create);
    static const char *const servers[] = {"postgres://h/d",
                                          "postgresql://u@h:1/d?sslmode=verify-full"};
    for (size_t i = 0; i < KW_COUNT(servers); i++) {
        EXPECT_OK(kw_store_options_of_url(&options, servers[i], NULL));
        assert_int_equal(options.backend, KW_STORE_POSTGRES);
        assert_string_equal(options.where, servers[i]);
    }
}

static void store_options_of_url__refuses_others(void **state)
{
    (void)state;
    static const char *const urls[] = {"", "sqlite:", "/var/lib/x.db", "mysql://h/d", "SQLITE:/x"};
    for (size_t i = 0; i < KW_COUNT(urls); i++) {
        kw_store_options options = {0};
        EXPECT_STATUS(kw_store_options_of_url(&options, urls[i], NULL), KW_CONFIG);
        assert_null(options.where);
    }
}

static void store_open__refuses_options_out_of_range(void **state)
{
    kw_store_options good = stores_fresh(*state);
    char long_path[KW_STORE_WHERE_BYTES_MAX + 2];
    memset(long_path, 'a', sizeof long_path - 1);
    long_path[sizeof long_path - 1] = '\0';
    kw_store_options bad[] = {good, good, good, good, good};
    bad[0].backend = (kw_store_backend)3;
    bad[1].where = NULL;
    bad[2].where = "";
    bad[3].where = long_path;
    bad[4].readers_max = KW_STORE_READERS_MAX + 1;
    for (size_t i = 0; i < KW_COUNT(bad); i++) {
        kw_store *store = NULL;
        kw_error err = {0};
        EXPECT_STATUS(kw_store_open(&store, &bad[i], &err), KW_CONFIG);
        assert_null(store);
        assert_string_not_equal(err.text, "");
    }
}

static void store_write__survives_a_reopen(void **state)
{
    kw_store_options options;
    kw_store *store = open_with_table(state, &options);
    assert_int_equal(kw_store_backend_of(store), options.backend);
    int64_t id = 7;
    EXPECT_OK(kw_store_write(store, insert, &id, NULL));
    kw_store_free(store);
    options.create = false;
    store = stores_open(&options);
    assert_int_equal(stores_number(store, "SELECT id FROM item"), 7);
    EXPECT_OK(kw_store_check(store, NULL));
    kw_store_free(store);
}

static void store_write__a_failing_one_rolls_back_alone(void **state)
{
    kw_store_options options;
    KW_AUTO_PTR(kw_store) store = open_with_table(state, &options);
    int64_t ids[] = {1, 2, 3};
    kw_error err = {0};
    EXPECT_OK(kw_store_write(store, insert, &ids[0], &err));
    assert_string_equal(err.text, "");
    EXPECT_STATUS(kw_store_write(store, insert_then_refuse, &ids[1], &err), KW_FORBIDDEN);
    assert_string_equal(err.text, "on second thoughts, no");
    EXPECT_STATUS(kw_store_write(store, insert, &ids[0], NULL), KW_CONFLICT);
    EXPECT_OK(kw_store_write(store, insert, &ids[2], NULL));
    assert_int_equal(stores_number(store, "SELECT COUNT(*) FROM item"), 2);
    assert_int_equal(stores_number(store, "SELECT COUNT(*) FROM item WHERE id = 2"), 0);
    kw_store_counts counts = kw_store_count(store);
    assert_int_equal(counts.writes_done, 3); /* with the table */
    assert_int_equal(counts.writes_failed, 2);
}

/* Many writes in one batch: the first one holds the writer until the others are queued. */
typedef struct crowd {
    kw_mutex lock;
    kw_cond changed;
    bool is_open;      /* the gate of the first write */
    bool is_at_gate;   /* the writer stands there */
    size_t done_count; /* settled with KW_OK */
    size_t refused_count;
    _Atomic int64_t next_id;
} crowd;

static kw_status wait_at_gate(kw_tx *tx, void *ctx, kw_error *err)
{
    KW_UNUSED(tx);
    KW_UNUSED(err);
    crowd *c = ctx;
    KW_AUTO(kw_locked) hold = kw_lock(&c->lock);
    c->is_at_gate = true;
    kw_cond_broadcast(&c->changed);
    while (!c->is_open) {
        kw_cond_wait(&c->changed, &c->lock);
    }
    return KW_OK;
}

/* Every third refuses after its insert. */
static kw_status insert_next(kw_tx *tx, void *ctx, kw_error *err)
{
    crowd *c = ctx;
    int64_t id = atomic_fetch_add(&c->next_id, 1);
    KW_TRY(insert(tx, &id, err));
    KW_REQUIRE(id % 3 != 0, err, KW_REFUSED, "every third is refused");
    return KW_OK;
}

static void settled(void *ctx, kw_status st, const kw_error *err)
{
    crowd *c = ctx;
    KW_AUTO(kw_locked) hold = kw_lock(&c->lock);
    if (st == KW_OK) {
        c->done_count++;
    } else {
        assert_int_equal(st, KW_REFUSED);
        assert_int_equal(err->status, KW_REFUSED);
        c->refused_count++;
    }
    kw_cond_broadcast(&c->changed);
}

static void stop_writer_at_gate(kw_store *store, crowd *c)
{
    EXPECT_OK(kw_store_write_async(store, wait_at_gate, settled, c, NULL));
    KW_AUTO(kw_locked) hold = kw_lock(&c->lock);
    while (!c->is_at_gate) {
        kw_cond_wait(&c->changed, &c->lock);
    }
}

static void open_gate(crowd *c)
{
    KW_AUTO(kw_locked) hold = kw_lock(&c->lock);
    c->is_open = true;
    kw_cond_broadcast(&c->changed);
}

static void wait_for(crowd *c, size_t count)
{
    KW_AUTO(kw_locked) hold = kw_lock(&c->lock);
    while (c->done_count + c->refused_count < count) {
        kw_cond_wait(&c->changed, &c->lock);
    }
}

static void store_write_async__commits_in_groups(void **state)
{
    kw_store_options options;
    KW_AUTO_PTR(kw_store) store = open_with_table(state, &options);
    crowd c = {.next_id = 1};
    stop_writer_at_gate(store, &c);
    uint64_t batches_before = kw_store_count(store).batches;
    for (int i = 0; i < 300; i++) {
        EXPECT_OK(kw_store_write_async(store, insert_next, settled, &c, NULL));
    }
    assert_int_equal(kw_store_count(store).queued, 300);
    open_gate(&c);
    wait_for(&c, 301);
    assert_int_equal(c.done_count, 201);
    assert_int_equal(c.refused_count, 100);
    assert_int_equal(stores_number(store, "SELECT COUNT(*) FROM item"), 200);
    assert_int_equal(stores_number(store, "SELECT COUNT(*) FROM item WHERE id % 3 = 0"), 0);
    uint64_t batches = kw_store_count(store).batches - batches_before;
    assert_in_range(batches, 1, 301);
}

static void store_write__says_busy_when_the_queue_is_full(void **state)
{
    kw_store_options options;
    KW_AUTO_PTR(kw_store) store = open_with_table(state, &options);
    crowd c = {.next_id = 1};
    stop_writer_at_gate(store, &c);
    for (int i = 0; i < KW_STORE_QUEUE_MAX; i++) {
        EXPECT_OK(kw_store_write_async(store, insert_next, settled, &c, NULL));
    }
    int64_t id = -5;
    EXPECT_STATUS(kw_store_write_async(store, insert_next, settled, &c, NULL), KW_BUSY);
    EXPECT_STATUS(kw_store_write(store, insert, &id, NULL), KW_BUSY);
    open_gate(&c);
    wait_for(&c, KW_STORE_QUEUE_MAX + 1);
    EXPECT_OK(kw_store_write(store, insert, &id, NULL));
    assert_int_equal(stores_number(store, "SELECT COUNT(*) FROM item WHERE id % 3 = 0"), 0);
    assert_int_equal(kw_store_count(store).queued, 0);
}

static void store_free__settles_what_was_queued(void **state)
{
    kw_store_options options;
    kw_store *store = open_with_table(state, &options);
    crowd c = {.next_id = 1};
    for (int i = 0; i < 50; i++) {
        EXPECT_OK(kw_store_write_async(store, insert_next, settled, &c, NULL));
    }
    kw_store_free(store);
    assert_int_equal(c.done_count, 34);
    assert_int_equal(c.refused_count, 16);
    store = stores_open(&options);
    assert_int_equal(stores_number(store, "SELECT COUNT(*) FROM item"), 34);
    kw_store_free(store);
}

static kw_status hold_reader(kw_tx *tx, void *ctx, kw_error *err)
{
    KW_AUTO(kw_rows) rows = {0};
    KW_TRY(kw_sql_query_one(tx, &rows, "SELECT COUNT(*) FROM item", KW_SQL_NO_ARGS, err));
    kw_rows_drop(&rows);
    KW_TRY(wait_at_gate(tx, ctx, err));
    int64_t count = -1;
    KW_TRY(kw_sql_query_one(tx, &rows, "SELECT COUNT(*) FROM item", KW_SQL_NO_ARGS, err));
    KW_TRY(kw_rows_int(&rows, &count, 0, err));
    assert_int_equal(count, 0); /* the snapshot of its first statement */
    return KW_OK;
}

typedef struct reader {
    kw_store *store;
    crowd crowd;
    kw_status st;
} reader;

static void read_slowly(void *ctx)
{
    reader *r = ctx;
    r->st = kw_store_read(r->store, hold_reader, &r->crowd, NULL);
}

static void store_read__sees_one_snapshot_while_others_write(void **state)
{
    kw_store_options options;
    KW_AUTO_PTR(kw_store) store = open_with_table(state, &options);
    reader r = {.store = store, .st = KW_INTERNAL};
    kw_thread thread = {0};
    EXPECT_OK(kw_thread_start(&thread, "reader", read_slowly, &r, NULL));
    kw_mutex_lock(&r.crowd.lock);
    while (!r.crowd.is_at_gate) {
        kw_cond_wait(&r.crowd.changed, &r.crowd.lock);
    }
    kw_mutex_unlock(&r.crowd.lock);
    int64_t id = 1;
    EXPECT_OK(kw_store_write(store, insert, &id, NULL));
    assert_int_equal(stores_number(store, "SELECT COUNT(*) FROM item"), 1);
    open_gate(&r.crowd);
    kw_thread_join(&thread);
    EXPECT_OK(r.st);
}

/* Nodes that start at once on a store that is not there yet. */
typedef struct node {
    const kw_store_options *options;
    int64_t id;
    kw_status st;
} node;

static void start_node(void *ctx)
{
    node *n = ctx;
    kw_store *store = NULL;
    n->st = kw_store_open(&store, n->options, NULL);
    if (n->st == KW_OK) {
        stores_write(store, "CREATE TABLE IF NOT EXISTS item (id BIGINT PRIMARY KEY)");
        n->st = kw_store_write(store, insert, &n->id, NULL);
    }
    kw_store_free(store);
}

static void store_open__two_at_once_make_one_store(void **state)
{
    stores *all = *state;
    if (all->backend == KW_STORE_POSTGRES) {
        return; /* there the database is always made before */
    }
    for (int round = 0; round < 10; round++) {
        kw_store_options options = stores_fresh(all);
        node nodes[3];
        kw_thread threads[3] = {0};
        for (int i = 0; i < 3; i++) {
            nodes[i] = (node){.options = &options, .id = i};
            EXPECT_OK(kw_thread_start(&threads[i], "node", start_node, &nodes[i], NULL));
        }
        for (int i = 0; i < 3; i++) {
            kw_thread_join(&threads[i]);
        }
        for (int i = 0; i < 3; i++) {
            EXPECT_OK(nodes[i].st);
        }
        KW_AUTO_PTR(kw_store) store = stores_open(&options);
        assert_int_equal(stores_number(store, "SELECT COUNT(*) FROM item"), 3);
    }
}

static void store__a_failing_allocation_is_a_status(void **state)
{
    kw_store_options options = stores_fresh(*state);
    kw_status st = KW_NO_MEMORY;
    for (uint64_t nth = 1; st != KW_OK; nth++) {
        assert_true(nth < 100);
        kw_store *store = NULL;
        kw_heap_fail_at(nth);
        st = kw_store_open(&store, &options, NULL);
        kw_heap_fail_at(0);
        assert_true((st == KW_OK) == (store != NULL));
        if (st != KW_OK) {
            EXPECT_STATUS(st, KW_NO_MEMORY);
        }
        kw_store_free(store);
    }
    KW_AUTO_PTR(kw_store) store = stores_open(&options);
    kw_heap_fail_at(1);
    EXPECT_STATUS(kw_store_write_async(store, insert, settled, NULL, NULL), KW_NO_MEMORY);
    kw_heap_fail_at(0);
}

static kw_status insert_without_memory(kw_tx *tx, void *ctx, kw_error *err)
{
    kw_heap_fail_at(1); /* in the writer's thread: the statement cannot be kept */
    int64_t id = 77;
    kw_status st = kw_sql_run(tx, NULL, "INSERT INTO item (id) VALUES ($1 + 0)",
                              KW_SQL_ARGS(kw_sql_int(id)), err);
    kw_heap_fail_at(0);
    KW_UNUSED(ctx);
    return st;
}

static void store_write__without_memory_fails_alone(void **state)
{
    kw_store_options options;
    KW_AUTO_PTR(kw_store) store = open_with_table(state, &options);
    EXPECT_STATUS(kw_store_write(store, insert_without_memory, NULL, NULL), KW_NO_MEMORY);
    int64_t id = 1;
    EXPECT_OK(kw_store_write(store, insert, &id, NULL));
    assert_int_equal(stores_number(store, "SELECT COUNT(*) FROM item"), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(store_options_of_url__knows_both_kinds),
        cmocka_unit_test(store_options_of_url__refuses_others),
        cmocka_unit_test(store_open__refuses_options_out_of_range),
        cmocka_unit_test(store_write__survives_a_reopen),
        cmocka_unit_test(store_write__a_failing_one_rolls_back_alone),
        cmocka_unit_test(store_write_async__commits_in_groups),
        cmocka_unit_test(store_write__says_busy_when_the_queue_is_full),
        cmocka_unit_test(store_free__settles_what_was_queued),
        cmocka_unit_test(store_read__sees_one_snapshot_while_others_write),
        cmocka_unit_test(store_open__two_at_once_make_one_store),
        cmocka_unit_test(store__a_failing_allocation_is_a_status),
        cmocka_unit_test(store_write__without_memory_fails_alone),
    };
    return STORES_RUN_ON_BOTH(tests);
}
