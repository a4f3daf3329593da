/* kw_utc_parse: RFC 3339 moments. SPDX-License-Identifier: Apache-2.0 */
#include "base/error.h"
#include "base/utc.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What is accepted has one spelling. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    kw_unix_s at = 0;
    kw_str text = {(const char *)data, size};
    if (kw_utc_parse(&at, text)) {
        char again[KW_RFC3339_BYTES];
        kw_utc_format(again, at);
        KW_ASSERT(kw_str_equal(text, kw_str_of(again)));
    }
    return 0;
}
