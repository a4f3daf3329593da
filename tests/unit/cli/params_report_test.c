/* SPDX-License-Identifier: Apache-2.0 */
#include "support/expect.h"
#include "support/publisher_cli.h"

static void report__shows_what_was_checked(void **state)
{
    const tempdir *dir = *state;
    publisher_cli_submit(dir);
    publisher_cli_expect(dir, "params report wallet 1.0.0 --folder %", 0,
                         "\"check\":\"vkey_of_zkey\",\"is_valid\":true}],\"is_valid\":true}\n");
    publisher_cli_expect(dir, "params report wallet 1.0.0 --subject --folder %", 0,
                         "\nparams/wallet/1.0.0/wallet.vk.json ");
}

static void report__shows_why_a_draft_was_refused(void **state)
{
    const tempdir *dir = *state;
    publisher_cli_write(dir, "wrong.json",
                        "{\"family\":\"wrong\",\"semver\":\"1.0.0\",\"proof_system\":\"groth16\","
                        "\"curve\":\"bn254\",\"files\":[{\"name\":\"a.zkey\",\"kind\":\"zkey\","
                        "\"from\":\"wallet.json\"}]}");
    publisher_cli_expect(dir, "params draft %/wrong.json --folder %", 0, "state: draft");
    publisher_cli_expect(dir, "params report wrong 1.0.0 --folder %", 70, "nobody has checked it");
    publisher_cli_expect(dir,
                         "params submit wrong 1.0.0 --requester carol --request %/r --folder %", 65,
                         "a.zkey: ");
    publisher_cli_expect(dir, "params report wrong 1.0.0 --folder %", 0,
                         "\"is_valid\":false,\"reason\":\"");
}

static void report__refuses_what_is_not_there(void **state)
{
    const tempdir *dir = *state;
    publisher_cli_expect(dir, "params report wallet 1.0.0 --folder %", 66, "there is no draft");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, publisher_cli_make, publisher_cli_drop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(report__shows_what_was_checked),
        TEST(report__shows_why_a_draft_was_refused),
        TEST(report__refuses_what_is_not_there),
    };
    return cmocka_run_group_tests_name("unit/cli/params_report", tests, NULL, NULL);
}
