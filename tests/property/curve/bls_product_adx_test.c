/* SPDX-License-Identifier: Apache-2.0
 * The fields over Fp of BLS12-381, back-end with BMI2 and ADX. */
#include "curve/tmpl/words_adx.inc.c"

#define KW_OPS kw_bls_ops_test
#include "curve/bls.inc.c"

#include "property/curve/product_laws.inc.h"
#include "support/curve_backend.h"

int main(void)
{
    return curve_backend_is_wanted("adx") ? run_product_laws("property/curve/bls_product_adx") : 0;
}
