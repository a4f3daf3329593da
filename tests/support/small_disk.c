/* SPDX-License-Identifier: Apache-2.0
 * A disk that can be full. */
#include "support/small_disk.h"

#include "support/expect.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <unistd.h>

static bool mount_tmpfs(const char *path, size_t bytes)
{
    if (unshare(CLONE_NEWNS) != 0 || mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0) {
        return false;
    }
    char size[64];
    (void)snprintf(size, sizeof size, "mode=0755,size=%zu", bytes);
    return mount("tmpfs", path, "tmpfs", MS_NOSUID | MS_NODEV, size) == 0;
}

small_disk small_disk_make(size_t bytes)
{
    small_disk disk = {.dir = tempdir_make()};
    disk.is_mounted = mount_tmpfs(disk.dir.path, bytes);
    return disk;
}

static void limit_files(rlim_t bytes)
{
    struct rlimit limit;
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
    limit.rlim_cur = bytes == RLIM_INFINITY ? limit.rlim_max : bytes;
    assert_true(signal(SIGXFSZ, SIG_IGN) != SIG_ERR); /* EFBIG instead of the signal */
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

void small_disk_fill(const small_disk *disk)
{
    if (!disk->is_mounted) {
        limit_files(1);
        return;
    }
    static const uint8_t block[4096] = {1};
    tempdir_path ballast = tempdir_join(&disk->dir, "ballast");
    int fd = open(ballast.text, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    assert_true(fd >= 0);
    ssize_t put = 1;
    while (put > 0) {
        put = write(fd, block, sizeof block);
    }
    assert_int_equal(errno, ENOSPC);
    assert_int_equal(close(fd), 0);
}

void small_disk_free(const small_disk *disk)
{
    if (!disk->is_mounted) {
        limit_files(RLIM_INFINITY);
        return;
    }
    tempdir_path ballast = tempdir_join(&disk->dir, "ballast");
    assert_int_equal(unlink(ballast.text), 0);
}

void small_disk_remove(small_disk *disk)
{
    if (disk->is_mounted) {
        assert_int_equal(umount2(disk->dir.path, MNT_DETACH), 0);
    }
    tempdir_remove(&disk->dir);
}
