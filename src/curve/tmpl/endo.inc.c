/* SPDX-License-Identifier: Apache-2.0
 * The endomorphisms of both groups: phi on E, psi (untwist, Frobenius, twist) on the twist. CT:
 * constant time. */

KW_TEMPLATE void g1_endo(g1 *o, const g1 *a)
{
    fp_mul(&o->x, &a->x, &g1_beta);
    o->y = a->y;
    o->z = a->z;
}

KW_TEMPLATE void g1_raw_endo(g1_raw *o, const g1_raw *a)
{
    fp_mul(&o->x, &a->x, &g1_beta);
    o->y = a->y;
}

KW_TEMPLATE void g2_endo(g2 *o, const g2 *a)
{
    fp2_conj(&o->x, &a->x);
    fp2_conj(&o->y, &a->y);
    fp2_conj(&o->z, &a->z);
    fp2_mul(&o->x, &o->x, &g2_psi_x);
    fp2_mul(&o->y, &o->y, &g2_psi_y);
}

KW_TEMPLATE void g2_raw_endo(g2_raw *o, const g2_raw *a)
{
    fp2_conj(&o->x, &a->x);
    fp2_conj(&o->y, &a->y);
    fp2_mul(&o->x, &o->x, &g2_psi_x);
    fp2_mul(&o->y, &o->y, &g2_psi_y);
}
