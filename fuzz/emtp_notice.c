/* SPDX-License-Identifier: Apache-2.0
 * Target: kw_emtp_notice_parse. Whatever it takes are https URLs within their limits. */
#include "emtp/engine/notice.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    kw_arena arena = kw_arena_init(1 << 20);
    kw_emtp_notice notice = {0};
    if (kw_emtp_notice_parse(&notice, &arena, (kw_str){(const char *)data, size}, NULL) == KW_OK) {
        KW_ASSERT(notice.surl.len <= KW_EMTP_URL_BYTES_MAX);
        for (size_t i = 0; i < notice.nurls_count; i++) {
            KW_ASSERT(notice.nurls[i].url.len > 8 && notice.nurls[i].name.len > 0);
        }
    }
    kw_arena_drop(&arena);
    return 0;
}
