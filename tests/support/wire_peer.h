/* SPDX-License-Identifier: Apache-2.0
 * A client that sends exactly the bytes a test wants, plain or over TLS, and reads what comes. It
 * waits at most WIRE_LIMIT_MS for anything; then the test fails. */
#ifndef KW_TESTS_SUPPORT_WIRE_PEER_H
#define KW_TESTS_SUPPORT_WIRE_PEER_H

#include "base/buf.h"

#include <openssl/ssl.h>

enum {
    WIRE_LIMIT_MS = 20000
};

/* How a TLS peer behaves. All-zero: no certificate, ALPN "http/1.1", the server is not verified. */
typedef struct wire_tls {
    const char *alpn; /* "h2", "" = no ALPN; NULL = "http/1.1" */
    const char *certificate;
    const char *key;
    SSL_SESSION *session; /* to resume */
    int version_max;      /* 0 = any */
    const char *groups;   /* NULL = OpenSSL's */
    bool asks_staple;     /* for the server's OCSP response */
} wire_tls;

typedef struct wire_peer {
    int fd;
    SSL_CTX *ctx;
    SSL *ssl;            /* NULL: plain */
    SSL_SESSION *ticket; /* the last one the server sent; owned */
    kw_buf in;           /* read, not yet taken */
    bool is_closed;      /* the server ended */
    bool was_clean;      /* with close_notify */
} wire_peer;

/* Connects; fails the test when it cannot. */
void wire_connect(wire_peer *peer, uint16_t port);

/* The same; false when nobody listens. */
bool wire_try_connect(wire_peer *peer, uint16_t port);

/* Shakes hands on a connection. */
bool wire_handshake(wire_peer *peer, const wire_tls *options);

/* Connects and shakes hands; false when the handshake fails. TLS 1.3 tells a client only when it
 * reads whether its certificate was accepted. */
bool wire_connect_tls(wire_peer *peer, uint16_t port, const wire_tls *options);

void wire_close(wire_peer *peer);

/* Sends all. False: the connection broke. */
bool wire_send(wire_peer *peer, kw_span bytes);
bool wire_send_text(wire_peer *peer, const char *text);

/* Ends our side: close_notify and FIN. */
void wire_end(wire_peer *peer);

/* Reads once into `in`; false at the end of the connection. */
bool wire_read(wire_peer *peer);

/* Reads to the end of the connection. */
void wire_read_all(wire_peer *peer);

/* One HTTP/1.1 response. Texts are views of `storage`. */
typedef struct wire_response {
    int status;
    kw_buf storage;
    kw_str head; /* with its status line */
    kw_buf body; /* decoded */
    kw_str trailers;
} wire_response;

/* Reads one response, interim ones skipped; false when the connection ended before. `is_head`: the
 * request was HEAD. */
bool wire_read_response(wire_peer *peer, wire_response *out, bool is_head);
void wire_response_drop(wire_response *response);

/* Value of a field by lower-case name; empty when absent. */
kw_str wire_field(const wire_response *response, const char *name);

#endif /* KW_TESTS_SUPPORT_WIRE_PEER_H */
