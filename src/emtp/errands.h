/* SPDX-License-Identifier: Apache-2.0
 * Calls to others that may be late but not lost at the first failure: at most one pending for each
 * key, some threads, retries after 1, 5 and 30 seconds, then dropped (emtp.md section 9.4). */
#ifndef KW_EMTP_ERRANDS_H
#define KW_EMTP_ERRANDS_H

#include "base/error.h"
#include "base/span.h"

#include <stddef.h>

/* What to do; NUL-terminated texts, borrowed for the call. */
typedef struct kw_errand {
    const char *key;   /* whose it is; one pending for each */
    const char *to;    /* URL to call */
    const char *about; /* what it is about */
} kw_errand;

/* How errands are done. Both run on the queue's threads. */
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

/* Makes an errand pending. One that is pending for the key stays as it is; one that runs is done
 * again afterwards, for the change may have come after the other side looked. Never blocks.
 * LIMIT: KW_ERRANDS_MAX are pending. NO_MEMORY. */
KW_MUST_USE kw_status kw_errands_ask(kw_errands *errands, kw_str key, kw_str to, kw_str about);

/* Drops the pending errand of a key; one that runs gets no further try. */
void kw_errands_drop_key(kw_errands *errands, kw_str key);

/* Pending or running. */
size_t kw_errands_count(kw_errands *errands);

#endif /* KW_EMTP_ERRANDS_H */
