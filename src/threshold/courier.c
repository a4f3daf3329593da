/* SPDX-License-Identifier: Apache-2.0
 * A thread that sends what is due. Source: threshold.md section 2. */
#include "threshold/courier.h"

#include "base/heap.h"
#include "codec/hex.h"
#include "net/http_crowd.h"
#include "os/thread.h"
#include "threshold/courier_watch.h"

#include <inttypes.h>
#include <stdio.h>

enum {
    BEGUN_AT_ONCE = 16, /* before the thread looks at its connections again */
    IDLE_MS = 3600000,  /* a wait that only a wake ends */
};

/* A try under way. What it points to stays, whatever becomes of the member. */
typedef struct delivery {
    kw_parcel *parcel; /* taken from the outbox */
    uint64_t begun_ms;
    char url[KW_COURIER_URL_BYTES_MAX + KW_COURIER_PATH_BYTES_MAX + 1];
    char pin[KW_HTTP_PIN_BYTES];
} delivery;

struct kw_courier {
    kw_courier_options options; /* its texts are not used after kw_courier_open */
    kw_http_crowd *crowd;
    kw_mutex mutex; /* guards the outbox; not held while `on_answer` runs */
    kw_outbox outbox;
    kw_courier_watch watch;
    _Atomic bool is_stopped;
    kw_thread thread;
};

static uint64_t pace_ms(const kw_courier *courier)
{
    return (uint64_t)kw_clock_now_ms(&courier->options.pace);
}

/* Without randomness the longest wait is the safe one. */
static uint64_t draw(const kw_courier *courier)
{
    uint64_t random = 0;
    kw_status st = kw_rng_fill(courier->options.rng, (kw_mspan){(uint8_t *)&random, sizeof random});
    return st == KW_OK ? random : UINT64_MAX;
}

/* ---- one try ---- */

static void tell(kw_courier *courier, const kw_parcel *parcel, const kw_http_result *result,
                 bool is_over)
{
    kw_courier_answer answer = {.from = parcel->to,
                                .kind = parcel->cargo->kind,
                                .hash = parcel->cargo->hash,
                                .epoch = parcel->cargo->epoch,
                                .st = parcel->st,
                                .is_over = is_over,
                                .result = result};
    courier->options.on_answer(courier->options.ctx, &answer);
}

/* References to cargo are counted under the lock. */
static void discard(kw_courier *courier, kw_parcel *parcel)
{
    KW_AUTO(kw_locked) hold = kw_lock(&courier->mutex);
    kw_parcel_free(parcel);
}

/* Enters how a try ended, and shows what that means for the member. */
static bool enter(kw_courier *courier, kw_parcel *parcel, const kw_parcel_try *tried)
{
    kw_outbox_now now = {pace_ms(courier), draw(courier)};
    kw_outbox *box = &courier->outbox;
    kw_courier_turn turn = {.parcel = parcel, .tried = tried};
    kw_mutex_lock(&courier->mutex);
    turn.before = kw_outbox_health(box, &parcel->to, now.ms);
    turn.is_over = kw_outbox_settle(box, parcel, tried, now);
    turn.after = kw_outbox_health(box, &parcel->to, now.ms);
    kw_courier_census census = kw_outbox_census(box, now.ms);
    kw_mutex_unlock(&courier->mutex);
    kw_courier_watch_turn(&courier->watch, &turn);
    kw_courier_watch_census(&courier->watch, &census);
    return turn.is_over;
}

static void settle(kw_courier *courier, kw_parcel *parcel, const kw_parcel_try *tried,
                   const kw_http_result *result)
{
    bool is_over = enter(courier, parcel, tried);
    tell(courier, parcel, result, is_over);
    if (is_over) {
        discard(courier, parcel);
    }
}

static kw_status post(kw_courier *courier, delivery *made)
{
    const kw_parcel *parcel = made->parcel;
    const kw_cargo *cargo = parcel->cargo;
    uint32_t most_ms = courier->options.attempt_ms;
    uint64_t left_ms = parcel->end_ms > made->begun_ms ? parcel->end_ms - made->begun_ms : 1;
    kw_http_call call = {.method = cargo->kind == KW_CARGO_SEND ? KW_POST : KW_GET,
                         .url = made->url,
                         .media_type = "application/json",
                         .body = kw_buf_view(&cargo->body),
                         .pinned_spki = made->pin,
                         .total_ms = (uint32_t)KW_MIN(left_ms, (uint64_t)most_ms)};
    return kw_http_crowd_add(courier->crowd, &call, made, NULL);
}

/* `made` has its URL and pin. */
static void begin(kw_courier *courier, delivery *made, kw_parcel *parcel)
{
    kw_status st = made == NULL ? KW_NO_MEMORY : post(courier, made);
    if (st != KW_OK) {
        static const kw_http_result nothing = {0};
        kw_heap_free(made);
        settle(courier, parcel, &(kw_parcel_try){.st = st}, &nothing);
    }
}

static void end(kw_courier *courier, kw_http_ended *ended)
{
    delivery *made = ended->tag;
    kw_parcel_try tried = {.st = ended->st,
                           .http = ended->result.http,
                           .retry_after_ms = ended->result.retry_after_ms,
                           .took_ms = pace_ms(courier) - made->begun_ms};
    settle(courier, made->parcel, &tried, &ended->result);
    kw_http_result_drop(&ended->result);
    kw_heap_free(made);
}

/* ---- the thread ---- */

static void end_late(kw_courier *courier)
{
    static const kw_http_result nothing = {0};
    for (;;) {
        kw_mutex_lock(&courier->mutex);
        kw_parcel *parcel = kw_outbox_take_ended(&courier->outbox, pace_ms(courier));
        kw_mutex_unlock(&courier->mutex);
        if (parcel == NULL) {
            return;
        }
        kw_courier_watch_loss(&courier->watch, &parcel->to, parcel->st);
        tell(courier, parcel, &nothing, true);
        discard(courier, parcel);
    }
}

/* Takes what is due and where it goes; false: nothing is. `out` is NULL without memory. */
static bool take(kw_courier *courier, delivery **out, kw_parcel **out_parcel)
{
    KW_AUTO(kw_locked) hold = kw_lock(&courier->mutex);
    uint64_t now_ms = pace_ms(courier);
    kw_parcel *parcel = kw_outbox_take(&courier->outbox, now_ms);
    if (parcel == NULL) {
        return false;
    }
    delivery *made = kw_heap_new(1, sizeof *made);
    if (made != NULL) {
        made->parcel = parcel;
        made->begun_ms = now_ms;
        (void)snprintf(made->url, sizeof made->url, "%s%s", kw_parcel_url(parcel),
                       parcel->cargo->path);
        (void)snprintf(made->pin, sizeof made->pin, "%s", kw_parcel_pin(parcel));
    }
    *out = made;
    *out_parcel = parcel;
    return true;
}

/* Begins some of what is due; returns how long the thread may wait for its connections. */
static uint32_t begin_due(kw_courier *courier)
{
    for (int begun = 0; begun < BEGUN_AT_ONCE; begun++) {
        delivery *made = NULL;
        kw_parcel *parcel = NULL;
        if (!take(courier, &made, &parcel)) {
            KW_AUTO(kw_locked) hold = kw_lock(&courier->mutex);
            uint64_t now_ms = pace_ms(courier);
            uint64_t due_ms = kw_outbox_due_ms(&courier->outbox, now_ms);
            return due_ms <= now_ms ? 0 : (uint32_t)KW_MIN(due_ms - now_ms, (uint64_t)IDLE_MS);
        }
        begin(courier, made, parcel);
    }
    return 0;
}

static void work(void *ctx)
{
    kw_courier *courier = ctx;
    while (!atomic_load(&courier->is_stopped)) {
        end_late(courier);
        kw_http_crowd_turn(courier->crowd, begin_due(courier));
        kw_http_ended ended;
        while (!atomic_load(&courier->is_stopped) && kw_http_crowd_take(courier->crowd, &ended)) {
            end(courier, &ended);
        }
    }
}

/* ---- life ---- */

static kw_outbox_budget budget_of(kw_outbox_budget wanted)
{
    return (kw_outbox_budget){
        .bytes_max = wanted.bytes_max == 0 ? KW_COURIER_QUEUE_BYTES_MAX : wanted.bytes_max,
        .parcels_max = wanted.parcels_max == 0 ? KW_COURIER_QUEUE_MAX : wanted.parcels_max,
        .calls_max = wanted.calls_max == 0 ? KW_COURIER_CALLS_MAX : wanted.calls_max};
}

static kw_status build(kw_courier *courier, kw_error *err)
{
    kw_http_client_options http = {.ca_file = courier->options.ca_file,
                                   .certificate_file = courier->options.certificate_file,
                                   .key_file = courier->options.key_file,
                                   .connect_ms = courier->options.attempt_ms,
                                   .body_bytes_max = KW_COURIER_ANSWER_BYTES_MAX,
                                   .idle_kept = KW_COURIER_MEMBERS_MAX};
    courier->watch =
        (kw_courier_watch){.log = courier->options.log, .metrics = courier->options.metrics};
    KW_TRY(kw_courier_watch_open(&courier->watch, err));
    KW_TRY(kw_http_crowd_new(&courier->crowd, &http, err));
    return kw_thread_start(&courier->thread, "kw-courier", work, courier, err);
}

kw_status kw_courier_open(kw_courier **out, const kw_courier_options *options, kw_error *err)
{
    KW_ASSERT(options->on_answer != NULL && options->rng != NULL);
    kw_courier *courier = kw_heap_new(1, sizeof *courier);
    KW_REQUIRE(courier != NULL, err, KW_NO_MEMORY, "no memory for a courier");
    courier->options = *options;
    courier->outbox.budget = budget_of(options->budget);
    if (options->attempt_ms == 0) {
        courier->options.attempt_ms = KW_COURIER_ATTEMPT_MS;
    }
    kw_status st = build(courier, err);
    if (st != KW_OK) {
        kw_courier_free(courier);
        return st;
    }
    *out = courier;
    return KW_OK;
}

/* Their parcels stay in the outbox and go with it. */
static void dismiss_all(kw_courier *courier)
{
    kw_http_ended ended;
    kw_http_crowd_cut(courier->crowd);
    while (kw_http_crowd_take(courier->crowd, &ended)) {
        kw_http_result_drop(&ended.result);
        kw_heap_free(ended.tag);
    }
}

void kw_courier_stop(kw_courier *courier)
{
    atomic_store(&courier->is_stopped, true);
    if (courier->crowd != NULL) {
        kw_http_crowd_wake(courier->crowd);
        kw_thread_join(&courier->thread);
        dismiss_all(courier);
    }
}

void kw_courier_free(kw_courier *courier)
{
    if (courier == NULL) {
        return;
    }
    kw_courier_stop(courier);
    kw_http_crowd_free(courier->crowd);
    kw_outbox_drop(&courier->outbox);
    kw_heap_free(courier);
}

/* ---- doors ---- */

kw_status kw_courier_members(kw_courier *courier, const kw_courier_member *members, size_t count,
                             kw_error *err)
{
    kw_mutex_lock(&courier->mutex);
    kw_status st = kw_outbox_members(&courier->outbox, members, count, err);
    kw_courier_census census = kw_outbox_census(&courier->outbox, pace_ms(courier));
    kw_courier_watch_census(&courier->watch, &census);
    kw_mutex_unlock(&courier->mutex);
    kw_http_crowd_wake(courier->crowd);
    return st;
}

/* A moment of the clock as one of the pace. */
static uint64_t end_of(const kw_courier *courier, uint64_t until_ms, uint64_t now_ms)
{
    uint64_t unix_ms = (uint64_t)kw_clock_now_ms(&courier->options.clock);
    return until_ms <= unix_ms ? now_ms : now_ms + (until_ms - unix_ms);
}

static kw_status put_all(kw_courier *courier, kw_cargo *cargo, const kw_courier_trip *trip)
{
    KW_AUTO(kw_locked) hold = kw_lock(&courier->mutex);
    uint64_t now_ms = pace_ms(courier);
    uint64_t end_ms = end_of(courier, trip->until_ms, now_ms);
    kw_status worst = KW_OK;
    for (size_t i = 0; i < trip->to_count; i++) {
        kw_status st = kw_outbox_put(&courier->outbox, &trip->to[i], cargo, end_ms, now_ms);
        worst = worst == KW_OK ? st : worst;
        if (st == KW_LIMIT) {
            kw_courier_watch_loss(&courier->watch, &trip->to[i], st);
        }
    }
    kw_cargo_free(cargo);
    return worst;
}

/* Gives the reference away. */
static kw_status dispatch(kw_courier *courier, kw_cargo *cargo, const kw_courier_trip *trip)
{
    if (atomic_load(&courier->is_stopped)) {
        kw_cargo_free(cargo);
        return KW_CANCELLED;
    }
    kw_status st = put_all(courier, cargo, trip);
    kw_http_crowd_wake(courier->crowd);
    return st;
}

kw_status kw_courier_send(kw_courier *courier, kw_buf *body, const char *path,
                          const kw_courier_trip *trip)
{
    KW_AUTO(kw_buf) taken = kw_buf_take(body);
    size_t path_len = strlen(path);
    if (path_len > KW_COURIER_PATH_BYTES_MAX || taken.len > KW_COURIER_BODY_BYTES_MAX) {
        return KW_LIMIT;
    }
    kw_cargo *cargo = kw_cargo_new(KW_CARGO_SEND);
    if (cargo == NULL) {
        return KW_NO_MEMORY;
    }
    memcpy(cargo->path, path, path_len + 1);
    cargo->body = kw_buf_take(&taken);
    return dispatch(courier, cargo, trip);
}

kw_status kw_courier_pull(kw_courier *courier, const kw_hash32 *hash, const kw_courier_trip *trip)
{
    static const char where[] = "/message/0x";
    kw_cargo *cargo = kw_cargo_new(KW_CARGO_PULL);
    if (cargo == NULL) {
        return KW_NO_MEMORY;
    }
    cargo->hash = *hash;
    memcpy(cargo->path, where, sizeof where);
    kw_hex_encode_to(cargo->path + sizeof where - 1, KW_SPAN(hash->bytes));
    return dispatch(courier, cargo, trip);
}

kw_status kw_courier_ask(kw_courier *courier, uint64_t epoch, const kw_courier_trip *trip)
{
    kw_cargo *cargo = kw_cargo_new(KW_CARGO_ASK);
    if (cargo == NULL) {
        return KW_NO_MEMORY;
    }
    cargo->epoch = epoch;
    (void)snprintf(cargo->path, sizeof cargo->path, "/epoch");
    if (epoch != 0) {
        (void)snprintf(cargo->path, sizeof cargo->path, "/epoch/%" PRIu64, epoch);
    }
    return dispatch(courier, cargo, trip);
}

void kw_courier_heard(kw_courier *courier, const kw_address *from)
{
    kw_mutex_lock(&courier->mutex);
    bool is_back = kw_outbox_heard(&courier->outbox, from, pace_ms(courier));
    kw_mutex_unlock(&courier->mutex);
    if (is_back) { /* not at each message that comes */
        kw_http_crowd_wake(courier->crowd);
    }
}

size_t kw_courier_states(kw_courier *courier, kw_courier_state *out, size_t room)
{
    KW_AUTO(kw_locked) hold = kw_lock(&courier->mutex);
    return kw_outbox_states(&courier->outbox, out, room, pace_ms(courier));
}

void kw_courier_look(kw_courier *courier)
{
    kw_http_crowd_wake(courier->crowd);
}
