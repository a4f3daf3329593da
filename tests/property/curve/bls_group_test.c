/* SPDX-License-Identifier: Apache-2.0
 * The laws of G1 and G2 of BLS12-381. */
#include "curve/tmpl/words_c.inc.c"

#define KW_OPS kw_bls_ops_test
#include "curve/bls.inc.c"

#define C(name) KW_GLUE(kw_bls_, name)

enum {
    g1_IS_WHOLE_CURVE = 0,
    g2_IS_WHOLE_CURVE = 0
};

/* -x^2. */
static void g1_eigenvalue(fr *out)
{
    fr x = fr_of_u64(curve_x);
    fr_mul(out, &x, &x);
    fr_neg(out, out);
}

/* x, which is negative. */
static void g2_eigenvalue(fr *out)
{
    fr x = fr_of_u64(curve_x);
    fr_neg(out, &x);
}

#include "property/curve/group_world.inc.h"

int main(void)
{
    return run_group_laws("property/curve/bls_group");
}
