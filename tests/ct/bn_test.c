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

int main(void)
{
    static const struct CMUnitTest tests[] = {CURVE_CASES};
    return curve_run_on_backends("ct/bn", tests, KW_COUNT(tests));
}
