/* SPDX-License-Identifier: Apache-2.0
 * How often one application is served: a token bucket in one word, the moment when it will be full
 * again (the generic cell rate algorithm, ITU-T I.371). No lock; time is an argument. */
#ifndef KW_THRESHOLD_APP_PACE_H
#define KW_THRESHOLD_APP_PACE_H

#include "base/error.h"

#include <stdatomic.h>
#include <stdint.h>

/* All-zero is full. */
typedef struct kw_app_pace {
    _Atomic int64_t full_at_us;
} kw_app_pace;

typedef struct kw_app_rate {
    uint32_t per_1000_s; /* tokens in 1000 s, at least 1 */
    uint32_t burst;      /* tokens of a full bucket, at least 1 */
} kw_app_rate;

/* Takes a token. False: there is none, and `out_retry_after_s` says in how many seconds there is,
 * rounded up. A clock that goes back only delays the refill. */
bool kw_app_pace_take(kw_app_pace *pace, uint32_t *out_retry_after_s, kw_app_rate rate,
                      int64_t now_ms);

/* As full as another one is now. */
void kw_app_pace_copy(kw_app_pace *out, const kw_app_pace *from);

#endif /* KW_THRESHOLD_APP_PACE_H */
