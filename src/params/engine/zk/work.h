/* SPDX-License-Identifier: Apache-2.0
 * What all checks share: the order, the memory for one block of points, and the walk over the
 * points of a section. */
#ifndef KW_PARAMS_ENGINE_ZK_WORK_H
#define KW_PARAMS_ENGINE_ZK_WORK_H

#include "crypto/blake2b.h"
#include "params/engine/zk/curve.h"
#include "params/engine/zk/fault.h"
#include "params/engine/zk/limits.h"
#include "params/engine/zk/source.h"

typedef enum kw_zk_level {
    KW_ZK_QUICK,  /* structure, points of headers */
    KW_ZK_POINTS, /* and every point by itself */
    KW_ZK_FULL,   /* and how they belong together */
} kw_zk_level;

/* The order to check one file. Borrowed. */
typedef struct kw_zk_job {
    const kw_zk_source *source;
    kw_zk_level level;
    kw_hash32 seed; /* random, of this check alone: multipliers come from it, and who made the file
                     * must not have known it */
    void (*progress)(void *user, uint64_t bytes); /* `bytes` more are done; NULL: unasked */
    void *user;
} kw_zk_job;

/* Memory for one block of points of either group. All-zero is empty. */
typedef struct kw_zk_work {
    const kw_zk_job *job;
    const kw_zk_curve *curve;
    kw_zk_fault *fault; /* of the check; borrowed */
    bool hashes;        /* what is walked over goes to `hash`, as ceremonies hash it */
    kw_blake2b_state hash;
    uint8_t *wire; /* owned; as all below: a block */
    uint8_t *hashed;
    void *points; /* one more than a block: the last of the block before, and this one */
    kw_zk_scalar *scalars;
    kw_mspan scratch;
    uint64_t multipliers; /* that were drawn */
} kw_zk_work;

/* NO_MEMORY. */
KW_MUST_USE kw_status kw_zk_work_init(kw_zk_work *out, const kw_zk_job *job,
                                      const kw_zk_curve *curve, kw_zk_fault *fault, kw_error *err);
void kw_zk_work_drop(kw_zk_work *w);

/* Fills w->scalars[0..n) with the next multipliers of 128 bits. */
void kw_zk_multipliers(kw_zk_work *w, size_t n);

/* A random scalar of any size, from the same stream. */
kw_zk_scalar kw_zk_random_scalar(kw_zk_work *w);

/* Points one after the other. place.index is not used; place.offset is that of the first. */
typedef struct kw_zk_run {
    const kw_zk_group *group;
    kw_zk_place place;
    uint64_t count;
    unsigned flags; /* kw_point_flags */
} kw_zk_run;

/* Of point `index`. */
kw_zk_place kw_zk_run_place(const kw_zk_run *run, uint64_t index);

/* Sees a block: n points from point `first` of the run on, in w->points from slot 1 on; slot 0 has
 * the point before them when `first` is not 0. */
typedef struct kw_zk_visitor {
    kw_status (*see)(void *user, kw_zk_work *w, uint64_t first, size_t n, kw_error *err);
    void *user;
} kw_zk_visitor;

/* Walks over all points, each checked by itself; `visitor` NULL: that is all. ZK_INVALID, or what
 * the source and the visitor fail with. */
KW_MUST_USE kw_status kw_zk_walk(kw_zk_work *w, const kw_zk_run *run, const kw_zk_visitor *visitor,
                                 kw_error *err);

/* Slots [first, first + n) of w->points, times w->scalars from `scalar` on, added to `io`. */
typedef struct kw_zk_slots {
    size_t first;
    size_t scalar;
    size_t n;
    unsigned bits;
} kw_zk_slots;

void kw_zk_add_terms(kw_zk_point *io, kw_zk_work *w, const kw_zk_group *group,
                     const kw_zk_slots *slots);

/* One point at `at`. ZK_INVALID as in a walk. */
KW_MUST_USE kw_status kw_zk_read_point(kw_zk_point *out, kw_zk_work *w, const kw_zk_run *run,
                                       uint64_t index, kw_error *err);

#endif /* KW_PARAMS_ENGINE_ZK_WORK_H */
