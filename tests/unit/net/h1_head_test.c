/* SPDX-License-Identifier: Apache-2.0
 * The HTTP/1.1 entry: every smuggling vector of hardening.md section 1 that stands in a header. */
#include "net/h1_head.h"

#include "support/expect.h"

static const kw_h1_limits limits = {.bytes_max = 16384, .fields_max = 100};

/* Scan and parse as the server does. */
static kw_status read_text(kw_http_head *out, kw_arena *arena, kw_str text)
{
    kw_h1_scan scan = {0};
    size_t used = 0;
    KW_TRY(kw_h1_scan_push(&scan, &used, kw_span_of_str(text), &limits));
    if (!scan.is_complete) {
        return KW_END;
    }
    *out = (kw_http_head){0};
    return kw_h1_head_parse(out, arena, (kw_str){text.ptr, used});
}

static kw_status read_head(const char *text)
{
    KW_AUTO(kw_arena) arena = kw_arena_init(65536);
    kw_http_head head = {0};
    return read_text(&head, &arena, kw_str_of(text));
}

static void parse__reads_a_request(void **state)
{
    (void)state;
    KW_AUTO(kw_arena) arena = kw_arena_init(65536);
    kw_http_head head = {0};
    EXPECT_OK(
        read_text(&head, &arena,
                  KW_STR("POST /a/b?c=d HTTP/1.1\r\nHost: example.org:8443\r\nAccept:\r\n"
                         "Authorization: \t Bearer x \t\r\nX-Y: z\r\nContent-Length: 5\r\n"
                         "Expect: 100-continue\r\nConnection: keep-alive, close\r\n\r\nbody")));
    assert_int_equal(head.method, KW_POST);
    EXPECT_STR(head.target, "/a/b?c=d");
    EXPECT_STR(head.authority, "example.org:8443");
    EXPECT_STR(head.value[KW_HTTP_HEAD_AUTHORIZATION], "Bearer x");
    assert_true(head.has[KW_HTTP_HEAD_ACCEPT]);
    assert_int_equal(head.value[KW_HTTP_HEAD_ACCEPT].len, 0);
    assert_int_equal(head.content_length, 5);
    assert_true(head.has_body && head.has_content_length && head.expects_continue && head.is_last);
    assert_false(head.is_chunked);
}

static void parse__reads_absolute_form_of_the_same_host(void **state)
{
    (void)state;
    KW_AUTO(kw_arena) arena = kw_arena_init(65536);
    kw_http_head head = {0};
    EXPECT_OK(read_text(&head, &arena,
                        KW_STR("GET HTTPS://A.example/x?y HTTP/1.1\r\nHost: a.EXAMPLE\r\n\r\n")));
    EXPECT_STR(head.target, "/x?y");
    EXPECT_OK(read_text(&head, &arena, KW_STR("GET http://a HTTP/1.1\r\nHost: a\r\n\r\n")));
    EXPECT_STR(head.target, "/");
}

static void parse__reads_chunked(void **state)
{
    (void)state;
    KW_AUTO(kw_arena) arena = kw_arena_init(65536);
    kw_http_head head = {0};
    EXPECT_OK(read_text(&head, &arena,
                        KW_STR("PUT / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: Chunked\r\n\r\n")));
    assert_true(head.is_chunked && head.has_body && !head.has_content_length);
}

#define GET  "GET / HTTP/1.1\r\nHost: a\r\n"
#define POST "POST / HTTP/1.1\r\nHost: a\r\n"

static const char *const ambiguous[] = {
    POST "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n",
    POST "Transfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n",
    POST "Content-Length: 3\r\nContent-Length: 3\r\n\r\n",
    POST "Content-Length: 3\r\nContent-Length: 4\r\n\r\n",
    POST "Content-Length: 3, 3\r\n\r\n",
    POST "Content-Length: +3\r\n\r\n",
    POST "Content-Length: -3\r\n\r\n",
    POST "Content-Length: 03\r\n\r\n",
    POST "Content-Length: 0x3\r\n\r\n",
    POST "Content-Length:\r\n\r\n",
    POST "Content-Length: 3 3\r\n\r\n",
    POST "Content-Length: 18446744073709551616\r\n\r\n",
    POST "Transfer-Encoding: gzip\r\n\r\n",
    POST "Transfer-Encoding: gzip, chunked\r\n\r\n",
    POST "Transfer-Encoding: chunked, gzip\r\n\r\n",
    POST "Transfer-Encoding: chunked, chunked\r\n\r\n",
    POST "Transfer-Encoding: identity\r\n\r\n",
    POST "Transfer-Encoding: xchunked\r\n\r\n",
    POST "Transfer-Encoding:\r\n\r\n",
    POST "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n",
    POST "Transfer-Encoding: \x0b"
         "chunked\r\n\r\n",
    POST "Transfer-Encoding : chunked\r\n\r\n",
    GET "X : 1\r\n\r\n",
    GET "X\t: 1\r\n\r\n",
    GET " X: 1\r\n\r\n",
    GET "X: 1\r\n folded\r\n\r\n",
    GET "X: 1\r\n\tfolded\r\n\r\n",
    GET ": 1\r\n\r\n",
    GET "X\r\n\r\n",
    GET "X: 1\n\r\n",
    GET "X: 1\r\r\n\r\n",
    GET "X: a\rb\r\n\r\n",
    GET "X: a\x01"
        "b\r\n\r\n",
    GET "X: a\x7f"
        "b\r\n\r\n",
    GET "X\x80: 1\r\n\r\n",
    GET "Host: a\r\n\r\n",
    "GET / HTTP/1.1\r\n\r\n",
    "GET / HTTP/1.1\r\nHost:\r\n\r\n",
    "GET / HTTP/1.1\r\nHost: a b\r\n\r\n",
    "GET / HTTP/1.1\r\nHost: a,b\r\n\r\n",
    "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n",
    "GET / HTTP/1.1\r\nHost: u@a\r\n\r\n",
    "GET http://b/ HTTP/1.1\r\nHost: a\r\n\r\n",
    "GET http://a:80/ HTTP/1.1\r\nHost: a\r\n\r\n",
    "GET ftp://a/ HTTP/1.1\r\nHost: a\r\n\r\n",
    "GET * HTTP/1.1\r\nHost: a\r\n\r\n",
    "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n",
    "CONNECT a:443 HTTP/1.1\r\nHost: a:443\r\n\r\n",
    "GET a HTTP/1.1\r\nHost: a\r\n\r\n",
    "GET  / HTTP/1.1\r\nHost: a\r\n\r\n",
    "GET / HTTP/1.1 \r\nHost: a\r\n\r\n",
    "GET /a b HTTP/1.1\r\nHost: a\r\n\r\n",
    "GET / HTTP/1.0\r\nHost: a\r\n\r\n",
    "GET / HTTP/2.0\r\nHost: a\r\n\r\n",
    "GET / HTTP/1.2\r\nHost: a\r\n\r\n",
    "GET / http/1.1\r\nHost: a\r\n\r\n",
    "GET /\r\nHost: a\r\n\r\n",
    "GARBAGE / HTTP/1.1\r\nHost: a\r\n\r\n",
    "G\xc3\x89T / HTTP/1.1\r\nHost: a\r\n\r\n",
    "\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n",
    "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    GET "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n\r\n",
    GET "Upgrade: websocket, h2c\r\n\r\n",
    GET "Expect: something\r\n\r\n",
    GET "Authorization: a\r\nAuthorization: b\r\n\r\n",
};

static void parse__refuses_every_ambiguity(void **state)
{
    (void)state;
    for (size_t i = 0; i < KW_COUNT(ambiguous); i++) {
        kw_status st = read_head(ambiguous[i]);
        if (st != KW_BAD_INPUT) {
            print_error("accepted or left open (%s): %s\n", kw_status_name(st), ambiguous[i]);
            fail();
        }
    }
}

static void scan__refuses_nul(void **state)
{
    (void)state;
    KW_AUTO(kw_arena) arena = kw_arena_init(65536);
    kw_http_head head = {0};
    kw_str nul = {"GET / HTTP/1.1\r\nHost: a\r\nX: a\0b\r\n\r\n", 36};
    EXPECT_STATUS(read_text(&head, &arena, nul), KW_BAD_INPUT);
}

static void scan__refuses_controls_wherever_they_stand(void **state)
{
    (void)state;
    static const char text[] = "GET /0123456789 HTTP/1.1\r\nX:0123456789abcdef0123\r\n\r\n";
    const size_t starts[] = {0, sizeof "GET /0123456789 HTTP/1.1\r\nX:" - 1};
    for (size_t i = 0; i < KW_COUNT(starts) * 20 * 256; i++) {
        uint8_t byte = (uint8_t)i;
        bool is_bad = (byte < 0x20 && byte != '\t') || byte == 0x7f;
        char copy[sizeof text];
        memcpy(copy, text, sizeof text);
        copy[starts[i / (20 * 256)] + i / 256 % 20] = (char)byte;
        kw_h1_scan scan = {0};
        size_t used = 0;
        kw_span bytes = {(const uint8_t *)copy, sizeof copy - 1};
        EXPECT_STATUS(kw_h1_scan_push(&scan, &used, bytes, &limits), is_bad ? KW_BAD_INPUT : KW_OK);
    }
}

static void scan__finds_the_end_in_pieces_of_any_size(void **state)
{
    (void)state;
    kw_str text = KW_STR(GET "Accept: x/y\r\n\r\nGET /next");
    size_t end = text.len - 9;
    for (size_t piece = 1; piece <= text.len; piece++) {
        kw_h1_scan scan = {0};
        size_t at = 0;
        while (at < text.len && !scan.is_complete) {
            size_t used = 0;
            kw_span bytes = {(const uint8_t *)text.ptr + at, KW_MIN(piece, text.len - at)};
            EXPECT_OK(kw_h1_scan_push(&scan, &used, bytes, &limits));
            at += used;
        }
        assert_true(scan.is_complete);
        assert_int_equal(at, end);
    }
}

static void scan__holds_its_limits(void **state)
{
    (void)state;
    kw_str text = KW_STR(GET "A: 1\r\nB: 2\r\n\r\n");
    size_t used = 0;
    kw_h1_scan scan = {0};
    kw_h1_limits exact = {.bytes_max = text.len, .fields_max = 3};
    EXPECT_OK(kw_h1_scan_push(&scan, &used, kw_span_of_str(text), &exact));
    assert_true(scan.is_complete);
    for (size_t max = 0; max < text.len; max++) {
        scan = (kw_h1_scan){0};
        kw_h1_limits few_bytes = {.bytes_max = max, .fields_max = 3};
        EXPECT_STATUS(kw_h1_scan_push(&scan, &used, kw_span_of_str(text), &few_bytes),
                      KW_HEADERS_TOO_LARGE);
        assert_int_equal(scan.bytes, max);
    }
    scan = (kw_h1_scan){0};
    kw_h1_limits few_fields = {.bytes_max = 4096, .fields_max = 2};
    EXPECT_STATUS(kw_h1_scan_push(&scan, &used, kw_span_of_str(text), &few_fields),
                  KW_HEADERS_TOO_LARGE);
}

static void parse__reports_a_full_arena(void **state)
{
    (void)state;
    KW_AUTO(kw_arena) arena = kw_arena_init(0);
    kw_http_head head = {0};
    EXPECT_STATUS(read_text(&head, &arena, KW_STR(GET "Accept: a/b\r\nAccept: c/d\r\n\r\n")),
                  KW_LIMIT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parse__reads_a_request),
        cmocka_unit_test(parse__reads_absolute_form_of_the_same_host),
        cmocka_unit_test(parse__reads_chunked),
        cmocka_unit_test(parse__refuses_every_ambiguity),
        cmocka_unit_test(scan__refuses_nul),
        cmocka_unit_test(scan__refuses_controls_wherever_they_stand),
        cmocka_unit_test(scan__finds_the_end_in_pieces_of_any_size),
        cmocka_unit_test(scan__holds_its_limits),
        cmocka_unit_test(parse__reports_a_full_arena),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
