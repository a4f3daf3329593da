/* SPDX-License-Identifier: Apache-2.0
 * The port through which every connection and request passes: who, may they, how often, audit.
 * guard/ fulfils it. A server does not start without a complete gate. */
#ifndef KW_NET_GATE_H
#define KW_NET_GATE_H

#include "crypto/x509.h"
#include "net/endpoint.h"
#include "net/request.h"

/* The other end of a connection. Lives as long as the connection. */
typedef struct kw_peer {
    kw_endpoint address;
    kw_listener listener;
    const kw_x509_identity *certificate; /* of a client certificate that TLS verified (chain, time,
                                          * EKU, revocation); NULL: there is none */
} kw_peer;

/* What a request shows before its body is read. */
typedef struct kw_approach {
    const kw_peer *peer;
    const kw_route *route; /* NULL: no row matches. Charge the address only and return KW_OK (the
                              answer is then 404 or 405) or RATE_LIMITED */
    kw_str authorization;  /* value of the Authorization field, empty when absent. Secret */
    kw_unix_ms now_ms;
    const kw_request_id *id;
    kw_arena *arena; /* the request's: what the caller's texts may live in */
} kw_approach;

/* The answer of admit. */
typedef struct kw_admission {
    kw_caller caller;       /* on KW_OK, and on a refusal when the caller is known */
    uint32_t retry_after_s; /* with RATE_LIMITED and BUSY, rounded up */
    int32_t rate_remaining; /* tokens left, reported with RATE_LIMITED; < 0 = not told */
    uint64_t ticket;        /* whatever admit wants settle to see again */
} kw_admission;

/* How a request ended. */
typedef struct kw_outcome {
    const kw_peer *peer;
    const kw_route *route;         /* NULL: no row matched */
    const kw_admission *admission; /* what admit gave */
    const kw_request_id *id;
    const kw_audit_note *note;
    kw_arena *arena; /* the request's: for what must live until the release */
    kw_unix_ms now_ms;
    kw_status status; /* KW_OK, the refusal of admit, or the handler's status */
} kw_outcome;

/* A response that waits to be let go. */
typedef struct kw_held kw_held;

/* Lets the response go, from any thread and exactly once, also from inside settle. With a status
 * other than KW_OK (AUDIT_UNAVAILABLE) that refusal is sent in its place. */
void kw_held_release(kw_held *held, kw_status st);

typedef struct kw_gate {
    void *ctx;
    /* Right after accept and before TLS, on the loop thread: not KW_OK closes the socket. */
    kw_status (*greet)(void *ctx, const kw_peer *peer);
    /* After the header and before the body, on the loop thread; must not block. `out` is zeroed.
     * UNAUTHENTICATED, FORBIDDEN, NOT_FOUND, RATE_LIMITED, BUSY, AUDIT_UNAVAILABLE, ... */
    kw_status (*admit)(void *ctx, kw_admission *out, const kw_approach *approach, kw_error *err);
    /* Once for each call of admit, on the loop thread, when the outcome is known and before the
     * response goes out. All that `outcome` points to lives until kw_held_release. */
    void (*settle)(void *ctx, const kw_outcome *outcome, kw_held *held);
} kw_gate;

#endif /* KW_NET_GATE_H */
