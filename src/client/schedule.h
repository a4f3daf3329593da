/* SPDX-License-Identifier: Apache-2.0
 * When to ask the key server again, as arithmetic: the clock and the randomness are arguments.
 * Source: emtp.md section 10 (docs/protocol/emtp.md). */
#ifndef KW_CLIENT_SCHEDULE_H
#define KW_CLIENT_SCHEDULE_H

#include "base/utc.h"

enum {
    KW_REFRESH_HOURLY_MS = 3600 * 1000,
    KW_REFRESH_WAIT_MS_MIN = 1000,
    KW_REFRESH_WAIT_MS_MAX = 300 * 1000,
};

/* Moment of the next refresh after a successful one at `now_ms`: the earlier of one hour from now
 * and a random moment in the last tenth of the epoch [not_before, not_after), so that participants
 * do not all ask at the boundary. Inside that last tenth already: a random moment of what is left,
 * at least one second ahead. After the epoch: one second ahead.
 * `random`: uniform 64 bits. */
kw_unix_ms kw_refresh_after_success(kw_unix_ms now_ms, kw_unix_s not_before, kw_unix_s not_after,
                                    uint64_t random);

/* Moment of the next try after the n-th failure in a row (`failures_count` >= 1): net/backoff.h
 * with ceilings from 2 s to 5 min, never sooner than after one second, nor than the server asked
 * for (`retry_after_ms`, 0 = it did not). */
kw_unix_ms kw_refresh_after_failure(kw_unix_ms now_ms, uint32_t failures_count,
                                    uint64_t retry_after_ms, uint64_t random);

#endif /* KW_CLIENT_SCHEDULE_H */
