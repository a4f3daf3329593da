/* SPDX-License-Identifier: Apache-2.0
 * Threads over pthreads. */
#include "os/thread.h"

#include "base/heap.h"
#include "os/fault.h"
#include "os/oserror.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <time.h>

enum {
    NS_PER_S = 1000000000
};

/* What a new thread needs; it frees this. */
typedef struct start {
    void (*run)(void *ctx);
    void *ctx;
    kw_os_faults *faults; /* inherited, so that tests reach threads they do not start */
} start;

static void *enter_thread(void *arg)
{
    start given = *(start *)arg;
    kw_heap_free(arg);
    kw_os_faults_use(given.faults);
    given.run(given.ctx);
    return NULL;
}

/* pthread_create with every signal blocked in the child: signals belong to one descriptor. */
static int create_quiet(pthread_t *out, start *given)
{
    sigset_t all;
    sigset_t before;
    (void)sigfillset(&all);
    int failed = pthread_sigmask(SIG_SETMASK, &all, &before);
    if (failed != 0) {
        return failed;
    }
    failed = pthread_create(out, NULL, enter_thread, given);
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
    return failed;
}

kw_status kw_thread_start(kw_thread *out, const char *name, void (*run)(void *ctx), void *ctx,
                          kw_error *err)
{
    KW_ASSERT(!out->is_running);
    start *given = kw_heap_new(1, sizeof *given);
    KW_REQUIRE(given != NULL, err, KW_NO_MEMORY, "starting the thread %s", name);
    *given = (start){.run = run, .ctx = ctx, .faults = kw_os_faults_in_use()};
    int failed = create_quiet(&out->handle, given);
    if (failed != 0) {
        kw_heap_free(given);
        return kw_fail(err, failed == EAGAIN ? KW_LIMIT : KW_NO_MEMORY,
                       "no thread for %s is to be had", name);
    }
    (void)pthread_setname_np(out->handle, name); /* only debuggers see it */
    out->is_running = true;
    return KW_OK;
}

void kw_thread_join(kw_thread *thread)
{
    if (thread->is_running) {
        KW_ASSERT(pthread_join(thread->handle, NULL) == 0);
        thread->is_running = false;
    }
}

unsigned kw_thread_cpu_count(void)
{
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof set, &set) != 0) {
        return 1; /* more than 1024 processors, or a filter: one is always right */
    }
    return (unsigned)KW_MAX(CPU_COUNT(&set), 1);
}

void kw_mutex_lock(kw_mutex *mutex)
{
    KW_ASSERT(pthread_mutex_lock(&mutex->handle) == 0);
}

void kw_mutex_unlock(kw_mutex *mutex)
{
    KW_ASSERT(pthread_mutex_unlock(&mutex->handle) == 0);
}

void kw_cond_wait(kw_cond *cond, kw_mutex *mutex)
{
    KW_ASSERT(pthread_cond_wait(&cond->handle, &mutex->handle) == 0);
}

bool kw_cond_wait_until(kw_cond *cond, kw_mutex *mutex, uint64_t deadline_ns)
{
    struct timespec deadline = {.tv_sec = (time_t)(deadline_ns / NS_PER_S),
                                .tv_nsec = (long)(deadline_ns % NS_PER_S)};
    int failed = pthread_cond_clockwait(&cond->handle, &mutex->handle, CLOCK_MONOTONIC, &deadline);
    KW_ASSERT(failed == 0 || failed == ETIMEDOUT);
    return failed == 0;
}

void kw_cond_signal(kw_cond *cond)
{
    KW_ASSERT(pthread_cond_signal(&cond->handle) == 0);
}

void kw_cond_broadcast(kw_cond *cond)
{
    KW_ASSERT(pthread_cond_broadcast(&cond->handle) == 0);
}
