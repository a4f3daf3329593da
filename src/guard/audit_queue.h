/* SPDX-License-Identifier: Apache-2.0
 * The bounded queue between request threads and the audit writer: producers take no lock while the
 * writer is busy, the writer takes everything at once. */
#ifndef KW_GUARD_AUDIT_QUEUE_H
#define KW_GUARD_AUDIT_QUEUE_H

#include "guard/audit.h"
#include "os/thread.h"

#include <stdatomic.h>

/* A record that waits. */
typedef struct kw_audit_entry {
    struct kw_audit_entry *next;
    kw_audit_done done; /* NULL: nobody waits */
    void *data;
    size_t bytes;     /* of the entry and its texts */
    bool is_borrowed; /* memory and texts are those of whom `done` tells that they are free */
    kw_audit_record record;
    char text[]; /* of an entry that is not borrowed */
} kw_audit_entry;

/* All-zero is an empty queue. */
typedef struct kw_audit_queue {
    _Atomic(kw_audit_entry *) newest; /* linked towards the oldest */
    _Atomic uint64_t records;         /* queued or being written */
    _Atomic uint64_t bytes;
    _Atomic uint64_t wanted; /* the writer sleeps until so many are queued; 0: until one is */
    _Atomic bool is_closed;  /* the writer shall drain the queue and end */
    kw_mutex mutex;          /* only for the condition */
    kw_cond filled;
} kw_audit_queue;

/* Bytes that an event takes in the queue. */
size_t kw_audit_entry_bytes(const kw_audit_event *event);

/* Copies the event; NULL: no memory. Free with kw_audit_entry_free. */
KW_MUST_USE kw_audit_entry *kw_audit_entry_new(const kw_audit_event *event, kw_str node,
                                               kw_unix_ms now_ms);
/* Nothing for a borrowed one. Takes NULL. */
void kw_audit_entry_free(kw_audit_entry *entry);

/* Takes the entry when the queue holds less than `records_max` records and their share of
 * KW_AUDIT_QUEUE_BYTES_MAX; else LIMIT, and the entry stays the caller's. Any thread. */
KW_MUST_USE kw_status kw_audit_queue_push(kw_audit_queue *queue, kw_audit_entry *entry,
                                          uint64_t records_max);

/* Sleeps until `records_count` are queued, at most until `deadline_ns` of the monotonic clock, or
 * until the queue is closed. Only the writer, when it has settled all it took. */
void kw_audit_queue_gather(kw_audit_queue *queue, uint64_t records_count, uint64_t deadline_ns);

/* Everything that waits, oldest first; NULL when nothing came until `deadline_ns` of the monotonic
 * clock or the queue was closed. Only the writer. */
KW_MUST_USE kw_audit_entry *kw_audit_queue_take(kw_audit_queue *queue, uint64_t deadline_ns);

/* The entry has been dealt with: its room is free again. Calls `done`, then frees it. */
void kw_audit_queue_settle(kw_audit_queue *queue, kw_audit_entry *entry, kw_status st);

/* Wakes the writer for the last time. */
void kw_audit_queue_close(kw_audit_queue *queue);

#endif /* KW_GUARD_AUDIT_QUEUE_H */
