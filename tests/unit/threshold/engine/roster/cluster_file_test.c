/* SPDX-License-Identifier: Apache-2.0 */
#include "threshold/engine/roster/cluster_file.h"

#include "codec/json.h"
#include "support/expect.h"
#include "support/operator_rows.h"

#include <string.h>

enum {
    COUNT = 4,
};

typedef struct world {
    operator_rows operators;
    kw_cluster_rows rows;
    kw_arena arena;
    kw_buf json;
    kw_cluster_file file;
    kw_error err;
} world;

static world w;

static int make_world(void **state)
{
    (void)state;
    w = (world){.arena = kw_arena_init(KW_OPERATORS_ARENA_MAX),
                .json = kw_buf_init(KW_OPERATORS_BYTES_MAX)};
    operator_rows_make(&w.operators, COUNT);
    EXPECT_OK(kw_object_init(&w.rows, &w.arena, &kw_cluster_rows_schema));
    w.rows.version = 1;
    w.rows.name = KW_STR("quarry-1");
    w.rows.genesis = w.operators.rows;
    return 0;
}

static int drop_world(void **state)
{
    (void)state;
    kw_arena_drop(&w.arena);
    kw_buf_drop(&w.json);
    return 0;
}

static kw_status of_rows(void)
{
    return kw_cluster_file_of_rows(&w.file, &w.arena, &w.rows, &w.err);
}

static void cluster_file__has_the_defaults_of_the_protocol(void **state)
{
    (void)state;
    EXPECT_OK(of_rows());
    assert_int_equal(w.file.config.suite, 2);
    assert_int_equal(w.file.config.ratio.numerator, 2);
    assert_int_equal(w.file.config.ratio.denominator, 3);
    assert_int_equal(w.file.config.interval_s, 600);
    assert_int_equal(w.file.config.reshare_every, 1);
    assert_int_equal(w.file.config.roster_lag_s, 1200);
    assert_int_equal(w.file.config.delta_ms, 5000);
    assert_int_equal(w.file.quorum.n, COUNT);
    assert_int_equal(w.file.quorum.t, 3);
    assert_false(w.file.has_master);
    assert_memory_equal(w.file.config.genesis_roster.bytes, w.file.genesis.roster.hash.bytes, 32);
    kw_hash32 id;
    kw_config_hash(&w.file.cluster.config_hash, &w.file.config);
    kw_cluster_id(&id, &w.file.cluster);
    assert_memory_equal(w.file.cluster_id.bytes, id.bytes, 32);
}

static void cluster_file_decode__reads_what_its_schema_writes(void **state)
{
    (void)state;
    kw_group_g2_bytes wire;
    w.rows.chain_id = 17000;
    w.rows.interval_s = 30;
    w.rows.delta_ms = 1250;
    w.rows.coin.bytes[31] = 7;
    kw_group_g2 master = kw_group_bls12_381.g2_generator();
    kw_group_bls12_381.g2_encode(&wire, &master);
    w.rows.master_key = (kw_span){wire.bytes, kw_group_bls12_381.g2_bytes};
    EXPECT_OK(of_rows());
    kw_hash32 id = w.file.cluster_id;
    EXPECT_OK(kw_json_encode(&w.json, &kw_cluster_rows_schema, &w.rows, KW_JSON_PLAIN));
    EXPECT_OK(kw_cluster_file_decode(&w.file, &w.arena, kw_buf_view(&w.json), &w.err));
    assert_memory_equal(w.file.cluster_id.bytes, id.bytes, 32);
    assert_true(w.file.has_master);
    assert_int_equal(w.file.cluster.chain_id, 17000);
    assert_true(kw_str_equal(w.file.name, KW_STR("quarry-1")));
}

/* What members may not disagree on changes the name of the cluster; what they may does not. */
static void cluster_id__follows_what_may_never_differ(void **state)
{
    (void)state;
    EXPECT_OK(of_rows());
    kw_hash32 id = w.file.cluster_id;
    w.rows.name = KW_STR("other");
    w.operators.items[1].peer_url = KW_STR("https://moved:1");
    EXPECT_OK(of_rows());
    assert_memory_equal(w.file.cluster_id.bytes, id.bytes, 32);
    w.rows.suite = 1;
    EXPECT_OK(of_rows());
    assert_memory_not_equal(w.file.cluster_id.bytes, id.bytes, 32);
    id = w.file.cluster_id;
    w.rows.genesis.count--;
    EXPECT_OK(of_rows());
    assert_memory_not_equal(w.file.cluster_id.bytes, id.bytes, 32);
}

static void cluster_file__refuses_times_that_do_not_fit(void **state)
{
    (void)state;
    w.rows.delta_ms = 25001;
    EXPECT_STATUS(of_rows(), KW_BAD_INPUT);
    assert_non_null(strstr(w.err.text, "at most 25000"));
    w.rows.delta_ms = 25000;
    EXPECT_OK(of_rows());
    w.rows.beacon_start = 1700000000;
    EXPECT_STATUS(of_rows(), KW_BAD_INPUT);
    w.rows.beacon_period_s = 30;
    EXPECT_OK(of_rows());
}

static void cluster_file__refuses_a_threshold_that_forks_or_stops(void **state)
{
    (void)state;
    w.rows.threshold_numerator = 1; /* t = 1 of 4, and one may be faulty */
    w.rows.threshold_denominator = 4;
    EXPECT_STATUS(of_rows(), KW_REFUSED);
    w.rows.threshold_numerator = 4;
    EXPECT_STATUS(of_rows(), KW_REFUSED);
    w.rows.threshold_numerator = 3;
    EXPECT_OK(of_rows());
}

static void cluster_file__refuses_other_defects(void **state)
{
    (void)state;
    uint8_t infinity[96] = {0xc0};
    w.rows.master_key = KW_SPAN(infinity);
    EXPECT_STATUS(of_rows(), KW_INFINITY);
    w.rows.master_key = (kw_span){0};
    w.rows.avs = KW_STR("0x00000000000000000000000000000000000000Aa");
    EXPECT_STATUS(of_rows(), KW_BAD_INPUT);
    EXPECT_STATUS(kw_cluster_file_decode(&w.file, &w.arena,
                                         kw_span_of_str(KW_STR("{\"version\":1}")), &w.err),
                  KW_BAD_INPUT);
    static const uint8_t much[1];
    EXPECT_STATUS(kw_cluster_file_decode(&w.file, &w.arena,
                                         (kw_span){much, KW_OPERATORS_BYTES_MAX + 1}, &w.err),
                  KW_LIMIT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(cluster_file__has_the_defaults_of_the_protocol, make_world,
                                        drop_world),
        cmocka_unit_test_setup_teardown(cluster_file_decode__reads_what_its_schema_writes,
                                        make_world, drop_world),
        cmocka_unit_test_setup_teardown(cluster_id__follows_what_may_never_differ, make_world,
                                        drop_world),
        cmocka_unit_test_setup_teardown(cluster_file__refuses_times_that_do_not_fit, make_world,
                                        drop_world),
        cmocka_unit_test_setup_teardown(cluster_file__refuses_a_threshold_that_forks_or_stops,
                                        make_world, drop_world),
        cmocka_unit_test_setup_teardown(cluster_file__refuses_other_defects, make_world,
                                        drop_world),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
