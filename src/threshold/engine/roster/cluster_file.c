/* SPDX-License-Identifier: Apache-2.0
 * The description of a cluster from JSON. */
#include "threshold/engine/roster/cluster_file.h"

#include "codec/json.h"
#include "crypto/address_text.h"

#include <inttypes.h>

enum {
    SUITE_MAX = 2,
    INTERVAL_S_MAX = 30 * 24 * 3600,
    DELTA_MS_DEFAULT = 5000,
};

#define NO_ADDRESS "0x0000000000000000000000000000000000000000"

static const kw_field row_fields[] = {
    KW_FIELD(kw_cluster_rows, version, 1, KW_REQ, .min = 1),
    KW_FIELD(kw_cluster_rows, name, KW_CLUSTER_NAME_BYTES_MAX, KW_REQ, .min = 1, .made_of = "-_."),
    KW_FIELD(kw_cluster_rows, chain_id, UINT64_MAX, 0, .fallback = "0"),
    KW_FIELD(kw_cluster_rows, avs, 42, 0, .min = 42, .fallback = NO_ADDRESS),
    KW_FIELD(kw_cluster_rows, set_id, UINT32_MAX, 0, .fallback = "0"),
    KW_FIELD(kw_cluster_rows, suite, SUITE_MAX, 0, .min = 1, .fallback = "2"),
    KW_FIELD(kw_cluster_rows, threshold_numerator, UINT16_MAX, 0, .min = 1, .fallback = "2"),
    KW_FIELD(kw_cluster_rows, threshold_denominator, UINT16_MAX, 0, .min = 1, .fallback = "3"),
    KW_FIELD(kw_cluster_rows, interval_s, INTERVAL_S_MAX, 0, .min = 1, .fallback = "600"),
    KW_FIELD(kw_cluster_rows, reshare_every, UINT16_MAX, 0, .min = 1, .fallback = "1"),
    KW_FIELD(kw_cluster_rows, roster_lag_s, INTERVAL_S_MAX, 0, .fallback = "1200"),
    KW_FIELD(kw_cluster_rows, delta_ms, KW_CLUSTER_DELTA_MS_MAX, 0, .fallback = "0"),
    KW_FIELD(kw_cluster_rows, coin, 0, 0),
    KW_FIELD(kw_cluster_rows, beacon_start, UINT32_MAX, 0, .fallback = "0"),
    KW_FIELD(kw_cluster_rows, beacon_period_s, INTERVAL_S_MAX, 0, .fallback = "0"),
    KW_FIELD_LIST(kw_cluster_rows, genesis, &kw_operator_row_schema, KW_THRESHOLD_MEMBERS_MAX,
                  KW_REQ, .min = 1),
    KW_FIELD(kw_cluster_rows, master_key, 96, KW_HEX, .min = 96),
};
KW_SCHEMA_EXTERN(kw_cluster_rows, row_fields);

static uint32_t delta_of(const kw_cluster_rows *rows)
{
    uint32_t most = rows->interval_s * 1000 / KW_CLUSTER_DELTAS;
    return rows->delta_ms != 0 ? rows->delta_ms : KW_MIN(most, (uint32_t)DELTA_MS_DEFAULT);
}

static kw_config_fields config_of(const kw_cluster_rows *rows, const kw_roster *genesis)
{
    return (kw_config_fields){
        .suite = (uint8_t)rows->suite,
        .ratio = {(uint16_t)rows->threshold_numerator, (uint16_t)rows->threshold_denominator},
        .interval_s = rows->interval_s,
        .reshare_every = rows->reshare_every,
        .roster_lag_s = rows->roster_lag_s,
        .delta_ms = delta_of(rows),
        .coin = rows->coin,
        .genesis_roster = genesis->hash,
        .beacon_start = rows->beacon_start,
        .beacon_period_s = rows->beacon_period_s,
    };
}

static kw_status check_times(const kw_cluster_rows *rows, kw_error *err)
{
    KW_REQUIRE((uint64_t)delta_of(rows) * KW_CLUSTER_DELTAS <= (uint64_t)rows->interval_s * 1000,
               err, KW_BAD_INPUT, "delta_ms: an interval has %d of them: at most %" PRIu32,
               KW_CLUSTER_DELTAS, rows->interval_s * 1000 / KW_CLUSTER_DELTAS);
    KW_REQUIRE(rows->beacon_start == 0 || rows->beacon_period_s > 0, err, KW_BAD_INPUT,
               "beacon_start needs beacon_period_s");
    return KW_OK;
}

static kw_status read_master(kw_cluster_file *out, kw_span bytes, kw_error *err)
{
    out->has_master = bytes.len > 0;
    if (!out->has_master) {
        return KW_OK;
    }
    KW_TRY_AT(err, kw_group_bls12_381.g2_decode(&out->master, bytes),
              "reading master_key: 96 bytes of a compressed point");
    return KW_OK;
}

kw_status kw_cluster_file_of_rows(kw_cluster_file *out, kw_arena *arena,
                                  const kw_cluster_rows *rows, kw_error *err)
{
    KW_TRY(check_times(rows, err));
    kw_cluster_file file = {.name = rows->name,
                            .cluster = {.chain_id = rows->chain_id, .set_id = rows->set_id}};
    KW_TRY_AT(err, kw_address_parse(&file.cluster.avs, rows->avs), "reading avs");
    KW_TRY(read_master(&file, rows->master_key, err));
    KW_TRY_AT(err, kw_operators_of_rows(&file.genesis, arena, rows->genesis, err),
              "reading the genesis operators");
    file.config = config_of(rows, &file.genesis.roster);
    KW_TRY_AT(err, kw_quorum_of(&file.quorum, file.genesis.roster.n, file.config.ratio),
              "a threshold of %" PRIu32 "/%" PRIu32 " of %u operators", rows->threshold_numerator,
              rows->threshold_denominator, (unsigned)file.genesis.roster.n);
    kw_config_hash(&file.cluster.config_hash, &file.config);
    kw_cluster_id(&file.cluster_id, &file.cluster);
    *out = file;
    return KW_OK;
}

kw_status kw_cluster_file_decode(kw_cluster_file *out, kw_arena *arena, kw_span json, kw_error *err)
{
    KW_REQUIRE(json.len <= KW_OPERATORS_BYTES_MAX, err, KW_LIMIT, "a cluster file of over %d MiB",
               KW_OPERATORS_BYTES_MAX >> 20);
    kw_cluster_rows rows = {0};
    KW_TRY(kw_json_decode(&rows, arena, &kw_cluster_rows_schema, json, err));
    return kw_cluster_file_of_rows(out, arena, &rows, err);
}
