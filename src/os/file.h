/* SPDX-License-Identifier: Apache-2.0
 * Whole files and facts about them. What these calls have written, a power cut keeps.
 * Statuses of all: those of kw_status_of_errno. Paths are NUL-terminated. */
#ifndef KW_OS_FILE_H
#define KW_OS_FILE_H

#include "base/buf.h"
#include "base/utc.h"

/* Appends the whole file to `out`. LIMIT: it is longer than out->max leaves room for; `out` is
 * then as before. Not for secrets: kw_file_read_private. */
KW_MUST_USE kw_status kw_file_read(kw_buf *out, const char *path, kw_error *err);

/* Reads a secret into `room`, which the caller took from os/secmem.h. FORBIDDEN: group or others
 * have any access, or the file belongs neither to this user nor to root. LIMIT: longer than
 * `room`. On failure `room` is wiped. Pipes and /dev/fd/N are read to their end. */
KW_MUST_USE kw_status kw_file_read_private(size_t *out_len, kw_mspan room, const char *path,
                                           kw_error *err);

/* Replaces or creates `path` as one step: temporary file beside it, fsync, rename, fsync of the
 * folder. After a failure the old file is as it was. `mode`: permission bits, umask ignored. */
KW_MUST_USE kw_status kw_file_write_atomic(const char *path, kw_span bytes, unsigned mode,
                                           kw_error *err);

/* Unlinks and syncs the folder. NOT_FOUND when there is none. */
KW_MUST_USE kw_status kw_file_remove(const char *path, kw_error *err);

/* Sets the time of its last change to now. */
KW_MUST_USE kw_status kw_file_touch(const char *path, kw_error *err);

typedef struct kw_file_info {
    uint64_t size; /* bytes */
    kw_unix_ms modified_ms;
    unsigned mode;  /* permission bits */
    unsigned owner; /* user id */
    bool is_directory;
    bool is_private; /* no access for group and others; owned by this user or root */
} kw_file_info;

/* Follows symbolic links. */
KW_MUST_USE kw_status kw_file_stat(kw_file_info *out, const char *path, kw_error *err);

typedef struct kw_disk_space {
    uint64_t free_bytes; /* that this user may still write */
    uint64_t total_bytes;
} kw_disk_space;

/* Of the file system that holds `path`. */
KW_MUST_USE kw_status kw_disk_space_of(kw_disk_space *out, const char *path, kw_error *err);

#endif /* KW_OS_FILE_H */
