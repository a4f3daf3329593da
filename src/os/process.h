/* SPDX-License-Identifier: Apache-2.0
 * What the daemon does to its own process: limits and privileges. */
#ifndef KW_OS_PROCESS_H
#define KW_OS_PROCESS_H

#include "base/buf.h"
#include "base/error.h"

#include <stdint.h>

/* No core files (RLIMIT_CORE 0), not dumpable and so not traceable by the same user
 * (PR_SET_DUMPABLE 0), no new privileges by exec. First thing in main. */
KW_MUST_USE kw_status kw_process_harden(kw_error *err);

/* Raises the soft limit of open files to `wanted` or the hard limit, whichever is less. */
KW_MUST_USE kw_status kw_process_raise_files(uint64_t *out_limit, uint64_t wanted, kw_error *err);

bool kw_process_is_root(void);

/* Decimal process id, for log lines and temporary names. */
int64_t kw_process_id(void);

/* Appends the path of the program that runs. LIMIT, NO_MEMORY, UNAVAILABLE: /proc does not say. */
KW_MUST_USE kw_status kw_process_path(kw_buf *out, kw_error *err);

/* Appends the working folder, an absolute path. LIMIT, NO_MEMORY; NOT_FOUND: it was removed. */
KW_MUST_USE kw_status kw_process_folder(kw_buf *out, kw_error *err);

/* Makes a file or folder one of `user` and of that user's group. Only root can. NOT_FOUND: no such
 * user, or file. FORBIDDEN: not root. */
KW_MUST_USE kw_status kw_process_give(const char *path, const char *user, kw_error *err);

/* User, group, supplementary groups of `user`, all capabilities gone; cannot be undone. Before any
 * thread. What ends this process with its parent (os/child.h) goes on doing so. NOT_FOUND: no such
 * user. REFUSED: the user is root. FORBIDDEN: not started as root. */
KW_MUST_USE kw_status kw_process_drop_to(const char *user, kw_error *err);

#endif /* KW_OS_PROCESS_H */
