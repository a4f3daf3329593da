/* SPDX-License-Identifier: Apache-2.0 */
#include "guard/guard.h"

#include "base/heap.h"
#include "emtp/api.h"
#include "guard/api.h"
#include "node/api.h"
#include "threshold/api.h"

#include "support/expect.h"
#include "support/guard.h"

static guard_world world;

static kw_status check(const kw_route *rows, size_t count)
{
    kw_guard_routes tables[] = {{kw_node_routes, kw_node_routes_count},
                                {kw_emtp_routes, kw_emtp_routes_count},
                                {kw_emtp_admin_routes, kw_emtp_admin_routes_count},
                                {kw_threshold_routes, kw_threshold_routes_count},
                                {kw_threshold_admin_routes, kw_threshold_admin_routes_count},
                                {kw_threshold_peer_routes, kw_threshold_peer_routes_count},
                                {rows, count}};
    kw_error err = {0};
    kw_status st = kw_guard_check_routes(tables, KW_COUNT(tables), &err);
    assert_int_equal(err.status, st);
    return st;
}

static void guard_check_routes__takes_the_routes_of_the_program(void **state)
{
    (void)state;
    EXPECT_OK(check(kw_guard_admin_routes, kw_guard_admin_routes_count));
}

static void guard_check_routes__refuses_missing_unknown_and_unused(void **state)
{
    (void)state;
    enum {
        ROUTES_MAX = 32
    };
    kw_route rows[ROUTES_MAX];
    assert_in_range(kw_guard_admin_routes_count, 1, ROUTES_MAX);
    for (size_t i = 0; i < kw_guard_admin_routes_count; i++) {
        memcpy(rows, kw_guard_admin_routes, kw_guard_admin_routes_count * sizeof *rows);
        rows[i].permission = NULL;
        EXPECT_STATUS(check(rows, kw_guard_admin_routes_count), KW_CONFIG);
        rows[i].permission = "identity.entry.writes";
        EXPECT_STATUS(check(rows, kw_guard_admin_routes_count), KW_CONFIG);
    }
    EXPECT_STATUS(check(NULL, 0), KW_CONFIG); /* their permissions are used by no route then */
}

static kw_status open_with(const char *row, kw_error *err)
{
    kw_guard_config config = world.config;
    kw_str text = kw_str_of(row);
    config.bootstrap = (kw_strs){&text, 1};
    kw_guard_ports ports = {
        .store = world.store, .sealer = world.sealer, .clock = &world.clock, .rng = &world.rng};
    kw_guard *guard = NULL;
    kw_status st = kw_guard_open(&guard, &config, &ports, err);
    kw_guard_free(guard);
    return st;
}

static void guard_open__reads_bootstrap_rows_strictly(void **state)
{
    (void)state;
    guard_world_make(&world);
    kw_guard_free(world.guard);
    world.guard = NULL;
    static const char *const good[] = {
        "uri:spiffe://a/b=operator",
        "uri:https://a/b?c=d=crypto_officer+operator",
        "dns:admin.example.com=security_admin",
        "spki:00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff=auditor",
    };
    static const char *const bad[] = {
        "",
        "uri:spiffe://a/b",
        "uri:spiffe://a/b=",
        "uri:=operator",
        "spiffe://a/b=operator",
        "cn:admin=operator",
        "api_key:x=operator",
        "uri:a=root",
        "uri:a=anonymous",
        "uri:a=operator+operator",
        "uri:a=operator+",
        "uri:a=security_admin+auditor",
        "uri:a=security_admin+crypto_officer",
    };
    for (size_t i = 0; i < KW_COUNT(good); i++) {
        kw_error err = {0};
        EXPECT_OK(open_with(good[i], &err));
    }
    for (size_t i = 0; i < KW_COUNT(bad); i++) {
        kw_error err = {0};
        kw_status st = open_with(bad[i], &err);
        if (st != KW_CONFIG) {
            print_error("row \"%s\"\n", bad[i]);
        }
        EXPECT_STATUS(st, KW_CONFIG);
        assert_int_equal(err.status, KW_CONFIG);
    }
    guard_world_remove(&world);
}

static void guard_open__refuses_networks_that_are_none(void **state)
{
    (void)state;
    guard_world_make(&world);
    kw_guard_free(world.guard);
    world.guard = NULL;
    kw_str wrong = KW_STR("10.0.0.1/8");
    kw_strs *const lists[] = {&world.config.public_networks, &world.config.admin_networks,
                              &world.config.peer_networks, &world.config.metrics_networks};
    for (size_t i = 0; i < KW_COUNT(lists); i++) {
        kw_strs kept = *lists[i];
        *lists[i] = (kw_strs){&wrong, 1};
        kw_error err = {0};
        EXPECT_STATUS(open_with("uri:a=operator", &err), KW_CONFIG);
        *lists[i] = kept;
    }
    guard_world_remove(&world);
}

static void guard_open__needs_the_sealer_that_made_its_secrets(void **state)
{
    (void)state;
    guard_world_make(&world);
    kw_guard_free(world.guard);
    world.guard = NULL;
    kw_sealer *kept = world.sealer;
    world.sealer = NULL;
    kw_error err = {0};
    EXPECT_STATUS(open_with("uri:a=operator", &err), KW_SEALED);
    world.sealer = kept;
    EXPECT_OK(open_with("uri:a=operator", &err));
    guard_world_remove(&world);
}

static void guard_open__reports_a_generator_that_fails(void **state)
{
    (void)state;
    guard_world_make(&world);
    kw_guard_free(world.guard);
    world.guard = NULL;
    for (uint64_t after = 1; after <= 3; after++) {
        world.rng_state.requests = 0;
        world.rng_state.fail_after = after;
        kw_error err = {0};
        kw_status st = open_with("uri:a=operator", &err);
        EXPECT_STATUS(st, KW_ENTROPY_FAILURE);
    }
    guard_world_remove(&world);
}

static void guard_open__survives_missing_memory(void **state)
{
    (void)state;
    guard_world_make(&world);
    kw_guard_free(world.guard);
    world.guard = NULL;
    kw_status st = KW_NO_MEMORY;
    for (uint64_t k = 1; st != KW_OK; k++) {
        assert_true(k < 2000);
        kw_error err = {0};
        kw_heap_fail_at(k);
        st = open_with("uri:a=operator", &err);
        kw_heap_fail_at(0);
        if (st != KW_OK) {
            assert_int_equal(err.status, st);
        }
    }
    guard_world_remove(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(guard_check_routes__takes_the_routes_of_the_program),
        cmocka_unit_test(guard_check_routes__refuses_missing_unknown_and_unused),
        cmocka_unit_test(guard_open__reads_bootstrap_rows_strictly),
        cmocka_unit_test(guard_open__refuses_networks_that_are_none),
        cmocka_unit_test(guard_open__needs_the_sealer_that_made_its_secrets),
        cmocka_unit_test(guard_open__reports_a_generator_that_fails),
        cmocka_unit_test(guard_open__survives_missing_memory),
    };
    return cmocka_run_group_tests_name("guard/guard", tests, NULL, NULL);
}
