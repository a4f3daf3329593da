/* SPDX-License-Identifier: Apache-2.0
 * The laws of the tower of fields of BN254. */
#include "curve/tmpl/words_c.inc.c"

#define KW_OPS kw_bn_ops_test
#include "curve/bn.inc.c"

enum {
    X_IS_NEGATIVE = 0,
    LINE_C = 3, /* powers of w that the coefficients of a line stand at */
    LINE_X = 1,
    LINE_Y = 0,
};

#include "property/curve/tower_laws.inc.h"
#include "support/curve_backend.h"

int main(void)
{
    return curve_backend_is_wanted("c") ? run_tower_laws("property/curve/bn_tower") : 0;
}
