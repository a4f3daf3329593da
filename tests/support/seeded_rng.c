/* SPDX-License-Identifier: Apache-2.0
 * A generator that repeats itself. */
#include "support/seeded_rng.h"

#include "crypto/hash.h"

static kw_status fill(void *ctx, kw_mspan out)
{
    seeded_rng *rng = ctx;
    KW_AUTO(kw_locked) hold = kw_lock(&rng->mutex);
    if (rng->fail_at > 0) {
        rng->fail_at--;
        if (rng->fail_at == 0) {
            return KW_ENTROPY_FAILURE;
        }
    }
    while (out.len > 0) {
        uint64_t words[2] = {rng->seed, rng->counter};
        kw_hash32 block;
        kw_sha256(&block, KW_SPAN(words));
        rng->counter++;
        size_t count = KW_MIN(out.len, sizeof block.bytes);
        memcpy(out.ptr, block.bytes, count);
        out = (kw_mspan){out.ptr + count, out.len - count};
    }
    return KW_OK;
}

kw_rng seeded_rng_port(seeded_rng *rng)
{
    return (kw_rng){.fill = fill, .ctx = rng};
}
