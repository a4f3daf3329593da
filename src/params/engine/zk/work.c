/* SPDX-License-Identifier: Apache-2.0
 * The walk over points, block by block. */
#include "params/engine/zk/work.h"

#include "base/heap.h"
#include "crypto/chacha20.h"

enum {
    MULTIPLIER_BYTES = 16,
    PER_STREAM_BLOCK = KW_CHACHA20_BLOCK_BYTES / MULTIPLIER_BYTES,
    SLOTS = KW_ZK_BLOCK_POINTS + 1,
};

kw_status kw_zk_work_init(kw_zk_work *out, const kw_zk_job *job, const kw_zk_curve *curve,
                          kw_zk_fault *fault, kw_error *err)
{
    size_t wire_bytes = (size_t)KW_ZK_BLOCK_POINTS * curve->g2->wire_bytes;
    size_t scratch_bytes = KW_MAX(curve->g1->sum_scratch(SLOTS), curve->g2->sum_scratch(SLOTS));
    kw_zk_work w = {
        .job = job,
        .curve = curve,
        .fault = fault,
        .wire = kw_heap_new(wire_bytes, 1),
        .hashed = kw_heap_new(wire_bytes, 1),
        .points = kw_heap_new(SLOTS, curve->g2->point_bytes),
        .scalars = kw_heap_new(SLOTS, sizeof *w.scalars),
        .scratch = {kw_heap_new(scratch_bytes, 1), scratch_bytes},
    };
    if (w.wire == NULL || w.hashed == NULL || w.points == NULL || w.scalars == NULL ||
        w.scratch.ptr == NULL) {
        kw_zk_work_drop(&w);
        return kw_fail(err, KW_NO_MEMORY, "no memory for a block of points");
    }
    *out = w;
    return KW_OK;
}

void kw_zk_work_drop(kw_zk_work *w)
{
    kw_heap_free(w->wire);
    kw_heap_free(w->hashed);
    kw_heap_free(w->points);
    kw_heap_free(w->scalars);
    kw_heap_free(w->scratch.ptr);
    *w = (kw_zk_work){0};
}

void kw_zk_multipliers(kw_zk_work *w, size_t n)
{
    uint8_t bytes[KW_CHACHA20_BLOCK_BYTES];
    for (size_t i = 0; i < n; i++, w->multipliers++) {
        size_t at = (size_t)(w->multipliers % PER_STREAM_BLOCK);
        if (at == 0 || i == 0) {
            kw_chacha20_stream(KW_MSPAN(bytes), &w->job->seed, w->multipliers / PER_STREAM_BLOCK);
        }
        w->curve->scalar_of_u128(&w->scalars[i], bytes + MULTIPLIER_BYTES * at);
    }
}

kw_zk_scalar kw_zk_random_scalar(kw_zk_work *w)
{
    uint8_t bytes[KW_CHACHA20_BLOCK_BYTES];
    kw_zk_scalar scalar;
    uint64_t block = (w->multipliers + PER_STREAM_BLOCK - 1) / PER_STREAM_BLOCK;
    kw_chacha20_stream(KW_MSPAN(bytes), &w->job->seed, block);
    w->multipliers = (block + 1) * PER_STREAM_BLOCK;
    w->curve->scalar_of_wide(&scalar, bytes);
    return scalar;
}

kw_zk_place kw_zk_run_place(const kw_zk_run *run, uint64_t index)
{
    kw_zk_place place = run->place;
    place.index = index;
    place.offset += index * run->group->wire_bytes;
    return place;
}

static uint8_t *slot(const kw_zk_work *w, const kw_zk_group *group, size_t index)
{
    return (uint8_t *)w->points + index * group->point_bytes;
}

/* Points [first, first + n) into slots from 1 on. */
static kw_status load(kw_zk_work *w, const kw_zk_run *run, uint64_t first, size_t n, kw_error *err)
{
    size_t bad = 0;
    kw_mspan room = {w->wire, n * run->group->wire_bytes};
    kw_zk_place place = kw_zk_run_place(run, first);
    KW_TRY(kw_zk_read(w->job->source, place.offset, room, err));
    kw_status st =
        run->group->decode(slot(w, run->group, 1), &bad, kw_span_of_mspan(room), run->flags);
    if (st != KW_OK) {
        place = kw_zk_run_place(run, first + bad);
        return kw_zk_refuse(w->fault, &place, st, NULL, err);
    }
    return KW_OK;
}

kw_status kw_zk_walk(kw_zk_work *w, const kw_zk_run *run, const kw_zk_visitor *visitor,
                     kw_error *err)
{
    size_t n = 0;
    for (uint64_t first = 0; first < run->count; first += n) {
        memcpy(slot(w, run->group, 0), slot(w, run->group, n), run->group->point_bytes);
        n = (size_t)KW_MIN(run->count - first, (uint64_t)KW_ZK_BLOCK_POINTS);
        KW_TRY(load(w, run, first, n, err));
        kw_span wire = {w->wire, n * run->group->wire_bytes};
        if (w->hashes) {
            run->group->to_hashed(w->hashed, wire);
            kw_blake2b_update(&w->hash, (kw_span){w->hashed, wire.len});
        }
        if (visitor != NULL) {
            KW_TRY(visitor->see(visitor->user, w, first, n, err));
        }
        if (w->job->progress != NULL) {
            w->job->progress(w->job->user, wire.len);
        }
    }
    return KW_OK;
}

void kw_zk_add_terms(kw_zk_point *io, kw_zk_work *w, const kw_zk_group *group,
                     const kw_zk_slots *slots)
{
    const kw_zk_terms terms = {slot(w, group, slots->first), w->scalars + slots->scalar, slots->n,
                               slots->bits};
    if (slots->n > 0) {
        group->sum(io, w->scratch, &terms);
    }
}

kw_status kw_zk_read_point(kw_zk_point *out, kw_zk_work *w, const kw_zk_run *run, uint64_t index,
                           kw_error *err)
{
    KW_TRY(load(w, run, index, 1, err));
    *out = run->group->at(w->points, 1);
    return KW_OK;
}
