/* SPDX-License-Identifier: Apache-2.0 */

#include "support/expect.h"
#include "support/publisher_cli.h"

static void sign_by(const tempdir *dir, const char *words, const char *file)
{
    publisher_cli_keep(dir, words, file);
}

static void approve__takes_two_of_three(void **state)
{
    const tempdir *dir = *state;
    publisher_cli_submit(dir);
    sign_by(dir, "params sign %/request.json --key %/ada.key", "a.json");
    sign_by(dir, "params sign %/request.json --key %/cem.key", "c.json");
    publisher_cli_expect(dir, "params approve wallet 1.0.0 --approval %/a.json --folder %", 65,
                         "1 of the approvers");
    publisher_cli_expect(dir,
                         "params approve wallet 1.0.0 --approval %/a.json --approval %/a.json "
                         "--folder %",
                         65, "1 of the approvers");
    publisher_cli_expect(dir,
                         "params approve wallet 1.0.0 --approval %/a.json --approval %/c.json "
                         "--folder %",
                         0, "state: approved");
    publisher_cli_expect(dir,
                         "params approve wallet 1.0.0 --approval %/a.json --approval %/c.json "
                         "--folder %",
                         70, "this version is approved");
}

static void approve__refuses_approvals_of_an_earlier_request(void **state)
{
    const tempdir *dir = *state;
    publisher_cli_submit(dir);
    sign_by(dir, "params sign %/request.json --key %/ada.key", "a.json");
    sign_by(dir, "params sign %/request.json --key %/bea.key", "b.json");
    publisher_cli_submit(dir);
    publisher_cli_expect(dir,
                         "params approve wallet 1.0.0 --approval %/a.json --approval %/b.json "
                         "--folder %",
                         65, "0 of the approvers");
}

static void approve__refuses_a_key_that_is_not_in_the_policy(void **state)
{
    const tempdir *dir = *state;
    publisher_cli_submit(dir);
    publisher_cli_expect(dir, "params keygen %/dan.key --name bea", 0, "vkey: bea+");
    sign_by(dir, "params sign %/request.json --key %/ada.key", "a.json");
    sign_by(dir, "params sign %/request.json --key %/dan.key", "b.json");
    publisher_cli_expect(dir,
                         "params approve wallet 1.0.0 --approval %/a.json --approval %/b.json "
                         "--folder %",
                         65, "1 of the approvers");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, publisher_cli_make, publisher_cli_drop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(approve__takes_two_of_three),
        TEST(approve__refuses_approvals_of_an_earlier_request),
        TEST(approve__refuses_a_key_that_is_not_in_the_policy),
    };
    return cmocka_run_group_tests_name("unit/cli/params_approve", tests, NULL, NULL);
}
