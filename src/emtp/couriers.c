/* SPDX-License-Identifier: Apache-2.0
 * Threads that send notices. Source: emtp.md section 9.4. */
#include "emtp/couriers.h"

#include "base/heap.h"
#include "emtp/engine/notice.h"
#include "emtp/limits.h"
#include "net/http_crowd.h"
#include "os/clock.h"
#include "os/thread.h"

enum {
    BEGUN_AT_ONCE = 16, /* by a thread before it looks at its connections again */
    IDLE_MS = 3600000,  /* a wait that only a wake ends */
};

/* A notice that is on its way. */
typedef struct delivery {
    const kw_errand *errand; /* taken from the queue */
    kw_buf body;
} delivery;

typedef struct courier {
    kw_couriers *all;
    kw_http_crowd *crowd;
    kw_thread thread;
} courier;

struct kw_couriers {
    size_t calls_max;
    kw_mutex mutex; /* guards the queue */
    kw_errand_queue queue;
    _Atomic bool stop;
    courier couriers[KW_EMTP_COURIERS_MAX];
    size_t count;
};

/* ---- one notice ---- */

static kw_status post(courier *self, delivery *sent)
{
    KW_TRY(kw_emtp_notice_write(&sent->body, kw_str_of(sent->errand->about)));
    kw_http_call call = {.method = KW_POST,
                         .url = sent->errand->to,
                         .media_type = "application/x-www-form-urlencoded",
                         .body = kw_buf_view(&sent->body),
                         .drops_body = true};
    return kw_http_crowd_add(self->crowd, &call, sent, NULL);
}

static void settle(courier *self, const kw_errand *errand, kw_errand_try tried)
{
    KW_AUTO(kw_locked) hold = kw_lock(&self->all->mutex);
    kw_errand_queue_settle(&self->all->queue, errand, tried, kw_monotonic_ns());
}

static void begin(courier *self, const kw_errand *errand)
{
    delivery *made = kw_heap_new(1, sizeof *made);
    kw_status st = KW_NO_MEMORY;
    if (made != NULL) {
        *made = (delivery){.errand = errand, .body = kw_buf_init(4 * KW_EMTP_SURL_BYTES_MAX)};
        st = post(self, made);
    }
    if (st != KW_OK) {
        if (made != NULL) {
            kw_buf_drop(&made->body);
            kw_heap_free(made);
        }
        settle(self, errand, (kw_errand_try){.st = st});
    }
}

static void end(courier *self, kw_http_ended *ended)
{
    delivery *sent = ended->tag;
    /* Without an answer it was we who refused the address: the host was registered, but it points
     * inside. It gets no second chance to point elsewhere. */
    bool is_final = ended->st == KW_FORBIDDEN && ended->result.http == 0;
    settle(self, sent->errand, (kw_errand_try){.st = ended->st, .is_final = is_final});
    kw_http_result_drop(&ended->result);
    kw_buf_drop(&sent->body);
    kw_heap_free(sent);
}

/* ---- threads ---- */

static const kw_errand *take(kw_couriers *all, uint64_t *out_due_ns)
{
    KW_AUTO(kw_locked) hold = kw_lock(&all->mutex);
    return kw_errand_queue_take(&all->queue, out_due_ns, kw_monotonic_ns());
}

/* Begins some of what is due; returns how long the thread may wait for its connections. */
static uint32_t begin_due(courier *self)
{
    for (int begun = 0; begun < BEGUN_AT_ONCE; begun++) {
        if (kw_http_crowd_count(self->crowd) >= self->all->calls_max) {
            return IDLE_MS; /* until one ends */
        }
        uint64_t due_ns = 0;
        const kw_errand *next = take(self->all, &due_ns);
        if (next == NULL) {
            uint64_t now_ns = kw_monotonic_ns();
            uint64_t wait_ms = due_ns <= now_ns ? 0 : (due_ns - now_ns) / 1000000 + 1;
            return (uint32_t)KW_MIN(wait_ms, (uint64_t)IDLE_MS);
        }
        begin(self, next);
    }
    return 0;
}

static void work(void *ctx)
{
    courier *self = ctx;
    while (!atomic_load(&self->all->stop)) {
        uint32_t wait_ms = begin_due(self);
        kw_http_crowd_turn(self->crowd, wait_ms);
        kw_http_ended ended;
        while (kw_http_crowd_take(self->crowd, &ended)) {
            end(self, &ended);
        }
    }
}

/* ---- doors ---- */

static kw_status build(kw_couriers *all, const kw_couriers_options *options, kw_error *err)
{
    for (size_t i = 0; i < options->threads; i++) {
        courier *self = &all->couriers[i];
        self->all = all;
        KW_TRY(kw_http_crowd_new(&self->crowd, options->http, err));
        all->count++;
        KW_TRY(kw_thread_start(&self->thread, "kw-courier", work, self, err));
    }
    return KW_OK;
}

kw_status kw_couriers_new(kw_couriers **out, const kw_couriers_options *options, kw_error *err)
{
    KW_ASSERT(options->threads >= 1 && options->threads <= KW_EMTP_COURIERS_MAX);
    KW_ASSERT(options->calls_max >= 1);
    kw_couriers *all = kw_heap_new(1, sizeof *all);
    KW_REQUIRE(all != NULL, err, KW_NO_MEMORY, "no memory for couriers");
    all->calls_max = options->calls_max;
    all->queue = (kw_errand_queue){
        .host_max = KW_EMTP_NOTIFY_HOST_MAX, .ctx = options->ctx, .ended = options->ended};
    kw_status st = build(all, options, err);
    if (st != KW_OK) {
        kw_couriers_free(all);
        return st;
    }
    *out = all;
    return KW_OK;
}

/* What was on its way is not worth waiting for: the receiver finds the change at its next visit. */
static void dismiss(courier *self)
{
    kw_http_crowd_cut(self->crowd);
    kw_http_ended ended;
    while (kw_http_crowd_take(self->crowd, &ended)) {
        end(self, &ended);
    }
    kw_http_crowd_free(self->crowd);
}

void kw_couriers_free(kw_couriers *couriers)
{
    if (couriers == NULL) {
        return;
    }
    atomic_store(&couriers->stop, true);
    kw_couriers_go(couriers);
    for (size_t i = 0; i < couriers->count; i++) {
        kw_thread_join(&couriers->couriers[i].thread);
        dismiss(&couriers->couriers[i]);
    }
    kw_errand_queue_drop(&couriers->queue);
    kw_heap_free(couriers);
}

kw_status kw_couriers_ask(kw_couriers *couriers, kw_str key, kw_str to, kw_str about)
{
    KW_AUTO(kw_locked) hold = kw_lock(&couriers->mutex);
    return kw_errand_queue_ask(&couriers->queue, key, to, about, kw_monotonic_ns());
}

void kw_couriers_go(kw_couriers *couriers)
{
    for (size_t i = 0; i < couriers->count; i++) {
        kw_http_crowd_wake(couriers->couriers[i].crowd);
    }
}

void kw_couriers_drop_key(kw_couriers *couriers, kw_str key)
{
    KW_AUTO(kw_locked) hold = kw_lock(&couriers->mutex);
    kw_errand_queue_drop_key(&couriers->queue, key);
}

size_t kw_couriers_count(kw_couriers *couriers)
{
    KW_AUTO(kw_locked) hold = kw_lock(&couriers->mutex);
    return couriers->queue.count;
}
