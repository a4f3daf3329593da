/* SPDX-License-Identifier: Apache-2.0
 * getrandom and the processor's generator. Secret outputs: all. Source: Intel DRNG Software
 * Implementation Guide 2.1, sections 4.2.1 and 5.2. */
#include "os/entropy.h"

#include "base/cpu.h"
#include "os/fault.h"

#include <errno.h>
#include <sys/random.h>

kw_status kw_entropy_kernel(kw_mspan out)
{
    while (out.len > 0) {
        ssize_t got = kw_os_must_fail(KW_OS_READ) ? -1 : getrandom(out.ptr, out.len, 0);
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got <= 0) {
            return KW_IO;
        }
        out.ptr += got;
        out.len -= (size_t)got;
    }
    return KW_OK;
}

#if defined(__x86_64__)
#include <immintrin.h>

enum {
    RDRAND_TRIES = 10,   /* failing so often in a row means it is broken */
    RDSEED_TRIES = 1000, /* it may be drained by other processors for a while */
};

typedef bool (*draw_word)(unsigned long long *out);

__attribute__((target("rdseed"))) static bool draw_rdseed(unsigned long long *out)
{
    for (int i = 0; i < RDSEED_TRIES; i++) {
        if (_rdseed64_step(out) != 0) {
            return true;
        }
        _mm_pause();
    }
    return false;
}

__attribute__((target("rdrnd"))) static bool draw_rdrand(unsigned long long *out)
{
    for (int i = 0; i < RDRAND_TRIES; i++) {
        if (_rdrand64_step(out) != 0) {
            return true;
        }
    }
    return false;
}

static draw_word processor_source(void)
{
    kw_cpu cpu = kw_cpu_detect();
    if (cpu.has_rdseed) {
        return draw_rdseed;
    }
    return cpu.has_rdrand ? draw_rdrand : NULL;
}

kw_status kw_entropy_processor(kw_mspan out)
{
    draw_word draw = processor_source();
    if (draw == NULL) {
        return KW_UNAVAILABLE;
    }
    while (out.len > 0) {
        unsigned long long word = 0;
        if (!draw(&word)) {
            return KW_UNAVAILABLE;
        }
        size_t part = KW_MIN(out.len, sizeof word);
        memcpy(out.ptr, &word, part);
        out.ptr += part;
        out.len -= part;
    }
    return KW_OK;
}
#else
kw_status kw_entropy_processor(kw_mspan out)
{
    KW_UNUSED(out);
    return KW_UNAVAILABLE;
}
#endif
