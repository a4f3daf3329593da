/* SPDX-License-Identifier: Apache-2.0
 * One event loop thread: its connections, its inbox, its scratch memory. Whatever is in here
 * belongs to that thread, except the inbox and the tallies, which others may post to and read. */
#ifndef KW_NET_LOOP_H
#define KW_NET_LOOP_H

#include "base/buf.h"
#include "net/backoff.h"
#include "net/census.h"
#include "net/config.h"
#include "net/gate.h"
#include "net/pool.h"
#include "net/router.h"
#include "net/tls.h"
#include "obs/log.h"
#include "obs/metric.h"
#include "os/clock.h"
#include "os/thread.h"

#include <stdatomic.h>
#include <uv.h>

typedef struct kw_conn kw_conn;
typedef struct kw_exchange kw_exchange;
typedef struct kw_loop kw_loop;

/* What all loops of a server share; constant while they run. */
typedef struct kw_core {
    kw_net_config config;
    const kw_gate *gate;
    const kw_clock *clock;
    kw_log *log;
    kw_router *router;
    kw_pool *pool;
    kw_census *census;
    BIO_METHOD *bio_method;          /* kw_conn_bio_method_new */
    kw_metric *requests_by_class[6]; /* by first digit of the HTTP status; NULL without metrics */
    uint64_t id_seed;
} kw_core;

/* A message to a loop: embedded in what it is about. */
typedef struct kw_mail {
    struct kw_mail *next;
    void (*deliver)(struct kw_mail *mail); /* on the loop thread */
} kw_mail;

/* What a loop counts. Written by its thread only, read by any. */
typedef enum kw_tally {
    KW_TALLY_OPEN, /* connections now */
    KW_TALLY_ACCEPTED,
    KW_TALLY_REFUSED,
    KW_TALLY_HANDSHAKES_FAILED,
    KW_TALLY_RESUMED,
    KW_TALLY_REQUESTS,
    KW_TALLY_IN_FLIGHT, /* exchanges now */
    KW_TALLY_FAILED,
    KW_TALLY_PROTOCOL_ERRORS,
    KW_TALLY_TIMEOUTS,
    KW_TALLY_BYTES_IN,
    KW_TALLY_BYTES_OUT,
    KW_TALLIES_COUNT,
} kw_tally;

/* A listening socket of one loop. */
typedef struct kw_listening {
    uv_tcp_t tcp; /* data = this */
    kw_loop *loop;
    kw_listener group;
    kw_tls *tls; /* owned reference; NULL: plain HTTP */
    bool is_open;
    bool is_stuck; /* no memory when a connection came: the tick tries again */
} kw_listening;

struct kw_loop {
    uv_loop_t uv;
    uv_async_t inbox_signal;
    uv_timer_t tick;
    _Atomic(kw_mail *) inbox; /* newest first */
    kw_thread thread;
    pthread_t self;
    const kw_core *core;
    unsigned index;
    kw_listening listening[KW_LISTENERS_COUNT];
    kw_conn *conns;        /* all, doubly linked */
    kw_conn *ready;        /* those to flush at the end of this batch */
    size_t buffered_count; /* connections with TLS buffers, about 33 KiB each */
    kw_exchange *spare;
    size_t spare_count;
    uint64_t requests_count; /* second half of request ids */
    uint64_t id_prefix;      /* first half */
    int64_t date_s;          /* second that `date` shows */
    char date[KW_HTTP_DATE_BYTES];
    bool is_draining;
    bool is_over;              /* its own handles are closed: it ends */
    bool is_settling;          /* inside gate->settle: a release is then not posted but noted */
    uint64_t drain_started_ms; /* by uv_now */
    _Atomic uint64_t tallies[KW_TALLIES_COUNT];
    kw_buf wire;           /* bytes for the socket of the connection being flushed */
    uint8_t *read_bytes;   /* KW_NET_READ_BYTES: what a socket gave */
    uint8_t *plain_bytes;  /* KW_NET_RECORD_BYTES: what TLS gave */
    uint8_t *gather_bytes; /* KW_NET_RECORD_BYTES: what protocols give */
};

/* Makes the loop's handles and memory; it does not run yet. */
KW_MUST_USE kw_status kw_loop_init(kw_loop *loop, const kw_core *core, unsigned index,
                                   kw_error *err);

/* Opens a listening socket that shares its port with those of the other loops. Port 0: any, and
 * `address` gets the one chosen. `tls`: a reference that the loop then owns, NULL = plain.
 * IO and others of the system, with the address in the text. */
KW_MUST_USE kw_status kw_loop_listen(kw_loop *loop, kw_listener group, kw_endpoint *address,
                                     kw_tls *tls, kw_error *err);

KW_MUST_USE kw_status kw_loop_start(kw_loop *loop, kw_error *err);

/* Stops listening; connections leave as they get idle. On the loop thread. */
void kw_loop_drain(kw_loop *loop);

/* Cuts the connections that are left; the loop ends when workers and gate have given back what they
 * hold. On the loop thread. */
void kw_loop_cut(kw_loop *loop);

/* Joins the thread and frees; after kw_loop_cut or when it never ran. May run twice. */
void kw_loop_drop(kw_loop *loop);

/* From any thread: `mail->deliver` will run on the loop. */
void kw_loop_post(kw_loop *loop, kw_mail *mail);

/* Delivers what was posted up to now, in order. */
void kw_loop_deliver(kw_loop *loop);

/* Puts the connection among those that are flushed when the current batch of events ends. */
void kw_loop_make_ready(kw_loop *loop, kw_conn *conn);

/* Flushes them now. */
void kw_loop_flush(kw_loop *loop);

/* True when idle connections need not be waited for any more: peers that did not know of the drain
 * have had time to send what they were about to. */
bool kw_loop_is_notice_over(const kw_loop *loop);

/* "Sun, 06 Nov 1994 08:49:37 GMT" for the server's clock. */
kw_str kw_loop_date(kw_loop *loop, kw_unix_ms now_ms);

static inline void kw_loop_count(kw_loop *loop, kw_tally tally, uint64_t by)
{
    /* One writer: a plain add that readers see whole. Wraps on purpose: -1 is a decrement. */
    uint64_t now = atomic_load_explicit(&loop->tallies[tally], memory_order_relaxed);
    atomic_store_explicit(&loop->tallies[tally], now + by, memory_order_relaxed);
}

#endif /* KW_NET_LOOP_H */
