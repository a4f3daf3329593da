/* SPDX-License-Identifier: Apache-2.0
 * Put before libc (LD_PRELOAD) it makes each fsync and fdatasync take KW_SLOW_DISK_MS longer, as a
 * disk does that others keep busy. */
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static struct timespec delay;

__attribute__((constructor)) static void read_delay(void)
{
    const char *text = getenv("KW_SLOW_DISK_MS");
    long ms = text != NULL ? strtol(text, NULL, 10) : 0;
    delay = (struct timespec){ms / 1000, ms % 1000 * 1000000};
}

static int sync_late(long number, int fd)
{
    (void)nanosleep(&delay, NULL);
    return (int)syscall(number, fd);
}

int fsync(int fd)
{
    return sync_late(SYS_fsync, fd);
}

int fdatasync(int fd)
{
    return sync_late(SYS_fdatasync, fd);
}
