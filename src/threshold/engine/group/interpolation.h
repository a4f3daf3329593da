/* SPDX-License-Identifier: Apache-2.0
 * The polynomial through t opened shares. Public values only: what it is used on was opened by
 * agreement. Source: threshold.md section 6. */
#ifndef KW_THRESHOLD_ENGINE_GROUP_INTERPOLATION_H
#define KW_THRESHOLD_ENGINE_GROUP_INTERPOLATION_H

#include "base/arena.h"
#include "threshold/engine/group/group.h"

/* f(index) of one polynomial f. */
typedef struct kw_poly_point {
    uint32_t index; /* 1..2^16 */
    kw_group_scalar value;
} kw_poly_point;

/* The t coefficients of the polynomial of degree below t through t points. ARG: t is 0, an index is
 * 0 or twice. LIMIT: the scratch arena is full. Time depends on the values. */
KW_MUST_USE kw_status kw_poly_through_var(kw_group_scalar *out, const kw_group *group,
                                          const kw_poly_point *points, size_t t, kw_arena *scratch);

#endif /* KW_THRESHOLD_ENGINE_GROUP_INTERPOLATION_H */
