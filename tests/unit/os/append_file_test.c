/* SPDX-License-Identifier: Apache-2.0 */
#include "os/append_file.h"

#include "os/fault.h"
#include "os/file.h"
#include "support/expect.h"
#include "support/tempdir.h"

typedef struct fixture {
    tempdir dir;
    tempdir_path path;
    kw_os_faults faults;
    kw_append_file file;
} fixture;

static int set_up(void **state)
{
    static fixture f;
    f = (fixture){.dir = tempdir_make()};
    f.path = tempdir_join(&f.dir, "log");
    EXPECT_OK(kw_append_file_open(&f.file, f.path.text, 0600, NULL));
    *state = &f;
    return 0;
}

static int tear_down(void **state)
{
    fixture *f = *state;
    kw_os_faults_use(NULL);
    kw_append_file_drop(&f->file);
    tempdir_remove(&f->dir);
    return 0;
}

static kw_status add(fixture *f, const char *text)
{
    return kw_append_file_add(&f->file, kw_span_of_str(kw_str_of(text)), NULL);
}

static void expect_content(const fixture *f, const char *wanted)
{
    KW_AUTO(kw_buf) content = kw_buf_init(1 << 20);
    EXPECT_OK(kw_file_read(&content, f->path.text, NULL));
    EXPECT_STR(kw_buf_text(&content), wanted);
}

static void add__grows_and_goes_on_after_reopening(void **state)
{
    fixture *f = *state;
    EXPECT_OK(add(f, "one "));
    EXPECT_OK(add(f, "two "));
    EXPECT_OK(kw_append_file_sync(&f->file, NULL));
    kw_append_file_drop(&f->file);
    kw_append_file_drop(&f->file); /* may run twice */
    EXPECT_OK(kw_append_file_open(&f->file, f->path.text, 0600, NULL));
    assert_int_equal(f->file.size, 8);
    EXPECT_OK(add(f, "three"));
    expect_content(f, "one two three");
    kw_file_info info;
    EXPECT_OK(kw_file_stat(&info, f->path.text, NULL));
    assert_int_equal(info.mode, 0600);
}

static void cut__shortens_and_never_lengthens(void **state)
{
    fixture *f = *state;
    EXPECT_OK(add(f, "whole broken"));
    EXPECT_STATUS(kw_append_file_cut(&f->file, 13, NULL), KW_BAD_INPUT);
    EXPECT_OK(kw_append_file_cut(&f->file, 5, NULL));
    EXPECT_OK(add(f, " new"));
    expect_content(f, "whole new");
}

static void reserve__does_not_change_the_length(void **state)
{
    fixture *f = *state;
    EXPECT_OK(add(f, "abc"));
    EXPECT_OK(kw_append_file_reserve(&f->file, 1 << 16, NULL));
    kw_file_info info;
    EXPECT_OK(kw_file_stat(&info, f->path.text, NULL));
    assert_int_equal(info.size, 3);
    kw_os_faults_use(&f->faults);
    kw_os_fail_from(&f->faults, KW_OS_ALLOCATE, 1, KW_NO_SPACE);
    EXPECT_STATUS(kw_append_file_reserve(&f->file, 1 << 20, NULL), KW_NO_SPACE);
}

static void add__leaves_nothing_of_a_failed_write(void **state)
{
    fixture *f = *state;
    EXPECT_OK(add(f, "good "));
    kw_os_faults_use(&f->faults);
    kw_os_fail_from(&f->faults, KW_OS_WRITE, 1, KW_NO_SPACE);
    EXPECT_STATUS(add(f, "half written"), KW_NO_SPACE);
    expect_content(f, "good ");
    kw_os_fail_at(&f->faults, KW_OS_WRITE, 0);
    EXPECT_OK(add(f, "again"));
    expect_content(f, "good again");
}

static void add__breaks_the_file_when_it_cannot_be_cut_back(void **state)
{
    fixture *f = *state;
    kw_os_faults_use(&f->faults);
    kw_os_fail_at(&f->faults, KW_OS_WRITE, 1);
    kw_os_fail_at(&f->faults, KW_OS_TRUNCATE, 1);
    EXPECT_STATUS(add(f, "half"), KW_IO);
    EXPECT_STATUS(add(f, "more"), KW_BAD_STATE);
    EXPECT_STATUS(kw_append_file_sync(&f->file, NULL), KW_BAD_STATE);
}

static void sync__breaks_the_file_for_good_when_it_fails(void **state)
{
    fixture *f = *state;
    EXPECT_OK(add(f, "text"));
    kw_os_faults_use(&f->faults);
    kw_os_fail_at(&f->faults, KW_OS_SYNC, 1);
    EXPECT_STATUS(kw_append_file_sync(&f->file, NULL), KW_IO);
    EXPECT_STATUS(kw_append_file_sync(&f->file, NULL), KW_BAD_STATE);
    EXPECT_STATUS(add(f, "more"), KW_BAD_STATE);
    EXPECT_STATUS(kw_append_file_cut(&f->file, 0, NULL), KW_BAD_STATE);
    EXPECT_STATUS(kw_append_file_reserve(&f->file, 1, NULL), KW_BAD_STATE);
    kw_append_file_drop(&f->file);
    EXPECT_STATUS(add(f, "closed"), KW_BAD_STATE);
    EXPECT_OK(kw_append_file_open(&f->file, f->path.text, 0600, NULL));
    EXPECT_OK(add(f, " more"));
    expect_content(f, "text more");
}

static void cut__fails_with_the_disk(void **state)
{
    fixture *f = *state;
    EXPECT_OK(add(f, "text"));
    kw_os_faults_use(&f->faults);
    kw_os_fail_at(&f->faults, KW_OS_TRUNCATE, 1);
    EXPECT_STATUS(kw_append_file_cut(&f->file, 0, NULL), KW_IO);
    assert_int_equal(f->file.size, 4);
}

static void open__refuses_folders_and_failing_disks(void **state)
{
    fixture *f = *state;
    kw_append_file other = {0};
    EXPECT_STATUS(kw_append_file_open(&other, f->dir.path, 0600, NULL), KW_CONFLICT);
    EXPECT_STATUS(kw_append_file_open(&other, "/dev/null", 0600, NULL), KW_BAD_INPUT);
    kw_os_faults_use(&f->faults);
    kw_os_fail_at(&f->faults, KW_OS_OPEN, 1);
    EXPECT_STATUS(kw_append_file_open(&other, f->path.text, 0600, NULL), KW_IO);
    kw_os_fail_at(&f->faults, KW_OS_SYNC, 1); /* the folder of a new file */
    tempdir_path fresh = tempdir_join(&f->dir, "fresh");
    EXPECT_STATUS(kw_append_file_open(&other, fresh.text, 0600, NULL), KW_IO);
    assert_false(other.is_open);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(add__grows_and_goes_on_after_reopening),
        CASE(cut__shortens_and_never_lengthens),
        CASE(reserve__does_not_change_the_length),
        CASE(add__leaves_nothing_of_a_failed_write),
        CASE(add__breaks_the_file_when_it_cannot_be_cut_back),
        CASE(sync__breaks_the_file_for_good_when_it_fails),
        CASE(cut__fails_with_the_disk),
        CASE(open__refuses_folders_and_failing_disks),
    };
    return cmocka_run_group_tests_name("os/append_file", tests, NULL, NULL);
}
