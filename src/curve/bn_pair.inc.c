/* SPDX-License-Identifier: Apache-2.0
 * The pairing of BN254 where it differs: a twist of type D, the loop over 6x + 2 with its two
 * steps at the end, and the hard part of the final exponentiation. CT: constant time. */

/* f = f (y + x w + c w^3): 13 multiplications. */
KW_TEMPLATE void line_mul(fp12 *f, const fp2 *c, const fp2 *x, const fp2 *y)
{
    fp6 v0;
    fp6 v1;
    fp2 xy;
    fp2_mul(&v0.c0, &f->c0.c0, y);
    fp2_mul(&v0.c1, &f->c0.c1, y);
    fp2_mul(&v0.c2, &f->c0.c2, y);
    fp6_mul_01(&v1, &f->c1, x, c);
    fp2_add(&xy, x, y);
    fp6_add(&f->c1, &f->c1, &f->c0);
    fp6_mul_01(&f->c1, &f->c1, &xy, c);
    fp6_sub(&f->c1, &f->c1, &v0);
    fp6_sub(&f->c1, &f->c1, &v1);
    fp6_mul_v(&v1, &v1);
    fp6_add(&f->c0, &v0, &v1);
}

/* f = f (1 + x w + c w^3): 10 multiplications. */
KW_TEMPLATE void line_mul_monic(fp12 *f, const fp2 *c, const fp2 *x)
{
    fp6 t0;
    fp6 t1;
    fp6_mul_01(&t0, &f->c0, x, c);
    fp6_mul_01(&t1, &f->c1, x, c);
    fp6_mul_v(&t1, &t1);
    fp6_add(&f->c0, &f->c0, &t1);
    fp6_add(&f->c1, &f->c1, &t0);
}

KW_TEMPLATE void miller_conclude(fp12 *f)
{
    (void)f;
}

/* o = a^x in the cyclotomic subgroup, by the signed digits of x, all odd or 0. */
KW_TEMPLATE void power_x(fp12 *o, const fp12 *a)
{
    fp12 odd[4]; /* a, a^3, a^5, a^7 */
    fp12 t;
    fp12_cyclotomic_sqr(&t, a);
    odd[0] = *a;
    for (int i = 1; i < 4; i++) {
        fp12_mul(&odd[i], &odd[i - 1], &t);
    }
    fp12 product = odd[curve_x_digits[0] >> 1];
    for (size_t i = 1; i < KW_COUNT(curve_x_digits); i++) {
        int8_t digit = curve_x_digits[i];
        fp12_cyclotomic_sqr(&product, &product);
        if (digit > 0) {
            fp12_mul(&product, &product, &odd[digit >> 1]);
        } else if (digit < 0) {
            fp12_conj(&t, &odd[-digit >> 1]);
            fp12_mul(&product, &product, &t);
        }
    }
    *o = product;
    kw_wipe(odd, sizeof odd);
    kw_wipe(&t, sizeof t);
    kw_wipe(&product, sizeof product);
}

/* o = a^(6 x). */
KW_TEMPLATE void power_6x(fp12 *o, const fp12 *a)
{
    fp12 t;
    power_x(o, a);
    fp12_cyclotomic_sqr(o, o);
    fp12_cyclotomic_sqr(&t, o);
    fp12_mul(o, o, &t);
}

/* o = a^(l0 + l1 p + l2 p^2 + l3 p^3), which is a^(2 x (6 x^2 + 3 x + 1) (p^4 - p^2 + 1) / r), with
 *   l2 = 12 x^3 + 6 x^2 + 6 x, l1 = l2 - 2 x, l0 = l2 + 6 x^2 + 1, l3 = l1 - 1.
 * Source: Fuentes-Castaneda, Knapp, Rodriguez-Henriquez, SAC 2011. */
KW_TEMPLATE void hard_power(fp12 *o, const fp12 *a)
{
    fp12 x2; /* a^(2 x) */
    fp12 xx6;
    fp12 l2;
    fp12 l1;
    fp12 t;
    power_x(&x2, a);
    fp12_cyclotomic_sqr(&x2, &x2);
    fp12_cyclotomic_sqr(&t, &x2);
    fp12_mul(&l2, &x2, &t); /* 6 x */
    power_x(&xx6, &l2);
    fp12_cyclotomic_sqr(&t, &xx6);
    power_x(&t, &t); /* 12 x^3 */
    fp12_mul(&l2, &l2, &xx6);
    fp12_mul(&l2, &l2, &t);
    fp12_conj(&t, &x2);
    fp12_mul(&l1, &l2, &t);
    fp12 result;
    fp12_mul(&result, &l2, &xx6); /* l0 */
    fp12_mul(&result, &result, a);
    fp12_frobenius(&t, &l1, 1);
    fp12_mul(&result, &result, &t);
    fp12_frobenius(&t, &l2, 2);
    fp12_mul(&result, &result, &t);
    fp12_conj(&t, a);
    fp12_mul(&t, &l1, &t);
    fp12_frobenius(&t, &t, 3);
    fp12_mul(o, &result, &t);
}

/* In the cyclotomic subgroup a^p = a^(6 x^2) says that a is of order r = p - 6 x^2. */
KW_TEMPLATE void trace_power(fp12 *o, const fp12 *a)
{
    power_6x(o, a);
    power_x(o, o);
}
