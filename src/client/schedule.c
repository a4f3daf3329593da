/* SPDX-License-Identifier: Apache-2.0
 * Refresh and back-off times. */
#include "client/schedule.h"

#include "base/error.h"

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
    kw_unix_ms soonest_ms = now_ms + KW_REFRESH_BACKOFF_MIN_MS;
    kw_unix_ms from_ms = KW_MAX(last_tenth_ms, soonest_ms);
    kw_unix_ms moment_ms =
        from_ms < end_ms ? from_ms + scale(random, end_ms - from_ms) : soonest_ms;
    return KW_MIN(moment_ms, now_ms + KW_REFRESH_HOURLY_MS);
}

kw_unix_ms kw_refresh_after_failure(kw_unix_ms now_ms, uint32_t failures_count, uint64_t random)
{
    KW_ASSERT(failures_count > 0);
    int64_t interval_ms = KW_REFRESH_BACKOFF_MAX_MS;
    if (failures_count <= 8) {
        interval_ms = (int64_t)KW_REFRESH_BACKOFF_MIN_MS << (failures_count - 1);
    }
    return now_ms + interval_ms / 2 + scale(random, interval_ms / 2 + 1);
}
