/* SPDX-License-Identifier: Apache-2.0
 * Token buckets of applications. Source: ITU-T I.371, generic cell rate algorithm. */
#include "threshold/app_pace.h"

enum {
    US_PER_1000_S = 1000000000,
    US_PER_S = 1000000,
};

bool kw_app_pace_take(kw_app_pace *pace, uint32_t *out_retry_after_s, kw_app_rate rate,
                      int64_t now_ms)
{
    KW_ASSERT(rate.per_1000_s >= 1 && rate.burst >= 1);
    int64_t now_us = now_ms * 1000;
    int64_t token_us = (US_PER_1000_S + (int64_t)rate.per_1000_s - 1) / (int64_t)rate.per_1000_s;
    int64_t bucket_us = token_us * (int64_t)rate.burst;
    int64_t full_at_us = atomic_load(&pace->full_at_us);
    for (;;) {
        int64_t next_us = KW_MAX(full_at_us, now_us) + token_us;
        int64_t missing_us = next_us - now_us - bucket_us;
        if (missing_us > 0) {
            *out_retry_after_s = (uint32_t)((missing_us + US_PER_S - 1) / US_PER_S);
            return false;
        }
        if (atomic_compare_exchange_weak(&pace->full_at_us, &full_at_us, next_us)) {
            return true;
        }
    }
}

void kw_app_pace_copy(kw_app_pace *out, const kw_app_pace *from)
{
    atomic_store(&out->full_at_us, atomic_load(&from->full_at_us));
}
