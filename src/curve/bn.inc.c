/* SPDX-License-Identifier: Apache-2.0
 * BN254, one whole instance of it: who includes this has defined the words of 4 and 6 limbs
 * (mont4_*, mont6_*) and the name of the table, KW_OPS. */
#include "curve/bn_ops.h"

#include "curve/tmpl/types.inc.c"

#include "curve/bn_params.inc.h"

#define FP_LIMBS   4
#define KW_XI_REAL 9
#define KW_XI      "curve/bn_xi.inc.c"
#include "curve/tmpl/tower.inc.c"

/* 3 b = 9, and 9 / (9 + u). */
KW_TEMPLATE void g1_mul_3b(fp *o, const fp *a)
{
    const fp zero = fp_zero();
    fp_nine_times_plus(o, a, zero.w);
}

KW_TEMPLATE void g2_mul_3b(fp2 *o, const fp2 *a)
{
    fp2_mul(o, a, &g2_3b);
}

#include "curve/tmpl/scalar.inc.c"
#include "curve/tmpl/poly.inc.c"

_Static_assert((int)LAGRANGE_MAX == (int)KW_BN_LAGRANGE_MAX, "one limit, in bn.h");

#define KW_SPLIT    "curve/bn_split.inc.c"
#define KW_SUBGROUP "curve/bn_subgroup.inc.c"
#include "curve/tmpl/groups.inc.c"

_Static_assert((int)MSM_MAX == (int)KW_BN_MSM_MAX, "one limit, in bn_batch.h");

#include "curve/bn_pair.inc.c"
#include "curve/tmpl/pair.inc.c"
#include "curve/tmpl/gt.inc.c"

#include "curve/tmpl/wire.inc.c"

#include "curve/tmpl/groups_wire.inc.c"

#include "curve/bn_wire.inc.c"

#include "curve/bn_map.inc.c"

#define FP_WIDE_BYTES 48 /* ceil((bits of p + 128) / 8) */
#include "curve/tmpl/hashes.inc.c"

const kw_bn_ops KW_OPS = {
#define V(name, params, args)         .name = name,
#define R(result, name, params, args) .name = name,
    KW_BN_OPS(V, R)
#undef V
#undef R
};
