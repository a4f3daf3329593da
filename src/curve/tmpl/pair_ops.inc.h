/* SPDX-License-Identifier: Apache-2.0
 * The operations of pairings and GT, in the form of ops.inc.h. */
#define KW_PAIR_OPS(V, R)                                                                      \
    V(pairing, (T(gt) * out, const T(g1) * p, const T(g2) * q), (out, p, q))                   \
    V(prepare, (T(lines) * out, const T(g2) * q), (out, q))                                    \
    R(kw_status, miller, (T(fp12) * out, const T(pair) * pairs, size_t n, unsigned flags),     \
      (out, pairs, n, flags))                                                                  \
    R(kw_status, final_exp, (T(gt) * out, const T(fp12) * in), (out, in))                      \
    R(kw_status, pair_product, (T(gt) * out, const T(pair) * pairs, size_t n, unsigned flags), \
      (out, pairs, n, flags))                                                                  \
    R(kw_status, pair_product_is_one,                                                          \
      (bool *yes, const T(pair) * pairs, size_t n, unsigned flags), (yes, pairs, n, flags))    \
    R(T(gt), gt_one, (void), ())                                                               \
    V(gt_mul, (T(gt) * out, const T(gt) * a, const T(gt) * b), (out, a, b))                    \
    V(gt_inv, (T(gt) * out, const T(gt) * a), (out, a))                                        \
    V(gt_sqr, (T(gt) * out, const T(gt) * a), (out, a))                                        \
    V(gt_sqr_times, (T(gt) * out, const T(gt) * a, unsigned times), (out, a, times))           \
    R(bool, gt_equal, (const T(gt) * a, const T(gt) * b), (a, b))                              \
    V(gt_exp, (T(gt) * out, const T(gt) * a, const T(fr) * k), (out, a, k))                    \
    V(gt_exp_var, (T(gt) * out, const T(gt) * a, const T(fr) * k), (out, a, k))                \
    R(kw_status, gt_check, (T(gt) * out, const T(fp12) * in), (out, in))                       \
    V(gt_encode_coeff, (T(gt_bytes) * out, const T(gt) * a), (out, a))                         \
    V(gt_encode_kyber, (T(gt_bytes) * out, const T(gt) * a), (out, a))                         \
    R(kw_status, gt_decode_coeff, (T(gt) * out, kw_span in), (out, in))                        \
    R(kw_status, gt_decode_kyber, (T(gt) * out, kw_span in), (out, in))
