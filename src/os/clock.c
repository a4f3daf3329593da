/* SPDX-License-Identifier: Apache-2.0
 * Clocks of the machine and the manual one. */
#include "os/clock.h"

#include <errno.h>
#include <time.h>

enum {
    NS_PER_MS = 1000000,
    MS_PER_S = 1000
};

static struct timespec read_clock(clockid_t which)
{
    struct timespec now = {0};
    /* Fails only for a clock that does not exist. */
    KW_ASSERT(clock_gettime(which, &now) == 0);
    return now;
}

static kw_unix_ms to_ms(struct timespec at)
{
    return (kw_unix_ms)at.tv_sec * MS_PER_S + at.tv_nsec / NS_PER_MS;
}

static kw_unix_ms system_now(void *ctx)
{
    KW_UNUSED(ctx);
    return to_ms(read_clock(CLOCK_REALTIME));
}

static kw_unix_ms monotonic_now(void *ctx)
{
    KW_UNUSED(ctx);
    return to_ms(read_clock(CLOCK_MONOTONIC));
}

static kw_unix_ms manual_now(void *ctx)
{
    const kw_clock_manual *manual = ctx;
    return atomic_load(&manual->at);
}

kw_clock kw_clock_system(void)
{
    return (kw_clock){.now_ms = system_now};
}

kw_clock kw_clock_monotonic(void)
{
    return (kw_clock){.now_ms = monotonic_now};
}

kw_clock kw_clock_of_manual(kw_clock_manual *manual)
{
    return (kw_clock){.now_ms = manual_now, .ctx = manual};
}

static uint64_t to_ns(struct timespec at)
{
    return (uint64_t)at.tv_sec * MS_PER_S * NS_PER_MS + (uint64_t)at.tv_nsec;
}

uint64_t kw_monotonic_ns(void)
{
    return to_ns(read_clock(CLOCK_MONOTONIC));
}

uint64_t kw_thread_cpu_ns(void)
{
    return to_ns(read_clock(CLOCK_THREAD_CPUTIME_ID));
}

void kw_sleep_ms(uint64_t duration_ms)
{
    struct timespec left = {.tv_sec = (time_t)(duration_ms / MS_PER_S),
                            .tv_nsec = (long)(duration_ms % MS_PER_S) * NS_PER_MS};
    while (clock_nanosleep(CLOCK_MONOTONIC, 0, &left, &left) == EINTR) {
    }
}
