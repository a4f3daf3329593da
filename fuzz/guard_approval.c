/* SPDX-License-Identifier: Apache-2.0
 * Target: kw_approval_request_decode. What it takes is written again as the very same bytes. */
#include "guard/engine/approval.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    KW_AUTO(kw_arena) arena = kw_arena_init(4096);
    kw_approval_request request;
    kw_span json = {data, size};
    if (kw_approval_request_decode(&request, &arena, json, NULL) == KW_OK) {
        KW_AUTO(kw_buf) again = kw_buf_init(KW_APPROVAL_REQUEST_BYTES_MAX);
        KW_ASSERT(kw_approval_request_encode(&again, &request, NULL) == KW_OK);
        KW_ASSERT(kw_span_equal_var(kw_buf_view(&again), json));
    }
    return 0;
}
