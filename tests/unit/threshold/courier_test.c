/* SPDX-License-Identifier: Apache-2.0
 * A courier and real servers: one of our own that wants client certificates, scripted ones, and
 * ports where nobody is. The clock stands until a test turns it. */
#include "threshold/courier.h"

#include "support/courier_desk.h"
#include "support/expect.h"
#include "support/silent_port.h"

#include <arpa/inet.h>
#include <signal.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#define OK_EMPTY "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
#define BUSY_30 \
    "HTTP/1.1 503 No\r\nRetry-After: 30\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
#define LIMITED_2 \
    "HTTP/1.1 429 No\r\nRetry-After: 2\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
#define UNKNOWN "HTTP/1.1 404 No\r\nContent-Length: 4\r\nConnection: close\r\n\r\nhead"

/* ---- what goes well ---- */

static void send__reaches_all_with_our_certificate(void **state)
{
    (void)state;
    courier_desk *d = courier_desk_open((kw_outbox_budget){0});
    courier_desk_members(d, (const char *const[]){d->url, d->url, d->url}, 3);
    kw_courier_trip trip = courier_desk_trip(1, 3);
    EXPECT_OK(courier_desk_send(d, "[1]", &trip));
    unsigned from = 0;
    for (int i = 0; i < 3; i++) {
        courier_heard h = courier_desk_next(d);
        EXPECT_OK(h.st);
        assert_true(h.is_over);
        assert_int_equal(h.kind, KW_CARGO_SEND);
        assert_int_equal(h.http, 204);
        from |= 1U << h.from.bytes[19];
    }
    assert_int_equal(from, 0xe);
    assert_int_equal(d->inbox.count, 3);
    assert_string_equal(d->inbox.last, "application/json [1]");
    assert_string_equal(d->server.gate.last_cert, "kw://operator/1");
    kw_courier_state known = courier_desk_state(d, 3, 2);
    assert_int_equal(known.health, KW_COURIER_UP);
    assert_int_equal(known.delivered, 1);
    assert_int_equal(known.waiting, 0);
    courier_desk_expect_metric(d, "keyward_courier_members{health=\"up\"} 3\n");
    courier_desk_close(d);
}

/* A handshake costs more than a message does. */
static void send__keeps_one_connection_to_each(void **state)
{
    (void)state;
    courier_desk *d = courier_desk_open((kw_outbox_budget){0});
    courier_desk_members(d, (const char *const[]){d->url}, 1);
    kw_courier_trip trip = courier_desk_trip(1, 1);
    for (int i = 0; i < 30; i++) {
        EXPECT_OK(courier_desk_send(d, "[]", &trip));
    }
    for (int i = 0; i < 30; i++) {
        courier_desk_expect(d, 1, KW_OK, true);
    }
    kw_server_counts counts = {0};
    kw_server_count(d->server.server, &counts);
    assert_int_equal(counts.requests, 30);
    assert_int_equal(counts.connections_accepted, 1);
    courier_desk_close(d);
}

static void pull__brings_what_the_member_has(void **state)
{
    (void)state;
    courier_desk *d = courier_desk_open((kw_outbox_budget){0});
    courier_desk_members(d, (const char *const[]){d->url}, 1);
    kw_courier_trip trip = courier_desk_trip(1, 1);
    kw_hash32 hash = {{[1] = 0xab}};
    EXPECT_OK(kw_courier_pull(d->courier, &hash, &trip));
    courier_heard h = courier_desk_next(d);
    EXPECT_OK(h.st);
    assert_true(h.is_over);
    assert_int_equal(h.kind, KW_CARGO_PULL);
    assert_memory_equal(h.hash.bytes, hash.bytes, sizeof hash.bytes);
    assert_string_equal(h.body, "0x00ab0000000000000000000000000000"
                                "00000000000000000000000000000000");
    hash.bytes[0] = 1;
    EXPECT_OK(kw_courier_pull(d->courier, &hash, &trip));
    h = courier_desk_next(d);
    EXPECT_STATUS(h.st, KW_NOT_FOUND);
    assert_true(h.is_over); /* others may have it */
    assert_int_equal(h.http, 404);
    courier_desk_close(d);
}

static void ask__names_the_epoch(void **state)
{
    (void)state;
    courier_desk *d = courier_desk_open((kw_outbox_budget){0});
    courier_desk_members(d, (const char *const[]){d->url}, 1);
    kw_courier_trip trip = courier_desk_trip(1, 1);
    static const struct {
        uint64_t epoch;
        const char *path;
        kw_status st;
    } cases[] = {{0, "/epoch", KW_OK}, {7, "/epoch/7", KW_OK}, {8, NULL, KW_NOT_FOUND}};
    for (size_t i = 0; i < KW_COUNT(cases); i++) {
        EXPECT_OK(kw_courier_ask(d->courier, cases[i].epoch, &trip));
        courier_heard h = courier_desk_next(d);
        EXPECT_STATUS(h.st, cases[i].st);
        assert_int_equal(h.kind, KW_CARGO_ASK);
        assert_int_equal(h.epoch, cases[i].epoch);
        if (cases[i].path != NULL) {
            assert_string_equal(h.body, cases[i].path);
        }
    }
    courier_desk_close(d);
}

/* ---- members that are slow, busy, strange or not there ---- */

static void send__is_not_delayed_by_members_that_hang(void **state)
{
    (void)state;
    courier_desk *d = courier_desk_open((kw_outbox_budget){0});
    silent_port silent = silent_port_open();
    courier_desk_members(d, (const char *const[]){silent.url, silent.url, d->url}, 3);
    kw_courier_trip all = courier_desk_trip(1, 3);
    for (int i = 0; i < 20; i++) { /* more than go to one at once */
        EXPECT_OK(courier_desk_send(d, "[]", &all));
    }
    for (int i = 0; i < 20; i++) {
        courier_desk_expect(d, 3, KW_OK, true);
    }
    assert_int_equal(courier_desk_state(d, 3, 1).waiting, 20);
    assert_int_equal(courier_desk_state(d, 3, 3).waiting, 0);
    courier_desk_close(d); /* cuts them */
    silent_port_close(&silent);
}

static void send__waits_as_long_as_it_is_asked_to(void **state)
{
    (void)state;
    courier_desk *d = courier_desk_open((kw_outbox_budget){0});
    tls_peer *peer = courier_desk_peer(d, &(tls_peer_script){{BUSY_30, LIMITED_2, OK_EMPTY}, 3});
    courier_desk_members(d, (const char *const[]){tls_peer_url(peer), d->url}, 2);
    kw_courier_trip one = courier_desk_trip(1, 1);
    kw_courier_trip other = courier_desk_trip(2, 1);
    EXPECT_OK(courier_desk_send(d, "[]", &one));
    courier_desk_expect(d, 1, KW_BUSY, false);
    assert_int_equal(courier_desk_state(d, 2, 1).health, KW_COURIER_SLOW);
    courier_desk_turn_clock(d, 29999);
    EXPECT_OK(courier_desk_send(d, "[]", &other)); /* after this the courier has looked */
    courier_desk_expect(d, 2, KW_OK, true);
    assert_int_equal(tls_peer_requests_count(peer), 1);
    courier_desk_turn_clock(d, 1 + KW_COURIER_RETRY_MS_MIN);
    courier_desk_expect(d, 1, KW_RATE_LIMITED, false);
    courier_desk_turn_clock(d, 2000 + 2 * KW_COURIER_RETRY_MS_MIN);
    courier_desk_expect(d, 1, KW_OK, true);
    assert_int_equal(tls_peer_requests_count(peer), 3);
    tls_peer_stop(peer);
    courier_desk_close(d);
}

static void send__shows_each_answer_and_tries_again(void **state)
{
    (void)state;
    courier_desk *d = courier_desk_open((kw_outbox_budget){0});
    tls_peer *peer = courier_desk_peer(d, &(tls_peer_script){{UNKNOWN, OK_EMPTY}, 2});
    courier_desk_members(d, (const char *const[]){tls_peer_url(peer)}, 1);
    kw_courier_trip trip = courier_desk_trip(1, 1);
    EXPECT_OK(courier_desk_send(d, "[5]", &trip));
    courier_heard h = courier_desk_next(d);
    EXPECT_STATUS(h.st, KW_NOT_FOUND);
    assert_false(h.is_over);
    assert_string_equal(h.body, "head");
    courier_desk_turn_clock(d, KW_COURIER_RETRY_MS_MIN);
    courier_desk_expect(d, 1, KW_OK, true);
    assert_non_null(strstr(tls_peer_requests(peer).ptr, "\r\n\r\n[5]POST /dkg/hello HTTP/1.1\r\n"));
    tls_peer_stop(peer);
    courier_desk_close(d);
}

static void send__goes_to_the_pinned_key_only(void **state)
{
    (void)state;
    courier_desk *d = courier_desk_open((kw_outbox_budget){0});
    kw_courier_trip one = courier_desk_trip(1, 1);
    kw_courier_trip other = courier_desk_trip(2, 1);
    kw_courier_member members[] = {
        {.address = one.to[0], .peer_url = kw_str_of(d->url), .tls_spki = d->spki},
        {.address = other.to[0], .peer_url = kw_str_of(d->url), .tls_spki = d->spki}};
    members[1].tls_spki.bytes[31] ^= 1;
    EXPECT_OK(kw_courier_members(d->courier, members, 2, NULL));
    EXPECT_OK(courier_desk_send(d, "[1]", &one)); /* leaves a connection that is kept */
    courier_desk_expect(d, 1, KW_OK, true);
    EXPECT_OK(courier_desk_send(d, "[2]", &other));
    courier_desk_expect(d, 2, KW_PEER_REFUSED, false);
    EXPECT_STATUS(courier_desk_state(d, 2, 2).last, KW_PEER_REFUSED);
    assert_string_equal(d->inbox.last, "application/json [1]");
    members[1].tls_spki = d->spki; /* the operators file is put right: it goes at once */
    EXPECT_OK(kw_courier_members(d->courier, members, 2, NULL));
    courier_desk_expect(d, 2, KW_OK, true);
    assert_string_equal(d->inbox.last, "application/json [2]");
    courier_desk_close(d);
}

static void breaker__opens_at_a_dead_member(void **state)
{
    (void)state;
    courier_desk *d = courier_desk_open((kw_outbox_budget){0});
    silent_port dead = silent_port_refusing();
    courier_desk_members(d, (const char *const[]){dead.url}, 1);
    kw_courier_trip trip = courier_desk_trip(1, 1);
    EXPECT_OK(courier_desk_send(d, "[]", &trip));
    for (int i = 0; i < KW_BREAKER_FAILURES; i++) {
        courier_desk_turn_clock(d, i == 0 ? 0 : KW_COURIER_RETRY_MS_MIN << (i - 1));
        courier_desk_expect(d, 1, KW_NETWORK, false);
    }
    assert_int_equal(courier_desk_state(d, 1, 1).health, KW_COURIER_DOWN);
    assert_int_equal(courier_desk_state(d, 1, 1).failed, KW_BREAKER_FAILURES);
    courier_desk_expect_metric(d, "keyward_courier_members{health=\"down\"} 1\n");
    courier_desk_members(d, (const char *const[]){d->url}, 1); /* it came back elsewhere */
    courier_desk_expect(d, 1, KW_OK, true);
    assert_int_equal(courier_desk_state(d, 1, 1).health, KW_COURIER_UP);
    silent_port_close(&dead);
    courier_desk_close(d);
}

/* Closes connections without an answer, then answers. */
static void breaker__closes_with_the_first_answer(void **state)
{
    (void)state;
    for (int is_heard = 0; is_heard <= 1; is_heard++) {
        courier_desk *d = courier_desk_open((kw_outbox_budget){.calls_max = 1});
        tls_peer_script script = {.count = KW_BREAKER_FAILURES + 1};
        script.answers[KW_BREAKER_FAILURES] = OK_EMPTY;
        tls_peer *peer = courier_desk_peer(d, &script);
        courier_desk_members(d, (const char *const[]){tls_peer_url(peer)}, 1);
        kw_courier_trip trip = courier_desk_trip(1, 1);
        EXPECT_OK(courier_desk_send(d, "[]", &trip));
        for (int i = 0; i < KW_BREAKER_FAILURES; i++) {
            courier_desk_turn_clock(d, i == 0 ? 0 : KW_COURIER_RETRY_MS_MIN << (i - 1));
            courier_desk_expect(d, 1, KW_NETWORK, false);
        }
        assert_int_equal(courier_desk_state(d, 1, 1).health, KW_COURIER_DOWN);
        EXPECT_OK(courier_desk_send(d, "[]", &trip)); /* due at once, but for the breaker */
        if (is_heard != 0) {
            kw_courier_heard(d->courier, trip.to);
        } else {
            courier_desk_turn_clock(d, KW_BREAKER_PAUSE_MS_MIN);
        }
        courier_desk_expect(d, 1, KW_OK, true);
        assert_int_equal(courier_desk_state(d, 1, 1).health, KW_COURIER_UP);
        tls_peer_stop(peer);
        courier_desk_close(d);
    }
}

/* Keeps the port for who comes back to it. */
static int hold_port(uint16_t port)
{
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    int yes = 1;
    struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    assert_int_equal(setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &yes, sizeof yes), 0);
    assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof address), 0);
    return fd;
}

/* The connection that was kept is of no use any more. */
static void send__finds_a_member_that_was_restarted(void **state)
{
    (void)state;
    courier_desk *d = courier_desk_open((kw_outbox_budget){0});
    courier_desk_members(d, (const char *const[]){d->url}, 1);
    kw_courier_trip trip = courier_desk_trip(1, 1);
    EXPECT_OK(courier_desk_send(d, "[1]", &trip));
    courier_desk_expect(d, 1, KW_OK, true);
    uint16_t port = kw_server_port(d->server.server, KW_LISTENER_PUBLIC);
    int held = hold_port(port);
    kw_server_free(d->server.server);
    EXPECT_OK(courier_desk_send(d, "[2]", &trip));
    courier_desk_expect(d, 1, KW_NETWORK, false);
    assert_int_equal(courier_desk_state(d, 1, 1).health, KW_COURIER_SLOW);
    char address[32];
    (void)snprintf(address, sizeof address, "127.0.0.1:%u", port);
    d->server.listeners[KW_LISTENER_PUBLIC].address = kw_str_of(address);
    net_server_start(&d->server);
    courier_desk_turn_clock(d, KW_COURIER_RETRY_MS_MIN);
    courier_desk_expect(d, 1, KW_OK, true);
    assert_string_equal(d->inbox.last, "application/json [2]");
    assert_int_equal(courier_desk_state(d, 1, 1).health, KW_COURIER_UP);
    (void)close(held);
    courier_desk_close(d);
}

/* ---- bounds ---- */

static void send__says_when_a_budget_is_full(void **state)
{
    (void)state;
    courier_desk *d = courier_desk_open((kw_outbox_budget){.bytes_max = 6, .parcels_max = 3});
    silent_port silent = silent_port_open();
    courier_desk_members(d, (const char *const[]){silent.url, d->url}, 2);
    kw_courier_trip both = courier_desk_trip(1, 2);
    EXPECT_OK(courier_desk_send(d, "[111]", &both));
    courier_desk_expect(d, 2, KW_OK, true);
    EXPECT_STATUS(courier_desk_send(d, "[2]", &both), KW_LIMIT); /* bytes */
    courier_desk_expect(d, 2, KW_OK, true);                      /* the other gets it */
    EXPECT_OK(kw_courier_ask(d->courier, 0, &both));
    courier_desk_expect(d, 2, KW_OK, true);
    EXPECT_OK(kw_courier_ask(d->courier, 0, &both));
    courier_desk_expect(d, 2, KW_OK, true);
    EXPECT_STATUS(kw_courier_ask(d->courier, 0, &both), KW_LIMIT); /* parcels */
    courier_desk_expect(d, 2, KW_OK, true);
    assert_int_equal(courier_desk_state(d, 2, 1).refused, 2);
    assert_int_equal(courier_desk_state(d, 2, 1).bytes, 5);
    courier_desk_expect_metric(d, "keyward_courier_lost_total{member=\""
                                  "0x0000000000000000000000000000000000000001\",why=\"full\"} 2\n");
    courier_desk_close(d);
    silent_port_close(&silent);
}

static void send__refuses_what_is_too_long_and_strangers(void **state)
{
    (void)state;
    courier_desk *d = courier_desk_open((kw_outbox_budget){0});
    courier_desk_members(d, (const char *const[]){d->url}, 1);
    kw_courier_trip trip = courier_desk_trip(1, 1);
    char path[KW_COURIER_PATH_BYTES_MAX + 2];
    memset(path, 'a', sizeof path - 1);
    path[0] = '/';
    path[sizeof path - 1] = '\0';
    kw_buf body = kw_buf_init(1);
    EXPECT_OK(kw_buf_append_byte(&body, '1'));
    EXPECT_STATUS(kw_courier_send(d->courier, &body, path, &trip), KW_LIMIT);
    assert_null(body.ptr);
    body = kw_buf_init(KW_COURIER_BODY_BYTES_MAX + 1);
    EXPECT_OK(kw_buf_reserve(&body, KW_COURIER_BODY_BYTES_MAX + 1));
    memset(body.ptr, ' ', KW_COURIER_BODY_BYTES_MAX + 1);
    body.len = KW_COURIER_BODY_BYTES_MAX + 1;
    EXPECT_STATUS(kw_courier_send(d->courier, &body, "/dkg/hello", &trip), KW_LIMIT);
    trip.to_count = 2;
    EXPECT_STATUS(courier_desk_send(d, "[]", &trip), KW_NOT_FOUND);
    courier_desk_expect(d, 1, KW_OK, true); /* the member gets it all the same */
    assert_int_equal(d->inbox.count, 1);
    courier_desk_close(d);
}

static void until__ends_what_waits(void **state)
{
    (void)state;
    courier_desk *d = courier_desk_open((kw_outbox_budget){.calls_max = 1});
    tls_peer *peer = courier_desk_peer(d, &(tls_peer_script){{BUSY_30}, 1});
    courier_desk_members(d, (const char *const[]){tls_peer_url(peer), d->url}, 2);
    kw_courier_trip past = courier_desk_trip(2, 1);
    past.until_ms = COURIER_DESK_START_MS;
    EXPECT_OK(courier_desk_send(d, "[]", &past));
    courier_desk_expect(d, 2, KW_TIMED_OUT, true);
    kw_courier_trip soon = courier_desk_trip(1, 1);
    soon.until_ms = COURIER_DESK_START_MS + 20000;
    EXPECT_OK(courier_desk_send(d, "[]", &soon));
    EXPECT_OK(kw_courier_ask(d->courier, 0, &soon));
    courier_desk_expect(d, 1, KW_BUSY, false);
    courier_desk_turn_clock(d, 20000);
    courier_heard first = courier_desk_next(d);
    courier_heard second = courier_desk_next(d);
    EXPECT_STATUS(first.st, KW_BUSY); /* how its last try ended */
    assert_int_equal(first.kind, KW_CARGO_SEND);
    assert_int_equal(first.http, 0);
    EXPECT_STATUS(second.st, KW_TIMED_OUT); /* it had none */
    assert_int_equal(second.kind, KW_CARGO_ASK);
    assert_true(first.is_over && second.is_over);
    assert_int_equal(tls_peer_requests_count(peer), 1);
    assert_int_equal(d->inbox.count, 0);
    assert_int_equal(courier_desk_state(d, 2, 1).given_up, 2);
    courier_desk_expect_metric(d, "keyward_courier_lost_total{member=\""
                                  "0x0000000000000000000000000000000000000001\",why=\"late\"} 2\n");
    tls_peer_stop(peer);
    courier_desk_close(d);
}

static void members__who_goes_is_told(void **state)
{
    (void)state;
    courier_desk *d = courier_desk_open((kw_outbox_budget){.calls_max = 1});
    tls_peer *peer = courier_desk_peer(d, &(tls_peer_script){{BUSY_30}, 1});
    courier_desk_members(d, (const char *const[]){d->url, tls_peer_url(peer)}, 2);
    kw_courier_trip trip = courier_desk_trip(2, 1);
    EXPECT_OK(courier_desk_send(d, "[]", &trip));
    courier_desk_expect(d, 2, KW_BUSY, false);
    courier_desk_members(d, (const char *const[]){d->url}, 1);
    courier_desk_expect(d, 2, KW_CANCELLED, true);
    EXPECT_STATUS(courier_desk_send(d, "[]", &trip), KW_NOT_FOUND);
    tls_peer_stop(peer);
    courier_desk_close(d);
}

static void stop__cuts_what_is_on_its_way(void **state)
{
    (void)state;
    courier_desk *d = courier_desk_open((kw_outbox_budget){0});
    silent_port silent = silent_port_open();
    courier_desk_members(d, (const char *const[]){silent.url, d->url}, 2);
    kw_courier_trip both = courier_desk_trip(1, 2);
    for (int i = 0; i < 8; i++) {
        EXPECT_OK(courier_desk_send(d, "[]", &both));
        courier_desk_expect(d, 2, KW_OK, true);
    }
    kw_courier_stop(d->courier);
    kw_courier_stop(d->courier);
    EXPECT_STATUS(courier_desk_send(d, "[]", &both), KW_CANCELLED);
    assert_int_equal(courier_desk_state(d, 2, 1).waiting, 8);
    assert_int_equal(d->answers_count, 8);
    courier_desk_close(d);
    silent_port_close(&silent);
}

static void ignore(void *ctx, const kw_courier_answer *answer)
{
    KW_UNUSED(ctx);
    KW_UNUSED(answer);
}

static void open__refuses_a_certificate_without_key(void **state)
{
    (void)state;
    static const kw_rng rng = {0}; /* nothing is drawn */
    kw_courier_options options = {.certificate_file = "a.pem",
                                  .clock = kw_clock_system(),
                                  .pace = kw_clock_monotonic(),
                                  .rng = &rng,
                                  .on_answer = ignore};
    kw_courier *courier = NULL;
    kw_error err = {0};
    EXPECT_STATUS(kw_courier_open(&courier, &options, &err), KW_BAD_INPUT);
    assert_int_equal(err.status, KW_BAD_INPUT);
    assert_null(courier);
    kw_courier_free(NULL);
}

int main(void)
{
    (void)signal(SIGPIPE, SIG_IGN);
    if (kw_http_client_setup(NULL) != KW_OK) {
        return 1;
    }
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(send__reaches_all_with_our_certificate),
        cmocka_unit_test(send__keeps_one_connection_to_each),
        cmocka_unit_test(pull__brings_what_the_member_has),
        cmocka_unit_test(ask__names_the_epoch),
        cmocka_unit_test(send__is_not_delayed_by_members_that_hang),
        cmocka_unit_test(send__waits_as_long_as_it_is_asked_to),
        cmocka_unit_test(send__shows_each_answer_and_tries_again),
        cmocka_unit_test(send__goes_to_the_pinned_key_only),
        cmocka_unit_test(breaker__opens_at_a_dead_member),
        cmocka_unit_test(breaker__closes_with_the_first_answer),
        cmocka_unit_test(send__finds_a_member_that_was_restarted),
        cmocka_unit_test(send__says_when_a_budget_is_full),
        cmocka_unit_test(send__refuses_what_is_too_long_and_strangers),
        cmocka_unit_test(until__ends_what_waits),
        cmocka_unit_test(members__who_goes_is_told),
        cmocka_unit_test(stop__cuts_what_is_on_its_way),
        cmocka_unit_test(open__refuses_a_certificate_without_key),
    };
    return cmocka_run_group_tests_name("threshold/courier", tests, NULL, NULL);
}
