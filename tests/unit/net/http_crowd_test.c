/* SPDX-License-Identifier: Apache-2.0 */
#include "net/http_crowd.h"

#include "os/thread.h"
#include "support/expect.h"
#include "support/net_server.h"
#include "support/silent_port.h"
#include "support/tls_peer.h"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <sys/socket.h>

#define OK_HELLO "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello"
#define REFUSAL  "HTTP/1.1 503 No\r\nContent-Length: 2\r\nConnection: close\r\n\r\nno"

enum {
    LONG_MS = 60000 /* no test waits for it */
};

typedef struct fixture {
    tempdir dir;
    tempdir_path ca;
    tls_peer *peer;
    kw_http_crowd *crowd;
} fixture;

/* `more`: options besides the CA. */
static fixture start(const tls_peer_script *script, const kw_http_client_options *more)
{
    fixture f = {.dir = tempdir_make()};
    f.ca = tempdir_join(&f.dir, "ca.pem");
    f.peer = tls_peer_start(&f.dir, script);
    kw_http_client_options options = *more;
    options.ca_file = f.ca.text;
    EXPECT_OK(kw_http_crowd_new(&f.crowd, &options, NULL));
    return f;
}

static void stop(fixture *f)
{
    kw_http_crowd_cut(f->crowd);
    kw_http_ended ended;
    while (kw_http_crowd_take(f->crowd, &ended)) {
        EXPECT_STATUS(ended.st, KW_CANCELLED);
        kw_http_result_drop(&ended.result);
    }
    kw_http_crowd_free(f->crowd);
    tls_peer_stop(f->peer);
    tempdir_remove(&f->dir);
}

static void add(fixture *f, const char *url, void *tag)
{
    kw_http_call call = {.method = KW_GET, .url = url};
    kw_error err = {0};
    EXPECT_OK(kw_http_crowd_add(f->crowd, &call, tag, &err));
}

static kw_http_ended take(fixture *f)
{
    kw_http_ended ended;
    while (!kw_http_crowd_take(f->crowd, &ended)) {
        kw_http_crowd_turn(f->crowd, LONG_MS);
    }
    return ended;
}

static void take__tells_calls_apart(void **state)
{
    (void)state;
    fixture f = start(&(tls_peer_script){{OK_HELLO, REFUSAL}, 2}, &(kw_http_client_options){0});
    int tags[2];
    kw_http_ended ended;
    assert_false(kw_http_crowd_take(f.crowd, &ended));
    add(&f, tls_peer_url(f.peer), &tags[0]);
    ended = take(&f);
    assert_ptr_equal(ended.tag, &tags[0]);
    EXPECT_OK(ended.st);
    assert_int_equal(ended.result.http, 200);
    EXPECT_STR(kw_buf_text(&ended.result.body), "hello");
    kw_http_result_drop(&ended.result);

    add(&f, tls_peer_url(f.peer), &tags[1]);
    assert_int_equal(kw_http_crowd_count(f.crowd), 1);
    ended = take(&f);
    assert_ptr_equal(ended.tag, &tags[1]);
    EXPECT_STATUS(ended.st, KW_BUSY);
    assert_int_equal(kw_http_crowd_count(f.crowd), 0);
    kw_http_result_drop(&ended.result);
    stop(&f);
}

static void take__gives_what_ended_beside_calls_that_hang(void **state)
{
    (void)state;
    fixture f = start(&(tls_peer_script){{OK_HELLO}, 1}, &(kw_http_client_options){0});
    silent_port silences[20];
    for (size_t i = 0; i < KW_COUNT(silences); i++) {
        silences[i] = silent_port_open();
        add(&f, silences[i].url, &silences[i]);
    }
    add(&f, tls_peer_url(f.peer), &f);
    kw_http_ended ended = take(&f);
    assert_ptr_equal(ended.tag, &f);
    EXPECT_OK(ended.st);
    kw_http_result_drop(&ended.result);
    assert_int_equal(kw_http_crowd_count(f.crowd), KW_COUNT(silences));
    stop(&f); /* cuts them */
    for (size_t i = 0; i < KW_COUNT(silences); i++) {
        silent_port_close(&silences[i]);
    }
}

static void take__says_that_time_is_up(void **state)
{
    (void)state;
    fixture f =
        start(&(tls_peer_script){{OK_HELLO}, 1}, &(kw_http_client_options){.total_ms = 100});
    silent_port hangs = silent_port_open();
    add(&f, hangs.url, &hangs);
    kw_http_ended ended = take(&f);
    EXPECT_STATUS(ended.st, KW_TIMED_OUT);
    assert_int_equal(ended.result.http, 0);
    kw_http_result_drop(&ended.result);
    silent_port_close(&hangs);
    stop(&f);
}

static void total_ms__may_be_that_of_the_call(void **state)
{
    (void)state;
    fixture f =
        start(&(tls_peer_script){{OK_HELLO}, 1}, &(kw_http_client_options){.total_ms = LONG_MS});
    silent_port hangs = silent_port_open();
    kw_http_call call = {.method = KW_GET, .url = hangs.url, .total_ms = 100};
    EXPECT_OK(kw_http_crowd_add(f.crowd, &call, &hangs, NULL));
    kw_http_ended ended = take(&f);
    EXPECT_STATUS(ended.st, KW_TIMED_OUT);
    kw_http_result_drop(&ended.result);
    silent_port_close(&hangs);
    stop(&f);
}

static kw_status swallow(void *ctx, kw_span bytes)
{
    KW_UNUSED(ctx);
    KW_UNUSED(bytes);
    return KW_OK;
}

/* What the socket that this process connected to `port` says of data that nobody acknowledges. */
static int user_timeout_ms(uint16_t port)
{
    for (int fd = 3; fd < 1024; fd++) {
        struct sockaddr_in far_end = {0};
        socklen_t size = sizeof far_end;
        int limit_ms = 0;
        socklen_t limit_size = sizeof limit_ms;
        if (getpeername(fd, (struct sockaddr *)&far_end, &size) == 0 &&
            far_end.sin_family == AF_INET && ntohs(far_end.sin_port) == port &&
            getsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &limit_ms, &limit_size) == 0) {
            return limit_ms;
        }
    }
    return -1;
}

/* A connection into the void must not be kept: each call that is given it would hang. */
static void sockets__give_up_what_is_not_acknowledged(void **state)
{
    (void)state;
    static const uint32_t idle_ms[] = {0, 7000};
    for (size_t i = 0; i < KW_COUNT(idle_ms); i++) {
        fixture f = start(&(tls_peer_script){{OK_HELLO}, 1}, &(kw_http_client_options){0});
        silent_port hangs = silent_port_open();
        kw_http_call call = {.method = KW_GET, .url = hangs.url, .total_ms = LONG_MS};
        call.on_bytes = idle_ms[i] == 0 ? NULL : swallow;
        call.idle_ms = idle_ms[i];
        EXPECT_OK(kw_http_crowd_add(f.crowd, &call, &hangs, NULL));
        int limit_ms = -1;
        while (limit_ms == -1) {
            kw_http_crowd_turn(f.crowd, LONG_MS);
            limit_ms = user_timeout_ms(hangs.port);
        }
        assert_int_equal(limit_ms, idle_ms[i] == 0 ? LONG_MS : idle_ms[i]);
        stop(&f);
        silent_port_close(&hangs);
    }
}

static void expect_pinned(fixture *f, const char *url, const char *pin, kw_status wanted)
{
    kw_http_call call = {.method = KW_GET, .url = url, .pinned_spki = pin};
    EXPECT_OK(kw_http_crowd_add(f->crowd, &call, NULL, NULL));
    kw_http_ended ended = take(f);
    EXPECT_STATUS(ended.st, wanted);
    kw_http_result_drop(&ended.result);
}

/* The server keeps its connections: one that was made for another pin is not good enough. */
static void pin__is_that_of_the_call(void **state)
{
    (void)state;
    static net_server server;
    net_server_prepare(&server);
    net_server_start(&server);
    fixture f = {.ca = net_certs_path(&server.certs, "ca.pem")};
    kw_http_client_options options = {.ca_file = f.ca.text};
    EXPECT_OK(kw_http_crowd_new(&f.crowd, &options, NULL));
    char url[64];
    (void)snprintf(url, sizeof url, "https://localhost:%u/small",
                   kw_server_port(server.server, KW_LISTENER_PUBLIC));
    kw_hash32 spki = net_certs_spki(server.files[0].text);
    char right[KW_HTTP_PIN_BYTES];
    char wrong[KW_HTTP_PIN_BYTES];
    kw_http_pin_format(right, &spki);
    spki.bytes[31] ^= 1;
    kw_http_pin_format(wrong, &spki);

    expect_pinned(&f, url, right, KW_OK);
    expect_pinned(&f, url, wrong, KW_PEER_REFUSED);
    expect_pinned(&f, url, right, KW_OK);
    expect_pinned(&f, url, NULL, KW_OK);
    expect_pinned(&f, url, wrong, KW_PEER_REFUSED);
    kw_http_crowd_free(f.crowd);
    net_server_stop(&server);
}

static void take__counts_a_body_that_is_not_kept(void **state)
{
    (void)state;
    for (size_t max = 4; max <= 5; max++) {
        fixture f = start(&(tls_peer_script){{OK_HELLO}, 1},
                          &(kw_http_client_options){.body_bytes_max = max});
        kw_http_call call = {.method = KW_GET, .url = tls_peer_url(f.peer), .drops_body = true};
        EXPECT_OK(kw_http_crowd_add(f.crowd, &call, NULL, NULL));
        kw_http_ended ended = take(&f);
        EXPECT_STATUS(ended.st, max == 5 ? KW_OK : KW_LIMIT);
        assert_int_equal(ended.result.body.len, 0);
        kw_http_result_drop(&ended.result);
        stop(&f);
    }
}

static void take__refuses_an_address_that_is_not_global(void **state)
{
    (void)state;
    fixture f =
        start(&(tls_peer_script){{OK_HELLO}, 1}, &(kw_http_client_options){.only_global = true});
    add(&f, tls_peer_url(f.peer), &f);
    kw_http_ended ended = take(&f);
    EXPECT_STATUS(ended.st, KW_FORBIDDEN);
    assert_int_equal(ended.result.http, 0);
    kw_http_result_drop(&ended.result);
    assert_int_equal(tls_peer_requests_count(f.peer), 0);
    stop(&f);
}

static void add__refuses_what_is_not_https(void **state)
{
    (void)state;
    fixture f = start(&(tls_peer_script){{OK_HELLO}, 1}, &(kw_http_client_options){0});
    kw_http_call call = {.method = KW_GET, .url = "http://127.0.0.1/"};
    kw_error err = {0};
    EXPECT_STATUS(kw_http_crowd_add(f.crowd, &call, NULL, &err), KW_BAD_INPUT);
    assert_int_equal(err.status, KW_BAD_INPUT);
    assert_int_equal(kw_http_crowd_count(f.crowd), 0);
    stop(&f);
}

static void new__refuses_a_certificate_without_key(void **state)
{
    (void)state;
    kw_http_crowd *crowd = NULL;
    kw_error err = {0};
    kw_http_client_options options = {.certificate_file = "a.pem"};
    EXPECT_STATUS(kw_http_crowd_new(&crowd, &options, &err), KW_BAD_INPUT);
    assert_null(crowd);
}

static void wake_once(void *ctx)
{
    kw_http_crowd_wake(ctx);
}

static void wake__ends_a_wait(void **state)
{
    (void)state;
    fixture f = start(&(tls_peer_script){{OK_HELLO}, 1}, &(kw_http_client_options){0});
    kw_thread waker = {0};
    EXPECT_OK(kw_thread_start(&waker, "waker", wake_once, f.crowd, NULL));
    kw_http_crowd_turn(f.crowd, UINT32_MAX); /* the test would not end */
    kw_thread_join(&waker);
    stop(&f);
}

int main(void)
{
    (void)signal(SIGPIPE, SIG_IGN);
    if (kw_http_client_setup(NULL) != KW_OK) {
        return 1;
    }
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(take__tells_calls_apart),
        cmocka_unit_test(take__gives_what_ended_beside_calls_that_hang),
        cmocka_unit_test(take__says_that_time_is_up),
        cmocka_unit_test(total_ms__may_be_that_of_the_call),
        cmocka_unit_test(sockets__give_up_what_is_not_acknowledged),
        cmocka_unit_test(pin__is_that_of_the_call),
        cmocka_unit_test(take__counts_a_body_that_is_not_kept),
        cmocka_unit_test(take__refuses_an_address_that_is_not_global),
        cmocka_unit_test(add__refuses_what_is_not_https),
        cmocka_unit_test(new__refuses_a_certificate_without_key),
        cmocka_unit_test(wake__ends_a_wait),
    };
    return cmocka_run_group_tests_name("net/http_crowd", tests, NULL, NULL);
}
