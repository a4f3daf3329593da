/* SPDX-License-Identifier: Apache-2.0
 * Target: kw_certificate_decode. What it takes, it writes again in the same way. */
#include "threshold/engine/epoch/certificate.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const kw_candidate_form form = {&kw_group_bls12_381, &kw_peer_schemes_all};
    kw_span file = {data, size};
    kw_arena arena = kw_arena_init(KW_THRESHOLD_CERTIFICATE_ARENA_MAX);
    kw_certificate certificate;
    if (kw_certificate_decode(&certificate, &arena, file, &form) == KW_OK) {
        KW_AUTO(kw_buf) wire = kw_buf_init(size);
        KW_ASSERT(kw_certificate_encode(&wire, &certificate, form.group) == KW_OK);
        KW_ASSERT(kw_span_equal_var(kw_buf_view(&wire), file));
    }
    kw_arena_drop(&arena);
    return 0;
}
