/* SPDX-License-Identifier: Apache-2.0
 * The maps of the suites BLS12381G1 and BLS12381G2 (RFC 9380 sections 6.6.2, 6.6.3 and 8.8): the
 * simplified SWU map to an isogenous curve y^2 = x^3 + A x + B, and the isogeny back.
 *
 * With t = Z u^2: x1 = -B/A (1 + 1 / (t^2 + t)), or B / (Z A) when t^2 + t = 0; x2 = t x1. As
 * g(x2) = t^3 g(x1) and Z is no square, one of both is a square, and one exponentiation finds its
 * root: p = 3 mod 4, so what is no root of a is one of -a. CT: constant time. */

KW_TEMPLATE void g1_sswu_g(fp *o, const fp *x);
KW_TEMPLATE void g2_sswu_g(fp2 *o, const fp2 *x);

/* y of g(x1) or g(t x1), and that x. When g = g(x1) is no square, r with r^2 = -g gives the other
 * root: (Z sqrt(-Z) u^3 r)^2 = Z^3 u^6 g = t^3 g. */
KW_TEMPLATE void g1_sswu(fp *x, fp *y, const fp *x1, const fp *t, const fp *u)
{
    fp g;
    fp other_x;
    fp other_y;
    g1_sswu_g(&g, x1);
    kw_mask is_square = fp_root(y, &g);
    fp_sqr(&other_y, u);
    fp_mul(&other_y, &other_y, u);
    fp_mul(&other_y, &other_y, &g1_sswu_root_factor);
    fp_mul(&other_y, &other_y, y);
    fp_mul(&other_x, t, x1);
    *x = *x1;
    fp_copy(~is_square, x, &other_x);
    fp_copy(~is_square, y, &other_y);
}

/* The same over Fp2, where the norm decides: with n the norm of g and r a root of n or of -n, the
 * norm of t^3 g has the root N(Z) sqrt(-N(Z)) N(u)^3 r in the second case. */
KW_TEMPLATE void g2_sswu(fp2 *x, fp2 *y, const fp2 *x1, const fp2 *t, const fp2 *u)
{
    fp2 g;
    fp2 other;
    fp norm;
    fp root;
    fp other_root;
    g2_sswu_g(&g, x1);
    fp2_norm(&norm, &g);
    kw_mask is_square = fp_root(&root, &norm);
    fp2_norm(&norm, u);
    fp_sqr(&other_root, &norm);
    fp_mul(&other_root, &other_root, &norm);
    fp_mul(&other_root, &other_root, &g2_sswu_root_factor);
    fp_mul(&other_root, &other_root, &root);
    fp_copy(~is_square, &root, &other_root);
    fp2_sqr(&other, t);
    fp2_mul(&other, &other, t);
    fp2_mul(&other, &other, &g);
    fp2_copy(~is_square, &g, &other);
    fp2_mul(&other, t, x1);
    *x = *x1;
    fp2_copy(~is_square, x, &other);
    (void)fp2_root_by_norm(y, &g, &root);
}

#define GROUP g1
#define BASE  fp
#include "curve/tmpl/sswu.inc.c"
#undef GROUP
#undef BASE

#define GROUP g2
#define BASE  fp2
#include "curve/tmpl/sswu.inc.c"
#undef GROUP
#undef BASE
