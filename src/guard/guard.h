/* SPDX-License-Identifier: Apache-2.0
 * The guard of a node: fulfils net's kw_gate (who, may they, how often, audit), holds identities,
 * the audit log and the rates. One per process, owned by node/. guard/ knows no domain: routes
 * name their permission and their audit event. */
#ifndef KW_GUARD_GUARD_H
#define KW_GUARD_GUARD_H

#include "base/error.h"
#include "guard/audit.h"
#include "guard/config.h"
#include "guard/engine/bucket.h"
#include "guard/identity.h"

typedef struct kw_gate kw_gate;
typedef struct kw_route kw_route;
typedef struct kw_request kw_request;
typedef struct kw_store kw_store;
typedef struct kw_sealer kw_sealer;
typedef struct kw_rng kw_rng;
typedef struct kw_log kw_log;
typedef struct kw_metrics kw_metrics;

/* What the guard is opened with; everything is borrowed and must outlive the guard. */
typedef struct kw_guard_ports {
    kw_store *store;
    const kw_sealer *sealer; /* NULL: sealed, the start is refused */
    const kw_clock *clock;
    const kw_rng *rng;
    kw_audit_sink sink;  /* all-zero: none */
    kw_log *log;         /* NULL: none */
    kw_metrics *metrics; /* NULL: none */
} kw_guard_ports;

/* Migrates its tables, unseals (or makes, at the first start) the API-key pepper and the audit
 * key, opens the audit log and loads the identities. SEALED: the sealer has another key.
 * CONFIG: a bootstrap row that cannot be read. Statuses of kw_audit_open and of the store. */
KW_MUST_USE kw_status kw_guard_open(kw_guard **out, const kw_guard_config *config,
                                    const kw_guard_ports *ports, kw_error *err);

/* Stops the audit log; no request may be in flight. Takes NULL. */
void kw_guard_free(kw_guard *guard);

KW_AUTO_PTR_DEFINE(kw_guard);

/* Reads the identities again when another node has changed them; cheap when nothing changed. For a
 * timer: it also brings the metrics of the audit log up to date. Statuses of kw_store_read; on
 * failure the old identities stay in force. */
KW_MUST_USE kw_status kw_guard_refresh(kw_guard *guard, kw_error *err);

/* Room for the id of a member, NUL counted. */
#define KW_GUARD_MEMBER_BYTES 64

/* Port: members of the cluster that this node belongs to, by the key of their certificate. */
typedef struct kw_guard_members {
    /* False: it is none. `out`: its id, of the letters that ids of identities have. Any thread;
     * never blocks. */
    bool (*find)(void *ctx, char out[KW_GUARD_MEMBER_BYTES], const kw_hash32 *tls_spki);
    void *ctx;
} kw_guard_members;

/* From now on members have the role `member` on the peer listener. Once, before the first request;
 * `members.ctx` outlives the guard's gate. */
void kw_guard_admit_members(kw_guard *guard, kw_guard_members members);

/* The gate for net/; lives as long as the guard. */
const kw_gate *kw_guard_gate(kw_guard *guard);

/* The log, for domains that record more than their routes do. */
kw_audit *kw_guard_audit(kw_guard *guard);

/* Who asks, for the use cases of identity.h: the caller that the gate admitted. Borrowed from the
 * request. */
kw_guard_actor kw_guard_actor_of(const kw_request *request);

/* One table of routes. */
typedef struct kw_guard_routes {
    const kw_route *rows;
    size_t count;
} kw_guard_routes;

/* Start-up check over all tables that the program knows, mounted or not: CONFIG, naming the row,
 * when a route has no permission or one that the table of engine/rbac.c lacks, or when a
 * permission of that table is used by no route. */
KW_MUST_USE kw_status kw_guard_check_routes(const kw_guard_routes *tables, size_t count,
                                            kw_error *err);

#endif /* KW_GUARD_GUARD_H */
