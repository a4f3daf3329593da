/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/command.h"

#include "os/signals.h"
#include "support/command_line.h"
#include "support/expect.h"

#include <stdlib.h>
#include <unistd.h>

static void expect_run(const char *words, int exit_code, const char *out, const char *err)
{
    KW_AUTO(command_result) r = command_line_run(&sample_program, words, 0);
    assert_string_equal(r.out, out);
    assert_string_equal(r.err, err);
    assert_int_equal(r.exit_code, exit_code);
}

static void program_run__finds_the_command_between_options(void **state)
{
    (void)state;
    expect_run("greet Ada", 0, "text: Ada\ntimes: 1\n", "greeting quietly\n");
    expect_run("--quiet greet Ada --times=3", 0, "text: Ada\ntimes: 3\n", "");
    expect_run("greet --json --loud Ada", 0, "{\"text\":\"Ada\",\"times\":1}\n", "");
    expect_run("--config f greet Ada --quiet", 0, "text: Ada\ntimes: 1\n", "");
    expect_run("greet --quiet -- --Ada", 0, "text: --Ada\ntimes: 1\n", "");
    expect_run("greet --quiet greet", 0, "text: greet\ntimes: 1\n", "");
    expect_run("store --json put", 0, "done\n", "");
}

static void program_run__refuses_wrong_lines_with_64(void **state)
{
    (void)state;
    expect_run("", 64, "", "sample: a command is missing\ntry: sample --help\n");
    expect_run("store", 64, "", "sample: a command is missing\ntry: sample store --help\n");
    expect_run("gret", 64, "",
               "sample: unknown command gret; did you mean greet?\ntry: sample --help\n");
    expect_run("store pt", 64, "",
               "sample: unknown command pt; did you mean put?\ntry: sample store --help\n");
    expect_run("\x1b[31m", 64, "", "sample: unknown command\ntry: sample --help\n");
    expect_run("greet", 64, "", "sample: NAME must be given\ntry: sample greet --help\n");
    expect_run("greet a b", 64, "", "sample: a word too many\ntry: sample greet --help\n");
    expect_run("greet a --tims 2", 64, "",
               "sample: unknown option --tims; did you mean --times?\ntry: sample greet --help\n");
    expect_run("greet a --password x", 64, "",
               "sample: --password: a secret never stands on a command line\n"
               "try: sample greet --help\n");
    expect_run("store put x", 64, "", "sample: a word too many\ntry: sample store put --help\n");
}

static void program_run__shows_errors_as_json(void **state)
{
    (void)state;
    expect_run("greet --json", 64, "",
               "{\"error\":{\"code\":\"usage\",\"message\":\"NAME must be given\"}}\n");
    expect_run("--json gret", 64, "",
               "{\"error\":{\"code\":\"usage\","
               "\"message\":\"unknown command gret; did you mean greet?\"}}\n");
    expect_run("fail not_found --json", 66, "",
               "{\"error\":{\"code\":\"not_found\",\"message\":\"told to fail\"}}\n");
}

static void program_run__exits_with_the_code_of_the_status(void **state)
{
    (void)state;
    expect_run("fail not_found", 66, "", "sample: told to fail\n");
    expect_run("fail busy", 75, "", "sample: told to fail\nthe same command may succeed later\n");
    expect_run("fail nonsense", 70, "", "sample: an internal error\n");
    expect_run("store check", 3, "", "");
}

static void program_run__prints_help_and_version_anywhere(void **state)
{
    (void)state;
    expect_run("--version", 0, "sample 1.2.3\n", "");
    expect_run("greet --version", 0, "sample 1.2.3\n", "");
    expect_run("--version --json", 0, "{\"version\":\"1.2.3\",\"schema_ids\":[\"v1\"]}\n", "");
    static const char *const lines[][2] = {
        {"--help", "usage: sample COMMAND"},
        {"-h", "usage: sample COMMAND"},
        {"store --help", "usage: sample store COMMAND"},
        {"greet -h", "usage: sample greet [options] NAME"},
    };
    for (size_t i = 0; i < KW_COUNT(lines); i++) {
        KW_AUTO(command_result) r = command_line_run(&sample_program, lines[i][0], 0);
        assert_int_equal(r.exit_code, 0);
        assert_memory_equal(r.out, lines[i][1], strlen(lines[i][1]));
    }
}

static void program_run__colours_only_where_asked(void **state)
{
    (void)state;
    KW_AUTO(command_result) colored = command_line_run(&sample_program, "fail not_found", 80);
    assert_string_equal(colored.err, "\033[1;31msample:\033[0m told to fail\n");
    KW_AUTO(command_result)
    plain = command_line_run(&sample_program, "fail not_found --no-color", 80);
    assert_string_equal(plain.err, "sample: told to fail\n");
}

static void program_run__fails_when_standard_output_is_full(void **state)
{
    (void)state;
    char *text = NULL;
    size_t len = 0;
    FILE *err = open_memstream(&text, &len);
    FILE *full = fopen("/dev/full", "w");
    assert_non_null(err);
    assert_non_null(full);
    kw_cli cli = {.in = stdin, .out = full, .err = err, .program = &sample_program};
    kw_str words[] = {KW_STR("store"), KW_STR("put")};
    assert_int_equal(kw_program_run(&cli, (kw_strs){words, 2}), 74);
    (void)fclose(full);
    assert_int_equal(fclose(err), 0);
    assert_non_null(strstr(text, "writing to standard output: No space left on device"));
    free(text);
}

static void program_run__ends_quietly_when_nobody_reads(void **state)
{
    (void)state;
    kw_signals_ignore_pipe();
    char *text = NULL;
    size_t len = 0;
    FILE *err = open_memstream(&text, &len);
    assert_non_null(err);
    for (size_t i = 0; i < 2; i++) {
        int ends[2];
        assert_int_equal(pipe(ends), 0);
        assert_int_equal(close(ends[0]), 0);
        FILE *out = fdopen(ends[1], "w");
        assert_non_null(out);
        assert_int_equal(setvbuf(out, NULL, i == 0 ? _IOFBF : _IONBF, BUFSIZ), 0);
        kw_cli cli = {.in = stdin, .out = out, .err = err, .program = &sample_program};
        kw_str words[] = {KW_STR("store"), KW_STR("put")};
        assert_int_equal(kw_program_run(&cli, (kw_strs){words, 2}), 141);
        (void)fclose(out);
    }
    assert_int_equal(fclose(err), 0);
    assert_string_equal(text, "");
    free(text);
}

static void cli_verdict__zero_takes_a_verdict_back(void **state)
{
    (void)state;
    const kw_command command = {.words = "x", .verdicts = {{3, "three"}}};
    kw_cli cli = {.command = &command};
    kw_cli_verdict(&cli, 3);
    assert_int_equal(cli.verdict, 3);
    kw_cli_verdict(&cli, 0);
    assert_int_equal(cli.verdict, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(program_run__finds_the_command_between_options),
        cmocka_unit_test(program_run__refuses_wrong_lines_with_64),
        cmocka_unit_test(program_run__shows_errors_as_json),
        cmocka_unit_test(program_run__exits_with_the_code_of_the_status),
        cmocka_unit_test(program_run__prints_help_and_version_anywhere),
        cmocka_unit_test(program_run__colours_only_where_asked),
        cmocka_unit_test(program_run__fails_when_standard_output_is_full),
        cmocka_unit_test(program_run__ends_quietly_when_nobody_reads),
        cmocka_unit_test(cli_verdict__zero_takes_a_verdict_back),
    };
    return cmocka_run_group_tests_name("cli/command", tests, NULL, NULL);
}
