/* SPDX-License-Identifier: Apache-2.0
 * How many of n: faults, shares, members, votes. Two quorums share an honest member, and two sets
 * of b votes share f + 1 members. Source: threshold.md section 1. */
#ifndef KW_THRESHOLD_ENGINE_ROSTER_QUORUM_H
#define KW_THRESHOLD_ENGINE_ROSTER_QUORUM_H

#include "base/status.h"

#include <stdint.h>

typedef struct kw_quorum {
    uint16_t n; /* members, 1..KW_THRESHOLD_MEMBERS_MAX */
    uint16_t f; /* faulty ones that are tolerated: floor((n - 1) / 3) */
    uint16_t t; /* shares that make a signature; the polynomial has t coefficients */
    uint16_t q; /* members that a session needs: n - f */
    uint16_t b; /* votes that decide: floor((n + f) / 2) + 1 */
} kw_quorum;

/* t as a part of n: ceil(numerator n / denominator). */
typedef struct kw_threshold_ratio {
    uint16_t numerator;
    uint16_t denominator;
} kw_threshold_ratio;

#define KW_THRESHOLD_RATIO_DEFAULT ((kw_threshold_ratio){2, 3})

/* LIMIT: n is 0 or too large. REFUSED: the ratio does not give f < t <= n - f. */
KW_MUST_USE kw_status kw_quorum_of(kw_quorum *out, uint32_t n, kw_threshold_ratio ratio);

/* The same for a given t. */
KW_MUST_USE kw_status kw_quorum_of_threshold(kw_quorum *out, uint32_t n, uint32_t t);

#endif /* KW_THRESHOLD_ENGINE_ROSTER_QUORUM_H */
