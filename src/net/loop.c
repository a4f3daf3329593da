/* SPDX-License-Identifier: Apache-2.0
 * Event loop threads: listening sockets, the inbox, the tick, the end. */
#include "net/loop.h"

#include "base/heap.h"
#include "net/conn.h"
#include "net/exchange.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    TICK_MS = 100,
    BACKLOG = 4096,
    DRAIN_NOTICE_MS = 1000 /* idle connections may still begin a request for so long */
};

/* ---- inbox ---- */

void kw_loop_post(kw_loop *loop, kw_mail *mail)
{
    kw_mail *head = atomic_load_explicit(&loop->inbox, memory_order_relaxed);
    do {
        mail->next = head;
    } while (!atomic_compare_exchange_weak(&loop->inbox, &head, mail));
    if (head == NULL) {
        (void)uv_async_send(&loop->inbox_signal); /* fails never on an open handle */
    }
}

void kw_loop_deliver(kw_loop *loop)
{
    kw_mail *newest = atomic_exchange(&loop->inbox, NULL);
    kw_mail *oldest = NULL;
    while (newest != NULL) {
        kw_mail *next = newest->next;
        newest->next = oldest;
        oldest = newest;
        newest = next;
    }
    while (oldest != NULL) {
        kw_mail *next = oldest->next;
        oldest->deliver(oldest);
        oldest = next;
    }
}

static void on_inbox(uv_async_t *signal)
{
    kw_loop *loop = signal->data;
    kw_loop_deliver(loop);
    kw_loop_flush(loop);
}

/* ---- batches ---- */

void kw_loop_make_ready(kw_loop *loop, kw_conn *conn)
{
    if (!conn->is_ready && !conn->is_closing) {
        conn->is_ready = true;
        conn->ready_next = loop->ready;
        loop->ready = conn;
    }
}

void kw_loop_flush(kw_loop *loop)
{
    while (loop->ready != NULL) {
        kw_conn *conn = loop->ready;
        loop->ready = conn->ready_next;
        conn->is_ready = false;
        kw_conn_flush(conn);
    }
}

/* ---- time ---- */

kw_str kw_loop_date(kw_loop *loop, kw_unix_ms now_ms)
{
    int64_t now_s = now_ms / 1000;
    if (now_s != loop->date_s || loop->date[0] == '\0') {
        loop->date_s = now_s;
        kw_http_date_format(loop->date, now_s);
    }
    return (kw_str){loop->date, KW_HTTP_DATE_BYTES - 1};
}

static void close_handles(kw_loop *loop)
{
    loop->is_over = true;
    uv_close((uv_handle_t *)&loop->inbox_signal, NULL);
    uv_close((uv_handle_t *)&loop->tick, NULL);
}

/* Workers and the gate may still post: the inbox stays open until the last exchange is back. */
static void close_when_drained(kw_loop *loop)
{
    if (loop->is_draining && loop->conns == NULL &&
        atomic_load(&loop->tallies[KW_TALLY_IN_FLIGHT]) == 0) {
        close_handles(loop);
    }
}

bool kw_loop_is_notice_over(const kw_loop *loop)
{
    return loop->is_draining && uv_now(&loop->uv) - loop->drain_started_ms >= DRAIN_NOTICE_MS;
}

static void on_tick(uv_timer_t *timer)
{
    kw_loop *loop = timer->data;
    bool is_notice_over = kw_loop_is_notice_over(loop);
    for (size_t i = 0; i < KW_LISTENERS_COUNT; i++) {
        if (loop->listening[i].is_open && loop->listening[i].is_stuck) {
            kw_conn_accept(&loop->listening[i]);
        }
    }
    for (kw_conn *conn = loop->conns; conn != NULL; conn = conn->next) {
        kw_conn_tick(conn);
        if (is_notice_over && conn->protocol != NULL) {
            conn->protocol->drain(conn);
        }
    }
    kw_loop_flush(loop);
    close_when_drained(loop);
}

/* ---- listening ---- */

static void on_connection(uv_stream_t *stream, int status)
{
    if (status == 0) {
        kw_conn_accept(stream->data);
    }
}

static int open_socket(const kw_endpoint *address)
{
    bool is_v4 = kw_endpoint_is_v4(address);
    int fd = socket(is_v4 ? AF_INET : AF_INET6, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0) {
        return -1;
    }
    const int on = 1;
    struct sockaddr_in v4 = {.sin_family = AF_INET, .sin_port = htons(address->port)};
    struct sockaddr_in6 v6 = {.sin6_family = AF_INET6, .sin6_port = htons(address->port)};
    memcpy(&v4.sin_addr, address->bytes + 12, 4);
    memcpy(&v6.sin6_addr, address->bytes, 16);
    const struct sockaddr *name = is_v4 ? (const void *)&v4 : (const void *)&v6;
    socklen_t name_len = is_v4 ? sizeof v4 : sizeof v6;
    /* Accepted sockets inherit TCP_NODELAY; libuv 1.44 does not set SO_REUSEPORT. */
    if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) != 0 ||
        setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on) != 0 ||
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) != 0 ||
        (!is_v4 && setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on) != 0) ||
        bind(fd, name, name_len) != 0) {
        (void)close(fd);
        return -1;
    }
    return fd;
}

static bool read_port(int fd, kw_endpoint *address)
{
    struct sockaddr_storage name;
    socklen_t len = sizeof name;
    if (getsockname(fd, (struct sockaddr *)&name, &len) != 0) {
        return false;
    }
    address->port = ntohs(name.ss_family == AF_INET
                              ? ((const struct sockaddr_in *)(const void *)&name)->sin_port
                              : ((const struct sockaddr_in6 *)(const void *)&name)->sin6_port);
    return true;
}

kw_status kw_loop_listen(kw_loop *loop, kw_listener group, kw_endpoint *address, kw_tls *tls,
                         kw_error *err)
{
    kw_listening *listening = &loop->listening[group];
    char text[KW_ENDPOINT_TEXT_BYTES];
    kw_endpoint_format(text, address);
    *listening = (kw_listening){.loop = loop, .group = group, .tls = tls};
    int fd = open_socket(address);
    KW_REQUIRE(fd >= 0 && read_port(fd, address), err, KW_IO, "listener %s: cannot bind %s",
               kw_listener_name(group), text);
    bool has_handle = uv_tcp_init(&loop->uv, &listening->tcp) == 0;
    listening->tcp.data = listening;
    if (!has_handle || uv_tcp_open(&listening->tcp, fd) != 0) {
        (void)close(fd);
        return kw_fail(err, KW_IO, "listener %s: cannot open %s", kw_listener_name(group), text);
    }
    listening->is_open = true;
    KW_REQUIRE(uv_listen((uv_stream_t *)&listening->tcp, BACKLOG, on_connection) == 0, err, KW_IO,
               "listener %s: cannot listen on %s", kw_listener_name(group), text);
    return KW_OK;
}

static void stop_listening(kw_loop *loop)
{
    for (size_t i = 0; i < KW_LISTENERS_COUNT; i++) {
        if (loop->listening[i].is_open) {
            loop->listening[i].is_open = false;
            uv_close((uv_handle_t *)&loop->listening[i].tcp, NULL);
        }
    }
}

/* ---- life ---- */

/* Neighbouring seeds and indices give unrelated prefixes (splitmix64). */
static uint64_t mix(uint64_t z)
{
    z += 0x9e3779b97f4a7c15U;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9U;
    z = (z ^ z >> 27) * 0x94d049bb133111ebU;
    return z ^ z >> 31;
}

kw_status kw_loop_init(kw_loop *loop, const kw_core *core, unsigned index, kw_error *err)
{
    *loop = (kw_loop){.core = core, .index = index, .id_prefix = mix(core->id_seed + index)};
    loop->wire = kw_buf_init(KW_NET_OUTPUT_BYTES_MAX);
    loop->read_bytes = kw_heap_new(1, KW_NET_READ_BYTES);
    loop->plain_bytes = kw_heap_new(1, KW_NET_RECORD_BYTES);
    loop->gather_bytes = kw_heap_new(1, KW_NET_RECORD_BYTES);
    if (loop->read_bytes == NULL || loop->plain_bytes == NULL || loop->gather_bytes == NULL) {
        return kw_fail(err, KW_NO_MEMORY, "no memory for a loop");
    }
    KW_REQUIRE(uv_loop_init(&loop->uv) == 0, err, KW_LIMIT, "cannot make an event loop");
    loop->uv.data = loop; /* from here on kw_loop_drop closes it */
    KW_REQUIRE(uv_async_init(&loop->uv, &loop->inbox_signal, on_inbox) == 0 &&
                   uv_timer_init(&loop->uv, &loop->tick) == 0,
               err, KW_LIMIT, "cannot make the handles of an event loop");
    loop->inbox_signal.data = loop;
    loop->tick.data = loop;
    KW_REQUIRE(uv_timer_start(&loop->tick, on_tick, TICK_MS, TICK_MS) == 0, err, KW_LIMIT,
               "cannot start the timer of an event loop");
    return KW_OK;
}

static void run(void *ctx)
{
    kw_loop *loop = ctx;
    loop->self = pthread_self();
    (void)uv_run(&loop->uv, UV_RUN_DEFAULT);
}

kw_status kw_loop_start(kw_loop *loop, kw_error *err)
{
    char name[16];
    (void)snprintf(name, sizeof name, "kw-loop-%u", loop->index);
    return kw_thread_start(&loop->thread, name, run, loop, err);
}

void kw_loop_drain(kw_loop *loop)
{
    if (loop->is_draining) {
        return;
    }
    loop->is_draining = true;
    uv_update_time(&loop->uv);
    loop->drain_started_ms = uv_now(&loop->uv);
    for (size_t i = 0; i < KW_LISTENERS_COUNT; i++) {
        if (loop->listening[i].is_open) {
            kw_conn_accept_waiting(&loop->listening[i]);
        }
    }
    stop_listening(loop);
    for (kw_conn *conn = loop->conns; conn != NULL; conn = conn->next) {
        if (conn->protocol != NULL) {
            conn->protocol->drain(conn);
        }
    }
}

void kw_loop_cut(kw_loop *loop)
{
    loop->is_draining = true;
    stop_listening(loop);
    for (kw_conn *conn = loop->conns; conn != NULL; conn = conn->next) {
        kw_conn_abort(conn);
    }
    kw_loop_flush(loop);
}

void kw_loop_drop(kw_loop *loop)
{
    kw_thread_join(&loop->thread);
    if (loop->uv.data != NULL) {
        if (!loop->is_over && loop->tick.data != NULL) { /* it never ran */
            stop_listening(loop);
            close_handles(loop);
        }
        (void)uv_run(&loop->uv, UV_RUN_DEFAULT); /* the close callbacks */
        KW_ASSERT(uv_loop_close(&loop->uv) == 0);
        loop->uv.data = NULL;
    }
    kw_exchange_free_spare(loop);
    for (size_t i = 0; i < KW_LISTENERS_COUNT; i++) {
        kw_tls_free(loop->listening[i].tls);
        loop->listening[i].tls = NULL;
    }
    kw_buf_drop(&loop->wire);
    kw_heap_free(loop->read_bytes);
    kw_heap_free(loop->plain_bytes);
    kw_heap_free(loop->gather_bytes);
    loop->read_bytes = NULL;
    loop->plain_bytes = NULL;
    loop->gather_bytes = NULL;
}
