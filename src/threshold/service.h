/* SPDX-License-Identifier: Apache-2.0
 * The threshold domain of a node: an operator of one cluster. One per process, owned by node/; the
 * context of the routes in api.h. */
#ifndef KW_THRESHOLD_SERVICE_H
#define KW_THRESHOLD_SERVICE_H

#include "guard/guard.h"
#include "threshold/apps.h"
#include "threshold/config.h"
#include "threshold/holder.h"
#include "threshold/signing_keys.h"
#include "threshold/slots_place.h"
#include "threshold/token_keys.h"

/* Any thread. */
typedef struct kw_threshold kw_threshold;

/* Everything is borrowed and outlives the domain. */
typedef struct kw_threshold_ports {
    kw_store *store;
    const kw_signing_keys *signing;
    const kw_slots_place *slots;
    const kw_rng *rng;
    const kw_clock *clock; /* civil time: what boundaries are of */
    kw_log *log;           /* NULL: none */
    kw_metrics *metrics;   /* NULL: none */
} kw_threshold_ports;

/* Reads the cluster file, opens the vault, and goes on from there; talks to nobody yet. A vault
 * that the previous key sealed is sealed anew. The configuration is on, checked, and outlives the
 * domain. CONFIG: an address or cluster file that is not as said; else as kw_vault_open,
 * kw_vault_rekey and kw_holder_new. */
KW_MUST_USE kw_status kw_threshold_new(kw_threshold **out, const kw_threshold_config *config,
                                       const kw_threshold_ports *ports, kw_error *err);

/* From now on boundaries count. As kw_holder_start. */
KW_MUST_USE kw_status kw_threshold_start(kw_threshold *threshold, kw_error *err);

/* Ends the operator's thread and its calls. */
void kw_threshold_stop(kw_threshold *threshold);

/* No request may be in flight. Takes NULL. */
void kw_threshold_free(kw_threshold *threshold);
KW_AUTO_PTR_DEFINE(kw_threshold);

/* The port by which the guard knows other operators; their ids are their addresses. */
kw_guard_members kw_threshold_members(kw_threshold *threshold);

/* How shares are erased: as kw_slots_erasure. */
const char *kw_threshold_erasure(const kw_threshold *threshold);

const kw_address *kw_threshold_self(const kw_threshold *threshold);
kw_holder *kw_threshold_holder(kw_threshold *threshold);
const kw_cluster_file *kw_threshold_cluster(const kw_threshold *threshold);
kw_apps *kw_threshold_apps(kw_threshold *threshold);
kw_token_keys *kw_threshold_token_keys(kw_threshold *threshold); /* NULL: no tokens are taken */

/* For the metrics: how a request for a partial signature was answered. */
void kw_threshold_count_partial(kw_threshold *threshold, kw_status st);

/* Whether the configuration allows partial signatures for eigenx-v1. */
bool kw_threshold_signs_eigenx_v1(const kw_threshold *threshold);

#endif /* KW_THRESHOLD_SERVICE_H */
