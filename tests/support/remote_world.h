/* SPDX-License-Identifier: Apache-2.0
 * A command and a scripted daemon: for tests of commands that call one. */
#ifndef KW_TESTS_SUPPORT_REMOTE_WORLD_H
#define KW_TESTS_SUPPORT_REMOTE_WORLD_H

#include "support/command_line.h"
#include "support/tls_peer.h"

/* An answer of the script. `body` is JSON text. */
#define REMOTE_OK(body) "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" body
#define REMOTE_REFUSAL(http, code)                                                            \
    "HTTP/1.1 " http " No\r\nConnection: close\r\nContent-Type: application/problem+json\r\n" \
    "\r\n{\"type\":\"about:blank\",\"title\":\"it is refused\",\"status\":" http              \
    ",\"code\":\"" code "\",\"request_id\":\"0123456789abcdef01234567\"}"

typedef struct remote_world {
    tempdir dir; /* with ca.pem and api.key; "%" in words stands for it */
    tls_peer *peer;
} remote_world;

/* A daemon that gives the same answer to everything, or plays a script. */
remote_world remote_world_make(const char *answer);
remote_world remote_world_make_script(const tls_peer_script *script);
void remote_world_remove(remote_world *world);

/* Runs `keyward <words>` with the options that lead to the daemon. */
command_result remote_world_run(const remote_world *world, const char *words);

/* Runs `keyward <words>` without any. */
command_result remote_world_run_bare(const remote_world *world, const char *words);

/* Fails the test unless the daemon got this text, such as "POST /v1/x HTTP/1.1\r\n". */
void remote_world_expect_request(const remote_world *world, const char *text);

#endif /* KW_TESTS_SUPPORT_REMOTE_WORLD_H */
