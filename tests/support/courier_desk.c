/* SPDX-License-Identifier: Apache-2.0
 * A courier on a desk. */
#include "support/courier_desk.h"

#include "net/request.h"
#include "support/expect.h"

#include <stdio.h>

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

static kw_status hello(kw_request *request, kw_no_body *out, const kw_raw_body *in, kw_error *err)
{
    KW_UNUSED(out);
    KW_UNUSED(err);
    courier_inbox *box = request->context;
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

static void on_answer(void *ctx, const kw_courier_answer *answer)
{
    courier_desk *d = ctx;
    KW_AUTO(kw_locked) hold = kw_lock(&d->mutex);
    KW_ASSERT(d->answers_count < COURIER_DESK_ANSWERS_MAX);
    courier_heard *h = &d->answers[d->answers_count++];
    *h = (courier_heard){.from = answer->from,
                         .kind = answer->kind,
                         .hash = answer->hash,
                         .epoch = answer->epoch,
                         .st = answer->st,
                         .is_over = answer->is_over,
                         .http = answer->result->http};
    (void)snprintf(h->body, sizeof h->body, "%.*s", KW_STR_ARG(kw_buf_text(&answer->result->body)));
    kw_cond_broadcast(&d->changed);
}

courier_heard courier_desk_next(courier_desk *d)
{
    KW_AUTO(kw_locked) hold = kw_lock(&d->mutex);
    while (d->answers_read == d->answers_count) {
        kw_cond_wait(&d->changed, &d->mutex);
    }
    return d->answers[d->answers_read++];
}

void courier_desk_expect(courier_desk *d, uint8_t from, kw_status st, bool is_over)
{
    courier_heard h = courier_desk_next(d);
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

static void open_server(courier_desk *d)
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
    d->spki = net_certs_spki(d->files[3].text);
}

courier_desk *courier_desk_open(kw_outbox_budget budget)
{
    static courier_desk only;
    courier_desk *d = &only;
    memset(d, 0, sizeof *d);
    open_server(d);
    d->manual.at = COURIER_DESK_START_MS;
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
                                  .ctx = d,
                                  .on_answer = on_answer};
    kw_error err = {0};
    EXPECT_OK(kw_courier_open(&d->courier, &options, &err));
    return d;
}

void courier_desk_close(courier_desk *d)
{
    kw_courier_free(d->courier);
    kw_metrics_free(d->metrics);
    net_server_stop(&d->server);
}

tls_peer *courier_desk_peer(courier_desk *d, const tls_peer_script *script)
{
    tempdir_path key = net_certs_path(&d->server.certs, "server.key");
    return tls_peer_start_as(d->files[3].text, key.text, script);
}

void courier_desk_members(courier_desk *d, const char *const *urls, size_t count)
{
    kw_courier_member members[8];
    for (size_t i = 0; i < count; i++) {
        members[i] = (kw_courier_member){.address = {{[19] = (uint8_t)(i + 1)}},
                                         .peer_url = kw_str_of(urls[i]),
                                         .tls_spki = d->spki};
    }
    EXPECT_OK(kw_courier_members(d->courier, members, count, NULL));
}

kw_courier_trip courier_desk_trip(uint8_t first, size_t count)
{
    static const kw_address everyone[] = {{{[19] = 1}}, {{[19] = 2}}, {{[19] = 3}}, {{[19] = 4}}};
    assert_in_range(first, 1, KW_COUNT(everyone));
    assert_in_range(count, 1, KW_COUNT(everyone) + 1 - first);
    return (kw_courier_trip){
        .to = everyone + first - 1, .to_count = count, .until_ms = COURIER_DESK_UNTIL_MS};
}

kw_status courier_desk_send(courier_desk *d, const char *text, const kw_courier_trip *trip)
{
    kw_buf body = kw_buf_init(KW_COURIER_BODY_BYTES_MAX + 1);
    EXPECT_OK(kw_buf_append_str(&body, kw_str_of(text)));
    kw_status st = kw_courier_send(d->courier, &body, "/dkg/hello", trip);
    assert_null(body.ptr);
    return st;
}

void courier_desk_turn_clock(courier_desk *d, int64_t by_ms)
{
    kw_clock_manual_advance(&d->manual, by_ms);
    kw_courier_look(d->courier);
}

kw_courier_state courier_desk_state(courier_desk *d, size_t count, uint8_t number)
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

void courier_desk_expect_metric(courier_desk *d, const char *line)
{
    KW_AUTO(kw_buf) out = kw_buf_init(1 << 20);
    const char *text = NULL;
    EXPECT_OK(kw_metrics_print(&out, d->metrics));
    EXPECT_OK(kw_buf_c_text(&out, &text));
    if (strstr(text, line) == NULL) {
        fail_msg("no %s in %s", line, text);
    }
}
