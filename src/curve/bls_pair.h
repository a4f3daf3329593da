/* SPDX-License-Identifier: Apache-2.0
 * Pairings of BLS12-381 and the group GT, where they end. */
#ifndef KW_CURVE_BLS_PAIR_H
#define KW_CURVE_BLS_PAIR_H

#include "curve/bls.h"
#include "curve/flags.h"

/* An element of the subgroup of order r of Fp12. Not all-zero. */
typedef struct kw_bls_gt {
    kw_bls_fp12 value;
} kw_bls_gt;

enum {
    KW_BLS_LINES = 68, /* steps of the loop */
};

/* What the loop needs of a point of G2 that meets many of G1. Public. */
typedef struct kw_bls_lines {
    struct {
        kw_bls_fp2 c; /* the line is y = x + c, scaled */
        kw_bls_fp2 x;
    } line[KW_BLS_LINES];
    kw_mask is_infinity;
} kw_bls_lines;

/* One factor e(p, q) of a product; borrows. Either q or prepared is given, the other is NULL. */
typedef struct kw_bls_pair {
    const kw_bls_g1 *p;
    const kw_bls_g2 *q;
    const kw_bls_lines *prepared;
} kw_bls_pair;

/* e(p, q) with exponent 3 (p^12 - 1) / r, as blst, mcl and noble have it. Infinity on either side
 * gives 1. CT: constant time in the points. */
void kw_bls_pairing(kw_bls_gt *out, const kw_bls_g1 *p, const kw_bls_g2 *q);
void kw_bls_pairing_secret(kw_bls_gt *out, const kw_bls_secret_g1 *p, const kw_bls_g2 *q);
void kw_bls_pairing_secret_g2(kw_bls_gt *out, const kw_bls_g1 *p, const kw_bls_secret_g2 *q);

/* The lines of q, for pairs that name them in its place. Of infinity too: in a product they are
 * refused or allowed as infinity itself is. CT: constant time in q. */
void kw_bls_prepare(kw_bls_lines *out, const kw_bls_g2 *q);

/* The two halves of a product of pairings: the product of the Miller loops of n pairs, which
 * refuses what kw_bls_pair_product refuses, and the final exponentiation. ARG: zero. Variable time
 * in these refusals alone. */
KW_MUST_USE kw_status kw_bls_miller(kw_bls_fp12 *out, const kw_bls_pair *pairs, size_t n,
                                    unsigned flags);
KW_MUST_USE kw_status kw_bls_final_exp(kw_bls_gt *out, const kw_bls_fp12 *in);

/* The product of n pairings with one final exponentiation, and whether it is 1. ARG: n is 0, or a
 * pair lacks a point. INFINITY: there is one and `flags` (kw_point_flags) do not allow it; allowed,
 * its factor is 1. */
KW_MUST_USE kw_status kw_bls_pair_product(kw_bls_gt *out, const kw_bls_pair *pairs, size_t n,
                                          unsigned flags);
KW_MUST_USE kw_status kw_bls_pair_product_is_one(bool *yes, const kw_bls_pair *pairs, size_t n,
                                                 unsigned flags);

/* CT: constant time in the elements, but for _var. */
kw_bls_gt kw_bls_gt_one(void);
void kw_bls_gt_mul(kw_bls_gt *out, const kw_bls_gt *a, const kw_bls_gt *b);
void kw_bls_gt_inv(kw_bls_gt *out, const kw_bls_gt *a);
void kw_bls_gt_sqr(kw_bls_gt *out, const kw_bls_gt *a);
bool kw_bls_gt_equal(const kw_bls_gt *a, const kw_bls_gt *b);

/* out = a^(2^times), by compressed squares when there are many. */
void kw_bls_gt_sqr_times(kw_bls_gt *out, const kw_bls_gt *a, unsigned times);

/* out = a^k. CT: constant time in a and k, but for _var. */
void kw_bls_gt_exp(kw_bls_gt *out, const kw_bls_gt *a, const kw_bls_fr *k);
void kw_bls_gt_exp_secret(kw_bls_gt *out, const kw_bls_gt *a, const kw_bls_secret *k);
void kw_bls_gt_exp_var(kw_bls_gt *out, const kw_bls_gt *a, const kw_bls_fr *k);

/* The only way for an element of Fp12 into GT as it is. NOT_IN_SUBGROUP: zero, or of another
 * order. */
KW_MUST_USE kw_status kw_bls_gt_check(kw_bls_gt *out, const kw_bls_fp12 *in);

/* Twelve coefficients of 48 bytes, big-endian. `coeff`: c0.c0.c0, c0.c0.c1, c0.c1.c0 and so on;
 * `kyber`: the other way round, as kyber and tlock hash them. Decoding: LENGTH, RANGE, and as
 * gt_check. CT: encoding is constant time in the element. */
typedef struct kw_bls_gt_bytes {
    uint8_t bytes[12 * 48];
} kw_bls_gt_bytes;

void kw_bls_gt_encode_coeff(kw_bls_gt_bytes *out, const kw_bls_gt *a);
void kw_bls_gt_encode_kyber(kw_bls_gt_bytes *out, const kw_bls_gt *a);
KW_MUST_USE kw_status kw_bls_gt_decode_coeff(kw_bls_gt *out, kw_span in);
KW_MUST_USE kw_status kw_bls_gt_decode_kyber(kw_bls_gt *out, kw_span in);

#endif /* KW_CURVE_BLS_PAIR_H */
