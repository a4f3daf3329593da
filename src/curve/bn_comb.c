/* SPDX-License-Identifier: Apache-2.0
 * BN254: the generators' tables, shared by all back-ends. */
#include "curve/bn_comb.h"

const kw_bn_g1_comb kw_bn_g1_base_comb =
#include "curve/bn_g1_comb.inc.h"
    ;

const kw_bn_g2_comb kw_bn_g2_base_comb =
#include "curve/bn_g2_comb.inc.h"
    ;

void kw_bn_g1_base_secret(kw_bn_g1 *out, const kw_bn_secret *k)
{
    kw_bn_g1_comb_secret(out, &kw_bn_g1_base_comb, k);
}

void kw_bn_g2_base_secret(kw_bn_g2 *out, const kw_bn_secret *k)
{
    kw_bn_g2_comb_secret(out, &kw_bn_g2_base_comb, k);
}
