/* SPDX-License-Identifier: Apache-2.0
 * The common SQL language: the same text, the same answers and the same statuses on both
 * back-ends. */
#include "store/sql.h"

#include "store/driver.h"
#include "store/limits.h"
#include "store/store.h"
#include "support/expect.h"
#include "support/stores.h"

#include <stdio.h>
#include <stdlib.h>

static const char table[] =
    "CREATE TABLE thing (id BIGINT PRIMARY KEY, name TEXT NOT NULL, body BYTEA,"
    " owner BIGINT REFERENCES thing (id), CHECK (id >= 0))";

/* A fresh store with the table. */
static kw_store *open_with_table(void **state)
{
    kw_store_options options = stores_fresh(*state);
    kw_store *store = stores_open(&options);
    stores_write(store, table);
    return store;
}

static kw_status insert(kw_tx *tx, int64_t id, const char *name, kw_sql_value body, kw_error *err)
{
    return kw_sql_run(tx, NULL, "INSERT INTO thing (name, id, body) VALUES ($2, $1, $3)",
                      KW_SQL_ARGS(kw_sql_int(id), kw_sql_text(kw_str_of(name)), body), err);
}

static kw_status insert_and_read_back(kw_tx *tx, void *ctx, kw_error *err)
{
    KW_UNUSED(ctx);
    static const uint8_t bytes[] = {0, 1, 0xff, 0, '\'', '\\'};
    static const int64_t ids[] = {0, 1, 0x7fffffffffffffff};
    for (size_t i = 0; i < KW_COUNT(ids); i++) {
        KW_TRY(insert(tx, ids[i], "na'me \xc3\xa9", kw_sql_blob(KW_SPAN(bytes)), err));
    }
    KW_AUTO(kw_rows) rows = {0};
    KW_TRY(kw_sql_query(tx, &rows, "SELECT id, name, body, owner FROM thing ORDER BY id",
                        KW_SQL_NO_ARGS, err));
    for (size_t i = 0; i < KW_COUNT(ids); i++) {
        int64_t id = -1;
        kw_str name = {0};
        kw_span body = {0};
        EXPECT_OK(kw_rows_next(&rows, err));
        EXPECT_OK(kw_rows_int(&rows, &id, 0, err));
        assert_true(id == ids[i]);
        EXPECT_OK(kw_rows_text(&rows, &name, 1, err));
        EXPECT_STR(name, "na'me \xc3\xa9");
        EXPECT_OK(kw_rows_blob(&rows, &body, 2, err));
        EXPECT_SPAN(body, KW_SPAN(bytes));
        assert_true(kw_rows_is_null(&rows, 3));
        assert_false(kw_rows_is_null(&rows, 0));
    }
    EXPECT_STATUS(kw_rows_next(&rows, err), KW_END);
    EXPECT_STATUS(kw_rows_next(&rows, err), KW_END);
    return KW_OK;
}

static void sql__values_of_each_kind_come_back(void **state)
{
    KW_AUTO_PTR(kw_store) store = open_with_table(state);
    EXPECT_OK(kw_store_write(store, insert_and_read_back, NULL, NULL));
    assert_int_equal(stores_number(store, "SELECT COUNT(*) FROM thing"), 3);
}

static kw_status empty_values(kw_tx *tx, void *ctx, kw_error *err)
{
    KW_UNUSED(ctx);
    KW_TRY(insert(tx, 1, "", kw_sql_blob((kw_span){0}), err));
    KW_TRY(insert(tx, 2, "", kw_sql_null(), err));
    KW_AUTO(kw_rows) rows = {0};
    KW_TRY(
        kw_sql_query(tx, &rows, "SELECT body, name FROM thing ORDER BY id", KW_SQL_NO_ARGS, err));
    kw_span body = {(const uint8_t *)"x", 1};
    kw_str name = KW_STR("x");
    EXPECT_OK(kw_rows_next(&rows, err));
    EXPECT_OK(kw_rows_blob(&rows, &body, 0, err));
    EXPECT_OK(kw_rows_text(&rows, &name, 1, err));
    assert_int_equal(body.len, 0);
    assert_int_equal(name.len, 0);
    EXPECT_OK(kw_rows_next(&rows, err));
    assert_true(kw_rows_is_null(&rows, 0));
    return KW_OK;
}

static void sql__empty_is_not_null(void **state)
{
    KW_AUTO_PTR(kw_store) store = open_with_table(state);
    EXPECT_OK(kw_store_write(store, empty_values, NULL, NULL));
}

static kw_status wrong_kinds(kw_tx *tx, void *ctx, kw_error *err)
{
    KW_UNUSED(ctx);
    KW_TRY(insert(tx, 1, "a", kw_sql_null(), err));
    KW_AUTO(kw_rows) rows = {0};
    KW_TRY(kw_sql_query_one(tx, &rows, "SELECT id, name, body FROM thing", KW_SQL_NO_ARGS, err));
    int64_t number = 7;
    kw_str text = KW_STR("kept");
    kw_span blob = {0};
    uint8_t four[4] = {0};
    EXPECT_STATUS(kw_rows_int(&rows, &number, 1, NULL), KW_CORRUPT);
    EXPECT_STATUS(kw_rows_int(&rows, &number, 2, NULL), KW_CORRUPT);
    EXPECT_STATUS(kw_rows_text(&rows, &text, 0, NULL), KW_CORRUPT);
    EXPECT_STATUS(kw_rows_text(&rows, &text, 2, NULL), KW_CORRUPT);
    EXPECT_STATUS(kw_rows_blob(&rows, &blob, 1, NULL), KW_CORRUPT);
    EXPECT_STATUS(kw_rows_blob_into(&rows, KW_MSPAN(four), 2, NULL), KW_CORRUPT);
    EXPECT_STATUS(kw_rows_int(&rows, &number, 3, NULL), KW_INTERNAL);
    assert_false(kw_rows_is_null(&rows, 3));
    assert_int_equal(number, 7);
    EXPECT_STR(text, "kept");
    return KW_OK;
}

static void rows__getters_refuse_null_and_other_kinds(void **state)
{
    KW_AUTO_PTR(kw_store) store = open_with_table(state);
    EXPECT_OK(kw_store_write(store, wrong_kinds, NULL, NULL));
}

static kw_status exact_blob(kw_tx *tx, void *ctx, kw_error *err)
{
    KW_UNUSED(ctx);
    static const uint8_t bytes[] = {1, 2, 3, 4};
    KW_TRY(insert(tx, 1, "a", kw_sql_blob(KW_SPAN(bytes)), err));
    KW_AUTO(kw_rows) rows = {0};
    KW_TRY(kw_sql_query_one(tx, &rows, "SELECT body FROM thing", KW_SQL_NO_ARGS, err));
    uint8_t four[4] = {0};
    uint8_t five[5] = {0};
    EXPECT_OK(kw_rows_blob_into(&rows, KW_MSPAN(four), 0, NULL));
    assert_memory_equal(four, bytes, 4);
    EXPECT_STATUS(kw_rows_blob_into(&rows, KW_MSPAN(five), 0, NULL), KW_CORRUPT);
    EXPECT_STATUS(kw_rows_blob_into(&rows, (kw_mspan){four, 3}, 0, NULL), KW_CORRUPT);
    return KW_OK;
}

static void rows_blob_into__takes_the_exact_length_only(void **state)
{
    KW_AUTO_PTR(kw_store) store = open_with_table(state);
    EXPECT_OK(kw_store_write(store, exact_blob, NULL, NULL));
}

/* A statement that must fail with `wanted`, and then leaves nothing behind. */
typedef struct failure {
    const char *sql;
    kw_sql_args args;
    kw_status wanted;
} failure;

static kw_status run_failure(kw_tx *tx, void *ctx, kw_error *err)
{
    const failure *f = ctx;
    KW_TRY(kw_sql_run(tx, NULL, "INSERT INTO thing (id, name) VALUES (100, 'before')",
                      KW_SQL_NO_ARGS, err));
    EXPECT_STATUS(kw_sql_run(tx, NULL, f->sql, f->args, err), f->wanted);
    /* Spoilt: later statements fail alike, and going on with KW_OK does not help. */
    EXPECT_STATUS(kw_sql_run(tx, NULL, "SELECT 1", KW_SQL_NO_ARGS, NULL), f->wanted);
    return KW_OK;
}

static void expect_failure(kw_store *store, failure f)
{
    kw_error err = {0};
    EXPECT_STATUS(kw_store_write(store, run_failure, &f, &err), f.wanted);
    assert_string_not_equal(err.text, "");
    assert_int_equal(err.status, f.wanted);
    assert_int_equal(stores_number(store, "SELECT COUNT(*) FROM thing"), 1);
}

static void sql__failures_have_one_status_on_both(void **state)
{
    KW_AUTO_PTR(kw_store) store = open_with_table(state);
    stores_write(store, "INSERT INTO thing (id, name) VALUES (1, 'one')");
    kw_sql_args none = KW_SQL_NO_ARGS;
    const failure failures[] = {
        {"INSERT INTO thing (id, name) VALUES (1, 'again')", none, KW_CONFLICT},
        {"INSERT INTO thing (id, name, owner) VALUES (2, 'x', 99)", none, KW_CONFLICT},
        {"DELETE FROM nowhere", none, KW_INTERNAL},
        {"SELEKT 1", none, KW_INTERNAL},
        {"INSERT INTO thing (id, name) VALUES (-1, 'x')", none, KW_REFUSED},
        {"INSERT INTO thing (id, name) VALUES (3, NULL)", none, KW_REFUSED},
        {"INSERT INTO thing (id, name) VALUES (3, $1)", KW_SQL_ARGS(kw_sql_text(KW_STR("a\0b"))),
         KW_BAD_INPUT},
        {"INSERT INTO thing (id, name) VALUES (3, $1)", KW_SQL_ARGS(kw_sql_text(KW_STR("\xff"))),
         KW_BAD_INPUT},
        {"INSERT INTO thing (id, name) VALUES ($1, $2)", KW_SQL_ARGS(kw_sql_int(3)), KW_INTERNAL},
        {"SELECT id FROM thing WHERE id = $2", KW_SQL_ARGS(kw_sql_int(3)), KW_INTERNAL},
    };
    for (size_t i = 0; i < KW_COUNT(failures); i++) {
        expect_failure(store, failures[i]);
    }
}

static void sql__refuses_a_value_that_is_too_long(void **state)
{
    KW_AUTO_PTR(kw_store) store = open_with_table(state);
    stores_write(store, "INSERT INTO thing (id, name) VALUES (1, 'one')");
    uint8_t *bytes = calloc(1, KW_STORE_VALUE_BYTES_MAX + 1);
    kw_span all = {bytes, KW_STORE_VALUE_BYTES_MAX + 1};
    expect_failure(store, (failure){"INSERT INTO thing (id, name, body) VALUES (2, 'x', $1)",
                                    KW_SQL_ARGS(kw_sql_blob(all)), KW_LIMIT});
    free(bytes);
}

static kw_status try_to_write(kw_tx *tx, void *ctx, kw_error *err)
{
    KW_UNUSED(ctx);
    return kw_sql_run(tx, NULL, "INSERT INTO thing (id, name) VALUES (5, 'x')", KW_SQL_NO_ARGS,
                      err);
}

static void store_read__cannot_write(void **state)
{
    KW_AUTO_PTR(kw_store) store = open_with_table(state);
    EXPECT_STATUS(kw_store_read(store, try_to_write, NULL, NULL), KW_INTERNAL);
    assert_int_equal(stores_number(store, "SELECT COUNT(*) FROM thing"), 0);
}

static kw_status count_changes(kw_tx *tx, void *ctx, kw_error *err)
{
    KW_UNUSED(ctx);
    uint64_t changed = 99;
    KW_TRY(kw_sql_run(tx, &changed,
                      "INSERT INTO thing (id, name) VALUES (1, 'a'), (2, 'b'), (3, 'c')",
                      KW_SQL_NO_ARGS, err));
    assert_int_equal(changed, 3);
    KW_TRY(kw_sql_run(tx, &changed, "UPDATE thing SET name = 'd' WHERE id > $1",
                      KW_SQL_ARGS(kw_sql_int(1)), err));
    assert_int_equal(changed, 2);
    KW_TRY(kw_sql_run(tx, &changed, "SELECT id FROM thing", KW_SQL_NO_ARGS, err));
    assert_int_equal(changed, 0);
    KW_TRY(kw_sql_run(tx, &changed,
                      "INSERT INTO thing (id, name) VALUES (1, 'z') ON CONFLICT (id) DO NOTHING",
                      KW_SQL_NO_ARGS, err));
    assert_int_equal(changed, 0);
    KW_TRY(kw_sql_run(tx, &changed, "DELETE FROM thing WHERE id = 9", KW_SQL_NO_ARGS, err));
    assert_int_equal(changed, 0);
    return KW_OK;
}

static void sql_run__counts_changed_rows(void **state)
{
    KW_AUTO_PTR(kw_store) store = open_with_table(state);
    EXPECT_OK(kw_store_write(store, count_changes, NULL, NULL));
}

static kw_status use_returning(kw_tx *tx, void *ctx, kw_error *err)
{
    KW_UNUSED(ctx);
    for (int64_t round = 1; round <= 2; round++) {
        KW_AUTO(kw_rows) rows = {0};
        KW_TRY(kw_sql_query_one(tx, &rows,
                                "INSERT INTO thing (id, name, owner) VALUES ($1, 'n', NULL)"
                                " ON CONFLICT (id) DO UPDATE SET name = thing.name || 'n' RETURNING"
                                " LENGTH(name), EXISTS (SELECT 1 FROM thing WHERE id = 1)",
                                KW_SQL_ARGS(kw_sql_int(1)), err));
        int64_t value = 0;
        KW_TRY(kw_rows_int(&rows, &value, 0, err));
        assert_int_equal(value, round);
        KW_TRY(
            kw_rows_int(&rows, &value, 1, err)); /* a BOOLEAN in PostgreSQL, a number in SQLite */
    }
    return KW_OK;
}

static void sql__knows_on_conflict_and_returning(void **state)
{
    KW_AUTO_PTR(kw_store) store = open_with_table(state);
    EXPECT_OK(kw_store_write(store, use_returning, NULL, NULL));
    assert_int_equal(stores_number(store, "SELECT LENGTH(name) FROM thing"), 2);
}

static kw_status find_nothing(kw_tx *tx, void *ctx, kw_error *err)
{
    KW_UNUSED(ctx);
    KW_AUTO(kw_rows) rows = {0};
    EXPECT_STATUS(kw_sql_query_one(tx, &rows, "SELECT id FROM thing", KW_SQL_NO_ARGS, err),
                  KW_NOT_FOUND);
    EXPECT_STATUS(kw_rows_next(&rows, err), KW_END);
    return insert(tx, 1, "after", kw_sql_null(), err);
}

static void sql_query_one__not_found_spoils_nothing(void **state)
{
    KW_AUTO_PTR(kw_store) store = open_with_table(state);
    EXPECT_OK(kw_store_write(store, find_nothing, NULL, NULL));
    assert_int_equal(stores_number(store, "SELECT COUNT(*) FROM thing"), 1);
}

static kw_status leave_cursor_open(kw_tx *tx, void *ctx, kw_error *err)
{
    KW_UNUSED(ctx);
    kw_rows rows = {0}; /* not KW_AUTO: left open on purpose */
    KW_TRY(kw_sql_query_one(tx, &rows, "SELECT id FROM thing ORDER BY id", KW_SQL_NO_ARGS, err));
    return KW_OK;
}

static void tx__a_cursor_left_open_is_closed(void **state)
{
    KW_AUTO_PTR(kw_store) store = open_with_table(state);
    stores_write(store, "INSERT INTO thing (id, name) VALUES (1, 'a'), (2, 'b'), (3, 'c')");
    EXPECT_OK(kw_store_read(store, leave_cursor_open, NULL, NULL));
    EXPECT_OK(kw_store_write(store, leave_cursor_open, NULL, NULL));
    EXPECT_OK(kw_store_read(store, leave_cursor_open, NULL, NULL));
    assert_int_equal(stores_number(store, "SELECT COUNT(*) FROM thing"), 3);
}

static kw_status text_order(kw_tx *tx, void *ctx, kw_error *err)
{
    KW_UNUSED(ctx);
    static const char *const sorted[] = {"", "B", "a", "a ", "a-b", "aB", "aa", "z", "\xc3\xa9"};
    for (size_t i = 0; i < KW_COUNT(sorted); i++) {
        KW_TRY(insert(tx, (int64_t)(i * 5 % KW_COUNT(sorted)), sorted[i * 5 % KW_COUNT(sorted)],
                      kw_sql_null(), err));
    }
    KW_AUTO(kw_rows) rows = {0};
    KW_TRY(kw_sql_query(tx, &rows, "SELECT name FROM thing ORDER BY name", KW_SQL_NO_ARGS, err));
    for (size_t i = 0; i < KW_COUNT(sorted); i++) {
        kw_str name = {0};
        KW_TRY(kw_rows_next(&rows, err));
        KW_TRY(kw_rows_text(&rows, &name, 0, err));
        EXPECT_STR(name, sorted[i]);
    }
    return KW_OK;
}

static void sql__text_sorts_by_bytes(void **state)
{
    KW_AUTO_PTR(kw_store) store = open_with_table(state);
    EXPECT_OK(kw_store_write(store, text_order, NULL, NULL));
}

static kw_status many_statements(kw_tx *tx, void *ctx, kw_error *err)
{
    KW_UNUSED(ctx);
    for (int round = 0; round < 2; round++) {
        for (int i = 0; i < 3 * KW_STORE_STATEMENTS_MAX; i++) {
            char sql[64];
            (void)snprintf(sql, sizeof sql, "SELECT CAST(%d AS BIGINT) + $1", i);
            KW_AUTO(kw_rows) rows = {0};
            int64_t sum = 0;
            KW_TRY(kw_sql_query_one(tx, &rows, sql, KW_SQL_ARGS(kw_sql_int(round)), err));
            KW_TRY(kw_rows_int(&rows, &sum, 0, err));
            assert_int_equal(sum, i + round);
        }
    }
    return KW_OK;
}

static void sql__statements_beyond_the_cache_work(void **state)
{
    KW_AUTO_PTR(kw_store) store = open_with_table(state);
    EXPECT_OK(kw_store_read(store, many_statements, NULL, NULL));
}

static kw_status pass_over_a_failure(kw_tx *tx, void *ctx, kw_error *err)
{
    int *calls = ctx;
    *calls += 1;
    EXPECT_STATUS(kw_sql_run(tx, NULL, "SELEKT 1", KW_SQL_NO_ARGS, err), KW_INTERNAL);
    return *calls == 1 ? KW_OK : KW_FORBIDDEN;
}

static void tx_run__gives_the_failure_that_its_function_passed_over(void **state)
{
    kw_store_options options = stores_fresh(*state);
    kw_store_free(stores_open(&options));
    const kw_sql_driver *driver = kw_sql_driver_of(options.backend);
    kw_sql_conn *conn = NULL;
    int calls = 0;
    EXPECT_OK(driver->open(&conn, options.where, KW_SQL_WRITER, NULL));
    EXPECT_OK(driver->control(conn, KW_SQL_BEGIN, NULL));
    EXPECT_STATUS(kw_tx_run(conn, pass_over_a_failure, &calls, NULL), KW_INTERNAL);
    EXPECT_OK(driver->control(conn, KW_SQL_ROLLBACK, NULL));
    EXPECT_OK(driver->control(conn, KW_SQL_BEGIN, NULL));
    EXPECT_STATUS(kw_tx_run(conn, pass_over_a_failure, &calls, NULL), KW_FORBIDDEN);
    EXPECT_OK(driver->control(conn, KW_SQL_ROLLBACK, NULL));
    driver->close(conn);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sql__values_of_each_kind_come_back),
        cmocka_unit_test(sql__empty_is_not_null),
        cmocka_unit_test(rows__getters_refuse_null_and_other_kinds),
        cmocka_unit_test(rows_blob_into__takes_the_exact_length_only),
        cmocka_unit_test(sql__failures_have_one_status_on_both),
        cmocka_unit_test(sql__refuses_a_value_that_is_too_long),
        cmocka_unit_test(store_read__cannot_write),
        cmocka_unit_test(sql_run__counts_changed_rows),
        cmocka_unit_test(sql__knows_on_conflict_and_returning),
        cmocka_unit_test(sql_query_one__not_found_spoils_nothing),
        cmocka_unit_test(tx__a_cursor_left_open_is_closed),
        cmocka_unit_test(sql__text_sorts_by_bytes),
        cmocka_unit_test(tx_run__gives_the_failure_that_its_function_passed_over),
        cmocka_unit_test(sql__statements_beyond_the_cache_work),
    };
    return STORES_RUN_ON_BOTH(tests);
}
