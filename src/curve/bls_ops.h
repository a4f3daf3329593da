/* SPDX-License-Identifier: Apache-2.0
 * The table of one back-end of BLS12-381; bls.c picks one. Private to curve/. */
#ifndef KW_CURVE_BLS_OPS_H
#define KW_CURVE_BLS_OPS_H

#include "curve/bls.h"
#include "curve/bls_batch.h"
#include "curve/bls_comb.h"
#include "curve/bls_hash.h"
#include "curve/bls_wire.h"
#include "curve/bls_pair.h"
#include "curve/bls_tower.h"

#define T(name) kw_bls_##name
#include "curve/tmpl/ops.inc.h"
#include "curve/tmpl/pair_ops.inc.h"

/* Rows that the other curve does not have, in the form of ops.inc.h. */
#define KW_BLS_OPS(V, R)                                                                          \
    KW_CURVE_OPS(V, R)                                                                            \
    KW_PAIR_OPS(V, R)                                                                             \
    R(kw_status, g1_clear_cofactor, (T(g1) * out, const T(g1_raw) * in), (out, in))               \
    R(kw_status, g2_clear_cofactor, (T(g2) * out, const T(g2_raw) * in), (out, in))               \
    V(secret_g1_add, (T(secret_g1) * out, const T(secret_g1) * a, const T(secret_g1) * b),        \
      (out, a, b))                                                                                \
    V(secret_g1_mul, (T(secret_g1) * out, const T(secret_g1) * p, const T(secret) * k),           \
      (out, p, k))                                                                                \
    V(secret_g2_add, (T(secret_g2) * out, const T(secret_g2) * a, const T(secret_g2) * b),        \
      (out, a, b))                                                                                \
    V(secret_g2_mul, (T(secret_g2) * out, const T(secret_g2) * q, const T(secret) * k),           \
      (out, q, k))                                                                                \
    V(pairing_secret_g2, (T(gt) * out, const T(g1) * p, const T(secret_g2) * q), (out, p, q))     \
    V(pairing_secret, (T(gt) * out, const T(secret_g1) * p, const T(g2) * q), (out, p, q))        \
    V(gt_exp_secret, (T(gt) * out, const T(gt) * a, const T(secret) * k), (out, a, k))            \
    R(kw_status, batch_g1_decode_zcash,                                                           \
      (T(g1) * out, uint8_t * ok, kw_span in, size_t n, unsigned flags), (out, ok, in, n, flags)) \
    R(kw_status, g1_decode_zcash, (T(g1) * out, kw_span in, unsigned flags), (out, in, flags))    \
    R(kw_status, batch_g2_decode_zcash,                                                           \
      (T(g2) * out, uint8_t * ok, kw_span in, size_t n, unsigned flags), (out, ok, in, n, flags)) \
    R(kw_status, g2_decode_zcash, (T(g2) * out, kw_span in, unsigned flags), (out, in, flags))    \
    R(kw_status, batch_g1_decode_eip2537,                                                         \
      (T(g1) * out, uint8_t * ok, kw_span in, size_t n, unsigned flags), (out, ok, in, n, flags)) \
    R(kw_status, g1_decode_eip2537, (T(g1) * out, kw_span in, unsigned flags), (out, in, flags))  \
    R(kw_status, batch_g2_decode_eip2537,                                                         \
      (T(g2) * out, uint8_t * ok, kw_span in, size_t n, unsigned flags), (out, ok, in, n, flags)) \
    R(kw_status, g2_decode_eip2537, (T(g2) * out, kw_span in, unsigned flags), (out, in, flags))  \
    V(g1_encode_zcash, (T(g1_bytes) * out, const T(g1) * a), (out, a))                            \
    V(g2_encode_zcash, (T(g2_bytes) * out, const T(g2) * a), (out, a))                            \
    V(g1_encode_zcash_both, (T(g1_both) * out, const T(g1) * a), (out, a))                        \
    V(g2_encode_zcash_both, (T(g2_both) * out, const T(g2) * a), (out, a))                        \
    V(g1_encode_eip2537, (T(g1_eip2537) * out, const T(g1) * a), (out, a))                        \
    V(g2_encode_eip2537, (T(g2_eip2537) * out, const T(g2) * a), (out, a))                        \
    R(kw_status, g1_add_eip2537, (T(g1_eip2537) * out, kw_span a, kw_span b), (out, a, b))        \
    R(kw_status, g2_add_eip2537, (T(g2_eip2537) * out, kw_span a, kw_span b), (out, a, b))

typedef struct kw_bls_ops {
#define V(name, params, args)         void(*name) params;
#define R(result, name, params, args) result(*name) params;
    KW_BLS_OPS(V, R)
#undef V
#undef R
} kw_bls_ops;

extern const kw_bls_ops kw_bls_ops_c;
#if defined(__x86_64__)
extern const kw_bls_ops kw_bls_ops_adx;
#else
#define kw_bls_ops_adx kw_bls_ops_c /* the one back-end there is */
#endif

#endif /* KW_CURVE_BLS_OPS_H */
