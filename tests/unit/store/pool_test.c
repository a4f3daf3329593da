/* SPDX-License-Identifier: Apache-2.0
 * Lending read connections. */
#include "store/pool.h"

#include "base/heap.h"
#include "store/store.h"
#include "support/expect.h"
#include "support/stores.h"

static void pool__lends_the_warmest_and_opens_no_more_than_its_maximum(void **state)
{
    kw_store_options options = stores_fresh(*state);
    kw_store_free(stores_open(&options));
    kw_pool pool = {0};
    EXPECT_OK(kw_pool_init(&pool, kw_sql_driver_of(options.backend), options.where, 2, NULL));
    kw_sql_conn *first = NULL;
    kw_sql_conn *second = NULL;
    kw_sql_conn *third = NULL;
    EXPECT_OK(kw_pool_borrow(&pool, &first, NULL));
    EXPECT_OK(kw_pool_borrow(&pool, &second, NULL));
    assert_ptr_not_equal(first, second);
    assert_int_equal(pool.open_count, 2);
    kw_pool_return(&pool, first);
    kw_pool_return(&pool, second);
    EXPECT_OK(kw_pool_borrow(&pool, &third, NULL));
    assert_ptr_equal(third, second);
    kw_pool_return(&pool, third);
    kw_pool_drop(&pool);
}

static void pool_borrow__a_failed_open_gives_the_place_back(void **state)
{
    kw_store_options options = stores_fresh(*state);
    kw_store_free(stores_open(&options));
    kw_pool pool = {0};
    kw_sql_conn *conn = NULL;
    EXPECT_OK(kw_pool_init(&pool, kw_sql_driver_of(options.backend), options.where, 1, NULL));
    kw_heap_fail_at(1);
    EXPECT_STATUS(kw_pool_borrow(&pool, &conn, NULL), KW_NO_MEMORY);
    kw_heap_fail_at(0);
    assert_null(conn);
    EXPECT_OK(kw_pool_borrow(&pool, &conn, NULL));
    kw_pool_return(&pool, conn);
    kw_pool_drop(&pool);
}

static void pool_init__without_memory_is_a_status(void **state)
{
    (void)state;
    kw_pool pool = {0};
    kw_heap_fail_at(1);
    EXPECT_STATUS(kw_pool_init(&pool, kw_sql_driver_of(KW_STORE_SQLITE), "x", 3, NULL),
                  KW_NO_MEMORY);
    kw_heap_fail_at(0);
    kw_pool_drop(&pool);
}

/* Threads that share fewer connections than they are. */
typedef struct swarm {
    kw_store *store;
    kw_status st;
} swarm;

static void read_often(void *ctx)
{
    swarm *s = ctx;
    for (int i = 0; i < 200 && s->st == KW_OK; i++) {
        s->st = kw_store_check(s->store, NULL);
    }
}

static void pool__many_threads_share_few_connections(void **state)
{
    kw_store_options options = stores_fresh(*state);
    options.readers_max = 2;
    KW_AUTO_PTR(kw_store) store = stores_open(&options);
    swarm swarms[6];
    kw_thread threads[6] = {0};
    for (size_t i = 0; i < KW_COUNT(threads); i++) {
        swarms[i] = (swarm){.store = store};
        EXPECT_OK(kw_thread_start(&threads[i], "reader", read_often, &swarms[i], NULL));
    }
    for (size_t i = 0; i < KW_COUNT(threads); i++) {
        kw_thread_join(&threads[i]);
        EXPECT_OK(swarms[i].st);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pool__lends_the_warmest_and_opens_no_more_than_its_maximum),
        cmocka_unit_test(pool_borrow__a_failed_open_gives_the_place_back),
        cmocka_unit_test(pool_init__without_memory_is_a_status),
        cmocka_unit_test(pool__many_threads_share_few_connections),
    };
    return STORES_RUN_ON_BOTH(tests);
}
