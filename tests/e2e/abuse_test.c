/* SPDX-License-Identifier: Apache-2.0
 * Input that nobody should send, against the real daemon over TLS: each piece is refused with a
 * clear problem, the next caller is served, and nothing of it is in the log. */
#include "support/expect.h"
#include "support/house_wire.h"

#include "os/file.h"
#include "support/wire_h2.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>

#define MARK "Unmistakable" /* stands in what is sent, must stand in no file afterwards */

static int set_up(void **state)
{
    house *h = house_make("net:\n  handshake_ms: 2000\n  header_ms: 2000\n  slow_body_ms: 1000\n");
    house_start(h);
    process_result result = {0};
    house_run(
        h, &result, 0, HOUSE_SECURITY,
        "emtp participants add clinic --notice-host clinic.example --api-key-out %/clinic.key");
    process_result_drop(&result);
    *state = h;
    return 0;
}

/* After each test the daemon serves, and its files hold nothing of what was sent. */
static int tear_down(void **state)
{
    house *h = *state;
    house_wait_for_status(h, HOUSE_CLINIC, "/keys", 200);
    KW_AUTO(kw_buf) key = kw_buf_init(256);
    EXPECT_OK(kw_file_read(&key, house_path(h, "clinic.key").text, NULL));
    house_stop(h);
    static const char *const key_file[] = {"clinic.key", NULL};
    static const char *const nothing[] = {NULL};
    house_expect_nowhere(h, kw_span_of_str(kw_str_trim(kw_buf_text(&key))), key_file);
    house_expect_nowhere(h, kw_span_of_str(KW_STR(MARK)), nothing);
    house_free(h);
    return 0;
}

/* ---- bodies ---- */

typedef struct bad_body {
    const char *text;
    size_t len; /* 0: up to the NUL */
    int status;
    const char *code;
} bad_body;

static void expect_refused_body(const house *h, house_who who, const char *line,
                                const char *media_type, const bad_body *bad)
{
    wire_peer peer;
    wire_response response = {0};
    KW_AUTO(kw_buf) request = kw_buf_init(1 << 20);
    kw_str text = {bad->text, bad->len > 0 ? bad->len : strlen(bad->text)};
    const house_body body = {media_type, kw_span_of_str(text)};
    house_write_request(h, &request, who, line, &body);
    house_dial(h, &peer, who);
    assert_true(wire_send(&peer, kw_buf_view(&request)));
    assert_true(wire_read_response(&peer, &response, false));
    if (response.status != bad->status) {
        print_error("%.*s\n", KW_STR_ARG(text));
    }
    house_expect_problem(&response, bad->status, bad->code);
    wire_response_drop(&response);
    wire_close(&peer);
}

static void json__that_is_not_as_the_schema_says_is_refused(void **state)
{
    static const bad_body bodies[] = {
        {.text = "", .len = 0},
        {.text = "{"},
        {.text = "[]"},
        {.text = "null"},
        {.text = "{\"id\":\"a\"} {}"},
        {.text = "{\"id\":\"a\",}"},
        {.text = "{'id':'a'}"},
        {.text = "\xef\xbb\xbf{\"id\":\"a\"}"},
        {.text = "{\"id\":\"a\",\"id\":\"b\"}"},
        {.text = "{\"id\":\"a\",\"\\u0069d\":\"b\"}"},
        {.text = "{\"id\":\"a\",\"color\":\"" MARK "\"}"},
        {.text = "{\"hosts\":[]}"},
        {.text = "{\"id\":7}"},
        {.text = "{\"id\":null}"},
        {.text = "{\"id\":[\"a\"]}"},
        {.text = "{\"id\":\"\"}"},
        {.text = "{\"id\":\"" MARK " a\"}"},
        {.text = "{\"id\":\"a\\tb\"}"},
        {.text = "{\"id\":\"a\\nb\"}"},
        {.text = "{\"id\":\"a\\u0000b\"}"},
        {.text = "{\"id\":\"a\tb\"}"},
        {.text = "{\"id\":\"a\xff\"}"},
        {.text = "{\"id\":\"a\xc0\xaf\"}"},
        {.text = "{\"id\":\"a\xed\xa0\x80\"}"},
        {.text = "{\"id\":\"\\ud800\"}"},
        {.text = "{\"id\":\"a\",\"days\":\"7\"}"},
        {.text = "{\"id\":\"a\",\"days\":0}"},
        {.text = "{\"id\":\"a\",\"days\":367}"},
        {.text = "{\"id\":\"a\",\"days\":1.5}"},
        {.text = "{\"id\":\"a\",\"days\":-1}"},
        {.text = "{\"id\":\"a\",\"days\":1e400}"},
        {.text = "{\"id\":\"a\",\"proof\":\"" MARK "\"}"},
        {.text = "{\"id\":\"a\",\"networks\":[\"10.0.0.0/99\"]}"},
        {.text = "{\"id\":\"a\",\"hosts\":\"b.example\"}"},
    };
    for (size_t i = 0; i < KW_COUNT(bodies); i++) {
        bad_body bad = bodies[i];
        bad.status = 400;
        bad.code = "bad_input";
        expect_refused_body(*state, HOUSE_SECURITY, "POST /v1/emtp/participants",
                            "application/json", &bad);
    }
}

static void json__that_is_too_long_or_deep_is_refused(void **state)
{
    char deep[4096];
    char *long_id = malloc(10000);
    char *huge = malloc(64 << 10);
    assert_non_null(long_id);
    assert_non_null(huge);
    memset(deep, '[', sizeof deep);
    int len = snprintf(long_id, 10000, "{\"id\":\"%0*d\"}", 9000, 7);
    assert_true(len > 9000);
    memset(huge, ' ', 64 << 10);
    const bad_body bodies[] = {
        {deep, sizeof deep, 422, "limit"},
        {long_id, (size_t)len, 400, "bad_input"},
        {"{\"id\":\"a\",\"hosts\":[\"1\",\"2\",\"3\",\"4\",\"5\",\"6\",\"7\",\"8\",\"9\"]}", 0, 422,
         "limit"},
        {huge, 64 << 10, 413, "too_large"},
    };
    for (size_t i = 0; i < KW_COUNT(bodies); i++) {
        expect_refused_body(*state, HOUSE_SECURITY, "POST /v1/emtp/participants",
                            "application/json", &bodies[i]);
    }
    free(long_id);
    free(huge);
}

static void bodies__of_another_media_type_are_refused(void **state)
{
    static const bad_body bad = {"{\"id\":\"a\"}", 0, 415, "media_type"};
    expect_refused_body(*state, HOUSE_SECURITY, "POST /v1/emtp/participants", "text/plain", &bad);
    expect_refused_body(*state, HOUSE_CLINIC, "POST /v1/emtp/notify", "application/json", &bad);
}

/* ---- paths and queries ---- */

static void paths__with_values_out_of_range_are_refused(void **state)
{
    static const struct {
        const char *line;
        int status;
        const char *code;
    } rows[] = {
        {"GET /v1/emtp/manifests/2026-13", 404, "not_found"},
        {"GET /v1/emtp/manifests/nosuch", 404, "not_found"},
        {"GET /v1/emtp/manifests/2026%2F01", 400, "bad_input"},
        {"GET /v1/emtp/manifests/2026-01%0A", 400, "bad_input"},
        {"GET /v1/emtp/manifests/2026-01%09x", 400, "bad_input"},
        {"GET /v1/emtp/manifests/2026-01%ff", 400, "bad_input"},
        {"GET /v1/emtp/manifests/%zz", 400, "bad_input"},
        {"GET /v1/emtp/manifests/..%2f..%2fetc%2fpasswd", 400, "bad_input"},
        {"GET /v1/emtp/stp/keys?since_id=x", 400, "bad_input"},
        {"GET /v1/emtp/stp/keys?since_id=99999999999999999999", 400, "bad_input"},
        {"GET /v1/emtp/stp/keys?hold=-1", 400, "bad_input"},
        {"GET /v1/emtp/stp/keys?hold=301", 400, "bad_input"},
        {"GET /v1/emtp/stp/keys?hold=0&hold=0", 400, "bad_input"},
        {"GET /v1/emtp/stp/keys?view=" MARK, 400, "bad_input"},
        {"GET /v1/emtp/stp/keys?" MARK "=1", 400, "bad_input"},
        {"DELETE /keys", 405, "method_not_allowed"},
    };
    house *h = *state;
    wire_response response = {0};
    for (size_t i = 0; i < KW_COUNT(rows); i++) {
        wire_peer peer;
        house_dial(h, &peer, HOUSE_CLINIC);
        assert_true(house_ask(h, &peer, &response, HOUSE_CLINIC, rows[i].line));
        house_expect_problem(&response, rows[i].status, rows[i].code);
        wire_close(&peer);
    }
    wire_response_drop(&response);
}

/* ---- notices ---- */

static void notices__that_say_a_thing_twice_or_badly_are_refused(void **state)
{
    static const bad_body bodies[] = {
        {"surl=https://clinic.example/a&surl=https://clinic.example/b", 0, 400, "bad_input"},
        {"surl=https://clinic.example/a&table=https://clinic.example/a", 0, 400, "bad_input"},
        {"surl=http://clinic.example/a", 0, 400, "bad_input"},
        {"surl=https%3A%2F%2Fclinic.example%2F%zz", 0, 400, "bad_input"},
        {"surl=https%3A%2F%2Fclinic.example%2Fa%09b", 0, 400, "bad_input"},
        {"surl=https%3A%2F%2Fclinic.example%2Fa%0Ab", 0, 400, "bad_input"},
        {"surl=https%3A%2F%2Fclinic.example%2F%ff", 0, 400, "bad_input"},
        {"surl=https://elsewhere.example/a", 0, 403, "forbidden"},
        {"surl=https://clinic.example@elsewhere.example/a", 0, 400, "bad_input"},
        {"full_name=" MARK, 0, 400, "bad_input"},
    };
    for (size_t i = 0; i < KW_COUNT(bodies); i++) {
        expect_refused_body(*state, HOUSE_CLINIC, "POST /v1/emtp/notify",
                            "application/x-www-form-urlencoded", &bodies[i]);
    }
}

static void notices__with_unknown_names_are_taken(void **state)
{
    house *h = *state;
    wire_peer peer;
    wire_response response = {0};
    KW_AUTO(kw_buf) request = kw_buf_init(4096);
    const house_body body = {
        "application/x-www-form-urlencoded",
        kw_span_of_str(KW_STR("color=blue&surl=https%3A%2F%2Fclinic.example%2Fa"))};
    house_write_request(h, &request, HOUSE_CLINIC, "POST /v1/emtp/notify", &body);
    house_dial(h, &peer, HOUSE_CLINIC);
    assert_true(wire_send(&peer, kw_buf_view(&request)));
    assert_true(wire_read_response(&peer, &response, false));
    assert_int_equal(response.status, 204);
    wire_response_drop(&response);
    wire_close(&peer);
}

/* ---- the wire ---- */

/* All of it is refused with 400 and the end of the connection: what follows is not a request. */
static void requests__that_smuggle_are_refused_with_the_connection(void **state)
{
    static const char *const texts[] = {
        "POST /v1/emtp/notify HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n"
        "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /keys HTTP/1.1\r\nHost: a\r\n\r\n",
        "POST /v1/emtp/notify HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n"
        "Content-Length: 35\r\n\r\nGET /keys HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /keys HTTP/1.1\r\nHost: a\r\nTransfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
        "GET /keys HTTP/1.1\r\nHost: a\r\n folded: b\r\n\r\n",
        "GET /keys HTTP/1.1\nHost: a\n\n",
        "GET /keys HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
        "GET /keys\r\n\r\n",
        "\x16\x03\x01" MARK "\r\n\r\n",
    };
    for (size_t i = 0; i < KW_COUNT(texts); i++) {
        wire_peer peer;
        wire_response response = {0};
        house_dial(*state, &peer, HOUSE_CLINIC);
        assert_true(wire_send_text(&peer, texts[i]));
        assert_true(wire_read_response(&peer, &response, false));
        house_expect_problem(&response, 400, "bad_input");
        wire_read_all(&peer);
        assert_int_equal(peer.in.len, 0);
        wire_response_drop(&response);
        wire_close(&peer);
    }
}

static void clients__that_are_slow_are_cut(void **state)
{
    wire_peer head;
    wire_peer body;
    wire_peer hello;
    house *h = *state;
    house_dial(h, &head, HOUSE_CLINIC);
    assert_true(wire_send_text(&head, "GET /keys HTTP/1.1\r\nHost: "));
    house_dial(h, &body, HOUSE_SECURITY);
    assert_true(wire_send_text(&body, "POST /v1/emtp/participants HTTP/1.1\r\nHost: a\r\n"
                                      "Content-Type: application/json\r\nContent-Length: 900\r\n"
                                      "\r\n{"));
    unsigned long port = strtoul(strrchr(h->public_url, ':') + 1, NULL, 10);
    wire_connect(&hello, (uint16_t)port);
    wire_read_all(&head); /* each ends by itself, or the test fails with its time limit */
    wire_read_all(&body);
    wire_read_all(&hello);
    wire_close(&head);
    wire_close(&body);
    wire_close(&hello);
}

/* The client ends its side right after the request: it gets its answer, and no more. */
static void connections__half_closed_get_their_answer(void **state)
{
    house *h = *state;
    wire_peer peer;
    wire_response response = {0};
    KW_AUTO(kw_buf) request = kw_buf_init(4096);
    house_write_request(h, &request, HOUSE_CLINIC, "GET /keys", NULL);
    house_dial(h, &peer, HOUSE_CLINIC);
    assert_true(wire_send(&peer, kw_buf_view(&request)));
    wire_end(&peer);
    assert_true(wire_read_response(&peer, &response, false));
    assert_int_equal(response.status, 200);
    wire_read_all(&peer);
    assert_true(peer.was_clean);
    wire_response_drop(&response);
    wire_close(&peer);
}

/* Connections that vanish in the middle of an answer, with RST instead of an end. */
static void connections__reset_in_the_middle_harm_nobody(void **state)
{
    house *h = *state;
    KW_AUTO(kw_buf) request = kw_buf_init(4096);
    house_write_request(h, &request, HOUSE_CLINIC, "GET /v1/emtp/stp/keys?hold=300", NULL);
    house_write_request(h, &request, HOUSE_CLINIC, "GET /keys", NULL);
    const struct linger now = {.l_onoff = 1};
    for (int i = 0; i < 50; i++) {
        wire_peer peer;
        house_dial(h, &peer, HOUSE_CLINIC);
        assert_true(wire_send(&peer, kw_buf_view(&request)));
        assert_int_equal(setsockopt(peer.fd, SOL_SOCKET, SO_LINGER, &now, sizeof now), 0);
        wire_close(&peer);
    }
}

/* CVE-2023-44487: streams that are opened and reset at once cost the connection, not the server. */
static void streams__reset_in_haste_end_the_connection(void **state)
{
    enum {
        RESETS = 4000
    };
    house *h = *state;
    wire_h2 peer;
    static const uint8_t cancel[4] = {0, 0, 0, NGHTTP2_CANCEL};
    wire_h2_dial(&peer, (uint16_t)strtoul(strrchr(h->public_url, ':') + 1, NULL, 10));
    bool is_open = true;
    for (uint32_t i = 0; is_open && i < RESETS; i++) {
        is_open = wire_h2_get(&peer, 2 * i + 1, "/v1/emtp/info") &&
                  wire_h2_frame(&peer, NGHTTP2_RST_STREAM, 0, 2 * i + 1, KW_SPAN(cancel));
    }
    assert_true(wire_h2_await_end(&peer));
    wire_h2_close(&peer);
}

int main(void)
{
#define IN_A_HOUSE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        IN_A_HOUSE(json__that_is_not_as_the_schema_says_is_refused),
        IN_A_HOUSE(json__that_is_too_long_or_deep_is_refused),
        IN_A_HOUSE(bodies__of_another_media_type_are_refused),
        IN_A_HOUSE(paths__with_values_out_of_range_are_refused),
        IN_A_HOUSE(notices__that_say_a_thing_twice_or_badly_are_refused),
        IN_A_HOUSE(notices__with_unknown_names_are_taken),
        IN_A_HOUSE(requests__that_smuggle_are_refused_with_the_connection),
        IN_A_HOUSE(clients__that_are_slow_are_cut),
        IN_A_HOUSE(connections__half_closed_get_their_answer),
        IN_A_HOUSE(connections__reset_in_the_middle_harm_nobody),
        IN_A_HOUSE(streams__reset_in_haste_end_the_connection),
    };
    return cmocka_run_group_tests_name("e2e/abuse", tests, NULL, NULL);
}
