/* SPDX-License-Identifier: Apache-2.0
 * A program that this one starts and ends. */
#ifndef KW_OS_CHILD_H
#define KW_OS_CHILD_H

#include "os/stream.h"

#include <stdint.h>

/* All-zero: none. */
typedef struct kw_child {
    int64_t pid;   /* 0: it does not run */
    kw_stream out; /* its standard output, to read from */
} kw_child;

/* Starts argv[0], a path; NULL ends `argv`. It reads nothing, gets no signal mask of ours, and its
 * standard error is appended to the file `log_path`, mode 0600. It gets SIGTERM when the thread
 * that started it ends, however that ends. NOT_FOUND: no such program. Else as
 * kw_status_of_errno. */
KW_MUST_USE kw_status kw_child_start(kw_child *out, const char *const *argv, const char *log_path,
                                     kw_error *err);

/* Asks it to end (SIGTERM). Nothing happens when it does not run. */
void kw_child_stop(const kw_child *child);

/* Looks whether it has ended; then `out_exit` is its exit code, or 128 and the number of the signal
 * that ended it, and it does not run any more. False: it runs on, or none runs. */
bool kw_child_has_ended(kw_child *child, int *out_exit);

/* Waits until it ends; its exit code as above. One that does not run: 0. */
int kw_child_wait(kw_child *child);

/* Stops it, waits for its end, closes its output. May run twice. */
void kw_child_drop(kw_child *child);

#endif /* KW_OS_CHILD_H */
