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

WIRE_CASES(g1, eip196, eip196, both, both, KW_INFINITY, KW_RANGE)
WIRE_CASES(g1, gnark, gnark, bytes, both, KW_ENCODING, KW_RANGE)
WIRE_CASES(g1, gnark, gnark_both, both, bytes, KW_INFINITY, KW_ENCODING)
WIRE_CASES(g1, ark, ark, bytes, bytes, KW_NOT_ON_CURVE, KW_ENCODING)
WIRE_CASES(g2, eip196, eip196, both, both, KW_INFINITY, KW_RANGE)
WIRE_CASES(g2, gnark, gnark, bytes, both, KW_ENCODING, KW_RANGE)
WIRE_CASES(g2, gnark, gnark_both, both, bytes, KW_INFINITY, KW_ENCODING)
WIRE_CASES(g2, ark, ark, bytes, bytes, KW_NOT_ON_CURVE, KW_ENCODING)

/* phi is a cube root of 1, and the scalar of two words is what it says. */
static void fr_of_parts__is_a_sum_with_phi(void **state)
{
    (void)state;
    const kw_bn_fr one = kw_bn_fr_of_u64(1);
    const kw_bn_fr phi = kw_bn_fr_of_parts(0, 1);
    const kw_bn_fr a = kw_bn_fr_of_u64(UINT64_MAX);
    const kw_bn_fr b = kw_bn_fr_of_u64(77);
    const kw_bn_fr k = kw_bn_fr_of_parts(UINT64_MAX, 77);
    kw_bn_fr got;
    kw_bn_fr_mul(&got, &phi, &phi);
    kw_bn_fr_add(&got, &got, &phi);
    kw_bn_fr_add(&got, &got, &one);
    assert_true(kw_bn_fr_is_zero(&got));
    kw_bn_fr_mul(&got, &phi, &b);
    kw_bn_fr_add(&got, &got, &a);
    assert_true(kw_bn_fr_equal(&got, &k));
    kw_bn_fr_sub(&got, &got, &b);
    assert_false(kw_bn_fr_equal(&got, &k));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCALAR_CASES,         WIRE_ROWS(g1, eip196),
        WIRE_ROWS(g1, gnark), WIRE_ROWS(g1, gnark_both),
        WIRE_ROWS(g1, ark),   WIRE_ROWS(g2, eip196),
        WIRE_ROWS(g2, gnark), WIRE_ROWS(g2, gnark_both),
        WIRE_ROWS(g2, ark),   cmocka_unit_test(fr_of_parts__is_a_sum_with_phi),
    };
    return curve_run_on_backends("curve/bn", tests, KW_COUNT(tests));
}
