/* SPDX-License-Identifier: Apache-2.0 */
#include "os/file.h"

#include "support/expect.h"
#include "support/publisher_cli.h"

static void submit__checks_and_asks(void **state)
{
    const tempdir *dir = *state;
    KW_AUTO(kw_buf) request = kw_buf_init(4096);
    publisher_cli_submit(dir);
    EXPECT_OK(kw_file_read(&request, tempdir_join(dir, "request.json").text, NULL));
    assert_true(kw_str_starts_with(kw_buf_text(&request),
                                   KW_STR("{\"action\":\"params.release.publish\"")));
}

static void submit__refuses_files_that_do_not_belong_together(void **state)
{
    const tempdir *dir = *state;
    kw_file_info info;
    publisher_cli_write(dir, "wrong.json",
                        "{\"family\":\"wrong\",\"semver\":\"1.0.0\",\"proof_system\":\"groth16\","
                        "\"curve\":\"bn254\",\"files\":[{\"name\":\"a.zkey\",\"kind\":\"zkey\","
                        "\"from\":\"wallet.json\"}]}");
    publisher_cli_expect(dir, "params draft %/wrong.json --folder %", 0, "state: draft");
    publisher_cli_expect(dir,
                         "params submit wrong 1.0.0 --requester carol --request %/request.json "
                         "--folder %",
                         65, "a.zkey: ");
    EXPECT_STATUS(kw_file_stat(&info, tempdir_join(dir, "request.json").text, NULL), KW_NOT_FOUND);
}

static void submit__refuses_a_draft_that_is_not_there(void **state)
{
    const tempdir *dir = *state;
    publisher_cli_expect(dir,
                         "params submit wallet 2.0.0 --requester carol --request %/r --folder %",
                         66, "there is no draft of wallet 2.0.0");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, publisher_cli_make, publisher_cli_drop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(submit__checks_and_asks),
        TEST(submit__refuses_files_that_do_not_belong_together),
        TEST(submit__refuses_a_draft_that_is_not_there),
    };
    return cmocka_run_group_tests_name("unit/cli/params_submit", tests, NULL, NULL);
}
