/* SPDX-License-Identifier: Apache-2.0
 * One durable store for the whole process: SQLite in a file, or PostgreSQL shared by several nodes.
 * Reads run on pooled connections in the calling thread; writes join the group commit of one writer
 * thread, because a disk does only some hundred fsyncs a second. */
#ifndef KW_STORE_STORE_H
#define KW_STORE_STORE_H

#include "base/error.h"
#include "store/sql.h"

typedef struct kw_store kw_store;

typedef enum kw_store_backend {
    KW_STORE_SQLITE = 1,
    KW_STORE_POSTGRES = 2,
} kw_store_backend;

typedef struct kw_store_options {
    kw_store_backend backend;
    const char *where;    /* path of the SQLite file, or a libpq connection string; borrowed */
    bool create;          /* SQLite: make the file when it is not there (mode 0600) */
    uint32_t readers_max; /* read connections, opened when first needed; 0: limits.h's default */
} kw_store_options;

/* What a store has done since it was opened. */
typedef struct kw_store_counts {
    uint64_t writes_done;   /* acknowledged as durable */
    uint64_t writes_failed; /* rolled back, refused by their function or lost with their batch */
    uint64_t batches;       /* commits tried */
    uint64_t queued;        /* writes that wait now */
} kw_store_counts;

/* "sqlite:PATH" (created when missing) or "postgresql://..." / "postgres://..." as options that
 * borrow `url`. CONFIG: anything else. */
KW_MUST_USE kw_status kw_store_options_of_url(kw_store_options *out, const char *url,
                                              kw_error *err);

/* Opens and starts the writer thread. The caller owns `*out` (kw_store_free).
 * CONFIG: options out of range, or a PostgreSQL database that is not UTF8 with collation C.
 * NOT_FOUND: no file and not `create`. CORRUPT: the file is no store of ours, is damaged or empty,
 * or its write-ahead log is there without it: nothing is ever made anew over what is left.
 * UNAVAILABLE: PostgreSQL cannot be reached. IO, NO_SPACE, NO_MEMORY. */
KW_MUST_USE kw_status kw_store_open(kw_store **out, const kw_store_options *options, kw_error *err);

/* Refuses new writes, finishes and acknowledges those that wait, stops the writer, closes. No other
 * thread may be inside a call. Takes NULL. */
void kw_store_free(kw_store *store);
KW_AUTO_PTR_DEFINE(kw_store);

/* A use case inside a transaction. It sees the store only through `tx`, which is valid for this
 * call only, and may be rolled back after it returned KW_OK: side effects other than SQL wait
 * until the write is acknowledged. It may not call kw_store_read or kw_store_write. */
typedef kw_status (*kw_store_fn)(kw_tx *tx, void *ctx, kw_error *err);

/* Called once on the writer thread when a write is durable (KW_OK) or has failed. `err` is borrowed
 * for the call. It must not block; it may queue further writes. */
typedef void (*kw_store_done)(void *ctx, kw_status st, const kw_error *err);

/* Runs `fn` in the calling thread on a read-only snapshot and returns its status. Many at a time.
 * Besides what `fn` returns: BUSY: no connection came free in time. UNAVAILABLE: PostgreSQL is away
 * (the next attempt waits for a back-off). */
KW_MUST_USE kw_status kw_store_read(kw_store *store, kw_store_fn fn, void *ctx, kw_error *err);

/* Runs `fn` on the writer thread under a savepoint of its own and returns after the commit that
 * contains it: KW_OK means it is on the disk. A failing `fn` rolls back alone. When the commit
 * fails, each write of the batch gets its status (disk full: NO_SPACE) and none happened.
 * Besides what `fn` returns: BUSY: the queue is full, or another process keeps SQLite's write lock.
 * UNAVAILABLE: the connection to PostgreSQL is away, or was lost (then the outcome is unknown), or
 * the store is closing. */
KW_MUST_USE kw_status kw_store_write(kw_store *store, kw_store_fn fn, void *ctx, kw_error *err);

/* The same without waiting: `done` gets the outcome. When this returns another status than KW_OK
 * (BUSY, UNAVAILABLE, NO_MEMORY), neither `fn` nor `done` is ever called. `ctx` goes to both. */
KW_MUST_USE kw_status kw_store_write_async(kw_store *store, kw_store_fn fn, kw_store_done done,
                                           void *ctx, kw_error *err);

/* Looks for damage: SQLite's integrity and foreign key checks over the whole file; PostgreSQL's
 * count of page checksum failures. CORRUPT: damage, named in `err`. Takes as long as reading
 * everything. */
KW_MUST_USE kw_status kw_store_check(kw_store *store, kw_error *err);

kw_store_backend kw_store_backend_of(const kw_store *store);

/* Any thread. */
kw_store_counts kw_store_count(kw_store *store);

#endif /* KW_STORE_STORE_H */
