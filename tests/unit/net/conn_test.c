/* SPDX-License-Identifier: Apache-2.0
 * Connections: half-closed peers, back-pressure of the socket, greeting, handshakes without end. */
#include "net/conn.h"

#include "support/expect.h"
#include "support/net_desk.h"
#include "support/net_server.h"
#include "support/wire_peer.h"

static net_server server;

static int start(void **state)
{
    (void)state;
    net_server_prepare(&server);
    server.config.handshake_ms = 300;
    net_server_start(&server);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    net_server_stop(&server);
    return 0;
}

static void dial(wire_peer *peer)
{
    const wire_tls options = {0};
    assert_true(
        wire_connect_tls(peer, kw_server_port(server.server, KW_LISTENER_PUBLIC), &options));
}

#define GET(path) "GET " path " HTTP/1.1\r\nHost: a\r\n\r\n"

static void half_closed_peer__gets_its_answers(void **state)
{
    (void)state;
    wire_peer peer;
    wire_response response = {0};
    dial(&peer);
    assert_true(wire_send_text(&peer, GET("/big?bytes=300000") GET("/small")));
    wire_end(&peer);
    assert_true(wire_read_response(&peer, &response, false));
    assert_int_equal(response.body.len, 300000);
    assert_true(wire_read_response(&peer, &response, false));
    assert_int_equal(response.body.len, 256);
    assert_false(wire_read_response(&peer, &response, false));
    assert_true(peer.was_clean);
    wire_response_drop(&response);
    wire_close(&peer);
}

static void half_closed_peer__inside_a_request_is_dropped(void **state)
{
    (void)state;
    const char *const texts[] = {"GET /small HTT", "POST /form HTTP/1.1\r\nHost: a\r\n"
                                                   "Content-Type: application/x-www-form-urlencoded"
                                                   "\r\nContent-Length: 9\r\n\r\nabc"};
    for (size_t i = 0; i < KW_COUNT(texts); i++) {
        wire_peer peer;
        dial(&peer);
        assert_true(wire_send_text(&peer, texts[i]));
        wire_end(&peer);
        wire_read_all(&peer);
        assert_int_equal(peer.in.len, 0);
        wire_close(&peer);
    }
}

static void half_closed_peer__ends_its_stream(void **state)
{
    (void)state;
    wire_peer peer;
    dial(&peer);
    assert_true(wire_send_text(&peer, GET("/follow")));
    while (atomic_load(&server.service.streams) == 0) {
        kw_sleep_ms(1);
    }
    wire_close(&peer);
    while (atomic_load(&server.service.streams) > 0) {
        kw_sleep_ms(1);
    }
}

static void slow_reader__gets_every_byte(void **state)
{
    (void)state;
    wire_peer peer;
    wire_response response = {0};
    dial(&peer);
    assert_true(wire_send_text(&peer, GET("/big?bytes=20000000")));
    assert_true(wire_read_response(&peer, &response, false));
    assert_int_equal(response.body.len, 20000000);
    for (size_t i = 0; i < response.body.len; i += 9973) {
        assert_int_equal(response.body.ptr[i], '0' + i % 10);
    }
    wire_response_drop(&response);
    wire_close(&peer);
}

static void greeting__that_is_refused_closes_before_tls(void **state)
{
    (void)state;
    wire_peer peer;
    const wire_tls options = {0};
    atomic_store(&server.gate.greet_status, KW_FORBIDDEN);
    assert_false(
        wire_connect_tls(&peer, kw_server_port(server.server, KW_LISTENER_PUBLIC), &options));
    wire_close(&peer);
    atomic_store(&server.gate.greet_status, KW_OK);
}

static void handshake__that_does_not_end_is_cut(void **state)
{
    (void)state;
    wire_peer peer;
    wire_connect(&peer, kw_server_port(server.server, KW_LISTENER_PUBLIC));
    wire_read_all(&peer);
    assert_int_equal(peer.in.len, 0);
    wire_close(&peer);
}

static void plain_http__on_the_tls_port_is_closed(void **state)
{
    (void)state;
    wire_peer peer;
    wire_connect(&peer, kw_server_port(server.server, KW_LISTENER_PUBLIC));
    assert_true(wire_send_text(&peer, GET("/small")));
    wire_read_all(&peer);
    assert_true(peer.in.len < 16); /* an alert at most */
    wire_close(&peer);
}

/* ---- on the desk: what the words do to the state ---- */

static void words__change_the_connection_at_the_end_of_the_batch(void **state)
{
    (void)state;
    const kw_mount mount = {net_server_routes, net_server_routes_count, NULL};
    net_desk desk;
    net_desk_open(&desk, &mount, &kw_protocol_h1, 1);
    kw_conn *conn = &desk.conn;
    assert_true(conn->is_reading);
    kw_conn_pause(conn);
    assert_false(conn->is_reading);
    kw_conn_resume(conn);
    assert_true(conn->is_reading);
    kw_conn_set_deadline(conn, 50);
    assert_int_equal(conn->deadline_ms, uv_now(&desk.loop.uv) + 50);
    kw_conn_set_deadline(conn, 0);
    assert_int_equal(conn->deadline_ms, 0);
    kw_conn_tick(conn);
    assert_false(conn->is_finishing);
    kw_conn_finish(conn);
    assert_true(conn->is_finishing && conn->is_ready);
    kw_conn_abort(conn);
    assert_true(conn->is_doomed);
    kw_conn_pause(conn);
    kw_conn_resume(conn); /* a doomed one reads no more */
    assert_false(conn->is_reading);
    net_desk_close(&desk);
}

static void tick__cuts_a_body_that_does_not_move(void **state)
{
    (void)state;
    const kw_mount mount = {net_server_routes, net_server_routes_count, NULL};
    net_desk desk;
    net_desk_open(&desk, &mount, &kw_protocol_h1, 1);
    desk.core.config.slow_body_ms = 0; /* every tick ends a window */
    desk.core.config.slow_body_bytes_s = 0;
    desk.conn.protocol->input(&desk.conn, kw_span_of_str(KW_STR("POST /echo HTTP/1.1\r\nHost: a\r\n"
                                                                "Content-Type: application/json\r\n"
                                                                "Content-Length: 9\r\n\r\n")));
    kw_conn_tick(&desk.conn);
    kw_conn_tick(&desk.conn);
    assert_false(desk.conn.is_doomed); /* no speed is asked for */
    desk.core.config.slow_body_ms = 1;
    desk.core.config.slow_body_bytes_s = 1000;
    desk.conn.window_ms = 0;
    kw_conn_tick(&desk.conn); /* opens the window */
    desk.conn.window_ms -= 2;
    desk.conn.window_bytes = 1;
    kw_conn_tick(&desk.conn);
    assert_false(desk.conn.is_doomed); /* one byte in a millisecond is enough */
    desk.conn.window_ms -= 2;
    kw_conn_tick(&desk.conn);
    assert_true(desk.conn.is_doomed);
    net_desk_close(&desk);
}

/* TLS reads and writes through this: what a read callback lent, and the loop's scratch buffer. */
static void bio__reads_what_is_lent_and_writes_to_the_scratch(void **state)
{
    (void)state;
    const kw_mount mount = {net_server_routes, net_server_routes_count, NULL};
    net_desk desk;
    net_desk_open(&desk, &mount, &kw_protocol_h1, 1);
    BIO_METHOD *method = kw_conn_bio_method_new();
    assert_non_null(method);
    BIO *bio = BIO_new(method);
    assert_non_null(bio);
    BIO_set_data(bio, &desk.conn);
    char room[4];
    desk.conn.wire_in = kw_span_of_str(KW_STR("hello"));
    assert_int_equal(BIO_read(bio, room, 4), 4);
    assert_memory_equal(room, "hell", 4);
    assert_int_equal(BIO_read(bio, room, 4), 1);
    assert_int_equal(BIO_read(bio, room, 4), -1);
    assert_true(BIO_should_retry(bio));
    assert_int_equal(BIO_write(bio, "abc", 3), 3);
    assert_int_equal(BIO_flush(bio), 1);
    EXPECT_STR(kw_buf_text(&desk.loop.wire), "abc");
    (void)BIO_free(bio);
    BIO_meth_free(method);
    net_desk_close(&desk);
}

/* The two ways in, and the flush that ends a batch, on a loop that this thread turns itself. */
static void accept__takes_what_waits_and_flush_answers(void **state)
{
    (void)state;
    const kw_mount mount = {net_server_routes, net_server_routes_count, NULL};
    net_desk desk;
    net_desk_open(&desk, &mount, &kw_protocol_h1, 1);
    EXPECT_OK(kw_census_new(&desk.core.census, 8, 8));
    kw_endpoint address = {0};
    EXPECT_OK(kw_endpoint_parse(&address, KW_STR("127.0.0.1:0")));
    EXPECT_OK(kw_loop_listen(&desk.loop, KW_LISTENER_METRICS, &address, NULL, NULL));
    kw_listening *listening = &desk.loop.listening[KW_LISTENER_METRICS];
    kw_conn_accept(listening); /* nobody waits: nothing happens */
    assert_null(desk.loop.conns);
    wire_peer peers[2];
    wire_response response = {0};
    wire_connect(&peers[0], address.port);
    wire_connect(&peers[1], address.port);
    kw_conn_accept_waiting(listening);
    assert_int_equal(atomic_load(&desk.loop.tallies[KW_TALLY_OPEN]), 2);
    kw_conn *conn = desk.loop.conns;
    conn->protocol->input(conn, kw_span_of_str(KW_STR(GET("/metrics"))));
    kw_conn_flush(conn);
    assert_true(wire_read_response(&peers[1], &response, false));
    EXPECT_STR(kw_buf_text(&response.body), "up 1\n");
    kw_loop_cut(&desk.loop);
    wire_response_drop(&response);
    wire_close(&peers[0]);
    wire_close(&peers[1]);
    kw_census *census = desk.core.census;
    net_desk_close(&desk);
    kw_census_free(census);
}

/* A client that asks twice, the second time in two pieces: the head of the TLS record alone, then
 * the rest. It waits for `step` before each of the three. */
typedef struct two_questions {
    uint16_t port;
    _Atomic unsigned step;
    _Atomic unsigned answered;
    kw_thread thread;
} two_questions;

static void await_step(two_questions *q, unsigned step)
{
    while (atomic_load(&q->step) < step) {
        kw_sleep_ms(1);
    }
}

static void read_small(two_questions *q, wire_peer *peer)
{
    wire_response response = {0};
    KW_ASSERT(wire_read_response(peer, &response, false));
    KW_ASSERT(response.body.len == 256);
    wire_response_drop(&response);
    (void)atomic_fetch_add(&q->answered, 1);
}

static void ask_twice(void *ctx)
{
    two_questions *q = ctx;
    const wire_tls options = {0};
    wire_peer peer;
    KW_ASSERT(wire_connect_tls(&peer, q->port, &options));
    KW_ASSERT(wire_send_text(&peer, GET("/small")));
    read_small(q, &peer);
    await_step(q, 1);
    BIO *memory = BIO_new(BIO_s_mem());
    SSL_set0_wbio(peer.ssl, memory);
    KW_ASSERT(wire_send_text(&peer, GET("/small")));
    char record[256];
    int len = BIO_read(memory, record, sizeof record);
    KW_ASSERT(len > 5 && write(peer.fd, record, 5) == 5);
    await_step(q, 2);
    KW_ASSERT(write(peer.fd, record + 5, (size_t)len - 5) == len - 5);
    read_small(q, &peer);
    await_step(q, 3);
    wire_close(&peer);
}

static void turn_until(net_desk *desk, const _Atomic uint64_t *number, uint64_t wanted)
{
    while (atomic_load(number) < wanted) {
        (void)uv_run(&desk->loop.uv, UV_RUN_NOWAIT);
    }
}

static void turn_until_answered(net_desk *desk, two_questions *q, unsigned wanted)
{
    while (atomic_load(&q->answered) < wanted) {
        (void)uv_run(&desk->loop.uv, UV_RUN_NOWAIT);
    }
}

/* The connection goes through a reading pause in which it holds nothing of TLS, and through one in
 * the middle of a record, whose head must not be thrown away. */
static void pause_twice(net_desk *desk, two_questions *q)
{
    turn_until_answered(desk, q, 1);
    kw_conn *conn = desk->loop.conns;
    assert_non_null(conn);
    assert_int_equal(desk->loop.buffered_count, 1);
    kw_conn_tick(conn);
    assert_int_equal(desk->loop.buffered_count, 1); /* it was busy up to now */
    kw_conn_tick(conn);
    assert_int_equal(desk->loop.buffered_count, 0);
    kw_conn_tick(conn);
    const _Atomic uint64_t *bytes_in = &desk->loop.tallies[KW_TALLY_BYTES_IN];
    uint64_t before = atomic_load(bytes_in);
    atomic_store(&q->step, 1);
    turn_until(desk, bytes_in, before + 5);
    kw_conn_tick(conn);
    kw_conn_tick(conn);
    assert_int_equal(desk->loop.buffered_count, 1);
    atomic_store(&q->step, 2);
    turn_until_answered(desk, q, 2);
}

static void tick__takes_the_buffers_of_an_idle_connection(void **state)
{
    (void)state;
    const kw_mount mount = {net_server_routes, net_server_routes_count, NULL};
    net_desk desk;
    net_desk_open(&desk, &mount, &kw_protocol_h1, 1);
    EXPECT_OK(kw_census_new(&desk.core.census, 8, 8));
    desk.core.bio_method = kw_conn_bio_method_new();
    kw_tls *tls = NULL;
    EXPECT_OK(
        kw_tls_new(&tls, &server.listeners[KW_LISTENER_PUBLIC], KW_LISTENER_PUBLIC, NULL, NULL));
    kw_endpoint address = {0};
    EXPECT_OK(kw_endpoint_parse(&address, KW_STR("127.0.0.1:0")));
    EXPECT_OK(kw_loop_listen(&desk.loop, KW_LISTENER_PUBLIC, &address, tls, NULL));
    (void)uv_timer_stop(&desk.loop.tick); /* this test ticks */
    static two_questions q;
    q.port = address.port;
    EXPECT_OK(kw_thread_start(&q.thread, "client", ask_twice, &q, NULL));
    pause_twice(&desk, &q);
    kw_loop_cut(&desk.loop);
    atomic_store(&q.step, 3);
    kw_thread_join(&q.thread);
    BIO_METHOD *method = desk.core.bio_method;
    kw_census *census = desk.core.census;
    net_desk_close(&desk);
    assert_int_equal(desk.loop.buffered_count, 0);
    kw_census_free(census);
    BIO_meth_free(method);
}

static unsigned rests_count;

static void count_rest(kw_conn *conn)
{
    (void)conn;
    rests_count++;
}

/* Also when its TLS buffers went before, in a flush of a crowded loop. */
static void tick__tells_the_protocol_once_that_it_rests(void **state)
{
    (void)state;
    const kw_mount mount = {net_server_routes, net_server_routes_count, NULL};
    kw_protocol protocol = kw_protocol_h1;
    protocol.rest = count_rest;
    net_desk desk;
    net_desk_open(&desk, &mount, &protocol, 1);
    desk.conn.is_busy = true;
    kw_conn_tick(&desk.conn);
    assert_int_equal(rests_count, 0);
    kw_conn_tick(&desk.conn);
    kw_conn_tick(&desk.conn);
    assert_int_equal(rests_count, 1);
    net_desk_close(&desk);
}

static void peer_box__lives_as_long_as_its_shares(void **state)
{
    (void)state;
    kw_peer_box *box = kw_heap_new(1, sizeof *box);
    assert_ptr_equal(kw_peer_box_share(kw_peer_box_share(box)), box);
    kw_peer_box_free(box);
    assert_int_equal(box->shares_count, 1);
    kw_peer_box_free(box);
    kw_peer_box_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(half_closed_peer__gets_its_answers),
        cmocka_unit_test(half_closed_peer__inside_a_request_is_dropped),
        cmocka_unit_test(half_closed_peer__ends_its_stream),
        cmocka_unit_test(slow_reader__gets_every_byte),
        cmocka_unit_test(greeting__that_is_refused_closes_before_tls),
        cmocka_unit_test(handshake__that_does_not_end_is_cut),
        cmocka_unit_test(plain_http__on_the_tls_port_is_closed),
        cmocka_unit_test(words__change_the_connection_at_the_end_of_the_batch),
        cmocka_unit_test(tick__cuts_a_body_that_does_not_move),
        cmocka_unit_test(bio__reads_what_is_lent_and_writes_to_the_scratch),
        cmocka_unit_test(accept__takes_what_waits_and_flush_answers),
        cmocka_unit_test(tick__takes_the_buffers_of_an_idle_connection),
        cmocka_unit_test(tick__tells_the_protocol_once_that_it_rests),
        cmocka_unit_test(peer_box__lives_as_long_as_its_shares),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
