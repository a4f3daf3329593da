/* SPDX-License-Identifier: Apache-2.0
 * kw_emtk_decode, kw_emtk_check, kw_emtk_part, kw_emtk_join_part: a token file, joined with
 * itself. */
#include "emtp/engine/join.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    kw_emtk file = {0};
    kw_error err = {0};
    if (kw_emtk_decode(&file, (kw_span){data, size}, &err) != KW_OK) {
        KW_ASSERT(err.status == KW_BAD_INPUT);
        return 0;
    }
    if (kw_emtk_check(&file, NULL, &err) != KW_OK) {
        return 0;
    }
    KW_AUTO(kw_emtk_join) join = {.pairs = kw_emtp_pairs_init(1 << 20)};
    for (size_t i = 0; i < 4; i++) {
        kw_emtk part = kw_emtk_part(&file, i, 4);
        KW_ASSERT(kw_emtk_join_part(&join, &part, &part, KW_EMTP_BUCKET_MAX) == KW_OK);
    }
    KW_ASSERT(kw_emtp_pairs_sum(&join.pairs) == KW_OK);
    KW_ASSERT(join.tokens_shared <= file.count);
    return 0;
}
