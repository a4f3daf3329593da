/* SPDX-License-Identifier: Apache-2.0
 * BLS12-381: what computes with secret points, and pairings and powers by secrets; BN254 has no
 * secrets but scalars. CT: constant time. */
typedef T(secret_g1) secret_g1;
typedef T(secret_g2) secret_g2;

KW_TEMPLATE void secret_g1_add(secret_g1 *out, const secret_g1 *a, const secret_g1 *b)
{
    g1_add(&out->secret, &a->secret, &b->secret);
}

KW_TEMPLATE void secret_g1_mul(secret_g1 *out, const secret_g1 *p, const secret *k)
{
    g1_mul_secret(&out->secret, &p->secret, k);
}

KW_TEMPLATE void secret_g2_add(secret_g2 *out, const secret_g2 *a, const secret_g2 *b)
{
    g2_add(&out->secret, &a->secret, &b->secret);
}

KW_TEMPLATE void secret_g2_mul(secret_g2 *out, const secret_g2 *q, const secret *k)
{
    g2_mul_secret(&out->secret, &q->secret, k);
}

KW_TEMPLATE void pairing_secret(gt *out, const secret_g1 *p, const g2 *q)
{
    pairing(out, &p->secret, q);
}

KW_TEMPLATE void pairing_secret_g2(gt *out, const g1 *p, const secret_g2 *q)
{
    pairing(out, p, &q->secret);
}

KW_TEMPLATE void gt_exp_secret(gt *out, const gt *a, const secret *k)
{
    fr opened = secret_open(k);
    gt_exp(out, a, &opened);
    kw_wipe(&opened, sizeof opened);
}
