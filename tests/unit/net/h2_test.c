/* SPDX-License-Identifier: Apache-2.0
 * HTTP/2 on real TLS connections: bodies both ways, stream errors, connection errors, floods. */
#include "support/expect.h"
#include "support/net_server.h"
#include "support/wire_h2.h"

static net_server server;
static net_server hasty; /* with short times, for tests that only wait for their end */

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

static void dial(wire_h2 *h, const net_server *s)
{
    wire_h2_dial(h, kw_server_port(s->server, KW_LISTENER_PUBLIC));
}

static void get__is_answered_on_many_streams(void **state)
{
    (void)state;
    wire_h2 h;
    wire_h2_answer answer = {0};
    dial(&h, &server);
    for (uint32_t id = 1; id < 100; id += 2) {
        assert_true(wire_h2_get(&h, id, "/items/x?n=9"));
    }
    assert_true(wire_h2_await(&h, &answer, 99, false));
    assert_int_equal(answer.status, 200);
    EXPECT_STR(kw_buf_text(&answer.body), "{\"id\":\"x\",\"n\":9}");
    assert_non_null(memmem(answer.fields.ptr, answer.fields.len, "x-request-id: ", 14));
    wire_h2_answer_drop(&answer);
    wire_h2_close(&h);
}

static void big_body__respects_the_window(void **state)
{
    (void)state;
    wire_h2 h;
    wire_h2_answer answer = {0};
    dial(&h, &server);
    assert_true(wire_h2_get(&h, 1, "/big?bytes=3000000"));
    assert_true(wire_h2_await(&h, &answer, 1, true));
    assert_int_equal(answer.status, 200);
    assert_int_equal(answer.body.len, 3000000);
    assert_int_equal(answer.body.ptr[2999999], '9');
    wire_h2_answer_drop(&answer);
    wire_h2_close(&h);
}

static void stream__ends_with_trailers(void **state)
{
    (void)state;
    wire_h2 h;
    wire_h2_answer answer = {0};
    dial(&h, &server);
    assert_true(wire_h2_get(&h, 1, "/stream?rows=30000"));
    assert_true(wire_h2_await(&h, &answer, 1, true));
    assert_true(kw_str_ends_with(kw_buf_text(&answer.body), KW_STR("row 29998\nrow 29999\n")));
    EXPECT_STR(kw_buf_text(&answer.trailers), "x-rows: 30000\n");
    wire_h2_answer_drop(&answer);
    wire_h2_close(&h);
}

static void post__takes_a_body_in_frames(void **state)
{
    (void)state;
    wire_h2 h;
    wire_h2_answer answer = {0};
    dial(&h, &server);
    assert_true(wire_h2_post(&h, 1, "/echo", "application/json"));
    kw_str text = KW_STR("{\"text\":\"hello\"}");
    for (size_t i = 0; i < text.len; i++) {
        kw_span byte = {(const uint8_t *)text.ptr + i, 1};
        assert_true(wire_h2_frame(&h, NGHTTP2_DATA, 0, 1, byte));
    }
    assert_true(wire_h2_frame(&h, NGHTTP2_DATA, NGHTTP2_FLAG_END_STREAM, 1, (kw_span){0}));
    assert_true(wire_h2_await(&h, &answer, 1, false));
    EXPECT_STR(kw_buf_text(&answer.body), "{\"text\":\"hello\",\"len\":5}");
    wire_h2_answer_drop(&answer);
    wire_h2_close(&h);
}

static void post__over_the_limit_is_413(void **state)
{
    (void)state;
    wire_h2 h;
    wire_h2_answer answer = {0};
    static uint8_t piece[16384];
    dial(&h, &server);
    assert_true(wire_h2_post(&h, 1, "/form", "application/x-www-form-urlencoded"));
    assert_true(wire_h2_frame(&h, NGHTTP2_DATA, 0, 1, KW_SPAN(piece)));
    assert_true(wire_h2_await(&h, &answer, 1, false));
    assert_int_equal(answer.status, 413);
    /* The connection goes on. */
    assert_true(wire_h2_get(&h, 3, "/small"));
    assert_true(wire_h2_await(&h, &answer, 3, false));
    assert_int_equal(answer.status, 200);
    wire_h2_answer_drop(&answer);
    wire_h2_close(&h);
}

/* A stream error: this stream is reset with PROTOCOL_ERROR, the next one is served. */
static void expect_stream_error(const wire_line *lines, size_t count)
{
    wire_h2 h;
    wire_h2_answer answer = {0};
    dial(&h, &server);
    assert_true(wire_h2_headers(&h, 1, lines, count, true));
    bool is_answered = wire_h2_await(&h, &answer, 1, false);
    if (!is_answered || !answer.is_reset || answer.reset_code != NGHTTP2_PROTOCOL_ERROR) {
        print_error("last line \"%s\": status %d, reset %d code %u\n", lines[count - 1].name,
                    answer.status, answer.is_reset, answer.reset_code);
        fail();
    }
    assert_true(wire_h2_get(&h, 3, "/small"));
    assert_true(wire_h2_await(&h, &answer, 3, false));
    assert_int_equal(answer.status, 200);
    wire_h2_answer_drop(&answer);
    wire_h2_close(&h);
}

#define PSEUDO                                                              \
    {":method", "GET", 0}, {":scheme", "https", 0}, {":authority", "a", 0}, \
    {                                                                       \
        ":path", "/small", 0                                                \
    }

static void fields__that_could_smuggle_are_stream_errors(void **state)
{
    (void)state;
    const wire_line bad[][5] = {
        {PSEUDO, {"x", "a\rb", 0}},
        {PSEUDO, {"x", "a\nb", 0}},
        {PSEUDO, {"x", "a\0b", 3}},
        {PSEUDO, {"X-Upper", "a", 0}},
        {PSEUDO, {"x y", "a", 0}},
        {PSEUDO, {"connection", "close", 0}},
        {PSEUDO, {"keep-alive", "5", 0}},
        {PSEUDO, {"proxy-connection", "close", 0}},
        {PSEUDO, {"transfer-encoding", "chunked", 0}},
        {PSEUDO, {"upgrade", "h2c", 0}},
        {PSEUDO, {"http2-settings", "AAMAAABk", 0}},
        {PSEUDO, {"te", "gzip", 0}},
        {PSEUDO, {":path", "/other", 0}},
        {PSEUDO, {":method", "POST", 0}},
        {PSEUDO, {":unknown", "x", 0}},
        {PSEUDO, {"host", "b", 0}},
        {PSEUDO, {"content-length", "5", 0}},
        {PSEUDO, {"content-length", "+0", 0}},
        {PSEUDO, {"expect", "what", 0}},
        {{":method", "GET", 0},
         {":scheme", "https", 0},
         {":path", "/small", 0},
         {"x", "y", 0},
         {":authority", "a", 0}},
    };
    for (size_t i = 0; i < KW_COUNT(bad); i++) {
        expect_stream_error(bad[i], 5);
    }
    const wire_line no_path[] = {
        {":method", "GET", 0}, {":scheme", "https", 0}, {":authority", "a", 0}};
    expect_stream_error(no_path, 3);
    const wire_line no_authority[] = {
        {":method", "GET", 0}, {":scheme", "https", 0}, {":path", "/small", 0}};
    expect_stream_error(no_authority, 3);
    const wire_line star[] = {{":method", "OPTIONS", 0},
                              {":scheme", "https", 0},
                              {":authority", "a", 0},
                              {":path", "*", 0}};
    expect_stream_error(star, 4);
}

static void data__that_differs_from_content_length_is_a_stream_error(void **state)
{
    (void)state;
    const char *const lengths[] = {"3", "10"};
    for (size_t i = 0; i < KW_COUNT(lengths); i++) {
        wire_h2 h;
        wire_h2_answer answer = {0};
        dial(&h, &server);
        const wire_line lines[] = {{":method", "POST", 0},
                                   {":scheme", "https", 0},
                                   {":authority", "a", 0},
                                   {":path", "/form", 0},
                                   {"content-type", "application/x-www-form-urlencoded", 0},
                                   {"content-length", lengths[i], 0}};
        assert_true(wire_h2_headers(&h, 1, lines, KW_COUNT(lines), false));
        assert_true(wire_h2_frame(&h, NGHTTP2_DATA, NGHTTP2_FLAG_END_STREAM, 1,
                                  kw_span_of_str(KW_STR("a=bcd"))));
        assert_true(wire_h2_await(&h, &answer, 1, false));
        assert_true(answer.is_reset);
        assert_int_equal(answer.reset_code, NGHTTP2_PROTOCOL_ERROR);
        wire_h2_answer_drop(&answer);
        wire_h2_close(&h);
    }
}

static void header__list_over_the_limit_is_431(void **state)
{
    (void)state;
    wire_h2 h;
    wire_h2_answer answer = {0};
    wire_line lines[120] = {PSEUDO};
    for (size_t i = 4; i < KW_COUNT(lines); i++) {
        lines[i] = (wire_line){"x", "y", 0};
    }
    dial(&h, &server);
    assert_true(wire_h2_headers(&h, 1, lines, KW_COUNT(lines), true));
    assert_true(wire_h2_await(&h, &answer, 1, false));
    assert_int_equal(answer.status, 431);
    /* 78 fields of 232 bytes by the rule of SETTINGS_MAX_HEADER_LIST_SIZE, in one frame. */
    static char long_name[101];
    memset(long_name, 'n', sizeof long_name - 1);
    for (size_t i = 4; i < 82; i++) {
        lines[i] = (wire_line){long_name, long_name, 0};
    }
    assert_true(wire_h2_headers(&h, 3, lines, 82, true));
    assert_true(wire_h2_await(&h, &answer, 3, false));
    assert_int_equal(answer.status, 431);
    wire_h2_answer_drop(&answer);
    wire_h2_close(&h);
}

static void expect_goaway(wire_h2 *h, uint32_t code)
{
    assert_true(wire_h2_await_end(h));
    assert_int_equal(h->goaway_code, code);
    wire_h2_close(h);
}

static void rapid_reset__ends_the_connection(void **state)
{
    (void)state;
    wire_h2 h;
    dial(&h, &server);
    uint8_t code[4] = {0, 0, 0, NGHTTP2_CANCEL};
    for (uint32_t i = 0; i < 101; i++) {
        uint32_t id = 2 * i + 1;
        if (!wire_h2_get(&h, id, "/follow") ||
            !wire_h2_frame(&h, NGHTTP2_RST_STREAM, 0, id, KW_SPAN(code))) {
            break;
        }
    }
    expect_goaway(&h, NGHTTP2_ENHANCE_YOUR_CALM);
}

static void resets__up_to_the_limit_are_fine(void **state)
{
    (void)state;
    wire_h2 h;
    wire_h2_answer answer = {0};
    dial(&h, &server);
    uint8_t code[4] = {0, 0, 0, NGHTTP2_CANCEL};
    for (uint32_t i = 0; i < 100; i++) {
        assert_true(wire_h2_get(&h, 2 * i + 1, "/follow"));
        assert_true(wire_h2_frame(&h, NGHTTP2_RST_STREAM, 0, 2 * i + 1, KW_SPAN(code)));
    }
    assert_true(wire_h2_get(&h, 1001, "/small"));
    assert_true(wire_h2_await(&h, &answer, 1001, false));
    assert_int_equal(answer.status, 200);
    wire_h2_answer_drop(&answer);
    wire_h2_close(&h);
}

static void settings_flood__ends_the_connection(void **state)
{
    (void)state;
    wire_h2 h;
    dial(&h, &server);
    for (uint32_t i = 0; i < 101 && wire_h2_frame(&h, NGHTTP2_SETTINGS, 0, 0, (kw_span){0}); i++) {
    }
    expect_goaway(&h, NGHTTP2_ENHANCE_YOUR_CALM);
}

static void ping_flood__ends_the_connection(void **state)
{
    (void)state;
    wire_h2 h;
    dial(&h, &server);
    const uint8_t ping[8] = {0};
    for (uint32_t i = 0; i < 101 && wire_h2_frame(&h, NGHTTP2_PING, 0, 0, KW_SPAN(ping)); i++) {
    }
    expect_goaway(&h, NGHTTP2_ENHANCE_YOUR_CALM);
}

static void continuation_flood__ends_the_connection(void **state)
{
    (void)state;
    wire_h2 h;
    dial(&h, &server);
    const uint8_t field[] = {0, 1, 'x', 1, 'y'};
    assert_true(wire_h2_frame(&h, NGHTTP2_HEADERS, 0, 1, KW_SPAN(field)));
    for (uint32_t i = 0; i < 100; i++) {
        if (!wire_h2_frame(&h, NGHTTP2_CONTINUATION, 0, 1, KW_SPAN(field))) {
            break;
        }
    }
    (void)wire_h2_await_end(&h);
    assert_true(h.peer.is_closed);
    wire_h2_close(&h);
}

static void garbage__ends_the_connection(void **state)
{
    (void)state;
    const wire_tls options = {.alpn = "h2"};
    wire_peer peer;
    assert_true(
        wire_connect_tls(&peer, kw_server_port(server.server, KW_LISTENER_PUBLIC), &options));
    assert_true(wire_send_text(&peer, "GET / HTTP/1.1\r\nHost: a\r\n\r\n"));
    wire_read_all(&peer);
    assert_true(peer.is_closed);
    wire_close(&peer);
    wire_h2 h;
    dial(&h, &server);
    const uint8_t wrong[] = {1, 2, 3};
    assert_true(wire_h2_frame(&h, NGHTTP2_PING, 0, 0, KW_SPAN(wrong)));
    expect_goaway(&h, NGHTTP2_FRAME_SIZE_ERROR);
}

static void streams__beyond_the_limit_are_refused(void **state)
{
    (void)state;
    wire_h2 h;
    wire_h2_answer answer = {0};
    dial(&h, &server);
    for (uint32_t i = 0; i < 129; i++) {
        assert_true(wire_h2_get(&h, 2 * i + 1, "/follow"));
    }
    assert_true(wire_h2_await(&h, &answer, 2 * 128 + 1, false));
    assert_true(answer.is_reset);
    assert_int_equal(answer.reset_code, NGHTTP2_REFUSED_STREAM);
    wire_h2_answer_drop(&answer);
    wire_h2_close(&h);
}

static void idle_connection__is_told_to_go(void **state)
{
    (void)state;
    wire_h2 h;
    dial(&h, &hasty);
    expect_goaway(&h, NGHTTP2_NO_ERROR);
}

static void unfinished_header__ends_the_connection(void **state)
{
    (void)state;
    wire_h2 h;
    dial(&h, &hasty);
    const uint8_t field[] = {0, 1, 'x', 1, 'y'};
    assert_true(wire_h2_frame(&h, NGHTTP2_HEADERS, 0, 1, KW_SPAN(field)));
    (void)wire_h2_await_end(&h);
    assert_true(h.peer.is_closed);
    wire_h2_close(&h);
}

static void reader__that_opens_no_window_is_cut(void **state)
{
    (void)state;
    wire_h2 h;
    dial(&h, &hasty);
    assert_true(wire_h2_get(&h, 1, "/big?bytes=1000000"));
    (void)wire_h2_await_end(&h);
    assert_true(h.peer.is_closed);
    wire_h2_close(&h);
}

static void pulled_body__is_acknowledged_as_it_is_taken(void **state)
{
    (void)state;
    wire_h2 h;
    wire_h2_answer answer = {0};
    static uint8_t piece[16384];
    dial(&h, &server);
    assert_true(wire_h2_post(&h, 1, "/sum", "application/octet-stream"));
    for (size_t i = 0; i < 4; i++) { /* the initial window and one byte less */
        kw_span bytes = {piece, i < 3 ? sizeof piece : sizeof piece - 1};
        assert_true(wire_h2_frame(&h, NGHTTP2_DATA, i < 3 ? 0 : NGHTTP2_FLAG_END_STREAM, 1, bytes));
    }
    assert_true(wire_h2_await(&h, &answer, 1, false));
    EXPECT_STR(kw_buf_text(&answer.body), "{\"bytes\":65535}");
    wire_h2_answer_drop(&answer);
    wire_h2_close(&h);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(get__is_answered_on_many_streams),
        cmocka_unit_test(big_body__respects_the_window),
        cmocka_unit_test(stream__ends_with_trailers),
        cmocka_unit_test(post__takes_a_body_in_frames),
        cmocka_unit_test(post__over_the_limit_is_413),
        cmocka_unit_test(fields__that_could_smuggle_are_stream_errors),
        cmocka_unit_test(data__that_differs_from_content_length_is_a_stream_error),
        cmocka_unit_test(header__list_over_the_limit_is_431),
        cmocka_unit_test(rapid_reset__ends_the_connection),
        cmocka_unit_test(resets__up_to_the_limit_are_fine),
        cmocka_unit_test(settings_flood__ends_the_connection),
        cmocka_unit_test(ping_flood__ends_the_connection),
        cmocka_unit_test(continuation_flood__ends_the_connection),
        cmocka_unit_test(garbage__ends_the_connection),
        cmocka_unit_test(streams__beyond_the_limit_are_refused),
        cmocka_unit_test(idle_connection__is_told_to_go),
        cmocka_unit_test(unfinished_header__ends_the_connection),
        cmocka_unit_test(reader__that_opens_no_window_is_cut),
        cmocka_unit_test(pulled_body__is_acknowledged_as_it_is_taken),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
