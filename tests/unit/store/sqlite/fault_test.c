/* SPDX-License-Identifier: Apache-2.0
 * Result codes of SQLite as statuses. */
#include "store/sqlite/fault.h"

#include "os/oserror.h"
#include "support/expect.h"

#include <errno.h>

static void sqlite_status__knows_primary_and_extended_codes(void **state)
{
    (void)state;
    static const struct {
        int code;
        kw_status wanted;
    } rows[] = {
        {SQLITE_CONSTRAINT_UNIQUE, KW_CONFLICT},
        {SQLITE_CONSTRAINT_PRIMARYKEY, KW_CONFLICT},
        {SQLITE_CONSTRAINT_FOREIGNKEY, KW_CONFLICT},
        {SQLITE_CONSTRAINT_CHECK, KW_REFUSED},
        {SQLITE_CONSTRAINT_NOTNULL, KW_REFUSED},
        {SQLITE_BUSY, KW_BUSY},
        {SQLITE_BUSY_SNAPSHOT, KW_BUSY},
        {SQLITE_FULL, KW_NO_SPACE},
        {SQLITE_IOERR_READ, KW_IO},
        {SQLITE_IOERR_FSYNC, KW_IO},
        {SQLITE_IOERR_NOMEM, KW_NO_MEMORY},
        {SQLITE_NOMEM, KW_NO_MEMORY},
        {SQLITE_CORRUPT_INDEX, KW_CORRUPT},
        {SQLITE_NOTADB, KW_CORRUPT},
        {SQLITE_TOOBIG, KW_LIMIT},
        {SQLITE_ERROR, KW_INTERNAL},
        {SQLITE_MISUSE, KW_INTERNAL},
        {SQLITE_READONLY, KW_INTERNAL},
    };
    for (size_t i = 0; i < KW_COUNT(rows); i++) {
        EXPECT_STATUS(kw_sqlite_status(rows[i].code, KW_BAD_INPUT), rows[i].wanted);
    }
}

static void sqlite_status__a_quota_is_a_full_disk(void **state)
{
    (void)state;
    EXPECT_STATUS(kw_sqlite_status(SQLITE_IOERR_WRITE, kw_status_of_errno(EFBIG)), KW_NO_SPACE);
    EXPECT_STATUS(kw_sqlite_status(SQLITE_IOERR_SHMSIZE, kw_status_of_errno(EDQUOT)), KW_NO_SPACE);
    EXPECT_STATUS(kw_sqlite_status(SQLITE_IOERR_WRITE, kw_status_of_errno(EIO)), KW_IO);
    EXPECT_STATUS(kw_sqlite_status(SQLITE_CONSTRAINT_UNIQUE, KW_NO_SPACE), KW_CONFLICT);
}

static void sqlite_status_is_final__when_the_file_cannot_be_trusted(void **state)
{
    (void)state;
    assert_true(kw_sqlite_status_is_final(KW_NO_SPACE));
    assert_true(kw_sqlite_status_is_final(KW_IO));
    assert_true(kw_sqlite_status_is_final(KW_CORRUPT));
    assert_false(kw_sqlite_status_is_final(KW_CONFLICT));
    assert_false(kw_sqlite_status_is_final(KW_BUSY));
    assert_false(kw_sqlite_status_is_final(KW_NO_MEMORY));
}

static void sqlite_fail__works_without_a_connection(void **state)
{
    (void)state;
    kw_error err = {0};
    EXPECT_STATUS(kw_sqlite_fail(NULL, SQLITE_NOMEM, &err), KW_NO_MEMORY);
    assert_string_equal(err.text, "SQLite: out of memory (7)");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sqlite_status__knows_primary_and_extended_codes),
        cmocka_unit_test(sqlite_status__a_quota_is_a_full_disk),
        cmocka_unit_test(sqlite_status_is_final__when_the_file_cannot_be_trusted),
        cmocka_unit_test(sqlite_fail__works_without_a_connection),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
