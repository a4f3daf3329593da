/* SPDX-License-Identifier: Apache-2.0
 * Products with xi = 9 + u, (9 a0 - a1) + (a0 + 9 a1) u: each part is a sum below 10 p, reduced at
 * once by an estimate of its quotient. Parameter: LIMBS. CT: constant time. */

#define MONT(name) KW_GLUE3(mont, LIMBS, name)

/* o = 9 a + b over `count` words; the word above. */
KW_TEMPLATE_HOT uint64_t nine_times_plus(uint64_t *o, const uint64_t *a, const uint64_t *b,
                                         int count)
{
    uint64_t carry = 0;
#pragma GCC unroll 8
    for (int i = 0; i < count; i++) {
        kw_u128 sum = (kw_u128)a[i] * 9 + b[i] + carry;
        o[i] = (uint64_t)sum;
        carry = (uint64_t)(sum >> 64);
    }
    return carry;
}

/* o = top R + a modulo p, for less than 10 p. The estimate is the quotient or one less
 * (tools/curve_params.py proves that); adding R - p takes p away, and R vanishes. */
KW_TEMPLATE_HOT void xi_reduce(uint64_t *o, uint64_t top, const uint64_t *a)
{
    uint64_t quotient = (top << 8 | a[LIMBS - 1] >> 56) * xi_quotient >> 16;
    uint64_t rest[LIMBS];
    uint64_t carry = 0;
#pragma GCC unroll 8
    for (int i = 0; i < LIMBS; i++) {
        kw_u128 sum = (kw_u128)quotient * fp_r_less_p[i] + a[i] + carry;
        rest[i] = (uint64_t)sum;
        carry = (uint64_t)(sum >> 64);
    }
    MONT(_reduce_once)(o, rest, fp_p);
}

/* o = 9 a + b, b <= p. */
KW_TEMPLATE_HOT void fp_nine_times_plus(fp *o, const fp *a, const uint64_t *b)
{
    uint64_t sum[LIMBS];
    uint64_t top = nine_times_plus(sum, a->w, b, LIMBS);
    xi_reduce(o->w, top, sum);
}

KW_TEMPLATE void fp2_mul_xi(fp2 *o, const fp2 *a)
{
    uint64_t minus_a1[LIMBS];
    fp real;
    (void)MONT(_sub_words)(minus_a1, fp_p, a->c1.w);
    fp_nine_times_plus(&real, &a->c0, minus_a1);
    fp_nine_times_plus(&o->c1, &a->c1, a->c0.w);
    o->c0 = real;
}

/* The same before a reduction: numbers modulo p R, whose lower half stays. */
KW_TEMPLATE_HOT void wide_nine_times_plus(uint64_t *o, const uint64_t *a, const uint64_t *b)
{
    uint64_t top = nine_times_plus(o, a, b, 2 * LIMBS);
    xi_reduce(o + LIMBS, top, o + LIMBS);
}

KW_TEMPLATE void fp2_wide_mul_xi(fp2_wide *o, const fp2_wide *a)
{
    uint64_t minus_a1[2 * LIMBS];
    uint64_t real[2 * LIMBS];
    MONT(_sub_wide)(minus_a1, fp_p_times_r, a->c1);
    wide_nine_times_plus(real, a->c0, minus_a1);
    wide_nine_times_plus(o->c1, a->c1, a->c0);
    memcpy(o->c0, real, sizeof real);
}

#undef MONT
