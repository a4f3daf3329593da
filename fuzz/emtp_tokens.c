/* SPDX-License-Identifier: Apache-2.0
 * kw_emtp_tokens_parse: the record of a table row. */
#include "emtp/engine/token.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static kw_hash32 tokens[KW_EMTP_ROW_TOKENS_MAX];
    size_t count = 0;
    if (kw_emtp_tokens_parse(tokens, &count, (kw_str){(const char *)data, size}) == KW_OK) {
        KW_ASSERT(count <= KW_EMTP_ROW_TOKENS_MAX && (count > 0) == (size > 0));
        for (size_t i = 1; i < count; i++) {
            KW_ASSERT(kw_emtp_token_compare(&tokens[i - 1], &tokens[i]) < 0);
        }
    }
    return 0;
}
