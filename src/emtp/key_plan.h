/* SPDX-License-Identifier: Apache-2.0
 * A change of the epoch keys as a value: what the keys were, what they become, which rows the key
 * stream gets. Planned first, audited, then applied in one transaction. */
#ifndef KW_EMTP_KEY_PLAN_H
#define KW_EMTP_KEY_PLAN_H

#include "crypto/rng.h"
#include "emtp/key_rows.h"

/* A row of the key stream. */
typedef struct kw_emtp_listing {
    size_t key; /* index in `after` */
    bool is_removal;
} kw_emtp_listing;

/* Large: on the heap. */
typedef struct kw_emtp_key_plan {
    kw_emtp_key_list before; /* as read */
    kw_emtp_key_list after;  /* the same keys, changed, and new ones behind them */
    kw_emtp_listing listings[2 * KW_EMTP_KEYS_MAX];
    size_t listings_count;
    kw_unix_s now;
} kw_emtp_key_plan;

/* What planning needs to know. */
typedef struct kw_emtp_plan_rules {
    kw_emtp_rule rule;
    int64_t ahead_s;
    bool prepublish;
    bool test_key; /* the published key is one of ours, from its kid's first plan on; tests only */
} kw_emtp_plan_rules;

/* Starts a plan that changes nothing from what `before` holds. */
void kw_emtp_plan_start(kw_emtp_key_plan *plan, kw_unix_s now);

/* Adds what is due at `now`; always the last step. LIMIT: no room for another key. */
KW_MUST_USE kw_status kw_emtp_plan_due(kw_emtp_key_plan *plan, const kw_emtp_plan_rules *rules,
                                       kw_error *err);

/* Adds a renewal. LIMIT: KW_EMTP_LIVE_KEYS_MAX keys are live. */
KW_MUST_USE kw_status kw_emtp_plan_renewal(kw_emtp_key_plan *plan, const kw_emtp_plan_rules *rules,
                                           kw_error *err);

/* Revokes, and replaces when a replacement is due and there is room: taking a key away never fails
 * for lack of it. The published test key gets none. NOT_FOUND; GONE: revoked before, or expired. */
KW_MUST_USE kw_status kw_emtp_plan_revocation(kw_emtp_key_plan *plan, kw_str kid, kw_error *err);

bool kw_emtp_plan_is_empty(const kw_emtp_key_plan *plan);

/* True when that key is new, or its row in the store changes. */
bool kw_emtp_plan_touches(const kw_emtp_key_plan *plan, size_t index);

/* Where the bytes of new keys come from and go to. */
typedef struct kw_emtp_plan_ports {
    const kw_sealer *sealer;
    const kw_rng *rng;
    kw_str public_url; /* in front of the manifests' paths, the primary keys of the stream */
    kw_str stream;     /* name of the key stream */
} kw_emtp_plan_ports;

/* Writes everything. CONFLICT: the keys changed since `before` was read; plan anew.
 * Else as kw_emtp_key_rows_add and kw_emtp_stream_write. CT: constant time in key bytes. */
KW_MUST_USE kw_status kw_emtp_plan_apply(kw_tx *tx, const kw_emtp_key_plan *plan,
                                         const kw_emtp_plan_ports *ports, kw_error *err);

#endif /* KW_EMTP_KEY_PLAN_H */
