/* SPDX-License-Identifier: Apache-2.0
 * BN254: the extensions of Fp, where twists and pairings live; the types stand in bn.h. All
 * are public. Each operation is there for each floor: _inv of 0 gives 0, and _frobenius raises to
 * p^power, power 1..3. CT: constant time in the elements. */
#ifndef KW_CURVE_BN_TOWER_H
#define KW_CURVE_BN_TOWER_H

#include "curve/bn.h"

void kw_bn_fp2_add(kw_bn_fp2 *out, const kw_bn_fp2 *a, const kw_bn_fp2 *b);
void kw_bn_fp2_sub(kw_bn_fp2 *out, const kw_bn_fp2 *a, const kw_bn_fp2 *b);
void kw_bn_fp2_neg(kw_bn_fp2 *out, const kw_bn_fp2 *a);
void kw_bn_fp2_mul(kw_bn_fp2 *out, const kw_bn_fp2 *a, const kw_bn_fp2 *b);
void kw_bn_fp2_sqr(kw_bn_fp2 *out, const kw_bn_fp2 *a);
void kw_bn_fp2_inv(kw_bn_fp2 *out, const kw_bn_fp2 *a);
void kw_bn_fp2_frobenius(kw_bn_fp2 *out, const kw_bn_fp2 *a, int power);

void kw_bn_fp6_add(kw_bn_fp6 *out, const kw_bn_fp6 *a, const kw_bn_fp6 *b);
void kw_bn_fp6_sub(kw_bn_fp6 *out, const kw_bn_fp6 *a, const kw_bn_fp6 *b);
void kw_bn_fp6_neg(kw_bn_fp6 *out, const kw_bn_fp6 *a);
void kw_bn_fp6_mul(kw_bn_fp6 *out, const kw_bn_fp6 *a, const kw_bn_fp6 *b);
void kw_bn_fp6_sqr(kw_bn_fp6 *out, const kw_bn_fp6 *a);
void kw_bn_fp6_inv(kw_bn_fp6 *out, const kw_bn_fp6 *a);
void kw_bn_fp6_frobenius(kw_bn_fp6 *out, const kw_bn_fp6 *a, int power);

void kw_bn_fp12_add(kw_bn_fp12 *out, const kw_bn_fp12 *a, const kw_bn_fp12 *b);
void kw_bn_fp12_sub(kw_bn_fp12 *out, const kw_bn_fp12 *a, const kw_bn_fp12 *b);
void kw_bn_fp12_neg(kw_bn_fp12 *out, const kw_bn_fp12 *a);
void kw_bn_fp12_mul(kw_bn_fp12 *out, const kw_bn_fp12 *a, const kw_bn_fp12 *b);
void kw_bn_fp12_sqr(kw_bn_fp12 *out, const kw_bn_fp12 *a);
void kw_bn_fp12_inv(kw_bn_fp12 *out, const kw_bn_fp12 *a);
void kw_bn_fp12_frobenius(kw_bn_fp12 *out, const kw_bn_fp12 *a, int power);

#endif /* KW_CURVE_BN_TOWER_H */
