/* SPDX-License-Identifier: Apache-2.0
 * A private file without a name, for data that does not fit memory. Nobody else can open it, and
 * it vanishes with its descriptor, also when the process is killed. One thread at a time. */
#ifndef KW_OS_SCRATCH_H
#define KW_OS_SCRATCH_H

#include "base/error.h"
#include "base/span.h"

/* All-zero is closed. */
typedef struct kw_scratch {
    bool is_open;
    int fd;        /* meaningful when open */
    uint64_t size; /* bytes */
} kw_scratch;

/* Makes one in `folder`, mode 0600. `out` is closed before. Statuses of kw_status_of_errno. */
KW_MUST_USE kw_status kw_scratch_open(kw_scratch *out, const char *folder, kw_error *err);

/* Closes; the bytes are gone. May run twice. */
void kw_scratch_drop(kw_scratch *scratch);

/* Adds bytes at the end. NO_SPACE, IO. */
KW_MUST_USE kw_status kw_scratch_add(kw_scratch *scratch, kw_span bytes, kw_error *err);

/* Fills `room` from offset `at`; all of it lies below `size`. IO. */
KW_MUST_USE kw_status kw_scratch_read(const kw_scratch *scratch, uint64_t at, kw_mspan room,
                                      kw_error *err);

#endif /* KW_OS_SCRATCH_H */
