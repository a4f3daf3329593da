/* kw_ibe_v1_decode
 * SPDX-License-Identifier: Apache-2.0
 * What is accepted is made of its parts again, byte for byte. */
#include "base/error.h"
#include "threshold/engine/use/ibe_v1.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    kw_ibe_v1 parts;
    if (kw_ibe_v1_decode(&parts, (kw_span){data, size}) != KW_OK) {
        return 0;
    }
    kw_bls_g2_bytes c1;
    kw_bls_g2_encode_zcash(&c1, &parts.c1);
    KW_ASSERT(!kw_bls_g2_is_infinity(&parts.c1));
    KW_ASSERT(kw_span_equal_var(KW_SPAN(c1.bytes), (kw_span){data + 4, sizeof c1.bytes}));
    KW_ASSERT(kw_span_equal_var(KW_SPAN(parts.nonce), (kw_span){data + 100, sizeof parts.nonce}));
    KW_ASSERT(parts.body.ptr == data + 112 && parts.body.len == size - 112);
    KW_ASSERT(parts.body.len >= KW_AEAD_TAG_BYTES);
    return 0;
}
