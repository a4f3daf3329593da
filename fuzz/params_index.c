/* SPDX-License-Identifier: Apache-2.0
 * Target: kw_chunk_index_decode. What it takes is a whole file, and is written in the same way. */
#include "params/engine/chunk_index.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    kw_chunk_index index;
    if (kw_chunk_index_decode(&index, (kw_span){data, size}) != KW_OK) {
        return 0;
    }
    uint64_t sum = 0;
    for (uint32_t i = 0; i < index.count; i++) {
        sum += kw_chunk_index_at(&index, i).length;
    }
    KW_ASSERT(sum == index.file_bytes);
    KW_AUTO(kw_buf) again = kw_buf_init(KW_CHUNK_INDEX_BYTES_MAX);
    KW_ASSERT(kw_chunk_index_encode(&again, &index) == KW_OK);
    KW_ASSERT(kw_span_equal_var(kw_buf_view(&again), (kw_span){data, size}));
    return 0;
}
