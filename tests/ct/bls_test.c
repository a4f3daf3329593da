/* SPDX-License-Identifier: Apache-2.0 */
#include "curve/bls.h"

#include "crypto/h2c_hashes.h"
#include "curve/bls_batch.h"
#include "curve/bls_comb.h"
#include "curve/bls_hash.h"
#include "curve/bls_pair.h"
#include "curve/bls_wire.h"
#include "support/ct.h"
#include "support/curve_backend.h"

#define T(name)    kw_bls_##name
#define DECLASSIFY kw_declassify_bls_secret
#include "ct/curve_cases.inc.h"

static void pairings__do_not_branch(void **state)
{
    (void)state;
    T(fr) a;
    T(secret) k = poisoned(3003, &a);
    T(secret_g1) hidden;
    T(g1) shown;
    T(g1) base = T(g1_generator)();
    T(g2) other = T(g2_generator)();
    T(gt) got;
    T(gt) wanted;
    hidden.secret = base;
    T(secret_g1_mul)(&hidden, &hidden, &k);
    T(secret_g1) twice;
    T(secret_g1_add)(&twice, &hidden, &hidden);
    T(g1_mul_var)(&shown, &base, &a);
    T(pairing)(&wanted, &shown, &other);
    T(pairing_secret)(&got, &hidden, &other);
    KW_UNPOISON(&got, sizeof got);
    assert_true(T(gt_equal)(&got, &wanted));
    T(pairing)(&wanted, &base, &other);
    T(gt_exp_secret)(&wanted, &wanted, &k);
    KW_UNPOISON(&wanted, sizeof wanted);
    assert_true(T(gt_equal)(&got, &wanted));
}

int main(void)
{
    static const struct CMUnitTest tests[] = {CURVE_CASES,
                                              cmocka_unit_test(pairings__do_not_branch)};
    return curve_run_on_backends("ct/bls", tests, KW_COUNT(tests));
}
