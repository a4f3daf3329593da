/* SPDX-License-Identifier: Apache-2.0
 * A pipe whose reader has gone: the program ends without a word, with the exit code of SIGPIPE,
 * whether or not its parent ignores that signal. */
#include "support/expect.h"
#include "support/process.h"
#include "support/tempdir.h"

#include <stdio.h>

#define KEYWARD KW_BIN_DIR "/keyward"

enum {
    ENDED_BY_SIGPIPE = 141,
};

/* `before` runs in the shell that starts the program; "$@" are the words of the command. The pipe
 * has no reader before the program begins, so every write fails. */
static void expect_quiet(const char *before, const char *words)
{
    tempdir dir = tempdir_make();
    tempdir_path pipe = tempdir_join(&dir, "pipe");
    char script[256];
    int len = snprintf(script, sizeof script,
                       "%s; mkfifo \"$2\" && exec 3<>\"$2\" 4>\"$2\" 3>&- && exec \"$1\" %s >&4",
                       before, words);
    assert_in_range(len, 1, sizeof script - 1);
    const char *const argv[] = {"bash", "-c", script, "bash", KEYWARD, pipe.text, NULL};
    KW_AUTO(process_result) result = {.exit_code = 0};
    process_expect(&result, ENDED_BY_SIGPIPE, argv, KW_STR(""));
    assert_int_equal(result.err.len, 0);
    tempdir_remove(&dir);
}

static void commands__end_quietly_when_nobody_reads(void **state)
{
    KW_UNUSED(state);
    static const char *const rows[] = {
        "help",         "--help",         "version",        "version --json",
        "fraud --help", "fraud verify -", "completion zsh", "fraud verify - --json",
    };
    for (size_t i = 0; i < KW_COUNT(rows); i++) {
        expect_quiet("trap '' PIPE", rows[i]);
        expect_quiet("trap - PIPE", rows[i]);
    }
}

/* More lines than a pipe holds, so that the program still writes when head ends. */
static void tokens__end_quietly_behind_head(void **state)
{
    KW_UNUSED(state);
    enum {
        PEOPLE = 2000,
        TEXT_BYTES_MAX = 1 << 20,
    };
    KW_AUTO(kw_buf) people = kw_buf_init(TEXT_BYTES_MAX);
    for (int i = 0; i < PEOPLE; i++) {
        EXPECT_OK(kw_buf_append_format(
            &people, "{\"full_name\":\"Ada %c\",\"dob\":\"1990-02-01\"}\n", 'A' + i % 26));
    }
    const char *const argv[] = {
        "bash",
        "-c",
        "set -o pipefail; \"$1\" emtp tokens --allow-test-key --keys <(echo \"$2\") | head -n 1",
        "bash",
        KEYWARD,
        "{\"keys\":[{\"kid\":\"test-2026-01\",\"key\":"
        "\"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\",\"algorithm\":\"hmac-sha256\","
        "\"not_before\":\"2026-01-01T00:00:00Z\",\"not_after\":\"2026-02-01T00:00:00Z\"}]}",
        NULL};
    KW_AUTO(process_result) result = {.exit_code = 0};
    process_expect(&result, ENDED_BY_SIGPIPE, argv, kw_buf_text(&people));
    assert_int_equal(result.err.len, 0);
    assert_true(result.out.len > 0);
    assert_ptr_equal(memchr(result.out.ptr, '\n', result.out.len),
                     &result.out.ptr[result.out.len - 1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(commands__end_quietly_when_nobody_reads),
        cmocka_unit_test(tokens__end_quietly_behind_head),
    };
    return cmocka_run_group_tests_name("e2e/closed_pipe", tests, NULL, NULL);
}
