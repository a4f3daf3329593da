/* SPDX-License-Identifier: Apache-2.0
 * Products with xi = 1 + u: (a0 - a1) + (a0 + a1) u. Parameter: LIMBS. CT: constant time. */

#define MONT(name) KW_GLUE3(mont, LIMBS, name)

KW_TEMPLATE void fp2_mul_xi(fp2 *o, const fp2 *a)
{
    fp real;
    fp_sub(&real, &a->c0, &a->c1);
    fp_add(&o->c1, &a->c0, &a->c1);
    o->c0 = real;
}

/* The same before a reduction. */
KW_TEMPLATE void fp2_wide_mul_xi(fp2_wide *o, const fp2_wide *a)
{
    uint64_t real[2 * LIMBS];
    MONT(_sub_wide_mod)(real, a->c0, a->c1, fp_p);
    MONT(_add_wide_mod)(o->c1, a->c0, a->c1, fp_p);
    memcpy(o->c0, real, sizeof real);
}

#undef MONT
