/* SPDX-License-Identifier: Apache-2.0 */
#include "curve/bls.h"

#include "curve/bls_wire.h"
#include "support/expect.h"
#include "support/random_source.h"

#define T(name)          kw_bls_##name
#define DECLASSIFY(name) kw_declassify_bls_##name
#include "unit/curve/scalar_cases.inc.h"
#include "unit/curve/wire_cases.inc.h"

WIRE_CASES(g1, zcash, zcash, bytes)
WIRE_CASES(g1, zcash, zcash_both, both)
WIRE_CASES(g1, eip2537, eip2537, eip2537)
WIRE_CASES(g2, zcash, zcash, bytes)
WIRE_CASES(g2, zcash, zcash_both, both)
WIRE_CASES(g2, eip2537, eip2537, eip2537)

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCALAR_CASES,           WIRE_ROWS(g1, zcash), WIRE_ROWS(g1, zcash_both),
        WIRE_ROWS(g1, eip2537), WIRE_ROWS(g2, zcash), WIRE_ROWS(g2, zcash_both),
        WIRE_ROWS(g2, eip2537),
    };
    return cmocka_run_group_tests_name("curve/bls", tests, NULL, NULL);
}
