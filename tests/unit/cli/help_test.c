/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/commands.h"
#include "support/command_line.h"
#include "support/expect.h"

static void help__prints_what_the_option_prints(void **state)
{
    (void)state;
    static const char *const lines[][2] = {
        {"help", "--help"},
        {"help completion", "completion --help"},
        {"help emtp keys", "emtp keys --help"},
        {"help help", "help -h"},
    };
    for (size_t i = 0; i < KW_COUNT(lines); i++) {
        KW_AUTO(command_result) command = command_line_run(&kw_keyward, lines[i][0], 0);
        KW_AUTO(command_result) option = command_line_run(&kw_keyward, lines[i][1], 0);
        assert_int_equal(command.exit_code + option.exit_code, 0);
        assert_string_equal(command.out, option.out);
    }
}

static void help__refuses_words_of_no_command(void **state)
{
    (void)state;
    static const char *const lines[] = {"help nothing", "help completion bash", "help a b c d e"};
    static const int codes[] = {64, 64, 65};
    for (size_t i = 0; i < KW_COUNT(lines); i++) {
        KW_AUTO(command_result) r = command_line_run(&kw_keyward, lines[i], 0);
        assert_int_equal(r.exit_code, codes[i]);
        assert_string_equal(r.out, "");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(help__prints_what_the_option_prints),
        cmocka_unit_test(help__refuses_words_of_no_command),
    };
    return cmocka_run_group_tests_name("cli/help", tests, NULL, NULL);
}
