/* SPDX-License-Identifier: Apache-2.0
 * flock with a deadline. */
#include "os/lock.h"

#include "os/clock.h"
#include "os/oserror.h"
#include "os/syscalls.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>

/* flock has no deadline of its own, and alarms are not for libraries: ask again, ever slower. */
enum {
    FIRST_PAUSE_MS = 1,
    LONGEST_PAUSE_MS = 50
};

static bool try_lock(int fd)
{
    int result = -1;
    do {
        result = flock(fd, LOCK_EX | LOCK_NB);
    } while (result != 0 && errno == EINTR);
    return result == 0;
}

static bool lock_before(int fd, uint64_t deadline_ns)
{
    uint64_t pause_ms = FIRST_PAUSE_MS;
    while (!try_lock(fd)) {
        if (errno != EWOULDBLOCK || kw_monotonic_ns() >= deadline_ns) {
            return false;
        }
        kw_sleep_ms(pause_ms);
        pause_ms = KW_MIN(pause_ms * 2, (uint64_t)LONGEST_PAUSE_MS);
        errno = EWOULDBLOCK;
    }
    return true;
}

kw_status kw_file_lock_take(kw_file_lock *out, const char *path, uint32_t timeout_ms, kw_error *err)
{
    KW_ASSERT(!out->is_held);
    int fd = kw_sys_open(path, O_RDWR | O_CREAT, 0600);
    if (fd < 0) {
        return kw_fail_errno(err, "opening the lock %s", path);
    }
    if (!lock_before(fd, kw_monotonic_ns() + (uint64_t)timeout_ms * 1000000)) {
        kw_status st = kw_fail_errno(err, "locking %s", path);
        kw_sys_close(fd);
        return st;
    }
    *out = (kw_file_lock){.is_held = true, .fd = fd};
    return KW_OK;
}

void kw_file_lock_drop(kw_file_lock *lock)
{
    if (lock->is_held) {
        kw_sys_close(lock->fd); /* frees the lock: no other descriptor shares this open file */
    }
    *lock = (kw_file_lock){0};
}
