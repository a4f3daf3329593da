/* SPDX-License-Identifier: Apache-2.0
 * Target: kw_candidate_decode. What it takes, it writes again in the same way. */
#include "threshold/engine/epoch/candidate_file.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const kw_candidate_form form = {&kw_group_bls12_381, &kw_peer_schemes_all};
    kw_span file = {data, size};
    kw_arena arena = kw_arena_init(KW_THRESHOLD_CERTIFICATE_ARENA_MAX);
    kw_candidate candidate;
    if (kw_candidate_decode(&candidate, &arena, file, &form) == KW_OK) {
        KW_AUTO(kw_buf) wire = kw_buf_init(size);
        KW_ASSERT(kw_candidate_encode(&wire, &candidate, form.group) == KW_OK);
        KW_ASSERT(kw_span_equal_var(kw_buf_view(&wire), file));
    }
    kw_arena_drop(&arena);
    return 0;
}
