/* SPDX-License-Identifier: Apache-2.0
 * The laws of the tower of fields of BLS12-381. */
#include "curve/tmpl/words_c.inc.c"

#define KW_OPS kw_bls_ops_test
#include "curve/bls.inc.c"

enum {
    X_IS_NEGATIVE = 1,
    LINE_C = 0, /* powers of w that the coefficients of a line stand at */
    LINE_X = 2,
    LINE_Y = 3,
};

#include "property/curve/tower_laws.inc.h"
#include "support/curve_backend.h"

int main(void)
{
    return curve_backend_is_wanted("c") ? run_tower_laws("property/curve/bls_tower") : 0;
}
