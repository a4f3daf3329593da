/* SPDX-License-Identifier: Apache-2.0
 * The audit log of a running node: one writer thread between the queue and the files. */
#include "guard/audit.h"

#include "base/heap.h"
#include "guard/audit_log.h"
#include "guard/audit_pace.h"
#include "guard/audit_queue.h"
#include "guard/limits.h"
#include "os/clock.h"
#include "os/thread.h"

#include <stdatomic.h>
#include <stdio.h>

enum {
    NS_PER_US = 1000,
    NS_PER_MS = 1000000,
    RETRY_MS_DEFAULT = 1000,
    BATCH_BYTES_MAX = KW_AUDIT_BATCH_RECORDS_MAX * (KW_AUDIT_RECORD_BYTES_MAX + 10),
};

/* A time during which nothing could be written. */
typedef struct gap {
    bool is_open;
    kw_unix_ms from_ms;
    uint64_t retry_ns; /* monotonic moment of the next attempt */
} gap;

struct kw_audit {
    kw_audit_queue queue;
    _Atomic bool is_available;
    _Atomic uint64_t refused;          /* since the start */
    _Atomic uint64_t refused_in_gap;   /* since the last gap record */
    _Atomic uint64_t dropped_refusals; /* since the last record about them */
    _Atomic uint64_t size;
    _Atomic uint64_t commits;
    uint64_t cut_bytes;
    const kw_clock *clock;
    kw_audit_sink sink;
    uint32_t retry_ms;
    char node[KW_AUDIT_NODE_BYTES_MAX + 1];
    kw_thread writer;

    kw_mutex note_mutex; /* the newest checkpoint, for readers */
    kw_buf note;

    /* From here on only the writer thread. */
    kw_audit_log log;
    kw_audit_batch batch;
    kw_audit_entry *taken; /* not yet in a batch, oldest first */
    kw_audit_pace pace;
    gap gap;
    uint64_t noted_ns; /* monotonic moment of the last checkpoint */
};

static kw_unix_ms now_of(const kw_audit *audit)
{
    return KW_MAX(kw_clock_now_ms(audit->clock), 0);
}

/* ---- batches ---- */

static void batch_clear(kw_audit *audit)
{
    kw_buf_clear(&audit->batch.frames);
    audit->batch.count = 0;
    audit->batch.after = audit->log.chain;
}

static kw_status batch_add(kw_audit *audit, const kw_audit_record *record)
{
    kw_audit_batch *batch = &audit->batch;
    KW_ASSERT(batch->count < KW_AUDIT_BATCH_RECORDS_MAX);
    KW_TRY(
        kw_audit_frame_append(&batch->after, &batch->frames, &batch->hashes[batch->count], record));
    batch->count++;
    return KW_OK;
}

/* A record of the log about itself. */
static kw_status batch_add_own(kw_audit *audit, const char *action, const char *detail)
{
    kw_audit_record record = {.time_ms = now_of(audit),
                              .method = KW_AUTH_SYSTEM,
                              .outcome = KW_OK,
                              .node = kw_str_of(audit->node),
                              .actor = KW_STR("system"),
                              .action = kw_str_of(action),
                              .object = kw_str_of(audit->log.origin),
                              .detail = kw_str_of(detail)};
    return batch_add(audit, &record);
}

static kw_status batch_add_dropped(kw_audit *audit)
{
    uint64_t count = atomic_exchange(&audit->dropped_refusals, 0);
    if (count == 0) {
        return KW_OK;
    }
    char detail[48];
    (void)snprintf(detail, sizeof detail, "count=%llu", (unsigned long long)count);
    return batch_add_own(audit, "audit.refusals.dropped", detail);
}

static kw_status commit(kw_audit *audit, kw_error *err)
{
    if (audit->batch.count == 0) {
        return KW_OK;
    }
    KW_TRY(kw_audit_log_commit(&audit->log, &audit->batch, err));
    atomic_store(&audit->size, audit->log.chain.size);
    (void)atomic_fetch_add(&audit->commits, 1);
    return KW_OK;
}

/* ---- gaps ---- */

static void settle_all(kw_audit *audit, kw_audit_entry *list, kw_status st)
{
    while (list != NULL) {
        kw_audit_entry *next = list->next;
        if (st != KW_OK) {
            (void)atomic_fetch_add(&audit->refused, 1);
            (void)atomic_fetch_add(&audit->refused_in_gap, 1);
        }
        kw_audit_queue_settle(&audit->queue, list, st);
        list = next;
    }
}

static void open_gap(kw_audit *audit)
{
    atomic_store(&audit->is_available, false);
    if (!audit->gap.is_open) {
        audit->gap.is_open = true;
        audit->gap.from_ms = now_of(audit);
    }
    audit->gap.retry_ns = kw_monotonic_ns() + (uint64_t)audit->retry_ms * NS_PER_MS;
}

/* Tries to write again; the first record after a gap tells of it. */
static void try_to_close_gap(kw_audit *audit)
{
    uint64_t refused = atomic_load(&audit->refused_in_gap);
    char detail[112];
    (void)snprintf(detail, sizeof detail, "from_ms=%lld to_ms=%lld refused=%llu",
                   (long long)audit->gap.from_ms, (long long)now_of(audit),
                   (unsigned long long)refused);
    batch_clear(audit);
    kw_error ignored = {0}; /* the state says that it failed; whoever runs the log watches it */
    if (batch_add_own(audit, "audit.log.gap", detail) != KW_OK ||
        commit(audit, &ignored) != KW_OK) {
        open_gap(audit);
        return;
    }
    (void)atomic_fetch_sub(&audit->refused_in_gap, refused);
    audit->gap = (gap){0};
    atomic_store(&audit->is_available, true);
}

/* ---- checkpoints ---- */

static bool is_checkpoint_due(const kw_audit *audit)
{
    uint64_t uncovered = audit->log.chain.size - audit->log.noted_size;
    return uncovered >= KW_AUDIT_CHECKPOINT_RECORDS ||
           (uncovered > 0 &&
            kw_monotonic_ns() - audit->noted_ns >= (uint64_t)KW_AUDIT_CHECKPOINT_MS * NS_PER_MS);
}

static kw_status take_checkpoint(kw_audit *audit, bool is_last, kw_error *err)
{
    KW_AUTO(kw_buf) note = kw_buf_init(KW_NOTE_BYTES_MAX);
    KW_TRY(kw_audit_log_checkpoint(&audit->log, &note, is_last, err));
    audit->noted_ns = kw_monotonic_ns();
    if (audit->sink.checkpoint != NULL) {
        audit->sink.checkpoint(audit->sink.ctx, kw_buf_text(&note));
    }
    KW_AUTO(kw_locked) hold = kw_lock(&audit->note_mutex);
    kw_buf_drop(&audit->note);
    audit->note = kw_buf_take(&note);
    return KW_OK;
}

/* ---- the writer ---- */

/* Commits up to one batch of what was taken. */
static void write_batch(kw_audit *audit)
{
    batch_clear(audit);
    kw_audit_entry *first = audit->taken;
    kw_audit_entry *last = NULL;
    kw_status st = batch_add_dropped(audit);
    while (st == KW_OK && audit->taken != NULL && audit->batch.count < KW_AUDIT_BATCH_RECORDS_MAX) {
        st = batch_add(audit, &audit->taken->record);
        last = audit->taken;
        audit->taken = last->next;
    }
    kw_audit_pace_note(&audit->pace, audit->batch.count);
    kw_error err = {0};
    st = st != KW_OK ? st : commit(audit, &err);
    if (st != KW_OK) {
        open_gap(audit);
        settle_all(audit, first, KW_AUDIT_UNAVAILABLE);
        audit->taken = NULL;
        return;
    }
    if (last != NULL) {
        last->next = NULL;
        settle_all(audit, first, KW_OK);
    }
}

static uint64_t next_deadline(const kw_audit *audit)
{
    if (audit->gap.is_open) {
        return audit->gap.retry_ns;
    }
    return (audit->log.chain.size > audit->log.noted_size ? audit->noted_ns : kw_monotonic_ns()) +
           (uint64_t)KW_AUDIT_CHECKPOINT_MS * NS_PER_MS;
}

/* A log that was idle commits its first record at once. */
static kw_audit_entry *take(kw_audit *audit)
{
    uint64_t wait_us = kw_audit_pace_wait_us(&audit->pace);
    if (wait_us > 0 && !audit->gap.is_open) {
        kw_audit_queue_gather(&audit->queue, audit->pace.wanted,
                              kw_monotonic_ns() + wait_us * NS_PER_US);
        if (atomic_load(&audit->queue.records) == 0) {
            audit->pace = (kw_audit_pace){0};
        }
    }
    return kw_audit_queue_take(&audit->queue, next_deadline(audit));
}

/* One turn: take, write or refuse, checkpoint. */
static void turn(kw_audit *audit)
{
    if (audit->taken == NULL) {
        audit->taken = take(audit);
    }
    if (audit->gap.is_open) {
        settle_all(audit, audit->taken, KW_AUDIT_UNAVAILABLE);
        audit->taken = NULL;
        if (kw_monotonic_ns() >= audit->gap.retry_ns) {
            try_to_close_gap(audit);
        }
        return;
    }
    if (audit->taken != NULL || atomic_load(&audit->dropped_refusals) > 0) {
        write_batch(audit);
    }
    kw_error err = {0};
    if (!audit->gap.is_open && is_checkpoint_due(audit) &&
        take_checkpoint(audit, false, &err) != KW_OK) {
        open_gap(audit);
    }
}

/* What stands at the end of a log that was closed in order. */
static void close_log(kw_audit *audit)
{
    if (audit->gap.is_open) {
        try_to_close_gap(audit);
    }
    if (audit->gap.is_open) {
        return;
    }
    batch_clear(audit);
    kw_error err = {0};
    if (batch_add_own(audit, "audit.log.closed", "") != KW_OK || commit(audit, &err) != KW_OK ||
        take_checkpoint(audit, true, &err) != KW_OK) {
        open_gap(audit);
    }
}

static void run_writer(void *ctx)
{
    kw_audit *audit = ctx;
    while (!atomic_load(&audit->queue.is_closed) || audit->taken != NULL ||
           atomic_load(&audit->queue.records) > 0) {
        turn(audit);
    }
    close_log(audit);
}

/* ---- life ---- */

static kw_status write_opened(kw_audit *audit, kw_error *err)
{
    char detail[64];
    (void)snprintf(detail, sizeof detail, "cut_bytes=%llu", (unsigned long long)audit->cut_bytes);
    batch_clear(audit);
    KW_TRY_AT(err, batch_add_own(audit, "audit.log.opened", detail), "opening the audit log");
    if (commit(audit, err) != KW_OK) {
        open_gap(audit); /* a full disk at the start: reads go on, and the writer tries again */
        return KW_OK;
    }
    return take_checkpoint(audit, false, err);
}

static kw_status prepare(kw_audit *audit, const kw_audit_config *config, kw_error *err)
{
    audit->clock = config->clock;
    audit->sink = config->sink;
    audit->retry_ms = config->retry_ms != 0 ? config->retry_ms : RETRY_MS_DEFAULT;
    audit->note = kw_buf_init(KW_NOTE_BYTES_MAX);
    audit->batch.frames = kw_buf_init(BATCH_BYTES_MAX);
    audit->batch.hashes = kw_heap_new(KW_AUDIT_BATCH_RECORDS_MAX, sizeof *audit->batch.hashes);
    KW_REQUIRE(audit->batch.hashes != NULL, err, KW_NO_MEMORY, "opening the audit log");
    KW_TRY(kw_audit_log_open(&audit->log, config, err));
    (void)snprintf(audit->node, sizeof audit->node, "%.*s", KW_STR_ARG(config->node));
    audit->cut_bytes = audit->log.cut_bytes;
    atomic_store(&audit->size, audit->log.chain.size);
    atomic_store(&audit->is_available, true);
    return write_opened(audit, err);
}

kw_status kw_audit_open(kw_audit **out, const kw_audit_config *config, kw_error *err)
{
    KW_AUTO_PTR(kw_audit) audit = kw_heap_new(1, sizeof *audit);
    KW_REQUIRE(audit != NULL, err, KW_NO_MEMORY, "opening the audit log");
    KW_TRY_AT(err, prepare(audit, config, err), "opening the audit log in %s", config->folder);
    KW_TRY(kw_thread_start(&audit->writer, "kw-audit", run_writer, audit, err));
    *out = audit;
    audit = NULL;
    return KW_OK;
}

void kw_audit_free(kw_audit *audit)
{
    if (audit == NULL) {
        return;
    }
    kw_audit_queue_close(&audit->queue);
    kw_thread_join(&audit->writer);
    kw_audit_log_drop(&audit->log);
    kw_buf_drop(&audit->batch.frames);
    kw_heap_free(audit->batch.hashes);
    kw_buf_drop(&audit->note);
    kw_heap_free(audit);
}

/* ---- producers ---- */

static kw_audit_record record_of(const kw_audit *audit, const kw_audit_event *event)
{
    return (kw_audit_record){.time_ms = now_of(audit),
                             .method = event->method,
                             .outcome = event->outcome,
                             .address = event->address,
                             .version = event->version,
                             .node = kw_str_of(audit->node),
                             .tenant = event->tenant,
                             .actor = event->actor,
                             .action = event->action,
                             .object = event->object,
                             .detail = event->detail,
                             .request_id = event->request_id,
                             .approval_id = event->approval_id};
}

static kw_status refuse(kw_audit *audit)
{
    (void)atomic_fetch_add(&audit->refused, 1);
    if (!kw_audit_is_available(audit)) {
        (void)atomic_fetch_add(&audit->refused_in_gap, 1);
    }
    return KW_AUDIT_UNAVAILABLE;
}

static kw_status push(kw_audit *audit, kw_audit_entry *entry, kw_audit_done done, void *data)
{
    entry->done = done;
    entry->data = data;
    if (kw_audit_queue_push(&audit->queue, entry, KW_AUDIT_QUEUE_RECORDS_MAX) != KW_OK) {
        kw_audit_entry_free(entry);
        return refuse(audit);
    }
    return KW_OK;
}

kw_status kw_audit_append(kw_audit *audit, const kw_audit_event *event, kw_audit_done done,
                          void *data)
{
    kw_audit_record record = record_of(audit, event);
    KW_TRY(kw_audit_record_check(&record));
    if (!kw_audit_is_available(audit)) {
        return refuse(audit);
    }
    kw_audit_entry *entry = kw_audit_entry_new(event, record.node, record.time_ms);
    return entry != NULL ? push(audit, entry, done, data) : KW_NO_MEMORY;
}

kw_status kw_audit_append_borrowed(kw_audit *audit, kw_arena *arena, const kw_audit_event *event,
                                   kw_audit_done done, void *data)
{
    kw_audit_record record = record_of(audit, event);
    KW_TRY(kw_audit_record_check(&record));
    if (!kw_audit_is_available(audit)) {
        return refuse(audit);
    }
    kw_audit_entry *entry = kw_arena_new(arena, 1, sizeof *entry);
    if (entry == NULL) {
        return KW_NO_MEMORY;
    }
    entry->bytes = kw_audit_entry_bytes(event);
    entry->is_borrowed = true;
    entry->record = record;
    return push(audit, entry, done, data);
}

void kw_audit_note_refusal(kw_audit *audit, const kw_audit_event *event)
{
    kw_audit_record record = record_of(audit, event);
    kw_audit_entry *entry = NULL;
    if (kw_audit_record_check(&record) == KW_OK && kw_audit_is_available(audit)) {
        entry = kw_audit_entry_new(event, record.node, record.time_ms);
    }
    if (entry == NULL ||
        kw_audit_queue_push(&audit->queue, entry, KW_AUDIT_QUEUE_RECORDS_MAX / 2) != KW_OK) {
        kw_audit_entry_free(entry);
        (void)atomic_fetch_add(&audit->dropped_refusals, 1);
    }
}

/* A thread that waits for its record. */
typedef struct waiter {
    kw_mutex mutex;
    kw_cond done;
    bool is_done;
    kw_status st;
} waiter;

static void wake(void *data, kw_status st)
{
    waiter *w = data;
    KW_AUTO(kw_locked) hold = kw_lock(&w->mutex);
    w->is_done = true;
    w->st = st;
    kw_cond_signal(&w->done);
}

kw_status kw_audit_append_wait(kw_audit *audit, const kw_audit_event *event, kw_error *err)
{
    waiter w = {0};
    KW_TRY_AT(err, kw_audit_append(audit, event, wake, &w), "queueing an audit record");
    KW_AUTO(kw_locked) hold = kw_lock(&w.mutex);
    while (!w.is_done) {
        kw_cond_wait(&w.done, &w.mutex);
    }
    KW_REQUIRE(w.st == KW_OK, err, w.st, "the audit record could not be written");
    return KW_OK;
}

/* ---- state ---- */

bool kw_audit_is_available(const kw_audit *audit)
{
    return atomic_load_explicit(&audit->is_available, memory_order_relaxed);
}

kw_audit_state kw_audit_state_now(kw_audit *audit)
{
    return (kw_audit_state){.is_available = kw_audit_is_available(audit),
                            .size = atomic_load(&audit->size),
                            .queued = atomic_load(&audit->queue.records),
                            .refused = atomic_load(&audit->refused),
                            .commits = atomic_load(&audit->commits),
                            .cut_bytes = audit->cut_bytes};
}

kw_status kw_audit_checkpoint(kw_audit *audit, kw_buf *out)
{
    kw_buf_clear(out);
    KW_AUTO(kw_locked) hold = kw_lock(&audit->note_mutex);
    return kw_buf_append(out, kw_buf_view(&audit->note));
}
