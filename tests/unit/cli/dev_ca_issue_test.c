/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/commands.h"

#include "crypto/x509.h"
#include "os/file.h"
#include "support/command_line.h"
#include "support/expect.h"
#include "support/tempdir.h"

#include <stdio.h>

static command_result issue(const tempdir *dir, const char *more)
{
    char words[600];
    (void)snprintf(words, sizeof words, "dev-ca issue %s %s", dir->path, more);
    return command_line_run(&kw_keyward, words, 0);
}

static tempdir make_ca(void)
{
    tempdir dir = tempdir_make();
    char words[400];
    (void)snprintf(words, sizeof words, "dev-ca init %s", dir.path);
    KW_AUTO(command_result) made = command_line_run(&kw_keyward, words, 0);
    assert_int_equal(made.exit_code, 0);
    return dir;
}

static void dev_ca_issue__writes_the_names_it_was_given(void **state)
{
    (void)state;
    tempdir dir = make_ca();
    KW_AUTO(command_result) client = issue(&dir, "clinic --uri keyward:clinic");
    assert_int_equal(client.exit_code, 0);
    KW_AUTO(command_result) server = issue(&dir, "server --server --host localhost --host ::1");
    assert_int_equal(server.exit_code, 0);
    KW_AUTO(kw_buf) pem = kw_buf_init(1 << 16);
    EXPECT_OK(kw_file_read(&pem, tempdir_join(&dir, "clinic.pem").text, NULL));
    kw_x509_identity who;
    EXPECT_OK(kw_x509_identity_parse(&who, kw_buf_view(&pem), NULL));
    assert_int_equal(who.kind, KW_X509_IDENTITY_URI);
    assert_string_equal(who.text, "keyward:clinic");
    tempdir_remove(&dir);
}

static void dev_ca_issue__refuses_what_names_nobody(void **state)
{
    (void)state;
    tempdir dir = make_ca();
    static const struct {
        const char *words;
        int exit_code;
    } cases[] = {{"clinic", 64}, {"../clinic --uri a", 64}, {"ca --uri a", 65}};
    for (size_t i = 0; i < KW_COUNT(cases); i++) {
        KW_AUTO(command_result) refused = issue(&dir, cases[i].words);
        assert_int_equal(refused.exit_code, cases[i].exit_code);
    }
    tempdir empty = tempdir_make();
    KW_AUTO(command_result) no_ca = issue(&empty, "clinic --uri a");
    assert_int_equal(no_ca.exit_code, 66);
    tempdir_remove(&empty);
    tempdir_remove(&dir);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dev_ca_issue__writes_the_names_it_was_given),
        cmocka_unit_test(dev_ca_issue__refuses_what_names_nobody),
    };
    return cmocka_run_group_tests_name("cli/dev_ca_issue", tests, NULL, NULL);
}
