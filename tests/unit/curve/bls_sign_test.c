/* SPDX-License-Identifier: Apache-2.0
 * BLS signatures: both schemes, one and many. */
#include "base/cpu.h"
#include "crypto/h2c_hashes.h"
#include "curve/bls_sign.h"

#include "support/curve_backend.h"
#include "support/expect.h"

#include <string.h>

enum {
    WORLD = 35, /* signatures: more than one block of verify_each */
    SCRATCH_WORDS = 1 << 17
};

static const kw_span message = {(const uint8_t *)"one message for all", 19};
static const kw_bls_suite suite = {&kw_h2c_sha256, {(const uint8_t *)"KEYWARD-TEST-BLS_", 17}};
static uint64_t scratch_words[SCRATCH_WORDS];

/* Exactly as much as is asked for. */
static kw_mspan scratch_for(size_t n)
{
    size_t len = kw_bls_verify_same_scratch(n);
    assert_in_range(len, 1, sizeof scratch_words);
    return (kw_mspan){(uint8_t *)scratch_words, len};
}

/* Its name expanded. */
#define NAMED_TEST_SETUP(test, setup) cmocka_unit_test_setup(test, setup)

#define SCHEME(name) kw_bls_min_pk_##name
#define KEY(name)    kw_bls_g1_##name
#define SIGN(name)   kw_bls_g2_##name
#define CASE(name)   min_pk_##name
#define KEY_POINT    kw_bls_g1
#define SIGN_POINT   kw_bls_g2
#include "unit/curve/sign_cases.inc.h"
#undef SCHEME
#undef KEY
#undef SIGN
#undef CASE
#undef KEY_POINT
#undef SIGN_POINT

#define SCHEME(name) kw_bls_min_sig_##name
#define KEY(name)    kw_bls_g2_##name
#define SIGN(name)   kw_bls_g1_##name
#define CASE(name)   min_sig_##name
#define KEY_POINT    kw_bls_g2
#define SIGN_POINT   kw_bls_g1
#include "unit/curve/sign_cases.inc.h"

static void verify_same_scratch__knows_its_limit(void **state)
{
    (void)state;
    assert_true(kw_bls_verify_same_scratch(2) > kw_bls_verify_same_scratch(1));
    assert_true(kw_bls_verify_same_scratch(SIZE_MAX) == SIZE_MAX);
    assert_true(kw_bls_verify_same_scratch((size_t)1 << 40) == SIZE_MAX);
}

static int run_all(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(verify_same_scratch__knows_its_limit),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    failed += cmocka_run_group_tests_name("min_pk", min_pk_cases, min_pk_setup, NULL);
    failed += cmocka_run_group_tests_name("min_sig", min_sig_cases, min_sig_setup, NULL);
    return failed;
}

int main(void)
{
    curve_backend_from_environment();
    int failed = run_all();
    kw_cpu_limit(&(kw_cpu){0}); /* once more, in portable code */
    return failed + run_all();
}
