/* SPDX-License-Identifier: Apache-2.0
 * One command starts a cluster, another asks it, a signal ends all of it. */
#include "support/expect.h"
#include "support/process.h"
#include "support/tempdir.h"

#include <signal.h>
#include <sys/stat.h>

static void wait_for_line(process *program, const char *prefix)
{
    KW_AUTO(kw_buf) line = kw_buf_init(1 << 16);
    do {
        if (!process_read_line(program, &line)) {
            fail_msg("it ended before it said %s", prefix);
        }
    } while (!kw_str_starts_with(kw_buf_text(&line), kw_str_of(prefix)));
}

enum {
    ASKED_MAX = 1000, /* some minutes: at a busy machine's first boundaries one may get no share */
};

/* Asks until all serve. */
static void wait_until_all_serve(const char *const *status)
{
    int exit_code = 1;
    for (int asked = 0; asked < ASKED_MAX && exit_code == 1; asked++) {
        process_result result = {0};
        process_run(&result, status, (kw_str){0});
        exit_code = result.exit_code;
        process_result_drop(&result);
    }
    assert_int_equal(exit_code, 0);
}

static void cluster_dev__runs_until_it_is_told_to_end(void **state)
{
    (void)state;
    tempdir dir = tempdir_make();
    tempdir_path folder = tempdir_join(&dir, "cluster");
    tempdir_path log = tempdir_join(&dir, "log");
    tempdir_path cluster = tempdir_join(&dir, "cluster/cluster.json");
    tempdir_path ca = tempdir_join(&dir, "cluster/ca.pem");
    assert_int_equal(chmod(dir.path, 0711), 0); /* root's daemons run as somebody else */
    const char *const argv[] = {KW_BIN_DIR "/keyward", "cluster", "dev",
                                folder.text,           "--nodes", "4",
                                "--interval-s",        "4",       NULL};
    process program = process_start(argv, log.text);
    wait_for_line(&program, "node");
    const char *const status[] = {KW_BIN_DIR "/keyward", "cluster", "status", "--cluster",
                                  cluster.text,          "--ca",    ca.text,  NULL};
    wait_until_all_serve(status);
    process_signal(&program, SIGINT);
    assert_int_equal(process_wait(&program), 0);
    process_result result = {0};
    process_run(&result, status, (kw_str){0}); /* nobody is left */
    assert_int_equal(result.exit_code, 2);
    process_result_drop(&result);
    tempdir_remove(&dir);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cluster_dev__runs_until_it_is_told_to_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
