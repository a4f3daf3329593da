/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/commands.h"

#include "support/audit_cli.h"
#include "support/expect.h"

#include <stdio.h>

static unsigned lines_of(const char *text)
{
    unsigned lines = 0;
    for (; *text != 0; text++) {
        lines += *text == 10 ? 1 : 0;
    }
    return lines;
}

static void audit_show__prints_a_line_for_each_record(void **state)
{
    KW_AUTO(command_result) all = audit_cli_run(*state, "show", "");
    assert_int_equal(all.exit_code, 0);
    assert_int_equal(lines_of(all.out), 7);
    assert_non_null(strstr(all.out, "audit.log.opened"));
    assert_non_null(strstr(all.out, "emtp.key.served  object-3  by client-1 from -"));
    assert_non_null(strstr(all.out, "2023-11-14T22:13:20Z"));
}

static void audit_show__chooses(void **state)
{
    static const struct {
        const char *options;
        unsigned lines;
    } cases[] = {{" --since 3", 4},
                 {" --since 3 --until 4", 2},
                 {" --until 1", 2},
                 {" --action emtp.key.served", 5},
                 {" --action emtp.", 5},
                 {" --action emtp", 0},
                 {" --action audit.log.", 2},
                 {" --actor client-1", 5},
                 {" --actor system --action audit.log.closed", 1},
                 {" --actor nobody", 0},
                 {" --since 100", 0}};
    for (size_t i = 0; i < KW_COUNT(cases); i++) {
        KW_AUTO(command_result) result = audit_cli_run(*state, "show", cases[i].options);
        assert_int_equal(result.exit_code, 0);
        assert_int_equal(lines_of(result.out), cases[i].lines);
    }
}

static void audit_show__tells_missing_folders_and_options(void **state)
{
    KW_AUTO(command_result)
    missing = command_line_run(&kw_keyward, "audit show /nonexistent/folder", 0);
    assert_int_equal(missing.exit_code, 66);
    KW_AUTO(command_result) none = command_line_run(&kw_keyward, "audit show", 0);
    assert_int_equal(none.exit_code, 64);
    KW_AUTO(command_result) bad = audit_cli_run(*state, "show", " --since -1");
    assert_int_equal(bad.exit_code, 64);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(audit_show__prints_a_line_for_each_record, audit_cli_setup,
                                        audit_cli_teardown),
        cmocka_unit_test_setup_teardown(audit_show__chooses, audit_cli_setup, audit_cli_teardown),
        cmocka_unit_test_setup_teardown(audit_show__tells_missing_folders_and_options,
                                        audit_cli_setup, audit_cli_teardown),
    };
    return cmocka_run_group_tests_name("cli/audit_show", tests, NULL, NULL);
}
