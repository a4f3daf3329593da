/* SPDX-License-Identifier: Apache-2.0 */
#include "os/part_file.h"

#include "base/heap.h"
#include "os/dir.h"
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

static kw_span text(const char *bytes)
{
    return kw_span_of_str(kw_str_of(bytes));
}

static void expect_content(const char *path, const char *wanted)
{
    KW_AUTO(kw_buf) bytes = kw_buf_init(100);
    EXPECT_OK(kw_file_read(&bytes, path, NULL));
    EXPECT_STR(kw_buf_text(&bytes), wanted);
}

static void commit__shows_the_whole_file_in_place_of_the_old_one(void **state)
{
    tempdir_path path = tempdir_join(*state, "file");
    KW_AUTO(kw_part_file) file = {0};
    kw_file_info info;
    EXPECT_OK(kw_file_write_atomic(path.text, text("old"), 0600, NULL));
    EXPECT_OK(kw_part_file_open(&file, path.text, 6, NULL));
    EXPECT_OK(kw_part_file_write(&file, 3, text("def"), NULL));
    EXPECT_OK(kw_part_file_write(&file, 0, text("abc"), NULL));
    expect_content(path.text, "old");
    EXPECT_OK(kw_part_file_commit(&file, NULL));
    assert_false(file.is_open);
    expect_content(path.text, "abcdef");
    EXPECT_OK(kw_file_stat(&info, path.text, NULL));
    assert_int_equal(info.mode, 0600);
    tempdir_path part = tempdir_join(*state, "file.part");
    EXPECT_STATUS(kw_file_stat(&info, part.text, NULL), KW_NOT_FOUND);
}

static void open__finds_what_was_written_before(void **state)
{
    tempdir_path path = tempdir_join(*state, "file");
    uint8_t room[4];
    KW_AUTO(kw_part_file) file = {0};
    EXPECT_OK(kw_part_file_open(&file, path.text, 8, NULL));
    EXPECT_OK(kw_part_file_write(&file, 4, text("left"), NULL));
    kw_part_file_drop(&file);
    kw_part_file_drop(&file);
    EXPECT_OK(kw_part_file_open(&file, path.text, 8, NULL));
    EXPECT_OK(kw_part_file_read(&file, 4, KW_MSPAN(room), NULL));
    EXPECT_SPAN(KW_SPAN(room), text("left"));
    EXPECT_OK(kw_part_file_read(&file, 0, KW_MSPAN(room), NULL));
    EXPECT_SPAN(KW_SPAN(room), ((kw_span){(const uint8_t *)"\0\0\0\0", 4}));
}

static void open__cuts_what_is_too_long(void **state)
{
    tempdir_path path = tempdir_join(*state, "file");
    tempdir_path part = tempdir_join(*state, "file.part");
    KW_AUTO(kw_part_file) file = {0};
    EXPECT_OK(kw_file_write_atomic(part.text, text("much too long"), 0600, NULL));
    EXPECT_OK(kw_part_file_open(&file, path.text, 4, NULL));
    expect_content(part.text, "much");
    EXPECT_STATUS(kw_part_file_read(&file, 1, (kw_mspan){(uint8_t[4]){0}, 4}, NULL), KW_CORRUPT);
}

static void discard__leaves_nothing(void **state)
{
    tempdir_path path = tempdir_join(*state, "file");
    KW_AUTO(kw_part_file) file = {0};
    KW_AUTO(kw_dir_names) names = {0};
    EXPECT_OK(kw_part_file_open(&file, path.text, 4, NULL));
    EXPECT_OK(kw_part_file_discard(&file, NULL));
    assert_false(file.is_open);
    EXPECT_OK(kw_dir_list(&names, ((const tempdir *)*state)->path, NULL));
    assert_int_equal(names.count, 0);
}

static void open__says_why_it_cannot(void **state)
{
    tempdir_path path = tempdir_join(*state, "no/file");
    KW_AUTO(kw_part_file) file = {0};
    kw_error err = {0};
    EXPECT_STATUS(kw_part_file_open(&file, path.text, 1, &err), KW_NOT_FOUND);
    assert_int_equal(err.status, KW_NOT_FOUND);
    EXPECT_STATUS(kw_part_file_open(&file, path.text, UINT64_MAX, NULL), KW_LIMIT);
    for (uint64_t i = 1; i <= 2; i++) {
        (void)kw_heap_fail_at(i);
        EXPECT_STATUS(kw_part_file_open(&file, path.text, 1, NULL), KW_NO_MEMORY);
        (void)kw_heap_fail_at(0);
    }
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(commit__shows_the_whole_file_in_place_of_the_old_one),
        CASE(open__finds_what_was_written_before),
        CASE(open__cuts_what_is_too_long),
        CASE(discard__leaves_nothing),
        CASE(open__says_why_it_cannot),
    };
    return cmocka_run_group_tests_name("os/part_file", tests, NULL, NULL);
}
