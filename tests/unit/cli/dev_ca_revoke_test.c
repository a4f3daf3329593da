/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/commands.h"

#include "crypto/x509_crl.h"
#include "os/clock.h"
#include "os/file.h"
#include "support/command_line.h"
#include "support/expect.h"
#include "support/tempdir.h"

#include <stdio.h>

static int run(const tempdir *dir, const char *command, const char *more)
{
    char words[600];
    (void)snprintf(words, sizeof words, "dev-ca %s %s %s", command, dir->path, more);
    KW_AUTO(command_result) result = command_line_run(&kw_keyward, words, 0);
    return result.exit_code;
}

static tempdir make_ca(void)
{
    tempdir dir = tempdir_make();
    assert_int_equal(run(&dir, "init", ""), 0);
    assert_int_equal(run(&dir, "issue", "a --uri keyward:a"), 0);
    assert_int_equal(run(&dir, "issue", "b --uri keyward:b"), 0);
    return dir;
}

static kw_x509_serial serial_in(const tempdir *dir, const char *file)
{
    KW_AUTO(kw_buf) pem = kw_buf_init(1 << 16);
    kw_x509_serial serial = {{0}};
    EXPECT_OK(kw_file_read(&pem, tempdir_join(dir, file).text, NULL));
    EXPECT_OK(kw_x509_serial_of(&serial, kw_buf_view(&pem), NULL));
    return serial;
}

static kw_x509_crls read_list(const tempdir *dir)
{
    KW_AUTO(kw_buf) list = kw_buf_init(1 << 16);
    KW_AUTO(kw_buf) ca = kw_buf_init(1 << 16);
    EXPECT_OK(kw_file_read(&list, tempdir_join(dir, "crl.pem").text, NULL));
    EXPECT_OK(kw_file_read(&ca, tempdir_join(dir, "ca.pem").text, NULL));
    kw_clock clock = kw_clock_system();
    kw_x509_crls crls = {0};
    EXPECT_OK(kw_x509_crls_parse(&crls, kw_buf_view(&list), kw_buf_view(&ca),
                                 kw_clock_now_ms(&clock) / 1000, NULL));
    return crls;
}

static void dev_ca_revoke__adds_to_the_list(void **state)
{
    (void)state;
    tempdir dir = make_ca();
    kw_x509_serial a = serial_in(&dir, "a.pem");
    kw_x509_serial b = serial_in(&dir, "b.pem");
    assert_int_equal(run(&dir, "revoke", ""), 0);
    KW_AUTO(kw_x509_crls) first = read_list(&dir);
    assert_int_equal(first.count, 0);
    assert_int_equal(run(&dir, "revoke", "a"), 0);
    KW_AUTO(kw_x509_crls) second = read_list(&dir);
    assert_int_equal(second.count, 1);
    assert_true(kw_x509_crls_has(&second, &a));
    assert_int_equal(run(&dir, "revoke", "b a b"), 0);
    KW_AUTO(kw_x509_crls) third = read_list(&dir);
    assert_int_equal(third.count, 2);
    assert_true(kw_x509_crls_has(&third, &a) && kw_x509_crls_has(&third, &b));
    bool is_first_a = strcmp(third.items[0].serial.text, a.text) == 0;
    assert_int_equal(third.items[is_first_a ? 0 : 1].at, second.items[0].at);
    tempdir_remove(&dir);
}

static void dev_ca_revoke__names_the_serial(void **state)
{
    (void)state;
    tempdir dir = make_ca();
    char words[600];
    char wanted[200];
    (void)snprintf(words, sizeof words, "dev-ca revoke %s a --json", dir.path);
    KW_AUTO(command_result) result = command_line_run(&kw_keyward, words, 0);
    (void)snprintf(wanted, sizeof wanted, "\"serial\":[\"%s\"],\"revoked\":1}",
                   serial_in(&dir, "a.pem").text);
    assert_int_equal(result.exit_code, 0);
    assert_non_null(strstr(result.out, wanted));
    tempdir_remove(&dir);
}

static void dev_ca_revoke__refuses_and_changes_nothing(void **state)
{
    (void)state;
    tempdir dir = make_ca();
    assert_int_equal(run(&dir, "revoke", "a"), 0);
    assert_int_equal(run(&dir, "revoke", "b absent"), 66);
    assert_int_equal(run(&dir, "revoke", "../b"), 64);
    KW_AUTO(kw_x509_crls) crls = read_list(&dir);
    assert_int_equal(crls.count, 1);
    EXPECT_OK(kw_file_write_atomic(tempdir_join(&dir, "crl.pem").text,
                                   kw_span_of_str(KW_STR("no list\n")), 0644, NULL));
    assert_int_equal(run(&dir, "revoke", "b"), 65); /* what it said may not be lost */
    tempdir empty = tempdir_make();
    assert_int_equal(run(&empty, "revoke", ""), 66);
    tempdir_remove(&empty);
    tempdir_remove(&dir);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dev_ca_revoke__adds_to_the_list),
        cmocka_unit_test(dev_ca_revoke__names_the_serial),
        cmocka_unit_test(dev_ca_revoke__refuses_and_changes_nothing),
    };
    return cmocka_run_group_tests_name("cli/dev_ca_revoke", tests, NULL, NULL);
}
