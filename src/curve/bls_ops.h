/* SPDX-License-Identifier: Apache-2.0
 * The table of one back-end of BLS12-381; bls.c picks one. Private to curve/. */
#ifndef KW_CURVE_BLS_OPS_H
#define KW_CURVE_BLS_OPS_H

#include "curve/bls.h"

#define T(name) kw_bls_##name
#include "curve/tmpl/ops.inc.h"

typedef struct kw_bls_ops {
#define V(name, params, args)         void(*name) params;
#define R(result, name, params, args) result(*name) params;
    KW_CURVE_OPS(V, R)
#undef V
#undef R
} kw_bls_ops;

extern const kw_bls_ops kw_bls_ops_c;
extern const kw_bls_ops kw_bls_ops_adx;

#endif /* KW_CURVE_BLS_OPS_H */
