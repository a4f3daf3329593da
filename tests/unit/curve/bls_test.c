/* SPDX-License-Identifier: Apache-2.0 */
#include "curve/bls.h"

#include "curve/bls_wire.h"
#include "support/curve_backend.h"
#include "support/expect.h"
#include "support/random_source.h"

#define T(name)          kw_bls_##name
#define DECLASSIFY(name) kw_declassify_bls_##name
#include "unit/curve/scalar_cases.inc.h"
#include "unit/curve/wire_cases.inc.h"

WIRE_CASES(g1, zcash, zcash, bytes, both, KW_ENCODING, KW_ENCODING)
WIRE_CASES(g1, zcash, zcash_both, both, bytes, KW_NOT_ON_CURVE, KW_ENCODING)
WIRE_CASES(g1, eip2537, eip2537, eip2537, eip2537, KW_INFINITY, KW_RANGE)
WIRE_CASES(g2, zcash, zcash, bytes, both, KW_ENCODING, KW_ENCODING)
WIRE_CASES(g2, zcash, zcash_both, both, bytes, KW_NOT_ON_CURVE, KW_ENCODING)
WIRE_CASES(g2, eip2537, eip2537, eip2537, eip2537, KW_INFINITY, KW_RANGE)

/* Secret points compute as public ones do; BN254 has none. */
#define SECRET_POINT_TEST(group)                                    \
    static void secret_##group##__follows_public_ones(void **state) \
    {                                                               \
        (void)state;                                                \
        kw_bls_##group public = kw_bls_##group##_generator();       \
        kw_bls_secret_##group point;                                \
        kw_bls_secret_##group##_of_##group(&point, &public);        \
        kw_bls_fr seven = kw_bls_fr_of_u64(7);                      \
        kw_bls_secret k;                                            \
        kw_bls_##group shown;                                       \
        kw_bls_secret_of_fr(&k, &seven);                            \
        kw_bls_##group##_mul_var(&public, &public, &seven);         \
        kw_bls_secret_##group##_mul(&point, &point, &k);            \
        kw_declassify_bls_##group(&shown, &point, "a test");        \
        assert_true(kw_bls_##group##_equal(&shown, &public));       \
        kw_bls_##group##_dbl(&public, &public);                     \
        kw_bls_secret_##group##_add(&point, &point, &point);        \
        kw_declassify_bls_##group(&shown, &point, "a test");        \
        assert_true(kw_bls_##group##_equal(&shown, &public));       \
        kw_bls_secret_##group##_drop(&point);                       \
        const uint8_t none[sizeof point] = {0};                     \
        assert_memory_equal(&point, none, sizeof point);            \
    }
SECRET_POINT_TEST(g1)
SECRET_POINT_TEST(g2)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(secret_g1__follows_public_ones),
        cmocka_unit_test(secret_g2__follows_public_ones),
        SCALAR_CASES,
        WIRE_ROWS(g1, zcash),
        WIRE_ROWS(g1, zcash_both),
        WIRE_ROWS(g1, eip2537),
        WIRE_ROWS(g2, zcash),
        WIRE_ROWS(g2, zcash_both),
        WIRE_ROWS(g2, eip2537),
    };
    return curve_run_on_backends("curve/bls", tests, KW_COUNT(tests));
}
