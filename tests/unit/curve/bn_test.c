/* SPDX-License-Identifier: Apache-2.0 */
#include "curve/bn.h"

#include "curve/bn_wire.h"
#include "support/curve_backend.h"
#include "support/expect.h"
#include "support/random_source.h"

#define T(name)          kw_bn_##name
#define DECLASSIFY(name) kw_declassify_bn_##name
#include "unit/curve/scalar_cases.inc.h"
#include "unit/curve/wire_cases.inc.h"

WIRE_CASES(g1, eip196, eip196, both)
WIRE_CASES(g1, gnark, gnark, bytes)
WIRE_CASES(g1, gnark, gnark_both, both)
WIRE_CASES(g1, ark, ark, bytes)
WIRE_CASES(g2, eip196, eip196, both)
WIRE_CASES(g2, gnark, gnark, bytes)
WIRE_CASES(g2, gnark, gnark_both, both)
WIRE_CASES(g2, ark, ark, bytes)

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCALAR_CASES,       WIRE_ROWS(g1, eip196), WIRE_ROWS(g1, gnark), WIRE_ROWS(g1, gnark_both),
        WIRE_ROWS(g1, ark), WIRE_ROWS(g2, eip196), WIRE_ROWS(g2, gnark), WIRE_ROWS(g2, gnark_both),
        WIRE_ROWS(g2, ark),
    };
    return curve_run_on_backends("curve/bn", tests, KW_COUNT(tests));
}
