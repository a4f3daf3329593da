/* SPDX-License-Identifier: Apache-2.0
 * The maps of BN254: Shallue and van de Woestijne (RFC 9380 section 6.6.1 and appendix F.1), and
 * the try-and-increment map of EigenLayer's contracts. CT: constant time except in names with
 * _var. */

/* y of an x under which x^3 + b is a square; over Fp2 the norm says so, and one root remains. */
KW_TEMPLATE kw_mask g1_svdw_is_square(fp *root, const fp *g)
{
    return fp_root(root, g);
}

KW_TEMPLATE void g1_svdw_finish(fp *y, const fp *g, const fp *root)
{
    (void)g;
    *y = *root;
}

KW_TEMPLATE kw_mask g2_svdw_is_square(fp *root, const fp2 *g)
{
    fp norm;
    fp2_norm(&norm, g);
    return fp_root(root, &norm);
}

KW_TEMPLATE void g2_svdw_finish(fp2 *y, const fp2 *g, const fp *root)
{
    (void)fp2_root_by_norm(y, g, root);
}

#define GROUP g1
#define BASE  fp
#include "curve/tmpl/svdw.inc.c"
#undef GROUP
#undef BASE

#define GROUP g2
#define BASE  fp2
#include "curve/tmpl/svdw.inc.c"
#undef GROUP
#undef BASE

/* The cofactor of G1 is 1. */
KW_TEMPLATE kw_status g1_try_and_increment_var(g1 *out, const kw_hash32 *digest)
{
    g1_raw point;
    fp one = fp_one();
    fp_of_wide_bytes(&point.x, digest->bytes, sizeof digest->bytes);
    for (int i = 0; i < KW_BN_INCREMENTS_MAX; i++) {
        fp right;
        fp_sqr(&right, &point.x);
        fp_mul(&right, &right, &point.x);
        fp_add(&right, &right, &g1_b);
        if (fp_root(&point.y, &right) != 0) {
            g1_of_raw(out, &point);
            return KW_OK;
        }
        fp_add(&point.x, &point.x, &one);
    }
    return KW_LIMIT;
}
