/* SPDX-License-Identifier: Apache-2.0
 * The fields over Fp of BN254, portable back-end. */
#include "curve/tmpl/words_c.inc.c"

#define KW_OPS kw_bn_ops_test
#include "curve/bn.inc.c"

#include "property/curve/product_laws.inc.h"
#include "support/curve_backend.h"

int main(void)
{
    return curve_backend_is_wanted("c") ? run_product_laws("property/curve/bn_product") : 0;
}
