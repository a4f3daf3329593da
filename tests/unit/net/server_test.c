/* SPDX-License-Identifier: Apache-2.0
 * A server as a whole: what it refuses to start with, reload and stop under load. */
#include "net/server.h"

#include "base/heap.h"
#include "os/thread.h"
#include "support/expect.h"
#include "support/net_server.h"
#include "support/wire_h2.h"

#include <openssl/x509v3.h>

static kw_status try_new(net_server *s, kw_error *err)
{
    kw_server *server = NULL;
    kw_server_parts parts = {.net = &s->config,
                             .mounts = &s->mount,
                             .mounts_count = 1,
                             .gate = &s->gate_port,
                             .clock = &s->clock};
    memcpy(parts.listeners, s->listeners, sizeof parts.listeners);
    kw_status st = kw_server_new(&server, &parts, err);
    kw_server_free(server);
    return st;
}

static void expect_refused(net_server *s, const char *word)
{
    kw_error err = {0};
    EXPECT_STATUS(try_new(s, &err), KW_CONFIG);
    if (strstr(err.text, word) == NULL) {
        print_error("\"%s\" does not say \"%s\"\n", err.text, word);
        fail();
    }
}

static void new__refuses_an_incomplete_gate(void **state)
{
    (void)state;
    net_server s;
    net_server_prepare(&s);
    kw_gate whole = s.gate_port;
    EXPECT_OK(try_new(&s, NULL));
    s.gate_port.greet = NULL;
    expect_refused(&s, "gate");
    s.gate_port = whole;
    s.gate_port.admit = NULL;
    expect_refused(&s, "gate");
    s.gate_port = whole;
    s.gate_port.settle = NULL;
    expect_refused(&s, "gate");
    net_server_stop(&s);
}

static void new__refuses_listeners_that_would_be_open(void **state)
{
    (void)state;
    net_server s;
    net_server_prepare(&s);
    kw_listener_config good[KW_LISTENERS_COUNT];
    memcpy(good, s.listeners, sizeof good);
    s.listeners[KW_LISTENER_PUBLIC].address = KW_STR("localhost:0");
    expect_refused(&s, "address");
    s.listeners[KW_LISTENER_PUBLIC] = (kw_listener_config){.address = KW_STR("127.0.0.1:0")};
    expect_refused(&s, "TLS");
    s.listeners[KW_LISTENER_PUBLIC] = good[KW_LISTENER_PUBLIC];
    s.listeners[KW_LISTENER_METRICS].address = KW_STR("0.0.0.0:0");
    expect_refused(&s, "loopback");
    s.listeners[KW_LISTENER_METRICS] = good[KW_LISTENER_PUBLIC];
    s.listeners[KW_LISTENER_METRICS].address = KW_STR("0.0.0.0:0");
    expect_refused(&s, "required");
    s.listeners[KW_LISTENER_METRICS] = good[KW_LISTENER_METRICS];
    s.listeners[KW_LISTENER_METRICS].client_cert = KW_CLIENT_CERT_REQUIRED;
    expect_refused(&s, "TLS");
    s.listeners[KW_LISTENER_METRICS] = good[KW_LISTENER_METRICS];
    s.listeners[KW_LISTENER_ADMIN] = good[KW_LISTENER_PUBLIC];
    expect_refused(&s, "required");
    s.listeners[KW_LISTENER_ADMIN] = (kw_listener_config){0};
    s.listeners[KW_LISTENER_PEER] = good[KW_LISTENER_PUBLIC];
    expect_refused(&s, "required");
    net_server_stop(&s);
}

static void new__refuses_a_broken_table_and_a_taken_port(void **state)
{
    (void)state;
    net_server s;
    net_server_prepare(&s);
    const kw_route broken[] = {{.method = KW_GET, .path = "/x"}};
    s.mount.routes = broken;
    s.mount.routes_count = 1;
    expect_refused(&s, "route GET /x");
    s.mount.routes_count = 0;
    s.listeners[KW_LISTENER_PUBLIC].address = KW_STR("192.0.2.1:1");
    EXPECT_STATUS(try_new(&s, NULL), KW_IO);
    net_server_stop(&s);
}

/* Every allocation of ours in turn; OpenSSL's and libuv's are not ours to fail. */
static void new__survives_each_failing_allocation(void **state)
{
    (void)state;
    net_server s;
    net_server_prepare(&s);
    kw_status st = KW_NO_MEMORY;
    uint64_t nth = 1;
    for (; st != KW_OK; nth++) {
        kw_heap_fail_at(nth);
        st = try_new(&s, NULL);
        kw_heap_fail_at(0);
        assert_true(st == KW_OK || st == KW_NO_MEMORY);
    }
    assert_true(nth > 8);
    net_server_stop(&s);
}

static void ports__are_reported_and_shared_by_loops(void **state)
{
    (void)state;
    net_server s;
    net_server_prepare(&s);
    s.config.loops = 3;
    net_server_start(&s);
    uint16_t port = kw_server_port(s.server, KW_LISTENER_PUBLIC);
    assert_true(port > 0);
    assert_int_equal(kw_server_port(s.server, KW_LISTENER_ADMIN), 0);
    for (size_t i = 0; i < 24; i++) {
        wire_peer peer;
        wire_response response = {0};
        const wire_tls options = {0};
        assert_true(wire_connect_tls(&peer, port, &options));
        assert_true(wire_send_text(&peer, "GET /small HTTP/1.1\r\nHost: a\r\n\r\n"));
        assert_true(wire_read_response(&peer, &response, false));
        assert_int_equal(response.status, 200);
        wire_response_drop(&response);
        wire_close(&peer);
    }
    kw_server_counts counts;
    kw_server_count(s.server, &counts);
    assert_int_equal(counts.connections_accepted, 24);
    assert_int_equal(counts.requests, 24);
    net_server_stop(&s);
}

static void connections__beyond_the_limits_are_closed(void **state)
{
    (void)state;
    net_server s;
    net_server_prepare(&s);
    s.config.connections_per_network_max = 3;
    net_server_start(&s);
    uint16_t port = kw_server_port(s.server, KW_LISTENER_METRICS);
    wire_peer peers[4];
    wire_response response = {0};
    for (size_t i = 0; i < 3; i++) {
        wire_connect(&peers[i], port);
        assert_true(wire_send_text(&peers[i], "GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n"));
        assert_true(wire_read_response(&peers[i], &response, false));
    }
    wire_connect(&peers[3], port);
    assert_false(wire_read(&peers[3]));
    for (size_t i = 0; i < 4; i++) {
        wire_close(&peers[i]);
    }
    wire_response_drop(&response);
    net_server_stop(&s);
}

/* ---- clients that must not see a failure ---- */

typedef struct client {
    kw_thread thread;
    uint16_t port;
    _Atomic bool must_stop;
    _Atomic unsigned answered;
    _Atomic unsigned failed; /* a request that was sent and not answered with 200 */
    _Atomic bool is_refused; /* nobody listens any more */
} client;

/* One connection: requests until told to stop or until the server says close. */
static void talk(client *c, wire_peer *peer)
{
    wire_response response = {0};
    bool is_last = false;
    while (!is_last && !atomic_load(&c->must_stop)) {
        bool is_sent = wire_send_text(peer, "GET /small HTTP/1.1\r\nHost: a\r\n\r\n");
        if (!is_sent || !wire_read_response(peer, &response, false) || response.status != 200) {
            (void)atomic_fetch_add(&c->failed, 1);
            break;
        }
        (void)atomic_fetch_add(&c->answered, 1);
        is_last = wire_field(&response, "connection").len > 0;
    }
    wire_response_drop(&response);
}

static void run_client(void *ctx)
{
    client *c = ctx;
    const wire_tls options = {0};
    while (!atomic_load(&c->must_stop)) {
        wire_peer peer;
        if (!wire_try_connect(&peer, c->port)) {
            atomic_store(&c->is_refused, true);
            return;
        }
        if (wire_handshake(&peer, &options)) {
            talk(c, &peer);
        } else {
            (void)atomic_fetch_add(&c->failed, 1);
        }
        wire_close(&peer);
    }
}

static void start_clients(client *clients, size_t count, uint16_t port)
{
    for (size_t i = 0; i < count; i++) {
        clients[i] = (client){.port = port};
        EXPECT_OK(kw_thread_start(&clients[i].thread, "client", run_client, &clients[i], NULL));
    }
}

static void await_answers(client *clients, size_t count, unsigned each)
{
    for (size_t i = 0; i < count; i++) {
        while (atomic_load(&clients[i].answered) < each && atomic_load(&clients[i].failed) == 0) {
            kw_sleep_ms(1);
        }
    }
}

static void expect_no_failure(client *clients, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        kw_thread_join(&clients[i].thread);
        assert_int_equal(clients[i].failed, 0);
    }
}

enum {
    CLIENTS = 4
};

static void stop__under_load_fails_no_request(void **state)
{
    (void)state;
    net_server s;
    client clients[CLIENTS];
    net_server_prepare(&s);
    net_server_start(&s);
    start_clients(clients, CLIENTS, kw_server_port(s.server, KW_LISTENER_PUBLIC));
    await_answers(clients, CLIENTS, 30);
    EXPECT_OK(kw_server_stop(s.server));
    expect_no_failure(clients, CLIENTS);
    for (size_t i = 0; i < CLIENTS; i++) {
        assert_true(clients[i].is_refused);
    }
    EXPECT_OK(kw_server_stop(s.server));
    net_server_stop(&s);
}

static void reload__under_load_fails_no_request(void **state)
{
    (void)state;
    net_server s;
    client clients[CLIENTS];
    net_server_prepare(&s);
    net_server_start(&s);
    start_clients(clients, CLIENTS, kw_server_port(s.server, KW_LISTENER_PUBLIC));
    for (unsigned i = 1; i <= 10; i++) {
        await_answers(clients, CLIENTS, 10 * i);
        EXPECT_OK(kw_server_reload(s.server, s.listeners, NULL));
    }
    for (size_t i = 0; i < CLIENTS; i++) {
        atomic_store(&clients[i].must_stop, true);
    }
    expect_no_failure(clients, CLIENTS);
    net_server_stop(&s);
}

static void reload__changes_nothing_when_it_fails(void **state)
{
    (void)state;
    net_server s;
    net_server_prepare(&s);
    net_server_start(&s);
    kw_error err = {0};
    kw_listener_config changed[KW_LISTENERS_COUNT];
    memcpy(changed, s.listeners, sizeof changed);
    changed[KW_LISTENER_PUBLIC].certificate_file = KW_STR("/nowhere/at/all.pem");
    EXPECT_STATUS(kw_server_reload(s.server, changed, &err), KW_CONFIG);
    memcpy(changed, s.listeners, sizeof changed);
    changed[KW_LISTENER_PUBLIC].client_cert = KW_CLIENT_CERT_NONE;
    EXPECT_STATUS(kw_server_reload(s.server, changed, &err), KW_CONFIG);
    memcpy(changed, s.listeners, sizeof changed);
    changed[KW_LISTENER_METRICS].certificate_file = s.listeners[KW_LISTENER_PUBLIC].key_file;
    EXPECT_STATUS(kw_server_reload(s.server, changed, &err), KW_CONFIG);
    wire_peer peer;
    const wire_tls options = {0};
    assert_true(wire_connect_tls(&peer, kw_server_port(s.server, KW_LISTENER_PUBLIC), &options));
    wire_close(&peer);
    net_server_stop(&s);
}

/* The new certificate is the one new connections see; the old connection goes on. */
static void reload__takes_the_new_certificate(void **state)
{
    (void)state;
    net_server s;
    net_server_prepare(&s);
    net_server_start(&s);
    uint16_t port = kw_server_port(s.server, KW_LISTENER_PUBLIC);
    wire_peer old;
    wire_peer fresh;
    wire_response response = {0};
    const wire_tls options = {0};
    assert_true(wire_connect_tls(&old, port, &options));
    net_certs_issue(&s.certs, "next", KW_X509_SERVER, "DNS:next.example", 1);
    tempdir_path files[] = {net_certs_path(&s.certs, "next.pem"),
                            net_certs_path(&s.certs, "next.key")};
    kw_listener_config changed[KW_LISTENERS_COUNT];
    memcpy(changed, s.listeners, sizeof changed);
    changed[KW_LISTENER_PUBLIC].certificate_file = kw_str_of(files[0].text);
    changed[KW_LISTENER_PUBLIC].key_file = kw_str_of(files[1].text);
    EXPECT_OK(kw_server_reload(s.server, changed, NULL));
    /* A request through the loop's queue makes sure that the notice was read before. */
    assert_true(wire_send_text(&old, "GET /big?bytes=1 HTTP/1.1\r\nHost: a\r\n\r\n"));
    assert_true(wire_read_response(&old, &response, false));
    assert_int_equal(response.status, 200);
    assert_true(wire_connect_tls(&fresh, port, &options));
    X509 *seen = SSL_get0_peer_certificate(fresh.ssl);
    assert_int_equal(X509_check_host(seen, "next.example", 0, 0, NULL), 1);
    wire_response_drop(&response);
    wire_close(&old);
    wire_close(&fresh);
    net_server_stop(&s);
}

static void stop__ends_waiting_streams_and_tells_h2_to_go(void **state)
{
    (void)state;
    net_server s;
    net_server_prepare(&s);
    net_server_start(&s);
    wire_h2 h;
    wire_h2_answer answer = {0};
    wire_h2_dial(&h, kw_server_port(s.server, KW_LISTENER_PUBLIC));
    assert_true(wire_h2_get(&h, 1, "/follow"));
    while (atomic_load(&s.service.streams) == 0) {
        kw_sleep_ms(1);
    }
    EXPECT_OK(kw_server_stop(s.server));
    assert_true(wire_h2_await(&h, &answer, 1, false));
    assert_int_equal(answer.status, 200);
    assert_true(answer.is_ended);
    assert_true(wire_h2_await_end(&h));
    assert_int_equal(h.goaway_code, NGHTTP2_NO_ERROR);
    assert_int_equal(atomic_load(&s.service.streams), 0);
    wire_h2_answer_drop(&answer);
    wire_h2_close(&h);
    net_server_stop(&s);
}

static void let_go_later(void *ctx)
{
    net_server *s = ctx;
    kw_server_counts counts;
    do { /* the stop cuts our connection; then the handler may end */
        kw_sleep_ms(1);
        kw_server_count(s->server, &counts);
    } while (counts.connections_open > 0);
    net_server_let_go(s);
}

static void stop__cuts_what_does_not_end_in_time(void **state)
{
    (void)state;
    net_server s;
    net_server_prepare(&s);
    s.config.drain_ms = 50;
    net_server_start(&s);
    wire_peer peer;
    const wire_tls options = {0};
    assert_true(wire_connect_tls(&peer, kw_server_port(s.server, KW_LISTENER_PUBLIC), &options));
    assert_true(wire_send_text(&peer, "GET /slow HTTP/1.1\r\nHost: a\r\n\r\n"));
    while (atomic_load(&s.service.running) == 0) {
        kw_sleep_ms(1);
    }
    kw_thread helper = {0};
    EXPECT_OK(kw_thread_start(&helper, "let-go", let_go_later, &s, NULL));
    EXPECT_STATUS(kw_server_stop(s.server), KW_TIMED_OUT);
    kw_thread_join(&helper);
    assert_false(wire_read(&peer));
    wire_close(&peer);
    net_server_stop(&s);
}

static void pool__that_is_full_answers_503_with_retry_after(void **state)
{
    (void)state;
    net_server s;
    net_server_prepare(&s);
    s.config.workers = 1;
    s.config.worker_queue_max = 1;
    net_server_start(&s);
    wire_h2 h;
    wire_h2_answer answer = {0};
    wire_h2_dial(&h, kw_server_port(s.server, KW_LISTENER_PUBLIC));
    assert_true(wire_h2_get(&h, 1, "/slow"));
    while (atomic_load(&s.service.running) == 0) {
        kw_sleep_ms(1);
    }
    assert_true(wire_h2_get(&h, 3, "/slow"));
    assert_true(wire_h2_get(&h, 5, "/slow"));
    assert_true(wire_h2_await(&h, &answer, 5, false));
    assert_int_equal(answer.status, 503);
    assert_non_null(memmem(answer.fields.ptr, answer.fields.len, "retry-after: 1\n", 15));
    net_server_let_go(&s);
    assert_true(wire_h2_await(&h, &answer, 3, false));
    assert_int_equal(answer.status, 204);
    wire_h2_answer_drop(&answer);
    wire_h2_close(&h);
    net_server_stop(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(new__refuses_an_incomplete_gate),
        cmocka_unit_test(new__refuses_listeners_that_would_be_open),
        cmocka_unit_test(new__refuses_a_broken_table_and_a_taken_port),
        cmocka_unit_test(new__survives_each_failing_allocation),
        cmocka_unit_test(ports__are_reported_and_shared_by_loops),
        cmocka_unit_test(connections__beyond_the_limits_are_closed),
        cmocka_unit_test(stop__under_load_fails_no_request),
        cmocka_unit_test(reload__under_load_fails_no_request),
        cmocka_unit_test(reload__changes_nothing_when_it_fails),
        cmocka_unit_test(reload__takes_the_new_certificate),
        cmocka_unit_test(stop__ends_waiting_streams_and_tells_h2_to_go),
        cmocka_unit_test(stop__cuts_what_does_not_end_in_time),
        cmocka_unit_test(pool__that_is_full_answers_503_with_retry_after),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
