/* SPDX-License-Identifier: Apache-2.0
 * Laws of Fp and Fr of both curves, on each back-end. */
#include "curve/bls.h"
#include "curve/bn.h"
#include "support/curve_backend.h"
#include "support/expect.h"
#include "support/random_source.h"

#define NUMBER     kw_bls_fp
#define F(name)    kw_bls_fp_##name
#define CASE(name) bls_fp__##name
#define WIDE_LEAST 64
#define WIDE_MOST  96
#include "property/curve/field_laws.inc.h"

#define NUMBER     kw_bls_fr
#define F(name)    kw_bls_fr_##name
#define CASE(name) bls_fr__##name
#define WIDE_LEAST 48
#define WIDE_MOST  64
#include "property/curve/field_laws.inc.h"

#define NUMBER     kw_bn_fp
#define F(name)    kw_bn_fp_##name
#define CASE(name) bn_fp__##name
#define WIDE_LEAST 48
#define WIDE_MOST  64
#include "property/curve/field_laws.inc.h"

#define NUMBER     kw_bn_fr
#define F(name)    kw_bn_fr_##name
#define CASE(name) bn_fr__##name
#define WIDE_LEAST 48
#define WIDE_MOST  64
#include "property/curve/field_laws.inc.h"

#define FIELD_ROWS(field)                                        \
    cmocka_unit_test(field##__obeys_the_laws_of_a_field),        \
        cmocka_unit_test(field##__inverts_in_two_ways),          \
        cmocka_unit_test(field##__inverts_many_and_keeps_zeros), \
        cmocka_unit_test(field##__reduces_wide_bytes)

int main(void)
{
    static const struct CMUnitTest tests[] = {FIELD_ROWS(bls_fp), FIELD_ROWS(bls_fr),
                                              FIELD_ROWS(bn_fp), FIELD_ROWS(bn_fr)};
    return curve_run_on_backends("curve/field", tests, KW_COUNT(tests));
}
