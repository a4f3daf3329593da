/* SPDX-License-Identifier: Apache-2.0
 * Target: kw_authenticated_decode. What it takes, it writes and reads again as the same bytes. */
#include "threshold/engine/message/authenticated.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    kw_arena arena = kw_arena_init(1 << 20);
    kw_authenticated_list list;
    kw_error err;
    if (kw_authenticated_decode(&list, &arena, (kw_span){data, size}, &err) == KW_OK) {
        KW_AUTO(kw_buf) text = kw_buf_init(1 << 20);
        KW_ASSERT(kw_authenticated_encode(&text, &list.items[0]) == KW_OK);
        kw_authenticated_list again;
        KW_ASSERT(kw_authenticated_decode(&again, &arena, kw_buf_view(&text), &err) == KW_OK);
        KW_ASSERT(kw_span_equal_var(again.items[0].payload, list.items[0].payload));
    }
    kw_arena_drop(&arena);
    return 0;
}
