/* SPDX-License-Identifier: Apache-2.0 */

#include "support/expect.h"
#include "support/publisher_cli.h"

static void draft__takes_files_in(void **state)
{
    const tempdir *dir = *state;
    publisher_cli_expect(dir, "params draft %/wallet.json --folder %/releases --json", 0,
                         "\"family\":\"wallet\",\"version\":\"1.0.0\",\"state\":\"draft\"");
    publisher_cli_expect(dir, "params draft %/wallet.json --folder %/releases", 0, "files: 2");
}

static void draft__finds_files_beside_the_manifest(void **state)
{
    const tempdir *dir = *state;
    publisher_cli_write(dir, "circuit", "any bytes");
    publisher_cli_write(dir, "beside.json",
                        "{\"family\":\"a\",\"semver\":\"1.0.0\",\"proof_system\":\"groth16\","
                        "\"curve\":\"bn254\",\"files\":[{\"name\":\"a.r1cs\",\"kind\":\"r1cs\","
                        "\"from\":\"circuit\"}]}");
    publisher_cli_expect(dir, "params draft %/beside.json --folder %", 0, "files: 1");
}

static void draft__refuses_bad_manifests_and_absent_files(void **state)
{
    const tempdir *dir = *state;
    publisher_cli_expect(dir, "params draft %/absent.json --folder %", 66, "absent.json");
    publisher_cli_write(dir, "bad.json", "{\"family\":\"a\"}");
    publisher_cli_expect(dir, "params draft %/bad.json --folder %", 65, "bad.json");
    publisher_cli_write(dir, "bad.json",
                        "{\"family\":\"a\",\"semver\":\"1.0.0\",\"proof_system\":\"groth16\","
                        "\"curve\":\"bn254\",\"files\":[{\"name\":\"a.r1cs\",\"kind\":\"r1cs\","
                        "\"from\":\"nowhere\"}]}");
    publisher_cli_expect(dir, "params draft %/bad.json --folder %", 66, "nowhere");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, publisher_cli_make, publisher_cli_drop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(draft__takes_files_in),
        TEST(draft__finds_files_beside_the_manifest),
        TEST(draft__refuses_bad_manifests_and_absent_files),
    };
    return cmocka_run_group_tests_name("unit/cli/params_draft", tests, NULL, NULL);
}
