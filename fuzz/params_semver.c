/* SPDX-License-Identifier: Apache-2.0
 * Targets: kw_semver_parse, kw_semver_range_parse. A version equals itself and lies in the range
 * that names it; whatever a range takes, it takes again. */
#include "params/engine/semver.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    kw_str text = {(const char *)data, size};
    kw_semver version;
    kw_semver_range range;
    bool is_version = kw_semver_parse(&version, text, NULL) == KW_OK;
    bool is_range = kw_semver_range_parse(&range, text, NULL) == KW_OK;
    if (is_version) {
        KW_ASSERT(kw_semver_compare(&version, &version) == 0);
        KW_ASSERT(is_range == (version.build.len == 0));
        KW_ASSERT(!is_range || kw_semver_range_has(&range, &version));
    }
    return 0;
}
