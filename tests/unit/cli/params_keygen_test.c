/* SPDX-License-Identifier: Apache-2.0 */
#include "os/file.h"

#include "support/expect.h"
#include "support/publisher_cli.h"

static void keygen__writes_a_private_key_once(void **state)
{
    const tempdir *dir = *state;
    kw_file_info info;
    publisher_cli_expect(dir, "params keygen %/dan.key --name dan", 0, "vkey: dan+");
    EXPECT_OK(kw_file_stat(&info, tempdir_join(dir, "dan.key").text, NULL));
    assert_true(info.is_private);
    publisher_cli_expect(dir, "params keygen %/dan.key --name dan", 65, "is there already");
}

static void keygen__refuses_bad_names(void **state)
{
    const tempdir *dir = *state;
    publisher_cli_expect(dir, "params keygen %/dan.key --name d+n", 64, "name");
    publisher_cli_expect(dir, "params keygen %/dan.key", 64, "--name");
    publisher_cli_expect(dir, "params keygen %/absent/dan.key --name dan", 66, "dan.key");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, publisher_cli_make, publisher_cli_drop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(keygen__writes_a_private_key_once),
        TEST(keygen__refuses_bad_names),
    };
    return cmocka_run_group_tests_name("unit/cli/params_keygen", tests, NULL, NULL);
}
