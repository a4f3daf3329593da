/* SPDX-License-Identifier: Apache-2.0
 * BN254: multiples of points that never change, such as generators, from tables. */
#ifndef KW_CURVE_BN_COMB_H
#define KW_CURVE_BN_COMB_H

#include "curve/bn.h"

/* Eleven combs of six teeth: 22 KiB for G1, 44 KiB for G2. Public. */
typedef struct kw_bn_g1_comb {
    kw_bn_g1_raw at[11][32];
} kw_bn_g1_comb;

typedef struct kw_bn_g2_comb {
    kw_bn_g2_raw at[11][32];
} kw_bn_g2_comb;

/* The tables of a public point, at the price of five multiplications. INFINITY: it is that. */
KW_MUST_USE kw_status kw_bn_g1_comb_init(kw_bn_g1_comb *out, const kw_bn_g1 *p);
KW_MUST_USE kw_status kw_bn_g2_comb_init(kw_bn_g2_comb *out, const kw_bn_g2 *p);

/* out = k p, for the point p of the tables. CT: constant time in k. */
void kw_bn_g1_comb_secret(kw_bn_g1 *out, const kw_bn_g1_comb *comb, const kw_bn_secret *k);
void kw_bn_g2_comb_secret(kw_bn_g2 *out, const kw_bn_g2_comb *comb, const kw_bn_secret *k);

/* The tables of the generators; tools/curve_comb.py makes them when the program is built. */
extern const kw_bn_g1_comb kw_bn_g1_base_comb;
extern const kw_bn_g2_comb kw_bn_g2_base_comb;

#endif /* KW_CURVE_BN_COMB_H */
