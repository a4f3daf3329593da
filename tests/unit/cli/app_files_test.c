/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/app_files.h"

#include "os/file.h"
#include "support/expect.h"
#include "support/tempdir.h"

#include <stdio.h>
#include <stdlib.h>

static tempdir dir;

static int set_up(void **state)
{
    KW_UNUSED(state);
    dir = tempdir_make();
    EXPECT_OK(kw_file_write_atomic(tempdir_join(&dir, "in").text, kw_span_of_str(KW_STR("hello")),
                                   0600, NULL));
    return 0;
}

static int tear_down(void **state)
{
    KW_UNUSED(state);
    tempdir_remove(&dir);
    return 0;
}

/* Copies what comes. */
static void copy(kw_app_files *files)
{
    kw_client_flow flow = kw_app_files_flow(files);
    uint8_t room[16];
    size_t len = 1;
    while (len > 0) {
        EXPECT_OK(flow.read(flow.ctx, &len, KW_MSPAN(room), NULL));
        EXPECT_OK(flow.write(flow.ctx, (kw_span){room, len}, NULL));
    }
    assert_int_equal(files->read_bytes, 5);
    assert_int_equal(files->written_bytes, 5);
}

static void files__appear_when_they_are_committed(void **state)
{
    KW_UNUSED(state);
    tempdir_path in = tempdir_join(&dir, "in");
    tempdir_path out = tempdir_join(&dir, "out");
    kw_file_info info;
    kw_cli cli = {.is_quiet = true};
    for (int commits = 0; commits < 2; commits++) {
        KW_AUTO(kw_app_files) files = {.cli = &cli};
        EXPECT_OK(kw_app_files_open(&files, &cli, kw_str_of(in.text), NULL));
        EXPECT_OK(kw_app_files_create(&files, kw_str_of(out.text), 0600, NULL));
        copy(&files);
        EXPECT_STATUS(kw_file_stat(&info, out.text, NULL), KW_NOT_FOUND);
        if (commits == 1) {
            EXPECT_OK(kw_app_files_commit(&files, NULL));
            EXPECT_OK(kw_file_stat(&info, out.text, NULL));
            assert_int_equal(info.mode, 0600);
            assert_int_equal(info.size, 5);
        }
    }
}

static void files__go_to_standard_output_without_a_name(void **state)
{
    KW_UNUSED(state);
    char *text = NULL;
    size_t len = 0;
    FILE *memory = open_memstream(&text, &len);
    assert_non_null(memory);
    kw_cli cli = {.out = memory, .is_quiet = true};
    tempdir_path in = tempdir_join(&dir, "in");
    KW_AUTO(kw_app_files) files = {.cli = &cli};
    EXPECT_OK(kw_app_files_open(&files, &cli, kw_str_of(in.text), NULL));
    EXPECT_OK(kw_app_files_create(&files, (kw_str){0}, 0600, NULL));
    copy(&files);
    EXPECT_OK(kw_app_files_commit(&files, NULL));
    assert_string_equal(text, "hello");
    assert_int_equal(fclose(memory), 0);
    free(text);
}

static void files__that_cannot_be_opened_say_so(void **state)
{
    KW_UNUSED(state);
    kw_cli cli = {.is_quiet = true};
    kw_error err = {0};
    KW_AUTO(kw_app_files) files = {.cli = &cli};
    EXPECT_STATUS(kw_app_files_open(&files, &cli, KW_STR("/nonexistent/in"), &err), KW_NOT_FOUND);
    assert_int_equal(err.status, KW_NOT_FOUND);
    EXPECT_STATUS(kw_app_files_create(&files, KW_STR("/nonexistent/out"), 0600, NULL),
                  KW_NOT_FOUND);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(files__appear_when_they_are_committed),
        cmocka_unit_test(files__go_to_standard_output_without_a_name),
        cmocka_unit_test(files__that_cannot_be_opened_say_so),
    };
    return cmocka_run_group_tests_name("cli/app_files", tests, set_up, tear_down);
}
