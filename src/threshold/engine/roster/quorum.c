/* SPDX-License-Identifier: Apache-2.0
 * How many of n: faults, shares, members, votes. Source: threshold.md section 1. */
#include "threshold/engine/roster/quorum.h"

#include "threshold/engine/group/limits.h"

kw_status kw_quorum_of_threshold(kw_quorum *out, uint32_t n, uint32_t t)
{
    if (n == 0 || n > KW_THRESHOLD_MEMBERS_MAX) {
        return KW_LIMIT;
    }
    uint32_t f = (n - 1) / 3;
    if (t <= f || t > n - f) {
        return KW_REFUSED;
    }
    *out = (kw_quorum){
        .n = (uint16_t)n,
        .f = (uint16_t)f,
        .t = (uint16_t)t,
        .q = (uint16_t)(n - f),
        .b = (uint16_t)((n + f) / 2 + 1),
    };
    return KW_OK;
}

kw_status kw_quorum_of(kw_quorum *out, uint32_t n, kw_threshold_ratio ratio)
{
    if (n == 0 || n > KW_THRESHOLD_MEMBERS_MAX) {
        return KW_LIMIT;
    }
    if (ratio.denominator == 0) {
        return KW_REFUSED;
    }
    uint32_t t = (ratio.numerator * n + ratio.denominator - 1) / ratio.denominator;
    return kw_quorum_of_threshold(out, n, t);
}
