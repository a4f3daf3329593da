/* SPDX-License-Identifier: Apache-2.0
 * HTTP/1.1 on a connection: one request at a time, pipelined ones in order. Whatever breaks a rule
 * is answered with its refusal, and then the connection closes (hardening.md section 1). */
#include "base/heap.h"
#include "net/conn.h"
#include "net/exchange.h"
#include "net/h1_chunk.h"
#include "net/h1_head.h"
#include "net/h1_render.h"

enum {
    OUTPUT_BYTES_MIN = 1024 /* less room than this is left for the next call */
};

typedef enum phase {
    IDLE,   /* between requests */
    HEAD,   /* in a header */
    BODY,   /* in a body */
    ANSWER, /* the request is read; its answer is made or sent */
} phase;

typedef struct h1 {
    phase phase;
    bool has_reply;      /* x->reply is there */
    bool is_head_sent;   /* of the reply */
    bool is_last;        /* close after this answer */
    bool is_input_ended; /* the peer closed its side */
    bool owes_continue;  /* "100 Continue" */
    kw_exchange *x;      /* from HEAD's end to the end of its answer */
    kw_h1_scan scan;
    kw_chunk_reader chunks;
    uint64_t body_left; /* of a body with length */
    kw_buf partial;     /* header bytes that came so far */
    kw_buf pending;     /* input that came while an answer was made */
    size_t pending_at;  /* of it, already read */
} h1;

static void answer_refusal(kw_conn *conn, kw_status st)
{
    h1 *h = conn->state;
    h->phase = ANSWER;
    h->is_last = true;
    kw_conn_set_deadline(conn, 0);
    h->x = kw_exchange_new(conn);
    if (h->x == NULL) {
        kw_conn_abort(conn);
        return;
    }
    kw_exchange_refuse(h->x, st);
}

static kw_status h1_open(kw_conn *conn)
{
    h1 *h = kw_heap_new(1, sizeof *h);
    if (h == NULL) {
        return KW_NO_MEMORY;
    }
    h->partial = kw_buf_init(conn->loop->core->config.header_bytes_max);
    h->pending = kw_buf_init(4 * KW_NET_READ_BYTES);
    conn->state = h;
    kw_conn_set_deadline(conn, conn->loop->core->config.idle_ms);
    return KW_OK;
}

static void h1_close(kw_conn *conn)
{
    h1 *h = conn->state;
    if (h->x != NULL) {
        kw_exchange_end(h->x);
    }
    kw_buf_drop(&h->partial);
    kw_buf_drop(&h->pending);
    kw_heap_free(h);
    conn->state = NULL;
}

/* ---- reading ---- */

static void begin_body(h1 *h)
{
    const kw_http_head *head = &h->x->head;
    h->phase = BODY;
    h->chunks = (kw_chunk_reader){0};
    h->body_left = head->content_length;
    h->owes_continue = head->expects_continue;
}

/* The whole header is in `text`. */
static void take_head(kw_conn *conn, kw_str text)
{
    h1 *h = conn->state;
    kw_exchange *x = kw_exchange_new(conn);
    if (x == NULL) {
        kw_conn_abort(conn);
        return;
    }
    kw_str copy = {0};
    kw_status st = kw_arena_copy_str(&x->arena, &copy, text);
    st = st == KW_OK ? kw_h1_head_parse(&x->head, &x->arena, copy) : st;
    if (st != KW_OK) {
        kw_exchange_end(x);
        answer_refusal(conn, st);
        return;
    }
    h->x = x;
    h->phase = ANSWER;
    kw_conn_set_deadline(conn, 0);
    if (kw_exchange_begin(x)) {
        begin_body(h);
    }
}

static size_t read_head(kw_conn *conn, kw_span bytes)
{
    h1 *h = conn->state;
    const kw_net_config *config = &conn->loop->core->config;
    kw_h1_limits limits = {config->header_bytes_max, config->header_fields_max};
    size_t used = 0;
    if (h->phase == IDLE) {
        h->phase = HEAD;
        h->scan = (kw_h1_scan){0};
        kw_conn_set_deadline(conn, config->header_ms);
    }
    kw_status st = kw_h1_scan_push(&h->scan, &used, bytes, &limits);
    kw_span seen = {bytes.ptr, used};
    if (st == KW_OK && h->scan.is_complete && h->partial.len == 0) {
        take_head(conn, kw_str_of_span(seen));
        return used;
    }
    st = st == KW_OK ? kw_buf_append(&h->partial, seen) : st;
    if (st != KW_OK) {
        answer_refusal(conn, st == KW_NO_MEMORY ? st : st == KW_LIMIT ? KW_HEADERS_TOO_LARGE : st);
        return bytes.len;
    }
    if (h->scan.is_complete) {
        take_head(conn, kw_buf_text(&h->partial));
        kw_buf_drop(&h->partial);
    }
    return used;
}

static void give_body(kw_conn *conn, kw_span data, bool is_complete)
{
    h1 *h = conn->state;
    bool is_full = false;
    if (data.len > 0 && !kw_exchange_body(h->x, &is_full, data)) {
        h->phase = ANSWER;
        h->is_last = true;
        return;
    }
    if (is_complete) {
        h->phase = ANSWER;
        h->owes_continue = false;
        kw_exchange_body_end(h->x);
    } else if (is_full) {
        kw_conn_pause(conn);
    }
}

static size_t read_body(kw_conn *conn, kw_span bytes)
{
    h1 *h = conn->state;
    size_t used = 0;
    kw_span data = {0};
    if (!h->x->head.is_chunked) {
        used = (size_t)KW_MIN((uint64_t)bytes.len, h->body_left);
        h->body_left -= used;
        give_body(conn, (kw_span){bytes.ptr, used}, h->body_left == 0);
        return used;
    }
    kw_status st = kw_chunk_read(&h->chunks, &used, &data, bytes);
    if (st != KW_OK) {
        h->phase = ANSWER;
        h->is_last = true;
        kw_loop_count(conn->loop, KW_TALLY_PROTOCOL_ERRORS, 1);
        kw_exchange_fail_body(h->x, st);
        return bytes.len;
    }
    give_body(conn, data, h->chunks.state == KW_CHUNK_END);
    return used;
}

/* Reads up to the end of a request; returns the bytes used. */
static size_t read_some(kw_conn *conn, kw_span bytes)
{
    h1 *h = conn->state;
    size_t used = 0;
    while (used < bytes.len && h->phase != ANSWER && !conn->is_doomed) {
        kw_span rest = {bytes.ptr + used, bytes.len - used};
        used += h->phase == BODY ? read_body(conn, rest) : read_head(conn, rest);
    }
    return used;
}

static void h1_input(kw_conn *conn, kw_span bytes)
{
    h1 *h = conn->state;
    size_t used = h->pending.len == 0 ? read_some(conn, bytes) : 0;
    if (used == bytes.len || h->is_last || conn->is_doomed) {
        return; /* after the last answer nothing more is read */
    }
    if (kw_buf_append(&h->pending, (kw_span){bytes.ptr + used, bytes.len - used}) != KW_OK) {
        kw_conn_abort(conn);
        return;
    }
    kw_conn_pause(conn);
}

static void h1_input_end(kw_conn *conn)
{
    h1 *h = conn->state;
    h->is_input_ended = true;
    bool is_streaming = h->has_reply && h->x->reply.is_streamed;
    if (h->phase == IDLE) {
        kw_conn_finish(conn);
    } else if (h->phase != ANSWER || is_streaming) {
        kw_conn_abort(conn);
    }
}

/* ---- answering ---- */

static void h1_reply(kw_conn *conn, kw_exchange *x)
{
    h1 *h = conn->state;
    KW_ASSERT(h->x == NULL || h->x == x);
    h->x = x;
    h->has_reply = true;
    h->is_head_sent = false;
    bool is_read = h->phase == ANSWER;
    h->phase = ANSWER;
    h->is_last = h->is_last || !is_read || x->head.is_last || conn->loop->is_draining;
}

/* A refusal of a request that announced a body leaves that body unread: the connection must end. */
static bool has_unread_body(const h1 *h)
{
    const kw_http_head *head = &h->x->head;
    if (!head->has_body) {
        return false;
    }
    return head->is_chunked ? h->chunks.state != KW_CHUNK_END
                            : h->x->body_bytes != head->content_length;
}

static void end_answer(kw_conn *conn)
{
    h1 *h = conn->state;
    kw_exchange *x = h->x;
    h->x = NULL;
    h->has_reply = false;
    h->chunks = (kw_chunk_reader){0};
    kw_exchange_end(x);
    if (h->is_last) {
        kw_conn_finish(conn);
        return;
    }
    h->phase = IDLE;
    kw_conn_set_deadline(conn, conn->loop->core->config.idle_ms);
}

/* Reads on in what came meanwhile. */
static void resume_reading(kw_conn *conn)
{
    h1 *h = conn->state;
    if (h->pending.len > 0) {
        kw_span rest = kw_buf_view(&h->pending);
        rest = (kw_span){rest.ptr + h->pending_at, rest.len - h->pending_at};
        h->pending_at += read_some(conn, rest);
        if (h->pending_at < h->pending.len) {
            return;
        }
        kw_buf_drop(&h->pending);
        h->pending_at = 0;
        if (!h->is_input_ended) {
            kw_conn_resume(conn);
        }
    }
    if (h->is_input_ended && h->phase != ANSWER) {
        kw_conn_finish(conn);
    }
}

/* Body bytes into `out`; the answer ends here when the body does. */
static size_t put_body(kw_conn *conn, kw_mspan out)
{
    h1 *h = conn->state;
    kw_reply *reply = &h->x->reply;
    bool is_chunked = reply->has_body && !reply->has_length;
    size_t front = is_chunked ? KW_H1_CHUNK_FRONT : 0;
    size_t back = is_chunked ? KW_H1_CHUNK_BACK : 0;
    kw_pull_slot slot = {.out = {out.ptr + front, out.len - front - back}};
    switch (reply->has_body ? kw_exchange_pull(h->x, &slot) : KW_PULL_END) {
    case KW_PULL_DATA:
        if (is_chunked) {
            kw_h1_frame_chunk(out.ptr, slot.got);
        }
        return front + slot.got + back;
    case KW_PULL_WAIT:
        return 0;
    case KW_PULL_FAIL:
        kw_conn_abort(conn);
        return 0;
    case KW_PULL_END:
        reply->trailers = slot.trailers;
        reply->trailers_count = slot.trailers_count;
        size_t len = is_chunked ? kw_h1_render_end(out, reply) : 0;
        if (is_chunked && len == 0) {
            kw_conn_abort(conn); /* trailers beyond any measure */
        }
        end_answer(conn);
        return len;
    }
    return 0;
}

static size_t put_head(kw_conn *conn, kw_mspan out)
{
    h1 *h = conn->state;
    kw_exchange *x = h->x;
    h->is_last = h->is_last || has_unread_body(h);
    kw_h1_extra extra = {
        .date = kw_loop_date(conn->loop, x->request.now_ms),
        .request_id = {x->request.id.text, sizeof x->request.id.text},
        .is_last = h->is_last,
    };
    size_t len = kw_h1_render_head(out, &x->reply, &extra);
    h->is_head_sent = len > 0;
    return len;
}

/* The next piece: 0 when there is none now. */
static size_t put_piece(kw_conn *conn, kw_mspan out)
{
    static const char go_on[] = "HTTP/1.1 100 Continue\r\n\r\n";
    h1 *h = conn->state;
    if (!h->has_reply) {
        if (!h->owes_continue || h->phase != BODY) {
            return 0;
        }
        h->owes_continue = false;
        memcpy(out.ptr, go_on, sizeof go_on - 1);
        return sizeof go_on - 1;
    }
    return h->is_head_sent ? put_body(conn, out) : put_head(conn, out);
}

static size_t h1_output(kw_conn *conn, kw_mspan out)
{
    h1 *h = conn->state;
    size_t len = 0;
    while (!conn->is_doomed && !conn->is_finishing) {
        kw_mspan room = {out.ptr + len, out.len - len};
        if (room.len < OUTPUT_BYTES_MIN) {
            break;
        }
        bool was_answering = h->has_reply;
        size_t more = put_piece(conn, room);
        len += more;
        if (was_answering && !h->has_reply && !conn->is_finishing) {
            resume_reading(conn);
        } else if (more == 0) {
            if (h->has_reply && !h->is_head_sent && len == 0) {
                kw_conn_abort(conn); /* a header larger than all room */
            }
            break;
        }
    }
    return len;
}

/* ---- time and events ---- */

static void h1_expire(kw_conn *conn)
{
    h1 *h = conn->state;
    kw_loop_count(conn->loop, KW_TALLY_TIMEOUTS, h->phase == IDLE ? 0 : 1);
    if (h->phase == HEAD) {
        answer_refusal(conn, KW_TIMED_OUT);
    } else {
        kw_conn_finish(conn);
    }
}

static void h1_tick(kw_conn *conn)
{
    h1 *h = conn->state;
    if (h->has_reply && kw_exchange_is_due(h->x, uv_now(&conn->loop->uv))) {
        kw_loop_make_ready(conn->loop, conn);
    }
}

static void h1_drain(kw_conn *conn)
{
    h1 *h = conn->state;
    if (h->has_reply) {
        kw_loop_make_ready(conn->loop, conn); /* a waiting stream learns of it by being pulled */
    } else if (h->phase == IDLE && kw_loop_is_notice_over(conn->loop)) {
        kw_conn_finish(conn);
    }
}

static bool h1_awaits_peer(const kw_conn *conn)
{
    const h1 *h = conn->state;
    return conn->out.len > 0 || (h->phase == BODY && conn->is_reading);
}

static void h1_wake(kw_conn *conn, kw_exchange *x)
{
    KW_UNUSED(conn); /* whoever wakes also makes the connection ready */
    KW_UNUSED(x);
}

static void h1_consumed(kw_conn *conn, kw_exchange *x, size_t len)
{
    const h1 *h = conn->state;
    KW_UNUSED(len);
    if (h->pending.len == 0 && !h->is_input_ended && !kw_inflow_is_full(&x->inflow)) {
        kw_conn_resume(conn);
    }
}

const kw_protocol kw_protocol_h1 = {
    .open = h1_open,
    .input = h1_input,
    .input_end = h1_input_end,
    .output = h1_output,
    .expire = h1_expire,
    .tick = h1_tick,
    .drain = h1_drain,
    .awaits_peer = h1_awaits_peer,
    .reply = h1_reply,
    .wake = h1_wake,
    .consumed = h1_consumed,
    .close = h1_close,
};
