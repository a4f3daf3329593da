/* SPDX-License-Identifier: Apache-2.0
 * A web server on loopback without TLS, one request per connection, whose answers a test writes
 * byte for byte. */
#ifndef KW_TESTS_SUPPORT_PLAIN_SERVER_H
#define KW_TESTS_SUPPORT_PLAIN_SERVER_H

#include "base/buf.h"

/* Appends the whole answer, status line and all, to a GET of `path`. Runs on the server's thread,
 * one at a time, and not while plain_server_hold holds. */
typedef void (*plain_answer)(void *ctx, kw_buf *out, const char *path);

typedef struct plain_server plain_server;

plain_server *plain_server_start(plain_answer answer, void *ctx);
void plain_server_stop(plain_server *server);

/* "http://127.0.0.1:<port>" */
const char *plain_server_url(const plain_server *server);

/* Whoever touches what the answers are made of does it between these. */
void plain_server_hold(plain_server *server);
void plain_server_release(plain_server *server);

#endif /* KW_TESTS_SUPPORT_PLAIN_SERVER_H */
