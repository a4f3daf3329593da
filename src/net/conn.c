/* SPDX-License-Identifier: Apache-2.0
 * Connections: libuv sockets below, OpenSSL through a BIO of our own, a protocol above. */
#include "net/conn.h"

#include "base/ct.h"
#include "base/heap.h"

#include <netinet/in.h>
#include <openssl/err.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    CONGESTED_BYTES = 64 * 1024, /* unsent bytes above which no more output is asked for */
    LINGER_MS = 2000             /* how long the peer may still talk after our end */
};

/* ---- peers ---- */

kw_peer_box *kw_peer_box_share(kw_peer_box *box)
{
    box->shares_count++;
    return box;
}

void kw_peer_box_free(kw_peer_box *box)
{
    if (box != NULL && --box->shares_count == 0) {
        kw_heap_free(box->certificate);
        kw_heap_free(box);
    }
}

/* ---- the BIO ---- */

static int bio_read(BIO *bio, char *out, int len)
{
    kw_conn *conn = BIO_get_data(bio);
    BIO_clear_retry_flags(bio);
    size_t got = KW_MIN((size_t)KW_MAX(len, 0), conn->wire_in.len);
    if (got == 0) {
        BIO_set_retry_read(bio);
        return -1;
    }
    memcpy(out, conn->wire_in.ptr, got);
    conn->wire_in = (kw_span){conn->wire_in.ptr + got, conn->wire_in.len - got};
    return (int)got;
}

/* The scratch buffer of the loop grows to the largest batch and stays. */
static int bio_write(BIO *bio, const char *bytes, int len)
{
    kw_conn *conn = BIO_get_data(bio);
    BIO_clear_retry_flags(bio);
    kw_span wire = {(const uint8_t *)bytes, (size_t)KW_MAX(len, 0)};
    return kw_buf_append(&conn->loop->wire, wire) == KW_OK ? len : -1;
}

static long bio_ctrl(BIO *bio, int command, long number, void *ptr)
{
    KW_UNUSED(bio);
    KW_UNUSED(number);
    KW_UNUSED(ptr);
    return command == BIO_CTRL_FLUSH ? 1 : 0;
}

static int bio_create(BIO *bio)
{
    BIO_set_init(bio, 1);
    return 1;
}

BIO_METHOD *kw_conn_bio_method_new(void)
{
    BIO_METHOD *method = BIO_meth_new(BIO_TYPE_SOURCE_SINK, "keyward connection");
    if (method == NULL || BIO_meth_set_read(method, bio_read) != 1 ||
        BIO_meth_set_write(method, bio_write) != 1 || BIO_meth_set_ctrl(method, bio_ctrl) != 1 ||
        BIO_meth_set_create(method, bio_create) != 1) {
        BIO_meth_free(method);
        return NULL;
    }
    return method;
}

static bool open_tls(kw_conn *conn, kw_tls *tls)
{
    BIO *bio = BIO_new(conn->loop->core->bio_method);
    SSL *ssl = bio == NULL ? NULL : kw_tls_accept(tls);
    if (ssl == NULL) {
        BIO_free(bio);
        return false;
    }
    BIO_set_data(bio, conn);
    SSL_set_bio(ssl, bio, bio);
    conn->ssl = ssl;
    return true;
}

/* OpenSSL is about to make its buffers, if it has none. */
static void note_buffers(kw_conn *conn)
{
    conn->is_busy = true;
    conn->is_resting = false;
    if (!conn->is_buffered) {
        conn->is_buffered = true;
        conn->loop->buffered_count++;
    }
}

/* Making, wiping and freeing them for every record costs more than the record's cipher; keeping
 * them for every idle connection costs its memory. So the busy ones keep them, up to a number.
 * Libraries with CVE-2024-4741 would free them in the middle of a record, too ("RB"). */
static void release_buffers(kw_conn *conn)
{
    if (conn->is_buffered && strcmp(SSL_rstate_string(conn->ssl), "RB") != 0 &&
        SSL_free_buffers(conn->ssl) == 1) {
        conn->is_buffered = false;
        conn->loop->buffered_count--;
    }
}

/* Once for every pause, however its TLS buffers went. */
static void come_to_rest(kw_conn *conn)
{
    release_buffers(conn);
    if (!conn->is_resting && conn->protocol != NULL && conn->protocol->rest != NULL) {
        conn->protocol->rest(conn);
    }
    conn->is_resting = true;
}

/* ---- the end ---- */

static void close_protocol(kw_conn *conn)
{
    const kw_protocol *protocol = conn->protocol;
    conn->protocol = NULL;
    if (protocol != NULL) {
        protocol->close(conn);
    }
}

static void on_closed(uv_handle_t *handle)
{
    kw_conn *conn = handle->data;
    kw_loop *loop = conn->loop;
    if (conn->before != NULL) {
        conn->before->next = conn->next;
    } else {
        loop->conns = conn->next;
    }
    if (conn->next != NULL) {
        conn->next->before = conn->before;
    }
    kw_census_leave(loop->core->census, &conn->peer->peer.address);
    kw_loop_count(loop, KW_TALLY_OPEN, (uint64_t)-1);
    loop->buffered_count -= conn->is_buffered ? 1 : 0;
    SSL_free(conn->ssl);
    kw_peer_box_free(conn->peer);
    kw_buf_drop(&conn->out);
    kw_buf_drop(&conn->out_next);
    kw_heap_free(conn);
}

static void close_now(kw_conn *conn)
{
    if (!conn->is_closing) {
        conn->is_closing = true;
        close_protocol(conn);
        uv_close((uv_handle_t *)&conn->tcp, on_closed);
    }
}

void kw_conn_abort(kw_conn *conn)
{
    conn->is_doomed = true;
    kw_loop_make_ready(conn->loop, conn);
}

void kw_conn_finish(kw_conn *conn)
{
    if (!conn->is_finishing) {
        conn->is_finishing = true;
        kw_loop_make_ready(conn->loop, conn);
    }
}

/* Our side ends with close_notify and FIN. Input is discarded for a while: closing a socket with
 * unread input sends RST, which can destroy the answer on its way. */
static void begin_linger(kw_conn *conn)
{
    close_protocol(conn);
    conn->is_lingering = true;
    uv_os_fd_t fd = -1;
    if (uv_fileno((const uv_handle_t *)&conn->tcp, &fd) != 0 || shutdown(fd, SHUT_WR) != 0) {
        kw_conn_abort(conn);
        return;
    }
    kw_conn_set_deadline(conn, LINGER_MS);
    kw_conn_resume(conn);
}

/* ---- output ---- */

/* The end of each callback of libuv: all that it made ready goes out. */
static void end_batch(kw_conn *conn)
{
    kw_loop_make_ready(conn->loop, conn);
    kw_loop_flush(conn->loop);
}

static void on_written(uv_write_t *request, int status)
{
    kw_conn *conn = (kw_conn *)request->data;
    conn->is_writing = false;
    if (status != 0) {
        kw_conn_abort(conn);
    } else {
        conn->window_bytes += conn->out.len;
        kw_loop_count(conn->loop, KW_TALLY_BYTES_OUT, conn->out.len);
    }
    kw_buf sent = conn->out;
    conn->out = conn->out_next;
    conn->out_next = kw_buf_init(KW_NET_OUTPUT_BYTES_MAX);
    kw_buf_drop(&sent);
    end_batch(conn);
}

/* Hands what waits to libuv; `out` must stay as it is until on_written. */
static void write_out(kw_conn *conn)
{
    uv_buf_t piece = uv_buf_init((char *)conn->out.ptr, (unsigned)conn->out.len);
    conn->write.data = conn;
    conn->is_writing =
        uv_write(&conn->write, (uv_stream_t *)&conn->tcp, &piece, 1, on_written) == 0;
    if (!conn->is_writing) {
        kw_conn_abort(conn);
    }
}

/* Sends the loop's scratch bytes: at once if the socket takes them, else they wait here. */
static void send_wire(kw_conn *conn)
{
    kw_buf *wire = &conn->loop->wire;
    kw_span rest = kw_buf_view(wire);
    if (rest.len > 0 && !conn->is_writing && conn->out.len == 0) {
        uv_buf_t piece = uv_buf_init((char *)wire->ptr, (unsigned)wire->len);
        int sent = uv_try_write((uv_stream_t *)&conn->tcp, &piece, 1);
        if (sent < 0 && sent != UV_EAGAIN) {
            kw_conn_abort(conn);
            rest.len = 0;
        } else if (sent > 0) {
            kw_loop_count(conn->loop, KW_TALLY_BYTES_OUT, (uint64_t)sent);
            conn->window_bytes += (uint64_t)sent;
            rest = (kw_span){rest.ptr + sent, rest.len - (size_t)sent};
        }
    }
    kw_buf *waiting = conn->is_writing ? &conn->out_next : &conn->out;
    if (rest.len > 0 && kw_buf_append(waiting, rest) != KW_OK) {
        kw_conn_abort(conn); /* it lets us pile up too much */
    }
    kw_buf_clear(wire);
    if (conn->out.len > 0 && !conn->is_writing && !conn->is_doomed) {
        write_out(conn);
    }
}

static bool is_congested(const kw_conn *conn)
{
    return conn->out.len + conn->out_next.len >= CONGESTED_BYTES;
}

/* Plaintext of at most one record into the scratch buffer. */
static bool encrypt(kw_conn *conn, kw_span plain)
{
    if (conn->ssl == NULL) {
        return kw_buf_append(&conn->loop->wire, plain) == KW_OK;
    }
    size_t written = 0;
    note_buffers(conn);
    return SSL_write_ex(conn->ssl, plain.ptr, plain.len, &written) == 1 && written == plain.len;
}

static void pull_output(kw_conn *conn)
{
    kw_mspan gather = {conn->loop->gather_bytes, KW_NET_RECORD_BYTES};
    while (!conn->is_doomed && conn->protocol != NULL && !is_congested(conn)) {
        size_t len = conn->protocol->output(conn, gather);
        if (len == 0) {
            break;
        }
        bool is_encrypted = encrypt(conn, (kw_span){gather.ptr, len});
        kw_wipe(gather.ptr, len); /* answers may hold keys */
        if (!is_encrypted) {
            kw_conn_abort(conn);
            break;
        }
        if (conn->loop->wire.len >= CONGESTED_BYTES) {
            send_wire(conn);
        }
    }
}

void kw_conn_flush(kw_conn *conn)
{
    if (conn->is_closing) {
        return;
    }
    pull_output(conn);
    bool is_at_end = conn->is_finishing && !conn->is_doomed && !is_congested(conn);
    if (is_at_end && !conn->is_lingering && conn->ssl != NULL) {
        (void)SSL_shutdown(conn->ssl); /* puts close_notify behind the output, once */
    }
    send_wire(conn);
    if (conn->loop->buffered_count > KW_NET_TLS_BUFFERS_MAX) {
        release_buffers(conn);
    }
    if (conn->is_doomed) {
        close_now(conn);
    } else if (is_at_end && !conn->is_lingering && conn->out.len == 0) {
        begin_linger(conn);
    }
}

/* ---- input ---- */

static void end_input(kw_conn *conn)
{
    kw_conn_pause(conn);
    if (conn->protocol != NULL) {
        conn->protocol->input_end(conn);
    } else {
        kw_conn_abort(conn);
    }
}

static void open_protocol(kw_conn *conn)
{
    conn->protocol =
        conn->ssl != NULL && kw_tls_chose_h2(conn->ssl) ? &kw_protocol_h2 : &kw_protocol_h1;
    kw_conn_set_deadline(conn, 0);
    if (conn->protocol->open(conn) != KW_OK) {
        conn->protocol = NULL;
        kw_conn_abort(conn);
    } else if (conn->loop->is_draining) {
        conn->protocol->drain(conn);
    }
}

static bool is_wanting(const kw_conn *conn, int result)
{
    return SSL_get_error(conn->ssl, result) == SSL_ERROR_WANT_READ;
}

/* False: no memory. A peer that gave a certificate must not pass for one that gave none. */
static bool learn_peer(kw_conn *conn)
{
    kw_peer_box *box = conn->peer;
    kw_x509_identity identity;
    if (!kw_tls_peer(conn->ssl, &identity)) {
        return true;
    }
    box->certificate = kw_heap_new(1, sizeof identity);
    if (box->certificate == NULL) {
        return false;
    }
    *box->certificate = identity;
    box->peer.certificate = box->certificate;
    return true;
}

static void shake_hands(kw_conn *conn)
{
    ERR_clear_error();
    int result = SSL_do_handshake(conn->ssl);
    if (result != 1) {
        if (!is_wanting(conn, result)) {
            kw_loop_count(conn->loop, KW_TALLY_HANDSHAKES_FAILED, 1);
            kw_conn_finish(conn); /* the alert goes out first */
        }
        return;
    }
    if (SSL_session_reused(conn->ssl)) {
        kw_loop_count(conn->loop, KW_TALLY_RESUMED, 1);
    }
    if (learn_peer(conn)) {
        open_protocol(conn);
    } else {
        kw_conn_abort(conn);
    }
}

static void decrypt(kw_conn *conn)
{
    note_buffers(conn);
    if (!SSL_is_init_finished(conn->ssl)) {
        shake_hands(conn);
    }
    while (conn->protocol != NULL && !conn->is_doomed && !conn->is_finishing) {
        size_t got = 0;
        ERR_clear_error();
        int result = SSL_read_ex(conn->ssl, conn->loop->plain_bytes, KW_NET_RECORD_BYTES, &got);
        if (result == 1) {
            conn->window_bytes += got;
            conn->protocol->input(conn, (kw_span){conn->loop->plain_bytes, got});
            kw_wipe(conn->loop->plain_bytes, got); /* requests hold credentials */
            if (conn->wire_in.len == 0 && SSL_pending(conn->ssl) == 0) {
                break; /* a further read could only say so, after allocating a buffer */
            }
        } else if (is_wanting(conn, result)) {
            break;
        } else if (SSL_get_error(conn->ssl, result) == SSL_ERROR_ZERO_RETURN) {
            end_input(conn);
            break;
        } else {
            kw_conn_abort(conn);
        }
    }
    conn->wire_in = (kw_span){0};
}

static void on_alloc(uv_handle_t *handle, size_t wanted, uv_buf_t *out)
{
    kw_conn *conn = handle->data;
    KW_UNUSED(wanted);
    *out = uv_buf_init((char *)conn->loop->read_bytes, KW_NET_READ_BYTES);
}

static void on_read(uv_stream_t *stream, ssize_t got, const uv_buf_t *buf)
{
    kw_conn *conn = stream->data;
    if (got == 0) {
        return;
    }
    if (got < 0 || conn->is_lingering) {
        if (got == UV_EOF && !conn->is_lingering) {
            end_input(conn);
        } else if (got < 0) {
            kw_conn_abort(conn);
        }
        end_batch(conn);
        return;
    }
    kw_span bytes = {(const uint8_t *)buf->base, (size_t)got};
    kw_loop_count(conn->loop, KW_TALLY_BYTES_IN, bytes.len);
    if (conn->ssl != NULL) {
        conn->wire_in = bytes;
        decrypt(conn);
    } else if (!conn->is_finishing) {
        conn->window_bytes += bytes.len;
        conn->protocol->input(conn, bytes);
    }
    end_batch(conn);
}

void kw_conn_pause(kw_conn *conn)
{
    if (conn->is_reading) {
        conn->is_reading = false;
        (void)uv_read_stop((uv_stream_t *)&conn->tcp);
    }
}

void kw_conn_resume(kw_conn *conn)
{
    if (!conn->is_reading && !conn->is_doomed && !conn->is_closing) {
        conn->is_reading = true;
        if (uv_read_start((uv_stream_t *)&conn->tcp, on_alloc, on_read) != 0) {
            kw_conn_abort(conn);
        }
    }
}

/* ---- time ---- */

void kw_conn_set_deadline(kw_conn *conn, uint32_t after_ms)
{
    conn->deadline_ms = after_ms == 0 ? 0 : uv_now(&conn->loop->uv) + after_ms;
}

/* A peer that owes us bytes, or does not take ours, must move enough in each window. */
static bool is_too_slow(kw_conn *conn, uint64_t now_ms)
{
    const kw_net_config *config = &conn->loop->core->config;
    bool owes = conn->is_finishing ? conn->out.len > 0
                                   : conn->protocol != NULL && conn->protocol->awaits_peer(conn);
    if (!owes || conn->window_ms == 0) {
        conn->window_ms = owes ? now_ms : 0;
        conn->window_bytes = 0;
        return false;
    }
    if (now_ms - conn->window_ms < config->slow_body_ms) {
        return false;
    }
    uint64_t wanted = (uint64_t)config->slow_body_bytes_s * config->slow_body_ms / 1000;
    bool is_slow = conn->window_bytes < wanted;
    conn->window_ms = now_ms;
    conn->window_bytes = 0;
    return is_slow;
}

void kw_conn_tick(kw_conn *conn)
{
    uint64_t now_ms = uv_now(&conn->loop->uv);
    if (conn->is_closing) {
        return;
    }
    if (is_too_slow(conn, now_ms)) {
        kw_loop_count(conn->loop, KW_TALLY_TIMEOUTS, 1);
        kw_conn_abort(conn);
        return;
    }
    if (!conn->is_busy) {
        come_to_rest(conn);
    }
    conn->is_busy = false;
    if (conn->protocol != NULL) {
        conn->protocol->tick(conn);
    }
    if (conn->deadline_ms == 0 || now_ms < conn->deadline_ms) {
        return;
    }
    conn->deadline_ms = 0;
    if (conn->is_lingering || conn->protocol == NULL) {
        kw_loop_count(conn->loop, KW_TALLY_TIMEOUTS, conn->is_lingering ? 0 : 1);
        kw_conn_abort(conn);
    } else {
        conn->protocol->expire(conn);
    }
}

/* ---- the beginning ---- */

static bool read_address(kw_conn *conn, kw_endpoint *out)
{
    struct sockaddr_storage name;
    int len = sizeof name;
    if (uv_tcp_getpeername(&conn->tcp, (struct sockaddr *)&name, &len) != 0) {
        return false;
    }
    if (name.ss_family == AF_INET) {
        const struct sockaddr_in *v4 = (const void *)&name;
        *out = (kw_endpoint){.bytes = {[10] = 0xff, [11] = 0xff}, .port = ntohs(v4->sin_port)};
        memcpy(out->bytes + 12, &v4->sin_addr, 4);
    } else {
        const struct sockaddr_in6 *v6 = (const void *)&name;
        *out = (kw_endpoint){.port = ntohs(v6->sin6_port)};
        memcpy(out->bytes, &v6->sin6_addr, 16);
    }
    return true;
}

static void free_unopened(uv_handle_t *handle)
{
    kw_conn *conn = handle->data;
    SSL_free(conn->ssl);
    kw_peer_box_free(conn->peer);
    kw_heap_free(conn);
}

/* Limits, the gate, TLS. False: the connection is not wanted, nothing was counted. */
static bool welcome(kw_conn *conn, kw_listening *listening)
{
    const kw_core *core = conn->loop->core;
    kw_peer *peer = &conn->peer->peer;
    peer->listener = listening->group;
    if (!read_address(conn, &peer->address) || core->gate->greet(core->gate->ctx, peer) != KW_OK ||
        (listening->tls != NULL && !open_tls(conn, listening->tls))) {
        return false;
    }
    return kw_census_enter(core->census, &peer->address) == KW_OK;
}

static kw_conn *conn_new(kw_listening *listening)
{
    kw_conn *conn = kw_heap_new(1, sizeof *conn);
    kw_peer_box *box = kw_heap_new(1, sizeof *box);
    if (conn == NULL || box == NULL || uv_tcp_init(&listening->loop->uv, &conn->tcp) != 0) {
        kw_heap_free(conn);
        kw_heap_free(box);
        return NULL;
    }
    conn->tcp.data = conn;
    conn->loop = listening->loop;
    conn->peer = kw_peer_box_share(box);
    conn->out = kw_buf_init(KW_NET_OUTPUT_BYTES_MAX);
    conn->out_next = kw_buf_init(KW_NET_OUTPUT_BYTES_MAX);
    return conn;
}

static void begin(kw_conn *conn, kw_listening *listening)
{
    kw_loop *loop = conn->loop;
    if (!welcome(conn, listening)) {
        kw_loop_count(loop, KW_TALLY_REFUSED, 1);
        uv_close((uv_handle_t *)&conn->tcp, free_unopened);
        return;
    }
    kw_loop_count(loop, KW_TALLY_ACCEPTED, 1);
    kw_loop_count(loop, KW_TALLY_OPEN, 1);
    conn->next = loop->conns;
    if (loop->conns != NULL) {
        loop->conns->before = conn;
    }
    loop->conns = conn;
    if (conn->ssl != NULL) {
        kw_conn_set_deadline(conn, loop->core->config.handshake_ms);
    } else {
        open_protocol(conn);
    }
    kw_conn_resume(conn);
    end_batch(conn);
}

void kw_conn_accept(kw_listening *listening)
{
    kw_conn *conn = conn_new(listening);
    listening->is_stuck = conn == NULL;
    if (conn == NULL) {
        return;
    }
    if (uv_accept((uv_stream_t *)&listening->tcp, (uv_stream_t *)&conn->tcp) != 0) {
        uv_close((uv_handle_t *)&conn->tcp, free_unopened);
        return;
    }
    begin(conn, listening);
}

void kw_conn_accept_waiting(kw_listening *listening)
{
    uv_os_fd_t listener = -1;
    if (uv_fileno((const uv_handle_t *)&listening->tcp, &listener) != 0) {
        return;
    }
    for (;;) {
        int fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
        kw_conn *conn = fd < 0 ? NULL : conn_new(listening);
        if (conn == NULL) {
            if (fd >= 0) {
                (void)close(fd);
            }
            return;
        }
        if (uv_tcp_open(&conn->tcp, fd) != 0) {
            (void)close(fd);
            uv_close((uv_handle_t *)&conn->tcp, free_unopened);
            return;
        }
        begin(conn, listening);
    }
}
