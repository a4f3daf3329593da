/* SPDX-License-Identifier: Apache-2.0
 * The thread that does what the clock makes due: epochs, changes of other nodes, the test clock. */
#ifndef KW_NODE_TICKER_H
#define KW_NODE_TICKER_H

#include "emtp/service.h"
#include "node/test_clock.h"
#include "obs/log.h"
#include "os/thread.h"

/* By value in the daemon, which must not move while it runs. */
typedef struct kw_ticker {
    kw_emtp *emtp;
    kw_guard *guard;
    const kw_clock *clock;
    kw_test_clock *test_clock; /* NULL: none */
    kw_log *log;
    kw_mutex mutex; /* guards is_stopping */
    kw_cond changed;
    bool is_stopping;
    _Atomic bool is_failing; /* the last round failed: the node is not ready */
    bool is_untidy;          /* the last compaction failed, which the node does not depend on */
    kw_thread thread;
} kw_ticker;

/* Starts the thread; the members above it are set. */
KW_MUST_USE kw_status kw_ticker_start(kw_ticker *ticker, kw_error *err);

/* Stops and joins. May run twice, and when it was never started. */
void kw_ticker_stop(kw_ticker *ticker);

#endif /* KW_NODE_TICKER_H */
