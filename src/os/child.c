/* SPDX-License-Identifier: Apache-2.0
 * Programs that this one starts. Source: posix_spawn(3), waitpid(2). */
#include "os/child.h"

#include "os/oserror.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

enum {
    LOG_MODE = 0600,
    SIGNALED = 128, /* and the number of the signal, as a shell says it */
};

/* What the program finds open; dup2 leaves out close-on-exec. */
static int set_files(posix_spawn_file_actions_t *files, int out_fd, const char *log_path)
{
    int failure = posix_spawn_file_actions_addopen(files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    if (failure == 0) {
        failure = posix_spawn_file_actions_adddup2(files, out_fd, STDOUT_FILENO);
    }
    return failure != 0 ? failure
                        : posix_spawn_file_actions_addopen(files, STDERR_FILENO, log_path,
                                                           O_WRONLY | O_CREAT | O_APPEND, LOG_MODE);
}

/* Signals that we read as bytes are blocked here; there they must do what they always do. */
static int set_signals(posix_spawnattr_t *attributes)
{
    sigset_t none;
    sigset_t pipe_only;
    (void)sigemptyset(&none);
    (void)sigemptyset(&pipe_only);
    (void)sigaddset(&pipe_only, SIGPIPE);
    int failure = posix_spawnattr_setsigmask(attributes, &none);
    if (failure == 0) {
        failure = posix_spawnattr_setsigdefault(attributes, &pipe_only);
    }
    return failure != 0 ? failure
                        : posix_spawnattr_setflags(attributes,
                                                   POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
}

/* An error number; 0: it runs. */
static int spawn(pid_t *out, const char *const *argv, int out_fd, const char *log_path)
{
    posix_spawn_file_actions_t files;
    posix_spawnattr_t attributes;
    if (posix_spawn_file_actions_init(&files) != 0) {
        return ENOMEM;
    }
    int failure = posix_spawnattr_init(&attributes);
    if (failure == 0) {
        failure = set_files(&files, out_fd, log_path);
        failure = failure != 0 ? failure : set_signals(&attributes);
        if (failure == 0) {
            failure = posix_spawn(out, argv[0], &files, &attributes, (char *const *)(uintptr_t)argv,
                                  environ);
        }
        (void)posix_spawnattr_destroy(&attributes);
    }
    (void)posix_spawn_file_actions_destroy(&files);
    return failure;
}

kw_status kw_child_start(kw_child *out, const char *const *argv, const char *log_path,
                         kw_error *err)
{
    int ends[2];
    pid_t pid = 0;
    if (pipe2(ends, O_CLOEXEC) != 0) {
        return kw_fail_errno(err, "making a pipe");
    }
    errno = spawn(&pid, argv, ends[1], log_path);
    kw_status st = errno == 0 ? KW_OK : kw_fail_errno(err, "starting %s", argv[0]);
    (void)close(ends[1]);
    if (st != KW_OK) {
        (void)close(ends[0]);
        return st;
    }
    *out = (kw_child){.pid = pid, .out = {.is_open = true, .is_owned = true, .fd = ends[0]}};
    return KW_OK;
}

void kw_child_stop(const kw_child *child)
{
    if (child->pid > 0) {
        (void)kill((pid_t)child->pid, SIGTERM);
    }
}

/* True: it has ended. */
static bool reap(kw_child *child, int *out_exit, int options)
{
    int status = 0;
    pid_t got = 0;
    do {
        got = waitpid((pid_t)child->pid, &status, options);
    } while (got < 0 && errno == EINTR);
    if (got == 0) {
        return false;
    }
    *out_exit = WIFSIGNALED(status) ? SIGNALED + WTERMSIG(status) : WEXITSTATUS(status);
    child->pid = 0;
    return true;
}

bool kw_child_has_ended(kw_child *child, int *out_exit)
{
    return child->pid > 0 && reap(child, out_exit, WNOHANG);
}

int kw_child_wait(kw_child *child)
{
    int exit_code = 0;
    if (child->pid > 0) {
        (void)reap(child, &exit_code, 0);
    }
    return exit_code;
}

void kw_child_drop(kw_child *child)
{
    kw_child_stop(child);
    (void)kw_child_wait(child);
    kw_stream_drop(&child->out);
}
