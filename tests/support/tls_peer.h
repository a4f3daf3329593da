/* SPDX-License-Identifier: Apache-2.0
 * A TLS 1.3 server on loopback that plays back a script: for tests of our client, so that every odd
 * answer can be given. It speaks HTTP/1.1, one request per connection, and keeps what it was
 * sent. */
#ifndef KW_TESTS_SUPPORT_TLS_PEER_H
#define KW_TESTS_SUPPORT_TLS_PEER_H

#include "base/buf.h"
#include "crypto/x509.h"
#include "support/tempdir.h"

enum {
    TLS_PEER_STEPS_MAX = 8
};

/* What is sent after a request was read; NULL: the connection is closed without an answer. */
typedef struct tls_peer_script {
    const char *answers[TLS_PEER_STEPS_MAX];
    size_t count; /* the last one is repeated for later requests */
} tls_peer_script;

typedef struct tls_peer tls_peer;

/* Starts with a certificate for localhost and 127.0.0.1 of a fresh CA, whose certificate is written
 * to "<dir>/ca.pem". */
tls_peer *tls_peer_start(const tempdir *dir, const tls_peer_script *script);

/* The same with a certificate and key that exist (PEM files). */
tls_peer *tls_peer_start_as(const char *certificate, const char *key,
                            const tls_peer_script *script);

/* "https://localhost:<port>" */
const char *tls_peer_url(const tls_peer *peer);

/* From now on sends `tail` behind the answer of that step, such as a body with zeros; borrowed.
 * Call it before the first request. */
void tls_peer_append(tls_peer *peer, size_t step, kw_span tail);

/* From now on a GET gets this answer with `tail` behind it, and is no step of the script; borrowed.
 * Call it before the first request. */
void tls_peer_on_get(tls_peer *peer, const char *answer, kw_span tail);

/* Requests so far, each with its header and body, joined; valid until tls_peer_stop. */
kw_str tls_peer_requests(tls_peer *peer);
size_t tls_peer_requests_count(tls_peer *peer);

/* Waits until that many were read; fails the test after PROCESS_LIMIT_MS. */
void tls_peer_wait(tls_peer *peer, size_t count);

void tls_peer_stop(tls_peer *peer);

#endif /* KW_TESTS_SUPPORT_TLS_PEER_H */
