/* SPDX-License-Identifier: Apache-2.0
 * Closed, open, half-open. */
#include "threshold/breaker.h"

#include "net/backoff.h"
#include "threshold/limits.h"

uint64_t kw_breaker_due_ms(const kw_breaker *breaker)
{
    switch (breaker->mode) {
    case KW_BREAKER_CLOSED:
        return 0;
    case KW_BREAKER_OPEN:
        return breaker->due_ms;
    case KW_BREAKER_HALF:
        return UINT64_MAX;
    }
    return UINT64_MAX;
}

void kw_breaker_begin(kw_breaker *breaker)
{
    KW_ASSERT(breaker->mode != KW_BREAKER_HALF);
    if (breaker->mode == KW_BREAKER_OPEN) {
        breaker->mode = KW_BREAKER_HALF;
    }
}

void kw_breaker_answered(kw_breaker *breaker)
{
    *breaker = (kw_breaker){0};
}

void kw_breaker_failed(kw_breaker *breaker, uint64_t now_ms, uint64_t random)
{
    static const kw_backoff pause = {.base_ms = KW_BREAKER_PAUSE_MS_MIN,
                                     .max_ms = KW_BREAKER_PAUSE_MS_MAX};
    if (breaker->mode == KW_BREAKER_OPEN) {
        return; /* a call that began before it opened */
    }
    breaker->failures++;
    if (breaker->failures < KW_BREAKER_FAILURES) {
        return;
    }
    uint32_t opened = breaker->failures - KW_BREAKER_FAILURES + 1;
    breaker->mode = KW_BREAKER_OPEN;
    breaker->due_ms =
        now_ms + kw_backoff_wait_ms(&pause, opened, KW_BREAKER_PAUSE_MS_MIN / 2, random);
}

bool kw_breaker_heard(kw_breaker *breaker)
{
    if (breaker->mode != KW_BREAKER_OPEN) {
        return false;
    }
    breaker->due_ms = 0;
    return true;
}
