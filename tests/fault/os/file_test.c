/* SPDX-License-Identifier: Apache-2.0
 * Every call that a disk can fail, at every point of replacing a file. */
#include "os/file.h"

#include "os/dir.h"
#include "os/fault.h"
#include "support/expect.h"
#include "support/tempdir.h"

enum {
    TRIES_MAX = 20
};

static void expect_one_whole_file(const tempdir *dir, const char *path, kw_str wanted)
{
    KW_AUTO(kw_dir_names) list = {0};
    EXPECT_OK(kw_dir_list(&list, dir->path, NULL));
    assert_int_equal(list.count, 1); /* no temporary file is left */
    KW_AUTO(kw_buf) content = kw_buf_init(100);
    EXPECT_OK(kw_file_read(&content, path, NULL));
    EXPECT_SPAN(kw_buf_view(&content), kw_span_of_str(wanted));
}

/* True when the write succeeded because no call was left to fail. */
static bool write_with_fault(const tempdir *dir, kw_os_call call, uint64_t nth, kw_status with)
{
    const kw_str before = KW_STR("before");
    const kw_str after = KW_STR("after it");
    tempdir_path path = tempdir_join(dir, "file");
    EXPECT_OK(kw_file_write_atomic(path.text, kw_span_of_str(before), 0600, NULL));
    kw_os_faults faults = {0};
    kw_os_faults_use(&faults);
    kw_os_fail_from(&faults, call, nth, with);
    kw_error err = {0};
    kw_status st = kw_file_write_atomic(path.text, kw_span_of_str(after), 0600, &err);
    bool has_failed = atomic_load(&faults.calls[call].failed) > 0;
    kw_os_faults_use(NULL);
    if (!has_failed) {
        EXPECT_OK(st);
        expect_one_whole_file(dir, path.text, after);
        return true;
    }
    EXPECT_STATUS(st, with);
    assert_int_equal(err.status, with);
    /* Opening and syncing the folder come after the rename: the new file is in place then, only
     * not known to be durable. */
    bool is_after_rename = (call == KW_OS_OPEN || call == KW_OS_SYNC) && nth == 2;
    expect_one_whole_file(dir, path.text, is_after_rename ? after : before);
    return false;
}

static void write_atomic__keeps_a_whole_file_whatever_fails(void **state)
{
    (void)state;
    static const kw_os_call calls[] = {KW_OS_OPEN, KW_OS_WRITE, KW_OS_SYNC, KW_OS_RENAME};
    static const kw_status statuses[] = {KW_IO, KW_NO_SPACE};
    tempdir dir = tempdir_make();
    for (size_t i = 0; i < KW_COUNT(calls); i++) {
        for (size_t s = 0; s < KW_COUNT(statuses); s++) {
            uint64_t nth = 1;
            while (!write_with_fault(&dir, calls[i], nth, statuses[s])) {
                nth++;
                assert_true(nth < TRIES_MAX);
            }
            assert_true(nth > 1); /* at least one point was hit */
        }
    }
    tempdir_remove(&dir);
}

static void read__reports_a_failing_disk(void **state)
{
    (void)state;
    tempdir dir = tempdir_make();
    tempdir_path path = tempdir_join(&dir, "file");
    static uint8_t bytes[200000]; /* several reads */
    EXPECT_OK(kw_file_write_atomic(path.text, KW_SPAN(bytes), 0600, NULL));
    kw_status st = KW_IO;
    for (uint64_t nth = 1; st != KW_OK; nth++) {
        assert_true(nth < TRIES_MAX);
        kw_os_faults faults = {0};
        kw_os_faults_use(&faults);
        kw_os_fail_at(&faults, KW_OS_READ, nth);
        KW_AUTO(kw_buf) content = kw_buf_init(sizeof bytes);
        st = kw_file_read(&content, path.text, NULL);
        kw_os_faults_use(NULL);
        EXPECT_STATUS(st, atomic_load(&faults.calls[KW_OS_READ].failed) > 0 ? KW_IO : KW_OK);
        assert_int_equal(content.len, st == KW_OK ? sizeof bytes : 0);
    }
    tempdir_remove(&dir);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(write_atomic__keeps_a_whole_file_whatever_fails),
        cmocka_unit_test(read__reports_a_failing_disk),
    };
    return cmocka_run_group_tests_name("fault/os/file", tests, NULL, NULL);
}
