/* SPDX-License-Identifier: Apache-2.0
 * Pairings of BN254 and the group GT, where they end. */
#ifndef KW_CURVE_BN_PAIR_H
#define KW_CURVE_BN_PAIR_H

#include "curve/bn.h"
#include "curve/flags.h"

/* An element of the subgroup of order r of Fp12. Not all-zero. */
typedef struct kw_bn_gt {
    kw_bn_fp12 value;
} kw_bn_gt;

enum {
    KW_BN_LINES = 88, /* steps of the loop */
};

/* What the loop needs of a point of G2 that meets many of G1. Public. */
typedef struct kw_bn_lines {
    struct {
        kw_bn_fp2 c; /* the line is y = x + c, scaled */
        kw_bn_fp2 x;
    } line[KW_BN_LINES];
    kw_mask is_infinity;
} kw_bn_lines;

/* One factor e(p, q) of a product; borrows. Either q or prepared is given, the other is NULL. */
typedef struct kw_bn_pair {
    const kw_bn_g1 *p;
    const kw_bn_g2 *q;
    const kw_bn_lines *prepared;
} kw_bn_pair;

/* e(p, q) with exponent 2 x (6 x^2 + 3 x + 1) (p^12 - 1) / r, as mcl, noble and snarkjs have it.
 * Infinity on either side gives 1. CT: constant time in the points. */
void kw_bn_pairing(kw_bn_gt *out, const kw_bn_g1 *p, const kw_bn_g2 *q);

/* The lines of q, for pairs that name them in its place. Of infinity too: in a product they are
 * refused or allowed as infinity itself is. CT: constant time in q. */
void kw_bn_prepare(kw_bn_lines *out, const kw_bn_g2 *q);

/* The two halves of a product of pairings: the product of the Miller loops of n pairs, which
 * refuses what kw_bn_pair_product refuses, and the final exponentiation. ARG: zero. Variable time
 * in these refusals alone. */
KW_MUST_USE kw_status kw_bn_miller(kw_bn_fp12 *out, const kw_bn_pair *pairs, size_t n,
                                   unsigned flags);
KW_MUST_USE kw_status kw_bn_final_exp(kw_bn_gt *out, const kw_bn_fp12 *in);

/* The product of n pairings with one final exponentiation, and whether it is 1. ARG: n is 0, or a
 * pair lacks a point. INFINITY: there is one and `flags` (kw_point_flags) do not allow it; allowed,
 * its factor is 1. */
KW_MUST_USE kw_status kw_bn_pair_product(kw_bn_gt *out, const kw_bn_pair *pairs, size_t n,
                                         unsigned flags);
KW_MUST_USE kw_status kw_bn_pair_product_is_one(bool *yes, const kw_bn_pair *pairs, size_t n,
                                                unsigned flags);

/* CT: constant time in the elements, but for _var. */
kw_bn_gt kw_bn_gt_one(void);
void kw_bn_gt_mul(kw_bn_gt *out, const kw_bn_gt *a, const kw_bn_gt *b);
void kw_bn_gt_inv(kw_bn_gt *out, const kw_bn_gt *a);
void kw_bn_gt_sqr(kw_bn_gt *out, const kw_bn_gt *a);
bool kw_bn_gt_equal(const kw_bn_gt *a, const kw_bn_gt *b);

/* out = a^(2^times), by compressed squares when there are many. */
void kw_bn_gt_sqr_times(kw_bn_gt *out, const kw_bn_gt *a, unsigned times);

/* out = a^k. CT: constant time in a and k, but for _var. No power by a secret: BN254 has about 100
 * bits of security, so its secrets are keys that sign, in G1 and G2; nothing is hidden in GT. */
void kw_bn_gt_exp(kw_bn_gt *out, const kw_bn_gt *a, const kw_bn_fr *k);
void kw_bn_gt_exp_var(kw_bn_gt *out, const kw_bn_gt *a, const kw_bn_fr *k);

/* The only way for an element of Fp12 into GT as it is. NOT_IN_SUBGROUP: zero, or of another
 * order. */
KW_MUST_USE kw_status kw_bn_gt_check(kw_bn_gt *out, const kw_bn_fp12 *in);

/* Twelve coefficients of 32 bytes, big-endian. `coeff`: c0.c0.c0, c0.c0.c1, c0.c1.c0 and so on;
 * `kyber`: the other way round, as kyber and tlock hash them. Decoding: LENGTH, RANGE, and as
 * gt_check. CT: encoding is constant time in the element. */
typedef struct kw_bn_gt_bytes {
    uint8_t bytes[12 * 32];
} kw_bn_gt_bytes;

void kw_bn_gt_encode_coeff(kw_bn_gt_bytes *out, const kw_bn_gt *a);
void kw_bn_gt_encode_kyber(kw_bn_gt_bytes *out, const kw_bn_gt *a);
KW_MUST_USE kw_status kw_bn_gt_decode_coeff(kw_bn_gt *out, kw_span in);
KW_MUST_USE kw_status kw_bn_gt_decode_kyber(kw_bn_gt *out, kw_span in);

#endif /* KW_CURVE_BN_PAIR_H */
