/* SPDX-License-Identifier: Apache-2.0
 * Which points of the curves of BN254 have order r, and the way there for the others. The points
 * are any of the curve. Sources: Dai, Lin, Zhao, Zhou, ePrint 2022/348 (membership); Fuentes-
 * Castaneda, Knapp, Rodriguez-Henriquez, SAC 2011 (cofactor). CT: constant time. */

/* The cofactor of G1 is 1. */
KW_TEMPLATE bool g1_is_in_subgroup(const g1 *p)
{
    KW_UNUSED(p);
    return true;
}

/* (x + 1) q + psi(x q) + psi^2(x q) = psi^3(2 x q). The resultant of that relation with the
 * characteristic polynomial of psi is r times a number coprime to the cofactor: it is enough. */
KW_TEMPLATE bool g2_is_in_subgroup(const g2 *q)
{
    g2 xq;
    g2 left;
    g2 right;
    g2_mul_x(&xq, q);
    g2_add(&left, &xq, q);
    g2_endo(&right, &xq);
    g2_add(&left, &left, &right);
    g2_endo(&right, &right);
    g2_add(&left, &left, &right);
    g2_endo(&right, &right);
    g2_dbl(&right, &right);
    return g2_equal(&left, &right);
}

KW_TEMPLATE void g1_times_cofactor(g1 *o, const g1 *p)
{
    *o = *p;
}

/* x q + psi(3 x q) + psi^2(x q) + psi^3(q). */
KW_TEMPLATE void g2_times_cofactor(g2 *o, const g2 *q)
{
    g2 xq;
    g2 sum;
    g2 term;
    g2_mul_x(&xq, q);
    g2_dbl(&term, &xq);
    g2_add(&term, &term, &xq);
    g2_endo(&term, &term);
    g2_add(&sum, &xq, &term);
    g2_endo(&term, &xq);
    g2_endo(&term, &term);
    g2_add(&sum, &sum, &term);
    g2_endo(&term, q);
    g2_endo(&term, &term);
    g2_endo(&term, &term);
    g2_add(o, &sum, &term);
}
