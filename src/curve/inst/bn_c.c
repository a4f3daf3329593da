/* SPDX-License-Identifier: Apache-2.0
 * BN254 in portable C. */
#include "curve/tmpl/words_c.inc.c"

#define KW_OPS kw_bn_ops_c
#include "curve/bn.inc.c"
