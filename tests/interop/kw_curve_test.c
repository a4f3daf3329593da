/* SPDX-License-Identifier: Apache-2.0
 * kw-curve as a program: lines of any length, one answer each, in order; the back-ends. */
#include "kw_curve/lines.h"

#include "support/expect.h"
#include "support/process.h"

#define PROGRAM KW_BIN_DIR "/kw-curve"
#define REQUEST "{\"id\":1,\"curve\":\"bn254\",\"op\":\"fr.add\",\"in\":[]}"
#define ANSWER  "{\"id\":1,\"error\":\"arg\"}\n"

static void expect_output(kw_str input, const char *wanted)
{
    process_result result = {0};
    const char *const argv[] = {PROGRAM, NULL};
    process_expect(&result, 0, argv, input);
    EXPECT_STR(kw_buf_text(&result.out), wanted);
    process_result_drop(&result);
}

static void lines__are_answered_one_by_one(void **state)
{
    (void)state;
    expect_output(KW_STR(""), "");
    expect_output(KW_STR(REQUEST "\n"), ANSWER);
    expect_output(KW_STR(REQUEST "\n" REQUEST "\n"), ANSWER ANSWER);
    expect_output(KW_STR(REQUEST "\n" REQUEST), ANSWER ANSWER); /* the last one has no end */
    expect_output(KW_STR("\n" REQUEST "\n"), "{\"id\":null,\"error\":\"bad_input\"}\n" ANSWER);
}

static void lines__that_are_too_long_are_refused_once(void **state)
{
    (void)state;
    KW_AUTO(kw_buf) input = kw_buf_init(16 << 20);
    EXPECT_OK(kw_buf_append_str(&input, KW_STR(REQUEST "\n")));
    for (size_t i = 0; i <= 3 * CURVE_LINE_BYTES_MAX / 16; i++) {
        EXPECT_OK(kw_buf_append_str(&input, KW_STR("                ")));
    }
    EXPECT_OK(kw_buf_append_str(&input, KW_STR("\n" REQUEST "\n")));
    expect_output(kw_buf_text(&input), ANSWER "{\"id\":null,\"error\":\"limit\"}\n" ANSWER);
}

/* An answer comes before the next question: `read` waits for it while the input is open. */
static void lines__are_not_held_back(void **state)
{
    (void)state;
    static const char script[] =
        "d=$(mktemp -d) || exit; mkfifo \"$d/in\" \"$d/out\" || exit; " PROGRAM
        " <\"$d/in\" >\"$d/out\" & exec 3>\"$d/in\" 4<\"$d/out\"; rm -r \"$d\"; "
        "echo '" REQUEST "' >&3; read -r answer <&4; echo \"$answer\"; exec 3>&-; wait";
    process_result result = {0};
    const char *const argv[] = {"sh", "-c", script, NULL};
    process_expect(&result, 0, argv, (kw_str){0});
    EXPECT_STR(kw_buf_text(&result.out), ANSWER);
    process_result_drop(&result);
}

static void backend__is_one_of_two(void **state)
{
    (void)state;
    process_result result = {0};
    const char *const c[] = {"env", "KW_CURVE_BACKEND=c", PROGRAM, NULL};
    const char *const other[] = {"env", "KW_CURVE_BACKEND=asm", PROGRAM, NULL};
    process_expect(&result, 0, c, KW_STR(REQUEST));
    EXPECT_STR(kw_buf_text(&result.out), ANSWER);
    process_expect(&result, kw_status_exit_code(KW_USAGE), other, KW_STR(REQUEST));
    EXPECT_STR(kw_buf_text(&result.out), "");
    process_result_drop(&result);
}

static void arguments__are_none_but_help(void **state)
{
    (void)state;
    process_result result = {0};
    const char *const help[] = {PROGRAM, "--help", NULL};
    const char *const unknown[] = {PROGRAM, "--version", NULL};
    const char *const more[] = {PROGRAM, "--help", "pairing", NULL};
    process_expect(&result, 0, help, KW_STR(REQUEST));
    assert_true(kw_str_starts_with(kw_buf_text(&result.out), KW_STR("Usage: kw-curve ")));
    process_expect(&result, 64, unknown, KW_STR(REQUEST));
    EXPECT_STR(kw_buf_text(&result.out), "");
    process_expect(&result, 64, more, KW_STR(REQUEST));
    EXPECT_STR(kw_buf_text(&result.out), "");
    process_result_drop(&result);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines__are_answered_one_by_one),
        cmocka_unit_test(lines__that_are_too_long_are_refused_once),
        cmocka_unit_test(lines__are_not_held_back),
        cmocka_unit_test(backend__is_one_of_two),
        cmocka_unit_test(arguments__are_none_but_help),
    };
    return cmocka_run_group_tests_name("interop/kw_curve", tests, NULL, NULL);
}
