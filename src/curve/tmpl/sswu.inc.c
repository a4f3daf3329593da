/* SPDX-License-Identifier: Apache-2.0
 * What both simplified SWU maps of BLS12-381 share (bls_map.inc.c). Parameters: GROUP, BASE, and
 * the function GROUP_sswu, which finds x and y. CT: constant time. */

#define G(name) KW_GLUE3(GROUP, _, name)
#define B(name) KW_GLUE3(BASE, _, name)

/* x1 of each of `count` elements for the price of one inversion, and t. */
KW_TEMPLATE void G(sswu_x1)(BASE *x1, BASE *t, const BASE *u, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        B(sqr)(&t[i], &u[i]);
        B(mul)(&t[i], &t[i], &G(sswu_z));
        B(sqr)(&x1[i], &t[i]);
        B(add)(&x1[i], &x1[i], &t[i]);
    }
    B(batch_inv)(x1, count);
    for (size_t i = 0; i < count; i++) {
        kw_mask is_special = B(is_zero)(&x1[i]);
        BASE one = B(one)();
        B(add)(&x1[i], &x1[i], &one);
        B(mul)(&x1[i], &x1[i], &G(sswu_minus_b_over_a));
        B(copy)(is_special, &x1[i], &G(sswu_b_over_za));
    }
}

/* g(x) = x^3 + A x + B. */
KW_TEMPLATE void G(sswu_g)(BASE *o, const BASE *x)
{
    BASE g;
    B(sqr)(&g, x);
    B(add)(&g, &g, &G(sswu_a));
    B(mul)(&g, &g, x);
    B(add)(o, &g, &G(sswu_b));
}

/* c[0] + c[1] x + ... + c[count - 1] x^(count - 1). */
KW_TEMPLATE void G(horner)(BASE *o, const BASE *c, size_t count, const BASE *x)
{
    BASE sum = c[count - 1];
    for (size_t i = count - 1; i-- > 0;) {
        B(mul)(&sum, &sum, x);
        B(add)(&sum, &sum, &c[i]);
    }
    *o = sum;
}

/* The isogeny; points of its kernel, where the denominators vanish, go to infinity. */
KW_TEMPLATE void G(isogeny)(GROUP *o, const BASE *x, const BASE *y)
{
    BASE x_num;
    BASE x_den;
    BASE y_num;
    BASE y_den;
    G(horner)(&x_num, G(iso_x_num), KW_COUNT(G(iso_x_num)), x);
    G(horner)(&x_den, G(iso_x_den), KW_COUNT(G(iso_x_den)), x);
    G(horner)(&y_num, G(iso_y_num), KW_COUNT(G(iso_y_num)), x);
    G(horner)(&y_den, G(iso_y_den), KW_COUNT(G(iso_y_den)), x);
    B(mul)(&o->x, &x_num, &y_den);
    B(mul)(&y_num, &y_num, y);
    B(mul)(&o->y, &y_num, &x_den);
    B(mul)(&o->z, &x_den, &y_den);
    GROUP infinity = G(infinity)();
    G(copy)(B(is_zero)(&o->z), o, &infinity);
}

KW_TEMPLATE void G(map)(GROUP *points, const BASE *u, size_t count)
{
    BASE x1[2];
    BASE t[2];
    G(sswu_x1)(x1, t, u, count);
    for (size_t i = 0; i < count; i++) {
        BASE x;
        BASE y;
        G(sswu)(&x, &y, &x1[i], &t[i], &u[i]);
        B(neg_if)(kw_ct_nonzero(B(sgn0)(&y) ^ B(sgn0)(&u[i])), &y, &y);
        G(isogeny)(&points[i], &x, &y);
    }
}

#undef G
#undef B
