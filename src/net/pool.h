/* SPDX-License-Identifier: Apache-2.0
 * The bounded worker pool for everything above ~200 us. */
#ifndef KW_NET_POOL_H
#define KW_NET_POOL_H

#include "base/error.h"

typedef struct kw_pool kw_pool;

/* Embedded in what is to be done; belongs to the pool from submit until `run` is called. */
typedef struct kw_job {
    void (*run)(struct kw_job *job);
    struct kw_job *next; /* the pool's */
} kw_job;

/* Starts `threads_count` workers (1..256) with room for `queue_max` waiting jobs (>= 1).
 * BAD_INPUT: a number out of range. NO_MEMORY, LIMIT (no thread). */
KW_MUST_USE kw_status kw_pool_new(kw_pool **out, size_t threads_count, size_t queue_max,
                                  kw_error *err);

/* From any thread; never blocks. BUSY: the queue is full or the pool is stopping. */
KW_MUST_USE kw_status kw_pool_submit(kw_pool *pool, kw_job *job);

/* Jobs that wait now. */
size_t kw_pool_waiting(kw_pool *pool);

/* Runs what is queued, then stops the workers. Takes NULL. */
void kw_pool_free(kw_pool *pool);

KW_AUTO_PTR_DEFINE(kw_pool);

#endif /* KW_NET_POOL_H */
