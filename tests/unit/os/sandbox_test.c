/* SPDX-License-Identifier: Apache-2.0 */
#include "os/sandbox.h"

#include "os/clock.h"
#include "os/entropy.h"
#include "os/file.h"
#include "os/process.h"
#include "os/secmem.h"
#include "os/thread.h"
#include "support/expect.h"
#include "support/tempdir.h"

#include <errno.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    SIGNALLED = 1000
};

/* How a child ends that enters the stage and then acts: its exit code, or SIGNALLED + signal. */
static int end_of_child(kw_sandbox_stage stage, int (*act)(const void *arg), const void *arg)
{
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        if (kw_process_harden(NULL) != KW_OK || kw_sandbox_enter(KW_SANDBOX_START, NULL) != KW_OK ||
            (stage == KW_SANDBOX_SERVE && kw_sandbox_enter(stage, NULL) != KW_OK)) {
            _exit(99);
        }
        _exit(act(arg));
    }
    int status = -1;
    assert_int_equal(waitpid(child, &status, 0), child);
    return WIFSIGNALED(status) ? SIGNALLED + WTERMSIG(status) : WEXITSTATUS(status);
}

typedef struct forbidden {
    const char *name;
    long call;
    long args[4];
} forbidden;

static int make_call(const void *arg)
{
    const forbidden *f = arg;
    return syscall(f->call, f->args[0], f->args[1], f->args[2], f->args[3]) == 0 ? 0 : 1;
}

static void enter__kills_who_makes_a_forbidden_call(void **state)
{
    (void)state;
    static const forbidden calls[] = {
        {"execve", SYS_execve, {0}},
        {"execveat", SYS_execveat, {-1}},
        {"ptrace", SYS_ptrace, {PTRACE_TRACEME}},
        {"process_vm_readv", SYS_process_vm_readv, {0}},
        {"process_vm_writev", SYS_process_vm_writev, {0}},
        {"keyctl", SYS_keyctl, {0}},
        {"bpf", SYS_bpf, {0}},
        {"userfaultfd", SYS_userfaultfd, {0}},
        {"mount", SYS_mount, {0}},
        {"umount2", SYS_umount2, {0}},
        {"unshare", SYS_unshare, {0}},
        {"init_module", SYS_init_module, {0}},
        {"io_uring_setup", SYS_io_uring_setup, {0}},
        {"perf_event_open", SYS_perf_event_open, {0}},
        {"kill", SYS_kill, {1}},
        {"fork", SYS_fork, {0}},
        {"clone of a process", SYS_clone, {SIGCHLD}},
        {"packet socket", SYS_socket, {AF_PACKET, SOCK_RAW}},
        {"crypto socket", SYS_socket, {AF_ALG, SOCK_SEQPACKET}},
        {"vsock socket", SYS_socket, {AF_VSOCK, SOCK_STREAM}},
        {"inet socketpair", SYS_socketpair, {AF_INET, SOCK_STREAM}},
    };
    for (size_t i = 0; i < KW_COUNT(calls); i++) {
        int end = end_of_child(KW_SANDBOX_START, make_call, &calls[i]);
        if (end != SIGNALLED + SIGSYS) {
            print_error("%s: %d\n", calls[i].name, end);
        }
        assert_int_equal(end, SIGNALLED + SIGSYS);
    }
}

static void enter__is_narrower_when_serving(void **state)
{
    (void)state;
    static const forbidden calls[] = {
        {"bind", SYS_bind, {-1}},
        {"listen", SYS_listen, {-1, 1}},
        {"setresuid", SYS_setresuid, {-1, -1, -1}},
        {"setrlimit", SYS_setrlimit, {-1}},
        {"fchown", SYS_fchown, {-1}},
    };
    for (size_t i = 0; i < KW_COUNT(calls); i++) {
        assert_int_not_equal(end_of_child(KW_SANDBOX_START, make_call, &calls[i]),
                             SIGNALLED + SIGSYS);
        assert_int_equal(end_of_child(KW_SANDBOX_SERVE, make_call, &calls[i]), SIGNALLED + SIGSYS);
    }
}

static void count_in_thread(void *ctx)
{
    int *count = ctx;
    *count += 1;
}

static bool files_work(const char *path)
{
    KW_AUTO(kw_buf) content = kw_buf_init(100);
    return kw_file_write_atomic(path, kw_span_of_str(KW_STR("text")), 0600, NULL) == KW_OK &&
           kw_file_read(&content, path, NULL) == KW_OK && kw_file_remove(path, NULL) == KW_OK;
}

static bool threads_work(void)
{
    int count = 0;
    kw_thread thread = {0};
    if (kw_thread_start(&thread, "counting", count_in_thread, &count, NULL) != KW_OK) {
        return false;
    }
    kw_thread_join(&thread);
    return count == 1 && kw_thread_cpu_count() >= 1;
}

static bool sockets_work(void)
{
    int inet = socket(AF_INET, SOCK_STREAM, 0);
    int inet6 = socket(AF_INET6, SOCK_STREAM, 0);
    int local = socket(AF_UNIX, SOCK_STREAM, 0);
    /* IPv6 may be switched off; the filter must not be what refuses it. */
    bool has_inet6 = inet6 >= 0 || errno == EAFNOSUPPORT;
    int netlink = socket(AF_NETLINK, SOCK_RAW, 0);
    return inet >= 0 && has_inet6 && local >= 0 && netlink < 0 && errno == EAFNOSUPPORT;
}

static bool memory_works(void)
{
    uint8_t random[16];
    void *secret = kw_secmem_new(32);
    kw_secmem_free(secret);
    kw_sleep_ms(1);
    return secret != NULL && kw_entropy_kernel(KW_MSPAN(random)) == KW_OK;
}

static int do_honest_work(const void *arg)
{
    struct rlimit files;
    return files_work(arg) && threads_work() && sockets_work() && memory_works() &&
                   getrlimit(RLIMIT_NOFILE, &files) == 0
               ? 0
               : 1;
}

static void enter__lets_honest_work_go_on(void **state)
{
    (void)state;
    tempdir dir = tempdir_make();
    tempdir_path path = tempdir_join(&dir, "file");
    assert_int_equal(end_of_child(KW_SANDBOX_START, do_honest_work, path.text), 0);
    assert_int_equal(end_of_child(KW_SANDBOX_SERVE, do_honest_work, path.text), 0);
    tempdir_remove(&dir);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(enter__kills_who_makes_a_forbidden_call),
        cmocka_unit_test(enter__is_narrower_when_serving),
        cmocka_unit_test(enter__lets_honest_work_go_on),
    };
    return cmocka_run_group_tests_name("os/sandbox", tests, NULL, NULL);
}
