/* SPDX-License-Identifier: Apache-2.0
 * What only PostgreSQL can get wrong: a server that goes away, two nodes, its own types. */
#include "store/postgres/postgres.h"

#include "os/clock.h"
#include "support/expect.h"
#include "support/stores.h"

/* A store with one row (1, 0). */
static kw_store *open_with_row(stores *all, kw_store_options *options)
{
    *options = stores_fresh(all);
    kw_store *store = stores_open(options);
    stores_write(store, "CREATE TABLE item (id BIGINT PRIMARY KEY, n BIGINT NOT NULL)");
    stores_write(store, "INSERT INTO item (id, n) VALUES (1, 0)");
    return store;
}

static kw_status add_one(kw_tx *tx, void *ctx, kw_error *err)
{
    KW_UNUSED(ctx);
    return kw_sql_run(tx, NULL, "UPDATE item SET n = n + 1 WHERE id = 1", KW_SQL_NO_ARGS, err);
}

static void store_open__refuses_a_bad_connection_string(void **state)
{
    (void)state;
    static const char *const bad[] = {"host", "nonsense=1", "postgresql://h?password=secret&x=1"};
    for (size_t i = 0; i < KW_COUNT(bad); i++) {
        kw_store_options options = {.backend = KW_STORE_POSTGRES, .where = bad[i]};
        kw_store *store = NULL;
        kw_error err = {0};
        EXPECT_STATUS(kw_store_open(&store, &options, &err), KW_CONFIG);
        assert_null(strstr(err.text, "secret"));
    }
}

/* Calls again while the server is away; the back-off is at most 2 s. */
static kw_status until_back(kw_store *store, kw_store_fn fn)
{
    kw_status st = KW_UNAVAILABLE;
    while (st == KW_UNAVAILABLE) {
        st = fn == NULL ? kw_store_check(store, NULL) : kw_store_write(store, fn, NULL, NULL);
        kw_sleep_ms(10);
    }
    return st;
}

static void store__comes_back_after_the_server_did(void **state)
{
    kw_store_options options;
    stores *all = *state;
    KW_AUTO_PTR(kw_store) store = open_with_row(all, &options);
    assert_int_equal(stores_number(store, "SELECT n FROM item"), 0); /* a reader is open, too */
    EXPECT_OK(kw_store_write(store, add_one, NULL, NULL));
    postgres_crash(&all->server);
    EXPECT_STATUS(kw_store_write(store, add_one, NULL, NULL), KW_UNAVAILABLE);
    EXPECT_STATUS(kw_store_check(store, NULL), KW_UNAVAILABLE);
    postgres_resume(&all->server);
    EXPECT_OK(until_back(store, add_one));
    EXPECT_OK(until_back(store, NULL));
    assert_int_equal(stores_number(store, "SELECT n FROM item"), 2);
}

static void store__an_idle_connection_that_broke_is_not_noticed(void **state)
{
    kw_store_options options;
    stores *all = *state;
    KW_AUTO_PTR(kw_store) store = open_with_row(all, &options);
    assert_int_equal(stores_number(store, "SELECT n FROM item"), 0);
    postgres_crash(&all->server);
    postgres_resume(&all->server);
    EXPECT_OK(kw_store_write(store, add_one, NULL, NULL));
    assert_int_equal(stores_number(store, "SELECT n FROM item"), 1);
}

static kw_status break_own_connection(kw_tx *tx, void *ctx, kw_error *err)
{
    KW_TRY(add_one(tx, ctx, err));
    kw_status st =
        kw_sql_run(tx, NULL, "SELECT pg_terminate_backend(pg_backend_pid())", KW_SQL_NO_ARGS, err);
    EXPECT_STATUS(st, KW_UNAVAILABLE);
    return KW_OK; /* what was lost stays lost */
}

static void store_write__a_lost_connection_loses_the_batch(void **state)
{
    kw_store_options options;
    KW_AUTO_PTR(kw_store) store = open_with_row(*state, &options);
    EXPECT_STATUS(kw_store_write(store, break_own_connection, NULL, NULL), KW_UNAVAILABLE);
    EXPECT_OK(kw_store_write(store, add_one, NULL, NULL));
    assert_int_equal(stores_number(store, "SELECT n FROM item"), 1);
}

/* Inside a write of one node, another node changes the same row and commits. */
static kw_status race(kw_tx *tx, void *ctx, kw_error *err)
{
    kw_store *other = ctx;
    KW_AUTO(kw_rows) rows = {0};
    KW_TRY(kw_sql_query_one(tx, &rows, "SELECT n FROM item WHERE id = 1", KW_SQL_NO_ARGS, err));
    kw_rows_drop(&rows);
    EXPECT_OK(kw_store_write(other, add_one, NULL, NULL));
    return add_one(tx, NULL, err);
}

static void store_write__a_concurrent_change_is_a_conflict(void **state)
{
    kw_store_options options;
    KW_AUTO_PTR(kw_store) store = open_with_row(*state, &options);
    KW_AUTO_PTR(kw_store) other = stores_open(&options);
    EXPECT_STATUS(kw_store_write(store, race, other, NULL), KW_CONFLICT);
    EXPECT_OK(kw_store_write(store, add_one, NULL, NULL));
    assert_int_equal(stores_number(store, "SELECT n FROM item"), 2);
}

static kw_status read_type(kw_tx *tx, void *ctx, kw_error *err)
{
    KW_AUTO(kw_rows) rows = {0};
    KW_TRY(kw_sql_query_one(tx, &rows, ctx, KW_SQL_NO_ARGS, err));
    int64_t number = 0;
    return kw_rows_int(&rows, &number, 0, err);
}

static void postgres_column__refuses_types_outside_the_contract(void **state)
{
    kw_store_options options;
    KW_AUTO_PTR(kw_store) store = open_with_row(*state, &options);
    char numeric[] = "SELECT 1.5";
    char date[] = "SELECT now()";
    EXPECT_STATUS(kw_store_read(store, read_type, numeric, NULL), KW_INTERNAL);
    EXPECT_STATUS(kw_store_read(store, read_type, date, NULL), KW_INTERNAL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(store_open__refuses_a_bad_connection_string),
        cmocka_unit_test(store__comes_back_after_the_server_did),
        cmocka_unit_test(store__an_idle_connection_that_broke_is_not_noticed),
        cmocka_unit_test(store_write__a_lost_connection_loses_the_batch),
        cmocka_unit_test(store_write__a_concurrent_change_is_a_conflict),
        cmocka_unit_test(postgres_column__refuses_types_outside_the_contract),
    };
    return cmocka_run_group_tests(tests, stores_setup_postgres, stores_teardown);
}
