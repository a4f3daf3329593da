/* SPDX-License-Identifier: Apache-2.0
 * Landlock by its system calls. Source: landlock(7), linux/landlock.h. */
#include "os/sandbox.h"

#include "os/oserror.h"
#include "os/syscalls.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Debian 12's header ends at version 2 of the interface. */
#ifndef LANDLOCK_ACCESS_FS_TRUNCATE
#define LANDLOCK_ACCESS_FS_TRUNCATE (1ULL << 14)
#endif

enum {
    VERSION_WITH_REFER = 2,
    VERSION_WITH_TRUNCATE = 3
};

static const uint64_t read_access = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR;

static const uint64_t write_access =
    LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR | LANDLOCK_ACCESS_FS_WRITE_FILE |
    LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_REMOVE_DIR | LANDLOCK_ACCESS_FS_MAKE_REG |
    LANDLOCK_ACCESS_FS_MAKE_DIR | LANDLOCK_ACCESS_FS_MAKE_SOCK | LANDLOCK_ACCESS_FS_REFER |
    LANDLOCK_ACCESS_FS_TRUNCATE;

/* What a rule on a plain file may name. */
static const uint64_t file_access =
    LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_TRUNCATE;

/* Every access that this kernel can refuse. */
static uint64_t handled_access(long version)
{
    uint64_t all = LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_MAKE_CHAR |
                   LANDLOCK_ACCESS_FS_MAKE_FIFO | LANDLOCK_ACCESS_FS_MAKE_BLOCK |
                   LANDLOCK_ACCESS_FS_MAKE_SYM | write_access;
    if (version < VERSION_WITH_REFER) {
        all &= ~(uint64_t)LANDLOCK_ACCESS_FS_REFER;
    }
    if (version < VERSION_WITH_TRUNCATE) {
        all &= ~(uint64_t)LANDLOCK_ACCESS_FS_TRUNCATE;
    }
    return all;
}

static kw_status allow_open(int ruleset, int fd, uint64_t access, kw_error *err)
{
    struct stat facts;
    if (fstat(fd, &facts) != 0) {
        return kw_fail_errno(err, "asking what a path is");
    }
    struct landlock_path_beneath_attr rule = {
        .allowed_access = S_ISDIR(facts.st_mode) ? access : access & file_access,
        .parent_fd = fd,
    };
    if (syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0) != 0) {
        return kw_fail_errno(err, "adding a Landlock rule");
    }
    return KW_OK;
}

static kw_status allow_paths(int ruleset, const char *const *paths, size_t count, uint64_t access,
                             kw_error *err)
{
    for (size_t i = 0; i < count; i++) {
        int fd = kw_sys_open(paths[i], O_PATH, 0);
        if (fd < 0 && errno == ENOENT) {
            continue;
        }
        if (fd < 0) {
            return kw_fail_errno(err, "opening %s", paths[i]);
        }
        kw_status st = allow_open(ruleset, fd, access, err);
        kw_sys_close(fd);
        KW_TRY_AT(err, st, "allowing %s", paths[i]);
    }
    return KW_OK;
}

static kw_status fill_and_enter(int ruleset, const kw_sandbox_paths *paths, uint64_t handled,
                                kw_error *err)
{
    KW_TRY(
        allow_paths(ruleset, paths->readable, paths->readable_count, read_access & handled, err));
    KW_TRY(
        allow_paths(ruleset, paths->writable, paths->writable_count, write_access & handled, err));
    if (syscall(SYS_landlock_restrict_self, ruleset, 0) != 0) {
        return kw_fail_errno(err, "entering Landlock");
    }
    return KW_OK;
}

kw_status kw_sandbox_restrict_files(bool *out_active, const kw_sandbox_paths *paths, kw_error *err)
{
    long version = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
    if (version < 1) {
        *out_active = false; /* not built in, or not switched on at boot */
        return KW_OK;
    }
    struct landlock_ruleset_attr attributes = {.handled_access_fs = handled_access(version)};
    int ruleset = (int)syscall(SYS_landlock_create_ruleset, &attributes, sizeof attributes, 0);
    if (ruleset < 0) {
        return kw_fail_errno(err, "creating a Landlock rule set");
    }
    kw_status st = fill_and_enter(ruleset, paths, attributes.handled_access_fs, err);
    kw_sys_close(ruleset);
    KW_TRY(st);
    *out_active = true;
    return KW_OK;
}
