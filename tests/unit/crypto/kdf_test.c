/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/kdf.h"

#include "os/fault.h"
#include "support/expect.h"
#include "support/hexed.h"

typedef struct hkdf_case {
    const char *key;
    const char *salt;
    const char *info;
    const char *output;
} hkdf_case;

/* RFC 5869 appendix A.1 to A.3. */
static const hkdf_case hkdf_cases[] = {
    {"0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b", "000102030405060708090a0b0c",
     "f0f1f2f3f4f5f6f7f8f9",
     "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865"},
    {"000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
     "202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f"
     "404142434445464748494a4b4c4d4e4f",
     "606162636465666768696a6b6c6d6e6f707172737475767778797a7b7c7d7e7f"
     "808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f"
     "a0a1a2a3a4a5a6a7a8a9aaabacadaeaf",
     "b0b1b2b3b4b5b6b7b8b9babbbcbdbebfc0c1c2c3c4c5c6c7c8c9cacbcccdcecf"
     "d0d1d2d3d4d5d6d7d8d9dadbdcdddedfe0e1e2e3e4e5e6e7e8e9eaebecedeeef"
     "f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff",
     "b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c"
     "59045a99cac7827271cb41c65e590e09da3275600c2f09b8367793a9aca3db71"
     "cc30c58179ec3e87c14c01d5c1f3434f1d87"},
    {"0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b", "", "",
     "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8"},
};

static kw_span public_of(const kw_secret32 *value)
{
    return kw_declassify_span(kw_secret32_view(value), "a test");
}

static void hkdf_sha256__gives_the_output_of_rfc_5869(void **state)
{
    (void)state;
    for (size_t i = 0; i < KW_COUNT(hkdf_cases); i++) {
        hexed key = hexed_of(hkdf_cases[i].key);
        hexed salt = hexed_of(hkdf_cases[i].salt);
        hexed info = hexed_of(hkdf_cases[i].info);
        hexed wanted = hexed_of(hkdf_cases[i].output);
        kw_secret_span secret = kw_secret_span_of(hexed_view(&key));
        kw_str info_text = kw_str_of_span(hexed_view(&info));
        KW_AUTO(kw_secret_bytes) out = kw_secret_bytes_init(1024);
        EXPECT_OK(kw_hkdf_sha256_append(&out, wanted.len, secret, hexed_view(&salt), info_text));
        EXPECT_SPAN(kw_declassify_span(kw_secret_bytes_view(&out), "a test"), hexed_view(&wanted));
        KW_AUTO(kw_secret32) first = {0};
        kw_hkdf_sha256(&first, secret, hexed_view(&salt), info_text);
        EXPECT_SPAN(public_of(&first), ((kw_span){wanted.bytes, 32}));
    }
}

static void hkdf_sha256__refuses_more_than_255_blocks(void **state)
{
    (void)state;
    kw_secret_span key = kw_secret_span_of(kw_span_of_str(KW_STR("key")));
    KW_AUTO(kw_secret_bytes) out = kw_secret_bytes_init(16 * 1024);
    EXPECT_OK(kw_hkdf_sha256_append(&out, 255 * 32, key, (kw_span){0}, KW_STR("info")));
    assert_int_equal(out.len, 255 * 32);
    EXPECT_STATUS(kw_hkdf_sha256_append(&out, 255 * 32 + 1, key, (kw_span){0}, KW_STR("info")),
                  KW_LIMIT);
    KW_AUTO(kw_secret_bytes) small = kw_secret_bytes_init(8);
    EXPECT_STATUS(kw_hkdf_sha256_append(&small, 9, key, (kw_span){0}, KW_STR("info")), KW_LIMIT);
    assert_int_equal(small.len, 0);
}

static void hkdf_sha256__depends_on_info_and_salt(void **state)
{
    (void)state;
    kw_secret_span key = kw_secret_span_of(kw_span_of_str(KW_STR("key")));
    KW_AUTO(kw_secret32) a = {0};
    KW_AUTO(kw_secret32) b = {0};
    KW_AUTO(kw_secret32) c = {0};
    kw_hkdf_sha256(&a, key, (kw_span){0}, KW_STR("keyward/a/v1"));
    kw_hkdf_sha256(&b, key, (kw_span){0}, KW_STR("keyward/b/v1"));
    kw_hkdf_sha256(&c, key, kw_span_of_str(KW_STR("salt")), KW_STR("keyward/a/v1"));
    assert_true(kw_secret32_equal(&a, &b) == 0);
    assert_true(kw_secret32_equal(&a, &c) == 0);
}

/* Made by the reference implementation (Debian's argon2 20171227): printf 'correct horse battery
 * staple' | argon2 0123456789abcdef -id -t 2 -k 64 -p 1 -l 32 -r, and 'x' with -t 3 -k 1024. */
static void argon2id__agrees_with_the_reference_program(void **state)
{
    (void)state;
    kw_argon2id_salt salt;
    memcpy(salt.bytes, "0123456789abcdef", sizeof salt.bytes);
    KW_AUTO(kw_secret32) key = {0};
    EXPECT_OK(kw_argon2id(&key,
                          kw_secret_span_of(kw_span_of_str(KW_STR("correct horse battery staple"))),
                          &salt, (kw_argon2id_cost){.memory_kib = 64, .passes = 2}));
    expect_hexed(public_of(&key),
                 "800c095b9bf1e62b67d95f4a1e51148f2502ae90d880ac907f480c6871b1d61e");
    EXPECT_OK(kw_argon2id(&key, kw_secret_span_of(kw_span_of_str(KW_STR("x"))), &salt,
                          (kw_argon2id_cost){.memory_kib = 1024, .passes = 3}));
    expect_hexed(public_of(&key),
                 "0235aa24ce094dbc2e4f62516130d9e39a854bee2de290b213aa3b0fd46471c0");
}

static void argon2id__refuses_costs_out_of_range(void **state)
{
    (void)state;
    static const kw_argon2id_cost costs[] = {{.memory_kib = 7, .passes = 1},
                                             {.memory_kib = (4 << 20) + 1, .passes = 1},
                                             {.memory_kib = 64, .passes = 0},
                                             {.memory_kib = 64, .passes = 65},
                                             {.memory_kib = UINT32_MAX, .passes = 3}};
    kw_argon2id_salt salt = {{0}};
    KW_AUTO(kw_secret32) key = {0};
    for (size_t i = 0; i < KW_COUNT(costs); i++) {
        EXPECT_STATUS(kw_argon2id(&key, kw_secret_span_of((kw_span){0}), &salt, costs[i]),
                      KW_BAD_INPUT);
    }
    assert_int_equal(KW_ARGON2ID_DEFAULT.memory_kib, 262144);
    assert_int_equal(KW_ARGON2ID_DEFAULT.passes, 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hkdf_sha256__gives_the_output_of_rfc_5869),
        cmocka_unit_test(hkdf_sha256__refuses_more_than_255_blocks),
        cmocka_unit_test(hkdf_sha256__depends_on_info_and_salt),
        cmocka_unit_test(argon2id__agrees_with_the_reference_program),
        cmocka_unit_test(argon2id__refuses_costs_out_of_range),
    };
    return cmocka_run_group_tests_name("crypto/kdf", tests, NULL, NULL);
}
