/* SPDX-License-Identifier: Apache-2.0
 * Lagrange interpolation of coefficients. With N(X) = prod (X - x_m), the basis polynomial of x_i
 * is N(X) / (X - x_i) times w_i, 1 / w_i = prod_{m != i} (x_i - x_m). The group's table gives
 * l_i(0) = prod_{m != i} x_m / (x_m - x_i), so w_i = (-1)^(t-1) l_i(0) prod_{m != i} 1 / x_m. */
#include "threshold/engine/group/interpolation.h"

/* 1 / x for a small x > 0: the coefficient of 1 for the indices 1 and 1 + x is (1 + x) / x. */
static kw_status invert(kw_group_scalar *out, const kw_group *group, uint32_t x)
{
    const uint32_t pair[2] = {1, 1 + x};
    kw_group_scalar l[2];
    KW_TRY(group->lagrange_zero(l, pair, 2));
    kw_group_scalar one = group->scalar_of_u64(1);
    group->scalar_sub(out, &l[0], &one);
    return KW_OK;
}

/* N(X), t + 1 coefficients, the highest 1. */
static void expand(kw_group_scalar *n, const kw_group *group, const kw_poly_point *points, size_t t)
{
    n[0] = group->scalar_of_u64(1);
    for (size_t m = 0; m < t; m++) {
        kw_group_scalar x = group->scalar_of_u64(points[m].index);
        n[m + 1] = group->scalar_of_u64(1);
        for (size_t k = m; k > 0; k--) { /* times (X - x), from the top */
            kw_group_scalar down;
            group->scalar_mul(&down, &n[k], &x);
            group->scalar_sub(&n[k], &n[k - 1], &down);
        }
        kw_group_scalar zero = group->scalar_of_u64(0);
        group->scalar_mul(&n[0], &n[0], &x);
        group->scalar_sub(&n[0], &zero, &n[0]);
    }
}

/* N(X) of degree t, and one of its roots. */
typedef struct dividend {
    const kw_group_scalar *n;
    size_t t;
    kw_group_scalar x;
} dividend;

/* out += factor N(X) / (X - x), by synthetic division from the top. */
static void add_quotient(kw_group_scalar *out, const kw_group *group, const dividend *in,
                         const kw_group_scalar *factor)
{
    kw_group_scalar quotient = group->scalar_of_u64(0);
    for (size_t k = in->t; k > 0; k--) {
        kw_group_scalar part;
        group->scalar_mul(&quotient, &quotient, &in->x);
        group->scalar_add(&quotient, &quotient, &in->n[k]);
        group->scalar_mul(&part, &quotient, factor);
        group->scalar_add(&out[k - 1], &out[k - 1], &part);
    }
}

/* y_i w_i but for the sign, for all i; `weights` has l_i(0) at first. */
static kw_status weigh(kw_group_scalar *weights, const kw_group *group, const kw_poly_point *points,
                       size_t t)
{
    kw_group_scalar all = group->scalar_of_u64(1); /* prod 1 / x_m */
    for (size_t m = 0; m < t; m++) {
        kw_group_scalar inverse;
        KW_TRY(invert(&inverse, group, points[m].index));
        group->scalar_mul(&all, &all, &inverse);
    }
    for (size_t i = 0; i < t; i++) {
        kw_group_scalar x = group->scalar_of_u64(points[i].index);
        group->scalar_mul(&weights[i], &weights[i], &all);
        group->scalar_mul(&weights[i], &weights[i], &x);
        group->scalar_mul(&weights[i], &weights[i], &points[i].value);
    }
    return KW_OK;
}

kw_status kw_poly_through_var(kw_group_scalar *out, const kw_group *group,
                              const kw_poly_point *points, size_t t, kw_arena *scratch)
{
    uint32_t *indices = kw_arena_new(scratch, KW_MAX(t, 1), sizeof *indices);
    kw_group_scalar *weights = kw_arena_new(scratch, KW_MAX(t, 1), sizeof *weights);
    kw_group_scalar *n = kw_arena_new(scratch, t + 1, sizeof *n);
    if (indices == NULL || weights == NULL || n == NULL) {
        return KW_LIMIT;
    }
    for (size_t i = 0; i < t; i++) {
        indices[i] = points[i].index;
    }
    KW_TRY(group->lagrange_zero(weights, indices, t));
    KW_TRY(weigh(weights, group, points, t));
    expand(n, group, points, t);
    kw_group_scalar zero = group->scalar_of_u64(0);
    for (size_t k = 0; k < t; k++) {
        out[k] = zero;
    }
    for (size_t i = 0; i < t; i++) {
        const dividend divided = {n, t, group->scalar_of_u64(points[i].index)};
        kw_group_scalar factor = weights[i];
        if (t % 2 == 0) { /* (-1)^(t-1) */
            group->scalar_sub(&factor, &zero, &factor);
        }
        add_quotient(out, group, &divided, &factor);
    }
    return KW_OK;
}
