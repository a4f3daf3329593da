/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/commands.h"
#include "os/file.h"
#include "os/oserror.h"

#include "support/command_line.h"
#include "support/expect.h"
#include "support/tempdir.h"
#include "support/tree.h"

#include <stdio.h>

#define FOLDER KW_SOURCE_DIR "/tests/vectors/params"

static void expect(const char *folder, const char *words, int exit_code, const char *const *texts)
{
    KW_AUTO(command_result) result = command_line_run_in(folder, words);
    for (size_t i = 0; texts[i] != NULL; i++) {
        if (result.exit_code != exit_code || strstr(result.out, texts[i]) == NULL) {
            fail_msg("%s: %d, not %d with \"%s\": %s%s", words, result.exit_code, exit_code,
                     texts[i], result.out, result.err);
        }
    }
}

static void params_check__says_what_valid_files_are(void **state)
{
    KW_UNUSED(state);
    expect(FOLDER, "params check %/bn254.ptau", 0,
           (const char *[]){"verdict: valid\nlevel: full\n",
                            "power 3 of 3, 3 contributions, prepared", NULL});
    expect(FOLDER, "params check %/bls12_381.zkey %/bls12_381.vk.json --level points --json", 0,
           (const char *[]){"{\"verdict\":\"valid\",\"level\":\"points\"", "\"kind\":\"zkey\"",
                            "\"kind\":\"vkey\"", "\"curve\":\"bls12-381\"",
                            "groth16, 6 signals, 2 public, domain 8, 3 contributions", NULL});
}

/* A copy of a vector with one byte changed. */
static void spoil(const tempdir *dir, const char *from, size_t at)
{
    char path[128];
    KW_AUTO(kw_buf) bytes = kw_buf_init(1 << 20);
    (void)snprintf(path, sizeof path, "tests/vectors/params/%s", from);
    tree_read(&bytes, path);
    bytes.ptr[at] ^= 1;
    EXPECT_OK(
        kw_file_write_atomic(tempdir_join(dir, "spoilt").text, kw_buf_view(&bytes), 0600, NULL));
}

static void params_check__names_the_place_of_a_refusal(void **state)
{
    const tempdir *dir = *state;
    spoil(dir, "bn254.ptau", 200);
    expect(dir->path, "params check %/spoilt", 1,
           (const char *[]){"verdict: invalid\n", "section 2, tauG1 1, byte 144", NULL});
    expect(dir->path, "params check %/spoilt --json", 1,
           (const char *[]){"\"verdict\":\"invalid\"", "\"cause\":\"not_on_curve\"",
                            "\"section\":2", "\"part\":\"tauG1\"", "\"index\":\"1\"",
                            "\"byte\":\"144\"", NULL});
    expect(dir->path, "params check %/spoilt --level quick", 0,
           (const char *[]){"verdict: valid\nlevel: quick\n", NULL});
}

static void params_check__refuses_keys_that_do_not_belong_together(void **state)
{
    KW_UNUSED(state);
    expect(FOLDER, "params check %/bn254.zkey %/bls12_381.vk.json", 1,
           (const char *[]){"of another circuit than the verification key", NULL});
}

static void params_check__compares_key_circuit_and_ceremony(void **state)
{
    KW_UNUSED(state);
    expect(FOLDER, "params check %/bn254.zkey %/bn254.r1cs %/bn254.ptau %/bn254.vk.json", 0,
           (const char *[]){"verdict: valid\n", "3 constraints, 6 wires, 2 public", NULL});
    expect(FOLDER, "params check %/bn254.zkey %/bls12_381.r1cs %/bn254.ptau", 1,
           (const char *[]){"the circuit or the ceremony is of another curve", NULL});
    expect(FOLDER, "params check %/bn254.zkey %/bls12_381.r1cs %/bn254.ptau --level points", 0,
           (const char *[]){"verdict: valid\n", NULL});
}

static void params_check__refuses_what_is_no_parameter_file(void **state)
{
    const tempdir *dir = *state;
    static const char *const contents[] = {"", "<html>", "ptau", "zkey", "{", "{}", "4096\n65\n"};
    for (size_t i = 0; i < KW_COUNT(contents); i++) {
        EXPECT_OK(kw_file_write_atomic(tempdir_join(dir, "file").text,
                                       kw_span_of_str(kw_str_of(contents[i])), 0600, NULL));
        expect(dir->path, "params check %/file", 1, (const char *[]){"verdict: invalid\n", NULL});
    }
}

static void params_check__fails_without_a_file(void **state)
{
    const tempdir *dir = *state;
    KW_AUTO(command_result) absent = command_line_run_in(dir->path, "params check %/absent");
    assert_int_equal(absent.exit_code, kw_status_exit_code(KW_NOT_FOUND));
    assert_string_equal(absent.out, "");
    KW_AUTO(command_result) folder = command_line_run_in(dir->path, "params check %");
    assert_int_equal(folder.exit_code, kw_status_exit_code(KW_BAD_INPUT));
    KW_AUTO(command_result)
    level = command_line_run_in(FOLDER, "params check %/bn254.ptau --level x");
    assert_int_equal(level.exit_code, kw_status_exit_code(KW_USAGE));
}

static int set_up(void **state)
{
    static tempdir dir;
    dir = tempdir_make();
    *state = &dir;
    return 0;
}

static int tear_down(void **state)
{
    tempdir_remove(*state);
    return 0;
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(params_check__says_what_valid_files_are),
        CASE(params_check__names_the_place_of_a_refusal),
        CASE(params_check__refuses_keys_that_do_not_belong_together),
        CASE(params_check__compares_key_circuit_and_ceremony),
        CASE(params_check__refuses_what_is_no_parameter_file),
        CASE(params_check__fails_without_a_file),
    };
    return cmocka_run_group_tests_name("cli/params_check", tests, NULL, NULL);
}
