/* SPDX-License-Identifier: Apache-2.0
 * BLS12-381 with BMI2 and ADX. */
#include "curve/tmpl/words_adx.inc.c"

#define KW_OPS kw_bls_ops_adx
#include "curve/bls.inc.c"
