/* SPDX-License-Identifier: Apache-2.0
 * Errands that block, done by some threads. */
#ifndef KW_EMTP_ERRANDS_H
#define KW_EMTP_ERRANDS_H

#include "emtp/errand_queue.h"

/* How errands are done; the texts are borrowed for the call. Both run on the queue's threads. */
typedef struct kw_errand_ops {
    void *ctx;
    /* One try; blocks. `worker` counts the threads from 0. `stop` becomes true when the queue
     * ends. */
    kw_status (*run)(void *ctx, size_t worker, const kw_errand *errand, const _Atomic bool *stop);
    /* It is over: OK, or the status of its last try. Must not call kw_errands_*. */
    void (*ended)(void *ctx, const kw_errand *errand, kw_status st);
} kw_errand_ops;

/* Safe for any number of threads. */
typedef struct kw_errands kw_errands;

/* Starts `threads` (1..KW_ERRAND_THREADS_MAX). NO_MEMORY, LIMIT. */
KW_MUST_USE kw_status kw_errands_new(kw_errands **out, const kw_errand_ops *ops, size_t threads,
                                     kw_error *err);

/* Drops what is pending, waits for what runs. Takes NULL. */
void kw_errands_free(kw_errands *errands);
KW_AUTO_PTR_DEFINE(kw_errands);

/* As kw_errand_queue_ask; never blocks. */
KW_MUST_USE kw_status kw_errands_ask(kw_errands *errands, kw_str key, kw_str to, kw_str about);

/* Pending or running. */
size_t kw_errands_count(kw_errands *errands);

#endif /* KW_EMTP_ERRANDS_H */
