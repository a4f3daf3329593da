/* SPDX-License-Identifier: Apache-2.0
 * BLS12-381: multiples of points that never change, such as generators, from tables. */
#ifndef KW_CURVE_BLS_COMB_H
#define KW_CURVE_BLS_COMB_H

#include "curve/bls.h"

/* Eleven combs of six teeth: 33 KiB for G1, 66 KiB for G2. Public. */
typedef struct kw_bls_g1_comb {
    kw_bls_g1_raw at[11][32];
} kw_bls_g1_comb;

typedef struct kw_bls_g2_comb {
    kw_bls_g2_raw at[11][32];
} kw_bls_g2_comb;

/* The tables of a public point, at the price of five multiplications. INFINITY: it is that. */
KW_MUST_USE kw_status kw_bls_g1_comb_init(kw_bls_g1_comb *out, const kw_bls_g1 *p);
KW_MUST_USE kw_status kw_bls_g2_comb_init(kw_bls_g2_comb *out, const kw_bls_g2 *p);

/* out = k p, for the point p of the tables. CT: constant time in k. */
void kw_bls_g1_comb_secret(kw_bls_g1 *out, const kw_bls_g1_comb *comb, const kw_bls_secret *k);
void kw_bls_g2_comb_secret(kw_bls_g2 *out, const kw_bls_g2_comb *comb, const kw_bls_secret *k);

/* The tables of the generators; tools/curve_comb.py makes them when the program is built. */
extern const kw_bls_g1_comb kw_bls_g1_base_comb;
extern const kw_bls_g2_comb kw_bls_g2_base_comb;

#endif /* KW_CURVE_BLS_COMB_H */
