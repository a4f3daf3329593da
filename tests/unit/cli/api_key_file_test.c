/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/api_key_file.h"

#include "os/file.h"
#include "support/expect.h"
#include "support/tempdir.h"

static void file__is_private_and_its_text_is_wiped(void **state)
{
    KW_UNUSED(state);
    tempdir dir = tempdir_make();
    tempdir_path path = tempdir_join(&dir, "new.key");
    char shown[] = "kwk1_new";
    kw_file_info info = {0};
    KW_AUTO(kw_buf) kept = kw_buf_init(64);
    EXPECT_OK(kw_api_key_file_check(kw_str_of(path.text), NULL));
    EXPECT_OK(kw_api_key_file_write(kw_str_of(path.text), kw_str_of(shown), NULL));
    EXPECT_OK(kw_file_read(&kept, path.text, NULL));
    EXPECT_STR(kw_buf_text(&kept), "kwk1_new");
    EXPECT_OK(kw_file_stat(&info, path.text, NULL));
    assert_int_equal(info.mode, 0600);
    assert_memory_equal(shown, "\0\0\0\0\0\0\0\0", sizeof shown - 1);
    EXPECT_STATUS(kw_api_key_file_check(kw_str_of(path.text), NULL), KW_CONFLICT);
    tempdir_remove(&dir);
}

static void file__is_not_written_without_a_key_or_a_folder(void **state)
{
    KW_UNUSED(state);
    tempdir dir = tempdir_make();
    tempdir_path path = tempdir_join(&dir, "new.key");
    tempdir_path nowhere = tempdir_join(&dir, "none/new.key");
    char shown[] = "kwk1_new";
    kw_error err = {0};
    EXPECT_STATUS(kw_api_key_file_write(kw_str_of(path.text), KW_STR(""), NULL), KW_PEER_REFUSED);
    EXPECT_OK(kw_api_key_file_check(kw_str_of(path.text), NULL));
    EXPECT_STATUS(kw_api_key_file_write(kw_str_of(nowhere.text), kw_str_of(shown), &err),
                  KW_NOT_FOUND);
    assert_non_null(strstr(err.text, "revoke it"));
    assert_null(strstr(err.text, "kwk1_new"));
    assert_memory_equal(shown, "\0\0\0\0\0\0\0\0", sizeof shown - 1);
    tempdir_remove(&dir);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(file__is_private_and_its_text_is_wiped),
        cmocka_unit_test(file__is_not_written_without_a_key_or_a_folder),
    };
    return cmocka_run_group_tests_name("cli/api_key_file", tests, NULL, NULL);
}
