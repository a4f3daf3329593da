/* SPDX-License-Identifier: Apache-2.0
 * One command starts a cluster, another asks it, a signal ends all of it; SIGKILL, too. */
#include "support/expect.h"
#include "support/process.h"
#include "support/tempdir.h"

#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum {
    NODES = 4,
    ASKED_MAX = 1000, /* some minutes: at a busy machine's first boundaries one may get no share */
};

static void read_until(process *program, kw_buf *line, const char *prefix)
{
    do {
        if (!process_read_line(program, line)) {
            fail_msg("it ended before it said %s", prefix);
        }
    } while (!kw_str_starts_with(kw_buf_text(line), kw_str_of(prefix)));
}

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
    KW_AUTO(kw_buf) line = kw_buf_init(1 << 16);
    process program = process_start(argv, log.text);
    read_until(&program, &line, "node");
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

/* What is readable when the daemon ends, for each that the line names; an id could be given to
 * somebody else later. */
static size_t watch_nodes(int out[NODES], kw_str line)
{
    static const char mark[] = "\"pid\":";
    size_t count = 0;
    const char *end = line.ptr + line.len;
    const char *at = line.ptr;
    while (count < NODES && (at = memmem(at, (size_t)(end - at), mark, strlen(mark))) != NULL) {
        at += strlen(mark);
        out[count] = (int)syscall(SYS_pidfd_open, (pid_t)strtol(at, NULL, 10), 0);
        assert_true(out[count] >= 0);
        count++;
    }
    return count;
}

/* Nothing of it runs on its way out, and its daemons may be another user's. */
static void cluster_dev__leaves_nobody_behind_when_it_is_killed(void **state)
{
    (void)state;
    tempdir dir = tempdir_make();
    tempdir_path folder = tempdir_join(&dir, "cluster");
    tempdir_path log = tempdir_join(&dir, "log");
    int nodes[NODES];
    assert_int_equal(chmod(dir.path, 0711), 0);
    const char *const argv[] = {
        KW_BIN_DIR "/keyward", "cluster", "dev",    folder.text, "--nodes", "4",
        "--interval-s",        "4",       "--json", NULL};
    KW_AUTO(kw_buf) line = kw_buf_init(1 << 16);
    process program = process_start(argv, log.text);
    read_until(&program, &line, "{");
    assert_int_equal(watch_nodes(nodes, kw_buf_text(&line)), NODES);
    process_signal(&program, SIGKILL);
    assert_int_equal(process_wait(&program), 128 + SIGKILL);
    for (size_t i = 0; i < NODES; i++) {
        struct pollfd end = {.fd = nodes[i], .events = POLLIN};
        assert_int_equal(poll(&end, 1, PROCESS_LIMIT_MS), 1);
        (void)close(nodes[i]);
    }
    tempdir_remove(&dir);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cluster_dev__runs_until_it_is_told_to_end),
        cmocka_unit_test(cluster_dev__leaves_nobody_behind_when_it_is_killed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
