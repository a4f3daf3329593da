/* SPDX-License-Identifier: Apache-2.0
 * Routes and life of the test server. */
#include "support/net_server.h"

#include "base/heap.h"
#include "support/expect.h"

#include <stdio.h>

/* ---- routes ---- */

typedef struct big_query {
    uint64_t bytes;
} big_query;
static const kw_field big_query_fields[] = {
    KW_FIELD(big_query, bytes, 256 << 20, KW_REQ | KW_QUERY),
};
KW_SCHEMA(big_query, big_query_fields);

typedef struct rows_query {
    uint64_t rows;
} rows_query;
static const kw_field rows_query_fields[] = {
    KW_FIELD(rows_query, rows, 100000000, KW_QUERY, .fallback = "3"),
};
KW_SCHEMA(rows_query, rows_query_fields);

typedef struct echo_body {
    kw_str text;
    uint64_t len;
} echo_body;
static const kw_field echo_in_fields[] = {KW_FIELD(echo_body, text, 65536, KW_REQ)};
static const kw_field echo_out_fields[] = {
    KW_FIELD(echo_body, text, 65536, KW_REQ),
    KW_FIELD(echo_body, len, UINT64_MAX, KW_REQ),
};
typedef echo_body echo_in;
typedef echo_body echo_out;
KW_SCHEMA(echo_in, echo_in_fields);
KW_SCHEMA(echo_out, echo_out_fields);

typedef struct item {
    kw_str id;
    uint32_t n;
} item;
static const kw_field item_in_fields[] = {
    KW_FIELD(item, id, 32, KW_REQ | KW_PATH, .made_of = "-"),
    KW_FIELD(item, n, 100, KW_QUERY, .fallback = "1"),
};
static const kw_field item_out_fields[] = {
    KW_FIELD(item, id, 32, KW_REQ),
    KW_FIELD(item, n, 100, KW_REQ),
};
typedef item item_in;
typedef item item_out;
KW_SCHEMA(item_in, item_in_fields);
KW_SCHEMA(item_out, item_out_fields);

typedef struct sum_reply {
    uint64_t bytes;
} sum_reply;
static const kw_field sum_reply_fields[] = {KW_FIELD(sum_reply, bytes, UINT64_MAX, KW_REQ)};
KW_SCHEMA(sum_reply, sum_reply_fields);

KW_HANDLER(small, kw_raw_reply, kw_no_body)
KW_HANDLER(text, kw_raw_reply, kw_no_body)
KW_HANDLER(big, kw_raw_reply, big_query)
KW_HANDLER(stream, kw_stream_reply, rows_query)
KW_HANDLER(follow, kw_stream_reply, kw_no_body)
KW_HANDLER(slow, kw_no_body, kw_no_body)
KW_HANDLER(echo, echo_out, echo_in)
KW_HANDLER(get_item, item_out, item_in)
KW_HANDLER(form, kw_raw_reply, kw_form_body)
KW_HANDLER(sum, sum_reply, kw_pull_body)
KW_HANDLER(none, kw_no_body, kw_no_body)
KW_HANDLER(failing, kw_no_body, kw_no_body)
KW_HANDLER(metrics, kw_raw_reply, kw_no_body)

#define ROUTE(verb, where, name, Out, In, most, thread)                                          \
    {                                                                                            \
        .method = (verb), .path = (where), KW_HANDLED_BY(name, Out, In),                         \
        .listener = KW_LISTENER_PUBLIC, .permission = "test.thing.do", .body_bytes_max = (most), \
        .rate = KW_RATE_READ, .audit = KW_AUDIT_NONE, .runs = (thread), .summary = "for tests"   \
    }

const kw_route net_server_routes[] = {
    ROUTE(KW_GET, "/small", small, kw_raw_reply, kw_no_body, 0, KW_RUNS_INLINE),
    ROUTE(KW_GET, "/text", text, kw_raw_reply, kw_no_body, 0, KW_RUNS_INLINE),
    ROUTE(KW_GET, "/big", big, kw_raw_reply, big_query, 0, KW_RUNS_ON_POOL),
    ROUTE(KW_GET, "/stream", stream, kw_stream_reply, rows_query, 0, KW_RUNS_INLINE),
    ROUTE(KW_GET, "/follow", follow, kw_stream_reply, kw_no_body, 0, KW_RUNS_ON_POOL),
    ROUTE(KW_GET, "/slow", slow, kw_no_body, kw_no_body, 0, KW_RUNS_ON_POOL),
    ROUTE(KW_POST, "/echo", echo, echo_out, echo_in, 65536, KW_RUNS_INLINE),
    ROUTE(KW_GET, "/items/{id}", get_item, item_out, item_in, 0, KW_RUNS_INLINE),
    ROUTE(KW_POST, "/form", form, kw_raw_reply, kw_form_body, 4096, KW_RUNS_INLINE),
    ROUTE(KW_POST, "/sum", sum, sum_reply, kw_pull_body, 64 << 20, KW_RUNS_ON_POOL),
    ROUTE(KW_POST, "/none", none, kw_no_body, kw_no_body, 0, KW_RUNS_INLINE),
    ROUTE(KW_GET, "/fail", failing, kw_no_body, kw_no_body, 0, KW_RUNS_INLINE),
    {.method = KW_GET,
     .path = "/metrics",
     KW_HANDLED_BY(metrics, kw_raw_reply, kw_no_body),
     .listener = KW_LISTENER_METRICS,
     .permission = "test.metrics.read",
     .rate = KW_RATE_FREE,
     .audit = KW_AUDIT_NONE,
     .runs = KW_RUNS_INLINE,
     .summary = "for tests"},
};
const size_t net_server_routes_count = KW_COUNT(net_server_routes);

static kw_status small(kw_request *request, kw_raw_reply *out, const kw_no_body *in, kw_error *err)
{
    static uint8_t bytes[256];
    KW_UNUSED(in);
    KW_UNUSED(err);
    if (kw_request_is_current(request, KW_STR("small"))) {
        return KW_OK;
    }
    request->reply.is_cacheable = true;
    request->reply.max_age_s = 60;
    *out = (kw_raw_reply){.media_type = "text/plain", .bytes = KW_SPAN(bytes)};
    return KW_OK;
}

static kw_status text(kw_request *request, kw_raw_reply *out, const kw_no_body *in, kw_error *err)
{
    KW_UNUSED(in);
    KW_UNUSED(err);
    char *bytes = kw_arena_new(request->arena, 5000, 1);
    if (bytes == NULL) {
        return KW_LIMIT;
    }
    memset(bytes, 'a', 5000);
    *out = (kw_raw_reply){
        .media_type = "text/plain", .bytes = {(const uint8_t *)bytes, 5000}, .may_compress = true};
    return KW_OK;
}

static void free_bytes(void *owner)
{
    kw_heap_free(owner);
}

static kw_status big(kw_request *request, kw_raw_reply *out, const big_query *in, kw_error *err)
{
    KW_UNUSED(request);
    KW_UNUSED(err);
    uint8_t *bytes = kw_heap_new(in->bytes, 1);
    if (bytes == NULL) {
        return KW_NO_MEMORY;
    }
    for (size_t i = 0; i < in->bytes; i++) {
        bytes[i] = (uint8_t)('0' + i % 10);
    }
    *out = (kw_raw_reply){.media_type = "text/plain",
                          .bytes = {bytes, in->bytes},
                          .release = free_bytes,
                          .owner = bytes};
    return KW_OK;
}

/* A stream of rows; every third pull waits and is woken at once from inside. */
typedef struct row_source {
    net_service *service;
    kw_waker *waker;
    uint64_t next;
    uint64_t rows;
    unsigned pulls;
    bool only_waits;
    char trailer[24];
    kw_trailer trailers[1];
} row_source;

static void rows_opened(void *source, kw_waker *waker)
{
    row_source *r = source;
    KW_AUTO(kw_locked) hold = kw_lock(&r->service->lock);
    r->waker = waker;
    r->service->waker = waker;
    (void)atomic_fetch_add(&r->service->streams, 1);
}

static kw_pull rows_pull(void *source, kw_pull_slot *slot)
{
    row_source *r = source;
    if (r->only_waits) {
        slot->wait_ms = 0;
        return slot->is_draining ? KW_PULL_END : KW_PULL_WAIT;
    }
    if (++r->pulls % 3 == 0 && r->next < r->rows) {
        kw_waker_wake(r->waker);
        return KW_PULL_WAIT;
    }
    while (r->next < r->rows && slot->out.len - slot->got >= 32) {
        int len = snprintf((char *)slot->out.ptr + slot->got, 32, "row %llu\n",
                           (unsigned long long)r->next++);
        slot->got += (size_t)len;
    }
    if (slot->got > 0) {
        return KW_PULL_DATA;
    }
    (void)snprintf(r->trailer, sizeof r->trailer, "%llu", (unsigned long long)r->rows);
    r->trailers[0] = (kw_trailer){"x-rows", kw_str_of(r->trailer)};
    slot->trailers = r->trailers;
    slot->trailers_count = 1;
    return KW_PULL_END;
}

static void rows_closed(void *source)
{
    row_source *r = source;
    kw_mutex_lock(&r->service->lock);
    if (r->waker != NULL) {
        (void)atomic_fetch_sub(&r->service->streams, 1);
        r->service->waker = r->service->waker == r->waker ? NULL : r->service->waker;
    }
    kw_mutex_unlock(&r->service->lock);
    kw_heap_free(r);
}

static kw_status open_rows(kw_request *request, kw_stream_reply *out, uint64_t rows,
                           bool only_waits)
{
    row_source *r = kw_heap_new(1, sizeof *r);
    if (r == NULL) {
        return KW_NO_MEMORY;
    }
    *r = (row_source){.service = request->context, .rows = rows, .only_waits = only_waits};
    *out = (kw_stream_reply){.media_type = "text/plain",
                             .opened = rows_opened,
                             .pull = rows_pull,
                             .closed = rows_closed,
                             .source = r,
                             .may_compress = true};
    return KW_OK;
}

static kw_status stream(kw_request *request, kw_stream_reply *out, const rows_query *in,
                        kw_error *err)
{
    KW_UNUSED(err);
    return open_rows(request, out, in->rows, false);
}

static kw_status follow(kw_request *request, kw_stream_reply *out, const kw_no_body *in,
                        kw_error *err)
{
    KW_UNUSED(in);
    KW_UNUSED(err);
    return open_rows(request, out, 0, true);
}

static kw_status slow(kw_request *request, kw_no_body *out, const kw_no_body *in, kw_error *err)
{
    net_service *service = request->context;
    KW_UNUSED(out);
    KW_UNUSED(in);
    KW_UNUSED(err);
    (void)atomic_fetch_add(&service->running, 1);
    while (!atomic_load(&service->may_finish)) {
        kw_sleep_ms(1);
    }
    (void)atomic_fetch_sub(&service->running, 1);
    return KW_OK;
}

static kw_status echo(kw_request *request, echo_out *out, const echo_in *in, kw_error *err)
{
    KW_UNUSED(request);
    KW_UNUSED(err);
    *out = (echo_out){.text = in->text, .len = in->text.len};
    return KW_OK;
}

static kw_status get_item(kw_request *request, item_out *out, const item_in *in, kw_error *err)
{
    KW_UNUSED(request);
    KW_UNUSED(err);
    *out = (item_out){.id = in->id, .n = in->n};
    return KW_OK;
}

static kw_status form(kw_request *request, kw_raw_reply *out, const kw_form_body *in, kw_error *err)
{
    KW_UNUSED(request);
    KW_UNUSED(err);
    *out = (kw_raw_reply){.media_type = "text/plain", .bytes = kw_span_of_str(in->text)};
    return KW_OK;
}

static kw_status sum(kw_request *request, sum_reply *out, const kw_pull_body *in, kw_error *err)
{
    uint8_t room[4096];
    KW_UNUSED(in);
    for (;;) {
        size_t got = 0;
        KW_TRY(kw_request_read(request, KW_MSPAN(room), &got, err));
        if (got == 0) {
            return KW_OK;
        }
        out->bytes += got;
    }
}

static kw_status none(kw_request *request, kw_no_body *out, const kw_no_body *in, kw_error *err)
{
    KW_UNUSED(request);
    KW_UNUSED(out);
    KW_UNUSED(in);
    KW_UNUSED(err);
    return KW_OK;
}

static kw_status failing(kw_request *request, kw_no_body *out, const kw_no_body *in, kw_error *err)
{
    KW_UNUSED(request);
    KW_UNUSED(out);
    KW_UNUSED(in);
    return kw_fail(err, KW_INTERNAL, "secret detail that stays inside");
}

static kw_status metrics(kw_request *request, kw_raw_reply *out, const kw_no_body *in,
                         kw_error *err)
{
    KW_UNUSED(request);
    KW_UNUSED(in);
    KW_UNUSED(err);
    static const uint8_t text[] = "up 1\n";
    *out =
        (kw_raw_reply){.media_type = "text/plain; version=0.0.4", .bytes = {text, sizeof text - 1}};
    return KW_OK;
}

/* ---- life ---- */

void net_server_prepare(net_server *s)
{
    memset(s, 0, sizeof *s);
    s->certs = net_certs_make();
    s->gate_port = net_gate_port(&s->gate);
    s->config = kw_net_config_default();
    s->config.loops = 1;
    s->config.workers = 2;
    s->config.drain_ms = 20000;
    s->clock = kw_clock_system();
    s->mount = (kw_mount){net_server_routes, net_server_routes_count, &s->service};
    s->files[0] = net_certs_path(&s->certs, "server.pem");
    s->files[1] = net_certs_path(&s->certs, "server.key");
    s->files[2] = net_certs_path(&s->certs, "ca.pem");
    s->listeners[KW_LISTENER_PUBLIC] =
        (kw_listener_config){.address = KW_STR("127.0.0.1:0"),
                             .client_cert = KW_CLIENT_CERT_OPTIONAL,
                             .certificate_file = kw_str_of(s->files[0].text),
                             .key_file = kw_str_of(s->files[1].text),
                             .client_ca_file = kw_str_of(s->files[2].text)};
    s->listeners[KW_LISTENER_METRICS] = (kw_listener_config){.address = KW_STR("127.0.0.1:0")};
}

void net_server_start(net_server *s)
{
    kw_error err = {0};
    kw_server_parts parts = {.net = &s->config,
                             .mounts = &s->mount,
                             .mounts_count = 1,
                             .gate = &s->gate_port,
                             .clock = &s->clock,
                             .id_seed = 42};
    memcpy(parts.listeners, s->listeners, sizeof parts.listeners);
    kw_status st = kw_server_new(&s->server, &parts, &err);
    if (st == KW_OK) {
        st = kw_server_start(s->server, &err);
    }
    if (st != KW_OK) {
        print_error("server: %s\n", err.text);
        fail();
    }
}

void net_server_start_pair(net_server *usual, net_server *hasty)
{
    net_server_prepare(usual);
    net_server_start(usual);
    net_server_prepare(hasty);
    hasty->config.header_ms = 300;
    hasty->config.idle_ms = 300;
    hasty->config.slow_body_ms = 300;
    net_server_start(hasty);
}

void net_server_stop(net_server *s)
{
    net_server_let_go(s);
    kw_server_free(s->server);
    s->server = NULL;
    net_certs_drop(&s->certs);
}

void net_server_let_go(net_server *s)
{
    atomic_store(&s->service.may_finish, true);
}

void net_server_wake(net_server *s)
{
    KW_AUTO(kw_locked) hold = kw_lock(&s->service.lock);
    if (s->service.waker != NULL) {
        kw_waker_wake(s->service.waker);
    }
}
