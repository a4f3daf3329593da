/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/version.h"

#include "cli/commands.h"
#include "support/command_line.h"
#include "support/expect.h"

static void version__says_what_this_build_is(void **state)
{
    (void)state;
    KW_AUTO(command_result) text = command_line_run(&kw_keyward, "version", 0);
    assert_string_equal(text.out, "keyward " KW_VERSION "\n");
    KW_AUTO(command_result) json = command_line_run(&kw_keyward, "version --json", 0);
    assert_string_equal(json.out, "{\"version\":\"" KW_VERSION "\",\"schema_ids\":[\"v1\"]}\n");
    assert_int_equal(text.exit_code + json.exit_code, 0);
}

static void cli_print_version__fails_when_standard_output_is_full(void **state)
{
    (void)state;
    FILE *full = fopen("/dev/full", "w");
    assert_non_null(full);
    assert_int_equal(setvbuf(full, NULL, _IONBF, 0), 0);
    kw_cli cli = {.out = full, .program = &kw_keyward};
    kw_error err = {0};
    EXPECT_STATUS(kw_cli_print_version(&cli, &err), KW_NO_SPACE);
    cli.is_json = true;
    EXPECT_STATUS(kw_cli_print_version(&cli, &err), KW_NO_SPACE);
    assert_int_equal(err.status, KW_NO_SPACE);
    (void)fclose(full);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(version__says_what_this_build_is),
        cmocka_unit_test(cli_print_version__fails_when_standard_output_is_full),
    };
    return cmocka_run_group_tests_name("cli/version", tests, NULL, NULL);
}
