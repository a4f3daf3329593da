/* SPDX-License-Identifier: Apache-2.0
 * Programs that this one starts. Source: fork(2), prctl(2), signal-safety(7), waitpid(2). */
#include "os/child.h"

#include "os/oserror.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    LOG_MODE = 0600,
    SIGNALED = 128, /* and the number of the signal, as a shell says it */
};

/* What the new process needs to become the program. */
typedef struct launch {
    const char *const *argv;
    const char *log_path;
    int out_fd;     /* its standard output */
    int trouble_fd; /* takes an error number; the program closes it by its start */
    pid_t parent;
} launch;

/* Whoever ends without a word, by SIGKILL, leaves nobody behind. A parent that ended before this
 * call sends nothing any more, but is not the parent any more either. */
static bool end_with_parent(pid_t parent)
{
    return prctl(PR_SET_PDEATHSIG, SIGTERM, 0, 0, 0) == 0 && getppid() == parent;
}

/* Signals that we read as bytes are blocked here; there they must do what they always do. */
static bool reset_signals(void)
{
    sigset_t none;
    (void)sigemptyset(&none);
    return sigprocmask(SIG_SETMASK, &none, NULL) == 0 && signal(SIGPIPE, SIG_DFL) != SIG_ERR;
}

/* What the program finds open; dup2 leaves out close-on-exec. */
static bool set_files(const launch *l)
{
    int in_fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
    int log_fd = open(l->log_path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, LOG_MODE);
    return in_fd >= 0 && log_fd >= 0 && dup2(in_fd, STDIN_FILENO) >= 0 &&
           dup2(l->out_fd, STDOUT_FILENO) >= 0 && dup2(log_fd, STDERR_FILENO) >= 0;
}

/* In the new process, where other threads may have left locks: system calls, and no more. */
static _Noreturn void become(const launch *l)
{
    if (end_with_parent(l->parent) && reset_signals() && set_files(l)) {
        (void)execv(l->argv[0], (char *const *)(uintptr_t)l->argv);
    }
    int number = errno;
    bool is_told = write(l->trouble_fd, &number, sizeof number) == sizeof number;
    _exit(is_told ? 0 : 1);
}

/* The error number that the new process sent; 0: it became the program. */
static int read_trouble(int fd)
{
    int number = 0;
    ssize_t got = 0;
    do {
        got = read(fd, &number, sizeof number);
    } while (got < 0 && errno == EINTR);
    return got == 0 ? 0 : got == sizeof number ? number : EIO;
}

/* An error number; 0: it runs. */
static int start(pid_t *out, launch *l)
{
    int trouble[2];
    if (pipe2(trouble, O_CLOEXEC) != 0) {
        return errno;
    }
    l->trouble_fd = trouble[1];
    l->parent = getpid();
    pid_t pid = fork();
    if (pid == 0) {
        become(l);
    }
    int number = pid < 0 ? errno : 0;
    (void)close(trouble[1]);
    if (pid > 0) {
        number = read_trouble(trouble[0]);
    }
    (void)close(trouble[0]);
    if (pid > 0 && number != 0) {
        (void)waitpid(pid, NULL, 0);
    }
    *out = pid;
    return number;
}

kw_status kw_child_start(kw_child *out, const char *const *argv, const char *log_path,
                         kw_error *err)
{
    int ends[2];
    pid_t pid = 0;
    if (pipe2(ends, O_CLOEXEC) != 0) {
        return kw_fail_errno(err, "making a pipe");
    }
    launch l = {.argv = argv, .log_path = log_path, .out_fd = ends[1]};
    errno = start(&pid, &l);
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
