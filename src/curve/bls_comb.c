/* SPDX-License-Identifier: Apache-2.0
 * BLS12-381: the generators' tables, shared by all back-ends. */
#include "curve/bls_comb.h"

const kw_bls_g1_comb kw_bls_g1_base_comb =
#include "curve/bls_g1_comb.inc.h"
    ;

const kw_bls_g2_comb kw_bls_g2_base_comb =
#include "curve/bls_g2_comb.inc.h"
    ;

void kw_bls_g1_base_secret(kw_bls_g1 *out, const kw_bls_secret *k)
{
    kw_bls_g1_comb_secret(out, &kw_bls_g1_base_comb, k);
}

void kw_bls_g2_base_secret(kw_bls_g2 *out, const kw_bls_secret *k)
{
    kw_bls_g2_comb_secret(out, &kw_bls_g2_base_comb, k);
}
