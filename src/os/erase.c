/* SPDX-License-Identifier: Apache-2.0
 * Overwrite, sync, punch, unlink, sync: in this order, so that a crash leaves a file that can be
 * erased again. */
#include "os/erase.h"

#include "base/span.h"
#include "os/oserror.h"
#include "os/syscalls.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    ZEROS_BYTES = 4096
};

static kw_status overwrite(int fd, uint64_t size, kw_error *err)
{
    static const uint8_t zeros[ZEROS_BYTES];
    for (uint64_t at = 0; at < size; at += sizeof zeros) {
        size_t part = (size_t)KW_MIN((uint64_t)sizeof zeros, size - at);
        if (!kw_sys_write_all_at(fd, (kw_span){zeros, part}, at)) {
            return kw_fail_errno(err, "overwriting");
        }
    }
    return kw_sys_sync_data(fd) ? KW_OK : kw_fail_errno(err, "syncing");
}

static kw_status wipe_open(int fd, kw_error *err)
{
    struct stat facts;
    if (fstat(fd, &facts) != 0) {
        return kw_fail_errno(err, "looking at it");
    }
    KW_REQUIRE(S_ISREG(facts.st_mode), err, KW_BAD_INPUT, "not a regular file");
    KW_TRY(overwrite(fd, (uint64_t)facts.st_size, err));
    /* The zeros are durable: where holes are unknown, nothing is lost. */
    if (facts.st_size > 0 &&
        fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, facts.st_size) != 0 &&
        errno != EOPNOTSUPP && errno != ENOSYS) {
        return kw_fail_errno(err, "punching");
    }
    return KW_OK;
}

static kw_status wipe(const char *path, kw_error *err)
{
    int fd = kw_sys_open(path, O_WRONLY | O_NOFOLLOW, 0);
    if (fd < 0) {
        return kw_fail_errno(err, "opening");
    }
    kw_status st = wipe_open(fd, err);
    kw_sys_close(fd);
    return st;
}

kw_status kw_file_erase(const char *path, kw_error *err)
{
    kw_status st = wipe(path, err);
    if (st != KW_OK && st != KW_NOT_FOUND) {
        return kw_error_at(err, st, "erasing %s", path);
    }
    if (st == KW_OK && unlink(path) != 0) {
        return kw_fail_errno(err, "removing %s", path);
    }
    /* Also when it is gone: the sync after the removal may be what failed before. */
    if (!kw_sys_sync_parent(path)) {
        return kw_fail_errno(err, "syncing the folder of %s", path);
    }
    return st == KW_OK ? KW_OK : kw_error_at(err, st, "erasing %s", path);
}
