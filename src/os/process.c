/* SPDX-License-Identifier: Apache-2.0
 * Limits and privileges of this process. Source: capabilities(7), credentials(7), prctl(2). */
#include "os/process.h"

#include "os/oserror.h"

#include <grp.h>
#include <linux/capability.h>
#include <pwd.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

enum {
    PASSWD_BYTES = 16 * 1024,
    PROGRAM_BYTES_MAX = 4096,
};

static kw_status forbid_cores(kw_error *err)
{
    struct rlimit none = {0};
    if (setrlimit(RLIMIT_CORE, &none) != 0) {
        return kw_fail_errno(err, "forbidding core files");
    }
    /* Also shuts /proc/<pid>/mem and ptrace to other processes of the same user. */
    if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0) {
        return kw_fail_errno(err, "forbidding dumps");
    }
    return KW_OK;
}

kw_status kw_process_harden(kw_error *err)
{
    KW_TRY(forbid_cores(err));
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) {
        return kw_fail_errno(err, "forbidding new privileges");
    }
    return KW_OK;
}

kw_status kw_process_raise_files(uint64_t *out_limit, uint64_t wanted, kw_error *err)
{
    struct rlimit files;
    if (getrlimit(RLIMIT_NOFILE, &files) != 0) {
        return kw_fail_errno(err, "reading the limit of open files");
    }
    if (files.rlim_cur < wanted) {
        files.rlim_cur = KW_MIN((rlim_t)wanted, files.rlim_max);
        if (setrlimit(RLIMIT_NOFILE, &files) != 0) {
            return kw_fail_errno(err, "raising the limit of open files");
        }
    }
    *out_limit = files.rlim_cur;
    return KW_OK;
}

bool kw_process_is_root(void)
{
    return geteuid() == 0;
}

int64_t kw_process_id(void)
{
    return (int64_t)getpid();
}

kw_status kw_process_path(kw_buf *out, kw_error *err)
{
    char path[PROGRAM_BYTES_MAX];
    ssize_t len = readlink("/proc/self/exe", path, sizeof path);
    if (len < 0) {
        return kw_fail_errno(err, "reading where the program is");
    }
    KW_REQUIRE((size_t)len < sizeof path, err, KW_LIMIT, "the program's path is too long");
    KW_TRY_AT(err, kw_buf_append_str(out, (kw_str){path, (size_t)len}), "the program's path");
    return KW_OK;
}

kw_status kw_process_folder(kw_buf *out, kw_error *err)
{
    char path[PROGRAM_BYTES_MAX];
    if (getcwd(path, sizeof path) == NULL) {
        return kw_fail_errno(err, "finding the working folder");
    }
    KW_TRY_AT(err, kw_buf_append_str(out, kw_str_of(path)), "the working folder");
    return KW_OK;
}

/* A user of the system, and the text that its entry points to. */
typedef struct user_entry {
    struct passwd entry;
    char text[PASSWD_BYTES];
} user_entry;

static kw_status find_user(user_entry *out, const char *name, kw_error *err)
{
    struct passwd *found = NULL;
    int failure = getpwnam_r(name, &out->entry, out->text, sizeof out->text, &found);
    KW_REQUIRE(failure == 0 && found != NULL, err, KW_NOT_FOUND, "there is no user %s", name);
    return KW_OK;
}

kw_status kw_process_give(const char *path, const char *user, kw_error *err)
{
    user_entry found;
    KW_TRY(find_user(&found, user, err));
    if (lchown(path, found.entry.pw_uid, found.entry.pw_gid) != 0) {
        return kw_fail_errno(err, "giving %s to %s", path, user);
    }
    return KW_OK;
}

/* Capabilities that no later exec or file could give back. */
static kw_status drop_bounding_set(kw_error *err)
{
    for (unsigned long capability = 0; capability <= CAP_LAST_CAP; capability++) {
        /* An older kernel does not know the last ones of this list, and so does not grant them. */
        if (prctl(PR_CAPBSET_READ, capability, 0, 0, 0) == 1 &&
            prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) != 0) {
            return kw_fail_errno(err, "dropping capability %lu", capability);
        }
    }
    return KW_OK;
}

/* The three user ids away from 0 also clear the effective and the permitted set. */
static kw_status become(const struct passwd *user, kw_error *err)
{
    if (initgroups(user->pw_name, user->pw_gid) != 0 ||
        setresgid(user->pw_gid, user->pw_gid, user->pw_gid) != 0 ||
        setresuid(user->pw_uid, user->pw_uid, user->pw_uid) != 0) {
        return kw_fail_errno(err, "becoming %s", user->pw_name);
    }
    KW_REQUIRE(setresuid(0, 0, 0) != 0, err, KW_INTERNAL, "root could be had back");
    return KW_OK;
}

/* What kw_child_start asks of the system, a change of user takes back: that this process gets the
 * signal `number` when its parent ends. One that ended between has sent nothing. */
static kw_status follow(pid_t parent, int number, kw_error *err)
{
    if (number == 0) {
        return KW_OK;
    }
    if (prctl(PR_SET_PDEATHSIG, number, 0, 0, 0) != 0 ||
        (getppid() != parent && kill(getpid(), number) != 0)) {
        return kw_fail_errno(err, "asking for the end of the parent");
    }
    return KW_OK;
}

kw_status kw_process_drop_to(const char *user, kw_error *err)
{
    user_entry found;
    KW_TRY(find_user(&found, user, err));
    KW_REQUIRE(found.entry.pw_uid != 0, err, KW_REFUSED, "%s is root", user);
    KW_REQUIRE(kw_process_is_root(), err, KW_FORBIDDEN, "only root may become %s", user);
    pid_t parent = getppid();
    int number = 0;
    if (prctl(PR_GET_PDEATHSIG, &number, 0, 0, 0) != 0) {
        return kw_fail_errno(err, "reading what the end of the parent does");
    }
    KW_TRY(drop_bounding_set(err));
    KW_TRY(become(&found.entry, err));
    KW_TRY(follow(parent, number, err));
    return forbid_cores(err); /* a change of user resets the dumpable flag to a system default */
}
