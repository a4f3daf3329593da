/* SPDX-License-Identifier: Apache-2.0 */
#include "os/scratch.h"

#include "os/fault.h"
#include "os/dir.h"

#include "support/expect.h"
#include "support/tempdir.h"

static void scratch__gives_back_what_was_added(void **state)
{
    (void)state;
    tempdir dir = tempdir_make();
    KW_AUTO(kw_scratch) scratch = {0};
    EXPECT_OK(kw_scratch_open(&scratch, dir.path, NULL));
    EXPECT_OK(kw_scratch_add(&scratch, (kw_span){(const uint8_t *)"abc", 3}, NULL));
    EXPECT_OK(kw_scratch_add(&scratch, (kw_span){(const uint8_t *)"defg", 4}, NULL));
    assert_int_equal(scratch.size, 7);
    uint8_t room[4];
    EXPECT_OK(kw_scratch_read(&scratch, 2, KW_MSPAN(room), NULL));
    assert_memory_equal(room, "cdef", 4);
    EXPECT_OK(kw_scratch_read(&scratch, 7, (kw_mspan){room, 0}, NULL));
    tempdir_remove(&dir);
}

static void scratch__has_no_name(void **state)
{
    (void)state;
    tempdir dir = tempdir_make();
    KW_AUTO(kw_scratch) scratch = {0};
    EXPECT_OK(kw_scratch_open(&scratch, dir.path, NULL));
    KW_AUTO(kw_dir_names) names = {0};
    EXPECT_OK(kw_dir_list(&names, dir.path, NULL));
    assert_int_equal(names.count, 0);
    tempdir_remove(&dir);
}

static void scratch__reports_failures(void **state)
{
    (void)state;
    tempdir dir = tempdir_make();
    KW_AUTO(kw_scratch) scratch = {0};
    tempdir_path missing = tempdir_join(&dir, "missing");
    EXPECT_STATUS(kw_scratch_open(&scratch, missing.text, NULL), KW_NOT_FOUND);
    EXPECT_STATUS(kw_scratch_add(&scratch, (kw_span){0}, NULL), KW_BAD_STATE);
    EXPECT_STATUS(kw_scratch_read(&scratch, 0, (kw_mspan){0}, NULL), KW_BAD_STATE);
    kw_os_faults faults = {0};
    kw_os_faults_use(&faults);
    kw_os_fail_at(&faults, KW_OS_OPEN, 1);
    EXPECT_STATUS(kw_scratch_open(&scratch, dir.path, NULL), KW_IO);
    EXPECT_OK(kw_scratch_open(&scratch, dir.path, NULL));
    kw_os_fail_from(&faults, KW_OS_WRITE, 1, KW_NO_SPACE);
    EXPECT_STATUS(kw_scratch_add(&scratch, (kw_span){(const uint8_t *)"abc", 3}, NULL),
                  KW_NO_SPACE);
    assert_int_equal(scratch.size, 0);
    kw_os_fail_at(&faults, KW_OS_WRITE, 0);
    EXPECT_OK(kw_scratch_add(&scratch, (kw_span){(const uint8_t *)"abc", 3}, NULL));
    uint8_t room[3];
    kw_os_fail_at(&faults, KW_OS_READ, 1);
    EXPECT_STATUS(kw_scratch_read(&scratch, 0, KW_MSPAN(room), NULL), KW_IO);
    EXPECT_OK(kw_scratch_read(&scratch, 0, KW_MSPAN(room), NULL));
    kw_os_faults_use(NULL);
    tempdir_remove(&dir);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(scratch__gives_back_what_was_added),
        cmocka_unit_test(scratch__has_no_name),
        cmocka_unit_test(scratch__reports_failures),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
