/* SPDX-License-Identifier: Apache-2.0
 * The laws of both pairings, on both back-ends. */
#include "base/cpu.h"
#include "curve/bls_pair.h"
#include "curve/bn_pair.h"

#include "support/expect.h"

#include <string.h>

#define T(name)   kw_bls_##name
#define LAW(name) bls_##name
#include "pairing_laws.inc.h"
#undef T
#undef LAW

#define T(name)   kw_bn_##name
#define LAW(name) bn_##name
#include "pairing_laws.inc.h"
#undef T
#undef LAW

/* What the processor can do stays hidden from here on. */
static int portable_setup(void **state)
{
    (void)state;
    kw_cpu_limit(&(kw_cpu){0});
    return 0;
}

int main(void)
{
    int failed = cmocka_run_group_tests_name("bls", bls_laws, NULL, NULL);
    failed += cmocka_run_group_tests_name("bn", bn_laws, NULL, NULL);
    failed += cmocka_run_group_tests_name("bls, portable", bls_laws, portable_setup, NULL);
    failed += cmocka_run_group_tests_name("bn, portable", bn_laws, portable_setup, NULL);
    return failed;
}
