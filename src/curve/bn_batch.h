/* SPDX-License-Identifier: Apache-2.0
 * BN254: many points at once. Outputs may be inputs, but scratch is neither. */
#ifndef KW_CURVE_BN_BATCH_H
#define KW_CURVE_BN_BATCH_H

#include "curve/bn.h"

enum {
    KW_BN_MSM_MAX = 1 << 22 /* products of one sum */
};

/* ---- G1 ---- */
typedef struct kw_bn_g1_msm_in {
    const kw_bn_g1 *points;
    const kw_bn_fr *scalars;
    size_t n;
    unsigned bits; /* scalars are below 2^bits; 0: of any size */
} kw_bn_g1_msm_in;

typedef struct kw_bn_g1_interpolate_in {
    const uint32_t *index; /* distinct, none 0 */
    const kw_bn_g1 *points;
    size_t n;
} kw_bn_g1_interpolate_in;

/* Affine coordinates of n points; infinity gives all-zero. CT: constant time in the points. */
void kw_bn_batch_g1_to_raw(kw_bn_g1_raw *out, const kw_bn_g1 *in, size_t n);

/* out[i] = k[i] p[i]. CT: constant time in k and p, but for _var. */
void kw_bn_batch_g1_mul_secret(kw_bn_g1 *out, const kw_bn_g1 *p, const kw_bn_secret *k, size_t n);
void kw_bn_batch_g1_mul_var(kw_bn_g1 *out, const kw_bn_g1 *p, const kw_bn_fr *k, size_t n);

/* Raw to valid, each by itself: ok[i] is 1 and out[i] the point, or 0 and out[i] stays. */
void kw_bn_batch_g1_check(kw_bn_g1 *out, uint8_t *ok, const kw_bn_g1_raw *in, size_t n);

/* Bytes of scratch that the sum of n products takes; SIZE_MAX above KW_BN_MSM_MAX. */
size_t kw_bn_g1_msm_scratch(size_t n);

/* out = sum scalars[i] points[i]; of none: infinity. `bits` says that scalars are small: half the
 * bits take half the time. `scratch` is aligned to 8 bytes and at least as long as said above. ARG:
 * it is not, or a scalar is not below 2^bits. Variable time. */
KW_MUST_USE kw_status kw_bn_g1_msm_var(kw_bn_g1 *out, kw_mspan scratch, const kw_bn_g1_msm_in *in);

/* out = f(0) for the f of degree below n with f(index[i]) = points[i]: interpolation in the
 * exponent. Scratch as before. ARG: that, or what kw_bn_lagrange_zero refuses. */
size_t kw_bn_g1_interpolate_scratch(size_t n);
KW_MUST_USE kw_status kw_bn_g1_interpolate(kw_bn_g1 *out, kw_mspan scratch,
                                           const kw_bn_g1_interpolate_in *in);

/* ---- G2; each as its namesake of G1, CT: as well ---- */
typedef struct kw_bn_g2_msm_in {
    const kw_bn_g2 *points;
    const kw_bn_fr *scalars;
    size_t n;
    unsigned bits; /* scalars are below 2^bits; 0: of any size */
} kw_bn_g2_msm_in;

typedef struct kw_bn_g2_interpolate_in {
    const uint32_t *index; /* distinct, none 0 */
    const kw_bn_g2 *points;
    size_t n;
} kw_bn_g2_interpolate_in;

void kw_bn_batch_g2_to_raw(kw_bn_g2_raw *out, const kw_bn_g2 *in, size_t n);
void kw_bn_batch_g2_mul_secret(kw_bn_g2 *out, const kw_bn_g2 *p, const kw_bn_secret *k, size_t n);
void kw_bn_batch_g2_mul_var(kw_bn_g2 *out, const kw_bn_g2 *p, const kw_bn_fr *k, size_t n);
void kw_bn_batch_g2_check(kw_bn_g2 *out, uint8_t *ok, const kw_bn_g2_raw *in, size_t n);
size_t kw_bn_g2_msm_scratch(size_t n);
KW_MUST_USE kw_status kw_bn_g2_msm_var(kw_bn_g2 *out, kw_mspan scratch, const kw_bn_g2_msm_in *in);
size_t kw_bn_g2_interpolate_scratch(size_t n);
KW_MUST_USE kw_status kw_bn_g2_interpolate(kw_bn_g2 *out, kw_mspan scratch,
                                           const kw_bn_g2_interpolate_in *in);

#endif /* KW_CURVE_BN_BATCH_H */
