/* SPDX-License-Identifier: Apache-2.0
 * Folders. Statuses of all: those of kw_status_of_errno. */
#ifndef KW_OS_DIR_H
#define KW_OS_DIR_H

#include "base/error.h"

#include <stddef.h>

/* The folder and its missing parents; fine when it is there already. CONFLICT: not a folder. */
KW_MUST_USE kw_status kw_dir_make(const char *path, unsigned mode, kw_error *err);

/* A new folder of mode 0700; the six X at the end of `path` become what makes it new. */
KW_MUST_USE kw_status kw_dir_make_unique(char *path, kw_error *err);

/* Removes an empty folder. */
KW_MUST_USE kw_status kw_dir_remove(const char *path, kw_error *err);

/* Names of a folder in byte order, without "." and "..". All-zero is the empty list. */
typedef struct kw_dir_names {
    char **names; /* owned, `count` of them */
    size_t count;
} kw_dir_names;

void kw_dir_names_drop(kw_dir_names *list);

/* `out` is empty before. LIMIT: more than 1,000,000 names. */
KW_MUST_USE kw_status kw_dir_list(kw_dir_names *out, const char *path, kw_error *err);

/* Makes renames and removals in the folder durable. */
KW_MUST_USE kw_status kw_dir_sync(const char *path, kw_error *err);

#endif /* KW_OS_DIR_H */
