/* SPDX-License-Identifier: Apache-2.0
 * Target: kw_seal_header_decode. What it takes, it writes again in the same bytes. */
#include "store/seal_header.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    kw_seal_header header = {0};
    kw_span wire = {data, size};
    if (kw_seal_header_decode(&header, wire) == KW_OK) {
        uint8_t again[KW_SEAL_HEADER_BYTES];
        kw_seal_header_encode(again, &header);
        KW_ASSERT(kw_span_equal_var(wire, KW_SPAN(again)));
    }
    return 0;
}
