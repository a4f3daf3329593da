/* SPDX-License-Identifier: Apache-2.0
 * A cluster of one. */
#include "support/lone_operator.h"

#include "codec/json.h"
#include "os/file.h"
#include "support/expect.h"
#include "support/process.h"

static void write_cluster(lone_operator *lone)
{
    kw_arena arena = kw_arena_init(KW_OPERATORS_ARENA_MAX);
    KW_AUTO(kw_buf) json = kw_buf_init(KW_OPERATORS_BYTES_MAX);
    kw_cluster_rows rows;
    EXPECT_OK(kw_object_init(&rows, &arena, &kw_cluster_rows_schema));
    rows.version = 1;
    rows.name = KW_STR("alone");
    rows.interval_s = LONE_INTERVAL_S;
    rows.genesis = lone->file.rows;
    EXPECT_OK(kw_json_encode(&json, &kw_cluster_rows_schema, &rows, KW_JSON_PLAIN));
    EXPECT_OK(kw_file_write_atomic(lone->cluster.text, kw_buf_view(&json), 0600, NULL));
    kw_arena_drop(&arena);
}

/* It runs as the machine's does, so that phases last, and is turned from boundary to boundary. */
static kw_unix_ms now_ms(void *ctx)
{
    lone_operator *lone = ctx;
    kw_clock system = kw_clock_system();
    return kw_clock_now_ms(&system) + atomic_load(&lone->moved_ms);
}

void lone_operator_make(lone_operator *lone)
{
    *lone = (lone_operator){.dir = tempdir_make()};
    operator_rows_make(&lone->file, 1);
    lone->cluster = tempdir_join(&lone->dir, "cluster.json");
    lone->key = tempdir_join(&lone->dir, "operator.key");
    lone->slots = tempdir_join(&lone->dir, "slots");
    lone->database = tempdir_join(&lone->dir, "store.db");
    lone->rng = (seeded_rng){.seed = 1};
    lone->port = seeded_rng_port(&lone->rng);
    lone->clock = (kw_clock){.now_ms = now_ms, .ctx = lone};
    write_cluster(lone);
    EXPECT_OK(
        kw_file_write_atomic(lone->key.text, KW_SPAN(lone->file.peers[0].secret), 0600, NULL));
    lone->config = (kw_threshold_config){
        .cluster_file = kw_str_of(lone->cluster.text),
        .address = lone->file.items[0].address,
        .key = KW_OPERATOR_KEY_RAW,
        .curve = KW_PEER_BN254,
        .key_file = kw_str_of(lone->key.text),
        .slots_dir = kw_str_of(lone->slots.text),
        .retention_days = 30,
        .ca_file = KW_STR("ca.pem"), /* nobody is called */
        .certificate_file = KW_STR("peer.pem"),
        .tls_key_file = KW_STR("peer.key"),
    };
    kw_store_options store = {
        .backend = KW_STORE_SQLITE, .where = lone->database.text, .create = true};
    EXPECT_OK(kw_store_open(&lone->store, &store, NULL));
}

kw_status lone_operator_open(lone_operator *lone, kw_error *err)
{
    kw_threshold_ports ports = {.store = lone->store,
                                .signing = &lone->signing,
                                .slots = &lone->place,
                                .rng = &lone->port,
                                .clock = &lone->clock};
    KW_TRY(kw_signing_keys_open(&lone->signing, &lone->config, err));
    kw_status st = kw_slots_place_open(&lone->place, &lone->config, err);
    if (st == KW_OK) {
        st = kw_threshold_new(&lone->threshold, &lone->config, &ports, err);
    }
    if (st != KW_OK) {
        kw_slots_place_drop(&lone->place);
        kw_signing_keys_drop(&lone->signing);
    }
    return st;
}

void lone_operator_close(lone_operator *lone)
{
    kw_threshold_free(lone->threshold);
    lone->threshold = NULL;
    kw_slots_place_drop(&lone->place);
    kw_signing_keys_drop(&lone->signing);
}

void lone_operator_pass(lone_operator *lone, uint64_t epoch)
{
    uint64_t deadline_ns = kw_monotonic_ns() + (uint64_t)PROCESS_LIMIT_MS * 1000000;
    kw_holder_state now = {0};
    int64_t interval_ms = (int64_t)LONE_INTERVAL_S * 1000;
    (void)atomic_fetch_add(&lone->moved_ms, interval_ms - now_ms(lone) % interval_ms);
    while (now.epoch < epoch || !now.has_share) {
        assert_true(kw_monotonic_ns() < deadline_ns);
        kw_holder_look(kw_threshold_holder(lone->threshold), &now);
    }
    assert_int_equal(now.epoch, epoch);
}

kw_holder_key lone_operator_key(lone_operator *lone, kw_group_g2 *master)
{
    KW_AUTO(kw_snapshot_hold) hold = kw_holder_keys_enter(kw_threshold_holder(lone->threshold));
    const kw_holder_keys *keys = hold.object;
    assert_non_null(keys);
    assert_true(keys->count > 0);
    *master = keys->items[0].polynomial[0];
    return keys->items[0];
}

void lone_operator_drop(lone_operator *lone)
{
    lone_operator_close(lone);
    kw_store_free(lone->store);
    tempdir_remove(&lone->dir);
}
