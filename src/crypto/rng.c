/* SPDX-License-Identifier: Apache-2.0
 * What callers do with a kw_rng. Secret outputs: kw_rng_secret32. */
#include "crypto/rng.h"

kw_status kw_rng_fill(const kw_rng *rng, kw_mspan out)
{
    kw_status st = rng->fill(rng->ctx, out);
    if (st != KW_OK) {
        kw_wipe(out.ptr, out.len);
    }
    return st;
}

kw_status kw_rng_secret32(const kw_rng *rng, kw_secret32 *out)
{
    KW_AUTO(kw_secret32) drawn = {0};
    KW_TRY(kw_rng_fill(rng, KW_MSPAN(drawn.secret)));
    *out = drawn;
    return KW_OK;
}

kw_status kw_rng_below(const kw_rng *rng, uint64_t *out, uint64_t bound)
{
    KW_ASSERT(bound > 0);
    /* 2^64 mod bound: below it the lowest remainders would come once too often. */
    uint64_t biased = (UINT64_MAX - bound + 1) % bound;
    uint64_t drawn = 0;
    do {
        uint8_t bytes[sizeof drawn];
        KW_TRY(kw_rng_fill(rng, KW_MSPAN(bytes)));
        memcpy(&drawn, bytes, sizeof drawn);
    } while (drawn < biased);
    *out = drawn % bound;
    return KW_OK;
}
