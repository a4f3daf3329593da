/* SPDX-License-Identifier: Apache-2.0
 * The writer thread by itself. */
#include "store/writer.h"

#include "store/store.h"
#include "support/expect.h"
#include "support/stores.h"

#include <stdatomic.h>

static kw_sql_conn *open_writer(void **state)
{
    kw_store_options options = stores_fresh(*state);
    kw_store_free(stores_open(&options));
    const kw_sql_driver *driver = kw_sql_driver_of(options.backend);
    kw_sql_conn *conn = NULL;
    EXPECT_OK(driver->open(&conn, options.where, KW_SQL_WRITER, NULL));
    return conn;
}

typedef struct trace {
    kw_store_writer *writer;
    int order[8];
    int count;
    kw_status st;
    bool was_here; /* kw_store_writer_is_here inside a write */
    int number;    /* of the next write that `chain` queues */
    kw_write next;
} trace;

static kw_status note(kw_tx *tx, void *ctx, kw_error *err)
{
    KW_UNUSED(tx);
    KW_UNUSED(err);
    trace *t = ctx;
    t->was_here = kw_store_writer_is_here(t->writer);
    t->order[t->count++] = t->number++;
    return KW_OK;
}

static void settle(void *ctx, kw_status st, const kw_error *err)
{
    KW_UNUSED(err);
    trace *t = ctx;
    t->st = st;
}

static void chain(void *ctx, kw_status st, const kw_error *err)
{
    KW_UNUSED(err);
    trace *t = ctx;
    t->next = (kw_write){.fn = note, .done = settle, .ctx = t};
    EXPECT_OK(st);
    EXPECT_OK(kw_store_writer_queue(t->writer, &t->next, NULL)); /* a `done` may queue */
}

static void writer__runs_in_order_and_drop_finishes_the_queue(void **state)
{
    kw_store_writer writer = {0};
    EXPECT_OK(kw_store_writer_start(&writer, open_writer(state), NULL));
    assert_false(kw_store_writer_is_here(&writer));
    trace t = {.writer = &writer, .st = KW_INTERNAL};
    kw_write writes[5];
    for (int i = 0; i < 5; i++) {
        writes[i] = (kw_write){.fn = note, .done = settle, .ctx = &t};
        EXPECT_OK(kw_store_writer_queue(&writer, &writes[i], NULL));
    }
    kw_store_writer_drop(&writer);
    assert_int_equal(t.count, 5);
    for (int i = 0; i < 5; i++) {
        assert_int_equal(t.order[i], i);
    }
    EXPECT_OK(t.st);
    assert_true(t.was_here);
    kw_store_writer_drop(&writer); /* nothing is left to drop */
}

typedef struct latch {
    kw_mutex lock;
    kw_cond opened;
    bool is_open;
} latch;

static kw_status open_latch(kw_tx *tx, void *ctx, kw_error *err)
{
    KW_UNUSED(tx);
    KW_UNUSED(err);
    KW_UNUSED(ctx);
    return KW_OK;
}

static void latch_done(void *ctx, kw_status st, const kw_error *err)
{
    KW_UNUSED(err);
    latch *l = ctx;
    EXPECT_OK(st);
    KW_AUTO(kw_locked) hold = kw_lock(&l->lock);
    l->is_open = true;
    kw_cond_signal(&l->opened);
}

static void writer__a_done_may_queue_the_next_write(void **state)
{
    kw_store_writer writer = {0};
    EXPECT_OK(kw_store_writer_start(&writer, open_writer(state), NULL));
    trace t = {.writer = &writer, .st = KW_INTERNAL};
    latch l = {0};
    kw_write first = {.fn = note, .done = chain, .ctx = &t};
    kw_write last = {.fn = open_latch, .done = latch_done, .ctx = &l};
    EXPECT_OK(kw_store_writer_queue(&writer, &first, NULL));
    EXPECT_OK(
        kw_store_writer_queue(&writer, &last, NULL)); /* settled after the `done` of the first */
    kw_mutex_lock(&l.lock);
    while (!l.is_open) {
        kw_cond_wait(&l.opened, &l.lock);
    }
    kw_mutex_unlock(&l.lock);
    kw_store_writer_drop(&writer);
    assert_int_equal(t.count, 2);
    EXPECT_OK(t.st);
}

static void writer_queue__refuses_when_closing(void **state)
{
    kw_store_writer writer = {0};
    EXPECT_OK(kw_store_writer_start(&writer, open_writer(state), NULL));
    kw_mutex_lock(&writer.lock);
    writer.is_closing = true;
    kw_mutex_unlock(&writer.lock);
    trace t = {.writer = &writer, .st = KW_INTERNAL};
    kw_write write = {.fn = note, .done = settle, .ctx = &t};
    EXPECT_STATUS(kw_store_writer_queue(&writer, &write, NULL), KW_UNAVAILABLE);
    kw_store_writer_drop(&writer);
    assert_int_equal(t.count, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(writer__runs_in_order_and_drop_finishes_the_queue),
        cmocka_unit_test(writer__a_done_may_queue_the_next_write),
        cmocka_unit_test(writer_queue__refuses_when_closing),
    };
    return STORES_RUN_ON_BOTH(tests);
}
