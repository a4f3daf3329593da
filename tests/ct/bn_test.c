/* SPDX-License-Identifier: Apache-2.0 */
#include "curve/bn.h"

#include "crypto/h2c_hashes.h"
#include "curve/bn_batch.h"
#include "curve/bn_comb.h"
#include "curve/bn_hash.h"
#include "curve/bn_pair.h"
#include "curve/bn_tower.h"
#include "curve/bn_wire.h"
#include "support/ct.h"
#include "support/curve_backend.h"

#define T(name)          kw_bn_##name
#define DECLASSIFY(name) kw_declassify_bn_##name
#include "ct/curve_cases.inc.h"

ENCODES(g1, eip196, eip196, both)
ENCODES(g2, eip196, eip196, both)
ENCODES(g1, gnark, gnark, bytes)
ENCODES(g2, gnark, gnark, bytes)
ENCODES(g1, gnark_both, gnark, both)
ENCODES(g2, gnark_both, gnark, both)
ENCODES(g1, ark, ark, bytes)
ENCODES(g2, ark, ark, bytes)

int main(void)
{
    static const struct CMUnitTest tests[] = {
        CURVE_CASES,
        ENCODES_ROW(g1, eip196),
        ENCODES_ROW(g2, eip196),
        ENCODES_ROW(g1, gnark),
        ENCODES_ROW(g2, gnark),
        ENCODES_ROW(g1, gnark_both),
        ENCODES_ROW(g2, gnark_both),
        ENCODES_ROW(g1, ark),
        ENCODES_ROW(g2, ark),
    };
    return curve_run_on_backends("ct/bn", tests, KW_COUNT(tests));
}
