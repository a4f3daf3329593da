/* SPDX-License-Identifier: Apache-2.0
 * BLS12-381, one whole instance of it: who includes this has defined the words of 4 and 6 limbs
 * (mont4_*, mont6_*) and the name of the table, KW_OPS. */
#include "curve/bls_ops.h"

#include "curve/tmpl/types.inc.c"

#include "curve/bls_params.inc.h"

#define FP_LIMBS   6
#define KW_XI_REAL 1
#define KW_XI      "curve/bls_xi.inc.c"
#include "curve/tmpl/tower.inc.c"

/* 3 b = 12, and 12 (1 + u). */
KW_TEMPLATE void g1_mul_3b(fp *o, const fp *a)
{
    fp_mul_small(o, a, 12);
}

KW_TEMPLATE void g2_mul_3b(fp2 *o, const fp2 *a)
{
    fp2_mul_xi(o, a);
    fp2_mul_small(o, o, 12);
}

#include "curve/tmpl/scalar.inc.c"
#include "curve/tmpl/poly.inc.c"

_Static_assert((int)LAGRANGE_MAX == (int)KW_BLS_LAGRANGE_MAX, "one limit, in bls.h");

#define KW_SPLIT    "curve/bls_split.inc.c"
#define KW_SUBGROUP "curve/bls_subgroup.inc.c"
#include "curve/tmpl/groups.inc.c"

_Static_assert((int)MSM_MAX == (int)KW_BLS_MSM_MAX, "one limit, in bls_batch.h");

#include "curve/bls_pair.inc.c"
#include "curve/tmpl/pair.inc.c"
#include "curve/tmpl/gt.inc.c"
#include "curve/bls_secret.inc.c"

#include "curve/tmpl/wire.inc.c"

#include "curve/tmpl/groups_wire.inc.c"

#include "curve/bls_wire.inc.c"

#include "curve/bls_map.inc.c"

#define FP_WIDE_BYTES 64 /* ceil((bits of p + 128) / 8) */
#include "curve/tmpl/hashes.inc.c"

const kw_bls_ops KW_OPS = {
#define V(name, params, args)         .name = name,
#define R(result, name, params, args) .name = name,
    KW_BLS_OPS(V, R)
#undef V
#undef R
};
