/* SPDX-License-Identifier: Apache-2.0
 * Sums of products in Fp2 before their reduction. Parameter: LIMBS. Source: Aranha,
 * Karabina, Longa, Gebotys, Lopez, ePrint 2010/526, section 5. CT: constant time. */

#define MONT(name) KW_GLUE3(mont, LIMBS, name)

/* Both parts are < p R; R is above 4 p, but not always above 8 p. */
typedef struct fp2_wide {
    uint64_t c0[2 * LIMBS];
    uint64_t c1[2 * LIMBS];
} fp2_wide;

/* An element whose parts are < 2 p, a sum of two. */
typedef struct fp2_sum {
    uint64_t c0[LIMBS];
    uint64_t c1[LIMBS];
} fp2_sum;

KW_TEMPLATE_HOT void fp2_sum_of(fp2_sum *o, const fp2 *a, const fp2 *b)
{
    (void)MONT(_add_words)(o->c0, a->c0.w, b->c0.w);
    (void)MONT(_add_words)(o->c1, a->c1.w, b->c1.w);
}

/* Karatsuba. c0 is as fp2_wide wants it; c1 is the exact sum, up to 8 p^2 < 2^(128 LIMBS). */
KW_TEMPLATE void fp2_mul_sums(fp2_wide *o, const fp2_sum *a, const fp2_sum *b)
{
    uint64_t sum_a[LIMBS];
    uint64_t sum_b[LIMBS];
    uint64_t v1[2 * LIMBS];
    (void)MONT(_add_words)(sum_a, a->c0, a->c1);
    (void)MONT(_add_words)(sum_b, b->c0, b->c1);
    MONT(_mul_wide)(o->c1, sum_a, sum_b);
    MONT(_mul_wide)(o->c0, a->c0, b->c0);
    MONT(_mul_wide)(v1, a->c1, b->c1);
    MONT(_sub_wide)(o->c1, o->c1, o->c0);
    MONT(_sub_wide)(o->c1, o->c1, v1);
    MONT(_sub_wide_mod)(o->c0, o->c0, v1, fp_p);
}

/* Elements of Fp2 are sums with 0. */
KW_TEMPLATE_HOT void fp2_mul_wide(fp2_wide *o, const fp2 *a, const fp2 *b)
{
    fp2_mul_sums(o, (const fp2_sum *)a, (const fp2_sum *)b);
}

KW_TEMPLATE void fp2_wide_add(fp2_wide *o, const fp2_wide *a, const fp2_wide *b)
{
    MONT(_add_wide_mod)(o->c0, a->c0, b->c0, fp_p);
    MONT(_add_wide_mod)(o->c1, a->c1, b->c1, fp_p);
}

/* o = a0 b1 + a1 b0, given v0 = a0 b0 and v1 = a1 b1. */
KW_TEMPLATE void fp2_cross_wide(fp2_wide *o, const fp2 *const a[2], const fp2 *const b[2],
                                const fp2_wide *v0, const fp2_wide *v1)
{
    fp2_sum sum_a;
    fp2_sum sum_b;
    fp2_sum_of(&sum_a, a[0], a[1]);
    fp2_sum_of(&sum_b, b[0], b[1]);
    fp2_mul_sums(o, &sum_a, &sum_b);
    MONT(_sub_wide)(o->c1, o->c1, v0->c1);
    MONT(_sub_wide)(o->c1, o->c1, v1->c1);
    MONT(_sub_wide_mod)(o->c0, o->c0, v0->c0, fp_p);
    MONT(_sub_wide_mod)(o->c0, o->c0, v1->c0, fp_p);
}

KW_TEMPLATE void fp2_redc(fp2 *o, const fp2_wide *a)
{
    MONT(_redc)(o->c0.w, a->c0, fp_p, fp_n0);
    MONT(_redc)(o->c1.w, a->c1, fp_p, fp_n0);
}

#undef MONT
