/* SPDX-License-Identifier: Apache-2.0
 * Target: kw_decompress. Hostile bodies stay within the buffer's maximum. */
#include "base/error.h"
#include "codec/compress.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    enum {
        BODY_BYTES_MAX = 1 << 16
    };
    static const kw_encoding encodings[] = {KW_ENCODING_GZIP, KW_ENCODING_ZSTD};
    for (size_t i = 0; i < KW_COUNT(encodings); i++) {
        KW_AUTO(kw_buf) out = kw_buf_init(BODY_BYTES_MAX);
        kw_status st = kw_decompress(&out, encodings[i], (kw_span){data, size});
        KW_ASSERT(st == KW_OK || out.len == 0);
        KW_ASSERT(out.len <= BODY_BYTES_MAX);
    }
    return 0;
}
