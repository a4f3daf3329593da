/* SPDX-License-Identifier: Apache-2.0
 * What only SQLite can get wrong: the pragmas, and damaged or foreign files. */
#include "store/sqlite/sqlite.h"

#include "os/file.h"
#include "support/expect.h"
#include "support/stores.h"

#include <sys/resource.h>

/* The number that a statement gives on a connection of that role. */
static int64_t number_of(const kw_store_options *options, kw_sql_role role, const char *sql)
{
    kw_sql_conn *conn = NULL;
    kw_sql_value value = {0};
    EXPECT_OK(kw_sqlite_driver.open(&conn, options->where, role, NULL));
    EXPECT_OK(kw_sqlite_driver.start(conn, sql, KW_SQL_NO_ARGS, NULL));
    EXPECT_OK(kw_sqlite_driver.step(conn, NULL));
    EXPECT_OK(kw_sqlite_driver.column(conn, &value, 0, NULL));
    int64_t number = value.number;
    kw_sqlite_driver.finish(conn);
    kw_sqlite_driver.close(conn);
    return number;
}

static void sqlite_open__sets_what_durability_needs(void **state)
{
    static const char is_wal[] = "SELECT journal_mode = 'wal' FROM pragma_journal_mode";
    static const kw_sql_role roles[] = {KW_SQL_READER, KW_SQL_WRITER, KW_SQL_MIGRATOR};
    kw_store_options options = stores_fresh(*state);
    EXPECT_OK(kw_sqlite_driver.prepare(&options, NULL));
    for (size_t i = 0; i < KW_COUNT(roles); i++) {
        assert_int_equal(number_of(&options, roles[i], "PRAGMA synchronous"), 2);
        assert_int_equal(number_of(&options, roles[i], "PRAGMA foreign_keys"), 1);
        assert_int_equal(number_of(&options, roles[i], "PRAGMA secure_delete"), 1);
        assert_int_equal(number_of(&options, roles[i], "PRAGMA trusted_schema"), 0);
        assert_int_equal(number_of(&options, roles[i], "PRAGMA temp_store"), 2);
        assert_int_equal(number_of(&options, roles[i], is_wal), 1);
        int64_t is_query_only = number_of(&options, roles[i], "PRAGMA query_only");
        assert_int_equal(is_query_only, roles[i] == KW_SQL_READER);
    }
}

static void store_with_rows(const kw_store_options *options)
{
    kw_store *store = stores_open(options);
    stores_write(store, "CREATE TABLE item (id BIGINT PRIMARY KEY, body TEXT NOT NULL)");
    stores_write(store, "INSERT INTO item (id, body) WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL"
                        " SELECT i + 1 FROM n WHERE i < 500) SELECT i, 'body ' || i FROM n");
    kw_store_free(store);
}

/* A statement that may fail in its middle keeps what it changed, in a file if it is told to. */
static void sqlite__a_change_of_many_rows_opens_no_file(void **state)
{
    kw_store_options options = stores_fresh(*state);
    kw_store *store = stores_open(&options);
    struct rlimit limit;
    struct rlimit none;
    stores_write(store, "CREATE TABLE item (id BIGINT PRIMARY KEY, body TEXT NOT NULL)");
    stores_write(store, "INSERT INTO item (id, body) WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL"
                        " SELECT i + 1 FROM n WHERE i < 2000) SELECT i, hex(zeroblob(500)) FROM n");
    stores_write(store, "UPDATE item SET body = body || 'a' WHERE id = 1"); /* all files are open */
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
    none = (struct rlimit){0, limit.rlim_max};
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
    stores_write(store, "UPDATE item SET id = id + 10000, body = body || 'b'");
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
    kw_store_free(store);
}

static void read_all(kw_buf *out, const char *path)
{
    kw_buf_clear(out);
    EXPECT_OK(kw_file_read(out, path, NULL));
}

static kw_status open_and_check(const kw_store_options *options)
{
    KW_AUTO_PTR(kw_store) store = NULL;
    KW_TRY(kw_store_open(&store, options, NULL));
    return kw_store_check(store, NULL);
}

static void store_open__a_damaged_file_is_corrupt_and_stays(void **state)
{
    /* The magic, the application id, the root page of the schema, a table's pages. */
    static const struct {
        size_t offset;
        size_t len;
    } damages[] = {{0, 16}, {68, 4}, {100, 12}, {4096, 64}, {3 * 4096, 4096}};
    KW_AUTO(kw_buf) bytes = kw_buf_init(1 << 20);
    for (size_t i = 0; i < KW_COUNT(damages); i++) {
        kw_store_options options = stores_fresh(*state);
        store_with_rows(&options);
        EXPECT_OK(open_and_check(&options));
        read_all(&bytes, options.where);
        assert_true(damages[i].offset + damages[i].len <= bytes.len);
        memset(bytes.ptr + damages[i].offset, 0xa5, damages[i].len);
        EXPECT_OK(kw_file_write_atomic(options.where, kw_buf_view(&bytes), 0600, NULL));
        EXPECT_STATUS(open_and_check(&options), KW_CORRUPT);
        KW_AUTO(kw_buf) after = kw_buf_init(1 << 20);
        read_all(&after, options.where);
        EXPECT_SPAN(kw_buf_view(&after), kw_buf_view(&bytes));
    }
}

static void store_open__a_cut_off_file_is_corrupt(void **state)
{
    kw_store_options options = stores_fresh(*state);
    store_with_rows(&options);
    KW_AUTO(kw_buf) bytes = kw_buf_init(1 << 20);
    read_all(&bytes, options.where);
    kw_span half = {bytes.ptr, bytes.len / 2};
    EXPECT_OK(kw_file_write_atomic(options.where, half, 0600, NULL));
    EXPECT_STATUS(open_and_check(&options), KW_CORRUPT);
}

static void store_check__finds_a_broken_reference(void **state)
{
    kw_store_options options = stores_fresh(*state);
    KW_AUTO_PTR(kw_store) store = stores_open(&options);
    stores_write(store, "CREATE TABLE item (id BIGINT PRIMARY KEY, owner BIGINT"
                        " REFERENCES item (id))");
    EXPECT_OK(kw_store_check(store, NULL));
    kw_sql_conn *conn = NULL;
    EXPECT_OK(kw_sqlite_driver.open(&conn, options.where, KW_SQL_MIGRATOR, NULL));
    EXPECT_OK(kw_sqlite_driver.script(conn,
                                      "PRAGMA foreign_keys = OFF;"
                                      "INSERT INTO item (id, owner) VALUES (1, 99)",
                                      NULL));
    kw_sqlite_driver.close(conn);
    EXPECT_STATUS(kw_store_check(store, NULL), KW_CORRUPT);
}

static kw_status read_float(kw_tx *tx, void *ctx, kw_error *err)
{
    KW_UNUSED(ctx);
    KW_AUTO(kw_rows) rows = {0};
    KW_TRY(kw_sql_query_one(tx, &rows, "SELECT 1.5", KW_SQL_NO_ARGS, err));
    int64_t number = 0;
    return kw_rows_int(&rows, &number, 0, err);
}

static void sqlite_column__refuses_floating_point(void **state)
{
    kw_store_options options = stores_fresh(*state);
    KW_AUTO_PTR(kw_store) store = stores_open(&options);
    EXPECT_STATUS(kw_store_read(store, read_float, NULL, NULL), KW_INTERNAL);
}

static kw_status insert_name(kw_tx *tx, void *ctx, kw_error *err)
{
    KW_UNUSED(ctx);
    return kw_sql_run(tx, NULL, "INSERT INTO item (body) VALUES (\"no such name\")", KW_SQL_NO_ARGS,
                      err);
}

static void sqlite__a_quoted_name_is_no_text(void **state)
{
    kw_store_options options = stores_fresh(*state);
    KW_AUTO_PTR(kw_store) store = stores_open(&options);
    stores_write(store, "CREATE TABLE item (body TEXT)");
    EXPECT_STATUS(kw_store_write(store, insert_name, NULL, NULL), KW_INTERNAL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sqlite_open__sets_what_durability_needs),
        cmocka_unit_test(sqlite__a_change_of_many_rows_opens_no_file),
        cmocka_unit_test(store_open__a_damaged_file_is_corrupt_and_stays),
        cmocka_unit_test(store_open__a_cut_off_file_is_corrupt),
        cmocka_unit_test(store_check__finds_a_broken_reference),
        cmocka_unit_test(sqlite_column__refuses_floating_point),
        cmocka_unit_test(sqlite__a_quoted_name_is_no_text),
    };
    return cmocka_run_group_tests(tests, stores_setup_sqlite, stores_teardown);
}
