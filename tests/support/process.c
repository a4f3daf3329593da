/* SPDX-License-Identifier: Apache-2.0
 * Programs in tests. */
#include "support/process.h"

#include "support/expect.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

enum {
    OUTPUT_BYTES_MAX = 256 << 20,
    BACKGROUND_MAX = 256,
    ENDING_MS = 10000,
};

static int64_t now_ms(void)
{
    struct timespec now;
    assert_int_equal(clock_gettime(CLOCK_MONOTONIC, &now), 0);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void process_result_drop(process_result *result)
{
    kw_buf_drop(&result->out);
    kw_buf_drop(&result->err);
    *result = (process_result){0};
}

static void make_pipe(int ends[2])
{
    assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
}

static pid_t spawn(const char *const *argv, int in_fd, int out_fd, int err_fd)
{
    posix_spawn_file_actions_t actions;
    assert_int_equal(posix_spawn_file_actions_init(&actions), 0);
    assert_int_equal(posix_spawn_file_actions_adddup2(&actions, in_fd, STDIN_FILENO), 0);
    assert_int_equal(posix_spawn_file_actions_adddup2(&actions, out_fd, STDOUT_FILENO), 0);
    assert_int_equal(posix_spawn_file_actions_adddup2(&actions, err_fd, STDERR_FILENO), 0);
    pid_t pid = 0;
    int failure =
        posix_spawnp(&pid, argv[0], &actions, NULL, (char *const *)(uintptr_t)argv, environ);
    if (failure != 0) {
        print_error("%s: cannot be started: %s\n", argv[0], strerror(failure));
        fail();
    }
    assert_int_equal(posix_spawn_file_actions_destroy(&actions), 0);
    return pid;
}

static int exit_code_of(int status)
{
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/* Reads what is there; closes the descriptor at its end and marks it with -1. */
static void drain(int *fd, kw_buf *out)
{
    uint8_t chunk[16384];
    ssize_t got = read(*fd, chunk, sizeof chunk);
    if (got > 0) {
        EXPECT_OK(kw_buf_append(out, (kw_span){chunk, (size_t)got}));
    } else if (got == 0 || errno != EINTR) {
        (void)close(*fd);
        *fd = -1;
    }
}

static void feed(int *fd, kw_str *input)
{
    ssize_t put = input->len == 0 ? 0 : write(*fd, input->ptr, input->len);
    if (put > 0) {
        input->ptr += put;
        input->len -= (size_t)put;
    }
    /* A program may end without reading all of its input: EPIPE is no failure of the test. */
    if (input->len == 0 || (put < 0 && errno != EINTR && errno != EAGAIN)) {
        (void)close(*fd);
        *fd = -1;
    }
}

static bool exchange(int in_fd, int out_fd, int err_fd, process_result *result, kw_str input)
{
    assert_int_equal(fcntl(in_fd, F_SETFL, O_NONBLOCK), 0);
    int64_t deadline = now_ms() + PROCESS_LIMIT_MS;
    while (out_fd >= 0 || err_fd >= 0) {
        int64_t left = deadline - now_ms();
        if (left <= 0) {
            return false;
        }
        struct pollfd fds[] = {{.fd = in_fd, .events = POLLOUT},
                               {.fd = out_fd, .events = POLLIN},
                               {.fd = err_fd, .events = POLLIN}};
        (void)poll(fds, KW_COUNT(fds), (int)left);
        if (fds[0].revents != 0) {
            feed(&in_fd, &input);
        }
        if (fds[1].revents != 0) {
            drain(&out_fd, &result->out);
        }
        if (fds[2].revents != 0) {
            drain(&err_fd, &result->err);
        }
    }
    if (in_fd >= 0) {
        (void)close(in_fd);
    }
    return true;
}

void process_run(process_result *result, const char *const *argv, kw_str input)
{
    process_result_drop(result);
    result->out = kw_buf_init(OUTPUT_BYTES_MAX);
    result->err = kw_buf_init(OUTPUT_BYTES_MAX);
    (void)signal(SIGPIPE, SIG_IGN);
    int in[2];
    int out[2];
    int err[2];
    make_pipe(in);
    make_pipe(out);
    make_pipe(err);
    process running = {.pid = spawn(argv, in[0], out[1], err[1]), .out_fd = -1};
    (void)close(in[0]);
    (void)close(out[1]);
    (void)close(err[1]);
    if (!exchange(in[1], out[0], err[0], result, input)) {
        process_signal(&running, SIGKILL);
        (void)process_wait(&running);
        print_error("%s: took longer than %d ms\n", argv[0], PROCESS_LIMIT_MS);
        fail();
    }
    result->exit_code = process_wait(&running);
}

void process_expect(process_result *result, int exit_code, const char *const *argv, kw_str input)
{
    process_run(result, argv, input);
    if (result->exit_code != exit_code) {
        for (size_t i = 0; argv[i] != NULL; i++) {
            print_error("%s ", argv[i]);
        }
        print_error("\nended with %d, wanted %d\n%.*s\n%.*s\n", result->exit_code, exit_code,
                    KW_STR_ARG(kw_buf_text(&result->out)), KW_STR_ARG(kw_buf_text(&result->err)));
        fail();
    }
}

/* What is in the background. A test that fails stops nothing, so the end of the test program does:
 * pids, 0: free. */
static struct {
    pid_t pids[BACKGROUND_MAX];
    bool has_handler;
} background;

/* They are told to end first: a program that started others then ends those. */
static void kill_background(void)
{
    for (size_t i = 0; i < BACKGROUND_MAX; i++) {
        if (background.pids[i] > 0) {
            (void)kill(background.pids[i], SIGTERM);
        }
    }
    for (size_t i = 0; i < BACKGROUND_MAX; i++) {
        if (background.pids[i] > 0) {
            struct pollfd fd = {.fd = (int)syscall(SYS_pidfd_open, background.pids[i], 0),
                                .events = POLLIN};
            (void)poll(&fd, 1, ENDING_MS);
            (void)kill(background.pids[i], SIGKILL);
            (void)close(fd.fd);
        }
    }
}

static bool replace_background(pid_t from, pid_t to)
{
    for (size_t i = 0; i < BACKGROUND_MAX; i++) {
        if (background.pids[i] == from) {
            background.pids[i] = to;
            return true;
        }
    }
    return false;
}

static void note_started(pid_t pid)
{
    if (!background.has_handler) {
        background.has_handler = true;
        assert_int_equal(atexit(kill_background), 0);
    }
    assert_true(replace_background(0, pid));
}

process process_start(const char *const *argv, const char *err_path)
{
    int in_fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
    int err_fd = open(err_path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    assert_true(in_fd >= 0 && err_fd >= 0);
    int out[2];
    make_pipe(out);
    process running = {.pid = spawn(argv, in_fd, out[1], err_fd), .out_fd = out[0]};
    (void)close(in_fd);
    (void)close(err_fd);
    (void)close(out[1]);
    note_started(running.pid);
    return running;
}

bool process_read_line(process *running, kw_buf *line)
{
    kw_buf_clear(line);
    int64_t deadline = now_ms() + PROCESS_LIMIT_MS;
    for (;;) {
        struct pollfd fd = {.fd = running->out_fd, .events = POLLIN};
        int64_t left = deadline - now_ms();
        if (left <= 0) {
            print_error("no line on stdout within %d ms\n", PROCESS_LIMIT_MS);
            fail();
        }
        if (poll(&fd, 1, (int)left) != 1) {
            continue;
        }
        uint8_t byte = 0;
        ssize_t got = read(running->out_fd, &byte, 1);
        if (got == 0) {
            return false;
        }
        if (got == 1 && byte == '\n') {
            return true;
        }
        if (got == 1) {
            EXPECT_OK(kw_buf_append_byte(line, byte));
        }
    }
}

void process_signal(const process *running, int signal_number)
{
    assert_true(running->pid > 0);
    (void)kill(running->pid, signal_number);
}

int process_wait_status(process *running)
{
    if (running->pid <= 0) {
        return 0;
    }
    /* A pidfd turns the end of a child into something that poll can wait for with a limit. */
    int pid_fd = (int)syscall(SYS_pidfd_open, running->pid, 0);
    assert_true(pid_fd >= 0);
    struct pollfd fd = {.fd = pid_fd, .events = POLLIN};
    bool was_late = poll(&fd, 1, PROCESS_LIMIT_MS) != 1;
    if (was_late) {
        (void)kill(running->pid, SIGKILL);
    }
    int status = 0;
    pid_t ended = waitpid(running->pid, &status, 0);
    (void)close(pid_fd);
    assert_int_equal(ended, running->pid);
    (void)replace_background(running->pid, 0); /* process_run's was never in the background */
    if (running->out_fd > 0) {
        (void)close(running->out_fd);
    }
    *running = (process){0};
    assert_false(was_late);
    return status;
}

int process_wait(process *running)
{
    return exit_code_of(process_wait_status(running));
}

int process_stop(process *running)
{
    if (running->pid > 0) {
        process_signal(running, SIGTERM);
    }
    return process_wait(running);
}
