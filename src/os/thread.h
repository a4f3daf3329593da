/* SPDX-License-Identifier: Apache-2.0
 * Threads, locks and conditions as thin words over pthreads. Misuse (a lock not held) aborts. */
#ifndef KW_OS_THREAD_H
#define KW_OS_THREAD_H

#include "base/error.h"

#include <pthread.h>
#include <stdint.h>

/* All-zero: no thread. */
typedef struct kw_thread {
    pthread_t handle;
    bool is_running; /* started and not joined; only the owner touches it */
} kw_thread;

/* Runs `run(ctx)` in a new thread with all signals blocked. `name`: at most 15 bytes, for
 * debuggers. LIMIT or NO_MEMORY when the system gives no thread. */
KW_MUST_USE kw_status kw_thread_start(kw_thread *out, const char *name, void (*run)(void *ctx),
                                      void *ctx, kw_error *err);

/* Waits for its end. Does nothing when none runs, so it may run twice. */
void kw_thread_join(kw_thread *thread);

/* Processors this process may use, at least 1. */
unsigned kw_thread_cpu_count(void);

/* All-zero is a free mutex; not recursive. */
typedef struct kw_mutex {
    pthread_mutex_t handle;
} kw_mutex;

void kw_mutex_lock(kw_mutex *mutex);
void kw_mutex_unlock(kw_mutex *mutex);

/* `KW_AUTO(kw_locked) hold = kw_lock(&m);` holds the mutex to the end of the scope. */
typedef struct kw_locked {
    kw_mutex *mutex;
} kw_locked;

static inline kw_locked kw_lock(kw_mutex *mutex)
{
    kw_mutex_lock(mutex);
    return (kw_locked){mutex};
}

static inline void kw_locked_drop(kw_locked *hold)
{
    if (hold->mutex != NULL) {
        kw_mutex_unlock(hold->mutex);
        hold->mutex = NULL;
    }
}

/* All-zero is a condition nobody waits for. */
typedef struct kw_cond {
    pthread_cond_t handle;
} kw_cond;

/* The caller holds `mutex` and checks its predicate in a loop. */
void kw_cond_wait(kw_cond *cond, kw_mutex *mutex);

/* Waits until kw_monotonic_ns() passes `deadline_ns`; false when it did. */
bool kw_cond_wait_until(kw_cond *cond, kw_mutex *mutex, uint64_t deadline_ns);

void kw_cond_signal(kw_cond *cond);
void kw_cond_broadcast(kw_cond *cond);

#endif /* KW_OS_THREAD_H */
