/* SPDX-License-Identifier: Apache-2.0
 * An epoch and the operators that showed it, as commands print them. */
#ifndef KW_CLI_EPOCH_VIEW_H
#define KW_CLI_EPOCH_VIEW_H

#include "cli/command.h"
#include "client/threshold_survey.h"

/* One operator that was asked. */
typedef struct kw_operator_view {
    kw_str address;
    kw_str standing; /* "good", "slow", "down", "refusing", "lying", "behind" */
    uint64_t epoch;  /* that it showed; 0: none */
    uint32_t took_ms;
    kw_str problem; /* name of a status */
} kw_operator_view;

extern const kw_schema kw_operator_view_schema;

typedef struct kw_operator_views {
    kw_operator_view *items;
    size_t count;
} kw_operator_views;

/* Rows for all operators of the cluster; `members` by rank - 1. LIMIT: the arena. */
KW_MUST_USE kw_status kw_operator_views_fill(kw_arena *arena, kw_operator_views *out,
                                             const kw_operators *operators,
                                             const kw_client_member *members);

/* A note for who gave the wrong --ca, or none; nothing when no operator's certificate or answer was
 * refused. */
void kw_operator_views_advise(kw_cli *cli, const kw_client_member *members, uint16_t n);

typedef struct kw_epoch_view {
    kw_str verdict; /* empty: none was asked for */
    kw_str reason;
    kw_str cluster; /* its name */
    kw_hash32 cluster_id;
    kw_str master_key; /* hex */
    kw_str trust;      /* why it is believed */
    uint64_t epoch;
    uint64_t timestamp; /* Unix seconds of the boundary */
    uint32_t threshold;
    uint32_t members;
    kw_hash32 roster;      /* hash */
    kw_hash32 certificate; /* its name */
    kw_hash32 previous;    /* certificate */
    kw_operator_views operators;
} kw_epoch_view;

extern const kw_schema kw_epoch_view_schema;

/* Fills all but the verdict and the operators. LIMIT: the arena. */
KW_MUST_USE kw_status kw_epoch_view_fill(kw_arena *arena, kw_epoch_view *out,
                                         const kw_client_cluster *cluster,
                                         const kw_client_epoch *epoch);

#endif /* KW_CLI_EPOCH_VIEW_H */
