/* SPDX-License-Identifier: Apache-2.0
 * Some threads that accept from one socket, so that an answer that hangs delays no other. */
#include "support/mirror.h"

#include "base/heap.h"
#include "crypto/merkle.h"
#include "os/thread.h"
#include "params/engine/leaf.h"
#include "support/expect.h"
#include "tlog/engine/tile.h"

#include <arpa/inet.h>
#include <inttypes.h>
#include <openssl/ssl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    WORKERS = 4,
    HEAD_BYTES_MAX = 4096,
};

struct mirror {
    const char *name;
    kw_span content;
    kw_hash32 *leaves; /* owned */
    size_t leaves_count;
    mirror_habit habit;
    size_t break_bytes;
    SSL_CTX *tls;
    int listener;
    char url[64];
    _Atomic uint64_t sent;
    atomic_uint requests;
    kw_thread workers[WORKERS];
};

/* What a GET asks for. */
typedef struct asked {
    char path[512];
    size_t first;
    size_t end;
    bool has_range;
} asked;

static bool read_head(SSL *ssl, char head[HEAD_BYTES_MAX])
{
    size_t len = 0;
    while (len + 1 < HEAD_BYTES_MAX) {
        int got = SSL_read(ssl, head + len, (int)(HEAD_BYTES_MAX - 1 - len));
        if (got <= 0) {
            return false;
        }
        len += (size_t)got;
        head[len] = '\0';
        if (strstr(head, "\r\n\r\n") != NULL) {
            return true;
        }
    }
    return false;
}

static asked parse(const mirror *m, const char *head)
{
    asked out = {.end = m->content.len};
    const char *path = head + strlen("GET ");
    size_t len = strcspn(path, " ");
    assert_true(strncmp(head, "GET ", 4) == 0 && len < sizeof out.path);
    memcpy(out.path, path, len);
    const char *range = strstr(head, "Range: bytes=");
    if (range != NULL) {
        char *rest = NULL;
        out.has_range = true;
        out.first = strtoul(range + strlen("Range: bytes="), &rest, 10);
        out.end = KW_MIN(strtoul(rest + 1, NULL, 10) + 1, m->content.len);
        assert_true(out.first < out.end);
    }
    return out;
}

/* ---- answers ---- */

static void send_bytes(SSL *ssl, kw_span bytes)
{
    size_t sent = 0;
    while (sent < bytes.len) {
        int now = SSL_write(ssl, bytes.ptr + sent, (int)KW_MIN(bytes.len - sent, (size_t)16384));
        if (now <= 0) {
            return; /* the client has heard enough */
        }
        sent += (size_t)now;
    }
}

static void send_text(SSL *ssl, const char *text)
{
    send_bytes(ssl, kw_span_of_str(kw_str_of(text)));
}

static void send_tile(const mirror *m, SSL *ssl, const char *path)
{
    char head[128];
    kw_tile tile;
    EXPECT_OK(kw_tile_path_parse(&tile, kw_str_of(path)));
    assert_int_equal(tile.level, 0);
    size_t first = (size_t)tile.index * KW_TILE_WIDTH;
    assert_true(first + tile.width <= m->leaves_count);
    kw_span hashes = {m->leaves[first].bytes, tile.width * sizeof(kw_hash32)};
    (void)snprintf(head, sizeof head,
                   "HTTP/1.1 200 OK\r\nContent-Length: %zu\r\nConnection: close\r\n\r\n",
                   hashes.len);
    send_text(ssl, head);
    if (m->habit == MIRROR_HAS_OTHER_TILES) {
        uint8_t other = (uint8_t)(hashes.ptr[0] ^ 1);
        send_bytes(ssl, (kw_span){&other, 1});
        hashes = (kw_span){hashes.ptr + 1, hashes.len - 1};
    }
    send_bytes(ssl, hashes);
}

/* Head and length of an answer whose body is `len` bytes of the file from `first` on. */
static void send_head(const mirror *m, SSL *ssl, const asked *what, size_t len)
{
    char head[512];
    bool is_whole = m->habit == MIRROR_IGNORES_RANGES || !what->has_range;
    size_t shift = m->habit == MIRROR_SHIFTS_RANGES ? 1 : 0;
    char range[128] = "";
    if (!is_whole) {
        (void)snprintf(range, sizeof range, "Content-Range: bytes %zu-%zu/%zu\r\n",
                       what->first + shift, what->end - 1 + shift, m->content.len);
    }
    (void)snprintf(head, sizeof head,
                   "HTTP/1.1 %s\r\n%s%sContent-Length: %zu\r\nConnection: close\r\n\r\n",
                   is_whole ? "200 OK" : "206 Partial Content", range,
                   m->habit == MIRROR_ENCODES ? "Content-Encoding: gzip\r\n" : "", len);
    send_text(ssl, head);
}

static void send_body(mirror *m, SSL *ssl, kw_span body)
{
    (void)atomic_fetch_add(&m->sent, body.len);
    send_bytes(ssl, body);
}

static void send_range(mirror *m, SSL *ssl, const asked *what)
{
    size_t first = m->habit == MIRROR_IGNORES_RANGES ? 0 : what->first;
    size_t end = m->habit == MIRROR_IGNORES_RANGES ? m->content.len : what->end;
    kw_span body = {m->content.ptr + first, end - first};
    body.len -= m->habit == MIRROR_CUTS_SHORT ? 1 : 0;
    send_head(m, ssl, what, body.len + (m->habit == MIRROR_ADDS ? 1 : 0));
    if (m->habit == MIRROR_STALLS) {
        char nothing[1];
        (void)SSL_read(ssl, nothing, sizeof nothing); /* until the client gives up */
    } else if (m->habit == MIRROR_BREAKS_OFF) {
        send_body(m, ssl, (kw_span){body.ptr, KW_MIN(body.len, m->break_bytes)});
    } else if (m->habit == MIRROR_LIES) {
        uint8_t other = (uint8_t)(body.ptr[0] ^ 1);
        send_body(m, ssl, (kw_span){&other, 1});
        send_body(m, ssl, (kw_span){body.ptr + 1, body.len - 1});
    } else {
        send_body(m, ssl, body);
        send_text(ssl, m->habit == MIRROR_ADDS ? "+" : "");
    }
}

static void answer(mirror *m, SSL *ssl)
{
    static const char missing[] =
        "HTTP/1.1 404 No\r\nContent-Length: 2\r\nConnection: close\r\n\r\nno";
    static const char busy[] =
        "HTTP/1.1 503 No\r\nContent-Length: 2\r\nConnection: close\r\n\r\nno";
    static const char page[] =
        "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 18\r\n"
        "Connection: close\r\n\r\n<html>sorry</html>";
    char head[HEAD_BYTES_MAX];
    if (!read_head(ssl, head)) {
        return;
    }
    asked what = parse(m, head);
    const char *tile = strstr(what.path, "/tile/");
    (void)atomic_fetch_add(&m->requests, 1);
    if (m->habit == MIRROR_HAS_NOTHING || (tile == NULL && strstr(what.path, m->name) == NULL)) {
        send_text(ssl, missing);
    } else if (m->habit == MIRROR_IS_BUSY) {
        send_text(ssl, busy);
    } else if (m->habit == MIRROR_SHOWS_A_PAGE) {
        send_text(ssl, page);
    } else if (tile != NULL) {
        send_tile(m, ssl, tile + 1);
    } else {
        send_range(m, ssl, &what);
    }
}

static void work(void *ctx)
{
    mirror *m = ctx;
    int fd = accept(m->listener, NULL, NULL);
    while (fd >= 0) { /* until stop shuts the listening socket down */
        SSL *ssl = SSL_new(m->tls);
        assert_non_null(ssl);
        assert_int_equal(SSL_set_fd(ssl, fd), 1);
        if (SSL_accept(ssl) == 1) {
            answer(m, ssl);
            (void)SSL_shutdown(ssl);
        }
        SSL_free(ssl);
        (void)close(fd);
        fd = accept(m->listener, NULL, NULL);
    }
}

/* ---- life ---- */

static void hash_leaves(mirror *m)
{
    m->leaves_count = (size_t)kw_leaf_count(m->content.len);
    m->leaves = kw_heap_new(m->leaves_count, sizeof *m->leaves);
    assert_non_null(m->leaves);
    for (size_t i = 0; i < m->leaves_count; i++) {
        size_t at = i * KW_LEAF_BYTES;
        kw_span leaf = {m->content.ptr + at, KW_MIN(m->content.len - at, (size_t)KW_LEAF_BYTES)};
        kw_merkle_leaf(&m->leaves[i], leaf);
    }
}

static void listen_on(mirror *m)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    m->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(m->listener, (struct sockaddr *)&address, sizeof address), 0);
    assert_int_equal(listen(m->listener, 64), 0);
    assert_int_equal(getsockname(m->listener, (struct sockaddr *)&address, &size), 0);
    (void)snprintf(m->url, sizeof m->url, "https://localhost:%u", ntohs(address.sin_port));
}

mirror *mirror_start(const net_certs *certs, const char *name, kw_span content)
{
    mirror *m = kw_heap_new(1, sizeof *m);
    assert_non_null(m);
    tempdir_path certificate = net_certs_path(certs, "server.pem");
    tempdir_path key = net_certs_path(certs, "server.key");
    m->name = name;
    m->content = content;
    hash_leaves(m);
    m->tls = SSL_CTX_new(TLS_server_method());
    assert_non_null(m->tls);
    assert_int_equal(SSL_CTX_use_certificate_chain_file(m->tls, certificate.text), 1);
    assert_int_equal(SSL_CTX_use_PrivateKey_file(m->tls, key.text, SSL_FILETYPE_PEM), 1);
    listen_on(m);
    for (unsigned i = 0; i < WORKERS; i++) {
        EXPECT_OK(kw_thread_start(&m->workers[i], "mirror", work, m, NULL));
    }
    return m;
}

void mirror_stop(mirror *m)
{
    if (m == NULL) {
        return;
    }
    (void)shutdown(m->listener, SHUT_RDWR);
    for (unsigned i = 0; i < WORKERS; i++) {
        kw_thread_join(&m->workers[i]);
    }
    (void)close(m->listener);
    SSL_CTX_free(m->tls);
    kw_heap_free(m->leaves);
    kw_heap_free(m);
}

const char *mirror_url(const mirror *m)
{
    return m->url;
}

void mirror_behave(mirror *m, mirror_habit habit, size_t break_bytes)
{
    m->habit = habit;
    m->break_bytes = break_bytes;
}

uint64_t mirror_sent(mirror *m)
{
    return atomic_load(&m->sent);
}

unsigned mirror_requests(mirror *m)
{
    return atomic_load(&m->requests);
}

kw_hash32 mirror_root(const mirror *m)
{
    kw_hash32 root;
    kw_merkle_root_of(&root, m->leaves, m->leaves_count);
    return root;
}
