/* SPDX-License-Identifier: Apache-2.0
 * What is due, and what becomes of it. */
#include "emtp/errand_queue.h"

#include "base/heap.h"
#include "emtp/limits.h"

/* Waits after the first, second and third failure, milliseconds. */
static const uint32_t waits_ms[] = {1000, 5000, 30000};

typedef struct kw_errand_entry {
    kw_errand errand; /* owned texts; first, so that a taken errand leads back here */
    struct kw_errand_entry *next;
    bool is_running;
    bool is_asked_again; /* while it runs */
    bool is_dropped;     /* while it runs: no further try */
    uint16_t lane;       /* of its host and port */
    unsigned failures;
    uint64_t due_ns;
} entry;

/* FNV-1a of what stands between "https://" and the path. */
static uint16_t lane_of(kw_str url)
{
    kw_str host = {0};
    for (int i = 0; i < 3; i++) { /* "https:", nothing, host and port */
        (void)kw_str_split(url, '/', &host, &url);
    }
    uint32_t hash = 2166136261;
    for (size_t i = 0; i < host.len; i++) {
        hash = (hash ^ (uint8_t)host.ptr[i]) * 16777619;
    }
    return (uint16_t)(hash % KW_ERRAND_LANES);
}

static bool may_run(const kw_errand_queue *queue, const entry *each)
{
    return !each->is_running &&
           (queue->host_max == 0 || queue->running[each->lane] < queue->host_max);
}

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

static entry *entry_new(kw_str key, kw_str to, kw_str about, uint64_t now_ns)
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
    made->lane = lane_of(to);
    made->due_ns = now_ns;
    return made;
}

static entry *find(const kw_errand_queue *queue, kw_str key)
{
    entry *each = queue->entries;
    while (each != NULL && (each->is_dropped || !kw_str_equal(kw_str_of(each->errand.key), key))) {
        each = each->next;
    }
    return each;
}

static void remove_entry(kw_errand_queue *queue, entry *gone)
{
    entry **link = &queue->entries;
    while (*link != gone) {
        link = &(*link)->next;
    }
    *link = gone->next;
    queue->count--;
    entry_free(gone);
}

void kw_errand_queue_drop(kw_errand_queue *queue)
{
    while (queue->entries != NULL) {
        remove_entry(queue, queue->entries);
    }
}

kw_status kw_errand_queue_ask(kw_errand_queue *queue, kw_str key, kw_str to, kw_str about,
                              uint64_t now_ns)
{
    entry *present = find(queue, key);
    if (present != NULL) {
        present->is_asked_again = present->is_running;
        return KW_OK;
    }
    if (queue->count >= KW_ERRANDS_MAX) {
        return KW_LIMIT;
    }
    entry *made = entry_new(key, to, about, now_ns);
    if (made == NULL) {
        return KW_NO_MEMORY;
    }
    made->next = queue->entries;
    queue->entries = made;
    queue->count++;
    return KW_OK;
}

void kw_errand_queue_drop_key(kw_errand_queue *queue, kw_str key)
{
    for (entry *each = queue->entries; each != NULL;) {
        entry *next = each->next;
        if (kw_str_equal(kw_str_of(each->errand.key), key)) {
            if (each->is_running) {
                each->is_dropped = true;
            } else {
                remove_entry(queue, each);
            }
        }
        each = next;
    }
}

const kw_errand *kw_errand_queue_take(kw_errand_queue *queue, uint64_t *out_due_ns, uint64_t now_ns)
{
    entry *best = NULL;
    for (entry *each = queue->entries; each != NULL; each = each->next) {
        if ((best == NULL || each->due_ns < best->due_ns) && may_run(queue, each)) {
            best = each;
        }
    }
    if (best == NULL || best->due_ns > now_ns) {
        *out_due_ns = best == NULL ? UINT64_MAX : best->due_ns;
        return NULL;
    }
    best->is_running = true;
    queue->running[best->lane]++;
    return &best->errand;
}

void kw_errand_queue_settle(kw_errand_queue *queue, const kw_errand *taken, kw_errand_try tried,
                            uint64_t now_ns)
{
    entry *each = (entry *)(uintptr_t)taken;
    KW_ASSERT(each->is_running);
    each->is_running = false;
    queue->running[each->lane]--;
    bool is_over = tried.st == KW_OK || tried.is_final || each->is_dropped ||
                   each->failures >= KW_COUNT(waits_ms);
    if (!is_over) {
        each->is_asked_again = false; /* the next try comes after that */
        each->due_ns = now_ns + waits_ms[each->failures] * UINT64_C(1000000);
        each->failures++;
        return;
    }
    queue->ended(queue->ctx, &each->errand, tried.st);
    if (each->is_asked_again && !each->is_dropped) {
        each->is_asked_again = false;
        each->failures = 0;
        each->due_ns = now_ns;
        return;
    }
    remove_entry(queue, each);
}
