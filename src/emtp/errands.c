/* SPDX-License-Identifier: Apache-2.0
 * Threads over a queue. */
#include "emtp/errands.h"

#include "base/heap.h"
#include "emtp/limits.h"
#include "os/clock.h"
#include "os/thread.h"

typedef struct worker {
    kw_errands *errands;
    size_t index;
    kw_thread thread;
} worker;

struct kw_errands {
    kw_errand_ops ops;
    kw_mutex mutex; /* guards everything below but `stop` */
    kw_cond changed;
    kw_errand_queue queue;
    _Atomic bool stop;
    worker workers[KW_ERRAND_THREADS_MAX];
    size_t workers_count;
};

static void work(void *ctx)
{
    worker *self = ctx;
    kw_errands *errands = self->errands;
    kw_mutex_lock(&errands->mutex);
    while (!errands->stop) {
        uint64_t due_ns = 0;
        const kw_errand *next = kw_errand_queue_take(&errands->queue, &due_ns, kw_monotonic_ns());
        if (next == NULL && due_ns == UINT64_MAX) {
            kw_cond_wait(&errands->changed, &errands->mutex);
            continue;
        }
        if (next == NULL) {
            (void)kw_cond_wait_until(&errands->changed, &errands->mutex, due_ns);
            continue;
        }
        kw_mutex_unlock(&errands->mutex);
        kw_status st = errands->ops.run(errands->ops.ctx, self->index, next, &errands->stop);
        kw_mutex_lock(&errands->mutex);
        kw_errand_queue_settle(&errands->queue, next, (kw_errand_try){.st = st}, kw_monotonic_ns());
    }
    kw_mutex_unlock(&errands->mutex);
}

kw_status kw_errands_new(kw_errands **out, const kw_errand_ops *ops, size_t threads, kw_error *err)
{
    KW_ASSERT(threads >= 1 && threads <= KW_ERRAND_THREADS_MAX);
    kw_errands *errands = kw_heap_new(1, sizeof *errands);
    KW_REQUIRE(errands != NULL, err, KW_NO_MEMORY, "no memory for errands");
    errands->ops = *ops;
    errands->queue = (kw_errand_queue){.ctx = ops->ctx, .ended = ops->ended};
    for (size_t i = 0; i < threads; i++) {
        worker *self = &errands->workers[i];
        *self = (worker){.errands = errands, .index = i};
        kw_status st = kw_thread_start(&self->thread, "kw-errand", work, self, err);
        if (st != KW_OK) {
            kw_errands_free(errands);
            return st;
        }
        errands->workers_count++;
    }
    *out = errands;
    return KW_OK;
}

void kw_errands_free(kw_errands *errands)
{
    if (errands == NULL) {
        return;
    }
    kw_mutex_lock(&errands->mutex);
    errands->stop = true;
    kw_cond_broadcast(&errands->changed);
    kw_mutex_unlock(&errands->mutex);
    for (size_t i = 0; i < errands->workers_count; i++) {
        kw_thread_join(&errands->workers[i].thread);
    }
    kw_errand_queue_drop(&errands->queue);
    kw_heap_free(errands);
}

kw_status kw_errands_ask(kw_errands *errands, kw_str key, kw_str to, kw_str about)
{
    KW_AUTO(kw_locked) hold = kw_lock(&errands->mutex);
    KW_TRY(kw_errand_queue_ask(&errands->queue, key, to, about, kw_monotonic_ns()));
    kw_cond_signal(&errands->changed);
    return KW_OK;
}

size_t kw_errands_count(kw_errands *errands)
{
    KW_AUTO(kw_locked) hold = kw_lock(&errands->mutex);
    return errands->queue.count;
}
