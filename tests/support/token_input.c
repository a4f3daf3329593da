/* SPDX-License-Identifier: Apache-2.0
 * Input of token runs from memory. */
#include "support/token_input.h"

static kw_status read_some(void *ctx, size_t *out_len, kw_mspan room, kw_error *err)
{
    token_input *input = ctx;
    input->reads++;
    KW_REQUIRE(input->reads != input->fail_at, err, KW_IO, "the disk is on fire");
    size_t len = KW_MIN(KW_MIN(room.len, input->piece), input->text.len - input->at);
    if (len > 0) {
        memcpy(room.ptr, input->text.ptr + input->at, len);
    }
    input->at += len;
    *out_len = len;
    return KW_OK;
}

kw_emtp_input token_input_port(token_input *input)
{
    return (kw_emtp_input){.read = read_some, .ctx = input};
}
