/* SPDX-License-Identifier: Apache-2.0
 * HTTP/1.1 on real TLS connections: refusals with exact status and close, pipelining, limits,
 * bodies. */
#include "support/expect.h"
#include "support/net_server.h"
#include "support/wire_peer.h"

static net_server server; /* with the usual limits */
static net_server hasty;  /* with short times, for tests that only wait for their end */

static int start(void **state)
{
    (void)state;
    net_server_start_pair(&server, &hasty);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    net_server_stop(&server);
    net_server_stop(&hasty);
    return 0;
}

static void dial_at(wire_peer *peer, const net_server *s)
{
    const wire_tls plain = {0};
    assert_true(wire_connect_tls(peer, kw_server_port(s->server, KW_LISTENER_PUBLIC), &plain));
}

static void dial(wire_peer *peer)
{
    dial_at(peer, &server);
}

#define GET(path)  "GET " path " HTTP/1.1\r\nHost: a\r\n\r\n"
#define POST(path) "POST " path " HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"

/* Sends the text and expects one refusal with that status, then the end. */
static void expect_refusal_at(const net_server *s, const char *text, int status)
{
    wire_peer peer;
    wire_response response = {0};
    dial_at(&peer, s);
    assert_true(wire_send_text(&peer, text));
    if (!wire_read_response(&peer, &response, false) || response.status != status) {
        print_error("got %d for: %s\n", response.status, text);
        fail();
    }
    EXPECT_STR(wire_field(&response, "connection"), "close");
    EXPECT_STR(wire_field(&response, "content-type"), "application/problem+json");
    wire_read_all(&peer);
    assert_int_equal(peer.in.len, 0);
    assert_true(peer.was_clean);
    wire_response_drop(&response);
    wire_close(&peer);
}

static void expect_refusal(const char *text, int status)
{
    expect_refusal_at(&server, text, status);
}

/* One of each kind; h1_head_test.c and h1_chunk_test.c have them all. */
static void input__that_smuggles_is_refused_and_ends_the_connection(void **state)
{
    (void)state;
    const char *const texts[] = {
        POST("/echo") "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        POST("/echo") "Content-Length: 3\r\nContent-Length: 3\r\n\r\nabc",
        POST("/echo") "Content-Length: 3\r\nContent-Length: 4\r\n\r\nabcd",
        POST("/echo") "Content-Length: +3\r\n\r\nabc",
        POST("/echo") "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
        POST("/echo") "Transfer-Encoding: identity\r\n\r\n",
        POST("/echo") "Transfer-Encoding: chunked\r\n\r\n-1\r\nx\r\n0\r\n\r\n",
        POST("/echo") "Transfer-Encoding: chunked\r\n\r\n0x1\r\nx\r\n0\r\n\r\n",
        POST("/echo") "Transfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFFF\r\nx\r\n0\r\n\r\n",
        POST("/echo") "Transfer-Encoding: chunked\r\n\r\n1\nx\r\n0\r\n\r\n",
        "GET /small HTTP/1.1\nHost: a\n\n",
        "GET /small HTTP/1.1\r\nHost: a\rX: b\r\n\r\n",
        "GET /small HTTP/1.1\r\nHost: a\r\nX : b\r\n\r\n",
        "GET /small HTTP/1.1\r\nHost: a\r\nX: b\r\n c\r\n\r\n",
        "GET /small HTTP/1.1\r\n\r\n",
        "GET /small HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
        "GET https://b/small HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /small HTTP/1.1\r\nHost: a\r\nUpgrade: h2c\r\n\r\n",
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    };
    for (size_t i = 0; i < KW_COUNT(texts); i++) {
        expect_refusal(texts[i], 400);
    }
}

static void input__with_nul_is_refused(void **state)
{
    (void)state;
    wire_peer peer;
    wire_response response = {0};
    dial(&peer);
    static const char text[] = "GET /small HTTP/1.1\r\nHost: a\r\nX: a\0b\r\n\r\n";
    assert_true(wire_send(&peer, (kw_span){(const uint8_t *)text, sizeof text - 1}));
    assert_true(wire_read_response(&peer, &response, false));
    assert_int_equal(response.status, 400);
    wire_read_all(&peer);
    assert_true(peer.was_clean);
    wire_response_drop(&response);
    wire_close(&peer);
}

/* The extension bound, over the wire. */
static void input__with_a_long_chunk_extension_is_refused(void **state)
{
    (void)state;
    KW_AUTO(kw_buf) text = kw_buf_init(8192);
    EXPECT_OK(
        kw_buf_append_str(&text, KW_STR(POST("/echo") "Transfer-Encoding: chunked\r\n\r\n1;")));
    for (size_t i = 0; i < 400; i++) {
        EXPECT_OK(kw_buf_append_byte(&text, 'x'));
    }
    EXPECT_OK(kw_buf_append_str(&text, KW_STR("\r\nx\r\n0\r\n\r\n")));
    const char *c_text = NULL;
    EXPECT_OK(kw_buf_c_text(&text, &c_text));
    expect_refusal(c_text, 400);
}

/* What follows a refused request with a body is never read as a request. */
static void refusal__does_not_read_the_body_as_a_request(void **state)
{
    (void)state;
    expect_refusal("POST /nope HTTP/1.1\r\nHost: a\r\nContent-Length: 46\r\n\r\n" GET("/small"),
                   404);
    expect_refusal("POST /nope HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
                   "2e\r\n" GET("/small") "\r\n0\r\n\r\n",
                   404);
    expect_refusal(POST("/none") "Content-Length: 4\r\n\r\nGET ", 413);
}

static void header__limits_are_431(void **state)
{
    (void)state;
    KW_AUTO(kw_buf) text = kw_buf_init(1 << 20);
    EXPECT_OK(kw_buf_append_str(&text, KW_STR("GET /small HTTP/1.1\r\nHost: a\r\n")));
    for (size_t i = 0; i < 100; i++) {
        EXPECT_OK(kw_buf_append_str(&text, KW_STR("A: b\r\n")));
    }
    EXPECT_OK(kw_buf_append_str(&text, KW_STR("\r\n")));
    const char *c_text = NULL;
    EXPECT_OK(kw_buf_c_text(&text, &c_text));
    expect_refusal(c_text, 431);
    kw_buf_clear(&text);
    EXPECT_OK(kw_buf_append_str(&text, KW_STR("GET /small HTTP/1.1\r\nHost: a\r\nX: ")));
    for (size_t i = 0; i < 20000; i++) {
        EXPECT_OK(kw_buf_append_byte(&text, 'x'));
    }
    EXPECT_OK(kw_buf_c_text(&text, &c_text));
    expect_refusal(c_text, 431);
}

static void pipeline__is_answered_in_order(void **state)
{
    (void)state;
    wire_peer peer;
    wire_response response = {0};
    dial(&peer);
    assert_true(wire_send_text(
        &peer, GET("/items/a?n=1") GET("/big?bytes=100000")
                   POST("/echo") "Content-Length: 12\r\n\r\n{\"text\":\"x\"}" GET("/items/b?n=2")
                       GET("/stream?rows=2") GET("/nope") GET("/items/c?n=3")));
    const struct {
        int status;
        const char *body;
    } wanted[] = {{200, "{\"id\":\"a\",\"n\":1}"},
                  {200, NULL},
                  {200, "{\"text\":\"x\",\"len\":1}"},
                  {200, "{\"id\":\"b\",\"n\":2}"},
                  {200, "row 0\nrow 1\n"},
                  {404, NULL},
                  {200, "{\"id\":\"c\",\"n\":3}"}};
    for (size_t i = 0; i < KW_COUNT(wanted); i++) {
        assert_true(wire_read_response(&peer, &response, false));
        assert_int_equal(response.status, wanted[i].status);
        if (wanted[i].body != NULL) {
            EXPECT_STR(kw_buf_text(&response.body), wanted[i].body);
        }
    }
    wire_response_drop(&response);
    wire_close(&peer);
}

/* Far more than any buffer: the server must stop reading and go on later. */
static void pipeline__of_thousands_is_answered(void **state)
{
    (void)state;
    enum {
        REQUESTS = 5000
    };
    wire_peer peer;
    wire_response response = {0};
    KW_AUTO(kw_buf) text = kw_buf_init(1 << 20);
    for (size_t i = 0; i < REQUESTS; i++) {
        EXPECT_OK(kw_buf_append_str(&text, KW_STR(GET("/items/x?n=5"))));
    }
    dial(&peer);
    assert_true(wire_send(&peer, kw_buf_view(&text)));
    for (size_t i = 0; i < REQUESTS; i++) {
        assert_true(wire_read_response(&peer, &response, false));
        assert_int_equal(response.status, 200);
    }
    wire_response_drop(&response);
    wire_close(&peer);
}

static void request__may_come_byte_by_byte(void **state)
{
    (void)state;
    wire_peer peer;
    wire_response response = {0};
    dial(&peer);
    kw_str text = KW_STR(POST("/echo") "Transfer-Encoding: chunked\r\n\r\n"
                                       "5\r\n{\"tex\r\n8\r\nt\":\"yo\"}\r\n0\r\n\r\n");
    for (size_t i = 0; i < text.len; i++) {
        assert_true(wire_send(&peer, (kw_span){(const uint8_t *)text.ptr + i, 1}));
    }
    assert_true(wire_read_response(&peer, &response, false));
    assert_int_equal(response.status, 200);
    EXPECT_STR(kw_buf_text(&response.body), "{\"text\":\"yo\",\"len\":2}");
    wire_response_drop(&response);
    wire_close(&peer);
}

static void head__has_the_fields_and_no_body(void **state)
{
    (void)state;
    wire_peer peer;
    wire_response response = {0};
    dial(&peer);
    assert_true(wire_send_text(&peer, "HEAD /small HTTP/1.1\r\nHost: a\r\n\r\n" GET("/small")));
    assert_true(wire_read_response(&peer, &response, true));
    assert_int_equal(response.status, 200);
    EXPECT_STR(wire_field(&response, "content-length"), "256");
    assert_true(wire_read_response(&peer, &response, false));
    assert_int_equal(response.body.len, 256);
    wire_response_drop(&response);
    wire_close(&peer);
}

static void close__is_honoured_and_told(void **state)
{
    (void)state;
    wire_peer peer;
    wire_response response = {0};
    dial(&peer);
    assert_true(wire_send_text(
        &peer, "GET /small HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n" GET("/small")));
    assert_true(wire_read_response(&peer, &response, false));
    assert_int_equal(response.status, 200);
    EXPECT_STR(wire_field(&response, "connection"), "close");
    assert_false(wire_read_response(&peer, &response, false));
    assert_true(peer.was_clean);
    wire_response_drop(&response);
    wire_close(&peer);
}

static void stream__is_chunked_with_trailers(void **state)
{
    (void)state;
    wire_peer peer;
    wire_response response = {0};
    dial(&peer);
    assert_true(wire_send_text(&peer, GET("/stream?rows=20000")));
    assert_true(wire_read_response(&peer, &response, false));
    EXPECT_STR(response.trailers, "x-rows: 20000\r\n\r\n");
    assert_true(kw_str_ends_with(kw_buf_text(&response.body), KW_STR("row 19998\nrow 19999\n")));
    wire_response_drop(&response);
    wire_close(&peer);
}

static void expect__is_answered_with_continue_only_when_the_body_is_wanted(void **state)
{
    (void)state;
    wire_peer peer;
    wire_response response = {0};
    dial(&peer);
    assert_true(
        wire_send_text(&peer, POST("/echo") "Expect: 100-continue\r\nContent-Length: 12\r\n\r\n"));
    while (peer.in.len < 25 && wire_read(&peer)) {
    }
    EXPECT_STR(kw_buf_text(&peer.in), "HTTP/1.1 100 Continue\r\n\r\n");
    assert_true(wire_send_text(&peer, "{\"text\":\"x\"}"));
    assert_true(wire_read_response(&peer, &response, false));
    assert_int_equal(response.status, 200);
    wire_response_drop(&response);
    wire_close(&peer);
    expect_refusal(POST("/echo") "Expect: 100-continue\r\nContent-Length: 99999\r\n\r\n", 413);
    expect_refusal(POST("/echo") "Expect: more\r\nContent-Length: 9\r\n\r\n", 400);
}

static void chunked_body__over_the_limit_is_413(void **state)
{
    (void)state;
    wire_peer peer;
    wire_response response = {0};
    uint8_t chunk[1024 + 7];
    memcpy(chunk, "400\r\n", 5);
    memset(chunk + 5, ' ', 1024);
    memcpy(chunk + 5 + 1024, "\r\n", 2);
    dial(&peer);
    assert_true(wire_send_text(&peer, POST("/echo") "Transfer-Encoding: chunked\r\n\r\n"));
    for (size_t i = 0; i < 65 && wire_send(&peer, KW_SPAN(chunk)); i++) {
    }
    assert_true(wire_read_response(&peer, &response, false));
    assert_int_equal(response.status, 413);
    wire_read_all(&peer);
    assert_true(peer.was_clean);
    wire_response_drop(&response);
    wire_close(&peer);
}

static void pulled_body__flows_whole(void **state)
{
    (void)state;
    wire_peer peer;
    wire_response response = {0};
    static uint8_t piece[100000];
    dial(&peer);
    assert_true(
        wire_send_text(&peer, "POST /sum HTTP/1.1\r\nHost: a\r\nContent-Length: 20000000\r\n\r\n"));
    for (size_t i = 0; i < 200; i++) {
        assert_true(wire_send(&peer, KW_SPAN(piece)));
    }
    assert_true(wire_read_response(&peer, &response, false));
    EXPECT_STR(kw_buf_text(&response.body), "{\"bytes\":20000000}");
    wire_response_drop(&response);
    wire_close(&peer);
}

static void slow_header__is_408(void **state)
{
    (void)state;
    expect_refusal_at(&hasty, "GET /small HTTP/1.1\r\nHost:", 408);
}

static void idle_connection__is_closed(void **state)
{
    (void)state;
    wire_peer peer;
    dial_at(&peer, &hasty);
    wire_read_all(&peer);
    assert_true(peer.was_clean);
    assert_int_equal(peer.in.len, 0);
    wire_close(&peer);
}

static void slow_body__is_cut(void **state)
{
    (void)state;
    wire_peer peer;
    kw_server_counts before;
    kw_server_counts after;
    kw_server_count(hasty.server, &before);
    dial_at(&peer, &hasty);
    assert_true(wire_send_text(&peer, POST("/echo") "Content-Length: 1000\r\n\r\n{"));
    wire_read_all(&peer);
    assert_int_equal(peer.in.len, 0);
    wire_close(&peer);
    kw_server_count(hasty.server, &after);
    assert_int_equal(after.timeouts, before.timeouts + 1);
    assert_int_equal(hasty.gate.last_outcome, KW_NETWORK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(input__that_smuggles_is_refused_and_ends_the_connection),
        cmocka_unit_test(input__with_nul_is_refused),
        cmocka_unit_test(input__with_a_long_chunk_extension_is_refused),
        cmocka_unit_test(refusal__does_not_read_the_body_as_a_request),
        cmocka_unit_test(header__limits_are_431),
        cmocka_unit_test(pipeline__is_answered_in_order),
        cmocka_unit_test(pipeline__of_thousands_is_answered),
        cmocka_unit_test(request__may_come_byte_by_byte),
        cmocka_unit_test(head__has_the_fields_and_no_body),
        cmocka_unit_test(close__is_honoured_and_told),
        cmocka_unit_test(stream__is_chunked_with_trailers),
        cmocka_unit_test(expect__is_answered_with_continue_only_when_the_body_is_wanted),
        cmocka_unit_test(chunked_body__over_the_limit_is_413),
        cmocka_unit_test(pulled_body__flows_whole),
        cmocka_unit_test(slow_header__is_408),
        cmocka_unit_test(idle_connection__is_closed),
        cmocka_unit_test(slow_body__is_cut),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
