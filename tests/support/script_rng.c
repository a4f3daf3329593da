/* SPDX-License-Identifier: Apache-2.0
 * Bytes as given. */
#include "support/script_rng.h"

#include "support/expect.h"

static kw_status fill(void *ctx, kw_mspan out)
{
    script_rng *rng = ctx;
    if (out.len > rng->len - rng->at) {
        return KW_ENTROPY_FAILURE;
    }
    memcpy(out.ptr, rng->bytes + rng->at, out.len);
    rng->at += out.len;
    return KW_OK;
}

kw_rng script_rng_port(script_rng *rng)
{
    return (kw_rng){.fill = fill, .ctx = rng};
}

void script_rng_append(script_rng *rng, kw_span bytes)
{
    assert_true(bytes.len <= sizeof rng->bytes - rng->len);
    memcpy(rng->bytes + rng->len, bytes.ptr, bytes.len);
    rng->len += bytes.len;
}
