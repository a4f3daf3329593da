/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/commands.h"

#include "support/audit_cli.h"
#include "support/expect.h"

#include <stdio.h>

static void audit_vkey__prints_the_key(void **state)
{
    audit_place *place = *state;
    KW_AUTO(command_result) text = audit_cli_run(*state, "vkey", "");
    assert_int_equal(text.exit_code, 0);
    char wanted[300];
    (void)snprintf(wanted, sizeof wanted, "%s\n", place->vkey);
    assert_string_equal(text.out, wanted);
    KW_AUTO(command_result) json = audit_cli_run(*state, "vkey", " --json");
    assert_int_equal(json.exit_code, 0);
    (void)snprintf(wanted, sizeof wanted, "{\"vkey\":\"%s\"}\n", place->vkey);
    assert_string_equal(json.out, wanted);
}

static void audit_vkey__refuses_what_is_no_key(void **state)
{
    audit_place *place = *state;
    KW_AUTO(command_result) missing = command_line_run(&kw_keyward, "audit vkey /nonexistent", 0);
    assert_int_equal(missing.exit_code, 66);
    tempdir_path path = tempdir_join(&place->dir, "vkey");
    FILE *file = fopen(path.text, "wb");
    assert_non_null(file);
    assert_true(fputs("n1/audit+00000000+nonsense\n", file) >= 0);
    assert_int_equal(fclose(file), 0);
    KW_AUTO(command_result) damaged = audit_cli_run(*state, "vkey", "");
    assert_int_equal(damaged.exit_code, 65);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(audit_vkey__prints_the_key, audit_cli_setup,
                                        audit_cli_teardown),
        cmocka_unit_test_setup_teardown(audit_vkey__refuses_what_is_no_key, audit_cli_setup,
                                        audit_cli_teardown),
    };
    return cmocka_run_group_tests_name("cli/audit_vkey", tests, NULL, NULL);
}
