/* SPDX-License-Identifier: Apache-2.0
 * A file that is erased leaves no bytes, also to a link that somebody made before. */
#include "os/erase.h"

#include "os/dir.h"
#include "os/fault.h"
#include "os/file.h"
#include "support/expect.h"
#include "support/tempdir.h"

#include <unistd.h>

enum {
    TRIES_MAX = 20
};

static uint8_t secret[10000]; /* more than one block */

static void expect_names(const tempdir *dir, size_t count)
{
    KW_AUTO(kw_dir_names) list = {0};
    EXPECT_OK(kw_dir_list(&list, dir->path, NULL));
    assert_int_equal(list.count, count);
}

static void erase__leaves_zeros_behind_a_second_link(void **state)
{
    KW_UNUSED(state);
    tempdir dir = tempdir_make();
    tempdir_path path = tempdir_join(&dir, "file");
    tempdir_path other = tempdir_join(&dir, "link");
    memset(secret, 0x5a, sizeof secret);
    EXPECT_OK(kw_file_write_atomic(path.text, KW_SPAN(secret), 0600, NULL));
    assert_int_equal(link(path.text, other.text), 0);
    EXPECT_OK(kw_file_erase(path.text, NULL));
    expect_names(&dir, 1);
    KW_AUTO(kw_buf) left = kw_buf_init(sizeof secret);
    EXPECT_OK(kw_file_read(&left, other.text, NULL));
    memset(secret, 0, sizeof secret);
    EXPECT_SPAN(kw_buf_view(&left), KW_SPAN(secret));
    tempdir_remove(&dir);
}

static void erase__twice_says_not_found(void **state)
{
    KW_UNUSED(state);
    tempdir dir = tempdir_make();
    tempdir_path path = tempdir_join(&dir, "file");
    kw_error err = {0};
    EXPECT_OK(kw_file_write_atomic(path.text, (kw_span){0}, 0600, NULL));
    EXPECT_OK(kw_file_erase(path.text, &err));
    EXPECT_STATUS(kw_file_erase(path.text, &err), KW_NOT_FOUND);
    assert_int_equal(err.status, KW_NOT_FOUND);
    tempdir_remove(&dir);
}

static void erase__touches_no_folder_and_follows_no_link(void **state)
{
    KW_UNUSED(state);
    tempdir dir = tempdir_make();
    tempdir_path file = tempdir_join(&dir, "file");
    tempdir_path pointer = tempdir_join(&dir, "pointer");
    tempdir_path folder = tempdir_join(&dir, "folder");
    EXPECT_OK(kw_file_write_atomic(file.text, kw_span_of_str(KW_STR("kept")), 0600, NULL));
    EXPECT_OK(kw_dir_make(folder.text, 0700, NULL));
    assert_int_equal(symlink(file.text, pointer.text), 0);
    EXPECT_STATUS(kw_file_erase(pointer.text, NULL), KW_BAD_INPUT);
    EXPECT_STATUS(kw_file_erase(folder.text, NULL), KW_CONFLICT);
    EXPECT_STATUS(kw_file_erase("/dev/null", NULL), KW_BAD_INPUT);
    KW_AUTO(kw_buf) left = kw_buf_init(100);
    EXPECT_OK(kw_file_read(&left, file.text, NULL));
    EXPECT_STR(kw_buf_text(&left), "kept");
    expect_names(&dir, 3);
    tempdir_remove(&dir);
}

/* Whatever fails, a second call ends it. */
static bool erase_with_fault(const tempdir *dir, kw_os_call call, uint64_t nth)
{
    tempdir_path path = tempdir_join(dir, "file");
    EXPECT_OK(kw_file_write_atomic(path.text, KW_SPAN(secret), 0600, NULL));
    kw_os_faults faults = {0};
    kw_os_faults_use(&faults);
    kw_os_fail_at(&faults, call, nth);
    kw_error err = {0};
    kw_status st = kw_file_erase(path.text, &err);
    bool has_failed = atomic_load(&faults.calls[call].failed) > 0;
    kw_os_faults_use(NULL);
    EXPECT_STATUS(st, has_failed ? KW_IO : KW_OK);
    assert_int_equal(err.status, st);
    st = kw_file_erase(path.text, NULL);
    assert_true(st == KW_OK || st == KW_NOT_FOUND);
    expect_names(dir, 0);
    return !has_failed;
}

static void erase__can_be_repeated_after_any_failure(void **state)
{
    KW_UNUSED(state);
    static const kw_os_call calls[] = {KW_OS_OPEN, KW_OS_WRITE, KW_OS_SYNC};
    static const uint64_t points[] = {2, 3, 2};
    tempdir dir = tempdir_make();
    for (size_t i = 0; i < KW_COUNT(calls); i++) {
        uint64_t nth = 1;
        while (!erase_with_fault(&dir, calls[i], nth)) {
            nth++;
            assert_true(nth < TRIES_MAX);
        }
        assert_int_equal(nth - 1, points[i]);
    }
    tempdir_remove(&dir);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(erase__leaves_zeros_behind_a_second_link),
        cmocka_unit_test(erase__twice_says_not_found),
        cmocka_unit_test(erase__touches_no_folder_and_follows_no_link),
        cmocka_unit_test(erase__can_be_repeated_after_any_failure),
    };
    return cmocka_run_group_tests_name("os/erase", tests, NULL, NULL);
}
