/* SPDX-License-Identifier: Apache-2.0
 * External merge sort of token records. Tokens are as sensitive as keys: buffers are wiped, runs
 * on disk have no name. */
#include "emtp/emtk_sorter.h"

#include "base/ct.h"
#include "base/heap.h"
#include "os/scratch.h"

enum {
    OUT_RECORDS = 4096,
    RUNS_MAX = 65536
};

/* A sorted run in the nameless file, and the part of it that is in memory. */
typedef struct run {
    uint64_t at;  /* next byte to read */
    uint64_t end; /* one past its last */
    kw_emtk_record *room;
    size_t room_count;
    size_t next; /* in `room` */
    size_t have;
} run;

struct kw_emtk_sorter {
    kw_emtk_record *records; /* owned, room for `capacity` */
    kw_emtk_record *spare;   /* owned, as many: sorting, reading runs */
    size_t capacity;
    size_t count; /* in `records` */
    uint64_t total;
    kw_scratch scratch;
    char *folder;       /* owned */
    uint64_t *run_ends; /* owned, room for RUNS_MAX */
    size_t runs_count;
    kw_emtk_record out[OUT_RECORDS];
    size_t out_count;
};

kw_status kw_emtk_sorter_new(kw_emtk_sorter **out, size_t memory_bytes, const char *folder,
                             kw_error *err)
{
    KW_AUTO_PTR(kw_emtk_sorter) sorter = kw_heap_new(1, sizeof *sorter);
    KW_REQUIRE(sorter != NULL, err, KW_NO_MEMORY, "no memory for sorting");
    sorter->capacity =
        KW_MAX(memory_bytes, (size_t)KW_EMTK_SORTER_BYTES_MIN) / (2 * sizeof(kw_emtk_record));
    sorter->records = kw_heap_new(sorter->capacity, sizeof *sorter->records);
    sorter->spare = kw_heap_new(sorter->capacity, sizeof *sorter->spare);
    sorter->run_ends = kw_heap_new(RUNS_MAX, sizeof *sorter->run_ends);
    sorter->folder = kw_heap_copy_text(folder);
    KW_REQUIRE(sorter->records != NULL && sorter->spare != NULL && sorter->run_ends != NULL &&
                   sorter->folder != NULL,
               err, KW_NO_MEMORY, "no memory for sorting");
    *out = sorter;
    sorter = NULL;
    return KW_OK;
}

void kw_emtk_sorter_free(kw_emtk_sorter *sorter)
{
    if (sorter == NULL) {
        return;
    }
    size_t used = sorter->total < sorter->capacity ? (size_t)sorter->total : sorter->capacity;
    if (sorter->records != NULL) {
        kw_wipe(sorter->records, used * sizeof *sorter->records);
    }
    if (sorter->spare != NULL) {
        kw_wipe(sorter->spare, used * sizeof *sorter->spare);
    }
    kw_heap_free(sorter->records);
    kw_heap_free(sorter->spare);
    kw_heap_free(sorter->run_ends);
    kw_heap_free(sorter->folder);
    kw_scratch_drop(&sorter->scratch);
    kw_wipe(sorter->out, sizeof sorter->out);
    kw_heap_free(sorter);
}

static kw_span bytes_of(const kw_emtk_record *records, size_t count)
{
    return (kw_span){(const uint8_t *)records, count * sizeof *records};
}

/* Writes what is in memory as a run of the nameless file. */
static kw_status spill(kw_emtk_sorter *sorter, kw_error *err)
{
    KW_REQUIRE(sorter->runs_count < RUNS_MAX, err, KW_LIMIT, "too many tokens to sort");
    if (!sorter->scratch.is_open) {
        KW_TRY(kw_scratch_open(&sorter->scratch, sorter->folder, err));
    }
    kw_emtk_sort(sorter->records, sorter->spare, sorter->count);
    KW_TRY(kw_scratch_add(&sorter->scratch, bytes_of(sorter->records, sorter->count), err));
    sorter->run_ends[sorter->runs_count++] = sorter->scratch.size;
    sorter->count = 0;
    return KW_OK;
}

kw_status kw_emtk_sorter_add(kw_emtk_sorter *sorter, const kw_emtk_record *records, size_t count,
                             kw_error *err)
{
    while (count > 0) {
        if (sorter->count == sorter->capacity) {
            KW_TRY_AT(err, spill(sorter, err), "sorting tokens");
        }
        size_t part = KW_MIN(count, sorter->capacity - sorter->count);
        memcpy(sorter->records + sorter->count, records, part * sizeof *records);
        sorter->count += part;
        sorter->total += part;
        records += part;
        count -= part;
    }
    return KW_OK;
}

/* Makes sure that a run has a record in memory; false: it has ended. */
static kw_status load(kw_emtk_sorter *sorter, run *r, bool *out_has_more, kw_error *err)
{
    *out_has_more = true;
    if (r->next < r->have) {
        return KW_OK;
    }
    uint64_t left = (r->end - r->at) / sizeof(kw_emtk_record);
    *out_has_more = left > 0;
    r->next = 0;
    r->have = left < r->room_count ? (size_t)left : r->room_count;
    kw_mspan room = {(uint8_t *)r->room, r->have * sizeof *r->room};
    KW_TRY(kw_scratch_read(&sorter->scratch, r->at, room, err));
    r->at += room.len;
    return KW_OK;
}

static bool is_before(const run *a, const run *b)
{
    return kw_emtk_compare(&a->room[a->next], &b->room[b->next]) < 0;
}

/* Restores the heap (smallest at 0) below `at`. */
static void sift_down(run *runs, size_t count, size_t at)
{
    for (;;) {
        size_t child = 2 * at + 1;
        if (child >= count) {
            return;
        }
        if (child + 1 < count && is_before(&runs[child + 1], &runs[child])) {
            child++;
        }
        if (!is_before(&runs[child], &runs[at])) {
            return;
        }
        run moved = runs[at];
        runs[at] = runs[child];
        runs[child] = moved;
        at = child;
    }
}

static kw_status flush(kw_emtk_sorter *sorter, kw_emtk_sink sink, kw_error *err)
{
    KW_TRY(sink.write(sink.ctx, bytes_of(sorter->out, sorter->out_count), err));
    sorter->out_count = 0;
    return KW_OK;
}

/* Merges the runs, all of which have a record, into the sink. */
static kw_status merge_runs(kw_emtk_sorter *sorter, run *runs, size_t count, kw_emtk_sink sink,
                            kw_error *err)
{
    for (size_t i = count; i > 0; i--) {
        sift_down(runs, count, i - 1);
    }
    while (count > 0) {
        sorter->out[sorter->out_count++] = runs[0].room[runs[0].next++];
        if (sorter->out_count == OUT_RECORDS) {
            KW_TRY(flush(sorter, sink, err));
        }
        bool has_more = false;
        KW_TRY(load(sorter, &runs[0], &has_more, err));
        if (!has_more) {
            runs[0] = runs[--count];
        }
        sift_down(runs, count, 0);
    }
    return flush(sorter, sink, err);
}

/* Gives each run its share of the memory and merges. */
static kw_status merge(kw_emtk_sorter *sorter, kw_emtk_sink sink, kw_error *err)
{
    size_t share = sorter->capacity / sorter->runs_count;
    KW_REQUIRE(share > 0, err, KW_LIMIT, "too many tokens for this memory");
    run *runs = kw_heap_new(sorter->runs_count, sizeof *runs);
    KW_REQUIRE(runs != NULL, err, KW_NO_MEMORY, "no memory for merging");
    kw_status st = KW_OK;
    for (size_t i = 0; st == KW_OK && i < sorter->runs_count; i++) {
        bool has_more = false;
        runs[i] = (run){.at = i == 0 ? 0 : sorter->run_ends[i - 1],
                        .end = sorter->run_ends[i],
                        .room = sorter->spare + i * share,
                        .room_count = share};
        st = load(sorter, &runs[i], &has_more, err);
    }
    st = st == KW_OK ? merge_runs(sorter, runs, sorter->runs_count, sink, err) : st;
    kw_heap_free(runs);
    return st;
}

kw_status kw_emtk_sorter_finish(kw_emtk_sorter *sorter, kw_str kid, kw_emtk_sink sink,
                                kw_error *err)
{
    KW_AUTO(kw_buf) header = kw_buf_init(KW_EMTK_HEADER_BYTES_MAX);
    KW_TRY_AT(err, kw_emtk_header_encode(&header, kid, sorter->total), "writing a token file");
    KW_TRY_AT(err, sink.write(sink.ctx, kw_buf_view(&header), err), "writing a token file");
    if (sorter->runs_count == 0) {
        kw_emtk_sort(sorter->records, sorter->spare, sorter->count);
        KW_TRY_AT(err, sink.write(sink.ctx, bytes_of(sorter->records, sorter->count), err),
                  "writing a token file");
        return KW_OK;
    }
    if (sorter->count > 0) {
        KW_TRY_AT(err, spill(sorter, err), "sorting tokens");
    }
    KW_TRY_AT(err, merge(sorter, sink, err), "writing a token file");
    return KW_OK;
}
