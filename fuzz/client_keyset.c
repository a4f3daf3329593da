/* kw_client_keyset_decode: answers of GET /keys. SPDX-License-Identifier: Apache-2.0 */
#include "client/keyset.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const kw_client_keyset_rule rule = {.overlap = 1};
    KW_AUTO(kw_client_keyset) set = {0};
    kw_span text = {data, size};
    kw_status st = kw_client_keyset_decode(&set, kw_secret_span_of(text), &rule, NULL);
    for (size_t i = 0; st == KW_OK && i < set.count; i++) {
        KW_ASSERT(set.keys[i].window.not_before < set.keys[i].window.not_after);
        KW_ASSERT(set.keys[i].usable_until >= set.keys[i].window.not_after);
    }
    return 0;
}
