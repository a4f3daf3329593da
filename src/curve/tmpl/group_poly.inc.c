/* SPDX-License-Identifier: Apache-2.0
 * Polynomials whose coefficients or values are points. Parameters: those of group.inc.c. Variable
 * time. */

#define G(name) KW_GLUE3(GROUP, _, name)

enum {
    G(POLY_INDEX_MAX) = 1 << 16
};

/* o = index a, by the digits -1, 0, 1 of (3 index - index) / 2. */
KW_TEMPLATE void G(mul_index)(GROUP *o, const GROUP *a, uint32_t index)
{
    uint64_t three = 3 * (uint64_t)index;
    GROUP negated;
    GROUP sum = *a;
    G(neg)(&negated, a);
    for (int bit = 62 - __builtin_clzll(three); bit > 0; bit--) {
        G(dbl)(&sum, &sum);
        bool in_three = (three >> bit & 1) != 0;
        bool in_one = (index >> bit & 1) != 0;
        if (in_three != in_one) {
            G(add)(&sum, &sum, in_three ? a : &negated);
        }
    }
    *o = sum;
}

KW_TEMPLATE kw_status G(poly_eval)(GROUP *out, const GROUP *c, size_t t, uint32_t index)
{
    if (t == 0 || index == 0 || index > G(POLY_INDEX_MAX)) {
        return KW_ARG;
    }
    GROUP sum = c[t - 1];
    for (size_t i = t - 1; i-- > 0;) {
        G(mul_index)(&sum, &sum, index);
        G(add)(&sum, &sum, &c[i]);
    }
    *out = sum;
    return KW_OK;
}

KW_TEMPLATE size_t G(interpolate_scratch)(size_t n)
{
    return n > LAGRANGE_MAX ? SIZE_MAX : n * sizeof(fr) + G(msm_scratch)(n);
}

KW_TEMPLATE kw_status G(interpolate)(GROUP *out, kw_mspan scratch, const G(interpolate_in) * in)
{
    if (!scratch_serves(scratch, G(interpolate_scratch)(in->n))) {
        return KW_ARG;
    }
    fr *coefficients = scratch_take(&scratch, in->n * sizeof *coefficients);
    KW_TRY(lagrange_zero(coefficients, in->index, in->n));
    const G(msm_in) terms = {in->points, coefficients, in->n, 0};
    return G(msm_var)(out, scratch, &terms);
}

#undef G
