/* SPDX-License-Identifier: Apache-2.0
 * Fp12 = Fp6[w] / (w^2 - v), its Frobenius maps and the cyclotomic subgroup. CT: constant time
 * except in names with _var. */

KW_TEMPLATE fp12 fp12_one(void)
{
    return (fp12){.c0.c0.c0 = fp_one()};
}

KW_TEMPLATE kw_mask fp12_equal(const fp12 *a, const fp12 *b)
{
    return fp6_equal(&a->c0, &b->c0) & fp6_equal(&a->c1, &b->c1);
}

KW_TEMPLATE void fp12_copy(kw_mask mask, fp12 *o, const fp12 *a)
{
    fp6_copy(mask, &o->c0, &a->c0);
    fp6_copy(mask, &o->c1, &a->c1);
}

KW_TEMPLATE void fp12_add(fp12 *o, const fp12 *a, const fp12 *b)
{
    fp6_add(&o->c0, &a->c0, &b->c0);
    fp6_add(&o->c1, &a->c1, &b->c1);
}

KW_TEMPLATE void fp12_sub(fp12 *o, const fp12 *a, const fp12 *b)
{
    fp6_sub(&o->c0, &a->c0, &b->c0);
    fp6_sub(&o->c1, &a->c1, &b->c1);
}

KW_TEMPLATE void fp12_neg(fp12 *o, const fp12 *a)
{
    fp6_neg(&o->c0, &a->c0);
    fp6_neg(&o->c1, &a->c1);
}

/* The map of order two: in the cyclotomic subgroup, the inverse. */
KW_TEMPLATE void fp12_conj(fp12 *o, const fp12 *a)
{
    o->c0 = a->c0;
    fp6_neg(&o->c1, &a->c1);
}

KW_TEMPLATE void fp12_mul(fp12 *o, const fp12 *a, const fp12 *b)
{
    fp6 v0;
    fp6 v1;
    fp6 sum_a;
    fp6 sum_b;
    fp6_mul(&v0, &a->c0, &b->c0);
    fp6_mul(&v1, &a->c1, &b->c1);
    fp6_add(&sum_a, &a->c0, &a->c1);
    fp6_add(&sum_b, &b->c0, &b->c1);
    fp6_mul(&o->c1, &sum_a, &sum_b);
    fp6_sub(&o->c1, &o->c1, &v0);
    fp6_sub(&o->c1, &o->c1, &v1);
    fp6_mul_v(&v1, &v1);
    fp6_add(&o->c0, &v0, &v1);
}

/* (a0 + a1)(a0 + v a1) - a0 a1 - v a0 a1, and 2 a0 a1. */
KW_TEMPLATE void fp12_sqr(fp12 *o, const fp12 *a)
{
    fp6 product;
    fp6 sum;
    fp6 mixed;
    fp6_mul(&product, &a->c0, &a->c1);
    fp6_add(&sum, &a->c0, &a->c1);
    fp6_mul_v(&mixed, &a->c1);
    fp6_add(&mixed, &mixed, &a->c0);
    fp6_mul(&sum, &sum, &mixed);
    fp6_sub(&sum, &sum, &product);
    fp6_add(&o->c1, &product, &product);
    fp6_mul_v(&product, &product);
    fp6_sub(&o->c0, &sum, &product);
}

/* Of 0: 0. */
KW_TEMPLATE void fp12_inv(fp12 *o, const fp12 *a)
{
    fp6 norm;
    fp6 product;
    fp6_mul(&norm, &a->c0, &a->c0);
    fp6_mul(&product, &a->c1, &a->c1);
    fp6_mul_v(&product, &product);
    fp6_sub(&norm, &norm, &product);
    fp6_inv(&norm, &norm);
    fp6_mul(&o->c0, &a->c0, &norm);
    fp6_mul(&o->c1, &a->c1, &norm);
    fp6_neg(&o->c1, &o->c1);
}

/* The coefficient of w^j of `a`, j = 0..5. */
KW_TEMPLATE_HOT fp2 *fp12_at(fp12 *a, int j)
{
    fp6 *half = (j & 1) == 0 ? &a->c0 : &a->c1;
    return j < 2 ? &half->c0 : j < 4 ? &half->c1 : &half->c2;
}

/* o = a^(p^power), power 1..3. */
KW_TEMPLATE void fp12_frobenius(fp12 *o, const fp12 *a, int power)
{
    fp12 t = *a;
    for (int j = 0; j < 6; j++) {
        frobenius_coefficient(fp12_at(&t, j), j, power);
    }
    *o = t;
}

/* (a + b s)^2 in Fp4 = Fp2[s] / (s^2 - xi). */
KW_TEMPLATE void fp4_sqr(fp2 *o0, fp2 *o1, const fp2 *a, const fp2 *b)
{
    fp2 t0;
    fp2 t1;
    fp2 sum;
    fp2_sqr(&t0, a);
    fp2_sqr(&t1, b);
    fp2_add(&sum, a, b);
    fp2_sqr(&sum, &sum);
    fp2_sub(&sum, &sum, &t0);
    fp2_sub(o1, &sum, &t1);
    fp2_mul_xi(&t1, &t1);
    fp2_add(o0, &t0, &t1);
}

/* o = 3 t - 2 z, and 3 t + 2 z. */
KW_TEMPLATE void fp2_three_minus_two(fp2 *o, const fp2 *t, const fp2 *z)
{
    fp2 d;
    fp2_sub(&d, t, z);
    fp2_dbl(&d, &d);
    fp2_add(o, &d, t);
}

KW_TEMPLATE void fp2_three_plus_two(fp2 *o, const fp2 *t, const fp2 *z)
{
    fp2 s;
    fp2_add(&s, t, z);
    fp2_dbl(&s, &s);
    fp2_add(o, &s, t);
}

/* The square of an element of the cyclotomic subgroup. Source: Granger and Scott, ePrint 2009/565,
 * section 3.2. */
KW_TEMPLATE void fp12_cyclotomic_sqr(fp12 *o, const fp12 *a)
{
    fp2 t0;
    fp2 t1;
    fp2 t2;
    fp2 t3;
    fp2 t4;
    fp2 t5;
    fp4_sqr(&t0, &t1, &a->c0.c0, &a->c1.c1);
    fp4_sqr(&t2, &t3, &a->c1.c0, &a->c0.c2);
    fp4_sqr(&t4, &t5, &a->c0.c1, &a->c1.c2);
    fp2_three_minus_two(&o->c0.c0, &t0, &a->c0.c0);
    fp2_three_plus_two(&o->c1.c1, &t1, &a->c1.c1);
    fp2_mul_xi(&t5, &t5);
    fp2_three_plus_two(&o->c1.c0, &t5, &a->c1.c0);
    fp2_three_minus_two(&o->c0.c2, &t4, &a->c0.c2);
    fp2_three_minus_two(&o->c0.c1, &t2, &a->c0.c1);
    fp2_three_plus_two(&o->c1.c2, &t3, &a->c1.c2);
}
