/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/coin_files.h"

#include "cli/commands.h"
#include "os/file.h"
#include "support/coin_folder.h"
#include "support/expect.h"

#include <stdlib.h>

static coin_folder folder;

static int make(void **state)
{
    KW_UNUSED(state);
    coin_folder_open(&folder, 2);
    return 0;
}

static int drop(void **state)
{
    KW_UNUSED(state);
    coin_folder_close(&folder);
    return 0;
}

static void value__is_private_and_written_once(void **state)
{
    KW_UNUSED(state);
    tempdir_path path = tempdir_join(&folder.dir, "value");
    kw_error err = {0};
    kw_file_info info;
    KW_AUTO(kw_secret32) read = {{0}};
    EXPECT_OK(kw_coin_value_write(path.text, &folder.desk.values[1], &err));
    EXPECT_OK(kw_file_stat(&info, path.text, NULL));
    assert_int_equal(info.mode, 0600);
    EXPECT_OK(kw_coin_value_read(&read, path.text, &err));
    assert_true(
        kw_declassify_mask(kw_secret32_equal(&read, &folder.desk.values[1]), "a test knows both"));
    EXPECT_STATUS(kw_coin_value_write(path.text, &folder.desk.values[0], &err), KW_CONFLICT);
    EXPECT_STATUS(kw_coin_value_write("/nowhere/value", &folder.desk.values[0], &err),
                  KW_NOT_FOUND);
}

static void value__is_read_from_a_private_file_of_its_length(void **state)
{
    KW_UNUSED(state);
    static const struct {
        size_t len;
        unsigned mode;
        kw_status wanted;
    } rows[] = {{32, 0600, KW_OK},        {31, 0600, KW_BAD_INPUT}, {33, 0600, KW_BAD_INPUT},
                {0, 0600, KW_BAD_INPUT},  {32, 0640, KW_FORBIDDEN}, {32, 0604, KW_FORBIDDEN},
                {63, 0600, KW_BAD_INPUT}, {64, 0600, KW_OK},        {65, 0600, KW_LIMIT}};
    tempdir_path path = tempdir_join(&folder.dir, "value");
    uint8_t bytes[65] = {1, 2, 3};
    for (size_t i = 0; i < KW_COUNT(rows); i++) {
        kw_error err = {0};
        KW_AUTO(kw_secret32) value = {{0}};
        EXPECT_OK(
            kw_file_write_atomic(path.text, (kw_span){bytes, rows[i].len}, rows[i].mode, NULL));
        EXPECT_STATUS(kw_coin_value_read(&value, path.text, &err), rows[i].wanted);
        assert_int_equal(err.status, rows[i].wanted);
    }
}

static void value__is_bound_to_one_list(void **state)
{
    KW_UNUSED(state);
    tempdir_path path = tempdir_join(&folder.dir, "1.value");
    const kw_hash32 list = {{1}};
    const kw_hash32 other = {{2}};
    kw_error err = {0};
    kw_file_info info;
    KW_AUTO(kw_secret32) read = {{0}};
    EXPECT_OK(kw_coin_value_bind(path.text, &list, &err));
    EXPECT_OK(kw_coin_value_bind(path.text, &list, &err));
    EXPECT_STATUS(kw_coin_value_bind(path.text, &other, &err), KW_CONFLICT);
    EXPECT_OK(kw_file_stat(&info, path.text, NULL));
    assert_int_equal(info.mode, 0600);
    assert_int_equal(info.size, 64);
    EXPECT_OK(kw_coin_value_read(&read, path.text, &err));
    assert_true(
        kw_declassify_mask(kw_secret32_equal(&read, &folder.desk.values[0]), "a test knows both"));
    path = tempdir_join(&folder.dir, "none");
    EXPECT_STATUS(kw_coin_value_bind(path.text, &list, &err), KW_NOT_FOUND);
}

/* A command as the functions see it. */
static kw_cli cli_of(FILE *out)
{
    return (kw_cli){
        .in = stdin, .out = out, .err = out, .arena = &folder.desk.arena, .program = &kw_keyward};
}

static void parts__are_read_and_make_a_flip(void **state)
{
    KW_UNUSED(state);
    kw_cli cli = cli_of(stderr);
    kw_coin_flip flip = {.parts = NULL};
    kw_error err = {0};
    tempdir_path paths[] = {tempdir_join(&folder.dir, "reveal2.json"),
                            tempdir_join(&folder.dir, "commit1.json"),
                            tempdir_join(&folder.dir, "none.json")};
    kw_str items[] = {kw_str_of(paths[0].text), kw_str_of(paths[1].text), kw_str_of(paths[2].text)};
    EXPECT_OK(kw_coin_parts_read(&cli, &flip, (kw_strs){items, 2}, &err));
    assert_int_equal(flip.roster.n, 2);
    EXPECT_STATUS(kw_coin_parts_read(&cli, &flip, (kw_strs){items, 1}, &err), KW_REFUSED);
    EXPECT_STATUS(kw_coin_parts_read(&cli, &flip, (kw_strs){items, 3}, &err), KW_NOT_FOUND);
}

static void part__is_one_line(void **state)
{
    KW_UNUSED(state);
    char *text = NULL;
    size_t len = 0;
    FILE *out = open_memstream(&text, &len);
    assert_non_null(out);
    kw_cli cli = cli_of(out);
    kw_error err = {0};
    EXPECT_OK(kw_coin_part_print(&cli, &folder.desk.commitments[0], &err));
    assert_int_equal(fclose(out), 0);
    assert_ptr_equal(strchr(text, '\n'), text + len - 1);
    assert_null(strstr(text, "\"value\""));
    free(text);
}

static void transcript__is_checked_when_it_is_read(void **state)
{
    KW_UNUSED(state);
    kw_cli cli = cli_of(stderr);
    kw_coin_transcript transcript;
    kw_error err = {0};
    coin_folder_expect(&folder, "coin-flip finish %/coin.json %/reveal1.json %/reveal2.json", KW_OK,
                       "");
    tempdir_path path = tempdir_join(&folder.dir, "coin.json");
    EXPECT_OK(kw_coin_transcript_read(&cli, &transcript, path.text, &err));
    assert_int_equal(transcript.flip.roster.n, 2);
    path = tempdir_join(&folder.dir, "commit1.json");
    EXPECT_STATUS(kw_coin_transcript_read(&cli, &transcript, path.text, &err), KW_BAD_INPUT);
    path = tempdir_join(&folder.dir, "none.json");
    EXPECT_STATUS(kw_coin_transcript_read(&cli, &transcript, path.text, &err), KW_NOT_FOUND);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(value__is_private_and_written_once, make, drop),
        cmocka_unit_test_setup_teardown(value__is_read_from_a_private_file_of_its_length, make,
                                        drop),
        cmocka_unit_test_setup_teardown(value__is_bound_to_one_list, make, drop),
        cmocka_unit_test_setup_teardown(parts__are_read_and_make_a_flip, make, drop),
        cmocka_unit_test_setup_teardown(part__is_one_line, make, drop),
        cmocka_unit_test_setup_teardown(transcript__is_checked_when_it_is_read, make, drop),
    };
    return cmocka_run_group_tests_name("cli/coin_files", tests, NULL, NULL);
}
