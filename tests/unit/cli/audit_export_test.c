/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/commands.h"

#include "support/audit_cli.h"
#include "support/expect.h"

#include <stdio.h>

/* The third record, member by member. */
static void audit_export__prints_whole_records_as_json(void **state)
{
    KW_AUTO(command_result) result = audit_cli_run(*state, "export", " --since 2 --until 2");
    assert_int_equal(result.exit_code, 0);
    static const char *const parts[] = {"{\"sequence\":2,\"time\":\"2023-11-14T22:13:20Z\"",
                                        "\"time_ms\":1700000000000",
                                        "\"node\":\"n1\"",
                                        "\"tenant\":\"acme\"",
                                        "\"actor\":\"client-1\"",
                                        "\"method\":\"api_key\"",
                                        "\"action\":\"emtp.key.served\"",
                                        "\"object\":\"object-1\"",
                                        "\"outcome\":\"ok\"",
                                        "\"request_id\":\"0123456789abcdef01234567\"",
                                        "\"previous\":\""};
    for (size_t i = 0; i < KW_COUNT(parts); i++) {
        if (strstr(result.out, parts[i]) == NULL) {
            print_error("%s lacks %s\n", result.out, parts[i]);
            fail();
        }
    }
}

static void audit_export__tells_a_missing_folder(void **state)
{
    (void)state;
    KW_AUTO(command_result) missing = command_line_run(&kw_keyward, "audit export /nonexistent", 0);
    assert_int_equal(missing.exit_code, 66);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(audit_export__prints_whole_records_as_json, audit_cli_setup,
                                        audit_cli_teardown),
        cmocka_unit_test_setup_teardown(audit_export__tells_a_missing_folder, audit_cli_setup,
                                        audit_cli_teardown),
    };
    return cmocka_run_group_tests_name("cli/audit_export", tests, NULL, NULL);
}
