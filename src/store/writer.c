/* SPDX-License-Identifier: Apache-2.0
 * Group commit: a batch is a transaction, each of its writes a savepoint. */
#include "store/writer.h"

#include "base/heap.h"
#include "os/clock.h"
#include "store/limits.h"

#define BATCH_NS_MAX (KW_STORE_BATCH_MS_MAX * UINT64_C(1000000))

/* The writes of one commit in the order they ran. */
typedef struct batch {
    kw_write *first;
    kw_write *last;
    uint32_t count;
    uint64_t close_at_ns; /* takes no write from here on */
    bool has_unkept;      /* the savepoint stands before the last write, which succeeded */
} batch;

static void append(kw_write **first, kw_write **last, kw_write *write)
{
    write->next = NULL;
    if (*first == NULL) {
        *first = write;
    } else {
        (*last)->next = write;
    }
    *last = write;
}

kw_status kw_store_writer_queue(kw_store_writer *writer, kw_write *write, kw_error *err)
{
    KW_AUTO(kw_locked) hold = kw_lock(&writer->lock);
    KW_REQUIRE(!writer->is_closing, err, KW_UNAVAILABLE, "the store is closing");
    KW_REQUIRE(writer->counts.queued < KW_STORE_QUEUE_MAX, err, KW_BUSY, "the write queue is full");
    append(&writer->first, &writer->last, write);
    writer->counts.queued++;
    kw_cond_signal(&writer->filled);
    return KW_OK;
}

bool kw_store_writer_is_here(const kw_store_writer *writer)
{
    return pthread_equal(pthread_self(), writer->thread.handle) != 0;
}

/* The next write, or NULL when the queue is empty. */
static kw_write *take(kw_store_writer *writer)
{
    KW_AUTO(kw_locked) hold = kw_lock(&writer->lock);
    kw_write *write = writer->first;
    if (write != NULL) {
        writer->first = write->next;
        writer->counts.queued--;
    }
    return write;
}

/* Waits for a write; NULL: closing, and the queue is empty. */
static kw_write *wait_and_take(kw_store_writer *writer)
{
    {
        KW_AUTO(kw_locked) hold = kw_lock(&writer->lock);
        while (writer->first == NULL && !writer->is_closing) {
            kw_cond_wait(&writer->filled, &writer->lock);
        }
    }
    return take(writer);
}

static kw_status control(kw_store_writer *writer, kw_sql_verb verb, kw_error *err)
{
    return writer->conn->driver->control(writer->conn, verb, err);
}

/* Runs the batch's last write under the savepoint. What it returns concerns the batch; the outcome
 * of the write itself goes into the write. */
static kw_status run_last(kw_store_writer *writer, batch *b, kw_error *err)
{
    if (b->has_unkept) {
        KW_TRY(control(writer, KW_SQL_KEEP, err));
    }
    kw_write *write = b->last;
    write->st = kw_tx_run(writer->conn, write->fn, write->ctx, &write->error);
    if (writer->conn->lost != KW_OK) {
        return kw_fail(err, writer->conn->lost, "%s", write->error.text);
    }
    b->has_unkept = write->st == KW_OK;
    return b->has_unkept ? KW_OK : control(writer, KW_SQL_UNDO, err);
}

static void add(batch *b, kw_write *write)
{
    append(&b->first, &b->last, write);
    b->count++;
}

/* Adds the next write of the queue; false when the batch is full or late, or the queue empty. */
static bool add_next(kw_store_writer *writer, batch *b)
{
    bool is_full = b->count >= KW_STORE_BATCH_OPS_MAX || kw_monotonic_ns() >= b->close_at_ns;
    kw_write *write = is_full ? NULL : take(writer);
    if (write != NULL) {
        add(b, write);
    }
    return write != NULL;
}

static kw_status run_all(kw_store_writer *writer, batch *b, kw_error *err)
{
    KW_TRY(control(writer, KW_SQL_BEGIN, err));
    do {
        KW_TRY(run_last(writer, b, err));
    } while (add_next(writer, b));
    return control(writer, KW_SQL_COMMIT, err);
}

/* One transaction from begin to commit; after a failure nothing of it is left. */
static kw_status commit_batch(kw_store_writer *writer, batch *b, kw_write *first, kw_error *err)
{
    add(b, first);
    kw_status st = run_all(writer, b, err);
    if (st != KW_OK) {
        /* When even this fails, the connection is gone, and the transaction with it. */
        kw_status undone = control(writer, KW_SQL_ROLLBACK, NULL);
        KW_UNUSED(undone);
    }
    return st;
}

static void count(kw_store_writer *writer, const batch *b)
{
    KW_AUTO(kw_locked) hold = kw_lock(&writer->lock);
    writer->counts.batches++;
    for (const kw_write *write = b->first; write != NULL; write = write->next) {
        if (write->st == KW_OK) {
            writer->counts.writes_done++;
        } else {
            writer->counts.writes_failed++;
        }
    }
}

/* Tells each write its outcome: its own, or that of the batch when the batch failed. */
static void settle(kw_store_writer *writer, batch *b, kw_status st, const kw_error *error)
{
    if (st != KW_OK) {
        for (kw_write *write = b->first; write != NULL; write = write->next) {
            write->st = st;
            write->error = *error;
        }
    }
    count(writer, b);
    kw_write *next = NULL;
    for (kw_write *write = b->first; write != NULL; write = next) {
        next = write->next;
        bool is_owned = write->is_owned; /* `done` may end the life of a write that is not ours */
        write->done(write->ctx, write->st, &write->error);
        if (is_owned) {
            kw_heap_free(write);
        }
    }
}

static void run(void *ctx)
{
    kw_store_writer *writer = ctx;
    kw_write *first = wait_and_take(writer);
    while (first != NULL) {
        batch b = {.close_at_ns = kw_monotonic_ns() + BATCH_NS_MAX};
        kw_error error = {0};
        kw_status st = commit_batch(writer, &b, first, &error);
        settle(writer, &b, st, &error);
        first = wait_and_take(writer);
    }
}

kw_status kw_store_writer_start(kw_store_writer *writer, kw_sql_conn *conn, kw_error *err)
{
    *writer = (kw_store_writer){.conn = conn};
    kw_status st = kw_thread_start(&writer->thread, "store-writer", run, writer, err);
    if (st != KW_OK) {
        kw_store_writer_drop(writer);
    }
    return st;
}

void kw_store_writer_drop(kw_store_writer *writer)
{
    if (writer->conn == NULL) {
        return;
    }
    {
        KW_AUTO(kw_locked) hold = kw_lock(&writer->lock);
        writer->is_closing = true;
        kw_cond_signal(&writer->filled);
    }
    kw_thread_join(&writer->thread);
    writer->conn->driver->close(writer->conn);
    *writer = (kw_store_writer){0};
}
