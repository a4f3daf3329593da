/* SPDX-License-Identifier: Apache-2.0
 * A queue of calls with retries. */
#include "emtp/errands.h"

#include "base/heap.h"
#include "emtp/limits.h"
#include "os/clock.h"
#include "os/thread.h"

/* Waits after the first, second and third failure, milliseconds. */
static const uint32_t waits_ms[] = {1000, 5000, 30000};

typedef struct entry {
    struct entry *next;
    kw_errand errand; /* owned texts */
    bool is_running;
    bool is_asked_again; /* while it runs */
    bool is_dropped;     /* while it runs: no further try */
    unsigned failures;
    uint64_t due_ns; /* monotonic */
} entry;

typedef struct worker {
    kw_errands *errands;
    size_t index;
    kw_thread thread;
} worker;

struct kw_errands {
    kw_errand_ops ops;
    kw_mutex mutex; /* guards everything below but `stop` */
    kw_cond changed;
    entry *entries;
    size_t entries_count;
    _Atomic bool stop;
    worker workers[KW_ERRAND_THREADS_MAX];
    size_t workers_count;
};

/* ---- entries; mutex held ---- */

static void entry_free(entry *each)
{
    if (each != NULL) {
        kw_heap_free((char *)each->errand.key);
        kw_heap_free((char *)each->errand.to);
        kw_heap_free((char *)each->errand.about);
        kw_heap_free(each);
    }
}

static char *copy_text(kw_str text)
{
    char *copy = kw_heap_new(text.len + 1, 1);
    if (copy != NULL && text.len > 0) {
        memcpy(copy, text.ptr, text.len);
    }
    return copy;
}

static entry *entry_new(kw_str key, kw_str to, kw_str about)
{
    entry *made = kw_heap_new(1, sizeof *made);
    if (made == NULL) {
        return NULL;
    }
    made->errand = (kw_errand){copy_text(key), copy_text(to), copy_text(about)};
    if (made->errand.key == NULL || made->errand.to == NULL || made->errand.about == NULL) {
        entry_free(made);
        return NULL;
    }
    made->due_ns = kw_monotonic_ns();
    return made;
}

static entry *find(const kw_errands *errands, kw_str key)
{
    entry *each = errands->entries;
    while (each != NULL && (each->is_dropped || !kw_str_equal(kw_str_of(each->errand.key), key))) {
        each = each->next;
    }
    return each;
}

static void remove_entry(kw_errands *errands, entry *gone)
{
    entry **link = &errands->entries;
    while (*link != gone) {
        link = &(*link)->next;
    }
    *link = gone->next;
    errands->entries_count--;
    entry_free(gone);
}

static entry *earliest(const kw_errands *errands)
{
    entry *best = NULL;
    for (entry *each = errands->entries; each != NULL; each = each->next) {
        if (!each->is_running && (best == NULL || each->due_ns < best->due_ns)) {
            best = each;
        }
    }
    return best;
}

/* What becomes of an errand that was tried. */
static void settle(kw_errands *errands, entry *tried, kw_status st)
{
    tried->is_running = false;
    bool is_over = st == KW_OK || tried->is_dropped || tried->failures >= KW_COUNT(waits_ms);
    if (!is_over) {
        tried->due_ns = kw_monotonic_ns() + waits_ms[tried->failures] * UINT64_C(1000000);
        tried->failures++;
        return;
    }
    errands->ops.ended(errands->ops.ctx, &tried->errand, st);
    if (tried->is_asked_again && !tried->is_dropped) {
        tried->is_asked_again = false;
        tried->failures = 0;
        tried->due_ns = kw_monotonic_ns();
        return;
    }
    remove_entry(errands, tried);
}

/* ---- threads ---- */

static void work(void *ctx)
{
    worker *self = ctx;
    kw_errands *errands = self->errands;
    kw_mutex_lock(&errands->mutex);
    while (!errands->stop) {
        entry *next = earliest(errands);
        if (next == NULL) {
            kw_cond_wait(&errands->changed, &errands->mutex);
            continue;
        }
        if (next->due_ns > kw_monotonic_ns()) {
            (void)kw_cond_wait_until(&errands->changed, &errands->mutex, next->due_ns);
            continue;
        }
        next->is_running = true;
        kw_mutex_unlock(&errands->mutex);
        kw_status st =
            errands->ops.run(errands->ops.ctx, self->index, &next->errand, &errands->stop);
        kw_mutex_lock(&errands->mutex);
        settle(errands, next, st);
    }
    kw_mutex_unlock(&errands->mutex);
}

kw_status kw_errands_new(kw_errands **out, const kw_errand_ops *ops, size_t threads, kw_error *err)
{
    KW_ASSERT(threads >= 1 && threads <= KW_ERRAND_THREADS_MAX);
    kw_errands *errands = kw_heap_new(1, sizeof *errands);
    KW_REQUIRE(errands != NULL, err, KW_NO_MEMORY, "no memory for errands");
    errands->ops = *ops;
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
    while (errands->entries != NULL) {
        remove_entry(errands, errands->entries);
    }
    kw_heap_free(errands);
}

kw_status kw_errands_ask(kw_errands *errands, kw_str key, kw_str to, kw_str about)
{
    KW_AUTO(kw_locked) hold = kw_lock(&errands->mutex);
    entry *present = find(errands, key);
    if (present != NULL) {
        present->is_asked_again = present->is_running;
        return KW_OK;
    }
    if (errands->entries_count >= KW_ERRANDS_MAX) {
        return KW_LIMIT;
    }
    entry *made = entry_new(key, to, about);
    if (made == NULL) {
        return KW_NO_MEMORY;
    }
    made->next = errands->entries;
    errands->entries = made;
    errands->entries_count++;
    kw_cond_signal(&errands->changed);
    return KW_OK;
}

void kw_errands_drop_key(kw_errands *errands, kw_str key)
{
    KW_AUTO(kw_locked) hold = kw_lock(&errands->mutex);
    for (entry *each = errands->entries; each != NULL;) {
        entry *next = each->next;
        if (kw_str_equal(kw_str_of(each->errand.key), key)) {
            if (each->is_running) {
                each->is_dropped = true;
            } else {
                remove_entry(errands, each);
            }
        }
        each = next;
    }
}

size_t kw_errands_count(kw_errands *errands)
{
    KW_AUTO(kw_locked) hold = kw_lock(&errands->mutex);
    return errands->entries_count;
}
