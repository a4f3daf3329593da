/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/commands.h"

#include "support/command_line.h"
#include "support/expect.h"
#include "support/tempdir.h"

#include <stdio.h>

static void dev_ca_init__makes_the_folder_once(void **state)
{
    (void)state;
    tempdir dir = tempdir_make();
    char words[400];
    (void)snprintf(words, sizeof words, "dev-ca init %s/a/pki --json", dir.path);
    KW_AUTO(command_result) made = command_line_run(&kw_keyward, words, 0);
    assert_int_equal(made.exit_code, 0);
    assert_non_null(strstr(made.out, "/a/pki/ca.pem\",\"key\":\""));
    KW_AUTO(command_result) again = command_line_run(&kw_keyward, words, 0);
    assert_int_equal(again.exit_code, 65);
    KW_AUTO(command_result) unnamed = command_line_run(&kw_keyward, "dev-ca init", 0);
    assert_int_equal(unnamed.exit_code, 64);
    tempdir_remove(&dir);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dev_ca_init__makes_the_folder_once),
    };
    return cmocka_run_group_tests_name("cli/dev_ca_init", tests, NULL, NULL);
}
