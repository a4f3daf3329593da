/* SPDX-License-Identifier: Apache-2.0
 * Time as a port: whoever needs "now" is handed a clock, and tests hand in one that they turn. */
#ifndef KW_OS_CLOCK_H
#define KW_OS_CLOCK_H

#include "base/error.h"
#include "base/utc.h"

#include <stdatomic.h>

typedef struct kw_clock {
    kw_unix_ms (*now_ms)(void *ctx); /* any thread */
    void *ctx;
} kw_clock;

static inline kw_unix_ms kw_clock_now_ms(const kw_clock *clock)
{
    return clock->now_ms(clock->ctx);
}

/* Civil time of the machine. It may step; what measures a duration takes the one below. */
kw_clock kw_clock_system(void);

/* Milliseconds of CLOCK_MONOTONIC: an arbitrary zero, never goes back. */
kw_clock kw_clock_monotonic(void);

/* A clock that stands until it is turned; for tests and simulations. */
typedef struct kw_clock_manual {
    _Atomic kw_unix_ms at;
} kw_clock_manual;

/* The result borrows `manual`. */
kw_clock kw_clock_of_manual(kw_clock_manual *manual);

static inline void kw_clock_manual_advance(kw_clock_manual *manual, int64_t by_ms)
{
    (void)atomic_fetch_add(&manual->at, by_ms);
}

/* Nanoseconds of CLOCK_MONOTONIC. */
uint64_t kw_monotonic_ns(void);

/* Nanoseconds of processor time of this thread; for benches on a machine that others use too. */
uint64_t kw_thread_cpu_ns(void);

/* Sleeps at least that long, also through signals. For back-off in clients, never for order. */
void kw_sleep_ms(uint64_t duration_ms);

#endif /* KW_OS_CLOCK_H */
