/* SPDX-License-Identifier: Apache-2.0
 * Workers behind one bounded queue. */
#include "net/pool.h"

#include "base/heap.h"
#include "os/thread.h"

#include <stdio.h>

enum {
    THREADS_MAX = 256
};

/* `lock` guards all that changes. */
struct kw_pool {
    kw_mutex lock;
    kw_cond changed;
    kw_job *first;
    kw_job *last;
    size_t waiting;
    size_t waiting_max;
    bool is_stopping;
    size_t threads_count;
    kw_thread threads[];
};

/* The next job, or NULL when the pool is stopping and empty. */
static kw_job *take(kw_pool *pool)
{
    KW_AUTO(kw_locked) hold = kw_lock(&pool->lock);
    while (pool->first == NULL && !pool->is_stopping) {
        kw_cond_wait(&pool->changed, &pool->lock);
    }
    kw_job *job = pool->first;
    if (job != NULL) {
        pool->first = job->next;
        pool->last = pool->first == NULL ? NULL : pool->last;
        pool->waiting--;
    }
    return job;
}

static void work(void *ctx)
{
    kw_pool *pool = ctx;
    for (kw_job *job = take(pool); job != NULL; job = take(pool)) {
        job->run(job);
    }
}

kw_status kw_pool_new(kw_pool **out, size_t threads_count, size_t queue_max, kw_error *err)
{
    KW_REQUIRE(threads_count >= 1 && threads_count <= THREADS_MAX && queue_max >= 1, err,
               KW_BAD_INPUT, "a pool needs 1 to %d threads and a queue", THREADS_MAX);
    KW_AUTO_PTR(kw_pool) pool = kw_heap_new(1, sizeof *pool + threads_count * sizeof(kw_thread));
    if (pool == NULL) {
        return kw_fail(err, KW_NO_MEMORY, "no memory for the pool");
    }
    pool->waiting_max = queue_max;
    pool->threads_count = threads_count;
    for (size_t i = 0; i < threads_count; i++) {
        char name[16];
        (void)snprintf(name, sizeof name, "kw-worker-%zu", i % 1000);
        KW_TRY(kw_thread_start(&pool->threads[i], name, work, pool, err));
    }
    *out = pool;
    pool = NULL;
    return KW_OK;
}

kw_status kw_pool_submit(kw_pool *pool, kw_job *job)
{
    KW_AUTO(kw_locked) hold = kw_lock(&pool->lock);
    if (pool->is_stopping || pool->waiting >= pool->waiting_max) {
        return KW_BUSY;
    }
    job->next = NULL;
    if (pool->last == NULL) {
        pool->first = job;
    } else {
        pool->last->next = job;
    }
    pool->last = job;
    pool->waiting++;
    kw_cond_signal(&pool->changed);
    return KW_OK;
}

size_t kw_pool_waiting(kw_pool *pool)
{
    KW_AUTO(kw_locked) hold = kw_lock(&pool->lock);
    return pool->waiting;
}

void kw_pool_free(kw_pool *pool)
{
    if (pool == NULL) {
        return;
    }
    kw_mutex_lock(&pool->lock);
    pool->is_stopping = true;
    kw_cond_broadcast(&pool->changed);
    kw_mutex_unlock(&pool->lock);
    for (size_t i = 0; i < pool->threads_count; i++) {
        kw_thread_join(&pool->threads[i]);
    }
    kw_heap_free(pool);
}
