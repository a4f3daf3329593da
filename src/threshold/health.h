/* SPDX-License-Identifier: Apache-2.0
 * How an operator is, as the health page says it. */
#ifndef KW_THRESHOLD_HEALTH_H
#define KW_THRESHOLD_HEALTH_H

#include "codec/field.h"
#include "threshold/service.h"

typedef enum kw_operator_condition {
    KW_OPERATOR_OUTSIDE, /* no member of the last boundary, and without a share */
    KW_OPERATOR_JOINING, /* a member without a share yet */
    KW_OPERATOR_SERVING, /* has a share */
    KW_OPERATOR_BLOCKED, /* the store takes no records: it says nothing and signs no session */
} kw_operator_condition;

/* Another operator, as our calls find it. */
typedef struct kw_peer_health {
    kw_str address;
    kw_courier_health health;
    uint64_t seen_ago_s; /* whole ones since it answered or called, at least 1; 0: never */
    uint64_t waiting;    /* calls that wait for it */
} kw_peer_health;

typedef struct kw_peer_healths {
    kw_peer_health *items;
    size_t count;
} kw_peer_healths;

typedef struct kw_threshold_health {
    kw_str address;
    kw_hash32 cluster_id;
    kw_operator_condition condition;
    uint64_t epoch;     /* newest certificate; 0: none */
    int64_t epoch_time; /* of its boundary, Unix seconds */
    int64_t boundary;   /* the last one */
    uint32_t operators; /* at it */
    bool is_member;
    kw_str erasure; /* "hardware", "best-effort" */
    uint64_t aborted;
    uint64_t frauds;
    kw_peer_healths peers;
} kw_threshold_health;

extern const kw_schema kw_threshold_health_schema;

/* Texts live in the arena, or as long as `threshold`. Waits for no session. LIMIT, NO_MEMORY: the
 * arena has no room. */
KW_MUST_USE kw_status kw_threshold_health_read(kw_threshold *threshold, kw_arena *arena,
                                               kw_threshold_health *out, kw_error *err);

#endif /* KW_THRESHOLD_HEALTH_H */
