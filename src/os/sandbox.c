/* SPDX-License-Identifier: Apache-2.0
 * The allow-list of system calls as a table. Whatever has no row kills the process: execve, ptrace,
 * process_vm_*, keyctl, bpf, userfaultfd, mount, io_uring and all that nobody thought of. */
#include "os/sandbox.h"

#include "os/oserror.h"

#include <errno.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/socket.h>

#include <seccomp.h>

enum {
    IN_START = 1 << KW_SANDBOX_START,
    IN_SERVE = 1 << KW_SANDBOX_SERVE,
    IN_BOTH = IN_START | IN_SERVE,
};

typedef struct sandbox_row {
    int call;
    int stages;
} sandbox_row;

#define ROW(name, stages)      \
    {                          \
        SCMP_SYS(name), stages \
    }

static const sandbox_row rows[] = {
    /* Descriptors and files. */
    ROW(read, IN_BOTH),
    ROW(write, IN_BOTH),
    ROW(readv, IN_BOTH),
    ROW(writev, IN_BOTH),
    ROW(pread64, IN_BOTH),
    ROW(pwrite64, IN_BOTH),
    ROW(preadv, IN_BOTH),
    ROW(pwritev, IN_BOTH),
    ROW(close, IN_BOTH),
    ROW(open, IN_BOTH),
    ROW(openat, IN_BOTH),
    ROW(fstat, IN_BOTH),
    ROW(stat, IN_BOTH),
    ROW(lstat, IN_BOTH),
    ROW(newfstatat, IN_BOTH),
    ROW(statx, IN_BOTH),
    ROW(lseek, IN_BOTH),
    ROW(access, IN_BOTH),
    ROW(faccessat, IN_BOTH),
    ROW(faccessat2, IN_BOTH),
    ROW(readlink, IN_BOTH),
    ROW(readlinkat, IN_BOTH),
    ROW(getdents64, IN_BOTH),
    ROW(getcwd, IN_BOTH),
    ROW(statfs, IN_BOTH),
    ROW(fstatfs, IN_BOTH),
    ROW(fcntl, IN_BOTH),
    ROW(flock, IN_BOTH),
    ROW(fsync, IN_BOTH),
    ROW(fdatasync, IN_BOTH),
    ROW(ftruncate, IN_BOTH),
    ROW(fallocate, IN_BOTH),
    ROW(fadvise64, IN_BOTH),
    ROW(rename, IN_BOTH),
    ROW(renameat, IN_BOTH),
    ROW(renameat2, IN_BOTH),
    ROW(unlink, IN_BOTH),
    ROW(unlinkat, IN_BOTH),
    ROW(mkdir, IN_BOTH),
    ROW(mkdirat, IN_BOTH),
    ROW(rmdir, IN_BOTH),
    ROW(fchmod, IN_BOTH),
    ROW(chmod, IN_BOTH),
    ROW(umask, IN_BOTH),
    ROW(utimensat, IN_BOTH),
    ROW(dup, IN_BOTH),
    ROW(dup2, IN_BOTH),
    ROW(dup3, IN_BOTH),
    ROW(pipe2, IN_BOTH),
    ROW(ioctl, IN_BOTH),
    ROW(fchown, IN_START),
    ROW(chown, IN_START),
    ROW(fchownat, IN_START),
    /* Waiting. */
    ROW(poll, IN_BOTH),
    ROW(ppoll, IN_BOTH),
    ROW(select, IN_BOTH),
    ROW(pselect6, IN_BOTH),
    ROW(epoll_create1, IN_BOTH),
    ROW(epoll_ctl, IN_BOTH),
    ROW(epoll_wait, IN_BOTH),
    ROW(epoll_pwait, IN_BOTH),
    ROW(eventfd2, IN_BOTH),
    ROW(timerfd_create, IN_BOTH),
    ROW(timerfd_settime, IN_BOTH),
    ROW(signalfd4, IN_BOTH),
    ROW(nanosleep, IN_BOTH),
    ROW(clock_nanosleep, IN_BOTH),
    ROW(restart_syscall, IN_BOTH),
    /* Sockets; `socket` itself has rules by family below. */
    ROW(connect, IN_BOTH),
    ROW(accept, IN_BOTH),
    ROW(accept4, IN_BOTH),
    ROW(sendto, IN_BOTH),
    ROW(recvfrom, IN_BOTH),
    ROW(sendmsg, IN_BOTH),
    ROW(recvmsg, IN_BOTH),
    ROW(sendmmsg, IN_BOTH),
    ROW(recvmmsg, IN_BOTH),
    ROW(shutdown, IN_BOTH),
    ROW(getsockname, IN_BOTH),
    ROW(getpeername, IN_BOTH),
    ROW(getsockopt, IN_BOTH),
    ROW(setsockopt, IN_BOTH),
    ROW(sendfile, IN_BOTH),
    ROW(bind, IN_START),
    ROW(listen, IN_START),
    /* Memory. */
    ROW(mmap, IN_BOTH),
    ROW(munmap, IN_BOTH),
    ROW(mremap, IN_BOTH),
    ROW(mprotect, IN_BOTH),
    ROW(madvise, IN_BOTH),
    ROW(brk, IN_BOTH),
    ROW(mlock, IN_BOTH),
    ROW(mlock2, IN_BOTH),
    ROW(munlock, IN_BOTH),
    ROW(membarrier, IN_BOTH),
    /* Threads and the process itself; `clone` has a rule below. */
    ROW(futex, IN_BOTH),
    ROW(set_robust_list, IN_BOTH),
    ROW(rseq, IN_BOTH),
    ROW(sched_yield, IN_BOTH),
    ROW(sched_getaffinity, IN_BOTH),
    ROW(gettid, IN_BOTH),
    ROW(getpid, IN_BOTH),
    ROW(getppid, IN_BOTH),
    ROW(getuid, IN_BOTH),
    ROW(geteuid, IN_BOTH),
    ROW(getgid, IN_BOTH),
    ROW(getegid, IN_BOTH),
    ROW(getrandom, IN_BOTH),
    ROW(getcpu, IN_BOTH),
    ROW(clock_gettime, IN_BOTH),
    ROW(clock_getres, IN_BOTH),
    ROW(gettimeofday, IN_BOTH),
    ROW(time, IN_BOTH),
    ROW(times, IN_BOTH),
    ROW(getrusage, IN_BOTH),
    ROW(sysinfo, IN_BOTH),
    ROW(uname, IN_BOTH),
    ROW(rt_sigaction, IN_BOTH),
    ROW(rt_sigprocmask, IN_BOTH),
    ROW(rt_sigreturn, IN_BOTH),
    ROW(rt_sigtimedwait, IN_BOTH),
    ROW(sigaltstack, IN_BOTH),
    ROW(tgkill, IN_BOTH),
    ROW(exit, IN_BOTH),
    ROW(exit_group, IN_BOTH),
    ROW(getrlimit, IN_BOTH),
    ROW(set_tid_address, IN_BOTH),
    ROW(arch_prctl, IN_BOTH),
    /* Identity, limits and the next stage. */
    ROW(setresuid, IN_START),
    ROW(setresgid, IN_START),
    ROW(setgroups, IN_START),
    ROW(setuid, IN_START),
    ROW(setgid, IN_START),
    ROW(capget, IN_START),
    ROW(capset, IN_START),
    ROW(prctl, IN_START),
    ROW(seccomp, IN_START),
    ROW(setrlimit, IN_START),
    ROW(prlimit64, IN_START),
    ROW(landlock_create_ruleset, IN_START),
    ROW(landlock_add_rule, IN_START),
    ROW(landlock_restrict_self, IN_START),
};

#undef ROW

/* Argument `index` equals `value`. */
static struct scmp_arg_cmp argument_is(unsigned index, uint64_t value)
{
    return (struct scmp_arg_cmp){.arg = index, .op = SCMP_CMP_EQ, .datum_a = value};
}

/* libseccomp answers with a negative errno. */
static kw_status checked(int result, kw_error *err)
{
    errno = -result;
    return result == 0 ? KW_OK : kw_fail_errno(err, "building the system call filter");
}

static kw_status allow_rows(scmp_filter_ctx filter, int stage, kw_error *err)
{
    for (size_t i = 0; i < KW_COUNT(rows); i++) {
        if ((rows[i].stages & stage) != 0) {
            KW_TRY(checked(seccomp_rule_add(filter, SCMP_ACT_ALLOW, rows[i].call, 0), err));
        }
    }
    return KW_OK;
}

static kw_status allow_sockets(scmp_filter_ctx filter, kw_error *err)
{
    static const int families[] = {AF_UNIX, AF_INET, AF_INET6};
    for (size_t i = 0; i < KW_COUNT(families); i++) {
        struct scmp_arg_cmp is_family = argument_is(0, (uint64_t)families[i]);
        KW_TRY(
            checked(seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(socket), 1, is_family), err));
    }
    struct scmp_arg_cmp is_unix = argument_is(0, AF_UNIX);
    KW_TRY(
        checked(seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(socketpair), 1, is_unix), err));
    /* The resolver of glibc asks for a netlink socket and goes on without one. */
    struct scmp_arg_cmp is_netlink = argument_is(0, AF_NETLINK);
    return checked(
        seccomp_rule_add(filter, SCMP_ACT_ERRNO(EAFNOSUPPORT), SCMP_SYS(socket), 1, is_netlink),
        err);
}

/* New threads, no new processes. clone3 passes its flags in memory, which no filter can read: it
 * is answered as on an old kernel, and glibc falls back to clone. */
static kw_status allow_threads(scmp_filter_ctx filter, kw_error *err)
{
    const uint64_t flags = CLONE_THREAD | CLONE_VM;
    struct scmp_arg_cmp is_thread = {
        .arg = 0, .op = SCMP_CMP_MASKED_EQ, .datum_a = flags, .datum_b = flags};
    KW_TRY(checked(seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(clone), 1, is_thread), err));
    return checked(seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0), err);
}

/* In the serving stage: reading a limit, naming a thread, marking memory, nothing else. */
static kw_status allow_narrow_calls(scmp_filter_ctx filter, kw_error *err)
{
    struct scmp_arg_cmp sets_nothing = argument_is(2, 0);
    struct scmp_arg_cmp names_thread = argument_is(0, PR_SET_NAME);
    struct scmp_arg_cmp names_memory = argument_is(0, PR_SET_VMA);
    KW_TRY(checked(seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(prlimit64), 1, sets_nothing),
                   err));
    KW_TRY(
        checked(seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(prctl), 1, names_thread), err));
    return checked(seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(prctl), 1, names_memory), err);
}

static kw_status build(scmp_filter_ctx filter, kw_sandbox_stage stage, kw_error *err)
{
    KW_TRY(checked(seccomp_attr_set(filter, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS), err));
    KW_TRY(checked(seccomp_attr_set(filter, SCMP_FLTATR_CTL_TSYNC, 1), err));
    /* A binary tree: the cost of the long list is then a few comparisons a call. */
    KW_TRY(checked(seccomp_attr_set(filter, SCMP_FLTATR_CTL_OPTIMIZE, 2), err));
    KW_TRY(allow_rows(filter, 1 << stage, err));
    KW_TRY(allow_sockets(filter, err));
    KW_TRY(allow_threads(filter, err));
    return stage == KW_SANDBOX_SERVE ? allow_narrow_calls(filter, err) : KW_OK;
}

kw_status kw_sandbox_enter(kw_sandbox_stage stage, kw_error *err)
{
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_KILL_PROCESS);
    KW_REQUIRE(filter != NULL, err, KW_NO_MEMORY, "building the system call filter");
    kw_status st = build(filter, stage, err);
    if (st == KW_OK) {
        st = checked(seccomp_load(filter), err);
    }
    seccomp_release(filter);
    return st;
}
