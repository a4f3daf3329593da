/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/shell.h"

#include "support/command_line.h"
#include "support/expect.h"
#include "support/process.h"

static const kw_shell shells[] = {KW_SHELL_BASH, KW_SHELL_ZSH, KW_SHELL_FISH};
static const char *const shell_names[] = {"bash", "zsh", "fish"};

/* What bash offers behind `words`, of which the last one is being typed. */
static void expect_bash(const char *words, const char *wanted)
{
    KW_AUTO(kw_buf) script = kw_buf_init(1 << 20);
    EXPECT_OK(kw_shell_script(&script, &sample_program, KW_SHELL_BASH));
    EXPECT_OK(kw_buf_append_format(&script,
                                   "COMP_WORDS=(%s); COMP_CWORD=$((${#COMP_WORDS[@]} - 1))\n"
                                   "_sample; echo \"${COMPREPLY[@]}\"\n",
                                   words));
    const char *const argv[] = {"bash", "--norc", NULL};
    KW_AUTO(process_result) r = {0};
    process_run(&r, argv, kw_buf_text(&script));
    EXPECT_STR(kw_buf_text(&r.err), "");
    EXPECT_STR(kw_str_trim(kw_buf_text(&r.out)), wanted);
}

static void shell_script__completes_in_bash(void **state)
{
    (void)state;
    expect_bash("sample ''", "greet store fail");
    expect_bash("sample st", "store");
    expect_bash("sample store ''", "put get check");
    expect_bash("sample --json store g", "get");
    expect_bash("sample greet --mo", "--mood");
    expect_bash("sample greet --mood ''", "kind gruff");
    expect_bash("sample greet --mood gr", "gruff");
    expect_bash("sample --q", "--quiet");
}

static void shell_script__offers_nothing_where_files_or_secrets_stand(void **state)
{
    (void)state;
    expect_bash("sample greet --pass", "");
    expect_bash("sample greet --times ''", "");
    expect_bash("sample --config ''", "");
    expect_bash("sample store put ''", "");
    expect_bash("sample nothing st", "store");
}

static void shell_script__is_accepted_by_its_shell(void **state)
{
    (void)state;
    for (size_t i = 0; i < KW_COUNT(shells); i++) {
        KW_AUTO(kw_buf) script = kw_buf_init(1 << 20);
        EXPECT_OK(kw_shell_script(&script, &sample_program, shells[i]));
        KW_AUTO(kw_buf) line = kw_buf_init(256);
        const char *c_line = NULL;
        EXPECT_OK(kw_buf_append_format(&line,
                                       "command -v %s >/dev/null || exit 0; exec %s -n /dev/stdin",
                                       shell_names[i], shell_names[i]));
        EXPECT_OK(kw_buf_c_text(&line, &c_line));
        const char *const argv[] = {"sh", "-c", c_line, NULL};
        KW_AUTO(process_result) r = {0};
        process_expect(&r, 0, argv, kw_buf_text(&script));
    }
}

static void shell_script__describes_choices_in_fish(void **state)
{
    (void)state;
    KW_AUTO(kw_buf) script = kw_buf_init(1 << 20);
    const char *text = NULL;
    EXPECT_OK(kw_shell_script(&script, &sample_program, KW_SHELL_FISH));
    EXPECT_OK(kw_buf_c_text(&script, &text));
    assert_non_null(strstr(text,
                           "complete -c sample -n '__sample_at \"sample store\"' -f -a put -d "
                           "'put it\\'s value'\n"));
    assert_non_null(strstr(text,
                           "complete -c sample -n '__sample_at \"sample greet\"' -l mood -r -f "
                           "-a 'kind gruff' -d 'which words'\n"));
    assert_null(strstr(text, "password"));
}

static void shell_script__refuses_unknown_shells_and_small_buffers(void **state)
{
    (void)state;
    KW_AUTO(kw_buf) script = kw_buf_init(1 << 20);
    EXPECT_STATUS(kw_shell_script(&script, &sample_program, (kw_shell)9), KW_BAD_INPUT);
    for (size_t i = 0; i < KW_COUNT(shells); i++) {
        for (size_t max = 0; max < 1500; max += 97) {
            KW_AUTO(kw_buf) small = kw_buf_init(max);
            EXPECT_STATUS(kw_shell_script(&small, &sample_program, shells[i]), KW_LIMIT);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shell_script__completes_in_bash),
        cmocka_unit_test(shell_script__offers_nothing_where_files_or_secrets_stand),
        cmocka_unit_test(shell_script__is_accepted_by_its_shell),
        cmocka_unit_test(shell_script__describes_choices_in_fish),
        cmocka_unit_test(shell_script__refuses_unknown_shells_and_small_buffers),
    };
    return cmocka_run_group_tests_name("cli/shell", tests, NULL, NULL);
}
