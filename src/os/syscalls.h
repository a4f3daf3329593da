/* SPDX-License-Identifier: Apache-2.0
 * The few system calls on files that os/ makes, repeated after EINTR, each with its fault point.
 * For os/ alone: results are those of the kernel, with errno. */
#ifndef KW_OS_SYSCALLS_H
#define KW_OS_SYSCALLS_H

#include "base/span.h"

#include <sys/types.h>

/* Always close-on-exec. -1 on failure. */
int kw_sys_open(const char *path, int flags, unsigned mode);

/* Creates and opens a file of mode 0600 for writing; the six X at the end of `name` become what
 * makes it new. -1 on failure. */
int kw_sys_create_unique(char *name);

/* Bytes read, 0 at the end, -1. */
ssize_t kw_sys_read(int fd, kw_mspan room);

/* The same at an offset, until `room` is full or the file ends: bytes read, or -1. */
ssize_t kw_sys_read_all_at(int fd, kw_mspan room, uint64_t offset);

/* Writes all bytes; false on failure, when some may have been written. */
KW_MUST_USE bool kw_sys_write_all(int fd, kw_span bytes);

/* The same at an offset. */
KW_MUST_USE bool kw_sys_write_all_at(int fd, kw_span bytes, uint64_t offset);

KW_MUST_USE bool kw_sys_sync(int fd);      /* fsync */
KW_MUST_USE bool kw_sys_sync_data(int fd); /* fdatasync */
KW_MUST_USE bool kw_sys_rename(const char *from, const char *to);
KW_MUST_USE bool kw_sys_truncate(int fd, uint64_t size);

/* Closes a descriptor on which nothing unsynced is left: the result would change nothing. */
void kw_sys_close(int fd);

/* fsync of the folder that holds `path`. */
KW_MUST_USE bool kw_sys_sync_parent(const char *path);

#endif /* KW_OS_SYSCALLS_H */
