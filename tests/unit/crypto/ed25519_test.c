/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/ed25519.h"

#include "support/expect.h"
#include "support/hexed.h"
#include "support/seeded_rng.h"

typedef struct rfc_case {
    const char *seed;
    const char *public_half;
    const char *message;
    const char *signature;
} rfc_case;

/* RFC 8032 section 7.1, tests 1 to 3. */
static const rfc_case rfc_cases[] = {
    {"9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
     "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
     "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
     "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"},
    {"4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
     "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
     "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
     "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"},
    {"c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
     "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
     "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac"
     "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"},
};

static kw_ed25519_key key_of(const char *seed_text)
{
    hexed bytes = hexed_of(seed_text);
    KW_AUTO(kw_secret32) seed = {0};
    EXPECT_OK(kw_secret32_of(&seed, kw_secret_span_of(hexed_view(&bytes))));
    kw_ed25519_key key;
    kw_ed25519_key_of_seed(&key, &seed);
    return key;
}

static void sign__gives_the_signatures_of_rfc_8032(void **state)
{
    (void)state;
    for (size_t i = 0; i < KW_COUNT(rfc_cases); i++) {
        KW_AUTO(kw_ed25519_key) key = key_of(rfc_cases[i].seed);
        hexed message = hexed_of(rfc_cases[i].message);
        kw_ed25519_signature signature;
        kw_ed25519_sign(&key, &signature, hexed_view(&message));
        expect_hexed(KW_SPAN(key.public_half.bytes), rfc_cases[i].public_half);
        expect_hexed(KW_SPAN(signature.bytes), rfc_cases[i].signature);
        assert_true(kw_ed25519_verify(&key.public_half, &signature, hexed_view(&message)));
        KW_AUTO(kw_secret32) seed = {0};
        kw_ed25519_key_seed(&key, &seed);
        expect_hexed(kw_declassify_span(kw_secret32_view(&seed), "a test"), rfc_cases[i].seed);
    }
}

static void verify__refuses_every_changed_bit(void **state)
{
    (void)state;
    KW_AUTO(kw_ed25519_key) key = key_of(rfc_cases[2].seed);
    const uint8_t message[] = {0xaf, 0x82};
    const uint8_t other[] = {0xaf, 0x83};
    kw_ed25519_signature signature;
    kw_ed25519_sign(&key, &signature, KW_SPAN(message));
    assert_false(kw_ed25519_verify(&key.public_half, &signature, KW_SPAN(other)));
    for (size_t bit = 0; bit < sizeof signature.bytes * 8; bit++) {
        kw_ed25519_signature changed = signature;
        changed.bytes[bit / 8] ^= (uint8_t)(1U << (bit % 8));
        assert_false(kw_ed25519_verify(&key.public_half, &changed, KW_SPAN(message)));
    }
    for (size_t bit = 0; bit < sizeof key.public_half.bytes * 8; bit++) {
        kw_ed25519_public changed = key.public_half;
        changed.bytes[bit / 8] ^= (uint8_t)(1U << (bit % 8));
        assert_false(kw_ed25519_verify(&changed, &signature, KW_SPAN(message)));
    }
}

/* With the neutral element as key and as R, s = 0 satisfies the bare equation for any message. */
static void verify__refuses_keys_of_small_order(void **state)
{
    (void)state;
    kw_ed25519_public neutral = {{1}};
    kw_ed25519_signature forged = {{1}};
    assert_false(kw_ed25519_verify(&neutral, &forged, kw_span_of_str(KW_STR("anything"))));
}

static void key_generate__follows_the_generator_or_fails_with_it(void **state)
{
    (void)state;
    seeded_rng source = {.seed = 5, .fail_after = 2};
    kw_rng rng = seeded_rng_port(&source);
    KW_AUTO(kw_ed25519_key) first = {0};
    KW_AUTO(kw_ed25519_key) second = {0};
    KW_AUTO(kw_ed25519_key) third = {0};
    EXPECT_OK(kw_ed25519_key_generate(&first, &rng));
    EXPECT_OK(kw_ed25519_key_generate(&second, &rng));
    assert_memory_not_equal(&first, &second, sizeof first);
    static const kw_ed25519_key zeros;
    EXPECT_STATUS(kw_ed25519_key_generate(&third, &rng), KW_ENTROPY_FAILURE);
    assert_memory_equal(&third, &zeros, sizeof zeros);
    kw_ed25519_key_drop(&first);
    assert_memory_equal(&first, &zeros, sizeof zeros);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sign__gives_the_signatures_of_rfc_8032),
        cmocka_unit_test(verify__refuses_every_changed_bit),
        cmocka_unit_test(verify__refuses_keys_of_small_order),
        cmocka_unit_test(key_generate__follows_the_generator_or_fails_with_it),
    };
    return cmocka_run_group_tests_name("crypto/ed25519", tests, NULL, NULL);
}
