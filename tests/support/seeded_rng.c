/* SPDX-License-Identifier: Apache-2.0
 * Deterministic bytes. */
#include "support/seeded_rng.h"

#include "crypto/hash.h"

static kw_status fill(void *ctx, kw_mspan out)
{
    seeded_rng *rng = ctx;
    uint64_t request = ++rng->requests;
    if (rng->fail_after != 0 && request > rng->fail_after) {
        return KW_ENTROPY_FAILURE;
    }
    for (size_t at = 0; at < out.len; at += sizeof(kw_hash32)) {
        const uint64_t input[2] = {rng->seed, rng->counter++};
        kw_hash32 block;
        kw_sha256(&block, KW_SPAN(input));
        memcpy(&out.ptr[at], block.bytes, KW_MIN(sizeof block.bytes, out.len - at));
    }
    return KW_OK;
}

kw_rng seeded_rng_port(seeded_rng *rng)
{
    return (kw_rng){.fill = fill, .ctx = rng};
}
