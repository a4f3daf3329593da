/* SPDX-License-Identifier: Apache-2.0
 * The back-ends give the same bytes for the same inputs, in every operation. */
#include "base/cpu.h"
#include "crypto/h2c_hashes.h"
#include "crypto/hash.h"
#include "curve/bls_batch.h"
#include "curve/bls_comb.h"
#include "curve/bls_hash.h"
#include "curve/bls_pair.h"
#include "curve/bls_wire.h"
#include "curve/bn_batch.h"
#include "curve/bn_comb.h"
#include "curve/bn_hash.h"
#include "curve/bn_pair.h"
#include "curve/bn_wire.h"
#include "support/expect.h"
#include "support/random_source.h"

enum {
    ROUNDS = 4,
    MANY_COUNT = 20 /* above the size where sums change their method */
};

#define kw_bls_G1_ENCODE kw_bls_g1_encode_zcash
#define kw_bls_G1_DECODE kw_bls_g1_decode_zcash
#define kw_bls_G2_ENCODE kw_bls_g2_encode_zcash
#define kw_bls_G2_DECODE kw_bls_g2_decode_zcash
#define T(name)          kw_bls_##name
#define BYTES(name)      bls_##name
#include "property/curve/backend_cases.inc.h"
#undef T
#undef BYTES

#define kw_bn_G1_ENCODE kw_bn_g1_encode_ark
#define kw_bn_G1_DECODE kw_bn_g1_decode_ark
#define kw_bn_G2_ENCODE kw_bn_g2_encode_gnark
#define kw_bn_G2_DECODE kw_bn_g2_decode_gnark
#define T(name)         kw_bn_##name
#define BYTES(name)     bn_##name
#include "property/curve/backend_cases.inc.h"
#undef T
#undef BYTES

static void backends__give_the_same_bytes(void **state)
{
    (void)state;
    if (!kw_cpu_now()->has_bmi2_adx) {
        print_message("skipped: this processor has one back-end only\n");
        skip();
    }
    random_source random = random_new("backends");
    kw_hash32 bls = bls_run(random);
    kw_hash32 bn = bn_run(random);
    kw_cpu_limit(&(kw_cpu){0});
    assert_false(kw_cpu_now()->has_bmi2_adx);
    kw_hash32 bls_portable = bls_run(random);
    kw_hash32 bn_portable = bn_run(random);
    assert_memory_equal(&bls, &bls_portable, sizeof bls);
    assert_memory_equal(&bn, &bn_portable, sizeof bn);
    assert_memory_not_equal(&bls, &bn, sizeof bls);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(backends__give_the_same_bytes),
    };
    return cmocka_run_group_tests_name("curve/backend", tests, NULL, NULL);
}
