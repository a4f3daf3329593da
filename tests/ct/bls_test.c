/* SPDX-License-Identifier: Apache-2.0 */
#include "curve/bls.h"

#include "crypto/curve_secret.h"
#include "crypto/h2c_hashes.h"
#include "curve/bls_batch.h"
#include "curve/bls_comb.h"
#include "curve/bls_hash.h"
#include "curve/bls_pair.h"
#include "curve/bls_sign.h"
#include "curve/bls_tower.h"
#include "curve/bls_wire.h"
#include "support/ct.h"
#include "support/curve_backend.h"

#define T(name)          kw_bls_##name
#define DECLASSIFY(name) kw_declassify_bls_##name
#include "ct/curve_cases.inc.h"

ENCODES(g1, zcash, zcash, bytes)
ENCODES(g2, zcash, zcash, bytes)
ENCODES(g1, zcash_both, zcash, both)
ENCODES(g2, zcash_both, zcash, both)
ENCODES(g1, eip2537, eip2537, eip2537)
ENCODES(g2, eip2537, eip2537, eip2537)

static void g1_clear_cofactor__does_not_branch_on_points(void **state)
{
    (void)state;
    T(g1_raw) raw;
    T(g1) wanted;
    T(g1) got;
    T(g1) base = T(g1_generator)();
    T(g1_to_raw)(&raw, &base);
    EXPECT_OK(T(g1_clear_cofactor)(&wanted, &raw));
    KW_POISON(&raw, sizeof raw);
    EXPECT_OK(T(g1_clear_cofactor)(&got, &raw));
    expect_verdict(T(g1_equal)(&got, &wanted), true);
}

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
    T(g1_mul_var)(&shown, &base, &a);
    T(pairing)(&wanted, &shown, &other);
    T(pairing_secret)(&got, &hidden, &other);
    KW_UNPOISON(&got, sizeof got);
    assert_true(T(gt_equal)(&got, &wanted));
    T(secret_g2) hidden2;
    T(secret_g2_of_g2)(&hidden2, &other);
    T(secret_g2_mul)(&hidden2, &hidden2, &k);
    T(pairing_secret_g2)(&got, &base, &hidden2);
    KW_UNPOISON(&got, sizeof got);
    assert_true(T(gt_equal)(&got, &wanted));
    T(pairing)(&wanted, &base, &other);
    KW_POISON(&wanted, sizeof wanted);
    T(gt_exp_secret)(&wanted, &wanted, &k);
    KW_UNPOISON(&wanted, sizeof wanted);
    assert_true(T(gt_equal)(&got, &wanted));
}

static void secret_points__do_not_branch(void **state)
{
    (void)state;
    T(fr) a;
    T(secret) k = poisoned(4004, &a);
    T(g1) wanted = T(g1_generator)();
    T(g2) wanted2 = T(g2_generator)();
    T(secret_g1) point;
    T(secret_g2) point2;
    T(g1) got;
    T(g2) got2;
    T(secret_g1_of_g1)(&point, &wanted);
    T(secret_g2_of_g2)(&point2, &wanted2);
    T(g1_mul_var)(&wanted, &wanted, &a);
    T(g2_mul_var)(&wanted2, &wanted2, &a);
    T(g1_dbl)(&wanted, &wanted);
    T(g2_dbl)(&wanted2, &wanted2);
    T(secret_g1_mul)(&point, &point, &k);
    T(secret_g2_mul)(&point2, &point2, &k);
    T(secret_g1_add)(&point, &point, &point);
    T(secret_g2_add)(&point2, &point2, &point2);
    DECLASSIFY(g1)(&got, &point, "a test compares");
    DECLASSIFY(g2)(&got2, &point2, "a test compares");
    assert_true(T(g1_equal)(&got, &wanted));
    assert_true(T(g2_equal)(&got2, &wanted2));
}

/* As an identity's key is made and sealed. */
static void identity_keys__do_not_branch(void **state)
{
    (void)state;
    KW_AUTO(kw_secret32) seed;
    memset(&seed, 0x5c, sizeof seed);
    KW_POISON(&seed, sizeof seed);
    kw_span dst = kw_span_of_str(KW_STR("a test of seeds"));
    KW_AUTO(kw_bls_secret) k = {0};
    EXPECT_OK(kw_bls_secret_expand(&k, &seed, dst, dst));
    kw_bls_g1 base = kw_bls_g1_generator();
    KW_AUTO(kw_bls_secret_g1) key = {0};
    kw_bls_secret_g1_of_g1(&key, &base);
    kw_bls_secret_g1_mul(&key, &key, &k);
    KW_AUTO(kw_bls_secret_g1_bytes) bytes = {0};
    kw_bls_secret_g1_encode(&bytes, &key);
    kw_span shown = kw_declassify_span(kw_bls_secret_g1_bytes_view(&bytes), "a test compares");
    kw_bls_g1 again;
    kw_bls_g1 wanted;
    EXPECT_OK(kw_bls_g1_decode_zcash(&again, shown, 0));
    kw_declassify_bls_g1(&wanted, &key, "a test compares");
    assert_true(kw_bls_g1_equal(&again, &wanted));
    kw_bls_g2 base2 = kw_bls_g2_generator();
    KW_AUTO(kw_bls_secret_g2) key2 = {0};
    kw_bls_secret_g2_of_g2(&key2, &base2);
    kw_bls_secret_g2_mul(&key2, &key2, &k);
    KW_AUTO(kw_bls_secret_g2_bytes) bytes2 = {0};
    kw_bls_secret_g2_encode(&bytes2, &key2);
    shown = kw_declassify_span(kw_bls_secret_g2_bytes_view(&bytes2), "a test compares");
    kw_bls_g2 again2;
    kw_bls_g2 wanted2;
    EXPECT_OK(kw_bls_g2_decode_zcash(&again2, shown, 0));
    kw_declassify_bls_g2(&wanted2, &key2, "a test compares");
    assert_true(kw_bls_g2_equal(&again2, &wanted2));
}

static void signatures__do_not_branch(void **state)
{
    (void)state;
    const kw_bls_suite suite = {&kw_h2c_sha256, kw_span_of_str(KW_STR("a test of signatures"))};
    kw_span msg = kw_span_of_str(KW_STR("a message"));
    kw_bls_fr a;
    kw_bls_secret k = poisoned(5005, &a);
    kw_bls_g1 key = kw_bls_g1_generator();
    kw_bls_g2 key2 = kw_bls_g2_generator();
    kw_bls_g1 short_signature;
    kw_bls_g2 signature;
    bool yes = false;
    kw_bls_g1_mul_var(&key, &key, &a);
    kw_bls_g2_mul_var(&key2, &key2, &a);
    EXPECT_OK(kw_bls_min_pk_sign(&signature, &k, msg, &suite));
    EXPECT_OK(kw_bls_min_sig_sign(&short_signature, &k, msg, &suite));
    KW_UNPOISON(&signature, sizeof signature);
    KW_UNPOISON(&short_signature, sizeof short_signature);
    EXPECT_OK(kw_bls_min_pk_verify(&yes, &key, &signature, msg, &suite));
    assert_true(yes);
    EXPECT_OK(kw_bls_min_sig_verify(&yes, &key2, &short_signature, msg, &suite));
    assert_true(yes);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        CURVE_CASES,
        ENCODES_ROW(g1, zcash),
        ENCODES_ROW(g2, zcash),
        ENCODES_ROW(g1, zcash_both),
        ENCODES_ROW(g2, zcash_both),
        ENCODES_ROW(g1, eip2537),
        ENCODES_ROW(g2, eip2537),
        cmocka_unit_test(g1_clear_cofactor__does_not_branch_on_points),
        cmocka_unit_test(pairings__do_not_branch),
        cmocka_unit_test(secret_points__do_not_branch),
        cmocka_unit_test(identity_keys__do_not_branch),
        cmocka_unit_test(signatures__do_not_branch),
    };
    return curve_run_on_backends("ct/bls", tests, KW_COUNT(tests));
}
