/* SPDX-License-Identifier: Apache-2.0 */
#include "net/http_client.h"

#include "support/expect.h"
#include "support/plain_server.h"
#include "support/tls_peer.h"

#include <signal.h>
#include <stdio.h>

#define OK_HELLO                                                                           \
    "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nETag: \"v1\"\r\nContent-Length: 5\r\n" \
    "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\nCache-Control: private, max-age=77\r\n"        \
    "Connection: close\r\n\r\nhello"
#define REFUSAL(code, more) \
    "HTTP/1.1 " code " No\r\nContent-Length: 2\r\n" more "Connection: close\r\n\r\nno"

/* Zero: each wait of a back-off is the shortest. */
static uint64_t no_random(void *ctx)
{
    (void)ctx;
    return 0;
}

typedef struct fixture {
    tempdir dir;
    tempdir_path ca;
    tls_peer *peer;
    kw_http_client *client;
    kw_http_result result;
} fixture;

static fixture start(const tls_peer_script *script)
{
    fixture f = {.dir = tempdir_make()};
    f.ca = tempdir_join(&f.dir, "ca.pem");
    f.peer = tls_peer_start(&f.dir, script);
    kw_http_client_options options = {.ca_file = f.ca.text,
                                      .body_bytes_max = 64,
                                      .backoff = {.base_ms = 1, .max_ms = 1, .attempts_max = 3},
                                      .random = no_random};
    EXPECT_OK(kw_http_client_new(&f.client, &options, NULL));
    return f;
}

static void stop(fixture *f)
{
    kw_http_result_drop(&f->result);
    kw_http_client_free(f->client);
    tls_peer_stop(f->peer);
    tempdir_remove(&f->dir);
}

static kw_status get(fixture *f)
{
    kw_http_call call = {.method = KW_GET, .url = tls_peer_url(f->peer)};
    kw_error err = {0};
    kw_status st = kw_http_client_run(f->client, &f->result, &call, &err);
    assert_int_equal(err.status == st || st == KW_OK, true);
    return st;
}

static void run__reads_body_and_fields(void **state)
{
    (void)state;
    fixture f = start(&(tls_peer_script){{OK_HELLO}, 1});
    EXPECT_OK(get(&f));
    assert_int_equal(f.result.http, 200);
    assert_int_equal(f.result.attempts, 1);
    EXPECT_STR(kw_buf_text(&f.result.body), "hello");
    assert_string_equal(f.result.media_type, "text/plain");
    assert_string_equal(f.result.etag, "\"v1\"");
    assert_true(f.result.has_date);
    assert_int_equal(f.result.date_s, 784111777);
    assert_int_equal(f.result.max_age_s, 77);
    EXPECT_STR(kw_http_result_field(&f.result, "content-length"), "5");
    EXPECT_STR(kw_http_result_field(&f.result, "absent"), "");
    stop(&f);
}

static void run__sends_method_body_and_bearer(void **state)
{
    (void)state;
    fixture f = start(&(tls_peer_script){{OK_HELLO}, 1});
    kw_http_field fields[] = {{"X-Extra", "1"}};
    kw_http_call call = {.method = KW_POST,
                         .url = tls_peer_url(f.peer),
                         .bearer = "kwk1_test",
                         .fields = fields,
                         .fields_count = 1,
                         .media_type = "application/json",
                         .body = kw_span_of_str(KW_STR("{\"a\":1}"))};
    EXPECT_OK(kw_http_client_run(f.client, &f.result, &call, NULL));
    KW_AUTO(kw_buf) sent = kw_buf_init(1 << 20);
    EXPECT_OK(kw_buf_append_str(&sent, tls_peer_requests(f.peer)));
    const char *text = NULL;
    EXPECT_OK(kw_buf_c_text(&sent, &text));
    static const char *const wanted[] = {
        "POST / HTTP/1.1\r\n",       "\r\nAuthorization: Bearer kwk1_test\r\n",
        "\r\nX-Extra: 1\r\n",        "\r\nContent-Type: application/json\r\n",
        "\r\nContent-Length: 7\r\n", "\r\n\r\n{\"a\":1}"};
    for (size_t i = 0; i < KW_COUNT(wanted); i++) {
        assert_non_null(strstr(text, wanted[i]));
    }
    assert_null(strstr(text, "Expect:"));
    stop(&f);
}

static void run__maps_refusals_to_statuses(void **state)
{
    (void)state;
    static const struct {
        const char *answer;
        kw_status wanted;
        uint32_t attempts;
    } cases[] = {{REFUSAL("400", ""), KW_BAD_INPUT, 1},
                 {REFUSAL("401", ""), KW_UNAUTHENTICATED, 1},
                 {REFUSAL("403", ""), KW_FORBIDDEN, 1},
                 {REFUSAL("404", ""), KW_NOT_FOUND, 1},
                 {REFUSAL("410", ""), KW_GONE, 1},
                 {REFUSAL("302", "Location: https://localhost/\r\n"), KW_PEER_REFUSED, 1},
                 {REFUSAL("418", ""), KW_PEER_REFUSED, 1},
                 {REFUSAL("429", ""), KW_RATE_LIMITED, 3},
                 {REFUSAL("500", ""), KW_INTERNAL, 3},
                 {REFUSAL("503", "Retry-After: 0\r\n"), KW_BUSY, 3}};
    for (size_t i = 0; i < KW_COUNT(cases); i++) {
        fixture f = start(&(tls_peer_script){{cases[i].answer}, 1});
        EXPECT_STATUS(get(&f), cases[i].wanted);
        assert_int_equal(f.result.attempts, cases[i].attempts);
        assert_int_equal(tls_peer_requests_count(f.peer), cases[i].attempts);
        EXPECT_STR(kw_buf_text(&f.result.body), "no");
        stop(&f);
    }
}

static void run__tries_again_until_it_works(void **state)
{
    (void)state;
    fixture f = start(&(tls_peer_script){{NULL, REFUSAL("503", ""), OK_HELLO}, 3});
    EXPECT_OK(get(&f));
    assert_int_equal(f.result.attempts, 3);
    EXPECT_STR(kw_buf_text(&f.result.body), "hello");
    stop(&f);
}

static void run__never_repeats_a_post_that_may_have_been_done(void **state)
{
    (void)state;
    fixture f = start(&(tls_peer_script){{REFUSAL("500", ""), OK_HELLO}, 2});
    kw_http_call call = {.method = KW_POST, .url = tls_peer_url(f.peer)};
    EXPECT_STATUS(kw_http_client_run(f.client, &f.result, &call, NULL), KW_INTERNAL);
    assert_int_equal(f.result.attempts, 1);
    call.is_repeatable = true;
    EXPECT_OK(kw_http_client_run(f.client, &f.result, &call, NULL));
    stop(&f);
}

#define PUT_OFF(code, seconds) REFUSAL(code, "Retry-After: " seconds "\r\n")

/* A client without back-off, whose waits are the shortest. */
static fixture start_patient(const tls_peer_script *script)
{
    fixture f = start(script);
    kw_http_client_free(f.client);
    kw_http_client_options options = {.ca_file = f.ca.text, .random = no_random};
    EXPECT_OK(kw_http_client_new(&f.client, &options, NULL));
    return f;
}

static void patience__asks_again_when_the_server_says_so(void **state)
{
    (void)state;
    fixture f = start_patient(&(tls_peer_script){
        {PUT_OFF("503", "0"), PUT_OFF("429", "1"), PUT_OFF("503", "0"), OK_HELLO}, 4});
    kw_http_call call = {.method = KW_GET, .url = tls_peer_url(f.peer), .patience_ms = 60000};
    uint64_t began_ns = kw_monotonic_ns();
    EXPECT_OK(kw_http_client_run(f.client, &f.result, &call, NULL));
    assert_true(kw_monotonic_ns() - began_ns >= UINT64_C(1000000000)); /* as it was asked for */
    assert_int_equal(f.result.attempts, 4);
    assert_int_equal(tls_peer_requests_count(f.peer), 4);
    EXPECT_STR(kw_buf_text(&f.result.body), "hello");
    stop(&f);
}

static void patience__ends(void **state)
{
    (void)state;
    static const struct {
        const char *answer;
        kw_method method;
        uint32_t patience_ms;
        uint32_t attempts;
        kw_status wanted;
    } cases[] = {
        {PUT_OFF("503", "0"), KW_GET, 0, 1, KW_BUSY},
        {PUT_OFF("503", "61"), KW_GET, 60000, 1, KW_BUSY}, /* too far ahead: not even waited for */
        {PUT_OFF("429", "4000000000"), KW_GET, UINT32_MAX / 100, 1, KW_RATE_LIMITED},
        {PUT_OFF("503", "0"), KW_GET, 60000, 10, KW_BUSY},
        {PUT_OFF("503", "0"), KW_POST, 60000, 1, KW_BUSY},
        {PUT_OFF("500", "0"), KW_GET, 60000, 1, KW_INTERNAL},
        {PUT_OFF("503", "soon"), KW_GET, 60000, 1, KW_BUSY},
        {REFUSAL("503", ""), KW_GET, 60000, 1, KW_BUSY},
        {NULL, KW_GET, 60000, 1, KW_NETWORK},
    };
    for (size_t i = 0; i < KW_COUNT(cases); i++) {
        fixture f = start_patient(&(tls_peer_script){{cases[i].answer}, 1});
        kw_http_call call = {.method = cases[i].method,
                             .url = tls_peer_url(f.peer),
                             .patience_ms = cases[i].patience_ms};
        EXPECT_STATUS(kw_http_client_run(f.client, &f.result, &call, NULL), cases[i].wanted);
        assert_int_equal(f.result.attempts, cases[i].attempts);
        stop(&f);
    }
}

static void patience__needs_randomness(void **state)
{
    (void)state;
    KW_AUTO_PTR(kw_http_client) client = NULL;
    EXPECT_OK(kw_http_client_new(&client, &(kw_http_client_options){0}, NULL));
    kw_http_call call = {.method = KW_GET, .url = "https://localhost:1", .patience_ms = 1};
    kw_http_result result = {0};
    EXPECT_STATUS(kw_http_client_run(client, &result, &call, NULL), KW_BAD_INPUT);
    assert_int_equal(result.attempts, 0);
    kw_http_result_drop(&result);
}

static void run__refuses_bodies_beyond_the_limit(void **state)
{
    (void)state;
    static const char large[] = "HTTP/1.1 200 OK\r\nContent-Length: 65\r\nConnection: close\r\n\r\n"
                                "01234567890123456789012345678901234567890123456789012345678901234";
    fixture f = start(&(tls_peer_script){{large}, 1});
    EXPECT_STATUS(get(&f), KW_LIMIT);
    stop(&f);
}

static void run__refuses_a_cut_body(void **state)
{
    (void)state;
    static const char cut[] = "HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nshort";
    fixture f = start(&(tls_peer_script){{cut}, 1});
    EXPECT_STATUS(get(&f), KW_NETWORK);
    stop(&f);
}

static kw_status count_bytes(void *ctx, kw_span bytes)
{
    size_t *sum = ctx;
    *sum += bytes.len;
    return *sum > 5 ? KW_LIMIT : KW_OK;
}

static void stream__gets_success_bodies_only(void **state)
{
    (void)state;
    fixture f = start(&(tls_peer_script){{REFUSAL("404", ""), OK_HELLO}, 2});
    size_t sum = 0;
    kw_http_call call = {
        .method = KW_GET, .url = tls_peer_url(f.peer), .on_bytes = count_bytes, .ctx = &sum};
    EXPECT_STATUS(kw_http_client_run(f.client, &f.result, &call, NULL), KW_NOT_FOUND);
    assert_int_equal(sum, 0);
    EXPECT_OK(kw_http_client_run(f.client, &f.result, &call, NULL));
    assert_int_equal(sum, 5);
    EXPECT_STATUS(kw_http_client_run(f.client, &f.result, &call, NULL), KW_LIMIT);
    stop(&f);
}

static void tls__needs_a_known_authority_and_the_pin(void **state)
{
    (void)state;
    fixture f = start(&(tls_peer_script){{OK_HELLO}, 1});
    kw_http_call call = {.method = KW_GET, .url = tls_peer_url(f.peer)};
    kw_http_result result = {0};
    kw_http_client_options strangers[] = {
        {.ca_file = NULL},
        {.ca_file = f.ca.text,
         .pinned_spki = "sha256//AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="},
    };
    for (size_t i = 0; i < KW_COUNT(strangers); i++) {
        KW_AUTO_PTR(kw_http_client) client = NULL;
        EXPECT_OK(kw_http_client_new(&client, &strangers[i], NULL));
        EXPECT_STATUS(kw_http_client_run(client, &result, &call, NULL), KW_PEER_REFUSED);
        kw_http_result_drop(&result);
    }
    assert_int_equal(tls_peer_requests_count(f.peer), 0);
    stop(&f);
}

static void addresses__that_are_not_global_are_refused_on_request(void **state)
{
    (void)state;
    fixture f = start(&(tls_peer_script){{OK_HELLO}, 1});
    kw_http_client_options options = {.ca_file = f.ca.text, .only_global = true};
    KW_AUTO_PTR(kw_http_client) client = NULL;
    EXPECT_OK(kw_http_client_new(&client, &options, NULL));
    kw_http_call call = {.method = KW_GET, .url = tls_peer_url(f.peer)};
    EXPECT_STATUS(kw_http_client_run(client, &f.result, &call, NULL), KW_FORBIDDEN);
    assert_int_equal(tls_peer_requests_count(f.peer), 0);
    stop(&f);
}

static void say_hello(void *ctx, kw_buf *out, const char *path)
{
    (void)ctx;
    (void)path;
    EXPECT_OK(kw_buf_append_str(out, KW_STR(OK_HELLO)));
}

/* By http:// only where it is asked for, and only to this machine, whatever a name stands for. */
static void plain_loopback__is_for_this_machine_alone(void **state)
{
    (void)state;
    plain_server *server = plain_server_start(say_hello, NULL);
    const kw_http_client_options options[] = {{.plain_loopback = true},
                                              {.plain_loopback = false},
                                              {.plain_loopback = true, .only_global = true}};
    static const kw_status wanted[] = {KW_OK, KW_BAD_INPUT, KW_FORBIDDEN};
    for (size_t i = 0; i < KW_COUNT(options); i++) {
        KW_AUTO_PTR(kw_http_client) client = NULL;
        kw_http_result result = {0};
        EXPECT_OK(kw_http_client_new(&client, &options[i], NULL));
        kw_http_call call = {.method = KW_GET, .url = plain_server_url(server)};
        EXPECT_STATUS(kw_http_client_run(client, &result, &call, NULL), wanted[i]);
        call.url = "http://192.0.2.1/"; /* documentation: nobody is there, and nobody is asked */
        EXPECT_STATUS(kw_http_client_run(client, &result, &call, NULL),
                      i == 1 ? KW_BAD_INPUT : KW_FORBIDDEN);
        call.url = "httpx://127.0.0.1/";
        EXPECT_STATUS(kw_http_client_run(client, &result, &call, NULL), KW_BAD_INPUT);
        kw_http_result_drop(&result);
    }
    plain_server_stop(server);
}

static void calls__are_checked_before_anything_is_sent(void **state)
{
    (void)state;
    fixture f = start(&(tls_peer_script){{OK_HELLO}, 1});
    kw_http_call plain = {.method = KW_GET, .url = "http://localhost:1/"};
    EXPECT_STATUS(kw_http_client_run(f.client, &f.result, &plain, NULL), KW_BAD_INPUT);
    _Atomic bool is_cancelled = true;
    kw_http_call cancelled = {
        .method = KW_GET, .url = tls_peer_url(f.peer), .cancel = &is_cancelled};
    EXPECT_STATUS(kw_http_client_run(f.client, &f.result, &cancelled, NULL), KW_CANCELLED);
    stop(&f);
    kw_http_client *client = NULL;
    EXPECT_STATUS(kw_http_client_new(&client, &(kw_http_client_options){.key_file = "k"}, NULL),
                  KW_BAD_INPUT);
    EXPECT_STATUS(
        kw_http_client_new(&client, &(kw_http_client_options){.backoff = {1, 1, 2}}, NULL),
        KW_BAD_INPUT);
    assert_null(client);
}

int main(void)
{
    (void)signal(SIGPIPE, SIG_IGN);
    EXPECT_OK(kw_http_client_setup(NULL));
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(run__reads_body_and_fields),
        cmocka_unit_test(run__sends_method_body_and_bearer),
        cmocka_unit_test(run__maps_refusals_to_statuses),
        cmocka_unit_test(run__tries_again_until_it_works),
        cmocka_unit_test(run__never_repeats_a_post_that_may_have_been_done),
        cmocka_unit_test(patience__asks_again_when_the_server_says_so),
        cmocka_unit_test(patience__ends),
        cmocka_unit_test(patience__needs_randomness),
        cmocka_unit_test(run__refuses_bodies_beyond_the_limit),
        cmocka_unit_test(run__refuses_a_cut_body),
        cmocka_unit_test(stream__gets_success_bodies_only),
        cmocka_unit_test(tls__needs_a_known_authority_and_the_pin),
        cmocka_unit_test(addresses__that_are_not_global_are_refused_on_request),
        cmocka_unit_test(plain_loopback__is_for_this_machine_alone),
        cmocka_unit_test(calls__are_checked_before_anything_is_sent),
    };
    return cmocka_run_group_tests_name("net/http_client", tests, NULL, NULL);
}
