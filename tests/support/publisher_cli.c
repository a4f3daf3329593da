/* SPDX-License-Identifier: Apache-2.0
 * A publisher's folder for commands. */
#include "support/publisher_cli.h"

#include "os/file.h"
#include "support/expect.h"

#include <stdio.h>

#define VECTORS KW_SOURCE_DIR "/tests/vectors/params/"

static const char manifest[] =
    "{\"family\":\"wallet\",\"semver\":\"1.0.0+small\",\"proof_system\":\"groth16\","
    "\"curve\":\"bn254\",\"files\":["
    "{\"name\":\"wallet.zkey\",\"kind\":\"zkey\",\"from\":\"" VECTORS "bn254.zkey\"},"
    "{\"name\":\"wallet.vk.json\",\"kind\":\"vk\",\"from\":\"" VECTORS "bn254.vk.json\"}]}";

void publisher_cli_write(const tempdir *dir, const char *file, const char *text)
{
    EXPECT_OK(kw_file_write_atomic(tempdir_join(dir, file).text, kw_span_of_str(kw_str_of(text)),
                                   0600, NULL));
}

void publisher_cli_expect(const tempdir *dir, const char *words, int exit_code, const char *text)
{
    KW_AUTO(command_result) result = command_line_run_in(dir->path, words);
    if (result.exit_code != exit_code ||
        (strstr(result.out, text) == NULL && strstr(result.err, text) == NULL)) {
        fail_msg("%s: %d, not %d with \"%s\": %s%s", words, result.exit_code, exit_code, text,
                 result.out, result.err);
    }
}

void publisher_cli_keep(const tempdir *dir, const char *words, const char *file)
{
    KW_AUTO(command_result) result = command_line_run_in(dir->path, words);
    if (result.exit_code != 0) {
        fail_msg("%s: %d: %s", words, result.exit_code, result.err);
    }
    publisher_cli_write(dir, file, result.out);
}

/* The key of a person; appends its public half to the policy. */
static void make_key(const tempdir *dir, kw_buf *policy, const char *name)
{
    char words[100];
    (void)snprintf(words, sizeof words, "params keygen %%/%s.key --name %s", name, name);
    KW_AUTO(command_result) result = command_line_run_in(dir->path, words);
    assert_int_equal(result.exit_code, 0);
    static const char before[] = "vkey: ";
    assert_int_equal(strncmp(result.out, before, sizeof before - 1), 0);
    kw_str vkey = kw_str_trim(kw_str_of(result.out + sizeof before - 1));
    EXPECT_OK(
        kw_buf_append_format(policy, "%s\"%.*s\"", policy->len > 20 ? "," : "", KW_STR_ARG(vkey)));
}

int publisher_cli_make(void **state)
{
    tempdir *dir = test_calloc(1, sizeof *dir);
    KW_AUTO(kw_buf) policy = kw_buf_init(4096);
    const char *text = NULL;
    *dir = tempdir_make();
    EXPECT_OK(kw_buf_append_str(&policy, KW_STR("{\"approvers\":[")));
    make_key(dir, &policy, "ada");
    make_key(dir, &policy, "bea");
    make_key(dir, &policy, "cem");
    EXPECT_OK(kw_buf_append_str(&policy, KW_STR("],\"threshold\":2}")));
    EXPECT_OK(kw_buf_c_text(&policy, &text));
    publisher_cli_write(dir, "policy.json", text);
    publisher_cli_write(dir, "wallet.json", manifest);
    *state = dir;
    return 0;
}

int publisher_cli_drop(void **state)
{
    tempdir *dir = *state;
    tempdir_remove(dir);
    test_free(dir);
    return 0;
}

void publisher_cli_submit(const tempdir *dir)
{
    publisher_cli_expect(dir, "params draft %/wallet.json --folder %", 0, "state: draft");
    publisher_cli_expect(dir,
                         "params submit wallet 1.0.0 --requester carol --request %/request.json "
                         "--folder %",
                         0, "state: checked");
}
