/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/commands.h"
#include "emtp/engine/emtk.h"
#include "os/file.h"

#include "support/command_line.h"
#include "support/expect.h"
#include "support/tempdir.h"

#include <stdio.h>

#define ANN       "{\"full_name\":\"Ann Lee\",\"dob\":\"1980-02-03\"}"
#define ANN_FIRST "19e24e115e316923c08a03db16f1aabf8867d8771bb6d073011841fb6e5281dd"
#define ANN_LAST  "611cacf1e2c1c4577927b2674d91e7a3a5c622939e5ab1b26fa9ac9a98abd576"

/* The test key, whose window is past, and another key with a window that holds today. */
#define TEST_KEY                                                                          \
    "{\"kid\":\"test-2026-01\",\"key\":\"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\"," \
    "\"algorithm\":\"hmac-sha256\",\"not_before\":\"2020-01-01T00:00:00Z\","              \
    "\"not_after\":\"2020-02-01T00:00:00Z\"}"
#define LONG_KEY                                                                  \
    "{\"kid\":\"long\",\"key\":\"ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8=\"," \
    "\"algorithm\":\"hmac-sha256\",\"not_before\":\"2020-01-01T00:00:00Z\","      \
    "\"not_after\":\"2999-01-01T00:00:00Z\"}"
#define PAST_KEY                                                                  \
    "{\"kid\":\"past\",\"key\":\"QEEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8=\"," \
    "\"algorithm\":\"hmac-sha256\",\"not_before\":\"2020-01-01T00:00:00Z\","      \
    "\"not_after\":\"2020-02-01T00:00:00Z\"}"

/* A folder with keys and records. */
typedef struct fixture {
    tempdir dir;
    char test_keys[600]; /* paths */
    char keys[600];
    char in[600];
    char csv[600];
    char out[600];
} fixture;

static void put_file(char path[600], const tempdir *dir, const char *name, const char *text)
{
    (void)snprintf(path, 600, "%s/%s", dir->path, name);
    if (text != NULL) {
        EXPECT_OK(kw_file_write_atomic(path, kw_span_of_str(kw_str_of(text)), 0600, NULL));
    }
}

static fixture make_fixture(void)
{
    fixture f = {.dir = tempdir_make()};
    put_file(f.test_keys, &f.dir, "test.json", "{\"keys\":[" TEST_KEY "]}\n");
    put_file(f.keys, &f.dir, "keys.json", "{\"keys\":[" LONG_KEY "," PAST_KEY "]}");
    put_file(f.out, &f.dir, "empty.json", "{\"keys\":[]}");
    put_file(f.in, &f.dir, "in.jsonl", ANN "\n\n{\"full_name\":\"A\"}\n");
    put_file(f.csv, &f.dir, "in.csv", "full_name,dob\nAnn Lee,1980-02-03\n");
    put_file(f.out, &f.dir, "out", NULL);
    return f;
}

/* Runs `emtp tokens` with options, in which %1 is the folder. */
static command_result run(const fixture *f, const char *options)
{
    char line[4096] = "emtp tokens";
    size_t len = strlen(line);
    for (const char *at = options; *at != '\0'; at++) {
        if (*at == '%') {
            len += (size_t)snprintf(line + len, sizeof line - len, "%s", f->dir.path);
        } else {
            line[len++] = *at;
        }
        assert_in_range(len, 1, sizeof line - 300);
        line[len] = '\0';
    }
    return command_line_run(&kw_keyward, line, 0);
}

static void expect_usage(const fixture *f, const char *options, const char *about)
{
    KW_AUTO(command_result) r = run(f, options);
    assert_int_equal(r.exit_code, 64);
    assert_non_null(strstr(r.err, about));
    assert_string_equal(r.out, "");
}

static void tokens__writes_json_lines_and_ends_with_3_after_a_refusal(void **state)
{
    (void)state;
    fixture f = make_fixture();
    KW_AUTO(command_result) r = run(&f, " --keys %/test.json --allow-test-key --in %/in.jsonl");
    assert_string_equal(r.out, "{\"line\":1,\"tokens\":{\"test-2026-01\":[\"" ANN_FIRST
                               "\",\"" ANN_LAST "\"]}}\n");
    assert_string_equal(r.err, "{\"line\":3,\"error\":\"missing\",\"member\":\"dob\"}\n");
    assert_int_equal(r.exit_code, 3);
    KW_AUTO(command_result)
    csv = run(&f, " --keys %/test.json --allow-test-key --csv --in %/in.csv --json --threads 3");
    assert_non_null(strstr(csv.out, "{\"line\":2,\"tokens\":{\"test-2026-01\":[\"" ANN_FIRST));
    assert_int_equal(csv.exit_code, 0);
    tempdir_remove(&f.dir);
}

static void tokens__refuses_the_test_key_without_its_switch(void **state)
{
    (void)state;
    fixture f = make_fixture();
    KW_AUTO(command_result) r = run(&f, " --keys %/test.json --in %/in.jsonl");
    assert_int_equal(r.exit_code, kw_status_exit_code(KW_REFUSED));
    assert_non_null(strstr(r.err, "test"));
    assert_string_equal(r.out, "");
    tempdir_remove(&f.dir);
}

static void tokens__uses_usable_keys_when_there_are_any(void **state)
{
    (void)state;
    fixture f = make_fixture();
    KW_AUTO(command_result) all = run(&f, " --keys %/keys.json --in %/in.csv --csv");
    assert_non_null(strstr(all.out, "\"long\":["));
    assert_null(strstr(all.out, "\"past\""));
    assert_string_equal(all.err, "");
    KW_AUTO(command_result) missing = run(&f, " --keys %/keys.json --kid nobody --in %/in.jsonl");
    assert_int_equal(missing.exit_code, kw_status_exit_code(KW_UNAVAILABLE));
    assert_non_null(strstr(missing.err, "nobody"));
    KW_AUTO(command_result) empty = run(&f, " --keys %/empty.json --in %/in.jsonl");
    assert_int_not_equal(empty.exit_code, 0);
    tempdir_remove(&f.dir);
}

static void tokens__refuses_keys_out_of_their_time(void **state)
{
    (void)state;
    fixture f = make_fixture();
    KW_AUTO(command_result) past = run(&f, " --keys %/keys.json --kid past --in %/in.csv --csv");
    assert_int_equal(past.exit_code, kw_status_exit_code(KW_UNAVAILABLE));
    assert_string_equal(past.out, "");
    assert_non_null(strstr(past.err, "no key with the kid past is within its time"));
    put_file(f.keys, &f.dir, "keys.json", "{\"keys\":[" PAST_KEY "]}");
    KW_AUTO(command_result) all = run(&f, " --keys %/keys.json --in %/in.csv --csv");
    assert_int_equal(all.exit_code, kw_status_exit_code(KW_UNAVAILABLE));
    assert_string_equal(all.out, "");
    assert_non_null(strstr(all.err, "no key is within its time"));
    tempdir_remove(&f.dir);
}

static void tokens__writes_token_files_with_mode_0600(void **state)
{
    (void)state;
    fixture f = make_fixture();
    KW_AUTO(command_result)
    r = run(&f, " --keys %/test.json --allow-test-key --in %/in.jsonl --format emtk --out %/out");
    assert_int_equal(r.exit_code, 3);
    assert_string_equal(r.out, "");
    kw_file_info info = {0};
    EXPECT_OK(kw_file_stat(&info, f.out, NULL));
    assert_int_equal(info.mode, 0600);
    KW_AUTO(kw_buf) file = kw_buf_init(1 << 16);
    kw_emtk read = {0};
    EXPECT_OK(kw_file_read(&file, f.out, NULL));
    EXPECT_OK(kw_emtk_decode(&read, kw_buf_view(&file), NULL));
    assert_int_equal(read.count, 2);
    tempdir_remove(&f.dir);
}

static void tokens__writes_tables_and_explanations(void **state)
{
    (void)state;
    fixture f = make_fixture();
    KW_AUTO(command_result)
    table =
        run(&f, " --keys %/test.json --allow-test-key --in %/in.jsonl --format table --nurl n/");
    assert_non_null(strstr(table.out, "Z\t+\tn/1\t" ANN_FIRST " " ANN_LAST "\n"));
    KW_AUTO(command_result)
    shown = run(&f, " --keys %/test.json --allow-test-key --in %/in.jsonl --explain --weak");
    assert_non_null(strstr(shown.out, "\"normalized_name\":{\"given\":\"ANN\""));
    assert_non_null(strstr(shown.out, "\"weak\":true"));
    assert_int_equal(shown.exit_code, 0);
    tempdir_remove(&f.dir);
}

static void tokens__refuses_options_that_do_not_go_together(void **state)
{
    (void)state;
    fixture f = make_fixture();
    expect_usage(&f, "", "--keys");
    expect_usage(&f, " --keys %/keys.json --server https://localhost:1", "--keys");
    expect_usage(&f, " --keys %/keys.json --weak --format emtk", "--weak");
    expect_usage(&f, " --keys %/keys.json --weak --format table", "--weak");
    expect_usage(&f, " --keys %/keys.json --explain --format emtk", "--explain");
    expect_usage(&f, " --keys %/keys.json --profile v1-ref --wide", "--wide");
    expect_usage(&f, " --keys %/keys.json --profile v1-ref --weak", "--weak");
    expect_usage(&f, " --keys %/keys.json --nurl n/", "--nurl");
    expect_usage(&f, " --keys %/keys.json --profile v2", "profile");
    expect_usage(&f, " --server https://localhost:1", "--api-key-file");
    tempdir_remove(&f.dir);
}

static void tokens__reports_missing_and_open_files(void **state)
{
    (void)state;
    fixture f = make_fixture();
    KW_AUTO(command_result) no_keys = run(&f, " --keys %/nothing --in %/in.jsonl");
    assert_int_equal(no_keys.exit_code, kw_status_exit_code(KW_NOT_FOUND));
    KW_AUTO(command_result) no_input = run(&f, " --keys %/keys.json --in %/nothing");
    assert_int_equal(no_input.exit_code, kw_status_exit_code(KW_NOT_FOUND));
    EXPECT_OK(kw_file_write_atomic(f.keys, kw_span_of_str(KW_STR("{\"keys\":[" LONG_KEY "]}")),
                                   0644, NULL));
    KW_AUTO(command_result) open_keys = run(&f, " --keys %/keys.json --in %/in.jsonl");
    assert_int_equal(open_keys.exit_code, kw_status_exit_code(KW_FORBIDDEN));
    tempdir_remove(&f.dir);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tokens__writes_json_lines_and_ends_with_3_after_a_refusal),
        cmocka_unit_test(tokens__refuses_the_test_key_without_its_switch),
        cmocka_unit_test(tokens__uses_usable_keys_when_there_are_any),
        cmocka_unit_test(tokens__refuses_keys_out_of_their_time),
        cmocka_unit_test(tokens__writes_token_files_with_mode_0600),
        cmocka_unit_test(tokens__writes_tables_and_explanations),
        cmocka_unit_test(tokens__refuses_options_that_do_not_go_together),
        cmocka_unit_test(tokens__reports_missing_and_open_files),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
