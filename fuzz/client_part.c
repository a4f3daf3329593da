/* kw_client_part_read: answers of POST /app/sign. SPDX-License-Identifier: Apache-2.0 */
#include "client/threshold_part.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What is taken is a point that its own encoding gives back, of an epoch. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const kw_group *group = &kw_group_bls12_381;
    kw_arena arena = kw_arena_init(KW_CLIENT_PART_ARENA_MAX);
    KW_AUTO(kw_client_part) part = {.attested_epoch = 0};
    if (kw_client_part_read(&part, &arena, kw_secret_span_of((kw_span){data, size})) == KW_OK) {
        kw_group_g1_bytes wire;
        kw_group_g1 again;
        group->g1_encode(&wire, &part.partial.signature);
        KW_ASSERT(group->g1_decode(&again, kw_group_g1_view(group, &wire)) == KW_OK);
        KW_ASSERT(group->g1_equal(&again, &part.partial.signature));
        KW_ASSERT(part.partial.epoch > 0 && part.partial.member == 0);
    }
    kw_arena_drop(&arena);
    return 0;
}
