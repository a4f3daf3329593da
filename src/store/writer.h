/* SPDX-License-Identifier: Apache-2.0
 * The one writer: a thread, a bounded queue, and group commit. Private to store/. */
#ifndef KW_STORE_WRITER_H
#define KW_STORE_WRITER_H

#include "os/thread.h"
#include "store/driver.h"

/* One queued write. Whoever queues it keeps it alive until `done` has been called. */
typedef struct kw_write {
    struct kw_write *next;
    kw_store_fn fn;
    kw_store_done done;
    void *ctx; /* of both */
    kw_status st;
    kw_error error;
    bool is_owned; /* the writer frees it after `done` */
} kw_write;

/* `lock` guards everything but `conn`, which is the thread's. */
typedef struct kw_store_writer {
    kw_mutex lock;
    kw_cond filled; /* the queue got its first write, or the writer shall stop */
    kw_write *first;
    kw_write *last;
    kw_store_counts counts; /* `queued` is the length of the queue */
    bool is_closing;
    kw_sql_conn *conn; /* owned */
    kw_thread thread;
} kw_store_writer;

/* Takes `conn` over, also when it fails, and starts the thread. */
KW_MUST_USE kw_status kw_store_writer_start(kw_store_writer *writer, kw_sql_conn *conn,
                                            kw_error *err);

/* Refuses new writes, finishes the queue, stops the thread, closes the connection. Takes all-zero.
 * */
void kw_store_writer_drop(kw_store_writer *writer);

/* Queues. BUSY: the queue is full. UNAVAILABLE: closing. `write->done` is called only after KW_OK.
 * */
KW_MUST_USE kw_status kw_store_writer_queue(kw_store_writer *writer, kw_write *write,
                                            kw_error *err);

/* True in the writer's own thread. */
bool kw_store_writer_is_here(const kw_store_writer *writer);

#endif /* KW_STORE_WRITER_H */
