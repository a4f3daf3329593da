/* SPDX-License-Identifier: Apache-2.0
 * Blocking sockets with a time limit, and OpenSSL as a client. */
#include "support/wire_peer.h"

#include "support/expect.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

enum {
    IN_BYTES_MAX = 512 << 20
};

bool wire_try_connect(wire_peer *peer, uint16_t port)
{
    (void)signal(SIGPIPE, SIG_IGN); /* NOLINT: a broken connection is a result here */
    *peer = (wire_peer){.fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
    assert_true(peer->fd >= 0);
    peer->in = kw_buf_init(IN_BYTES_MAX);
    struct timeval limit = {.tv_sec = WIRE_LIMIT_MS / 1000};
    assert_int_equal(setsockopt(peer->fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit), 0);
    assert_int_equal(setsockopt(peer->fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit), 0);
    struct sockaddr_in name = {.sin_family = AF_INET, .sin_port = htons(port)};
    name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return connect(peer->fd, (const struct sockaddr *)&name, sizeof name) == 0;
}

void wire_connect(wire_peer *peer, uint16_t port)
{
    assert_true(wire_try_connect(peer, port));
}

static int keep_ticket(SSL *ssl, SSL_SESSION *session)
{
    wire_peer *peer = SSL_get_app_data(ssl);
    SSL_SESSION_free(peer->ticket);
    peer->ticket = session;
    return 1;
}

static void set_alpn(SSL *ssl, const char *alpn)
{
    unsigned char wire[32];
    size_t len = strlen(alpn);
    if (len > 0) {
        wire[0] = (unsigned char)len;
        memcpy(wire + 1, alpn, len);
        assert_int_equal(SSL_set_alpn_protos(ssl, wire, (unsigned)len + 1), 0);
    }
}

bool wire_connect_tls(wire_peer *peer, uint16_t port, const wire_tls *options)
{
    wire_connect(peer, port);
    return wire_handshake(peer, options);
}

bool wire_handshake(wire_peer *peer, const wire_tls *options)
{
    peer->ctx = SSL_CTX_new(TLS_client_method());
    SSL_CTX_set_session_cache_mode(peer->ctx,
                                   SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL_STORE);
    SSL_CTX_sess_set_new_cb(peer->ctx, keep_ticket);
    (void)SSL_CTX_set_max_proto_version(peer->ctx, options->version_max);
    if (options->groups != NULL) {
        assert_int_equal(SSL_CTX_set1_groups_list(peer->ctx, options->groups), 1);
    }
    if (options->certificate != NULL) {
        assert_int_equal(SSL_CTX_use_certificate_chain_file(peer->ctx, options->certificate), 1);
        assert_int_equal(SSL_CTX_use_PrivateKey_file(peer->ctx, options->key, SSL_FILETYPE_PEM), 1);
    }
    peer->ssl = SSL_new(peer->ctx);
    SSL_set_app_data(peer->ssl, peer);
    set_alpn(peer->ssl, options->alpn == NULL ? "http/1.1" : options->alpn);
    if (options->session != NULL) {
        assert_int_equal(SSL_set_session(peer->ssl, options->session), 1);
    }
    if (options->asks_staple) {
        assert_int_equal(SSL_set_tlsext_status_type(peer->ssl, TLSEXT_STATUSTYPE_ocsp), 1);
    }
    assert_int_equal(SSL_set_fd(peer->ssl, peer->fd), 1);
    return SSL_connect(peer->ssl) == 1;
}

void wire_close(wire_peer *peer)
{
    SSL_SESSION_free(peer->ticket);
    SSL_free(peer->ssl);
    SSL_CTX_free(peer->ctx);
    if (peer->fd >= 0) {
        (void)close(peer->fd);
    }
    kw_buf_drop(&peer->in);
    *peer = (wire_peer){.fd = -1};
}

bool wire_send(wire_peer *peer, kw_span bytes)
{
    while (bytes.len > 0) {
        int piece = (int)KW_MIN(bytes.len, (size_t)1 << 20);
        ssize_t sent = peer->ssl != NULL ? SSL_write(peer->ssl, bytes.ptr, piece)
                                         : send(peer->fd, bytes.ptr, (size_t)piece, MSG_NOSIGNAL);
        if (sent <= 0) {
            return false;
        }
        bytes = (kw_span){bytes.ptr + sent, bytes.len - (size_t)sent};
    }
    return true;
}

bool wire_send_text(wire_peer *peer, const char *text)
{
    return wire_send(peer, kw_span_of_str(kw_str_of(text)));
}

void wire_end(wire_peer *peer)
{
    if (peer->ssl != NULL) {
        (void)SSL_shutdown(peer->ssl);
    }
    (void)shutdown(peer->fd, SHUT_WR);
}

static bool is_timeout(ssize_t got, int code)
{
    return got < 0 && code == EAGAIN;
}

bool wire_read(wire_peer *peer)
{
    uint8_t room[16384];
    if (peer->is_closed) {
        return false;
    }
    errno = 0;
    ssize_t got = peer->ssl != NULL ? SSL_read(peer->ssl, room, sizeof room)
                                    : recv(peer->fd, room, sizeof room, 0);
    if (got <= 0) {
        if (is_timeout(got, errno)) {
            print_error("wire: nothing came in time\n");
            fail();
        }
        peer->is_closed = true;
        peer->was_clean =
            peer->ssl != NULL && SSL_get_error(peer->ssl, (int)got) == SSL_ERROR_ZERO_RETURN;
        return false;
    }
    EXPECT_OK(kw_buf_append(&peer->in, (kw_span){room, (size_t)got}));
    return true;
}

void wire_read_all(wire_peer *peer)
{
    while (wire_read(peer)) {
    }
}

/* Position behind the first `mark`, reading until it is there; 0 when the connection ends
 * before. */
static size_t read_past(wire_peer *peer, size_t from, const char *mark)
{
    size_t mark_len = strlen(mark);
    for (;;) {
        void *found = peer->in.len < from + mark_len
                          ? NULL
                          : memmem(peer->in.ptr + from, peer->in.len - from, mark, mark_len);
        if (found != NULL) {
            return (size_t)((uint8_t *)found - peer->in.ptr) + mark_len;
        }
        if (!wire_read(peer)) {
            return 0;
        }
    }
}

static void need(wire_peer *peer, size_t len)
{
    while (peer->in.len < len) {
        if (!wire_read(peer)) {
            print_error("wire: the response is cut\n");
            fail();
        }
    }
}

static void take(wire_peer *peer, kw_buf *out, size_t from, size_t len)
{
    need(peer, from + len);
    EXPECT_OK(kw_buf_append(out, (kw_span){peer->in.ptr + from, len}));
}

/* Returns the position behind the chunked body that begins at `at`. */
static size_t take_chunks(wire_peer *peer, wire_response *out, size_t at)
{
    for (;;) {
        size_t data = read_past(peer, at, "\r\n");
        assert_true(data > 0);
        size_t len = strtoul((const char *)peer->in.ptr + at, NULL, 16);
        if (len == 0) {
            size_t end = read_past(peer, data - 2, "\r\n\r\n");
            assert_true(end > 0);
            size_t before = out->storage.len;
            take(peer, &out->storage, data, end - data);
            out->trailers = (kw_str){NULL, before}; /* made a view by the caller */
            return end;
        }
        take(peer, &out->body, data, len);
        at = data + len + 2;
        need(peer, at);
    }
}

bool wire_read_response(wire_peer *peer, wire_response *out, bool is_head)
{
    wire_response_drop(out);
    out->storage = kw_buf_init(1 << 20);
    out->body = kw_buf_init(IN_BYTES_MAX);
    size_t end = read_past(peer, 0, "\r\n\r\n");
    if (end == 0) {
        return false;
    }
    take(peer, &out->storage, 0, end);
    size_t head_len = end;
    out->head = (kw_str){(const char *)out->storage.ptr, head_len};
    out->status = (int)strtol((const char *)out->storage.ptr + 9, NULL, 10);
    if (out->status == 100) {
        kw_buf_consume(&peer->in, end);
        return wire_read_response(peer, out, is_head);
    }
    kw_str length = wire_field(out, "content-length");
    uint64_t len = 0;
    bool has_body = !is_head && out->status != 204 && out->status != 304;
    if (has_body && wire_field(out, "transfer-encoding").len > 0) {
        end = take_chunks(peer, out, end);
        size_t trailers_at = out->trailers.len;
        out->trailers =
            (kw_str){(const char *)out->storage.ptr + trailers_at, out->storage.len - trailers_at};
    } else if (has_body) {
        assert_true(kw_str_to_u64(length, UINT64_MAX, &len));
        take(peer, &out->body, end, len);
        end += len;
    }
    out->head = (kw_str){(const char *)out->storage.ptr, head_len};
    kw_buf_consume(&peer->in, end);
    return true;
}

void wire_response_drop(wire_response *response)
{
    kw_buf_drop(&response->storage);
    kw_buf_drop(&response->body);
    *response = (wire_response){0};
}

kw_str wire_field(const wire_response *response, const char *name)
{
    kw_str rest = response->head;
    kw_str line = {0};
    while (rest.len > 0) {
        kw_str field = {0};
        kw_str value = {0};
        (void)kw_str_split(rest, '\n', &line, &rest);
        if (kw_str_split(line, ':', &field, &value) &&
            kw_str_equal_nocase(field, kw_str_of(name))) {
            return kw_str_trim(value);
        }
    }
    return (kw_str){0};
}
