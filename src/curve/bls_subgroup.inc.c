/* SPDX-License-Identifier: Apache-2.0
 * Which points of the curves of BLS12-381 have order r, and the way there for the others. The
 * points are any of the curve. Sources: Scott, ePrint 2021/1130 (membership); Budroni, Pintore,
 * ePrint 2017/419 and RFC 9380 sections 7 and 8.8 (cofactors). CT: constant time. */

/* phi(p) = -x^2 p. The resultant of that relation with phi^2 + phi + 1 is r: it is enough. */
KW_TEMPLATE bool g1_is_in_subgroup(const g1 *p)
{
    g1 left;
    g1 right;
    g1_mul_x(&left, p);
    g1_mul_x(&left, &left);
    g1_endo(&right, p);
    g1_neg(&right, &right);
    return g1_equal(&left, &right);
}

/* psi(q) = x q. */
KW_TEMPLATE bool g2_is_in_subgroup(const g2 *q)
{
    g2 left;
    g2 right;
    g2_mul_x(&left, q);
    g2_neg(&left, &left);
    g2_endo(&right, q);
    return g2_equal(&left, &right);
}

/* (1 - x) p. */
KW_TEMPLATE void g1_times_cofactor(g1 *o, const g1 *p)
{
    g1 multiple;
    g1_mul_x(&multiple, p);
    g1_add(o, p, &multiple);
}

/* (x^2 - x - 1) q + (x - 1) psi(q) + psi^2(2 q), x = -|x|. With y = |x|:
 * y (y q + q - psi(q)) - q - psi(q) + psi^2(2 q). */
KW_TEMPLATE void g2_times_cofactor(g2 *o, const g2 *q)
{
    g2 psi;
    g2 psi_2;
    g2 sum;
    g2_endo(&psi, q);
    g2_dbl(&psi_2, q);
    g2_endo(&psi_2, &psi_2);
    g2_endo(&psi_2, &psi_2);
    g2_mul_x(&sum, q);
    g2_add(&sum, &sum, q);
    g2_sub(&sum, &sum, &psi);
    g2_mul_x(&sum, &sum);
    g2_sub(&sum, &sum, q);
    g2_sub(&sum, &sum, &psi);
    g2_add(o, &sum, &psi_2);
}
