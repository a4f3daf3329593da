/* SPDX-License-Identifier: Apache-2.0
 * Whom to open. Source: threshold.md section 6. */
#include "threshold/engine/agreement/opening.h"

kw_agreement_verdict kw_opening_judge(const kw_opening *opening, const uint16_t *dealers,
                                      uint16_t count)
{
    uint16_t found = 0; /* so many of X are met, in their order */
    bool is_lacking = false;
    for (uint16_t i = 0; i < opening->dealings_count; i++) {
        if (found < count && dealers[found] == opening->dealings[i].dealer) {
            found++;
        } else {
            is_lacking = is_lacking || !opening->has_extract[i];
        }
    }
    if (count > opening->f || found < count) {
        return KW_AGREEMENT_REFUSED;
    }
    return is_lacking ? KW_AGREEMENT_LACKING : KW_AGREEMENT_HELD;
}

bool kw_opening_offer(const kw_opening *opening, uint16_t *out, uint16_t *out_count)
{
    uint16_t count = 0;
    for (uint16_t i = 0; i < opening->dealings_count; i++) {
        if (opening->has_extract[i]) {
            continue;
        }
        if (count == opening->f) {
            return false;
        }
        out[count++] = opening->dealings[i].dealer;
    }
    *out_count = count;
    return true;
}
