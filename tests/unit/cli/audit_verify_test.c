/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/commands.h"
#include "guard/audit_log.h"
#include "os/file.h"

#include "support/audit_cli.h"
#include "support/expect.h"

#include <stdio.h>

static void with_vkey(const audit_place *place, char out[2048], const char *more)
{
    (void)snprintf(out, 2048, " --vkey %s%s", place->vkey, more);
}

static void audit_verify__answers_0_for_an_intact_log(void **state)
{
    audit_place *place = *state;
    char options[2048];
    with_vkey(*state, options, "");
    KW_AUTO(command_result) text = audit_cli_run(*state, "verify", options);
    assert_int_equal(text.exit_code, 0);
    assert_non_null(strstr(text.out, "intact"));
    with_vkey(*state, options, " --json");
    KW_AUTO(command_result) json = audit_cli_run(*state, "verify", options);
    assert_int_equal(json.exit_code, 0);
    assert_non_null(strstr(json.out, "{\"verdict\":\"intact\",\"records\":7,"));
    assert_null(strstr(json.out, "first_bad_sequence"));
    (void)snprintf(options, sizeof options, " --vkey-file %s/vkey", place->dir.path);
    KW_AUTO(command_result) file = audit_cli_run(*state, "verify", options);
    assert_int_equal(file.exit_code, 0);
}

static void audit_verify__answers_1_and_names_the_record(void **state)
{
    audit_place *place = *state;
    char path[512];
    EXPECT_OK(kw_audit_path(path, place->dir.path, 0, "log"));
    KW_AUTO(kw_buf) log = kw_buf_init(1 << 20);
    kw_error err = {0};
    EXPECT_OK(kw_file_read(&log, path, &err));
    size_t frame = 0;
    EXPECT_OK(kw_audit_frame_length(&frame, kw_buf_view(&log)));
    log.ptr[frame + 60] ^= 1; /* in the second record */
    EXPECT_OK(kw_file_write_atomic(path, kw_buf_view(&log), 0600, &err));
    char options[2048];
    with_vkey(*state, options, " --json");
    KW_AUTO(command_result) result = audit_cli_run(*state, "verify", options);
    assert_int_equal(result.exit_code, 1);
    assert_non_null(strstr(result.out, "\"verdict\":\"altered\""));
    assert_non_null(strstr(result.out, "\"first_bad_sequence\":\"1\""));
}

static void audit_verify__answers_2_against_an_anchor(void **state)
{
    audit_place *place = *state;
    /* The anchor is the last checkpoint; then log and checkpoints are cut. */
    char path[512];
    EXPECT_OK(kw_audit_path(path, place->dir.path, 0, "notes"));
    KW_AUTO(kw_buf) notes = kw_buf_init(1 << 20);
    kw_error err = {0};
    EXPECT_OK(kw_file_read(&notes, path, &err));
    kw_str rest = kw_buf_text(&notes);
    kw_str last = {0};
    while (kw_audit_notes_next(&last, &rest) == KW_OK) {
    }
    tempdir_path anchor = tempdir_join(&place->dir, "anchor.note");
    EXPECT_OK(kw_file_write_atomic(anchor.text, kw_span_of_str(last), 0600, &err));
    char options[2048];
    char more[600];
    (void)snprintf(more, sizeof more, " --anchor %s", anchor.text);
    with_vkey(*state, options, more);
    KW_AUTO(command_result) whole = audit_cli_run(*state, "verify", options);
    assert_int_equal(whole.exit_code, 0);
    EXPECT_OK(kw_file_remove(path, &err));
    EXPECT_OK(kw_audit_path(path, place->dir.path, 0, "log"));
    KW_AUTO(kw_buf) log = kw_buf_init(1 << 20);
    EXPECT_OK(kw_file_read(&log, path, &err));
    size_t frame = 0;
    EXPECT_OK(kw_audit_frame_length(&frame, kw_buf_view(&log)));
    EXPECT_OK(kw_file_write_atomic(path, (kw_span){log.ptr, frame}, 0600, &err));
    KW_AUTO(command_result) cut = audit_cli_run(*state, "verify", options);
    assert_int_equal(cut.exit_code, 2);
    assert_non_null(strstr(cut.out, "truncated"));
}

static void audit_verify__answers_3_for_bad_input(void **state)
{
    audit_place *place = *state;
    static const char *const cases[] = {" --vkey nonsense", " --vkey-file /nonexistent/vkey"};
    for (size_t i = 0; i < KW_COUNT(cases); i++) {
        KW_AUTO(command_result) result = audit_cli_run(*state, "verify", cases[i]);
        assert_int_equal(result.exit_code, 3);
    }
    char options[2048];
    with_vkey(*state, options, " --anchor /nonexistent/anchor");
    KW_AUTO(command_result) missing = audit_cli_run(*state, "verify", options);
    assert_int_equal(missing.exit_code, 3);
    with_vkey(*state, options, " --anchor /dev/null");
    KW_AUTO(command_result) empty = audit_cli_run(*state, "verify", options);
    assert_int_equal(empty.exit_code, 3);
    char words[2048];
    (void)snprintf(words, sizeof words, "audit verify /nonexistent --vkey %s", place->vkey);
    KW_AUTO(command_result) folder = command_line_run(&kw_keyward, words, 0);
    assert_int_equal(folder.exit_code, 3);
}

static void audit_verify__wants_exactly_one_key(void **state)
{
    KW_AUTO(command_result) none = audit_cli_run(*state, "verify", "");
    assert_int_equal(none.exit_code, 64);
    char options[2048];
    with_vkey(*state, options, " --vkey-file x");
    KW_AUTO(command_result) both = audit_cli_run(*state, "verify", options);
    assert_int_equal(both.exit_code, 64);
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, audit_cli_setup, audit_cli_teardown)
    const struct CMUnitTest tests[] = {
        CASE(audit_verify__answers_0_for_an_intact_log),
        CASE(audit_verify__answers_1_and_names_the_record),
        CASE(audit_verify__answers_2_against_an_anchor),
        CASE(audit_verify__answers_3_for_bad_input),
        CASE(audit_verify__wants_exactly_one_key),
    };
    return cmocka_run_group_tests_name("cli/audit_verify", tests, NULL, NULL);
}
