/* SPDX-License-Identifier: Apache-2.0
 * Target: kw_test_clock_parse. What it takes leads to a moment that calendars know. */
#include "base/error.h"
#include "emtp/engine/epoch.h"
#include "node/test_clock.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const kw_unix_ms now_ms = INT64_C(1767225600000); /* 2026-01-01T00:00:00Z */
    int64_t moved_ms = 0;
    kw_str text = {(const char *)data, size};
    if (kw_test_clock_parse(&moved_ms, text, now_ms, NULL) == KW_OK) {
        KW_ASSERT(now_ms + moved_ms >= 0 && (now_ms + moved_ms) / 1000 <= KW_EMTP_MOMENT_MAX);
    }
    return 0;
}
