/* SPDX-License-Identifier: Apache-2.0
 * The server: listeners, TLS 1.3, HTTP/1.1 and HTTP/2 on one loop thread per core, routed to the
 * mounted tables through the gate. */
#ifndef KW_NET_SERVER_H
#define KW_NET_SERVER_H

#include "crypto/x509_crl.h"
#include "net/config.h"
#include "net/gate.h"
#include "net/route.h"
#include "obs/log.h"
#include "obs/metric.h"
#include "os/clock.h"

typedef struct kw_server kw_server;

/* What a server is made of. Everything is borrowed and outlives the server, except where copied. */
typedef struct kw_server_parts {
    const kw_net_config *net;                         /* copied */
    kw_listener_config listeners[KW_LISTENERS_COUNT]; /* by kw_listener; read at the call only */
    const kw_mount *mounts;                           /* rows and contexts are borrowed */
    size_t mounts_count;
    const kw_gate *gate; /* complete, or the start is refused */
    const kw_clock *clock;
    kw_log *log;         /* NULL: no log */
    kw_metrics *metrics; /* NULL: no metrics */
    uint64_t id_seed;    /* random: tells the request ids of this start from others */
} kw_server_parts;

/* Checks the tables, loads certificates, binds every configured listener: all that needs rights.
 * Serves nothing yet. CONFIG: a table row, an address, a certificate or a rule is not valid; the
 * text says which. IO: an address cannot be bound. NO_MEMORY. */
KW_MUST_USE kw_status kw_server_new(kw_server **out, const kw_server_parts *parts, kw_error *err);

/* Starts loops and workers. LIMIT, NO_MEMORY: no thread. */
KW_MUST_USE kw_status kw_server_start(kw_server *server, kw_error *err);

/* The port that a listener is bound to; 0 when it is off. */
uint16_t kw_server_port(const kw_server *server, kw_listener listener);

/* Loads the certificates, keys, CAs, CRLs and staples of `listeners` (by kw_listener) anew for new
 * connections; those that exist go on, but tickets whose client certificate no longer verifies do
 * not resume. Addresses and rules must be the old ones. Nothing changes on failure. CONFIG. */
KW_MUST_USE kw_status kw_server_reload(kw_server *server, const kw_listener_config *listeners,
                                       kw_error *err);

/* What the revocation lists in use on a listener say; NULL: it has none, or is off. Until the next
 * reload. */
const kw_x509_crls *kw_server_crls(const kw_server *server, kw_listener listener);

/* Stops accepting, tells peers to leave (GOAWAY, Connection: close), ends what waits for wakes,
 * and waits for the rest at most `net.drain_ms`; then the loops end. TIMED_OUT: some requests were
 * cut. From any thread but the loops' and the workers'; may run twice. */
KW_MUST_USE kw_status kw_server_stop(kw_server *server);

/* Stops when that has not happened, then frees. Takes NULL. */
void kw_server_free(kw_server *server);

KW_AUTO_PTR_DEFINE(kw_server);

/* Counters since the start; a snapshot of each loop's, summed. */
typedef struct kw_server_counts {
    uint64_t connections_open;
    uint64_t connections_accepted;
    uint64_t connections_refused; /* limits and greet */
    uint64_t handshakes_failed;
    uint64_t resumptions;
    uint64_t requests;
    uint64_t requests_in_flight;
    uint64_t requests_failed; /* answered 5xx */
    uint64_t protocol_errors; /* 400 and close, GOAWAY with an error */
    uint64_t timeouts;
    uint64_t bytes_in;  /* from sockets */
    uint64_t bytes_out; /* to sockets */
} kw_server_counts;

/* From any thread. */
void kw_server_count(kw_server *server, kw_server_counts *out);

#endif /* KW_NET_SERVER_H */
