/* SPDX-License-Identifier: Apache-2.0
 * HTTP/2 on a connection (RFC 9113) through nghttp2: streams become exchanges, output is
 * gathered. */
#include "base/heap.h"
#include "net/conn.h"
#include "net/exchange.h"
#include "net/h2_memory.h"

#include <nghttp2/nghttp2.h>

enum {
    CONNECTION_WINDOW = 1 << 20, /* one stalled upload must not stop the other streams */
    FIELD_OVERHEAD = 32,         /* of each field in MAX_HEADER_LIST_SIZE, RFC 9113 section 6.5.2 */
    UNWANTED_BODY_MS = 1000,
    NV_MAX = KW_NET_REPLY_FIELDS_MAX + 8
};

/* Events of one kind in a window of time. */
typedef struct rate {
    uint64_t since_ms;
    unsigned count;
} rate;

typedef struct h2 {
    nghttp2_session *session;
    kw_h2_memory memory; /* the session's */
    kw_exchange *streams;
    size_t streams_count;
    kw_span left; /* of the frame that nghttp2 gave last */
    rate resets;
    rate controls;
    bool has_notice; /* GOAWAY without limit was sent */
    bool has_goaway; /* GOAWAY with the last stream was sent */
} h2;

/* ---- floods ---- */

static void come_to_rest(kw_conn *conn)
{
    h2 *h = conn->state;
    kw_loop_count(conn->loop, KW_TALLY_PROTOCOL_ERRORS, 1);
    (void)nghttp2_session_terminate_session(h->session, NGHTTP2_ENHANCE_YOUR_CALM);
}

static void count_event(kw_conn *conn, rate *r, unsigned max)
{
    uint64_t now_ms = uv_now(&conn->loop->uv);
    if (r->count == 0 || now_ms - r->since_ms >= KW_NET_RESETS_WINDOW_MS) {
        *r = (rate){.since_ms = now_ms};
    }
    r->count++;
    if (r->count == max + 1) {
        come_to_rest(conn);
    }
}

/* ---- streams ---- */

static kw_exchange *exchange_of(nghttp2_session *session, int32_t stream_id)
{
    return nghttp2_session_get_stream_user_data(session, stream_id);
}

static void link_stream(h2 *h, kw_exchange *x)
{
    x->next = h->streams;
    x->before = NULL;
    if (h->streams != NULL) {
        h->streams->before = x;
    }
    h->streams = x;
    h->streams_count++;
}

static void unlink_stream(h2 *h, kw_exchange *x)
{
    if (x->before != NULL) {
        x->before->next = x->next;
    } else {
        h->streams = x->next;
    }
    if (x->next != NULL) {
        x->next->before = x->before;
    }
    h->streams_count--;
}

static void reset_stream(h2 *h, kw_exchange *x, uint32_t code)
{
    x->h2.is_broken = true;
    (void)nghttp2_submit_rst_stream(h->session, NGHTTP2_FLAG_NONE, x->h2.id, code);
}

static int on_begin_headers(nghttp2_session *session, const nghttp2_frame *frame, void *ctx)
{
    kw_conn *conn = ctx;
    h2 *h = conn->state;
    if (frame->headers.cat != NGHTTP2_HCAT_REQUEST) {
        return 0;
    }
    kw_exchange *x = kw_exchange_new(conn);
    if (x == NULL) {
        return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
    }
    x->h2.id = frame->hd.stream_id;
    link_stream(h, x);
    (void)nghttp2_session_set_stream_user_data(session, x->h2.id, x);
    kw_conn_set_deadline(conn, conn->loop->core->config.header_ms);
    return 0;
}

static int on_stream_close(nghttp2_session *session, int32_t stream_id, uint32_t code, void *ctx)
{
    kw_conn *conn = ctx;
    h2 *h = conn->state;
    kw_exchange *x = exchange_of(session, stream_id);
    KW_UNUSED(code);
    if (x == NULL) {
        return 0;
    }
    unlink_stream(h, x);
    kw_exchange_end(x);
    if (h->streams_count == 0) {
        kw_conn_set_deadline(conn, conn->loop->core->config.idle_ms);
    }
    return 0;
}

/* ---- headers ---- */

static kw_status keep_pseudo(kw_exchange *x, kw_str name, kw_str value)
{
    if (kw_str_equal(name, KW_STR(":method"))) {
        kw_http_head_set_method(&x->head, value);
        return KW_OK;
    }
    if (kw_str_equal(name, KW_STR(":path"))) {
        return kw_arena_copy_str(&x->arena, &x->head.target, value);
    }
    if (kw_str_equal(name, KW_STR(":authority"))) {
        return kw_arena_copy_str(&x->arena, &x->head.authority, value);
    }
    return KW_OK;
}

static kw_status keep_field(kw_exchange *x, kw_str name, kw_str value)
{
    if (name.len > 0 && name.ptr[0] == ':') {
        return keep_pseudo(x, name, value);
    }
    if (!kw_http_head_keeps(name)) {
        return KW_OK;
    }
    kw_str copy = {0};
    KW_TRY(kw_arena_copy_str(&x->arena, &copy, kw_str_trim(value)));
    return kw_http_head_add(&x->head, &x->arena, name, copy);
}

static int on_header(nghttp2_session *session, const nghttp2_frame *frame, const uint8_t *name,
                     size_t name_len, const uint8_t *value, size_t value_len, uint8_t flags,
                     void *ctx)
{
    kw_conn *conn = ctx;
    const kw_net_config *config = &conn->loop->core->config;
    kw_exchange *x = exchange_of(session, frame->hd.stream_id);
    KW_UNUSED(flags);
    if (x == NULL || x->h2.is_broken || frame->headers.cat != NGHTTP2_HCAT_REQUEST) {
        return 0; /* trailers of a request are read and dropped */
    }
    x->h2.head_bytes += (uint32_t)(name_len + value_len + FIELD_OVERHEAD);
    x->h2.head_fields += name[0] == ':' ? 0 : 1;
    if (x->h2.head_bytes > config->header_bytes_max ||
        x->h2.head_fields > config->header_fields_max) {
        return 0; /* answered when the header is complete */
    }
    kw_str name_text = {(const char *)name, name_len};
    kw_str value_text = {(const char *)value, value_len};
    if (keep_field(x, name_text, value_text) != KW_OK) {
        reset_stream(conn->state, x, NGHTTP2_PROTOCOL_ERROR);
    }
    return 0;
}

/* nghttp2 would only drop such a field. */
static int on_invalid_header(nghttp2_session *session, const nghttp2_frame *frame,
                             const uint8_t *name, size_t name_len, const uint8_t *value,
                             size_t value_len, uint8_t flags, void *ctx)
{
    kw_conn *conn = ctx;
    kw_exchange *x = exchange_of(session, frame->hd.stream_id);
    KW_UNUSED(name);
    KW_UNUSED(name_len);
    KW_UNUSED(value);
    KW_UNUSED(value_len);
    KW_UNUSED(flags);
    if (x != NULL) {
        reset_stream(conn->state, x, NGHTTP2_PROTOCOL_ERROR);
    }
    return 0;
}

/* Host and :authority name the same place when both are there. */
static kw_status finish_head(kw_exchange *x, bool is_end)
{
    kw_http_head *head = &x->head;
    KW_TRY(kw_http_head_finish(head));
    head->has_body = !is_end && !(head->has_content_length && head->content_length == 0);
    kw_str host = head->value[KW_HTTP_HEAD_HOST];
    if (head->authority.len == 0) {
        head->authority = host;
    }
    bool is_same = !head->has[KW_HTTP_HEAD_HOST] || kw_str_equal_nocase(host, head->authority);
    bool is_upgrade = head->has[KW_HTTP_HEAD_HTTP2_SETTINGS];
    return is_same && !is_upgrade && head->authority.len > 0 ? KW_OK : KW_BAD_INPUT;
}

static void begin_request(kw_conn *conn, kw_exchange *x, bool is_end)
{
    const kw_net_config *config = &conn->loop->core->config;
    kw_conn_set_deadline(conn, 0);
    x->h2.is_input_done = is_end;
    if (x->h2.head_bytes > config->header_bytes_max ||
        x->h2.head_fields > config->header_fields_max) {
        kw_exchange_refuse(x, KW_HEADERS_TOO_LARGE);
        return;
    }
    if (finish_head(x, is_end) != KW_OK) {
        kw_loop_count(conn->loop, KW_TALLY_PROTOCOL_ERRORS, 1);
        reset_stream(conn->state, x, NGHTTP2_PROTOCOL_ERROR);
        return;
    }
    if (kw_exchange_begin(x) && x->head.expects_continue) {
        static const nghttp2_nv go_on = {(uint8_t *)(uintptr_t) ":status",
                                         (uint8_t *)(uintptr_t) "100", 7, 3, NGHTTP2_NV_FLAG_NONE};
        const h2 *h = conn->state;
        (void)nghttp2_submit_headers(h->session, NGHTTP2_FLAG_NONE, x->h2.id, NULL, &go_on, 1,
                                     NULL);
    }
}

/* ---- other frames ---- */

static int on_frame(nghttp2_session *session, const nghttp2_frame *frame, void *ctx)
{
    kw_conn *conn = ctx;
    h2 *h = conn->state;
    bool is_end = (frame->hd.flags & NGHTTP2_FLAG_END_STREAM) != 0;
    bool is_ack = (frame->hd.flags & NGHTTP2_FLAG_ACK) != 0;
    if (frame->hd.type == NGHTTP2_RST_STREAM) {
        count_event(conn, &h->resets, KW_NET_RESETS_MAX);
    } else if ((frame->hd.type == NGHTTP2_SETTINGS || frame->hd.type == NGHTTP2_PING) && !is_ack) {
        count_event(conn, &h->controls, KW_NET_SETTINGS_MAX);
    }
    if (frame->hd.type != NGHTTP2_HEADERS && frame->hd.type != NGHTTP2_DATA) {
        return 0;
    }
    kw_exchange *x = exchange_of(session, frame->hd.stream_id);
    if (x == NULL || x->h2.is_broken) {
        return 0;
    }
    if (frame->hd.type == NGHTTP2_HEADERS && frame->headers.cat == NGHTTP2_HCAT_REQUEST) {
        begin_request(conn, x, is_end);
    } else if (is_end) {
        x->h2.is_input_done = true;
        kw_exchange_body_end(x);
    }
    return 0;
}

static int on_bad_frame(nghttp2_session *session, const nghttp2_frame *frame, int code, void *ctx)
{
    kw_conn *conn = ctx;
    h2 *h = conn->state;
    KW_UNUSED(session);
    KW_UNUSED(frame);
    KW_UNUSED(code);
    kw_loop_count(conn->loop, KW_TALLY_PROTOCOL_ERRORS, 1);
    count_event(conn, &h->resets, KW_NET_RESETS_MAX);
    return 0;
}

static int on_data(nghttp2_session *session, uint8_t flags, int32_t stream_id, const uint8_t *bytes,
                   size_t len, void *ctx)
{
    KW_UNUSED(flags);
    KW_UNUSED(ctx);
    kw_exchange *x = exchange_of(session, stream_id);
    bool is_full = false;
    bool is_wanted =
        x != NULL && !x->h2.is_broken && kw_exchange_body(x, &is_full, (kw_span){bytes, len});
    /* What a handler pulls is acknowledged when it was taken: that is the back-pressure. What
     * nobody wants closes the window of its stream, but not that of the others. */
    if (is_wanted && x->stage == KW_STAGE_BODY) {
        (void)nghttp2_session_consume(session, stream_id, len);
    } else if (!is_wanted) {
        (void)nghttp2_session_consume_connection(session, len);
    }
    return 0;
}

static int on_sent(nghttp2_session *session, const nghttp2_frame *frame, void *ctx)
{
    const kw_conn *conn = ctx;
    kw_exchange *x = exchange_of(session, frame->hd.stream_id);
    if (x != NULL && (frame->hd.flags & NGHTTP2_FLAG_END_STREAM) != 0) {
        x->h2.answered_ms = uv_now(&conn->loop->uv);
    }
    return 0;
}

/* The rest of a request whose answer is complete is not wanted (RFC 9113 section 8.1). Clients such
 * as curl 7.88 take a reset that comes at once for a failure, so they get time to stop
 * themselves. */
static bool is_overdue(const kw_exchange *x, uint64_t now_ms)
{
    return x->h2.answered_ms != 0 && !x->h2.is_broken &&
           now_ms - x->h2.answered_ms >= UNWANTED_BODY_MS;
}

/* ---- answers ---- */

static void send_trailers(nghttp2_session *session, const kw_exchange *x, const kw_pull_slot *slot)
{
    nghttp2_nv fields[KW_NET_REPLY_FIELDS_MAX];
    size_t count = KW_MIN(slot->trailers_count, KW_COUNT(fields));
    for (size_t i = 0; i < count; i++) {
        const kw_trailer *t = &slot->trailers[i];
        fields[i] = (nghttp2_nv){(uint8_t *)(uintptr_t)t->name, (uint8_t *)(uintptr_t)t->value.ptr,
                                 strlen(t->name), t->value.len, NGHTTP2_NV_FLAG_NONE};
    }
    (void)nghttp2_submit_trailer(session, x->h2.id, fields, count);
}

static ssize_t read_body(nghttp2_session *session, int32_t stream_id, uint8_t *out, size_t len,
                         uint32_t *flags, nghttp2_data_source *source, void *ctx)
{
    kw_exchange *x = source->ptr;
    KW_UNUSED(stream_id);
    KW_UNUSED(ctx);
    kw_pull_slot slot = {.out = {out, len}};
    x->h2.is_deferred = false;
    switch (kw_exchange_pull(x, &slot)) {
    case KW_PULL_DATA:
        if (!x->reply.is_streamed && x->reply.bytes_sent == x->reply.bytes.len) {
            *flags |= NGHTTP2_DATA_FLAG_EOF;
        }
        return (ssize_t)slot.got;
    case KW_PULL_WAIT:
        x->h2.is_deferred = true;
        return NGHTTP2_ERR_DEFERRED;
    case KW_PULL_END:
        *flags |= NGHTTP2_DATA_FLAG_EOF;
        if (slot.trailers_count > 0) {
            *flags |= NGHTTP2_DATA_FLAG_NO_END_STREAM;
            send_trailers(session, x, &slot);
        }
        return 0;
    case KW_PULL_FAIL:
        return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
    }
    return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
}

/* A list of fields whose texts live as long as the exchange, so that nghttp2 need not copy them. */
typedef struct nv_list {
    nghttp2_nv items[NV_MAX];
    size_t count;
} nv_list;

static void nv_add(nv_list *list, kw_str name, kw_str value, uint8_t flags)
{
    list->items[list->count++] = (nghttp2_nv){
        (uint8_t *)(uintptr_t)name.ptr, (uint8_t *)(uintptr_t)value.ptr, name.len, value.len,
        (uint8_t)(flags | NGHTTP2_NV_FLAG_NO_COPY_NAME | NGHTTP2_NV_FLAG_NO_COPY_VALUE)};
}

static void nv_add_own(nv_list *list, kw_exchange *x)
{
    kw_reply *reply = &x->reply;
    kw_str digits = kw_reply_decimal(x->h2.status_text, (uint64_t)reply->http);
    nv_add(list, KW_STR(":status"), digits, 0);
    /* The loop rewrites its date, and this frame may wait longer than that: copy the value. */
    kw_str date = kw_loop_date(x->loop, x->request.now_ms);
    nv_add(list, KW_STR("date"), date, 0);
    list->items[list->count - 1].flags = NGHTTP2_NV_FLAG_NO_COPY_NAME;
    if (reply->has_length) {
        digits = kw_reply_decimal(x->h2.length_text, reply->length);
        nv_add(list, KW_STR("content-length"), digits, 0);
    }
    nv_add(list, KW_STR("x-request-id"), (kw_str){x->request.id.text, sizeof x->request.id.text},
           NGHTTP2_NV_FLAG_NO_INDEX);
}

static void h2_reply(kw_conn *conn, kw_exchange *x)
{
    const h2 *h = conn->state;
    nv_list list = {.count = 0};
    nv_add_own(&list, x);
    for (size_t i = 0; i < x->reply.lines_count; i++) {
        nv_add(&list, x->reply.lines[i].name, x->reply.lines[i].value, 0);
    }
    for (size_t i = 0; i < KW_COUNT(kw_reply_fixed); i++) {
        nv_add(&list, kw_reply_fixed[i].name, kw_reply_fixed[i].value, 0);
    }
    bool has_bytes = x->reply.has_body && (x->reply.is_streamed || x->reply.bytes.len > 0);
    const nghttp2_data_provider body = {.source.ptr = x, .read_callback = read_body};
    if (nghttp2_submit_response(h->session, x->h2.id, list.items, list.count,
                                has_bytes ? &body : NULL) != 0) {
        kw_conn_abort(conn); /* no memory inside nghttp2 */
    }
}

static size_t h2_output(kw_conn *conn, kw_mspan out)
{
    h2 *h = conn->state;
    size_t len = 0;
    while (len < out.len) {
        if (h->left.len == 0) {
            const uint8_t *frame = NULL;
            ssize_t got = nghttp2_session_mem_send(h->session, &frame);
            if (got < 0) {
                kw_conn_abort(conn);
            }
            if (got <= 0) {
                break;
            }
            h->left = (kw_span){frame, (size_t)got};
        }
        size_t piece = KW_MIN(h->left.len, out.len - len);
        memcpy(out.ptr + len, h->left.ptr, piece);
        h->left = (kw_span){h->left.ptr + piece, h->left.len - piece};
        len += piece;
    }
    bool is_at_end =
        nghttp2_session_want_read(h->session) == 0 && nghttp2_session_want_write(h->session) == 0;
    if (len == 0 && (is_at_end || (h->has_goaway && h->streams_count == 0))) {
        kw_conn_finish(conn);
    }
    return len;
}

/* ---- input, time, end ---- */

static void h2_input(kw_conn *conn, kw_span bytes)
{
    const h2 *h = conn->state;
    ssize_t used = nghttp2_session_mem_recv(h->session, bytes.ptr, bytes.len);
    if (used < 0) {
        kw_loop_count(conn->loop, KW_TALLY_PROTOCOL_ERRORS, 1);
        kw_conn_finish(conn);
    }
}

static void h2_input_end(kw_conn *conn)
{
    kw_conn_abort(conn); /* an HTTP/2 peer that closes its side is gone */
}

static void h2_expire(kw_conn *conn)
{
    const h2 *h = conn->state;
    kw_loop_count(conn->loop, KW_TALLY_TIMEOUTS, h->streams_count > 0 ? 1 : 0);
    (void)nghttp2_session_terminate_session(h->session, NGHTTP2_NO_ERROR);
    kw_loop_make_ready(conn->loop, conn);
}

static void h2_wake(kw_conn *conn, kw_exchange *x)
{
    const h2 *h = conn->state;
    if (x->h2.is_deferred) {
        x->h2.is_deferred = false;
        (void)nghttp2_session_resume_data(h->session, x->h2.id);
    }
}

static void h2_tick(kw_conn *conn)
{
    const h2 *h = conn->state;
    uint64_t now_ms = uv_now(&conn->loop->uv);
    for (kw_exchange *x = h->streams; x != NULL; x = x->next) {
        if (kw_exchange_is_due(x, now_ms)) {
            h2_wake(conn, x);
            kw_loop_make_ready(conn->loop, conn);
        } else if (is_overdue(x, now_ms)) {
            reset_stream(conn->state, x, NGHTTP2_NO_ERROR);
            kw_loop_make_ready(conn->loop, conn);
        }
    }
}

/* First a GOAWAY that only warns, then, when requests on their way have come, the real one (RFC
 * 9113 section 6.8). */
static void h2_drain(kw_conn *conn)
{
    h2 *h = conn->state;
    if (!h->has_notice) {
        h->has_notice = true;
        (void)nghttp2_submit_shutdown_notice(h->session);
        for (kw_exchange *x = h->streams; x != NULL; x = x->next) {
            h2_wake(conn, x); /* waiting streams learn of it by being pulled */
        }
    } else if (!h->has_goaway && kw_loop_is_notice_over(conn->loop)) {
        h->has_goaway = true;
        int32_t last = nghttp2_session_get_last_proc_stream_id(h->session);
        (void)nghttp2_submit_goaway(h->session, NGHTTP2_FLAG_NONE, last, NGHTTP2_NO_ERROR, NULL, 0);
    }
    kw_loop_make_ready(conn->loop, conn);
}

static void h2_rest(kw_conn *conn)
{
    h2 *h = conn->state;
    if (h->left.len == 0 && nghttp2_session_want_write(h->session) == 0) {
        kw_h2_memory_rest(&h->memory);
    }
}

static bool h2_awaits_peer(const kw_conn *conn)
{
    const h2 *h = conn->state;
    bool awaits = conn->out.len > 0;
    for (const kw_exchange *x = h->streams; x != NULL && !awaits; x = x->next) {
        awaits = kw_exchange_wants_body(x) || (x->stage == KW_STAGE_REPLYING && !x->h2.is_deferred);
    }
    return awaits;
}

static void h2_consumed(kw_conn *conn, kw_exchange *x, size_t len)
{
    const h2 *h = conn->state;
    (void)nghttp2_session_consume(h->session, x->h2.id, len);
}

static nghttp2_session_callbacks *make_callbacks(void)
{
    nghttp2_session_callbacks *c = NULL;
    if (nghttp2_session_callbacks_new(&c) != 0) {
        return NULL;
    }
    nghttp2_session_callbacks_set_on_begin_headers_callback(c, on_begin_headers);
    nghttp2_session_callbacks_set_on_header_callback(c, on_header);
    nghttp2_session_callbacks_set_on_invalid_header_callback(c, on_invalid_header);
    nghttp2_session_callbacks_set_on_frame_recv_callback(c, on_frame);
    nghttp2_session_callbacks_set_on_invalid_frame_recv_callback(c, on_bad_frame);
    nghttp2_session_callbacks_set_on_data_chunk_recv_callback(c, on_data);
    nghttp2_session_callbacks_set_on_frame_send_callback(c, on_sent);
    nghttp2_session_callbacks_set_on_stream_close_callback(c, on_stream_close);
    return c;
}

static nghttp2_session *make_session(kw_conn *conn, kw_h2_memory *memory)
{
    nghttp2_session *session = NULL;
    nghttp2_option *option = NULL;
    nghttp2_session_callbacks *callbacks = make_callbacks();
    if (callbacks != NULL && nghttp2_option_new(&option) == 0) {
        nghttp2_option_set_no_auto_window_update(option, 1);
        nghttp2_option_set_no_closed_streams(option, 1);
        nghttp2_option_set_max_settings(option, 32);
        /* Each new date would join a table that idle connections keep (docs/adr/0016). */
        nghttp2_option_set_max_deflate_dynamic_table_size(option, 0);
        nghttp2_option_set_max_outbound_ack(option, 2 * KW_NET_SETTINGS_MAX);
        kw_h2_memory_begin(memory);
        if (nghttp2_session_server_new3(&session, callbacks, conn, option, &memory->calls) != 0) {
            session = NULL;
        }
        kw_h2_memory_made(memory);
    }
    nghttp2_option_del(option);
    nghttp2_session_callbacks_del(callbacks);
    return session;
}

static kw_status h2_open(kw_conn *conn)
{
    const kw_net_config *config = &conn->loop->core->config;
    h2 *h = kw_heap_new(1, sizeof *h);
    nghttp2_session *session = h == NULL ? NULL : make_session(conn, &h->memory);
    if (session == NULL) {
        kw_heap_free(h);
        return KW_NO_MEMORY;
    }
    h->session = session;
    conn->state = h;
    kw_conn_set_deadline(conn, config->idle_ms);
    const nghttp2_settings_entry settings[] = {
        {NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, config->streams_max},
        {NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE, config->header_bytes_max},
        {NGHTTP2_SETTINGS_NO_RFC7540_PRIORITIES, 1},
    };
    bool is_set =
        nghttp2_submit_settings(session, NGHTTP2_FLAG_NONE, settings, KW_COUNT(settings)) == 0 &&
        nghttp2_session_set_local_window_size(session, NGHTTP2_FLAG_NONE, 0, CONNECTION_WINDOW) ==
            0;
    if (!is_set) {
        nghttp2_session_del(session);
        kw_heap_free(h);
        conn->state = NULL;
        return KW_NO_MEMORY;
    }
    return KW_OK;
}

static void h2_close(kw_conn *conn)
{
    h2 *h = conn->state;
    while (h->streams != NULL) {
        kw_exchange *x = h->streams;
        unlink_stream(h, x);
        kw_exchange_end(x);
    }
    nghttp2_session_del(h->session);
    kw_heap_free(h);
    conn->state = NULL;
}

const kw_protocol kw_protocol_h2 = {
    .open = h2_open,
    .input = h2_input,
    .input_end = h2_input_end,
    .output = h2_output,
    .expire = h2_expire,
    .tick = h2_tick,
    .rest = h2_rest,
    .drain = h2_drain,
    .awaits_peer = h2_awaits_peer,
    .reply = h2_reply,
    .wake = h2_wake,
    .consumed = h2_consumed,
    .close = h2_close,
};
