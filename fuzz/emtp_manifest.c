/* SPDX-License-Identifier: Apache-2.0
 * Target: kw_emtp_manifest_decode, kw_emtp_key_set_decode. What they take is written again and read
 * as the same. */
#include "base/error.h"
#include "emtp/engine/manifest.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    kw_secret_span text = kw_secret_span_of((kw_span){data, size});
    KW_AUTO(kw_emtp_key_set) set = {.count = 0};
    (void)kw_emtp_key_set_decode(&set, text, KW_EMTP_ALLOW_TEST_KEY, NULL);
    KW_AUTO(kw_emtp_manifest) one = {0};
    if (kw_emtp_manifest_decode(&one, text, KW_EMTP_ALLOW_TEST_KEY, NULL) != KW_OK) {
        return 0;
    }
    KW_AUTO(kw_secret_bytes) again = kw_secret_bytes_init(1024);
    KW_ASSERT(kw_emtp_manifest_encode(&again, &one) == KW_OK);
    KW_AUTO(kw_emtp_manifest) back = {0};
    KW_ASSERT(kw_emtp_manifest_decode(&back, kw_secret_bytes_view(&again), KW_EMTP_ALLOW_TEST_KEY,
                                      NULL) == KW_OK);
    KW_ASSERT(kw_declassify_mask(kw_secret32_equal(&one.key, &back.key), "fuzzing"));
    return 0;
}
