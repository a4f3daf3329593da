/* SPDX-License-Identifier: Apache-2.0
 * A file that is filled at any place, in any order, and has another name until it is whole. What
 * was written stays for the next one who opens it. */
#ifndef KW_OS_PART_FILE_H
#define KW_OS_PART_FILE_H

#include "base/error.h"
#include "base/span.h"

/* All-zero is closed. */
typedef struct kw_part_file {
    bool is_open;
    int fd;     /* meaningful when open */
    char *path; /* owned: its final name */
    char *part; /* owned: "<path>.part" */
} kw_part_file;

/* Opens "<path>.part", or makes it with mode 0600, and gives it that length: zeros where nothing
 * was written. The caller sees to it that nobody else has it open. Statuses of all:
 * kw_status_of_errno. NO_MEMORY. */
KW_MUST_USE kw_status kw_part_file_open(kw_part_file *out, const char *path, uint64_t bytes,
                                        kw_error *err);

/* Closes; the file stays as it is, under the name that it has. May run twice. */
void kw_part_file_drop(kw_part_file *file);

KW_MUST_USE kw_status kw_part_file_write(kw_part_file *file, uint64_t at, kw_span bytes,
                                         kw_error *err);

/* Fills all of `room`. CORRUPT: the file ends before. */
KW_MUST_USE kw_status kw_part_file_read(const kw_part_file *file, uint64_t at, kw_mspan room,
                                        kw_error *err);

/* Makes it durable under its final name, in place of what was there, and closes it. */
KW_MUST_USE kw_status kw_part_file_commit(kw_part_file *file, kw_error *err);

/* Removes and closes it. */
KW_MUST_USE kw_status kw_part_file_discard(kw_part_file *file, kw_error *err);

#endif /* KW_OS_PART_FILE_H */
