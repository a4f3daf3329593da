/* SPDX-License-Identifier: Apache-2.0
 * A secret scalar does not reach a multiplication whose time depends on it. */
#include "curve/bls.h"
/* expect: incompatible pointer type */
void multiply(kw_bls_g1 *out, const kw_bls_g1 *p, const kw_bls_secret *k);
void multiply(kw_bls_g1 *out, const kw_bls_g1 *p, const kw_bls_secret *k)
{
#ifdef KW_COMPILES
    kw_bls_g1_mul_secret(out, p, k);
#else
    kw_bls_g1_mul_var(out, p, k);
#endif
}
