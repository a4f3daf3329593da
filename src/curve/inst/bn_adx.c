/* SPDX-License-Identifier: Apache-2.0
 * BN254 with BMI2 and ADX. */
#include "curve/tmpl/words_adx.inc.c"

#define KW_OPS kw_bn_ops_adx
#include "curve/bn.inc.c"
