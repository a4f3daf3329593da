/* SPDX-License-Identifier: Apache-2.0 */
#include "os/dir.h"

#include "base/heap.h"
#include "os/file.h"
#include "support/expect.h"
#include "support/tempdir.h"

static int set_up(void **state)
{
    static tempdir dir;
    dir = tempdir_make();
    *state = &dir;
    return 0;
}

static int tear_down(void **state)
{
    tempdir_remove(*state);
    return 0;
}

static void make__makes_parents_and_is_content_with_what_is_there(void **state)
{
    const tempdir *dir = *state;
    tempdir_path deep = tempdir_join(dir, "a/b/c");
    EXPECT_OK(kw_dir_make(deep.text, 0700, NULL));
    EXPECT_OK(kw_dir_make(deep.text, 0700, NULL));
    tempdir_path slash = tempdir_join(dir, "a/b/d/");
    EXPECT_OK(kw_dir_make(slash.text, 0755, NULL));
    kw_file_info info;
    EXPECT_OK(kw_file_stat(&info, deep.text, NULL));
    assert_true(info.is_directory);
    assert_int_equal(info.mode, 0700);
    EXPECT_OK(kw_dir_sync(deep.text, NULL));
}

static void make__refuses_files_in_the_way(void **state)
{
    const tempdir *dir = *state;
    tempdir_path file = tempdir_join(dir, "file");
    tempdir_path below = tempdir_join(dir, "file/below");
    EXPECT_OK(kw_file_write_atomic(file.text, (kw_span){0}, 0600, NULL));
    EXPECT_STATUS(kw_dir_make(file.text, 0700, NULL), KW_CONFLICT);
    EXPECT_STATUS(kw_dir_make(below.text, 0700, NULL), KW_CONFLICT);
    EXPECT_STATUS(kw_dir_make("", 0700, NULL), KW_BAD_INPUT);
    EXPECT_STATUS(kw_dir_sync(below.text, NULL), KW_NOT_FOUND);
}

static void list__gives_sorted_names(void **state)
{
    const tempdir *dir = *state;
    static const char *const names[] = {"b", "a", ".hidden", "B", "c"};
    static const char *const sorted[] = {".hidden", "B", "a", "b", "c"};
    KW_AUTO(kw_dir_names) none = {0};
    EXPECT_OK(kw_dir_list(&none, dir->path, NULL));
    assert_int_equal(none.count, 0);
    for (size_t i = 0; i < KW_COUNT(names); i++) {
        tempdir_path path = tempdir_join(dir, names[i]);
        EXPECT_OK(kw_file_write_atomic(path.text, (kw_span){0}, 0600, NULL));
    }
    KW_AUTO(kw_dir_names) list = {0};
    EXPECT_OK(kw_dir_list(&list, dir->path, NULL));
    assert_int_equal(list.count, KW_COUNT(sorted));
    for (size_t i = 0; i < list.count; i++) {
        assert_string_equal(list.names[i], sorted[i]);
    }
    kw_dir_names_drop(&list);
    kw_dir_names_drop(&list); /* may run twice */
}

static void list__survives_every_failing_allocation(void **state)
{
    const tempdir *dir = *state;
    tempdir_path path = tempdir_join(dir, "a");
    EXPECT_OK(kw_file_write_atomic(path.text, (kw_span){0}, 0600, NULL));
    for (uint64_t nth = 1; nth <= 2; nth++) { /* the array, the name */
        kw_dir_names list = {0};
        kw_heap_fail_at(nth);
        EXPECT_STATUS(kw_dir_list(&list, dir->path, NULL), KW_NO_MEMORY);
        assert_null(list.names);
    }
    kw_heap_fail_at(0);
    kw_dir_names list = {0};
    EXPECT_STATUS(kw_dir_list(&list, "/nonexistent", NULL), KW_NOT_FOUND);
    EXPECT_STATUS(kw_dir_list(&list, path.text, NULL), KW_NOT_FOUND); /* a file */
}

static void make_unique__makes_a_private_one_each_time(void **state)
{
    const tempdir *dir = *state;
    tempdir_path first = tempdir_join(dir, "x.XXXXXX");
    tempdir_path second = first;
    tempdir_path missing = tempdir_join(dir, "not there/XXXXXX");
    kw_file_info info = {0};
    EXPECT_OK(kw_dir_make_unique(first.text, NULL));
    EXPECT_OK(kw_dir_make_unique(second.text, NULL));
    assert_string_not_equal(first.text, second.text);
    EXPECT_OK(kw_file_stat(&info, first.text, NULL));
    assert_true(info.is_directory);
    assert_int_equal(info.mode, 0700);
    EXPECT_STATUS(kw_dir_make_unique(missing.text, NULL), KW_NOT_FOUND);
}

static void remove__takes_empty_folders_alone(void **state)
{
    const tempdir *dir = *state;
    tempdir_path folder = tempdir_join(dir, "folder");
    tempdir_path file = tempdir_join(dir, "folder/file");
    EXPECT_OK(kw_dir_make(folder.text, 0700, NULL));
    EXPECT_OK(kw_file_write_atomic(file.text, (kw_span){0}, 0600, NULL));
    EXPECT_STATUS(kw_dir_remove(folder.text, NULL), KW_CONFLICT);
    EXPECT_OK(kw_file_remove(file.text, NULL));
    EXPECT_OK(kw_dir_remove(folder.text, NULL));
    EXPECT_STATUS(kw_dir_remove(folder.text, NULL), KW_NOT_FOUND);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(make__makes_parents_and_is_content_with_what_is_there),
        CASE(make__refuses_files_in_the_way),
        CASE(make_unique__makes_a_private_one_each_time),
        CASE(remove__takes_empty_folders_alone),
        CASE(list__gives_sorted_names),
        CASE(list__survives_every_failing_allocation),
    };
    return cmocka_run_group_tests_name("os/dir", tests, NULL, NULL);
}
