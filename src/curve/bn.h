/* SPDX-License-Identifier: Apache-2.0
 * BN254, also alt_bn128 (EIP-196, EIP-197): scalars and groups.
 * Towers: bn_tower.h; pairings: bn_pair.h; bytes: bn_wire.h; hashing: bn_hash.h; many at once:
 * bn_batch.h. */
#ifndef KW_CURVE_BN_H
#define KW_CURVE_BN_H

#include "base/ct.h"
#include "base/span.h"
#include "base/status.h"

/* Elements are in Montgomery form, fully reduced: one form for each value. Outputs may be inputs.
 * Who uses curve/ never names the members. */
typedef struct kw_bn_fp {
    uint64_t w[4];
} kw_bn_fp;

typedef struct kw_bn_fp2 { /* c0 + c1 u, u^2 = -1 */
    kw_bn_fp c0;
    kw_bn_fp c1;
} kw_bn_fp2;

typedef struct kw_bn_fp6 { /* c0 + c1 v + c2 v^2, v^3 = 9 + u */
    kw_bn_fp2 c0;
    kw_bn_fp2 c1;
    kw_bn_fp2 c2;
} kw_bn_fp6;

typedef struct kw_bn_fp12 { /* c0 + c1 w, w^2 = v */
    kw_bn_fp6 c0;
    kw_bn_fp6 c1;
} kw_bn_fp12;

/* A public scalar, modulo the group order r. All-zero is 0. */
typedef struct kw_bn_fr {
    uint64_t w[4];
} kw_bn_fr;

/* A secret scalar. A type of its own, so that it cannot reach a function that may leak time. */
typedef struct kw_bn_secret {
    uint64_t secret[4]; /* as in kw_bn_fr; only curve/ and crypto/ may name this member */
} kw_bn_secret;

/* A VALID point: on the curve and in the subgroup of order r; infinity is one. Homogeneous
 * projective coordinates, so several forms are equal: compare with _equal. Not all-zero. */
typedef struct kw_bn_g1 {
    kw_bn_fp x;
    kw_bn_fp y;
    kw_bn_fp z;
} kw_bn_g1;

typedef struct kw_bn_g2 {
    kw_bn_fp2 x;
    kw_bn_fp2 y;
    kw_bn_fp2 z;
} kw_bn_g2;

/* Affine coordinates of anything: not checked. All-zero stands for infinity. */
typedef struct kw_bn_g1_raw {
    kw_bn_fp x;
    kw_bn_fp y;
} kw_bn_g1_raw;

typedef struct kw_bn_g2_raw {
    kw_bn_fp2 x;
    kw_bn_fp2 y;
} kw_bn_g2_raw;

/* ---- elements of Fp: for maps, encodings and checks; all of them public. CT: constant time in the
 * elements, but for _var. ---- */
kw_bn_fp kw_bn_fp_of_u64(uint64_t value);

/* Big-endian bytes of 48..64 modulo p: hash output. ARG: another length. */
KW_MUST_USE kw_status kw_bn_fp_from_wide(kw_bn_fp *out, kw_span bytes);
void kw_bn_fp_add(kw_bn_fp *out, const kw_bn_fp *a, const kw_bn_fp *b);
void kw_bn_fp_sub(kw_bn_fp *out, const kw_bn_fp *a, const kw_bn_fp *b);
void kw_bn_fp_neg(kw_bn_fp *out, const kw_bn_fp *a);
void kw_bn_fp_mul(kw_bn_fp *out, const kw_bn_fp *a, const kw_bn_fp *b);
void kw_bn_fp_sqr(kw_bn_fp *out, const kw_bn_fp *a);
void kw_bn_fp_inv(kw_bn_fp *out, const kw_bn_fp *a);     /* of 0: 0 */
void kw_bn_fp_inv_var(kw_bn_fp *out, const kw_bn_fp *a); /* of 0: 0 */

/* Inverses of `count` elements in place, for the price of few; zeros stay. */
void kw_bn_fp_batch_inv(kw_bn_fp *io, size_t count);

/* A root of `a`; false, and `out` untouched, when there is none. */
KW_MUST_USE bool kw_bn_fp_sqrt(kw_bn_fp *out, const kw_bn_fp *a);
bool kw_bn_fp_is_square(const kw_bn_fp *a); /* 0 is one */

/* -1, 0 or 1 as `a` is below, equal to or above b, as numbers below the modulus. */
int kw_bn_fp_cmp(const kw_bn_fp *a, const kw_bn_fp *b);

/* ---- public scalars; each as its namesake of Fp, CT: too ---- */
kw_bn_fr kw_bn_fr_of_u64(uint64_t value);

/* a + b phi, phi the number by which the endomorphism of G1 multiplies: different pairs give
 * different scalars, and g1_mul_var by them takes half the doublings of others. For multipliers of
 * 128 bits. Source: Cheon and Lee, "Use of sparse and/or complex exponents in batch verification of
 * exponentiations", 2006. */
kw_bn_fr kw_bn_fr_of_parts(uint64_t a, uint64_t b);

/* Of 48..64 bytes. */
KW_MUST_USE kw_status kw_bn_fr_from_wide(kw_bn_fr *out, kw_span bytes);
void kw_bn_fr_add(kw_bn_fr *out, const kw_bn_fr *a, const kw_bn_fr *b);
void kw_bn_fr_sub(kw_bn_fr *out, const kw_bn_fr *a, const kw_bn_fr *b);
void kw_bn_fr_neg(kw_bn_fr *out, const kw_bn_fr *a);
void kw_bn_fr_mul(kw_bn_fr *out, const kw_bn_fr *a, const kw_bn_fr *b);
void kw_bn_fr_sqr(kw_bn_fr *out, const kw_bn_fr *a);
void kw_bn_fr_inv(kw_bn_fr *out, const kw_bn_fr *a);
void kw_bn_fr_inv_var(kw_bn_fr *out, const kw_bn_fr *a);
void kw_bn_fr_batch_inv(kw_bn_fr *io, size_t count);
KW_MUST_USE bool kw_bn_fr_sqrt(kw_bn_fr *out, const kw_bn_fr *a);
bool kw_bn_fr_is_square(const kw_bn_fr *a);
int kw_bn_fr_cmp(const kw_bn_fr *a, const kw_bn_fr *b);
bool kw_bn_fr_equal(const kw_bn_fr *a, const kw_bn_fr *b);
bool kw_bn_fr_is_zero(const kw_bn_fr *a);

/* ---- secret scalars. CT: constant time in every argument, lengths apart ---- */
void kw_bn_secret_drop(kw_bn_secret *k); /* wipes */
void kw_bn_secret_of_fr(kw_bn_secret *out, const kw_bn_fr *a);

/* Big-endian bytes of 48..64 modulo r, such as random ones. ARG: another length. RANGE: zero. */
KW_MUST_USE kw_status kw_bn_secret_from_wide(kw_bn_secret *out, kw_span bytes);
void kw_bn_secret_add(kw_bn_secret *out, const kw_bn_secret *a, const kw_bn_secret *b);
void kw_bn_secret_sub(kw_bn_secret *out, const kw_bn_secret *a, const kw_bn_secret *b);
void kw_bn_secret_neg(kw_bn_secret *out, const kw_bn_secret *a);
void kw_bn_secret_mul(kw_bn_secret *out, const kw_bn_secret *a, const kw_bn_secret *b);
void kw_bn_secret_inv(kw_bn_secret *out, const kw_bn_secret *a); /* of 0: 0 */
kw_mask kw_bn_secret_equal(const kw_bn_secret *a, const kw_bn_secret *b);
kw_mask kw_bn_secret_is_zero(const kw_bn_secret *a);

/* The one way from secret to public; `reason` says why that is right, for those who review. */
void kw_declassify_bn_secret(kw_bn_fr *out, const kw_bn_secret *k, const char *reason);

/* ---- G1: y^2 = x^3 + 3 over Fp ---- */
kw_bn_g1 kw_bn_g1_infinity(void);
kw_bn_g1 kw_bn_g1_generator(void);

/* CT: constant time in the points. */
void kw_bn_g1_add(kw_bn_g1 *out, const kw_bn_g1 *a, const kw_bn_g1 *b);
void kw_bn_g1_dbl(kw_bn_g1 *out, const kw_bn_g1 *a);
void kw_bn_g1_neg(kw_bn_g1 *out, const kw_bn_g1 *a);
bool kw_bn_g1_equal(const kw_bn_g1 *a, const kw_bn_g1 *b);
bool kw_bn_g1_is_infinity(const kw_bn_g1 *a);

/* Affine coordinates; infinity gives all-zero. CT: constant time in the point. */
void kw_bn_g1_to_raw(kw_bn_g1_raw *out, const kw_bn_g1 *a);

/* The only way from raw to valid for a point as it is. NOT_ON_CURVE alone: the cofactor of G1 is 1,
 * so that the whole curve is the group. */
KW_MUST_USE kw_status kw_bn_g1_check(kw_bn_g1 *out, const kw_bn_g1_raw *in);

/* out = k p by GLV. CT: constant time in k and p. */
void kw_bn_g1_mul_secret(kw_bn_g1 *out, const kw_bn_g1 *p, const kw_bn_secret *k);
void kw_bn_g1_mul_var(kw_bn_g1 *out, const kw_bn_g1 *p, const kw_bn_fr *k);

/* out = k G by a comb over tables that are built in. CT: constant time in k. */
void kw_bn_g1_base_secret(kw_bn_g1 *out, const kw_bn_secret *k);

/* ---- G2: y^2 = x^3 + 3 / (9 + u) over Fp2; each as its namesake of G1, CT: too ---- */
kw_bn_g2 kw_bn_g2_infinity(void);
kw_bn_g2 kw_bn_g2_generator(void);
void kw_bn_g2_add(kw_bn_g2 *out, const kw_bn_g2 *a, const kw_bn_g2 *b);
void kw_bn_g2_dbl(kw_bn_g2 *out, const kw_bn_g2 *a);
void kw_bn_g2_neg(kw_bn_g2 *out, const kw_bn_g2 *a);
bool kw_bn_g2_equal(const kw_bn_g2 *a, const kw_bn_g2 *b);
bool kw_bn_g2_is_infinity(const kw_bn_g2 *a);
void kw_bn_g2_to_raw(kw_bn_g2_raw *out, const kw_bn_g2 *a);

/* NOT_ON_CURVE, NOT_IN_SUBGROUP. Source: ePrint 2022/348. */
KW_MUST_USE kw_status kw_bn_g2_check(kw_bn_g2 *out, const kw_bn_g2_raw *in);

/* A point of the twist times a multiple of the cofactor: in the group, infinity among what comes
 * out. (The cofactor of G1 is 1.) NOT_ON_CURVE. Variable time in this refusal alone. Source:
 * Fuentes-Castaneda, Knapp, Rodriguez-Henriquez, SAC 2011. */
KW_MUST_USE kw_status kw_bn_g2_clear_cofactor(kw_bn_g2 *out, const kw_bn_g2_raw *in);
void kw_bn_g2_mul_secret(kw_bn_g2 *out, const kw_bn_g2 *p, const kw_bn_secret *k);
void kw_bn_g2_mul_var(kw_bn_g2 *out, const kw_bn_g2 *p, const kw_bn_fr *k);
void kw_bn_g2_base_secret(kw_bn_g2 *out, const kw_bn_secret *k);

/* ---- polynomials over Fr, coefficients lowest first ---- */

/* out = sum c[i] index^i. CT: constant time in c. ARG: t is 0 or index is 0, which would be the
 * shared secret itself. */
KW_MUST_USE kw_status kw_bn_poly_eval(kw_bn_secret *out, const kw_bn_secret *c, size_t t,
                                      uint32_t index);

/* Coefficients l[i] with f(0) = sum l[i] f(index[i]) for degrees below n. ARG: n is 0 or above
 * KW_BN_LAGRANGE_MAX, an index is 0 or there twice. */
enum {
    KW_BN_LAGRANGE_MAX = 4096
};
KW_MUST_USE kw_status kw_bn_lagrange_zero(kw_bn_fr *l, const uint32_t *index, size_t n);

/* out = sum index^i c[i], by Horner: a committed polynomial at a small index. ARG: t is 0, index is
 * 0 or above 2^16. Variable time. */
KW_MUST_USE kw_status kw_bn_g1_poly_eval(kw_bn_g1 *out, const kw_bn_g1 *c, size_t t,
                                         uint32_t index);
KW_MUST_USE kw_status kw_bn_g2_poly_eval(kw_bn_g2 *out, const kw_bn_g2 *c, size_t t,
                                         uint32_t index);

#endif /* KW_CURVE_BN_H */
