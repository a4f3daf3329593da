/* SPDX-License-Identifier: Apache-2.0
 * BLS12-381 in portable C. */
#include "curve/tmpl/words_c.inc.c"

#define KW_OPS kw_bls_ops_c
#include "curve/bls.inc.c"
