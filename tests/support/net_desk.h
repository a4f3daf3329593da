/* SPDX-License-Identifier: Apache-2.0
 * A protocol on a desk: one connection of a loop that does not run, so that a test or a fuzzer
 * hands bytes in and takes bytes out without a network. Header only: fuzz targets use it too. */
#ifndef KW_TESTS_SUPPORT_NET_DESK_H
#define KW_TESTS_SUPPORT_NET_DESK_H

#include "base/heap.h"
#include "net/conn.h"
#include "net/exchange.h"

#include <sys/socket.h>
#include <unistd.h>

/* What the gate saw; the members are plain because everything runs on one thread. */
typedef struct net_desk {
    kw_clock_manual manual;
    kw_clock clock;
    kw_gate gate;
    kw_core core;
    kw_loop loop;
    kw_conn conn;
    int far_end; /* of the connection's socket */
    unsigned admitted;
    unsigned settled;
    kw_status admit_status;
    kw_status last_outcome;
    bool holds; /* settle keeps the response: net_desk_let_go */
    kw_held *held;
} net_desk;

static inline kw_status net_desk_greet(void *ctx, const kw_peer *peer)
{
    KW_UNUSED(ctx);
    KW_UNUSED(peer);
    return KW_OK;
}

static inline kw_status net_desk_admit(void *ctx, kw_admission *out, const kw_approach *approach,
                                       kw_error *err)
{
    net_desk *desk = (net_desk *)ctx;
    KW_UNUSED(out);
    KW_UNUSED(approach);
    KW_UNUSED(err);
    desk->admitted++;
    return desk->admit_status;
}

static inline void net_desk_settle(void *ctx, const kw_outcome *outcome, kw_held *held)
{
    net_desk *desk = (net_desk *)ctx;
    desk->settled++;
    desk->last_outcome = outcome->status;
    desk->held = held;
    if (!desk->holds) {
        kw_held_release(held, KW_OK);
    }
}

/* What lies on the desk. Aborts when something is missing: a desk without it is of no use.
 * `workers` 0: no route of the table may need the pool. */
static inline void net_desk_open(net_desk *desk, const kw_mount *mount, const kw_protocol *protocol,
                                 size_t workers)
{
    int ends[2];
    memset(desk, 0, sizeof *desk);
    KW_ASSERT(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends) == 0);
    desk->far_end = ends[1];
    desk->manual.at = 784111777000; /* Sun, 06 Nov 1994 08:49:37 GMT */
    desk->clock = kw_clock_of_manual(&desk->manual);
    desk->gate = (kw_gate){desk, net_desk_greet, net_desk_admit, net_desk_settle};
    desk->core =
        (kw_core){.config = kw_net_config_default(), .gate = &desk->gate, .clock = &desk->clock};
    KW_ASSERT(kw_router_new(&desk->core.router, mount, 1, NULL) == KW_OK);
    if (workers > 0) {
        KW_ASSERT(kw_pool_new(&desk->core.pool, workers, 16, NULL) == KW_OK);
    }
    KW_ASSERT(kw_loop_init(&desk->loop, &desk->core, 0, NULL) == KW_OK);
    desk->loop.self = pthread_self();
    kw_conn *conn = &desk->conn;
    KW_ASSERT(uv_tcp_init(&desk->loop.uv, &conn->tcp) == 0);
    KW_ASSERT(uv_tcp_open(&conn->tcp, ends[0]) == 0);
    conn->tcp.data = conn;
    conn->loop = &desk->loop;
    conn->peer = kw_peer_box_share((kw_peer_box *)kw_heap_new(1, sizeof(kw_peer_box)));
    conn->peer->peer.listener = KW_LISTENER_PUBLIC;
    conn->protocol = protocol;
    KW_ASSERT(protocol->open(conn) == KW_OK);
    kw_conn_resume(conn);
}

/* The connection is of no more use to its protocol. */
static inline bool net_desk_is_over(const net_desk *desk)
{
    return desk->conn.is_doomed || desk->conn.is_finishing;
}

/* As the loop does after a batch, but the bytes go to `out`. Returns how many. */
static inline size_t net_desk_pull(net_desk *desk, kw_buf *out)
{
    size_t total = 0;
    kw_mspan gather = {desk->loop.gather_bytes, KW_NET_RECORD_BYTES};
    while (!desk->conn.is_doomed) {
        size_t len = desk->conn.protocol->output(&desk->conn, gather);
        if (len == 0 || (out != NULL && kw_buf_append(out, (kw_span){gather.ptr, len}) != KW_OK)) {
            break;
        }
        total += len;
    }
    return total;
}

/* Delivers what workers and wakers posted: waits for at least one mail when `waits`. */
static inline void net_desk_deliver(net_desk *desk, bool waits)
{
    while (waits && atomic_load(&desk->loop.inbox) == NULL) {
        kw_sleep_ms(1);
    }
    kw_loop_deliver(&desk->loop);
}

static inline void net_desk_let_go(net_desk *desk, kw_status st)
{
    kw_held_release(desk->held, st);
    net_desk_deliver(desk, false);
}

static inline void net_desk_close_done(uv_handle_t *handle)
{
    KW_UNUSED(handle);
}

/* Closes and checks that every exchange came back. */
static inline void net_desk_close(net_desk *desk)
{
    desk->conn.protocol->close(&desk->conn);
    while (atomic_load(&desk->loop.tallies[KW_TALLY_IN_FLIGHT]) > 0) {
        net_desk_deliver(desk, true);
    }
    KW_ASSERT(desk->admitted == desk->settled);
    uv_close((uv_handle_t *)&desk->conn.tcp, net_desk_close_done);
    kw_peer_box_free(desk->conn.peer);
    kw_pool_free(desk->core.pool);
    desk->loop.ready = NULL;
    kw_loop_drop(&desk->loop);
    kw_router_free(desk->core.router);
    (void)close(desk->far_end);
}

#endif /* KW_TESTS_SUPPORT_NET_DESK_H */
