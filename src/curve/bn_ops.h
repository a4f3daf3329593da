/* SPDX-License-Identifier: Apache-2.0
 * The table of one back-end of BN254; bn.c picks one. Private to curve/. */
#ifndef KW_CURVE_BN_OPS_H
#define KW_CURVE_BN_OPS_H

#include "curve/bn.h"
#include "curve/bn_batch.h"
#include "curve/bn_comb.h"
#include "curve/bn_hash.h"
#include "curve/bn_wire.h"
#include "curve/bn_pair.h"
#include "curve/bn_tower.h"

#define T(name) kw_bn_##name
#include "curve/tmpl/ops.inc.h"
#include "curve/tmpl/pair_ops.inc.h"

/* Rows that the other curve does not have, in the form of ops.inc.h. */
#define KW_BN_OPS(V, R)                                                                           \
    KW_CURVE_OPS(V, R)                                                                            \
    KW_PAIR_OPS(V, R)                                                                             \
    R(T(fr), fr_of_parts, (uint64_t a, uint64_t b), (a, b))                                       \
    R(kw_status, g2_clear_cofactor, (T(g2) * out, const T(g2_raw) * in), (out, in))               \
    R(kw_status, batch_g1_decode_eip196,                                                          \
      (T(g1) * out, uint8_t * ok, kw_span in, size_t n, unsigned flags), (out, ok, in, n, flags)) \
    R(kw_status, g1_decode_eip196, (T(g1) * out, kw_span in, unsigned flags), (out, in, flags))   \
    R(kw_status, batch_g2_decode_eip196,                                                          \
      (T(g2) * out, uint8_t * ok, kw_span in, size_t n, unsigned flags), (out, ok, in, n, flags)) \
    R(kw_status, g2_decode_eip196, (T(g2) * out, kw_span in, unsigned flags), (out, in, flags))   \
    R(kw_status, batch_g1_decode_gnark,                                                           \
      (T(g1) * out, uint8_t * ok, kw_span in, size_t n, unsigned flags), (out, ok, in, n, flags)) \
    R(kw_status, g1_decode_gnark, (T(g1) * out, kw_span in, unsigned flags), (out, in, flags))    \
    R(kw_status, batch_g2_decode_gnark,                                                           \
      (T(g2) * out, uint8_t * ok, kw_span in, size_t n, unsigned flags), (out, ok, in, n, flags)) \
    R(kw_status, g2_decode_gnark, (T(g2) * out, kw_span in, unsigned flags), (out, in, flags))    \
    R(kw_status, batch_g1_decode_ark,                                                             \
      (T(g1) * out, uint8_t * ok, kw_span in, size_t n, unsigned flags), (out, ok, in, n, flags)) \
    R(kw_status, g1_decode_ark, (T(g1) * out, kw_span in, unsigned flags), (out, in, flags))      \
    R(kw_status, batch_g2_decode_ark,                                                             \
      (T(g2) * out, uint8_t * ok, kw_span in, size_t n, unsigned flags), (out, ok, in, n, flags)) \
    R(kw_status, g2_decode_ark, (T(g2) * out, kw_span in, unsigned flags), (out, in, flags))      \
    V(g1_encode_eip196, (T(g1_both) * out, const T(g1) * a), (out, a))                            \
    V(g2_encode_eip196, (T(g2_both) * out, const T(g2) * a), (out, a))                            \
    V(g1_encode_gnark, (T(g1_bytes) * out, const T(g1) * a), (out, a))                            \
    V(g2_encode_gnark, (T(g2_bytes) * out, const T(g2) * a), (out, a))                            \
    V(g1_encode_gnark_both, (T(g1_both) * out, const T(g1) * a), (out, a))                        \
    V(g2_encode_gnark_both, (T(g2_both) * out, const T(g2) * a), (out, a))                        \
    V(g1_encode_ark, (T(g1_bytes) * out, const T(g1) * a), (out, a))                              \
    V(g2_encode_ark, (T(g2_bytes) * out, const T(g2) * a), (out, a))                              \
    R(kw_status, g1_try_and_increment_var, (T(g1) * out, const kw_hash32 *digest), (out, digest))

typedef struct kw_bn_ops {
#define V(name, params, args)         void(*name) params;
#define R(result, name, params, args) result(*name) params;
    KW_BN_OPS(V, R)
#undef V
#undef R
} kw_bn_ops;

extern const kw_bn_ops kw_bn_ops_c;
#if defined(__x86_64__)
extern const kw_bn_ops kw_bn_ops_adx;
#else
#define kw_bn_ops_adx kw_bn_ops_c /* the one back-end there is */
#endif

#endif /* KW_CURVE_BN_OPS_H */
