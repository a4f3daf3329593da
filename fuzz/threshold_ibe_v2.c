/* kw_ibe_header_decode, kw_ibe_header_bytes
 * SPDX-License-Identifier: Apache-2.0
 * What is accepted is as long as its start says, and is made of its parts again. */
#include "base/error.h"
#include "threshold/engine/use/ibe_v2.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    kw_ibe_header header;
    size_t len = 0;
    kw_span wire = {data, size};
    kw_status start = kw_ibe_header_bytes(&len, wire);
    if (kw_ibe_header_decode(&header, wire) != KW_OK) {
        return 0;
    }
    KW_ASSERT(start == KW_OK && len == size && len <= KW_IBE_HEADER_BYTES_MAX);
    KW_ASSERT(header.kind == KW_IBE_APPLICATION || header.kind == KW_IBE_TIMELOCK);
    KW_ASSERT(header.id.len == len - KW_IBE_HEADER_BYTES_MIN);
    KW_ASSERT(header.prefix.ptr == data && header.prefix.len == len - 96 - 32);
    kw_bls_g2_bytes u;
    kw_bls_g2_encode_zcash(&u, &header.u);
    KW_ASSERT(!kw_bls_g2_is_infinity(&header.u));
    KW_ASSERT(kw_span_equal_var(KW_SPAN(u.bytes), (kw_span){data + header.prefix.len, 96}));
    KW_ASSERT(kw_span_equal_var(KW_SPAN(header.v.bytes), (kw_span){data + len - 32, 32}));
    return 0;
}
