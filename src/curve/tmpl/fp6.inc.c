/* SPDX-License-Identifier: Apache-2.0
 * Fp6 = Fp2[v] / (v^3 - xi). Source: Devegili, O hEigeartaigh, Scott, Dahab, ePrint 2006/471.
 * CT: constant time. */

KW_TEMPLATE void fp6_add(fp6 *o, const fp6 *a, const fp6 *b)
{
    fp2_add(&o->c0, &a->c0, &b->c0);
    fp2_add(&o->c1, &a->c1, &b->c1);
    fp2_add(&o->c2, &a->c2, &b->c2);
}

KW_TEMPLATE void fp6_sub(fp6 *o, const fp6 *a, const fp6 *b)
{
    fp2_sub(&o->c0, &a->c0, &b->c0);
    fp2_sub(&o->c1, &a->c1, &b->c1);
    fp2_sub(&o->c2, &a->c2, &b->c2);
}

KW_TEMPLATE void fp6_neg(fp6 *o, const fp6 *a)
{
    fp2_neg(&o->c0, &a->c0);
    fp2_neg(&o->c1, &a->c1);
    fp2_neg(&o->c2, &a->c2);
}

KW_TEMPLATE kw_mask fp6_is_zero(const fp6 *a)
{
    return fp2_is_zero(&a->c0) & fp2_is_zero(&a->c1) & fp2_is_zero(&a->c2);
}

KW_TEMPLATE kw_mask fp6_equal(const fp6 *a, const fp6 *b)
{
    return fp2_equal(&a->c0, &b->c0) & fp2_equal(&a->c1, &b->c1) & fp2_equal(&a->c2, &b->c2);
}

KW_TEMPLATE void fp6_copy(kw_mask mask, fp6 *o, const fp6 *a)
{
    fp2_copy(mask, &o->c0, &a->c0);
    fp2_copy(mask, &o->c1, &a->c1);
    fp2_copy(mask, &o->c2, &a->c2);
}

/* o = a v. */
KW_TEMPLATE void fp6_mul_v(fp6 *o, const fp6 *a)
{
    fp2 c0;
    fp2_mul_xi(&c0, &a->c2);
    o->c2 = a->c1;
    o->c1 = a->c0;
    o->c0 = c0;
}

/* Karatsuba: 6 multiplications and as many reductions. */
KW_TEMPLATE void fp6_mul(fp6 *o, const fp6 *a, const fp6 *b)
{
    fp2_wide v0;
    fp2_wide v1;
    fp2_wide v2;
    fp2_wide x01;
    fp2_wide x02;
    fp2_wide x12;
    fp2_mul_wide(&v0, &a->c0, &b->c0);
    fp2_mul_wide(&v1, &a->c1, &b->c1);
    fp2_mul_wide(&v2, &a->c2, &b->c2);
    fp2_cross_wide(&x01, (const fp2 *const[]){&a->c0, &a->c1}, (const fp2 *const[]){&b->c0, &b->c1},
                   &v0, &v1);
    fp2_cross_wide(&x02, (const fp2 *const[]){&a->c0, &a->c2}, (const fp2 *const[]){&b->c0, &b->c2},
                   &v0, &v2);
    fp2_cross_wide(&x12, (const fp2 *const[]){&a->c1, &a->c2}, (const fp2 *const[]){&b->c1, &b->c2},
                   &v1, &v2);
    fp2_wide_mul_xi(&x12, &x12);
    fp2_wide_add(&x12, &x12, &v0);
    fp2_wide_add(&x02, &x02, &v1);
    fp2_wide_mul_xi(&v2, &v2);
    fp2_wide_add(&x01, &x01, &v2);
    fp2_redc(&o->c0, &x12);
    fp2_redc(&o->c1, &x01);
    fp2_redc(&o->c2, &x02);
}

KW_TEMPLATE void fp6_sqr(fp6 *o, const fp6 *a)
{
    fp6_mul(o, a, a);
}

/* o = a (b0 + b1 v): 5 multiplications. */
KW_TEMPLATE void fp6_mul_01(fp6 *o, const fp6 *a, const fp2 *b0, const fp2 *b1)
{
    fp2_wide v0;
    fp2_wide v1;
    fp2_wide x01;
    fp2_wide x02;
    fp2_wide x12;
    fp2_mul_wide(&v0, &a->c0, b0);
    fp2_mul_wide(&v1, &a->c1, b1);
    fp2_cross_wide(&x01, (const fp2 *const[]){&a->c0, &a->c1}, (const fp2 *const[]){b0, b1}, &v0,
                   &v1);
    fp2_mul_wide(&x02, &a->c2, b0);
    fp2_mul_wide(&x12, &a->c2, b1);
    fp2_wide_mul_xi(&x12, &x12);
    fp2_wide_add(&x12, &x12, &v0);
    fp2_wide_add(&x02, &x02, &v1);
    fp2_redc(&o->c0, &x12);
    fp2_redc(&o->c1, &x01);
    fp2_redc(&o->c2, &x02);
}

/* o = a b1 v. */
KW_TEMPLATE void fp6_mul_1(fp6 *o, const fp6 *a, const fp2 *b1)
{
    fp2 c0;
    fp2_mul(&c0, &a->c2, b1);
    fp2_mul(&o->c2, &a->c1, b1);
    fp2_mul(&o->c1, &a->c0, b1);
    fp2_mul_xi(&o->c0, &c0);
}

/* Of 0: 0. */
KW_TEMPLATE void fp6_inv(fp6 *o, const fp6 *a)
{
    fp2 t0;
    fp2 t1;
    fp2 t2;
    fp2 product;
    fp2_sqr(&t0, &a->c0); /* t0 = a0^2 - xi a1 a2 */
    fp2_mul(&product, &a->c1, &a->c2);
    fp2_mul_xi(&product, &product);
    fp2_sub(&t0, &t0, &product);
    fp2_sqr(&t1, &a->c2); /* t1 = xi a2^2 - a0 a1 */
    fp2_mul_xi(&t1, &t1);
    fp2_mul(&product, &a->c0, &a->c1);
    fp2_sub(&t1, &t1, &product);
    fp2_sqr(&t2, &a->c1); /* t2 = a1^2 - a0 a2 */
    fp2_mul(&product, &a->c0, &a->c2);
    fp2_sub(&t2, &t2, &product);
    fp2 norm; /* a0 t0 + xi (a2 t1 + a1 t2) */
    fp2_mul(&norm, &a->c2, &t1);
    fp2_mul(&product, &a->c1, &t2);
    fp2_add(&norm, &norm, &product);
    fp2_mul_xi(&norm, &norm);
    fp2_mul(&product, &a->c0, &t0);
    fp2_add(&norm, &norm, &product);
    fp2_inv(&norm, &norm);
    fp2_mul(&o->c0, &t0, &norm);
    fp2_mul(&o->c1, &t1, &norm);
    fp2_mul(&o->c2, &t2, &norm);
}

/* The coefficient of w^j, v = w^2, of an element becomes that of its power p^power, 1..3. */
KW_TEMPLATE void frobenius_coefficient(fp2 *c, int j, int power)
{
    fp2_frobenius(c, c, power);
    if (j == 0) {
        return;
    }
    if (power == 2) {
        fp2_mul_fp(c, c, &frobenius_2[j - 1]);
    } else {
        fp2_mul(c, c, power == 1 ? &frobenius_1[j - 1] : &frobenius_3[j - 1]);
    }
}

/* o = a^(p^power), power 1..3. */
KW_TEMPLATE void fp6_frobenius(fp6 *o, const fp6 *a, int power)
{
    *o = *a;
    frobenius_coefficient(&o->c0, 0, power);
    frobenius_coefficient(&o->c1, 2, power);
    frobenius_coefficient(&o->c2, 4, power);
}
