/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/curve_secret.h"

#include "crypto/h2c_hashes.h"
#include "support/expect.h"
#include "support/hexed.h"
#include "support/seeded_rng.h"

#define DST kw_span_of_str(KW_STR("a test of seeds"))

static kw_secret32 seed_of(uint8_t byte)
{
    kw_secret32 seed;
    memset(seed.secret, byte, sizeof seed.secret);
    return seed;
}

static void expect_scalar(const kw_bls_secret *got, kw_span wide)
{
    kw_bls_secret wanted;
    EXPECT_OK(kw_bls_secret_from_wide(&wanted, wide));
    assert_true(kw_bls_secret_equal(got, &wanted) != 0);
}

static void random__is_64_bytes_modulo_r(void **state)
{
    (void)state;
    seeded_rng source = {.seed = 5};
    seeded_rng same = {.seed = 5};
    kw_rng rng = seeded_rng_port(&source);
    kw_rng again = seeded_rng_port(&same);
    uint8_t wide[64];
    EXPECT_OK(kw_rng_fill(&again, (kw_mspan){wide, 32}));
    EXPECT_OK(kw_rng_fill(&again, (kw_mspan){wide + 32, 32}));
    KW_AUTO(kw_bls_secret) k = {0};
    EXPECT_OK(kw_bls_secret_random(&k, &rng));
    expect_scalar(&k, KW_SPAN(wide));
}

static void random__needs_all_its_bytes(void **state)
{
    (void)state;
    KW_AUTO(kw_bls_secret) k = {0};
    kw_bls_secret before = k;
    seeded_rng source = {.seed = 5, .fail_after = 1};
    kw_rng rng = seeded_rng_port(&source);
    EXPECT_STATUS(kw_bls_secret_random(&k, &rng), KW_ENTROPY_FAILURE);
    assert_memory_equal(&k, &before, sizeof k);
}

static kw_status fill_zeros(void *ctx, kw_mspan out)
{
    KW_UNUSED(ctx);
    memset(out.ptr, 0, out.len);
    return KW_OK;
}

static void random__is_never_zero(void **state)
{
    (void)state;
    kw_rng zeros = {.fill = fill_zeros};
    kw_bls_secret k;
    EXPECT_STATUS(kw_bls_secret_random(&k, &zeros), KW_RANGE);
}

static void expand__hashes_seed_then_context(void **state)
{
    (void)state;
    kw_secret32 seed = seed_of(9);
    uint8_t message[35];
    memset(message, 9, 32);
    memcpy(message + 32, "ctx", 3);
    uint8_t wide[64];
    EXPECT_OK(kw_h2c_expand(KW_MSPAN(wide), &kw_h2c_sha256, KW_SPAN(message), DST));
    KW_AUTO(kw_bls_secret) k = {0};
    EXPECT_OK(kw_bls_secret_expand(&k, &seed, (kw_span){message + 32, 3}, DST));
    expect_scalar(&k, KW_SPAN(wide));
    EXPECT_OK(kw_h2c_expand(KW_MSPAN(wide), &kw_h2c_sha256, (kw_span){message, 32}, DST));
    EXPECT_OK(kw_bls_secret_expand(&k, &seed, (kw_span){0}, DST));
    expect_scalar(&k, KW_SPAN(wide));
}

static void expand__refuses_long_contexts_and_no_dst(void **state)
{
    (void)state;
    static const uint8_t context[KW_BLS_EXPAND_CONTEXT_BYTES_MAX + 1];
    kw_secret32 seed = seed_of(9);
    KW_AUTO(kw_bls_secret) k = {0};
    EXPECT_STATUS(kw_bls_secret_expand(&k, &seed, KW_SPAN(context), DST), KW_ARG);
    EXPECT_STATUS(kw_bls_secret_expand(&k, &seed, (kw_span){context, 1}, (kw_span){0}), KW_ARG);
    EXPECT_OK(kw_bls_secret_expand(&k, &seed, (kw_span){context, sizeof context - 1}, DST));
}

static void encode__gives_the_compressed_point(void **state)
{
    (void)state;
    kw_bls_g1 p = kw_bls_g1_generator();
    kw_bls_g1_bytes wanted;
    kw_bls_g1_encode_zcash(&wanted, &p);
    KW_AUTO(kw_bls_secret_g1) secret = {p};
    KW_AUTO(kw_bls_secret_g1_bytes) bytes = {{0}};
    kw_bls_secret_g1_encode(&bytes, &secret);
    EXPECT_SPAN(kw_declassify_span(kw_bls_secret_g1_bytes_view(&bytes), "a test"),
                KW_SPAN(wanted.bytes));
    kw_bls_secret_g1_bytes_drop(&bytes);
    static const uint8_t none[48];
    assert_memory_equal(&bytes, none, sizeof none);
    kw_bls_secret_bytes scalar = {{1, 2, 3}};
    EXPECT_SPAN(kw_declassify_span(kw_bls_secret_bytes_view(&scalar), "a test"),
                KW_SPAN(scalar.secret));
}

static void encode__gives_the_compressed_point_of_g2(void **state)
{
    (void)state;
    kw_bls_g2 q = kw_bls_g2_generator();
    kw_bls_g2_bytes wanted;
    kw_bls_g2_encode_zcash(&wanted, &q);
    KW_AUTO(kw_bls_secret_g2) secret = {q};
    KW_AUTO(kw_bls_secret_g2_bytes) bytes = {{0}};
    kw_bls_secret_g2_encode(&bytes, &secret);
    EXPECT_SPAN(kw_declassify_span(kw_bls_secret_g2_bytes_view(&bytes), "a test"),
                KW_SPAN(wanted.bytes));
    kw_bls_secret_g2_bytes_drop(&bytes);
    static const uint8_t none[96];
    assert_memory_equal(&bytes, none, sizeof none);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random__is_64_bytes_modulo_r),
        cmocka_unit_test(random__needs_all_its_bytes),
        cmocka_unit_test(random__is_never_zero),
        cmocka_unit_test(expand__hashes_seed_then_context),
        cmocka_unit_test(expand__refuses_long_contexts_and_no_dst),
        cmocka_unit_test(encode__gives_the_compressed_point),
        cmocka_unit_test(encode__gives_the_compressed_point_of_g2),
    };
    return cmocka_run_group_tests_name("crypto/curve_secret", tests, NULL, NULL);
}
