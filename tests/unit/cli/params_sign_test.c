/* SPDX-License-Identifier: Apache-2.0 */

#include "support/expect.h"
#include "support/publisher_cli.h"

static void sign__approves_a_request(void **state)
{
    const tempdir *dir = *state;
    publisher_cli_submit(dir);
    publisher_cli_expect(dir, "params sign %/request.json --key %/ada.key", 0,
                         "{\"approver\":\"ada\",\"signature\":\"");
    publisher_cli_expect(dir, "params sign %/request.json --key %/ada.key", 0,
                         "ada approves params.release.publish, asked by carol, until ");
}

static void sign__compares_the_request_with_its_subject(void **state)
{
    const tempdir *dir = *state;
    publisher_cli_submit(dir);
    publisher_cli_keep(dir, "params report wallet 1.0.0 --subject --folder %", "subject");
    publisher_cli_expect(dir, "params sign %/request.json --key %/ada.key --subject %/subject", 0,
                         "{\"approver\":\"ada\"");
    publisher_cli_expect(dir, "params sign %/request.json --key %/ada.key --subject %/wallet.json",
                         65, "the request is not of what");
    publisher_cli_expect(dir, "params sign %/request.json --key %/ada.key --subject %/absent", 66,
                         "absent");
}

static void sign__refuses_what_is_no_request_or_no_key(void **state)
{
    const tempdir *dir = *state;
    publisher_cli_submit(dir);
    publisher_cli_expect(dir, "params sign %/wallet.json --key %/ada.key", 65, "");
    publisher_cli_expect(dir, "params sign %/request.json --key %/wallet.json", 65, "wallet.json");
    publisher_cli_expect(dir, "params sign %/request.json --key %/absent", 66, "absent");
    publisher_cli_expect(dir, "params sign %/absent --key %/ada.key", 66, "request");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, publisher_cli_make, publisher_cli_drop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(sign__approves_a_request),
        TEST(sign__compares_the_request_with_its_subject),
        TEST(sign__refuses_what_is_no_request_or_no_key),
    };
    return cmocka_run_group_tests_name("unit/cli/params_sign", tests, NULL, NULL);
}
