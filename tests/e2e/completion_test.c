/* SPDX-License-Identifier: Apache-2.0
 * The completion scripts in the shells they are for. A shell that is not installed is reported as
 * skipped. */
#include "support/expect.h"
#include "support/process.h"

#include <stdlib.h>

enum {
    WORDS_MAX = 64
};

/* A line to complete at its end, and what must be offered, sorted. */
static const struct {
    const char *line;
    const char *offered;
} cases[] = {
    {"keyward em", "emtp"},
    {"keyward ",
     "app audit cluster completion dev-ca emtp epoch fraud help identity man node params "
     "tuf version"},
    {"keyward emtp keys ", "export get list revoke rotate"},
    {"keyward emtp tokens --profile ", "v1 v1-ref"},
    {"keyward emtp tokens --pro", "--profile"},
    {"keyward emtp participants add --role p", "payer provider"},
    {"keyward completion ", "bash fish zsh"},
    {"keyward em keys exp", ""}, /* "em" is no command: nothing is below it */
    {"keyward nonsense", ""},
};

static int compare(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The first word of each line, sorted, as one text. */
static void sort_lines(kw_buf *out, char *lines)
{
    const char *words[WORDS_MAX];
    size_t count = 0;
    for (char *at = lines; *at != '\0';) {
        size_t len = strcspn(at, "\n");
        char *next = at + len + (at[len] != '\0');
        at[strcspn(at, "\t\n")] = '\0'; /* fish explains behind a tab */
        if (*at != '\0') {
            assert_true(count < WORDS_MAX);
            words[count++] = at;
        }
        at = next;
    }
    qsort(words, count, sizeof *words, compare);
    for (size_t i = 0; i < count; i++) {
        EXPECT_OK(kw_buf_append_format(out, i == 0 ? "%s" : " %s", words[i]));
    }
}

/* Runs `script` with the line as its argument for each case; it prints what the shell offers. */
static void expect_offers(const char *shell, const char *option, const char *script)
{
    process_result result = {0};
    const char *const look[] = {"sh", "-c", "command -v \"$1\"", "sh", shell, NULL};
    process_run(&result, look, KW_STR(""));
    bool is_installed = result.exit_code == 0;
    process_result_drop(&result);
    if (!is_installed) {
        print_message("%s is not installed\n", shell);
        skip();
    }
    for (size_t i = 0; i < KW_COUNT(cases); i++) {
        const char *const argv[] = {shell,         option,        "-c", script,
                                    cases[i].line, cases[i].line, NULL};
        process_expect(&result, 0, argv, KW_STR(""));
        assert_int_equal(result.err.len, 0);
        EXPECT_OK(kw_buf_append_byte(&result.out, '\0'));
        KW_AUTO(kw_buf) offered = kw_buf_init(1 << 16);
        sort_lines(&offered, (char *)result.out.ptr);
        if (!kw_str_equal(kw_buf_text(&offered), kw_str_of(cases[i].offered))) {
            fail_msg("%s offers \"%.*s\" for \"%s\"", shell, KW_STR_ARG(kw_buf_text(&offered)),
                     cases[i].line);
        }
    }
    process_result_drop(&result);
}

/* The function that is registered for the command, called as readline does. */
static void completion__works_in_bash(void **state)
{
    (void)state;
    expect_offers("bash", "--norc",
                  "source <(" KW_BIN_DIR "/keyward completion bash)\n"
                  "read -ra COMP_WORDS <<<\"$1\"\n"
                  "[[ $1 == *' ' ]] && COMP_WORDS+=('')\n"
                  "COMP_CWORD=$((${#COMP_WORDS[@]} - 1))\n"
                  "read -ra spec <<<\"$(complete -p keyward)\"\n"
                  "for i in \"${!spec[@]}\"; do\n"
                  "  [[ ${spec[i]} == -F ]] && \"${spec[i + 1]}\"\n"
                  "done\n"
                  "printf '%s\\n' \"${COMPREPLY[@]}\"");
}

/* An interactive shell on a terminal of its own; the tab key is pressed, and what the completion
 * system is handed is printed between marks that the echo of what we type does not hold. */
static void completion__works_in_zsh(void **state)
{
    (void)state;
    expect_offers("zsh", "-f",
                  "zmodload zsh/zpty\n"
                  "zpty inner zsh -f -i\n"
                  "zpty -w inner 'PS1= RPS1=; autoload -Uz compinit && compinit -D -u\n"
                  "source <(" KW_BIN_DIR "/keyward completion zsh)\n"
                  "compadd() { local -a hits; builtin compadd -A hits \"$@\"\n"
                  "  print -r -- \"<${:-<}${(pj:\\n:)hits}>${:->}\"; builtin compadd \"$@\" }\n"
                  "print -r -- \"rea${:-dy}\"'\n"
                  "zpty -r inner seen '*ready*'\n"
                  "zpty -w -n inner \"$1\"$'\\t'\n"
                  "zpty -r inner seen '*<<*>>*'\n"
                  "zpty -d inner\n"
                  "print -r -- \"${${${seen##*<<}%%>>*}//$'\\r'/}\"");
}

static void completion__works_in_fish(void **state)
{
    (void)state;
    expect_offers("fish", "--no-config",
                  KW_BIN_DIR "/keyward completion fish | source\n"
                             "cd / # names of files are none of this\n"
                             "complete -C \"$argv[1]\"");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(completion__works_in_bash),
        cmocka_unit_test(completion__works_in_zsh),
        cmocka_unit_test(completion__works_in_fish),
    };
    return cmocka_run_group_tests_name("completion", tests, NULL, NULL);
}
