/* SPDX-License-Identifier: Apache-2.0 */
#include "os/child.h"

#include "os/file.h"
#include "os/signals.h"
#include "support/expect.h"
#include "support/process.h"
#include "support/tempdir.h"

#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

static tempdir dir;
static tempdir_path log_path;

static int make(void **state)
{
    (void)state;
    dir = tempdir_make();
    log_path = tempdir_join(&dir, "log");
    return 0;
}

static int drop(void **state)
{
    (void)state;
    tempdir_remove(&dir);
    return 0;
}

static void start(kw_child *child, const char *script)
{
    const char *const argv[] = {"/bin/sh", "-c", script, NULL};
    EXPECT_OK(kw_child_start(child, argv, log_path.text, NULL));
    assert_true(child->pid > 0);
}

static void child__gives_output_and_exit_code(void **state)
{
    (void)state;
    kw_child child = {0};
    uint8_t room[64];
    size_t len = 0;
    start(&child, "read line; printf 'out:%s' \"$line\"; echo told >&2; exit 7");
    EXPECT_OK(kw_stream_read(&child.out, &len, KW_MSPAN(room), NULL));
    EXPECT_STR(kw_str_of_span((kw_span){room, len}), "out:"); /* nothing to read for it */
    EXPECT_OK(kw_stream_read(&child.out, &len, KW_MSPAN(room), NULL));
    assert_int_equal(len, 0);
    assert_int_equal(kw_child_wait(&child), 7);
    assert_int_equal(child.pid, 0);
    assert_int_equal(kw_child_wait(&child), 0); /* none runs */
    kw_child_drop(&child);
    kw_child_drop(&child);
    KW_AUTO(kw_buf) told = kw_buf_init(64);
    EXPECT_OK(kw_file_read(&told, log_path.text, NULL));
    EXPECT_STR(kw_buf_text(&told), "told\n");
}

static void child__appends_to_its_log(void **state)
{
    (void)state;
    KW_AUTO(kw_buf) told = kw_buf_init(64);
    kw_file_info info;
    for (int i = 0; i < 2; i++) {
        kw_child child = {0};
        start(&child, "echo line >&2");
        assert_int_equal(kw_child_wait(&child), 0);
        kw_child_drop(&child);
    }
    EXPECT_OK(kw_file_read(&told, log_path.text, NULL));
    EXPECT_STR(kw_buf_text(&told), "line\nline\n");
    EXPECT_OK(kw_file_stat(&info, log_path.text, NULL));
    assert_int_equal(info.mode & 077, 0);
}

/* Signals that this process blocks end it all the same. */
static void child__ends_when_it_is_stopped(void **state)
{
    (void)state;
    KW_AUTO(kw_signals) signals = {0};
    kw_child child = {0};
    int exit_code = 0;
    EXPECT_OK(kw_signals_open(&signals, NULL));
    start(&child, "exec sleep 600");
    assert_false(kw_child_has_ended(&child, &exit_code));
    kw_child_stop(&child);
    assert_int_equal(kw_child_wait(&child), 128 + SIGTERM);
    assert_false(kw_child_has_ended(&child, &exit_code));
    kw_child_stop(&child); /* none runs */
    kw_child_drop(&child);
}

static void child__is_seen_to_end(void **state)
{
    (void)state;
    kw_child child = {0};
    uint8_t room[8];
    size_t len = 1;
    int exit_code = 0;
    start(&child, "exit 3");
    while (len > 0) {
        EXPECT_OK(kw_stream_read(&child.out, &len, KW_MSPAN(room), NULL));
    }
    while (!kw_child_has_ended(&child, &exit_code)) {
    }
    assert_int_equal(exit_code, 3);
    kw_child_drop(&child);
}

/* Starts a program that holds `alive_fd`, and is killed: nothing of ours runs on its way out. */
static _Noreturn void start_and_die(int alive_fd)
{
    kw_child child = {0};
    const char *const argv[] = {"/bin/sh", "-c", "exec sleep 600", NULL};
    bool is_started =
        kw_child_start(&child, argv, log_path.text, NULL) == KW_OK && write(alive_fd, "s", 1) == 1;
    (void)kill(getpid(), is_started ? SIGKILL : SIGTERM);
    _exit(1);
}

static void child__ends_with_who_started_it(void **state)
{
    (void)state;
    int alive[2];
    char byte = 0;
    int status = 0;
    assert_int_equal(pipe(alive), 0); /* no close-on-exec: the program keeps the end to write to */
    pid_t parent = fork();
    assert_true(parent >= 0);
    if (parent == 0) {
        (void)close(alive[0]);
        start_and_die(alive[1]);
    }
    (void)close(alive[1]);
    assert_int_equal(waitpid(parent, &status, 0), parent);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
    assert_int_equal(read(alive[0], &byte, 1), 1);
    struct pollfd end = {.fd = alive[0], .events = POLLIN};
    assert_int_equal(poll(&end, 1, PROCESS_LIMIT_MS), 1);
    assert_int_equal(read(alive[0], &byte, 1), 0); /* nobody holds it any more */
    (void)close(alive[0]);
}

static void child_start__fails_without_a_program_or_log(void **state)
{
    (void)state;
    kw_child child = {0};
    const char *const missing[] = {"/nowhere/program", NULL};
    const char *const shell[] = {"/bin/sh", "-c", "exit 0", NULL};
    EXPECT_STATUS(kw_child_start(&child, missing, log_path.text, NULL), KW_NOT_FOUND);
    EXPECT_STATUS(kw_child_start(&child, shell, "/nowhere/log", NULL), KW_NOT_FOUND);
    const char *const folder[] = {dir.path, NULL};
    EXPECT_STATUS(kw_child_start(&child, folder, log_path.text, NULL), KW_FORBIDDEN);
    assert_int_equal(child.pid, 0);
    kw_child_drop(&child);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(child__gives_output_and_exit_code, make, drop),
        cmocka_unit_test_setup_teardown(child__appends_to_its_log, make, drop),
        cmocka_unit_test_setup_teardown(child__ends_when_it_is_stopped, make, drop),
        cmocka_unit_test_setup_teardown(child__is_seen_to_end, make, drop),
        cmocka_unit_test_setup_teardown(child__ends_with_who_started_it, make, drop),
        cmocka_unit_test_setup_teardown(child_start__fails_without_a_program_or_log, make, drop),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
