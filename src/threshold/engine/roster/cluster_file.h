/* SPDX-License-Identifier: Apache-2.0
 * The file that describes a cluster to its operators and its clients: what may never differ
 * between members (kw_config_fields), the operators that make the first key, and, once there is
 * one, the master key that readers pin. */
#ifndef KW_THRESHOLD_ENGINE_ROSTER_CLUSTER_FILE_H
#define KW_THRESHOLD_ENGINE_ROSTER_CLUSTER_FILE_H

#include "threshold/engine/roster/ids.h"
#include "threshold/engine/roster/operators.h"

enum {
    KW_CLUSTER_NAME_BYTES_MAX = 64,
    KW_CLUSTER_DELTAS = 24, /* of an interval: a session needs 6, agreements the rest */
    KW_CLUSTER_DELTA_MS_MAX = 60000,
};

/* The JSON of the file, member by member. Fallbacks are those of threshold.md. */
typedef struct kw_cluster_rows {
    uint32_t version; /* 1 */
    kw_str name;
    uint64_t chain_id; /* 0: no chain */
    kw_str avs;
    uint32_t set_id;
    uint32_t suite;
    uint32_t threshold_numerator; /* t = ceil(numerator n / denominator) */
    uint32_t threshold_denominator;
    uint32_t interval_s;
    uint32_t reshare_every; /* boundaries */
    uint32_t roster_lag_s;
    uint32_t delta_ms; /* 0: min(5 s, interval / 24) */
    kw_hash32 coin;
    uint64_t beacon_start; /* Unix seconds */
    uint32_t beacon_period_s;
    kw_operator_rows genesis;
    kw_span master_key; /* 96 bytes, compressed; empty: not known yet */
} kw_cluster_rows;

extern const kw_schema kw_cluster_rows_schema;

/* What the file says, checked. Lives in an arena. */
typedef struct kw_cluster_file {
    kw_str name;
    kw_cluster_fields cluster; /* with the hash of `config` */
    kw_config_fields config;
    kw_hash32 cluster_id;
    kw_operators genesis;
    kw_quorum quorum; /* of the genesis operators */
    bool has_master;
    kw_group_g2 master;
} kw_cluster_file;

/* Checks rows. BAD_INPUT: an address, a master key or a time that is none. REFUSED: the ratio does
 * not fit the operators. Else as kw_operators_of_rows. */
KW_MUST_USE kw_status kw_cluster_file_of_rows(kw_cluster_file *out, kw_arena *arena,
                                              const kw_cluster_rows *rows, kw_error *err);

/* Reads the file. LIMIT: larger than KW_OPERATORS_BYTES_MAX. As kw_json_decode and
 * kw_cluster_file_of_rows. */
KW_MUST_USE kw_status kw_cluster_file_decode(kw_cluster_file *out, kw_arena *arena, kw_span json,
                                             kw_error *err);

#endif /* KW_THRESHOLD_ENGINE_ROSTER_CLUSTER_FILE_H */
