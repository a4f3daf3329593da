/* SPDX-License-Identifier: Apache-2.0
 * A real server on loopback with routes made for tests. */
#ifndef KW_TESTS_SUPPORT_NET_SERVER_H
#define KW_TESTS_SUPPORT_NET_SERVER_H

#include "net/server.h"
#include "support/net_certs.h"
#include "support/net_gate.h"

/* Routes, all on the public listener (the last one on metrics):
 *   GET  /small            256 bytes, text/plain, with an entity tag "small"
 *   GET  /text             5000 letters that may be compressed
 *   GET  /big?bytes=N      N bytes, "0123456789" repeated
 *   GET  /stream?rows=N    N rows "row i\n", then trailer x-rows: N; waits between; compressible
 *   GET  /follow           waits until woken or drained
 *   GET  /slow             runs on the pool until net_server_let_go
 *   POST /echo             {"text"} -> {"text","len"}, at most 64 KiB
 *   GET  /items/{id}?n=3   {"id","n"}
 *   POST /form             the form's bytes as text/plain
 *   POST /sum              pulls the body, answers {"bytes"}; at most 64 MiB
 *   POST /none             no content
 *   GET  /fail             INTERNAL
 *   GET  /metrics          on the metrics listener */
typedef struct net_service {
    _Atomic unsigned running; /* handlers of /slow */
    _Atomic bool may_finish;  /* they may end */
    _Atomic unsigned streams; /* open ones */
    kw_mutex lock;            /* guards waker */
    kw_waker *waker;          /* of the last stream opened */
} net_service;

typedef struct net_server {
    net_certs certs;
    net_gate gate;
    kw_gate gate_port;
    net_service service;
    kw_net_config config;
    kw_clock clock;
    kw_mount mount;
    kw_listener_config listeners[KW_LISTENERS_COUNT];
    tempdir_path files[4];
    kw_server *server;
} net_server;

/* Prepares configuration and certificates: public with optional client certificates, metrics plain;
 * one loop, two workers. The caller may change `config` and `listeners` before the start. The
 * struct must not move. */
void net_server_prepare(net_server *s);
void net_server_start(net_server *s);

/* Prepares and starts two: one with the usual limits, and one with short times, for tests that only
 * wait for their end. */
void net_server_start_pair(net_server *usual, net_server *hasty);
void net_server_stop(net_server *s);

/* Lets the handlers of /slow end. */
void net_server_let_go(net_server *s);

/* Wakes the last opened stream, if one is open. */
void net_server_wake(net_server *s);

extern const kw_route net_server_routes[];
extern const size_t net_server_routes_count;

#endif /* KW_TESTS_SUPPORT_NET_SERVER_H */
