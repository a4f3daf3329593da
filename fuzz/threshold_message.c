/* SPDX-License-Identifier: Apache-2.0
 * Targets: kw_message_header_decode, kw_message_decode. What they take is written again in the same
 * way. The first two bytes choose what the receiver knows. */
#include "threshold/engine/message/message.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 2) {
        return 0;
    }
    kw_message_scope scope = {.group = &kw_group_bls12_381,
                              .kind = (kw_session_kind)(1 + data[0] % 3),
                              .suite = (uint8_t)(1 + data[0] / 4 % 2),
                              .n = (uint16_t)(1 + data[1] % 8),
                              .t = (uint16_t)(1 + data[1] / 8 % 8),
                              .dealers = (uint16_t)(1 + data[1] % 5),
                              .instance = (kw_instance)(data[0] / 16 % 3)};
    kw_span payload = {data + 2, size - 2};
    kw_arena arena = kw_arena_init(KW_THRESHOLD_MESSAGE_ARENA_MAX);
    kw_message message;
    if (kw_message_decode(&message, &arena, payload, &scope) == KW_OK) {
        kw_message_header header;
        KW_ASSERT(kw_message_header_decode(&header, payload) == KW_OK);
        KW_AUTO(kw_buf) wire = kw_buf_init(size);
        kw_writer w = kw_writer_to(&wire);
        kw_message_write(&w, &message, &scope);
        KW_ASSERT(kw_write_end(&w) == KW_OK);
        KW_ASSERT(kw_span_equal_var(kw_buf_view(&wire), payload));
    }
    kw_arena_drop(&arena);
    return 0;
}
