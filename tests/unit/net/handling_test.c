/* SPDX-License-Identifier: Apache-2.0
 * What reaches a handler and what leaves it. */
#include "net/handling.h"

#include "support/expect.h"
#include "support/net_desk.h"
#include "support/net_server.h"

static net_service service;

static int status_of(kw_buf *out, const char *text)
{
    net_desk desk;
    const kw_mount mount = {net_server_routes, net_server_routes_count, &service};
    net_desk_open(&desk, &mount, &kw_protocol_h1, 1);
    kw_buf_clear(out);
    desk.conn.protocol->input(&desk.conn, kw_span_of_str(kw_str_of(text)));
    (void)net_desk_pull(&desk, out);
    net_desk_close(&desk);
    uint64_t status = 0;
    assert_true(out->len > 12);
    assert_true(kw_str_to_u64((kw_str){(const char *)out->ptr + 9, 3}, 999, &status));
    return (int)status;
}

static void expect_status(const char *text, int status)
{
    KW_AUTO(kw_buf) out = kw_buf_init(1 << 20);
    int got = status_of(&out, text);
    if (got != status) {
        print_error("%d for: %s\n", got, text);
        fail();
    }
}

static void expect_body(const char *text, const char *body)
{
    KW_AUTO(kw_buf) out = kw_buf_init(1 << 20);
    (void)status_of(&out, text);
    if (!kw_str_ends_with(kw_buf_text(&out), kw_str_of(body))) {
        print_error("%.*s\n", KW_STR_ARG(kw_buf_text(&out)));
        fail();
    }
}

#define TO(path) "POST " path " HTTP/1.1\r\nHost: a\r\n"
#define JSON     "Content-Type: application/json\r\n"

static void json__is_decoded_and_encoded(void **state)
{
    (void)state;
    expect_body(TO("/echo") JSON "Content-Length: 15\r\n\r\n{\"text\":\"a\\\"b\"}",
                "\r\n\r\n{\"text\":\"a\\\"b\",\"len\":3}");
    expect_body(TO("/echo") "Content-Type: Application/JSON; charset=utf-8\r\n"
                            "Content-Length: 12\r\n\r\n{\"text\":\"a\"}",
                "\r\n\r\n{\"text\":\"a\",\"len\":1}");
}

static void json__that_does_not_fit_the_table_is_400(void **state)
{
    (void)state;
    expect_status(TO("/echo") JSON "Content-Length: 2\r\n\r\n{}", 400);
    expect_status(TO("/echo") JSON "Content-Length: 8\r\n\r\n{\"text\":", 400);
    expect_status(TO("/echo") JSON "Content-Length: 10\r\n\r\n{\"text\":1}", 400);
    expect_status(TO("/echo") JSON "Content-Length: 20\r\n\r\n{\"text\":\"a\",\"dob\":1}", 400);
    expect_status(TO("/echo") JSON "Content-Length: 23\r\n\r\n{\"text\":\"a\",\"text\":\"b\"}",
                  400);
    expect_status(TO("/echo") JSON "Content-Length: 0\r\n\r\n", 400);
    expect_status(TO("/echo") "\r\n", 400);
}

static void body__of_another_type_is_415(void **state)
{
    (void)state;
    expect_status(TO("/echo") "Content-Length: 12\r\n\r\n{\"text\":\"a\"}", 415);
    expect_status(TO("/echo") "Content-Type: text/plain\r\nContent-Length: 12\r\n\r\n"
                              "{\"text\":\"a\"}",
                  415);
    expect_status(TO("/echo") JSON "Content-Encoding: gzip\r\nContent-Length: 2\r\n\r\n{}", 415);
    expect_status(TO("/form") JSON "Content-Length: 2\r\n\r\n{}", 415);
}

static void body__that_is_not_wanted_is_413(void **state)
{
    (void)state;
    expect_status(TO("/none") "Content-Length: 1\r\n\r\nx", 413);
    expect_status(TO("/none") "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 413);
    expect_status(TO("/none") "Content-Length: 0\r\n\r\n", 204);
    expect_status(TO("/echo") JSON "Content-Length: 65537\r\n\r\n", 413);
    expect_status("GET /small HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc", 413);
}

static void form__comes_as_it_is(void **state)
{
    (void)state;
    expect_body(TO("/form") "Content-Type: application/x-www-form-urlencoded\r\n"
                            "Content-Length: 11\r\n\r\na=b%20c&d=+",
                "\r\n\r\na=b%20c&d=+");
}

static void path_and_query__reach_the_input(void **state)
{
    (void)state;
    expect_body("GET /items/a%2Db HTTP/1.1\r\nHost: a\r\n\r\n", "{\"id\":\"a-b\",\"n\":1}");
    expect_status("GET /items/a%2Fb HTTP/1.1\r\nHost: a\r\n\r\n", 400);
    expect_status("GET /items/a?n=101 HTTP/1.1\r\nHost: a\r\n\r\n", 400);
    expect_status("GET /items/a?m=1 HTTP/1.1\r\nHost: a\r\n\r\n", 400);
    expect_status("GET /small?x=1 HTTP/1.1\r\nHost: a\r\n\r\n", 400);
    expect_status("GET /small? HTTP/1.1\r\nHost: a\r\n\r\n", 200);
}

/* The handler's text is for the log; the peer sees the closed list. */
static void failure__shows_no_detail(void **state)
{
    (void)state;
    KW_AUTO(kw_buf) out = kw_buf_init(1 << 20);
    assert_int_equal(status_of(&out, "GET /fail HTTP/1.1\r\nHost: a\r\n\r\n"), 500);
    assert_null(memmem(out.ptr, out.len, "secret", 6));
    assert_non_null(memmem(out.ptr, out.len, "\"code\":\"internal\"", 17));
}

/* An exchange by itself, for a row that needs no service. */
static void run__decodes_calls_and_encodes(void **state)
{
    (void)state;
    kw_exchange x = {
        .arena = kw_arena_init(65536), .encoded = kw_buf_init(65536), .body = kw_buf_init(65536)};
    const kw_route *route = &net_server_routes[6]; /* POST /echo */
    x.request.route = route;
    x.request.arena = &x.arena;
    x.routed.route = route;
    EXPECT_OK(kw_buf_append_str(&x.body, KW_STR("{\"text\":\"hey\"}")));
    EXPECT_OK(kw_handling_run(&x));
    kw_handling_put_body(&x);
    EXPECT_STR(kw_str_of_span(x.reply.bytes), "{\"text\":\"hey\",\"len\":3}");
    assert_true(x.reply.has_body && x.reply.has_length && !x.reply.is_streamed);
    kw_buf_clear(&x.body);
    EXPECT_STATUS(kw_handling_run(&x), KW_BAD_INPUT);
    assert_true(strlen(x.err.text) > 0);
    kw_arena none = kw_arena_init(0);
    kw_arena_drop(&x.arena);
    x.arena = none;
    EXPECT_STATUS(kw_handling_run(&x), KW_LIMIT);
    kw_buf_drop(&x.body);
    kw_buf_drop(&x.encoded);
}

#define ENCODED(path, coding) \
    "GET " path " HTTP/1.1\r\nHost: a\r\nAccept-Encoding: " coding "\r\n\r\n"

static kw_span body_of(const kw_buf *answer)
{
    const uint8_t *end = memmem(answer->ptr, answer->len, "\r\n\r\n", 4);
    assert_non_null(end);
    return (kw_span){end + 4, answer->len - (size_t)(end + 4 - answer->ptr)};
}

static void raw_body__is_compressed_when_both_sides_agree(void **state)
{
    (void)state;
    KW_AUTO(kw_buf) out = kw_buf_init(1 << 20);
    KW_AUTO(kw_buf) plain = kw_buf_init(1 << 20);
    const struct {
        const char *text;
        kw_encoding encoding;
    } cases[] = {{ENCODED("/text", "gzip"), KW_ENCODING_GZIP},
                 {ENCODED("/text", "gzip, zstd"), KW_ENCODING_ZSTD},
                 {ENCODED("/text", "zstd;q=0.1, gzip;q=0.2"), KW_ENCODING_GZIP}};
    for (size_t i = 0; i < KW_COUNT(cases); i++) {
        assert_int_equal(status_of(&out, cases[i].text), 200);
        assert_true(body_of(&out).len < 500);
        kw_buf_clear(&plain);
        EXPECT_OK(kw_decompress(&plain, cases[i].encoding, body_of(&out)));
        assert_int_equal(plain.len, 5000);
        assert_non_null(memmem(out.ptr, out.len, "vary: accept-encoding\r\n", 23));
    }
    const char *const as_it_is[] = {ENCODED("/text", "identity"), ENCODED("/text", "gzip;q=0"),
                                    ENCODED("/text", "br"), ENCODED("/small", "gzip")};
    for (size_t i = 0; i < KW_COUNT(as_it_is); i++) {
        assert_int_equal(status_of(&out, as_it_is[i]), 200);
        assert_null(memmem(out.ptr, out.len, "content-encoding", 16));
    }
}

static void check_body__looks_at_the_announcement_only(void **state)
{
    (void)state;
    kw_exchange x = {.request.route = &net_server_routes[6]};
    EXPECT_OK(kw_handling_check_body(&x));
    x.head.has_body = true;
    EXPECT_STATUS(kw_handling_check_body(&x), KW_MEDIA_TYPE);
    x.head.has[KW_HTTP_HEAD_CONTENT_TYPE] = true;
    x.head.value[KW_HTTP_HEAD_CONTENT_TYPE] = KW_STR("application/json");
    EXPECT_OK(kw_handling_check_body(&x));
    x.head.has_content_length = true;
    x.head.content_length = 65537;
    EXPECT_STATUS(kw_handling_check_body(&x), KW_TOO_LARGE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(json__is_decoded_and_encoded),
        cmocka_unit_test(json__that_does_not_fit_the_table_is_400),
        cmocka_unit_test(body__of_another_type_is_415),
        cmocka_unit_test(body__that_is_not_wanted_is_413),
        cmocka_unit_test(form__comes_as_it_is),
        cmocka_unit_test(path_and_query__reach_the_input),
        cmocka_unit_test(failure__shows_no_detail),
        cmocka_unit_test(run__decodes_calls_and_encodes),
        cmocka_unit_test(raw_body__is_compressed_when_both_sides_agree),
        cmocka_unit_test(check_body__looks_at_the_announcement_only),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
