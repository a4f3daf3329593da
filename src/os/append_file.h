/* SPDX-License-Identifier: Apache-2.0
 * A file that only grows: the audit log and other journals. One thread at a time. */
#ifndef KW_OS_APPEND_FILE_H
#define KW_OS_APPEND_FILE_H

#include "base/error.h"
#include "base/span.h"

/* All-zero is a closed file. */
typedef struct kw_append_file {
    bool is_open;
    bool is_broken; /* a sync failed: the kernel may have dropped pages, so only reopening helps */
    int fd;         /* meaningful when open */
    uint64_t size;  /* bytes written and kept */
} kw_append_file;

/* Opens or creates; `size` is the present length. `mode`: permission bits of a new file. `out` is
 * closed before. A new file's name is durable (the folder is synced). */
KW_MUST_USE kw_status kw_append_file_open(kw_append_file *out, const char *path, unsigned mode,
                                          kw_error *err);

/* Closes without syncing. May run twice. */
void kw_append_file_drop(kw_append_file *file);

/* Adds all bytes behind `size`, or none: after a failed write the file is cut back. Not durable
 * before a sync. NO_SPACE, IO; BAD_STATE: broken or closed. */
KW_MUST_USE kw_status kw_append_file_add(kw_append_file *file, kw_span bytes, kw_error *err);

/* fdatasync: what was added is durable. A failure breaks the file for good. */
KW_MUST_USE kw_status kw_append_file_sync(kw_append_file *file, kw_error *err);

/* Cuts to `size` bytes (at most the present size) and syncs. */
KW_MUST_USE kw_status kw_append_file_cut(kw_append_file *file, uint64_t size, kw_error *err);

/* Asks the file system for `bytes` in all, without changing the length. NO_SPACE. File systems
 * that cannot preallocate are fine. */
KW_MUST_USE kw_status kw_append_file_reserve(kw_append_file *file, uint64_t bytes, kw_error *err);

#endif /* KW_OS_APPEND_FILE_H */
