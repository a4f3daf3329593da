/* SPDX-License-Identifier: Apache-2.0
 * A courier and real servers: one of our own that wants client certificates, scripted ones, and
 * ports where nobody is. The clock stands until a test turns it. */
#include "threshold/courier.h"

#include "net/request.h"
#include "os/file.h"
#include "os/thread.h"
#include "support/expect.h"
#include "support/net_server.h"
#include "support/silent_port.h"
#include "support/tls_peer.h"

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

enum {
    START_MS = 1000000,
    UNTIL_MS = START_MS + 3600000,
    ANSWERS_MAX = 256,
};

/* ---- the server of a member ---- */

typedef struct get_message_in {
    kw_str hash;
} get_message_in;
static const kw_field get_message_fields[] = {
    KW_FIELD(get_message_in, hash, 66, KW_REQ | KW_PATH),
};
KW_SCHEMA(get_message_in, get_message_fields);

KW_HANDLER(hello, kw_no_body, kw_raw_body)
KW_HANDLER(get_message, kw_raw_reply, get_message_in)
KW_HANDLER(get_epoch, kw_raw_reply, kw_no_body)

/* What it was sent. */
typedef struct inbox {
    kw_mutex mutex;
    size_t count;
    char last[64];
} inbox;

static kw_status hello(kw_request *request, kw_no_body *out, const kw_raw_body *in, kw_error *err)
{
    KW_UNUSED(out);
    KW_UNUSED(err);
    inbox *box = request->context;
    KW_AUTO(kw_locked) hold = kw_lock(&box->mutex);
    box->count++;
    (void)snprintf(box->last, sizeof box->last, "%.*s %.*s", KW_STR_ARG(in->media_type),
                   KW_STR_ARG(kw_str_of_span(in->bytes)));
    return KW_OK;
}

/* It has what begins with zeros. */
static kw_status get_message(kw_request *request, kw_raw_reply *out, const get_message_in *in,
                             kw_error *err)
{
    KW_UNUSED(request);
    KW_REQUIRE(kw_str_starts_with(in->hash, KW_STR("0x00")), err, KW_NOT_FOUND, "no such message");
    *out = (kw_raw_reply){.media_type = "text/plain", .bytes = kw_span_of_str(in->hash)};
    return KW_OK;
}

static kw_status get_epoch(kw_request *request, kw_raw_reply *out, const kw_no_body *in,
                           kw_error *err)
{
    KW_UNUSED(in);
    KW_UNUSED(err);
    *out = (kw_raw_reply){.media_type = "application/octet-stream",
                          .bytes = kw_span_of_str(kw_str_of(request->route->path))};
    return KW_OK;
}

#define PEER_ROUTE(verb, where, name, Out, In, most)                                            \
    {                                                                                           \
        .method = (verb), .path = (where), KW_HANDLED_BY(name, Out, In),                        \
        .listener = KW_LISTENER_PUBLIC, .permission = "test.peer.do", .body_bytes_max = (most), \
        .rate = KW_RATE_READ, .audit = KW_AUDIT_NONE, .runs = KW_RUNS_INLINE,                   \
        .summary = "for tests"                                                                  \
    }

static const kw_route routes[] = {
    PEER_ROUTE(KW_POST, "/dkg/hello", hello, kw_no_body, kw_raw_body, 4096),
    PEER_ROUTE(KW_GET, "/message/{hash}", get_message, kw_raw_reply, get_message_in, 0),
    PEER_ROUTE(KW_GET, "/epoch", get_epoch, kw_raw_reply, kw_no_body, 0),
    PEER_ROUTE(KW_GET, "/epoch/7", get_epoch, kw_raw_reply, kw_no_body, 0),
};

/* ---- what the courier says ---- */

typedef struct heard {
    kw_address from;
    kw_cargo_kind kind;
    kw_hash32 hash;
    uint64_t epoch;
    kw_status st;
    bool is_over;
    int http;
    char body[80];
} heard;

typedef struct log {
    kw_mutex mutex;
    kw_cond changed;
    heard answers[ANSWERS_MAX];
    size_t count;
    size_t read;
} log;

static void on_answer(void *ctx, const kw_courier_answer *answer)
{
    log *l = ctx;
    KW_AUTO(kw_locked) hold = kw_lock(&l->mutex);
    KW_ASSERT(l->count < ANSWERS_MAX);
    heard *h = &l->answers[l->count++];
    *h = (heard){.from = answer->from,
                 .kind = answer->kind,
                 .hash = answer->hash,
                 .epoch = answer->epoch,
                 .st = answer->st,
                 .is_over = answer->is_over,
                 .http = answer->result->http};
    (void)snprintf(h->body, sizeof h->body, "%.*s", KW_STR_ARG(kw_buf_text(&answer->result->body)));
    kw_cond_broadcast(&l->changed);
}

/* The next one, in the order in which they came. */
static heard next(log *l)
{
    KW_AUTO(kw_locked) hold = kw_lock(&l->mutex);
    while (l->read == l->count) {
        kw_cond_wait(&l->changed, &l->mutex);
    }
    return l->answers[l->read++];
}

static void expect_next(log *l, uint8_t from, kw_status st, bool is_over)
{
    heard h = next(l);
    EXPECT_STATUS(h.st, st);
    assert_int_equal(h.from.bytes[19], from);
    assert_int_equal(h.is_over, is_over);
}

/* ---- the desk ---- */

/* All ones: waits are the longest, so that nothing is tried again before the clock was turned. */
static kw_status fill_ones(void *ctx, kw_mspan out)
{
    KW_UNUSED(ctx);
    memset(out.ptr, 0xff, out.len);
    return KW_OK;
}

typedef struct desk {
    net_server server;
    inbox inbox;
    char url[64]; /* of the server */
    kw_hash32 spki;
    tempdir_path files[4]; /* CA; ours as a client; the server's key, for scripted ones too */
    kw_clock_manual manual;
    kw_rng rng;
    kw_metrics *metrics;
    log log;
    kw_courier *courier;
} desk;

static kw_hash32 spki_of(const char *certificate)
{
    KW_AUTO(kw_buf) pem = kw_buf_init(1 << 16);
    kw_x509_identity identity;
    EXPECT_OK(kw_file_read(&pem, certificate, NULL));
    EXPECT_OK(kw_x509_identity_parse(&identity, kw_buf_view(&pem), NULL));
    return identity.spki;
}

static void open_server(desk *d)
{
    net_server *s = &d->server;
    net_server_prepare(s);
    s->mount = (kw_mount){routes, KW_COUNT(routes), &d->inbox};
    s->listeners[KW_LISTENER_PUBLIC].client_cert = KW_CLIENT_CERT_REQUIRED;
    net_certs_issue(&s->certs, "client", KW_X509_CLIENT, "URI:kw://operator/1", 0);
    net_server_start(s);
    (void)snprintf(d->url, sizeof d->url, "https://localhost:%u",
                   kw_server_port(s->server, KW_LISTENER_PUBLIC));
    static const char *const names[] = {"ca.pem", "client.pem", "client.key", "server.pem"};
    for (size_t i = 0; i < KW_COUNT(names); i++) {
        d->files[i] = net_certs_path(&s->certs, names[i]);
    }
    d->spki = spki_of(d->files[3].text);
}

static desk *open_desk(kw_outbox_budget budget)
{
    static desk only;
    desk *d = &only;
    memset(d, 0, sizeof *d);
    open_server(d);
    d->manual.at = START_MS;
    d->rng = (kw_rng){.fill = fill_ones};
    EXPECT_OK(kw_metrics_new(&d->metrics));
    kw_courier_options options = {.ca_file = d->files[0].text,
                                  .certificate_file = d->files[1].text,
                                  .key_file = d->files[2].text,
                                  .budget = budget,
                                  .clock = kw_clock_of_manual(&d->manual),
                                  .pace = kw_clock_of_manual(&d->manual),
                                  .rng = &d->rng,
                                  .metrics = d->metrics,
                                  .ctx = &d->log,
                                  .on_answer = on_answer};
    kw_error err = {0};
    EXPECT_OK(kw_courier_open(&d->courier, &options, &err));
    return d;
}

static void close_desk(desk *d)
{
    kw_courier_free(d->courier);
    kw_metrics_free(d->metrics);
    net_server_stop(&d->server);
}

static tls_peer *open_peer(desk *d, const tls_peer_script *script)
{
    tempdir_path key = net_certs_path(&d->server.certs, "server.key");
    return tls_peer_start_as(d->files[3].text, key.text, script);
}

/* Members 1.. are at these URLs. */
static void set_members(desk *d, const char *const *urls, size_t count)
{
    kw_courier_member members[8];
    for (size_t i = 0; i < count; i++) {
        members[i] = (kw_courier_member){.address = {{[19] = (uint8_t)(i + 1)}},
                                         .peer_url = kw_str_of(urls[i]),
                                         .tls_spki = d->spki};
    }
    EXPECT_OK(kw_courier_members(d->courier, members, count, NULL));
}

static const kw_address everyone[] = {{{[19] = 1}}, {{[19] = 2}}, {{[19] = 3}}, {{[19] = 4}}};

static kw_courier_trip trip_to(size_t count)
{
    return (kw_courier_trip){.to = everyone, .to_count = count, .until_ms = UNTIL_MS};
}

static kw_status send_text(desk *d, const char *text, const kw_courier_trip *trip)
{
    kw_buf body = kw_buf_init(KW_COURIER_BODY_BYTES_MAX + 1);
    EXPECT_OK(kw_buf_append_str(&body, kw_str_of(text)));
    kw_status st = kw_courier_send(d->courier, &body, "/dkg/hello", trip);
    assert_null(body.ptr);
    return st;
}

static void turn_clock(desk *d, int64_t by_ms)
{
    kw_clock_manual_advance(&d->manual, by_ms);
    kw_courier_look(d->courier);
}

static kw_courier_state state_of(desk *d, size_t count, uint8_t number)
{
    kw_courier_state states[8];
    assert_int_equal(kw_courier_states(d->courier, states, KW_COUNT(states)), count);
    for (size_t i = 0; i < count; i++) {
        if (states[i].address.bytes[19] == number) {
            return states[i];
        }
    }
    fail_msg("no member %u", number);
    return (kw_courier_state){0};
}

static void expect_metric(desk *d, const char *line)
{
    KW_AUTO(kw_buf) out = kw_buf_init(1 << 20);
    const char *text = NULL;
    EXPECT_OK(kw_metrics_print(&out, d->metrics));
    EXPECT_OK(kw_buf_c_text(&out, &text));
    if (strstr(text, line) == NULL) {
        fail_msg("no %s in %s", line, text);
    }
}

/* ---- what goes well ---- */

static void send__reaches_all_with_our_certificate(void **state)
{
    (void)state;
    desk *d = open_desk((kw_outbox_budget){0});
    set_members(d, (const char *const[]){d->url, d->url, d->url}, 3);
    kw_courier_trip trip = trip_to(3);
    EXPECT_OK(send_text(d, "[1]", &trip));
    unsigned from = 0;
    for (int i = 0; i < 3; i++) {
        heard h = next(&d->log);
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
    kw_courier_state known = state_of(d, 3, 2);
    assert_int_equal(known.health, KW_COURIER_UP);
    assert_int_equal(known.delivered, 1);
    assert_int_equal(known.waiting, 0);
    expect_metric(d, "keyward_courier_members{health=\"up\"} 3\n");
    close_desk(d);
}

/* A handshake costs more than a message does. */
static void send__keeps_one_connection_to_each(void **state)
{
    (void)state;
    desk *d = open_desk((kw_outbox_budget){0});
    set_members(d, (const char *const[]){d->url}, 1);
    kw_courier_trip trip = trip_to(1);
    for (int i = 0; i < 30; i++) {
        EXPECT_OK(send_text(d, "[]", &trip));
    }
    for (int i = 0; i < 30; i++) {
        expect_next(&d->log, 1, KW_OK, true);
    }
    kw_server_counts counts = {0};
    kw_server_count(d->server.server, &counts);
    assert_int_equal(counts.requests, 30);
    assert_int_equal(counts.connections_accepted, 1);
    close_desk(d);
}

static void pull__brings_what_the_member_has(void **state)
{
    (void)state;
    desk *d = open_desk((kw_outbox_budget){0});
    set_members(d, (const char *const[]){d->url}, 1);
    kw_courier_trip trip = trip_to(1);
    kw_hash32 hash = {{[1] = 0xab}};
    EXPECT_OK(kw_courier_pull(d->courier, &hash, &trip));
    heard h = next(&d->log);
    EXPECT_OK(h.st);
    assert_true(h.is_over);
    assert_int_equal(h.kind, KW_CARGO_PULL);
    assert_memory_equal(h.hash.bytes, hash.bytes, sizeof hash.bytes);
    assert_string_equal(h.body, "0x00ab0000000000000000000000000000"
                                "00000000000000000000000000000000");
    hash.bytes[0] = 1;
    EXPECT_OK(kw_courier_pull(d->courier, &hash, &trip));
    h = next(&d->log);
    EXPECT_STATUS(h.st, KW_NOT_FOUND);
    assert_true(h.is_over); /* others may have it */
    assert_int_equal(h.http, 404);
    close_desk(d);
}

static void ask__names_the_epoch(void **state)
{
    (void)state;
    desk *d = open_desk((kw_outbox_budget){0});
    set_members(d, (const char *const[]){d->url}, 1);
    kw_courier_trip trip = trip_to(1);
    static const struct {
        uint64_t epoch;
        const char *path;
        kw_status st;
    } cases[] = {{0, "/epoch", KW_OK}, {7, "/epoch/7", KW_OK}, {8, NULL, KW_NOT_FOUND}};
    for (size_t i = 0; i < KW_COUNT(cases); i++) {
        EXPECT_OK(kw_courier_ask(d->courier, cases[i].epoch, &trip));
        heard h = next(&d->log);
        EXPECT_STATUS(h.st, cases[i].st);
        assert_int_equal(h.kind, KW_CARGO_ASK);
        assert_int_equal(h.epoch, cases[i].epoch);
        if (cases[i].path != NULL) {
            assert_string_equal(h.body, cases[i].path);
        }
    }
    close_desk(d);
}

/* ---- members that are slow, busy, strange or not there ---- */

static void send__is_not_delayed_by_members_that_hang(void **state)
{
    (void)state;
    desk *d = open_desk((kw_outbox_budget){0});
    silent_port silent = silent_port_open();
    set_members(d, (const char *const[]){silent.url, silent.url, d->url}, 3);
    kw_courier_trip all = trip_to(3);
    for (int i = 0; i < 20; i++) { /* more than go to one at once */
        EXPECT_OK(send_text(d, "[]", &all));
    }
    for (int i = 0; i < 20; i++) {
        expect_next(&d->log, 3, KW_OK, true);
    }
    assert_int_equal(state_of(d, 3, 1).waiting, 20);
    assert_int_equal(state_of(d, 3, 3).waiting, 0);
    close_desk(d); /* cuts them */
    silent_port_close(&silent);
}

static void send__waits_as_long_as_it_is_asked_to(void **state)
{
    (void)state;
    desk *d = open_desk((kw_outbox_budget){0});
    tls_peer *peer = open_peer(d, &(tls_peer_script){{BUSY_30, LIMITED_2, OK_EMPTY}, 3});
    set_members(d, (const char *const[]){tls_peer_url(peer), d->url}, 2);
    kw_courier_trip one = trip_to(1);
    kw_courier_trip other = {.to = everyone + 1, .to_count = 1, .until_ms = UNTIL_MS};
    EXPECT_OK(send_text(d, "[]", &one));
    expect_next(&d->log, 1, KW_BUSY, false);
    assert_int_equal(state_of(d, 2, 1).health, KW_COURIER_SLOW);
    turn_clock(d, 29999);
    EXPECT_OK(send_text(d, "[]", &other)); /* after this the courier has looked */
    expect_next(&d->log, 2, KW_OK, true);
    assert_int_equal(tls_peer_requests_count(peer), 1);
    turn_clock(d, 1 + KW_COURIER_RETRY_MS_MIN);
    expect_next(&d->log, 1, KW_RATE_LIMITED, false);
    turn_clock(d, 2000 + 2 * KW_COURIER_RETRY_MS_MIN);
    expect_next(&d->log, 1, KW_OK, true);
    assert_int_equal(tls_peer_requests_count(peer), 3);
    tls_peer_stop(peer);
    close_desk(d);
}

static void send__shows_each_answer_and_tries_again(void **state)
{
    (void)state;
    desk *d = open_desk((kw_outbox_budget){0});
    tls_peer *peer = open_peer(d, &(tls_peer_script){{UNKNOWN, OK_EMPTY}, 2});
    set_members(d, (const char *const[]){tls_peer_url(peer)}, 1);
    kw_courier_trip trip = trip_to(1);
    EXPECT_OK(send_text(d, "[5]", &trip));
    heard h = next(&d->log);
    EXPECT_STATUS(h.st, KW_NOT_FOUND);
    assert_false(h.is_over);
    assert_string_equal(h.body, "head");
    turn_clock(d, KW_COURIER_RETRY_MS_MIN);
    expect_next(&d->log, 1, KW_OK, true);
    assert_non_null(strstr(tls_peer_requests(peer).ptr, "\r\n\r\n[5]POST /dkg/hello HTTP/1.1\r\n"));
    tls_peer_stop(peer);
    close_desk(d);
}

static void send__goes_to_the_pinned_key_only(void **state)
{
    (void)state;
    desk *d = open_desk((kw_outbox_budget){0});
    kw_courier_member members[] = {
        {.address = everyone[0], .peer_url = kw_str_of(d->url), .tls_spki = d->spki},
        {.address = everyone[1], .peer_url = kw_str_of(d->url), .tls_spki = d->spki}};
    members[1].tls_spki.bytes[31] ^= 1;
    EXPECT_OK(kw_courier_members(d->courier, members, 2, NULL));
    kw_courier_trip one = trip_to(1);
    kw_courier_trip other = {.to = everyone + 1, .to_count = 1, .until_ms = UNTIL_MS};
    EXPECT_OK(send_text(d, "[1]", &one)); /* leaves a connection that is kept */
    expect_next(&d->log, 1, KW_OK, true);
    EXPECT_OK(send_text(d, "[2]", &other));
    expect_next(&d->log, 2, KW_PEER_REFUSED, false);
    EXPECT_STATUS(state_of(d, 2, 2).last, KW_PEER_REFUSED);
    assert_string_equal(d->inbox.last, "application/json [1]");
    members[1].tls_spki = d->spki; /* the operators file is put right: it goes at once */
    EXPECT_OK(kw_courier_members(d->courier, members, 2, NULL));
    expect_next(&d->log, 2, KW_OK, true);
    assert_string_equal(d->inbox.last, "application/json [2]");
    close_desk(d);
}

static void breaker__opens_at_a_dead_member(void **state)
{
    (void)state;
    desk *d = open_desk((kw_outbox_budget){0});
    silent_port dead = silent_port_refusing();
    set_members(d, (const char *const[]){dead.url}, 1);
    kw_courier_trip trip = trip_to(1);
    EXPECT_OK(send_text(d, "[]", &trip));
    for (int i = 0; i < KW_BREAKER_FAILURES; i++) {
        turn_clock(d, i == 0 ? 0 : KW_COURIER_RETRY_MS_MIN << (i - 1));
        expect_next(&d->log, 1, KW_NETWORK, false);
    }
    assert_int_equal(state_of(d, 1, 1).health, KW_COURIER_DOWN);
    assert_int_equal(state_of(d, 1, 1).failed, KW_BREAKER_FAILURES);
    expect_metric(d, "keyward_courier_members{health=\"down\"} 1\n");
    set_members(d, (const char *const[]){d->url}, 1); /* it came back elsewhere */
    expect_next(&d->log, 1, KW_OK, true);
    assert_int_equal(state_of(d, 1, 1).health, KW_COURIER_UP);
    silent_port_close(&dead);
    close_desk(d);
}

/* Closes connections without an answer, then answers. */
static void breaker__closes_with_the_first_answer(void **state)
{
    (void)state;
    for (int is_heard = 0; is_heard <= 1; is_heard++) {
        desk *d = open_desk((kw_outbox_budget){.calls_max = 1});
        tls_peer_script script = {.count = KW_BREAKER_FAILURES + 1};
        script.answers[KW_BREAKER_FAILURES] = OK_EMPTY;
        tls_peer *peer = open_peer(d, &script);
        set_members(d, (const char *const[]){tls_peer_url(peer)}, 1);
        kw_courier_trip trip = trip_to(1);
        EXPECT_OK(send_text(d, "[]", &trip));
        for (int i = 0; i < KW_BREAKER_FAILURES; i++) {
            turn_clock(d, i == 0 ? 0 : KW_COURIER_RETRY_MS_MIN << (i - 1));
            expect_next(&d->log, 1, KW_NETWORK, false);
        }
        assert_int_equal(state_of(d, 1, 1).health, KW_COURIER_DOWN);
        EXPECT_OK(send_text(d, "[]", &trip)); /* due at once, but for the breaker */
        if (is_heard != 0) {
            kw_courier_heard(d->courier, &everyone[0]);
        } else {
            turn_clock(d, KW_BREAKER_PAUSE_MS_MIN);
        }
        expect_next(&d->log, 1, KW_OK, true);
        assert_int_equal(state_of(d, 1, 1).health, KW_COURIER_UP);
        tls_peer_stop(peer);
        close_desk(d);
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
    desk *d = open_desk((kw_outbox_budget){0});
    set_members(d, (const char *const[]){d->url}, 1);
    kw_courier_trip trip = trip_to(1);
    EXPECT_OK(send_text(d, "[1]", &trip));
    expect_next(&d->log, 1, KW_OK, true);
    uint16_t port = kw_server_port(d->server.server, KW_LISTENER_PUBLIC);
    int held = hold_port(port);
    kw_server_free(d->server.server);
    EXPECT_OK(send_text(d, "[2]", &trip));
    expect_next(&d->log, 1, KW_NETWORK, false);
    assert_int_equal(state_of(d, 1, 1).health, KW_COURIER_SLOW);
    char address[32];
    (void)snprintf(address, sizeof address, "127.0.0.1:%u", port);
    d->server.listeners[KW_LISTENER_PUBLIC].address = kw_str_of(address);
    net_server_start(&d->server);
    turn_clock(d, KW_COURIER_RETRY_MS_MIN);
    expect_next(&d->log, 1, KW_OK, true);
    assert_string_equal(d->inbox.last, "application/json [2]");
    assert_int_equal(state_of(d, 1, 1).health, KW_COURIER_UP);
    (void)close(held);
    close_desk(d);
}

/* ---- bounds ---- */

static void send__says_when_a_budget_is_full(void **state)
{
    (void)state;
    desk *d = open_desk((kw_outbox_budget){.bytes_max = 6, .parcels_max = 3});
    silent_port silent = silent_port_open();
    set_members(d, (const char *const[]){silent.url, d->url}, 2);
    kw_courier_trip both = trip_to(2);
    EXPECT_OK(send_text(d, "[111]", &both));
    expect_next(&d->log, 2, KW_OK, true);
    EXPECT_STATUS(send_text(d, "[2]", &both), KW_LIMIT); /* bytes */
    expect_next(&d->log, 2, KW_OK, true);                /* the other gets it */
    EXPECT_OK(kw_courier_ask(d->courier, 0, &both));
    expect_next(&d->log, 2, KW_OK, true);
    EXPECT_OK(kw_courier_ask(d->courier, 0, &both));
    expect_next(&d->log, 2, KW_OK, true);
    EXPECT_STATUS(kw_courier_ask(d->courier, 0, &both), KW_LIMIT); /* parcels */
    expect_next(&d->log, 2, KW_OK, true);
    assert_int_equal(state_of(d, 2, 1).refused, 2);
    assert_int_equal(state_of(d, 2, 1).bytes, 5);
    expect_metric(d, "keyward_courier_lost_total{member=\""
                     "0x0000000000000000000000000000000000000001\",why=\"full\"} 2\n");
    close_desk(d);
    silent_port_close(&silent);
}

static void send__refuses_what_is_too_long_and_strangers(void **state)
{
    (void)state;
    desk *d = open_desk((kw_outbox_budget){0});
    set_members(d, (const char *const[]){d->url}, 1);
    kw_courier_trip trip = trip_to(1);
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
    EXPECT_STATUS(send_text(d, "[]", &trip), KW_NOT_FOUND);
    expect_next(&d->log, 1, KW_OK, true); /* the member gets it all the same */
    assert_int_equal(d->inbox.count, 1);
    close_desk(d);
}

static void until__ends_what_waits(void **state)
{
    (void)state;
    desk *d = open_desk((kw_outbox_budget){.calls_max = 1});
    tls_peer *peer = open_peer(d, &(tls_peer_script){{BUSY_30}, 1});
    set_members(d, (const char *const[]){tls_peer_url(peer), d->url}, 2);
    kw_courier_trip past = {.to = everyone + 1, .to_count = 1, .until_ms = START_MS};
    EXPECT_OK(send_text(d, "[]", &past));
    expect_next(&d->log, 2, KW_TIMED_OUT, true);
    kw_courier_trip soon = {.to = everyone, .to_count = 1, .until_ms = START_MS + 20000};
    EXPECT_OK(send_text(d, "[]", &soon));
    EXPECT_OK(kw_courier_ask(d->courier, 0, &soon));
    expect_next(&d->log, 1, KW_BUSY, false);
    turn_clock(d, 20000);
    heard first = next(&d->log);
    heard second = next(&d->log);
    EXPECT_STATUS(first.st, KW_BUSY); /* how its last try ended */
    assert_int_equal(first.kind, KW_CARGO_SEND);
    assert_int_equal(first.http, 0);
    EXPECT_STATUS(second.st, KW_TIMED_OUT); /* it had none */
    assert_int_equal(second.kind, KW_CARGO_ASK);
    assert_true(first.is_over && second.is_over);
    assert_int_equal(tls_peer_requests_count(peer), 1);
    assert_int_equal(d->inbox.count, 0);
    assert_int_equal(state_of(d, 2, 1).given_up, 2);
    expect_metric(d, "keyward_courier_lost_total{member=\""
                     "0x0000000000000000000000000000000000000001\",why=\"late\"} 2\n");
    tls_peer_stop(peer);
    close_desk(d);
}

static void members__who_goes_is_told(void **state)
{
    (void)state;
    desk *d = open_desk((kw_outbox_budget){.calls_max = 1});
    tls_peer *peer = open_peer(d, &(tls_peer_script){{BUSY_30}, 1});
    set_members(d, (const char *const[]){d->url, tls_peer_url(peer)}, 2);
    kw_courier_trip trip = {.to = everyone + 1, .to_count = 1, .until_ms = UNTIL_MS};
    EXPECT_OK(send_text(d, "[]", &trip));
    expect_next(&d->log, 2, KW_BUSY, false);
    set_members(d, (const char *const[]){d->url}, 1);
    expect_next(&d->log, 2, KW_CANCELLED, true);
    EXPECT_STATUS(send_text(d, "[]", &trip), KW_NOT_FOUND);
    tls_peer_stop(peer);
    close_desk(d);
}

static void stop__cuts_what_is_on_its_way(void **state)
{
    (void)state;
    desk *d = open_desk((kw_outbox_budget){0});
    silent_port silent = silent_port_open();
    set_members(d, (const char *const[]){silent.url, d->url}, 2);
    kw_courier_trip both = trip_to(2);
    for (int i = 0; i < 8; i++) {
        EXPECT_OK(send_text(d, "[]", &both));
        expect_next(&d->log, 2, KW_OK, true);
    }
    kw_courier_stop(d->courier);
    kw_courier_stop(d->courier);
    EXPECT_STATUS(send_text(d, "[]", &both), KW_CANCELLED);
    assert_int_equal(state_of(d, 2, 1).waiting, 8);
    assert_int_equal(d->log.count, 8);
    close_desk(d);
    silent_port_close(&silent);
}

static void open__refuses_a_certificate_without_key(void **state)
{
    (void)state;
    kw_rng rng = {.fill = fill_ones};
    kw_courier_options options = {.certificate_file = "a.pem",
                                  .clock = kw_clock_system(),
                                  .pace = kw_clock_monotonic(),
                                  .rng = &rng,
                                  .on_answer = on_answer};
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
