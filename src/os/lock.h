/* SPDX-License-Identifier: Apache-2.0
 * A lock between processes: flock on a file of its own. The kernel frees it when its holder
 * dies. */
#ifndef KW_OS_LOCK_H
#define KW_OS_LOCK_H

#include "base/error.h"

#include <stdint.h>

/* All-zero: not held. */
typedef struct kw_file_lock {
    bool is_held;
    int fd; /* meaningful when held */
} kw_file_lock;

/* Takes the exclusive lock, waiting at most `timeout_ms` (0: one try). Creates the file with mode
 * 0600. BUSY: another holds it. `out` is not held before; every open is a holder of its own, also
 * inside one process. */
KW_MUST_USE kw_status kw_file_lock_take(kw_file_lock *out, const char *path, uint32_t timeout_ms,
                                        kw_error *err);

/* Frees the lock; the file stays. May run twice. */
void kw_file_lock_drop(kw_file_lock *lock);

#endif /* KW_OS_LOCK_H */
