/* SPDX-License-Identifier: Apache-2.0
 * A scripted TLS server. */
#include "support/tls_peer.h"

#include "base/heap.h"
#include "os/clock.h"
#include "os/file.h"
#include "os/thread.h"
#include "support/expect.h"
#include "support/process.h"

#include <arpa/inet.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    REQUESTS_BYTES_MAX = 1 << 24,
};

struct tls_peer {
    tls_peer_script script;
    kw_span tails[TLS_PEER_STEPS_MAX];
    size_t step;        /* of the script, next */
    const char *on_get; /* NULL: a GET is a step as any other */
    kw_span on_get_tail;
    SSL_CTX *tls;
    int listener;
    int stop_fd; /* readable: end */
    char url[64];
    kw_buf requests;
    kw_mutex mutex; /* guards requests and their count */
    kw_cond changed;
    size_t requests_count;
    kw_thread thread;
};

static void write_file(const tempdir *dir, const char *name, kw_span bytes)
{
    tempdir_path path = tempdir_join(dir, name);
    EXPECT_OK(kw_file_write_atomic(path.text, bytes, 0600, NULL));
}

/* Makes CA and server certificate: "ca.pem", "peer.pem", "peer.key". */
static void make_certificates(const tempdir *dir)
{
    kw_clock clock = kw_clock_system();
    kw_unix_s not_before = kw_clock_now_ms(&clock) / 1000 - 60;
    KW_AUTO_PTR(kw_x509_ca) ca = NULL;
    EXPECT_OK(kw_x509_ca_new(&ca, "test", not_before, 2, NULL));
    KW_AUTO(kw_x509_pair) root = {0};
    KW_AUTO(kw_x509_pair) leaf = {0};
    EXPECT_OK(kw_x509_ca_export(ca, &root, NULL));
    kw_x509_request request = {.common_name = "localhost",
                               .use = KW_X509_SERVER,
                               .names = {"DNS:localhost", "IP:127.0.0.1"},
                               .names_count = 2,
                               .not_before = not_before,
                               .days = 1};
    EXPECT_OK(kw_x509_ca_issue(ca, &leaf, &request, NULL));
    write_file(dir, "ca.pem", kw_buf_view(&root.certificate));
    write_file(dir, "peer.pem", kw_buf_view(&leaf.certificate));
    write_file(dir, "peer.key",
               kw_declassify_span(kw_secret_bytes_view(&leaf.key), "a key of this test"));
}

static SSL_CTX *load_tls(const char *certificate, const char *key)
{
    SSL_CTX *tls = SSL_CTX_new(TLS_server_method());
    assert_non_null(tls);
    assert_int_equal(SSL_CTX_set_min_proto_version(tls, TLS1_3_VERSION), 1);
    assert_int_equal(SSL_CTX_use_certificate_file(tls, certificate, SSL_FILETYPE_PEM), 1);
    assert_int_equal(SSL_CTX_use_PrivateKey_file(tls, key, SSL_FILETYPE_PEM), 1);
    return tls;
}

/* Reads a header and the body that its Content-Length announces; false: the client left before. */
static bool read_one(SSL *ssl, kw_buf *out)
{
    size_t wanted = SIZE_MAX;
    while (out->len < wanted) {
        uint8_t chunk[4096];
        int got = SSL_read(ssl, chunk, sizeof chunk);
        if (got <= 0) {
            return false;
        }
        EXPECT_OK(kw_buf_append(out, (kw_span){chunk, (size_t)got}));
        const char *text = NULL;
        EXPECT_OK(kw_buf_c_text(out, &text));
        const char *end = strstr(text, "\r\n\r\n");
        const char *length = strstr(text, "Content-Length: ");
        if (end != NULL) {
            size_t body = length == NULL ? 0 : strtoul(length + 16, NULL, 10);
            wanted = (size_t)(end - text) + 4 + body;
        }
    }
    return true;
}

/* Reads a request; whether it is a GET that is none of the script's. */
static bool read_request(tls_peer *peer, SSL *ssl)
{
    KW_AUTO(kw_buf) request = kw_buf_init(REQUESTS_BYTES_MAX);
    bool is_whole = read_one(ssl, &request);
    KW_AUTO(kw_locked) hold = kw_lock(&peer->mutex);
    EXPECT_OK(kw_buf_append(&peer->requests, kw_buf_view(&request)));
    if (is_whole) {
        peer->requests_count++;
        kw_cond_broadcast(&peer->changed);
    }
    return peer->on_get != NULL && kw_str_starts_with(kw_buf_text(&request), KW_STR("GET "));
}

/* Reads a request and says what is next. */
static void play(tls_peer *peer, SSL *ssl)
{
    size_t before = tls_peer_requests_count(peer);
    bool is_aside = read_request(peer, ssl);
    size_t step = KW_MIN(peer->step, peer->script.count - 1);
    const char *text = is_aside ? peer->on_get : peer->script.answers[step];
    kw_span tail = is_aside ? peer->on_get_tail : peer->tails[step];
    peer->step += is_aside ? 0 : tls_peer_requests_count(peer) - before;
    if (text != NULL) {
        (void)SSL_write(ssl, text, (int)strlen(text));
        if (tail.len > 0) {
            (void)SSL_write(ssl, tail.ptr, (int)tail.len);
        }
        (void)SSL_shutdown(ssl);
    }
}

static void answer(tls_peer *peer, int fd)
{
    SSL *ssl = SSL_new(peer->tls);
    assert_non_null(ssl);
    assert_int_equal(SSL_set_fd(ssl, fd), 1);
    if (SSL_accept(ssl) == 1) {
        play(peer, ssl);
    }
    SSL_free(ssl);
}

static void run(void *ctx)
{
    tls_peer *peer = ctx;
    for (;;) {
        struct pollfd fds[] = {{.fd = peer->listener, .events = POLLIN},
                               {.fd = peer->stop_fd, .events = POLLIN}};
        if (poll(fds, KW_COUNT(fds), -1) < 0) {
            continue;
        }
        if (fds[1].revents != 0) {
            return;
        }
        int fd = accept(peer->listener, NULL, NULL);
        if (fd >= 0) {
            answer(peer, fd);
            (void)close(fd);
        }
    }
}

tls_peer *tls_peer_start(const tempdir *dir, const tls_peer_script *script)
{
    make_certificates(dir);
    tempdir_path certificate = tempdir_join(dir, "peer.pem");
    tempdir_path key = tempdir_join(dir, "peer.key");
    return tls_peer_start_as(certificate.text, key.text, script);
}

tls_peer *tls_peer_start_as(const char *certificate, const char *key, const tls_peer_script *script)
{
    tls_peer *peer = kw_heap_new(1, sizeof *peer);
    assert_non_null(peer);
    peer->script = *script;
    peer->requests = kw_buf_init(REQUESTS_BYTES_MAX);
    EXPECT_OK(kw_buf_reserve(&peer->requests, REQUESTS_BYTES_MAX)); /* it stays where it is */
    peer->tls = load_tls(certificate, key);
    peer->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    assert_int_equal(bind(peer->listener, (struct sockaddr *)&address, sizeof address), 0);
    assert_int_equal(listen(peer->listener, 16), 0);
    socklen_t size = sizeof address;
    assert_int_equal(getsockname(peer->listener, (struct sockaddr *)&address, &size), 0);
    (void)snprintf(peer->url, sizeof peer->url, "https://localhost:%u", ntohs(address.sin_port));
    peer->stop_fd = eventfd(0, EFD_CLOEXEC);
    assert_true(peer->stop_fd >= 0);
    EXPECT_OK(kw_thread_start(&peer->thread, "tls-peer", run, peer, NULL));
    return peer;
}

const char *tls_peer_url(const tls_peer *peer)
{
    return peer->url;
}

void tls_peer_append(tls_peer *peer, size_t step, kw_span tail)
{
    peer->tails[step] = tail;
}

void tls_peer_on_get(tls_peer *peer, const char *answer_text, kw_span tail)
{
    peer->on_get = answer_text;
    peer->on_get_tail = tail;
}

kw_str tls_peer_requests(tls_peer *peer)
{
    KW_AUTO(kw_locked) hold = kw_lock(&peer->mutex);
    return kw_buf_text(&peer->requests);
}

size_t tls_peer_requests_count(tls_peer *peer)
{
    KW_AUTO(kw_locked) hold = kw_lock(&peer->mutex);
    return peer->requests_count;
}

void tls_peer_wait(tls_peer *peer, size_t count)
{
    uint64_t deadline_ns = kw_monotonic_ns() + PROCESS_LIMIT_MS * UINT64_C(1000000);
    KW_AUTO(kw_locked) hold = kw_lock(&peer->mutex);
    while (peer->requests_count < count) {
        if (!kw_cond_wait_until(&peer->changed, &peer->mutex, deadline_ns)) {
            fail_msg("%zu requests came, not %zu", peer->requests_count, count);
        }
    }
}

void tls_peer_stop(tls_peer *peer)
{
    uint64_t one = 1;
    assert_int_equal(write(peer->stop_fd, &one, sizeof one), sizeof one);
    kw_thread_join(&peer->thread);
    (void)close(peer->listener);
    (void)close(peer->stop_fd);
    SSL_CTX_free(peer->tls);
    kw_buf_drop(&peer->requests);
    kw_heap_free(peer);
}
