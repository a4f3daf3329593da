/* SPDX-License-Identifier: Apache-2.0
 * Rows that this program did not write. What it writes itself: service_test.c. */
#include "guard/state.h"

#include "base/heap.h"

#include "support/expect.h"
#include "support/guard.h"

static guard_world world;

static kw_status run_sql(kw_tx *tx, void *ctx, kw_error *err)
{
    return kw_sql_run(tx, NULL, ctx, KW_SQL_NO_ARGS, err);
}

static void change(const char *sql)
{
    kw_error err = {0};
    char *text = kw_heap_copy_text(sql);
    assert_non_null(text);
    EXPECT_OK(kw_store_write(world.store, run_sql, text, &err));
    kw_heap_free(text);
}

static kw_status load(void)
{
    kw_error err = {0};
    KW_AUTO(kw_locked) hold = kw_lock(&world.guard->changing);
    kw_status st = kw_guard_load(world.guard, &err);
    assert_int_equal(err.status, st);
    return st;
}

static void guard_migrate__may_run_again(void **state)
{
    (void)state;
    guard_world_make(&world);
    kw_error err = {0};
    EXPECT_OK(kw_guard_migrate(world.store, &err));
    EXPECT_OK(load());
    guard_world_remove(&world);
}

static void guard_load__refuses_rows_that_make_no_sense(void **state)
{
    (void)state;
    static const struct {
        const char *breaks;
        const char *mends;
    } cases[] = {
        {"UPDATE guard_identity SET kind = 'cn'", "UPDATE guard_identity SET kind = 'api_key'"},
        {"UPDATE guard_identity SET allowed = '10.0.0.1/8'",
         "UPDATE guard_identity SET allowed = ''"},
        {"UPDATE guard_binding SET role = 'root'", "UPDATE guard_binding SET role = 'client'"},
        {"UPDATE guard_api_key SET id = 'short'", "UPDATE guard_api_key SET id = '0123456789'"},
    };
    guard_world_make(&world);
    KW_AUTO(kw_api_key_text) key = {{0}};
    guard_world_add_client(&world, "client-1", &key);
    for (size_t i = 0; i < KW_COUNT(cases); i++) {
        change(cases[i].breaks);
        EXPECT_STATUS(load(), KW_CORRUPT);
        KW_AUTO(kw_arena) arena = kw_arena_init(1 << 16);
        kw_identity_info info;
        kw_error err = {0};
        /* The old ones stay in force. */
        EXPECT_OK(kw_guard_identity_get(world.guard, &info, KW_STR("client-1"), &arena, &err));
        assert_int_equal(info.bindings.count, 1);
        change(cases[i].mends);
        EXPECT_OK(load());
    }
    guard_world_remove(&world);
}

static void guard_load__survives_missing_memory(void **state)
{
    (void)state;
    guard_world_make(&world);
    KW_AUTO(kw_api_key_text) key = {{0}};
    guard_world_add_client(&world, "client-1", &key);
    kw_status st = KW_NO_MEMORY;
    for (uint64_t k = 1; st != KW_OK; k++) {
        assert_true(k < 500);
        kw_heap_fail_at(k);
        st = load();
        kw_heap_fail_at(0);
    }
    guard_world_remove(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(guard_migrate__may_run_again),
        cmocka_unit_test(guard_load__refuses_rows_that_make_no_sense),
        cmocka_unit_test(guard_load__survives_missing_memory),
    };
    return cmocka_run_group_tests_name("guard/load", tests, NULL, NULL);
}
