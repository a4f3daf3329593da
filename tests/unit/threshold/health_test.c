/* SPDX-License-Identifier: Apache-2.0 */
#include "threshold/health.h"

#include "codec/json.h"
#include "support/expect.h"
#include "support/lone_operator.h"

static lone_operator lone;

static int make_world(void **state)
{
    (void)state;
    lone_operator_make(&lone);
    EXPECT_OK(lone_operator_open(&lone, NULL));
    return 0;
}

static int drop_world(void **state)
{
    (void)state;
    lone_operator_drop(&lone);
    return 0;
}

static void health__tells_what_the_operator_has(void **state)
{
    (void)state;
    KW_AUTO(kw_arena) arena = kw_arena_init(1 << 20);
    kw_threshold_health health;
    EXPECT_OK(kw_threshold_health_read(lone.threshold, &arena, &health, NULL));
    EXPECT_STR(health.address, lone.file.addresses[0]);
    EXPECT_STR(health.erasure, "best-effort");
    assert_int_equal(health.condition, KW_OPERATOR_OUTSIDE); /* no boundary yet */
    assert_int_equal(health.epoch, 0);
    assert_int_equal(health.peers.count, 0); /* it is no peer of itself */
    EXPECT_OK(kw_threshold_start(lone.threshold, NULL));
    lone_operator_pass(&lone, 1);
    EXPECT_OK(kw_threshold_health_read(lone.threshold, &arena, &health, NULL));
    assert_int_equal(health.condition, KW_OPERATOR_SERVING);
    assert_int_equal(health.epoch, 1);
    assert_int_equal(health.operators, 1);
    assert_true(health.is_member);
    assert_int_equal(health.epoch_time % LONE_INTERVAL_S, 0);
    assert_int_equal(health.epoch_time, health.boundary);
    assert_memory_equal(&health.cluster_id, &kw_threshold_cluster(lone.threshold)->cluster_id,
                        sizeof health.cluster_id);
}

static void health__is_json(void **state)
{
    (void)state;
    KW_AUTO(kw_arena) arena = kw_arena_init(1 << 20);
    KW_AUTO(kw_buf) json = kw_buf_init(1 << 16);
    const char *text = NULL;
    kw_peer_health peers[] = {{.address = KW_STR("0x1"), .health = KW_COURIER_DOWN},
                              {.address = KW_STR("0x2"), .health = KW_COURIER_UP, .seen_ago_s = 4}};
    kw_threshold_health health;
    EXPECT_OK(kw_threshold_health_read(lone.threshold, &arena, &health, NULL));
    health.peers = (kw_peer_healths){peers, 2};
    EXPECT_OK(kw_json_encode(&json, &kw_threshold_health_schema, &health, KW_JSON_PLAIN));
    EXPECT_OK(kw_buf_c_text(&json, &text));
    assert_non_null(strstr(text, "\"condition\":\"outside\""));
    assert_non_null(strstr(text, "{\"address\":\"0x1\",\"health\":\"down\",\"seen_ago_s\":null,"));
    assert_non_null(strstr(text, "\"health\":\"up\",\"seen_ago_s\":4,\"waiting\":0}"));
}

static void health__needs_room(void **state)
{
    (void)state;
    KW_AUTO(kw_arena) arena = kw_arena_init(0);
    kw_threshold_health health = {.epoch = 77};
    EXPECT_STATUS(kw_threshold_health_read(lone.threshold, &arena, &health, NULL), KW_LIMIT);
    assert_int_equal(health.epoch, 77);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(health__tells_what_the_operator_has, make_world,
                                        drop_world),
        cmocka_unit_test_setup_teardown(health__is_json, make_world, drop_world),
        cmocka_unit_test_setup_teardown(health__needs_room, make_world, drop_world),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
