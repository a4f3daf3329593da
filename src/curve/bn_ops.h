/* SPDX-License-Identifier: Apache-2.0
 * The table of one back-end of BN254; bn.c picks one. Private to curve/. */
#ifndef KW_CURVE_BN_OPS_H
#define KW_CURVE_BN_OPS_H

#include "curve/bn.h"

#define T(name) kw_bn_##name
#include "curve/tmpl/ops.inc.h"

typedef struct kw_bn_ops {
#define V(name, params, args)         void(*name) params;
#define R(result, name, params, args) result(*name) params;
    KW_CURVE_OPS(V, R)
#undef V
#undef R
} kw_bn_ops;

extern const kw_bn_ops kw_bn_ops_c;
extern const kw_bn_ops kw_bn_ops_adx;

#endif /* KW_CURVE_BN_OPS_H */
