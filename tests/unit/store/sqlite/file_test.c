/* SPDX-License-Identifier: Apache-2.0
 * The database file: made once, and never over something else. */
#include "store/sqlite/file.h"

#include "os/dir.h"
#include "os/fault.h"
#include "os/file.h"
#include "support/expect.h"
#include "support/stores.h"

#include <stdio.h>

static void put_file(const char *path, kw_str text)
{
    EXPECT_OK(kw_file_write_atomic(path, kw_span_of_str(text), 0600, NULL));
}

static void expect_untouched(const char *path, kw_str text)
{
    KW_AUTO(kw_buf) bytes = kw_buf_init(1 << 20);
    EXPECT_OK(kw_file_read(&bytes, path, NULL));
    EXPECT_SPAN(kw_buf_view(&bytes), kw_span_of_str(text));
}

static void expect_absent(const char *path)
{
    kw_file_info info = {0};
    EXPECT_STATUS(kw_file_stat(&info, path, NULL), KW_NOT_FOUND);
}

static void file_prepare__creates_a_private_file(void **state)
{
    kw_store_options options = stores_fresh(*state);
    EXPECT_OK(kw_sqlite_file_prepare(&options, NULL));
    kw_file_info info = {0};
    EXPECT_OK(kw_file_stat(&info, options.where, NULL));
    assert_int_equal(info.mode, 0600);
    assert_true(info.is_private);
    EXPECT_OK(kw_sqlite_file_prepare(&options, NULL)); /* and leaves it alone afterwards */
    KW_AUTO_PTR(kw_store) store = stores_open(&options);
    EXPECT_OK(kw_store_check(store, NULL));
}

static void file_prepare__without_create_finds_nothing(void **state)
{
    kw_store_options options = stores_fresh(*state);
    options.create = false;
    EXPECT_STATUS(kw_sqlite_file_prepare(&options, NULL), KW_NOT_FOUND);
    expect_absent(options.where);
}

static void file_prepare__refuses_an_empty_or_short_file(void **state)
{
    static const char magic[] = "SQLite format 3";
    const kw_str texts[] = {KW_STR(""), KW_STR("x"), {magic, sizeof magic}};
    for (size_t i = 0; i < KW_COUNT(texts); i++) {
        kw_store_options options = stores_fresh(*state);
        put_file(options.where, texts[i]);
        kw_store *store = NULL;
        EXPECT_STATUS(kw_store_open(&store, &options, NULL), KW_CORRUPT);
        expect_untouched(options.where, texts[i]);
    }
}

static void file_prepare__refuses_a_folder(void **state)
{
    kw_store_options options = stores_fresh(*state);
    EXPECT_OK(kw_dir_make(options.where, 0700, NULL));
    EXPECT_STATUS(kw_sqlite_file_prepare(&options, NULL), KW_CONFIG);
}

static void file_prepare__refuses_a_log_without_its_file(void **state)
{
    kw_store_options options = stores_fresh(*state);
    char log[1100];
    (void)snprintf(log, sizeof log, "%s-wal", options.where);
    put_file(log, KW_STR("what is left"));
    EXPECT_STATUS(kw_sqlite_file_prepare(&options, NULL), KW_CORRUPT);
    expect_untouched(log, KW_STR("what is left"));
    expect_absent(options.where);
}

static void file_prepare__a_missing_folder_is_a_status(void **state)
{
    stores *all = *state;
    tempdir_path path = tempdir_join(&all->dir, "no/such/folder/x.db");
    kw_store_options options = {.backend = KW_STORE_SQLITE, .where = path.text, .create = true};
    EXPECT_STATUS(kw_sqlite_file_prepare(&options, NULL), KW_NOT_FOUND);
}

static void file_prepare__a_full_disk_leaves_no_half_file(void **state)
{
    static const kw_os_call calls[] = {KW_OS_OPEN, KW_OS_WRITE, KW_OS_SYNC, KW_OS_RENAME};
    kw_os_faults faults = {0};
    kw_os_faults_use(&faults);
    for (size_t i = 0; i < KW_COUNT(calls); i++) {
        kw_store_options options = stores_fresh(*state);
        kw_os_fail_from(&faults, calls[i], 1, KW_NO_SPACE);
        EXPECT_STATUS(kw_sqlite_file_prepare(&options, NULL), KW_NO_SPACE);
        kw_os_fail_at(&faults, calls[i], 0);
        expect_absent(options.where);
        EXPECT_OK(kw_sqlite_file_prepare(&options, NULL));
    }
    kw_os_faults_use(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(file_prepare__creates_a_private_file),
        cmocka_unit_test(file_prepare__without_create_finds_nothing),
        cmocka_unit_test(file_prepare__refuses_an_empty_or_short_file),
        cmocka_unit_test(file_prepare__refuses_a_folder),
        cmocka_unit_test(file_prepare__refuses_a_log_without_its_file),
        cmocka_unit_test(file_prepare__a_missing_folder_is_a_status),
        cmocka_unit_test(file_prepare__a_full_disk_leaves_no_half_file),
    };
    return cmocka_run_group_tests(tests, stores_setup_sqlite, stores_teardown);
}
