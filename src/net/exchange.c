/* SPDX-License-Identifier: Apache-2.0
 * One request: route, admit, body, handler, settle, reply. */
#include "net/exchange.h"

#include "base/ct.h"
#include "base/heap.h"
#include "net/handling.h"
#include "net/net_events.h"

enum {
    SPARE_MAX = 1024,              /* exchanges kept for reuse by a loop, about 8 KiB each */
    KEPT_BUF_BYTES_MAX = 64 << 10, /* buffers above this are not kept with them */
    PULL_BYTES_MIN = 1024          /* room that a source may count on */
};

static void on_worker_done(kw_mail *mail);
static void on_body_taken(kw_mail *mail);
static void on_released(kw_mail *mail);
static void on_woken(kw_mail *mail);
static void run_on_worker(kw_job *job);

#define CONTAINER(ptr, member) \
    ((kw_exchange *)(void *)((char *)(ptr)-offsetof(kw_exchange, member)))

/* ---- life ---- */

static void free_fully(kw_exchange *x)
{
    kw_arena_drop(&x->arena);
    kw_buf_drop(&x->body);
    kw_buf_drop(&x->encoded);
    kw_buf_drop(&x->stash);
    kw_inflow_drop(&x->inflow);
    kw_heap_free(x);
}

void kw_exchange_free_spare(kw_loop *loop)
{
    while (loop->spare != NULL) {
        kw_exchange *x = loop->spare;
        loop->spare = x->next;
        free_fully(x);
    }
    loop->spare_count = 0;
}

/* Bodies may hold credentials and keys: nothing of them waits for the next request. */
static kw_buf keep_buf(kw_buf *buf, size_t max)
{
    kw_wipe(buf->ptr, buf->len);
    if (buf->capacity > KEPT_BUF_BYTES_MAX) {
        kw_buf_drop(buf);
    }
    kw_buf kept = *buf;
    kept.len = 0;
    kept.max = max;
    return kept;
}

/* Everything to zero; memory worth keeping stays. */
static void make_blank(kw_exchange *x)
{
    bool is_large = x->arena.used > KEPT_BUF_BYTES_MAX;
    kw_arena_wipe(&x->arena);
    if (is_large) {
        kw_arena_drop(&x->arena);
    }
    kw_arena arena = x->arena;
    kw_buf body = keep_buf(&x->body, 0);
    kw_buf encoded = keep_buf(&x->encoded, KW_NET_REPLY_BYTES_MAX);
    kw_inflow_drop(&x->inflow);
    kw_buf_drop(&x->stash);
    memset(x, 0, sizeof *x);
    x->arena = arena;
    x->body = body;
    x->encoded = encoded;
    x->inflow = kw_inflow_init();
    x->stash = kw_buf_init(PULL_BYTES_MIN);
}

kw_exchange *kw_exchange_new(kw_conn *conn)
{
    kw_loop *loop = conn->loop;
    kw_exchange *x = loop->spare;
    if (x != NULL) {
        loop->spare = x->next;
        loop->spare_count--;
    } else {
        x = kw_heap_new(1, sizeof *x);
        if (x == NULL) {
            return NULL;
        }
        x->arena = kw_arena_init(KW_NET_ARENA_BYTES_MAX);
        make_blank(x);
    }
    x->next = NULL;
    x->loop = loop;
    x->conn = conn;
    x->peer = kw_peer_box_share(conn->peer);
    x->request.arena = &x->arena;
    x->job.run = run_on_worker;
    x->mail.deliver = on_worker_done;
    x->taken_mail.deliver = on_body_taken;
    x->held.mail.deliver = on_released;
    x->held.exchange = x;
    x->waker.mail.deliver = on_woken;
    x->waker.exchange = x;
    kw_loop_count(loop, KW_TALLY_IN_FLIGHT, 1);
    return x;
}

static void release_reply(kw_exchange *x)
{
    if (x->raw.release != NULL) {
        x->raw.release(x->raw.owner);
        x->raw.release = NULL;
    }
    kw_squeeze_drop(&x->squeeze);
    if (x->stream.closed != NULL) {
        x->stream.closed(x->stream.source);
        x->stream.closed = NULL;
    }
}

/* A wake may still be in the inbox; its delivery then comes back here. */
static void recycle(kw_exchange *x)
{
    release_reply(x);
    x->is_over = true;
    if (atomic_load(&x->waker.is_posted)) {
        return;
    }
    kw_loop *loop = x->loop;
    kw_peer_box_free(x->peer);
    kw_loop_count(loop, KW_TALLY_IN_FLIGHT, (uint64_t)-1);
    make_blank(x);
    if (loop->spare_count >= SPARE_MAX) {
        free_fully(x);
        return;
    }
    x->next = loop->spare;
    loop->spare = x;
    loop->spare_count++;
}

/* ---- the answer ---- */

static void tell_protocol(kw_exchange *x)
{
    x->stage = KW_STAGE_REPLYING;
    kw_metric_add(x->loop->core->requests_by_class[x->reply.http / 100], 1);
    if (x->is_over) {
        recycle(x);
        return;
    }
    x->conn->protocol->reply(x->conn, x);
    kw_loop_make_ready(x->loop, x->conn);
}

static void build_refusal(kw_exchange *x, kw_status st)
{
    bool is_limit = st == KW_RATE_LIMITED || st == KW_BUSY;
    kw_refusal refusal = {
        .status = st,
        .id = x->request.id,
        .retry_after_s = is_limit && x->admission.retry_after_s > 0
                             ? x->admission.retry_after_s
                             : x->request.reply.retry_after_s,
        .rate_remaining = st == KW_RATE_LIMITED ? x->admission.rate_remaining : -1,
        .allowed = x->routed.allowed,
    };
    release_reply(x);
    kw_reply_refuse(&x->reply, &x->arena, &refusal);
    if (x->reply.http >= 500) {
        kw_loop_count(x->loop, KW_TALLY_FAILED, 1);
    }
    kw_net_log_refusal(x, st);
}

static void build_success(kw_exchange *x)
{
    kw_reply *reply = &x->reply;
    const kw_schema *out = x->routed.route->out;
    if (x->request.reply.is_not_modified) {
        release_reply(x);
        reply->http = 304;
    } else if (out == &kw_no_body_schema) {
        static const int codes[] = {
            [KW_SUCCESS_OK] = 204, [KW_SUCCESS_CREATED] = 201, [KW_SUCCESS_ACCEPTED] = 202};
        reply->http = codes[x->request.reply.success];
        reply->has_length = reply->http != 204;
    } else {
        static const int codes[] = {
            [KW_SUCCESS_OK] = 200, [KW_SUCCESS_CREATED] = 201, [KW_SUCCESS_ACCEPTED] = 202};
        reply->http = codes[x->request.reply.success];
        kw_handling_put_body(x);
    }
    kw_reply_hint(reply, &x->arena, &x->request.reply);
}

/* The gate let go: the answer is what the handler made, or the gate's refusal. */
static void answer(kw_exchange *x)
{
    kw_status st = x->held.status != KW_OK ? x->held.status : x->status;
    if (st == KW_OK) {
        build_success(x);
    } else {
        build_refusal(x, kw_status_http(st) >= 400 ? st : KW_INTERNAL);
    }
    if (x->head.is_head) {
        x->reply.has_body = false;
    }
    tell_protocol(x);
}

void kw_held_release(kw_held *held, kw_status st)
{
    kw_loop *loop = held->exchange->loop;
    held->status = st;
    if (pthread_equal(pthread_self(), loop->self) && loop->is_settling) {
        held->is_released = true;
        return;
    }
    kw_loop_post(loop, &held->mail);
}

static void on_released(kw_mail *mail)
{
    answer(CONTAINER(mail, held.mail));
}

/* The outcome is known: the gate sees it before the peer does. */
static void conclude(kw_exchange *x, kw_status st)
{
    kw_loop *loop = x->loop;
    x->status = st;
    x->stage = KW_STAGE_SETTLING;
    x->outcome = (kw_outcome){
        .peer = &x->peer->peer,
        .route = x->request.route,
        .admission = &x->admission,
        .id = &x->request.id,
        .note = &x->request.audit,
        .arena = &x->arena,
        .now_ms = x->request.now_ms,
        .status = st,
    };
    loop->is_settling = true;
    loop->core->gate->settle(loop->core->gate->ctx, &x->outcome, &x->held);
    loop->is_settling = false;
    if (x->held.is_released) {
        answer(x);
    }
}

/* ---- the handler ---- */

static void run_on_worker(kw_job *job)
{
    kw_exchange *x = CONTAINER(job, job);
    x->status = kw_handling_run(x);
    kw_loop_post(x->loop, &x->mail);
}

static void on_worker_done(kw_mail *mail)
{
    kw_exchange *x = CONTAINER(mail, mail);
    conclude(x, x->status);
}

static void dispatch(kw_exchange *x)
{
    x->stage = KW_STAGE_RUNNING;
    if (x->request.route->runs == KW_RUNS_INLINE) {
        conclude(x, kw_handling_run(x));
        return;
    }
    kw_status st = kw_pool_submit(x->loop->core->pool, &x->job);
    if (st != KW_OK) {
        conclude(x, st);
    }
}

/* ---- the request ---- */

static void hex_into(char *out, uint64_t value, size_t digits)
{
    static const char hex[] = "0123456789abcdef";
    for (size_t i = digits; i > 0; i--, value >>= 4) {
        out[i - 1] = hex[value & 15];
    }
}

static void stamp(kw_exchange *x)
{
    kw_loop *loop = x->loop;
    x->request.now_ms = kw_clock_now_ms(loop->core->clock);
    loop->requests_count++;
    hex_into(x->request.id.text, loop->id_prefix, 12);
    hex_into(x->request.id.text + 12, loop->requests_count, 12);
    kw_loop_count(loop, KW_TALLY_REQUESTS, 1);
}

static kw_status admit(kw_exchange *x)
{
    const kw_gate *gate = x->loop->core->gate;
    kw_approach approach = {
        .peer = &x->peer->peer,
        .route = x->request.route,
        .authorization = x->head.value[KW_HTTP_HEAD_AUTHORIZATION],
        .now_ms = x->request.now_ms,
        .id = &x->request.id,
        .arena = &x->arena,
    };
    x->admission.rate_remaining = -1;
    kw_status st = gate->admit(gate->ctx, &x->admission, &approach, &x->err);
    if (st == KW_OK) { /* these two explain a refusal of the gate, not one that comes later */
        x->admission.retry_after_s = 0;
        x->admission.rate_remaining = -1;
    }
    return st;
}

bool kw_exchange_begin(kw_exchange *x)
{
    stamp(x);
    kw_str path = {0};
    (void)kw_str_split(x->head.target, '?', &path, &x->query);
    kw_status found = kw_router_match(x->loop->core->router, &x->routed, x->peer->peer.listener,
                                      x->head.method, path);
    x->request.route = x->routed.route;
    x->request.context = x->routed.context;
    x->request.caller = &x->admission.caller;
    kw_status st = admit(x);
    st = st == KW_OK ? found : st;
    st = st == KW_OK ? kw_handling_check_body(x) : st;
    if (st != KW_OK) {
        conclude(x, st);
        return false;
    }
    if (!x->head.has_body) {
        kw_inflow_end(&x->inflow);
        dispatch(x);
        return false;
    }
    x->stage = KW_STAGE_BODY;
    x->body.max = x->request.route->body_bytes_max;
    if (x->request.route->in == &kw_pull_body_schema) {
        dispatch(x); /* the handler starts at once and pulls */
    }
    return true;
}

bool kw_exchange_wants_body(const kw_exchange *x)
{
    bool is_pulled = x->stage == KW_STAGE_RUNNING && x->request.route->in == &kw_pull_body_schema;
    return x->stage == KW_STAGE_BODY || is_pulled;
}

bool kw_exchange_body(kw_exchange *x, bool *out_is_full, kw_span bytes)
{
    *out_is_full = false;
    if (!kw_exchange_wants_body(x)) {
        return false;
    }
    kw_status st = KW_OK;
    x->body_bytes += bytes.len;
    if (x->body_bytes > x->request.route->body_bytes_max) {
        st = KW_TOO_LARGE;
    } else if (x->stage == KW_STAGE_BODY) {
        st = kw_buf_append(&x->body, bytes);
    } else {
        st = kw_inflow_push(&x->inflow, out_is_full, bytes);
    }
    if (st != KW_OK) {
        kw_exchange_fail_body(x, st);
    }
    return st == KW_OK;
}

void kw_exchange_body_end(kw_exchange *x)
{
    kw_inflow_end(&x->inflow);
    if (x->stage == KW_STAGE_BODY) {
        dispatch(x);
    }
}

void kw_exchange_fail_body(kw_exchange *x, kw_status st)
{
    if (x->stage == KW_STAGE_BODY) {
        conclude(x, st);
    } else {
        kw_inflow_fail(&x->inflow, st); /* the handler returns it */
    }
}

static void on_body_taken(kw_mail *mail)
{
    kw_exchange *x = CONTAINER(mail, taken_mail);
    size_t taken = atomic_exchange(&x->taken_bytes, 0);
    if (!x->is_over) {
        x->conn->protocol->consumed(x->conn, x, taken);
        kw_loop_make_ready(x->loop, x->conn);
    }
}

void kw_exchange_refuse(kw_exchange *x, kw_status st)
{
    stamp(x);
    x->admission.rate_remaining = -1;
    kw_loop_count(x->loop, KW_TALLY_PROTOCOL_ERRORS, 1);
    build_refusal(x, st);
    tell_protocol(x);
}

void kw_exchange_end(kw_exchange *x)
{
    x->is_over = true;
    switch (x->stage) {
    case KW_STAGE_HEAD:
    case KW_STAGE_REPLYING:
        recycle(x);
        return;
    case KW_STAGE_BODY:
        conclude(x, KW_NETWORK);
        return;
    case KW_STAGE_RUNNING:
        kw_inflow_fail(&x->inflow, KW_NETWORK);
        return;
    case KW_STAGE_SETTLING:
        return;
    }
}

/* ---- the body of the response ---- */

void kw_waker_wake(kw_waker *waker)
{
    if (!atomic_exchange(&waker->is_posted, true)) {
        kw_loop_post(waker->exchange->loop, &waker->mail);
    }
}

static void on_woken(kw_mail *mail)
{
    kw_exchange *x = CONTAINER(mail, waker.mail);
    atomic_store(&x->waker.is_posted, false);
    if (x->is_over) {
        recycle(x);
    } else if (x->stage == KW_STAGE_REPLYING) {
        x->conn->protocol->wake(x->conn, x);
        kw_loop_make_ready(x->loop, x->conn);
    }
}

static kw_pull pull_bytes(kw_exchange *x, kw_pull_slot *slot)
{
    kw_reply *reply = &x->reply;
    if (reply->bytes_sent == reply->bytes.len) {
        return KW_PULL_END;
    }
    slot->got = KW_MIN(reply->bytes.len - reply->bytes_sent, slot->out.len);
    memcpy(slot->out.ptr, reply->bytes.ptr + reply->bytes_sent, slot->got);
    reply->bytes_sent += slot->got;
    return KW_PULL_DATA;
}

static kw_pull pull_source(void *ctx, kw_pull_slot *slot)
{
    kw_exchange *x = ctx;
    slot->now_ms = kw_clock_now_ms(x->loop->core->clock);
    slot->is_draining = x->loop->is_draining;
    kw_pull pulled = x->stream.pull(x->stream.source, slot);
    x->pull_at_ms = 0;
    if (pulled == KW_PULL_WAIT && slot->wait_ms > 0) {
        x->pull_at_ms = uv_now(&x->loop->uv) + slot->wait_ms;
    }
    KW_ASSERT(pulled != KW_PULL_DATA || (slot->got > 0 && slot->got <= slot->out.len));
    return pulled;
}

/* A flow-control window can leave less room than sources are promised. */
static kw_pull pull_stashed(kw_exchange *x, kw_pull_slot *slot)
{
    if (x->stash.len == 0) {
        if (kw_buf_reserve(&x->stash, PULL_BYTES_MIN) != KW_OK) {
            return KW_PULL_FAIL;
        }
        kw_pull_slot inner = {.out = {x->stash.ptr, PULL_BYTES_MIN}};
        kw_pull pulled = pull_source(x, &inner);
        if (pulled != KW_PULL_DATA) {
            inner.out = slot->out;
            *slot = inner;
            return pulled;
        }
        x->stash.len = inner.got;
    }
    slot->got = KW_MIN(slot->out.len, x->stash.len);
    memcpy(slot->out.ptr, x->stash.ptr, slot->got);
    kw_buf_consume(&x->stash, slot->got);
    return KW_PULL_DATA;
}

kw_pull kw_exchange_pull(kw_exchange *x, kw_pull_slot *slot)
{
    if (!x->reply.is_streamed) {
        return pull_bytes(x, slot);
    }
    if (x->squeeze.encoder != NULL) {
        return kw_squeeze_pull(&x->squeeze, slot, pull_source, x);
    }
    bool needs_stash = x->stash.len > 0 || slot->out.len < PULL_BYTES_MIN;
    return needs_stash ? pull_stashed(x, slot) : pull_source(x, slot);
}

bool kw_exchange_is_due(kw_exchange *x, uint64_t now_ms)
{
    bool is_due = x->pull_at_ms != 0 && now_ms >= x->pull_at_ms;
    if (is_due) {
        x->pull_at_ms = 0;
    }
    return is_due;
}
