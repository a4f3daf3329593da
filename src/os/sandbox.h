/* SPDX-License-Identifier: Apache-2.0
 * What the process may ask of the kernel: an allow-list of system calls (seccomp) and of folders
 * (Landlock). Both only ever get narrower; a forbidden call kills the process. */
#ifndef KW_OS_SANDBOX_H
#define KW_OS_SANDBOX_H

#include "base/error.h"

#include <stddef.h>

typedef enum kw_sandbox_stage {
    KW_SANDBOX_START, /* opens listeners, files, threads; privileges may still be dropped */
    KW_SANDBOX_SERVE, /* the same without changes of identity, limits and new listeners */
} kw_sandbox_stage;

/* Puts the stage's filter on all threads (TSYNC). Needs no_new_privs (kw_process_harden).
 * UNAVAILABLE: the kernel has no seccomp. */
KW_MUST_USE kw_status kw_sandbox_enter(kw_sandbox_stage stage, kw_error *err);

/* Folders and files that stay reachable; missing ones are skipped. */
typedef struct kw_sandbox_paths {
    const char *const *readable;
    size_t readable_count;
    const char *const *writable; /* read, write, create, remove, rename below */
    size_t writable_count;
} kw_sandbox_paths;

/* Shuts this thread and those it starts later out of the rest of the file tree; so before any
 * thread. *out_active = false and OK when the kernel has no Landlock. */
KW_MUST_USE kw_status kw_sandbox_restrict_files(bool *out_active, const kw_sandbox_paths *paths,
                                                kw_error *err);

#endif /* KW_OS_SANDBOX_H */
