/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/commands.h"
#include "cli/shell.h"
#include "support/command_line.h"
#include "support/expect.h"

static void completion__prints_the_script_of_each_shell(void **state)
{
    (void)state;
    static const struct {
        const char *line;
        kw_shell shell;
    } cases[] = {{"completion bash", KW_SHELL_BASH},
                 {"completion zsh --json", KW_SHELL_ZSH},
                 {"completion fish", KW_SHELL_FISH}};
    for (size_t i = 0; i < KW_COUNT(cases); i++) {
        KW_AUTO(kw_buf) script = kw_buf_init(1 << 20);
        EXPECT_OK(kw_shell_script(&script, &kw_keyward, cases[i].shell));
        KW_AUTO(command_result) r = command_line_run(&kw_keyward, cases[i].line, 0);
        assert_int_equal(r.exit_code, 0);
        EXPECT_STR(kw_buf_text(&script), r.out);
    }
}

static void completion__refuses_other_shells(void **state)
{
    (void)state;
    KW_AUTO(command_result) other = command_line_run(&kw_keyward, "completion tcsh", 0);
    assert_int_equal(other.exit_code, 64);
    assert_string_equal(other.err, "keyward: SHELL: not one of: bash, zsh, fish\n"
                                   "try: keyward completion --help\n");
    KW_AUTO(command_result) none = command_line_run(&kw_keyward, "completion", 0);
    assert_int_equal(none.exit_code, 64);
    assert_string_equal(none.out, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(completion__prints_the_script_of_each_shell),
        cmocka_unit_test(completion__refuses_other_shells),
    };
    return cmocka_run_group_tests_name("cli/completion", tests, NULL, NULL);
}
