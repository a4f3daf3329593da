/* SPDX-License-Identifier: Apache-2.0
 * System calls on files with EINTR and fault points. */
#include "os/syscalls.h"

#include "os/fault.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

int kw_sys_open(const char *path, int flags, unsigned mode)
{
    if (kw_os_must_fail(KW_OS_OPEN)) {
        return -1;
    }
    int fd = -1;
    do {
        fd = open(path, flags | O_CLOEXEC, (mode_t)mode);
    } while (fd < 0 && errno == EINTR);
    return fd;
}

int kw_sys_create_unique(char *name)
{
    return kw_os_must_fail(KW_OS_OPEN) ? -1 : mkostemp(name, O_CLOEXEC);
}

ssize_t kw_sys_read(int fd, kw_mspan room)
{
    if (kw_os_must_fail(KW_OS_READ)) {
        return -1;
    }
    ssize_t got = -1;
    do {
        got = read(fd, room.ptr, room.len);
    } while (got < 0 && errno == EINTR);
    return got;
}

ssize_t kw_sys_read_all_at(int fd, kw_mspan room, uint64_t offset)
{
    size_t filled = 0;
    while (filled < room.len) {
        ssize_t got = kw_os_must_fail(KW_OS_READ) ? -1
                                                  : pread(fd, room.ptr + filled, room.len - filled,
                                                          (off_t)(offset + filled));
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got <= 0) {
            return got < 0 ? -1 : (ssize_t)filled;
        }
        filled += (size_t)got;
    }
    return (ssize_t)filled;
}

/* One write at the descriptor's own position (`offset` NULL) or at an offset. */
static ssize_t write_some(int fd, kw_span bytes, const uint64_t *offset)
{
    if (kw_os_must_fail(KW_OS_WRITE)) {
        /* As a full disk does it: a part is already there. */
        size_t part = bytes.len / 2;
        int wanted = errno;
        ssize_t ignored = offset == NULL ? write(fd, bytes.ptr, part)
                                         : pwrite(fd, bytes.ptr, part, (off_t)*offset);
        KW_UNUSED(ignored);
        errno = wanted;
        return -1;
    }
    return offset == NULL ? write(fd, bytes.ptr, bytes.len)
                          : pwrite(fd, bytes.ptr, bytes.len, (off_t)*offset);
}

static bool write_all(int fd, kw_span bytes, uint64_t *offset)
{
    while (bytes.len > 0) {
        ssize_t written = write_some(fd, bytes, offset);
        if (written < 0 && errno == EINTR) {
            continue;
        }
        if (written < 0) {
            return false;
        }
        bytes.ptr += written;
        bytes.len -= (size_t)written;
        if (offset != NULL) {
            *offset += (uint64_t)written;
        }
    }
    return true;
}

bool kw_sys_write_all(int fd, kw_span bytes)
{
    return write_all(fd, bytes, NULL);
}

bool kw_sys_write_all_at(int fd, kw_span bytes, uint64_t offset)
{
    return write_all(fd, bytes, &offset);
}

bool kw_sys_sync(int fd)
{
    return !kw_os_must_fail(KW_OS_SYNC) && fsync(fd) == 0;
}

bool kw_sys_sync_data(int fd)
{
    return !kw_os_must_fail(KW_OS_SYNC) && fdatasync(fd) == 0;
}

bool kw_sys_rename(const char *from, const char *to)
{
    return !kw_os_must_fail(KW_OS_RENAME) && rename(from, to) == 0;
}

bool kw_sys_truncate(int fd, uint64_t size)
{
    return !kw_os_must_fail(KW_OS_TRUNCATE) && ftruncate(fd, (off_t)size) == 0;
}

void kw_sys_close(int fd)
{
    (void)close(fd);
}

bool kw_sys_sync_parent(const char *path)
{
    char folder[PATH_MAX];
    const char *slash = strrchr(path, '/');
    int len = slash == NULL ? 0 : (int)(slash - path);
    /* "/name" has the root, "name" the working folder. */
    int written = snprintf(folder, sizeof folder, "%.*s%s", len, path,
                           len > 0 ? "" : (slash != NULL ? "/" : "."));
    if (written < 0 || (size_t)written >= sizeof folder) {
        errno = ENAMETOOLONG;
        return false;
    }
    int fd = kw_sys_open(folder, O_RDONLY | O_DIRECTORY, 0);
    if (fd < 0) {
        return false;
    }
    bool is_synced = kw_sys_sync(fd);
    int number = errno;
    kw_sys_close(fd);
    errno = number;
    return is_synced;
}
