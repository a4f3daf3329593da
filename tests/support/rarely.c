/* SPDX-License-Identifier: Apache-2.0
 * Epochs that are far apart. */
#include "support/rarely.h"

#include "os/clock.h"

enum {
    AHEAD = 1000, /* boundaries */
};

uint32_t rarely(uint32_t interval_s)
{
    kw_clock clock = kw_clock_system();
    uint64_t number = (uint64_t)kw_clock_now_ms(&clock) / 1000 / interval_s;
    uint32_t every = UINT16_MAX; /* the largest that a cluster file takes */
    while (number % every == 0 || every - number % every <= AHEAD) {
        every--;
    }
    return every;
}
