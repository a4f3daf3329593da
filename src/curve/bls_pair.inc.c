/* SPDX-License-Identifier: Apache-2.0
 * The pairing of BLS12-381 where it differs: a twist of type M, the loop over |x|, and the hard
 * part of the final exponentiation. CT: constant time. */

/* f = f (c + x w^2 + y w^3): 13 multiplications. */
KW_TEMPLATE void line_mul(fp12 *f, const fp2 *c, const fp2 *x, const fp2 *y)
{
    fp6 v0;
    fp6 v1;
    fp2 xy;
    fp6_mul_01(&v0, &f->c0, c, x);
    fp6_mul_1(&v1, &f->c1, y);
    fp2_add(&xy, x, y);
    fp6_add(&f->c1, &f->c1, &f->c0);
    fp6_mul_01(&f->c1, &f->c1, c, &xy);
    fp6_sub(&f->c1, &f->c1, &v0);
    fp6_sub(&f->c1, &f->c1, &v1);
    fp6_mul_v(&v1, &v1);
    fp6_add(&f->c0, &v0, &v1);
}

/* f = f (c + x w^2 + w^3): 10 multiplications. */
KW_TEMPLATE void line_mul_monic(fp12 *f, const fp2 *c, const fp2 *x)
{
    fp6 t0;
    fp6 t1;
    fp6_mul_01(&t0, &f->c0, c, x);
    fp6_mul_01(&t1, &f->c1, c, x);
    fp6_mul_v(&f->c0, &f->c0);
    fp6_mul_v(&f->c1, &f->c1);
    fp6_mul_v(&f->c1, &f->c1);
    fp6_add(&f->c1, &f->c1, &t0);
    fp6_add(&t1, &t1, &f->c0);
    f->c0 = f->c1;
    f->c1 = t1;
}

/* x is negative. */
KW_TEMPLATE void miller_conclude(fp12 *f)
{
    fp12_conj(f, f);
}

/* o = a^|x| in the cyclotomic subgroup. |x| = 2^48 0xd201 + 2^16: its two lowest bits stand far
 * enough apart that runs of compressed squares reach them. */
KW_TEMPLATE void power_x_abs(fp12 *o, const fp12 *a)
{
    const int lowest = __builtin_ctzll(curve_x);
    const int second = __builtin_ctzll(curve_x & (curve_x - 1));
    const int highest = 63 - __builtin_clzll(curve_x);
    cyclotomic run[CYCLOTOMIC_RUNS];
    fp12 whole[CYCLOTOMIC_RUNS];
    cyclotomic_of(&run[0], a);
    cyclotomic_sqr_times(&run[0], (unsigned)lowest);
    run[1] = run[0];
    cyclotomic_sqr_times(&run[1], (unsigned)(second - lowest));
    cyclotomic_whole(whole, run, KW_COUNT(run));
    fp12 product = whole[1];
    for (int bit = highest - 1; bit >= second; bit--) {
        fp12_cyclotomic_sqr(&product, &product);
        if ((curve_x >> bit & 1) != 0) {
            fp12_mul(&product, &product, &whole[1]);
        }
    }
    fp12_mul(o, &product, &whole[0]);
    kw_wipe(run, sizeof run);
    kw_wipe(whole, sizeof whole);
    kw_wipe(&product, sizeof product);
}

/* o = a^x. */
KW_TEMPLATE void power_x(fp12 *o, const fp12 *a)
{
    power_x_abs(o, a);
    fp12_conj(o, o);
}

/* o = a^(x - 1) = (a^|x| a)^-1. */
KW_TEMPLATE void power_x_less_1(fp12 *o, const fp12 *a)
{
    fp12 t;
    power_x_abs(&t, a);
    fp12_mul(&t, &t, a);
    fp12_conj(o, &t);
    kw_wipe(&t, sizeof t);
}

/* o = a^((x - 1)^2 (x + p)(x^2 + p^2 - 1) + 3), which is a^(3 (p^4 - p^2 + 1) / r). Source:
 * Hayashida, Hayasaka, Teruya, ePrint 2020/875. */
KW_TEMPLATE void hard_power(fp12 *o, const fp12 *a)
{
    fp12 b;
    fp12 c;
    fp12 t;
    power_x_less_1(&b, a);
    power_x_less_1(&b, &b);
    power_x(&c, &b); /* (x + p) */
    fp12_frobenius(&t, &b, 1);
    fp12_mul(&b, &c, &t);
    power_x(&c, &b); /* (x^2 + p^2 - 1) */
    power_x(&c, &c);
    fp12_frobenius(&t, &b, 2);
    fp12_mul(&c, &c, &t);
    fp12_conj(&t, &b);
    fp12_mul(&c, &c, &t);
    fp12_cyclotomic_sqr(&t, a);
    fp12_mul(&t, &t, a);
    fp12_mul(o, &c, &t);
    kw_wipe(&b, sizeof b);
    kw_wipe(&c, sizeof c);
    kw_wipe(&t, sizeof t);
}

/* In the cyclotomic subgroup a^p = a^x says that a is of order r: p - x is h1 r, and h1 is prime
 * to (p^4 - p^2 + 1) / r. Source: Scott, ePrint 2021/1130. */
KW_TEMPLATE void trace_power(fp12 *o, const fp12 *a)
{
    power_x(o, a);
}
