/* SPDX-License-Identifier: Apache-2.0
 * Jitter sampler. A sample is how many counter ticks a walk over more memory than the first cache
 * holds takes; caches, refresh, interrupts and the clock domains of core and counter make it vary.
 * Idea: S. Mueller, CPU Time Jitter Based Non-Physical True Random Number Generator, section 3. */
#include "os/jitter.h"

#include "base/ct.h"
#include "base/heap.h"
#include "os/clock.h"

enum {
    MEMORY_BYTES = 128 * 1024, /* four times a usual L1 data cache */
    WALK_STEPS = 64,
    STRIDE = 4099,      /* prime: visits other lines and sets each time */
    STUCK_SAMPLES = 64, /* so many differences of zero in a row: no counter */
};

struct kw_jitter {
    uint8_t memory[MEMORY_BYTES];
    size_t at;
    uint64_t before; /* counter at the end of the last walk */
};

kw_jitter *kw_jitter_new(void)
{
    return kw_heap_new(1, sizeof(kw_jitter));
}

void kw_jitter_free(kw_jitter *jitter)
{
    if (jitter != NULL) {
        kw_wipe(jitter, sizeof *jitter);
        kw_heap_free(jitter);
    }
}

#if defined(__x86_64__)
static uint64_t read_counter(void)
{
    return __builtin_ia32_rdtsc();
}
#else
static uint64_t read_counter(void)
{
    return kw_monotonic_ns();
}
#endif

/* Reads and writes, so that neither the compiler nor the processor can leave the walk out. */
static void walk(kw_jitter *jitter)
{
    volatile uint8_t *memory = jitter->memory;
    size_t at = jitter->at;
    for (int i = 0; i < WALK_STEPS; i++) {
        memory[at] = (uint8_t)(memory[at] + 1);
        at = (at + STRIDE) % MEMORY_BYTES;
    }
    jitter->at = at;
}

kw_status kw_jitter_sample(kw_jitter *jitter, kw_mspan out)
{
    unsigned stuck = 0;
    jitter->before = read_counter();
    for (size_t i = 0; i < out.len; i++) {
        walk(jitter);
        uint64_t now = read_counter();
        uint64_t delta = now - jitter->before;
        jitter->before = now;
        stuck = delta == 0 ? stuck + 1 : 0;
        if (stuck == STUCK_SAMPLES) {
            return KW_UNAVAILABLE;
        }
        out.ptr[i] = (uint8_t)delta;
    }
    return KW_OK;
}
