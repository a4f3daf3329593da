/* SPDX-License-Identifier: Apache-2.0
 * Refresh and back-off times. */
#include "client/schedule.h"

#include "net/backoff.h"

/* Uniform enough in [0, bound): the bias of the product is below 2^-32 for bounds of this file. */
static int64_t scale(uint64_t random, int64_t bound)
{
    return (int64_t)(((kw_u128)random * (uint64_t)bound) >> 64);
}

kw_unix_ms kw_refresh_after_success(kw_unix_ms now_ms, kw_unix_s not_before, kw_unix_s not_after,
                                    uint64_t random)
{
    kw_unix_ms end_ms = not_after * 1000;
    kw_unix_ms last_tenth_ms = end_ms - (not_after - not_before) * 100;
    kw_unix_ms soonest_ms = now_ms + KW_REFRESH_WAIT_MS_MIN;
    kw_unix_ms from_ms = KW_MAX(last_tenth_ms, soonest_ms);
    kw_unix_ms moment_ms =
        from_ms < end_ms ? from_ms + scale(random, end_ms - from_ms) : soonest_ms;
    return KW_MIN(moment_ms, now_ms + KW_REFRESH_HOURLY_MS);
}

kw_unix_ms kw_refresh_after_failure(kw_unix_ms now_ms, uint32_t failures_count,
                                    uint64_t retry_after_ms, uint64_t random)
{
    static const kw_backoff backoff = {.base_ms = 2 * KW_REFRESH_WAIT_MS_MIN,
                                       .max_ms = KW_REFRESH_WAIT_MS_MAX};
    uint64_t wait_ms = kw_backoff_wait_ms(&backoff, failures_count, retry_after_ms, random);
    return now_ms + (int64_t)KW_MAX(wait_ms, (uint64_t)KW_REFRESH_WAIT_MS_MIN);
}
