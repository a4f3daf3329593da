/* SPDX-License-Identifier: Apache-2.0
 * Target: kw_s3_listing_parse, kw_s3_error_code. Every object that is given has a key. */
#include "store/s3/listing.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    KW_AUTO(kw_arena) arena = kw_arena_init(1 << 20);
    kw_str text = {(const char *)data, size};
    kw_s3_listing listing;
    if (kw_s3_listing_parse(&listing, &arena, text) == KW_OK) {
        KW_ASSERT(listing.count <= KW_S3_PAGE_MAX);
        for (size_t i = 0; i < listing.count; i++) {
            KW_ASSERT(listing.objects[i].key.len > 0);
        }
    }
    kw_str code = kw_s3_error_code(text);
    KW_ASSERT(code.len <= size);
    return 0;
}
