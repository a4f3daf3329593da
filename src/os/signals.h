/* SPDX-License-Identifier: Apache-2.0
 * Signals as something to read, in a process of many threads. */
#ifndef KW_OS_SIGNALS_H
#define KW_OS_SIGNALS_H

#include "base/error.h"

/* What a daemon is told from outside. */
typedef enum kw_signal {
    KW_SIGNAL_NONE,   /* nothing came in time */
    KW_SIGNAL_STOP,   /* SIGTERM, SIGINT */
    KW_SIGNAL_RELOAD, /* SIGHUP */
} kw_signal;

/* A descriptor from which these signals are read. All-zero: not open. */
typedef struct kw_signals {
    bool is_open;
    int fd; /* readable when a signal waits; may be polled by an event loop */
} kw_signals;

/* From here on a write to a pipe or socket that nobody reads gives CANCELLED (EPIPE); without this
 * SIGPIPE ends the process. */
void kw_signals_ignore_pipe(void);

/* Blocks SIGTERM, SIGINT, SIGHUP for the process and ignores SIGPIPE. Before any thread. */
KW_MUST_USE kw_status kw_signals_open(kw_signals *out, kw_error *err);

/* Waits at most `timeout_ms` (negative: for ever); NONE when nothing came. */
KW_MUST_USE kw_status kw_signals_wait(kw_signals *signals, kw_signal *out, int timeout_ms,
                                      kw_error *err);

/* Closes the descriptor; the signals stay blocked. May run twice. */
void kw_signals_drop(kw_signals *signals);

#endif /* KW_OS_SIGNALS_H */
