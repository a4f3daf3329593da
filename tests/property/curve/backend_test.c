/* SPDX-License-Identifier: Apache-2.0
 * The back-ends give the same bytes for the same inputs: hashing, maps, scalars, groups, pairings,
 * encodings, secrets. Fields and towers alone: mont_test.c, field_test.c, tests/interop. */
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
#include "support/curve_backend.h"
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
#define WIRES(W)               \
    W(g1, zcash, g1_bytes)     \
    W(g2, zcash, g2_bytes)     \
    W(g1, eip2537, g1_eip2537) \
    W(g2, eip2537, g2_eip2537)
#include "property/curve/backend_cases.inc.h"
#undef T
#undef BYTES
#undef WIRES

static void bls_run_secret_g1(kw_bls_trace *t, const kw_bls_g1 *p, const kw_bls_g2 *q,
                              const kw_bls_secret *k)
{
    kw_bls_secret_g1 hidden;
    kw_bls_g1 shown;
    kw_bls_gt e;
    kw_bls_secret_g1_of_g1(&hidden, p);
    kw_bls_secret_g1_mul(&hidden, &hidden, k);
    kw_bls_secret_g1_add(&hidden, &hidden, &hidden);
    kw_declassify_bls_g1(&shown, &hidden, "a test compares");
    bls_note_g1(t, &shown);
    kw_bls_pairing_secret(&e, &hidden, q);
    bls_note_gt(t, &e);
    kw_bls_gt_exp_secret(&e, &e, k);
    bls_note_gt(t, &e);
}

static void bls_run_secret_g2(kw_bls_trace *t, const kw_bls_g1 *p, const kw_bls_g2 *q,
                              const kw_bls_secret *k)
{
    kw_bls_secret_g2 hidden;
    kw_bls_g2 shown;
    kw_bls_gt e;
    kw_bls_secret_g2_of_g2(&hidden, q);
    kw_bls_secret_g2_mul(&hidden, &hidden, k);
    kw_bls_secret_g2_add(&hidden, &hidden, &hidden);
    kw_declassify_bls_g2(&shown, &hidden, "a test compares");
    bls_note_g2(t, &shown);
    kw_bls_pairing_secret_g2(&e, p, &hidden);
    bls_note_gt(t, &e);
}

static void bls_run_others(kw_bls_trace *t, const kw_bls_g1 *p, const kw_bls_g2 *q,
                           const kw_bls_secret *k)
{
    kw_bls_g1_eip2537 a;
    kw_bls_g1_eip2537 sum;
    kw_bls_g2_eip2537 a2;
    kw_bls_g2_eip2537 sum2;
    kw_bls_g1_encode_eip2537(&a, p);
    kw_bls_g2_encode_eip2537(&a2, q);
    EXPECT_OK(kw_bls_g1_add_eip2537(&sum, KW_SPAN(a.bytes), KW_SPAN(a.bytes)));
    EXPECT_OK(kw_bls_g2_add_eip2537(&sum2, KW_SPAN(a2.bytes), KW_SPAN(a2.bytes)));
    kw_sha256_update(&t->hash, KW_SPAN(sum.bytes));
    kw_sha256_update(&t->hash, KW_SPAN(sum2.bytes));
    kw_bls_g1_both both;
    kw_bls_g2_both both2;
    kw_bls_g1_encode_zcash_both(&both, p);
    kw_bls_g2_encode_zcash_both(&both2, q);
    kw_sha256_update(&t->hash, KW_SPAN(both.bytes));
    kw_sha256_update(&t->hash, KW_SPAN(both2.bytes));
    kw_bls_g1_raw raw;
    kw_bls_g1 cleared;
    kw_bls_g1_to_raw(&raw, p);
    EXPECT_OK(kw_bls_g1_clear_cofactor(&cleared, &raw));
    bls_note_g1(t, &cleared);
    bls_run_secret_g1(t, p, q, k);
    bls_run_secret_g2(t, p, q, k);
}

#define kw_bn_G1_ENCODE kw_bn_g1_encode_ark
#define kw_bn_G1_DECODE kw_bn_g1_decode_ark
#define kw_bn_G2_ENCODE kw_bn_g2_encode_gnark
#define kw_bn_G2_DECODE kw_bn_g2_decode_gnark
#define T(name)         kw_bn_##name
#define BYTES(name)     bn_##name
#define WIRES(W)           \
    W(g1, eip196, g1_both) \
    W(g2, eip196, g2_both) \
    W(g1, gnark, g1_bytes) \
    W(g2, gnark, g2_bytes) \
    W(g1, ark, g1_bytes)   \
    W(g2, ark, g2_bytes)
#include "property/curve/backend_cases.inc.h"
#undef T
#undef BYTES
#undef WIRES

static void bn_run_others(kw_bn_trace *t, const kw_bn_g1 *p, const kw_bn_g2 *q,
                          const kw_bn_secret *k)
{
    KW_UNUSED(k);
    kw_bn_g1_both both;
    kw_bn_g2_both both2;
    kw_bn_g1_encode_gnark_both(&both, p);
    kw_bn_g2_encode_gnark_both(&both2, q);
    kw_sha256_update(&t->hash, KW_SPAN(both.bytes));
    kw_sha256_update(&t->hash, KW_SPAN(both2.bytes));
    kw_hash32 digest;
    kw_bn_g1 point;
    kw_sha256(&digest, KW_SPAN(both.bytes));
    EXPECT_OK(kw_bn_g1_try_and_increment_var(&point, &digest));
    bn_note_g1(t, &point);
}

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
    curve_backend_from_environment();
    return cmocka_run_group_tests_name("curve/backend", tests, NULL, NULL);
}
