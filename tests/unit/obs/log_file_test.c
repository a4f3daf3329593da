/* SPDX-License-Identifier: Apache-2.0 */
#include "obs/log_file.h"

#include "base/heap.h"
#include "os/file.h"
#include "support/expect.h"
#include "support/tempdir.h"

#include <stdio.h>

static void write_line(kw_log_file *file, const char *line)
{
    kw_log_sink sink = kw_log_file_sink(file);
    EXPECT_OK(sink.write(sink.ctx, kw_span_of_str(kw_str_of(line))));
}

static void expect_content(const char *path, const char *wanted)
{
    KW_AUTO(kw_buf) content = kw_buf_init(4096);
    EXPECT_OK(kw_file_read(&content, path, NULL));
    EXPECT_STR(kw_buf_text(&content), wanted);
}

static void log_file__appends_and_follows_a_rotation(void **state)
{
    (void)state;
    tempdir dir = tempdir_make();
    tempdir_path path = tempdir_join(&dir, "log");
    tempdir_path old = tempdir_join(&dir, "log.1");
    KW_AUTO_PTR(kw_log_file) file = NULL;
    EXPECT_OK(kw_log_file_open(&file, path.text, NULL));
    write_line(file, "one\n");
    assert_int_equal(rename(path.text, old.text), 0);
    write_line(file, "two\n");
    EXPECT_OK(kw_log_file_reopen(file, NULL));
    write_line(file, "three\n");
    expect_content(old.text, "one\ntwo\n");
    expect_content(path.text, "three\n");
    kw_file_info info = {0};
    EXPECT_OK(kw_file_stat(&info, path.text, NULL));
    assert_int_equal(info.mode & 07, 0);
    kw_log_sink sink = kw_log_file_sink(file);
    assert_true(sink.now_ms(sink.now_ctx) > 0);
    tempdir_remove(&dir);
}

static void log_file__keeps_the_old_file_when_reopening_fails(void **state)
{
    (void)state;
    tempdir dir = tempdir_make();
    tempdir sub = tempdir_make();
    tempdir_path path = tempdir_join(&sub, "log");
    tempdir_path moved = tempdir_join(&dir, "moved");
    KW_AUTO_PTR(kw_log_file) file = NULL;
    kw_error err = {0};
    EXPECT_OK(kw_log_file_open(&file, path.text, NULL));
    assert_int_equal(rename(path.text, moved.text), 0);
    tempdir_remove(&sub);
    EXPECT_STATUS(kw_log_file_reopen(file, &err), KW_NOT_FOUND);
    assert_int_equal(err.status, KW_NOT_FOUND);
    write_line(file, "still\n");
    expect_content(moved.text, "still\n");
    tempdir_remove(&dir);
}

static void log_file_open__fails_for_a_missing_folder_and_without_memory(void **state)
{
    (void)state;
    tempdir dir = tempdir_make();
    tempdir_path path = tempdir_join(&dir, "absent/log");
    kw_log_file *file = NULL;
    kw_error err = {0};
    EXPECT_STATUS(kw_log_file_open(&file, path.text, &err), KW_NOT_FOUND);
    for (uint64_t nth = 1; nth <= 2; nth++) {
        kw_heap_fail_at(nth);
        EXPECT_STATUS(kw_log_file_open(&file, path.text, &err), KW_NO_MEMORY);
        kw_heap_fail_at(0);
    }
    assert_null(file);
    kw_log_file_free(NULL);
    tempdir_remove(&dir);
}

static void log_file__without_a_path_is_standard_error(void **state)
{
    (void)state;
    KW_AUTO_PTR(kw_log_file) file = NULL;
    EXPECT_OK(kw_log_file_open(&file, "", NULL));
    EXPECT_OK(kw_log_file_reopen(file, NULL));
    write_line(file, "{\"event\":\"a line on standard error\"}\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(log_file__appends_and_follows_a_rotation),
        cmocka_unit_test(log_file__keeps_the_old_file_when_reopening_fails),
        cmocka_unit_test(log_file_open__fails_for_a_missing_folder_and_without_memory),
        cmocka_unit_test(log_file__without_a_path_is_standard_error),
    };
    return cmocka_run_group_tests_name("obs/log_file", tests, NULL, NULL);
}
