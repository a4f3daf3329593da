/* SPDX-License-Identifier: Apache-2.0
 * A stack that producers push to by compare-and-swap and the writer takes whole and turns round. */
#include "guard/audit_queue.h"

#include "base/heap.h"
#include "guard/limits.h"

/* Copies a text behind those before it. */
static kw_str keep(char **at, kw_str text)
{
    if (text.len == 0) {
        return (kw_str){0};
    }
    memcpy(*at, text.ptr, text.len);
    kw_str kept = {*at, text.len};
    *at += text.len;
    return kept;
}

size_t kw_audit_entry_bytes(const kw_audit_event *event)
{
    return sizeof(kw_audit_entry) + event->tenant.len + event->actor.len + event->action.len +
           event->object.len + event->detail.len + event->request_id.len + event->approval_id.len;
}

kw_audit_entry *kw_audit_entry_new(const kw_audit_event *event, kw_str node, kw_unix_ms now_ms)
{
    size_t bytes = kw_audit_entry_bytes(event);
    kw_audit_entry *entry = kw_heap_new(1, bytes);
    if (entry == NULL) {
        return NULL;
    }
    entry->bytes = bytes;
    char *at = entry->text;
    entry->record = (kw_audit_record){.time_ms = now_ms,
                                      .method = event->method,
                                      .outcome = event->outcome,
                                      .address = event->address,
                                      .version = event->version,
                                      .node = node,
                                      .tenant = keep(&at, event->tenant),
                                      .actor = keep(&at, event->actor),
                                      .action = keep(&at, event->action),
                                      .object = keep(&at, event->object),
                                      .detail = keep(&at, event->detail),
                                      .request_id = keep(&at, event->request_id),
                                      .approval_id = keep(&at, event->approval_id)};
    return entry;
}

void kw_audit_entry_free(kw_audit_entry *entry)
{
    if (entry != NULL && !entry->is_borrowed) {
        kw_heap_free(entry);
    }
}

/* The writer looks at `newest` or `records` under the mutex before it sleeps, so whoever had it
 * afterwards cannot signal between look and sleep. It is free again when the writer wakes. */
static void wake_writer(kw_audit_queue *queue)
{
    {
        KW_AUTO(kw_locked) hold = kw_lock(&queue->mutex);
    }
    kw_cond_signal(&queue->filled);
}

static void release_room(kw_audit_queue *queue, size_t bytes)
{
    (void)atomic_fetch_sub(&queue->records, 1);
    (void)atomic_fetch_sub(&queue->bytes, bytes);
}

kw_status kw_audit_queue_push(kw_audit_queue *queue, kw_audit_entry *entry, uint64_t records_max)
{
    uint64_t bytes_max =
        (uint64_t)KW_AUDIT_QUEUE_BYTES_MAX * records_max / KW_AUDIT_QUEUE_RECORDS_MAX;
    uint64_t records = atomic_fetch_add(&queue->records, 1) + 1;
    uint64_t bytes = atomic_fetch_add(&queue->bytes, entry->bytes) + entry->bytes;
    if (records > records_max || bytes > bytes_max) {
        release_room(queue, entry->bytes);
        return KW_LIMIT;
    }
    kw_audit_entry *newest = atomic_load_explicit(&queue->newest, memory_order_relaxed);
    do {
        entry->next = newest;
    } while (!atomic_compare_exchange_weak(&queue->newest, &newest, entry));
    /* Whoever changes `wanted` looks at `records` and `newest` afterwards, so one of the two sides
     * sees what the other did: all these are sequentially consistent. */
    uint64_t wanted = atomic_load(&queue->wanted);
    if (wanted == 0 ? newest == NULL : records == wanted) {
        wake_writer(queue);
    }
    return KW_OK;
}

void kw_audit_queue_gather(kw_audit_queue *queue, uint64_t records_count, uint64_t deadline_ns)
{
    if (atomic_load(&queue->records) >= records_count) {
        return;
    }
    atomic_store(&queue->wanted, records_count);
    {
        KW_AUTO(kw_locked) hold = kw_lock(&queue->mutex);
        while (atomic_load(&queue->records) < records_count && !atomic_load(&queue->is_closed) &&
               kw_cond_wait_until(&queue->filled, &queue->mutex, deadline_ns)) {
        }
    }
    atomic_store(&queue->wanted, 0);
}

static kw_audit_entry *turn_round(kw_audit_entry *newest)
{
    kw_audit_entry *oldest = NULL;
    while (newest != NULL) {
        kw_audit_entry *next = newest->next;
        newest->next = oldest;
        oldest = newest;
        newest = next;
    }
    return oldest;
}

kw_audit_entry *kw_audit_queue_take(kw_audit_queue *queue, uint64_t deadline_ns)
{
    kw_audit_entry *newest = atomic_exchange_explicit(&queue->newest, NULL, memory_order_acquire);
    if (newest == NULL) {
        KW_AUTO(kw_locked) hold = kw_lock(&queue->mutex);
        while (atomic_load(&queue->newest) == NULL && !atomic_load(&queue->is_closed) &&
               kw_cond_wait_until(&queue->filled, &queue->mutex, deadline_ns)) {
        }
        newest = atomic_exchange_explicit(&queue->newest, NULL, memory_order_acquire);
    }
    return turn_round(newest);
}

void kw_audit_queue_settle(kw_audit_queue *queue, kw_audit_entry *entry, kw_status st)
{
    release_room(queue, entry->bytes);
    bool is_borrowed = entry->is_borrowed;
    if (entry->done != NULL) {
        entry->done(entry->data, st);
    }
    if (!is_borrowed) { /* else it may be gone by now */
        kw_audit_entry_free(entry);
    }
}

void kw_audit_queue_close(kw_audit_queue *queue)
{
    KW_AUTO(kw_locked) hold = kw_lock(&queue->mutex);
    atomic_store(&queue->is_closed, true);
    kw_cond_signal(&queue->filled);
}
