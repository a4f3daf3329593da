/* SPDX-License-Identifier: Apache-2.0
 * What ends before operators run; the rest shows tests/e2e/cluster_dev_test.c. */
#include "cli/commands.h"

#include "support/command_line.h"
#include "support/expect.h"
#include "support/tempdir.h"

#include <stdio.h>

static command_result dev(const tempdir *dir, const char *more)
{
    char words[2048];
    (void)snprintf(words, sizeof words, "cluster dev %s/cluster --nodes 2%s", dir->path, more);
    return command_line_run(&kw_keyward, words, 0);
}

static void dev__needs_its_daemon(void **state)
{
    (void)state;
    tempdir dir = tempdir_make();
    KW_AUTO(command_result) missing = dev(&dir, " --keywardd /nowhere/keywardd");
    assert_int_equal(missing.exit_code, kw_status_exit_code(KW_NOT_FOUND));
    assert_non_null(strstr(missing.err, "/nowhere/keywardd"));
    KW_AUTO(command_result) again = dev(&dir, " --keywardd /nowhere/keywardd");
    assert_int_equal(again.exit_code, kw_status_exit_code(KW_CONFLICT)); /* the folder is there */
    tempdir_remove(&dir);
}

static void dev__tells_of_a_daemon_that_ends(void **state)
{
    (void)state;
    tempdir dir = tempdir_make();
    KW_AUTO(command_result) result = dev(&dir, " --keywardd /bin/false");
    assert_int_equal(result.exit_code, kw_status_exit_code(KW_UNAVAILABLE));
    assert_non_null(strstr(result.err, "node1 ended with 1: see "));
    tempdir_remove(&dir);
}

static void dev__refuses_wrong_numbers(void **state)
{
    (void)state;
    tempdir dir = tempdir_make();
    static const char *const bad[] = {" --nodes 0", " --nodes 65", " --interval-s 1", " --suite 3"};
    for (size_t i = 0; i < KW_COUNT(bad); i++) {
        KW_AUTO(command_result) result = dev(&dir, bad[i]);
        assert_int_equal(result.exit_code, kw_status_exit_code(KW_USAGE));
    }
    tempdir_remove(&dir);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dev__needs_its_daemon),
        cmocka_unit_test(dev__tells_of_a_daemon_that_ends),
        cmocka_unit_test(dev__refuses_wrong_numbers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
