/* SPDX-License-Identifier: Apache-2.0
 * A token run: the caller reads, workers compute, and whoever finishes the oldest batch writes. */
#include "emtp/service_tokens.h"

#include "base/heap.h"
#include "emtp/emtk_sorter.h"
#include "os/thread.h"

enum {
    SLOTS_PER_THREAD = 3
};

typedef enum slot_state {
    SLOT_FREE,
    SLOT_FILLED,
    SLOT_COMPUTED
} slot_state;

typedef struct slot {
    slot_state state; /* under the mutex; the batch belongs to whoever the state says */
    kw_emtp_batch batch;
} slot;

/* A run in progress. Batches pass the slots in a ring; the three counters say how far reading,
 * computing and writing have come. */
typedef struct crew {
    const kw_emtp_token_run *run;
    const kw_emtp_token_ports *ports;
    kw_emtp_source *source;      /* of the reading thread */
    kw_emtk_sorter *sorter;      /* of the writing thread; NULL but for EMTK */
    kw_emtp_token_totals totals; /* of the writing thread */
    slot *slots;                 /* owned */
    size_t slots_count;
    kw_mutex mutex; /* guards what follows */
    kw_cond has_work;
    kw_cond has_room;
    uint64_t filled;
    uint64_t taken;
    uint64_t written;
    bool is_writing; /* somebody writes, without the mutex */
    bool has_ended;  /* nothing more is filled */
    kw_status st;    /* the first failure */
    kw_error error;
} crew;

static slot *slot_at(const crew *c, uint64_t ticket)
{
    return &c->slots[ticket % c->slots_count];
}

/* Hands over one computed batch and empties it. */
static kw_status write_batch(crew *c, kw_emtp_batch *batch, kw_error *err)
{
    const kw_emtp_token_ports *ports = c->ports;
    c->totals.lines += batch->lines_count;
    c->totals.refused += batch->refused_count;
    c->totals.tokens += batch->tokens_count;
    for (size_t i = 0; i < batch->lines_count; i++) {
        c->totals.bytes += batch->lines[i].len + 1U; /* its LF; the end knows better */
    }
    if (batch->refusals.len > 0) {
        KW_TRY(ports->refuse(ports->ctx, kw_buf_view(&batch->refusals), err));
    }
    if (c->sorter != NULL) {
        KW_TRY(kw_emtk_sorter_add(c->sorter, (const kw_emtk_record *)batch->out.ptr,
                                  batch->out.len / sizeof(kw_emtk_record), err));
    } else if (batch->out.len > 0) {
        KW_TRY(ports->write(ports->ctx, kw_buf_view(&batch->out), err));
    }
    kw_emtp_batch_clear(batch);
    ports->progress(ports->ctx, &c->totals);
    return KW_OK;
}

/* Records the first failure; everybody stops then. The mutex is held. */
static void fail(crew *c, kw_status st, const kw_error *error)
{
    if (c->st == KW_OK) {
        c->st = st;
        c->error = *error;
    }
    kw_cond_broadcast(&c->has_work);
    kw_cond_broadcast(&c->has_room);
}

/* Writes the batches that are next, unless another thread does. The mutex is held, but not while
 * writing. */
static void write_ready(crew *c)
{
    while (!c->is_writing && c->st == KW_OK && c->written < c->taken &&
           slot_at(c, c->written)->state == SLOT_COMPUTED) {
        slot *s = slot_at(c, c->written);
        kw_error error = {0};
        c->is_writing = true;
        kw_mutex_unlock(&c->mutex);
        kw_status st = write_batch(c, &s->batch, &error);
        kw_mutex_lock(&c->mutex);
        c->is_writing = false;
        if (st != KW_OK) {
            fail(c, st, &error);
            return;
        }
        s->state = SLOT_FREE;
        c->written++;
        kw_cond_signal(&c->has_room);
    }
}

/* The next filled slot; NULL: the work is over. The mutex is held. */
static slot *take(crew *c)
{
    while (c->st == KW_OK && c->taken == c->filled && !c->has_ended) {
        kw_cond_wait(&c->has_work, &c->mutex);
    }
    return c->st != KW_OK || c->taken == c->filled ? NULL : slot_at(c, c->taken++);
}

static void work(void *ctx)
{
    crew *c = ctx;
    KW_AUTO(kw_arena) arena = kw_arena_init(KW_EMTP_ARENA_BYTES_MAX);
    kw_mutex_lock(&c->mutex);
    for (slot *s = take(c); s != NULL; s = take(c)) {
        kw_error error = {0};
        kw_mutex_unlock(&c->mutex);
        kw_status st = kw_emtp_batch_compute(&s->batch, &arena, &c->run->job, &error);
        kw_mutex_lock(&c->mutex);
        if (st != KW_OK) {
            fail(c, st, &error);
        }
        s->state = SLOT_COMPUTED;
        write_ready(c);
    }
    kw_mutex_unlock(&c->mutex);
}

/* Waits for a free slot; NULL: somebody failed. */
static slot *wait_for_room(crew *c)
{
    KW_AUTO(kw_locked) hold = kw_lock(&c->mutex);
    while (c->st == KW_OK && c->filled - c->written == c->slots_count) {
        kw_cond_wait(&c->has_room, &c->mutex);
    }
    return c->st == KW_OK ? slot_at(c, c->filled) : NULL;
}

/* Reads until the input or the run has ended. */
static void read_all(crew *c)
{
    kw_error error = {0};
    kw_status st = KW_OK;
    for (slot *s = wait_for_room(c); s != NULL; s = wait_for_room(c)) {
        st = kw_emtp_source_fill(c->source, &s->batch, &error);
        if (st != KW_OK) {
            break;
        }
        KW_AUTO(kw_locked) hold = kw_lock(&c->mutex);
        s->state = SLOT_FILLED;
        c->filled++;
        kw_cond_signal(&c->has_work);
    }
    KW_AUTO(kw_locked) hold = kw_lock(&c->mutex);
    c->has_ended = true;
    if (st != KW_OK && st != KW_END) {
        fail(c, st, &error);
    }
    kw_cond_broadcast(&c->has_work);
}

/* Reads in this thread, computes and writes in others. */
static kw_status run_threads(crew *c, kw_error *err)
{
    kw_thread threads[KW_EMTP_TOKEN_THREADS_MAX] = {0};
    kw_status st = KW_OK;
    for (unsigned i = 0; st == KW_OK && i < c->run->threads; i++) {
        st = kw_thread_start(&threads[i], "tokens", work, c, err);
        if (st != KW_OK) {
            KW_AUTO(kw_locked) hold = kw_lock(&c->mutex);
            fail(c, st, &(kw_error){0});
        }
    }
    if (st == KW_OK) {
        read_all(c);
    }
    for (unsigned i = 0; i < c->run->threads; i++) {
        kw_thread_join(&threads[i]);
    }
    if (st == KW_OK && c->st != KW_OK && err != NULL) {
        *err = c->error;
    }
    return c->st;
}

/* All in this thread: no batch waits for another. */
static kw_status run_alone(crew *c, kw_error *err)
{
    KW_AUTO(kw_arena) arena = kw_arena_init(KW_EMTP_ARENA_BYTES_MAX);
    kw_emtp_batch *batch = &c->slots[0].batch;
    for (;;) {
        kw_status st = kw_emtp_source_fill(c->source, batch, err);
        if (st == KW_END) {
            return KW_OK;
        }
        KW_TRY(st);
        KW_TRY(kw_emtp_batch_compute(batch, &arena, &c->run->job, err));
        KW_TRY(write_batch(c, batch, err));
    }
}

static void crew_drop(crew *c)
{
    for (size_t i = 0; c->slots != NULL && i < c->slots_count; i++) {
        kw_emtp_batch_drop(&c->slots[i].batch);
    }
    kw_heap_free(c->slots);
    kw_emtp_source_free(c->source);
    kw_emtk_sorter_free(c->sorter);
}

/* Makes everything that a run needs. */
static kw_status prepare(crew *c, kw_error *err)
{
    const kw_emtp_token_run *run = c->run;
    c->slots_count = run->threads == 1 ? 1 : (size_t)run->threads * SLOTS_PER_THREAD;
    c->slots = kw_heap_new(c->slots_count, sizeof *c->slots);
    KW_REQUIRE(c->slots != NULL, err, KW_NO_MEMORY, "no memory for batches");
    for (size_t i = 0; i < c->slots_count; i++) {
        KW_TRY_AT(err, kw_emtp_batch_init(&c->slots[i].batch), "making a batch");
    }
    KW_TRY_AT(err, kw_emtp_source_new(&c->source, c->ports->input, run->is_csv), "opening input");
    if (run->job.output == KW_EMTP_OUTPUT_EMTK) {
        KW_TRY(kw_emtk_sorter_new(&c->sorter, run->sort_memory_bytes, run->sort_folder, err));
    }
    return KW_OK;
}

kw_status kw_emtp_tokens_run(kw_emtp_token_totals *out, const kw_emtp_token_run *run,
                             const kw_emtp_token_ports *ports, kw_error *err)
{
    KW_ASSERT(run->threads >= 1 && run->threads <= KW_EMTP_TOKEN_THREADS_MAX);
    KW_AUTO(crew) c = {.run = run, .ports = ports};
    KW_TRY(prepare(&c, err));
    KW_TRY(run->threads == 1 ? run_alone(&c, err) : run_threads(&c, err));
    if (c.sorter != NULL) {
        kw_emtk_sink sink = {.write = ports->write, .ctx = ports->ctx};
        KW_TRY(kw_emtk_sorter_finish(c.sorter, run->job.keys[0].kid, sink, err));
    }
    c.totals.bytes = kw_emtp_source_bytes(c.source);
    *out = c.totals;
    return KW_OK;
}
