/* SPDX-License-Identifier: Apache-2.0
 * Keys and signatures over "keyward" by Python's cryptography 48.0.0. */
#include "crypto/pem_key.h"

#include "support/expect.h"
#include "support/hexed.h"

static const char p256_pem[] = "-----BEGIN PUBLIC KEY-----\n"
                               "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEfwQ4/V1LF7Gtk7kpzMKqWymQ7T59\n"
                               "JAkRtrcwEtmG6HkV+3y+eXQCilm1jy0UhIwwLTEcbEcERFJfehR+l5kP5w==\n"
                               "-----END PUBLIC KEY-----\n";

static const char p256_sig[] =
    "30440220441d45c59a95c4e6d2c722e5fee88d139d9b209dda0f3d8bb198d8cb701167d502204f9036e41069"
    "4f26cbb9afe13bd0fc2addfb7a8eb1d68d5ded85b9ce3ca7cf07";

static const char p256_id[] = "b3e27f40d43ef52a8020a96be37020dd88ac4a2b5836bda6aa58e2d252d7faf9";

static const char rsa_pem[] = "-----BEGIN PUBLIC KEY-----\n"
                              "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAzDomG3qS+XF0J3BqEt4L\n"
                              "67EDhBmPAo2zfryw+353ZodLEVAiP5cd5BaWk8vuPP3ecLnhSnHGt9I5xWzU9rBJ\n"
                              "4kmrJUxR9ZGpRRzRBsBcpS3nKpSSMGsRFw3B8D7586TXE/IPP4dUZeZo7wcY0IPo\n"
                              "BQGqnZX7U5QA2U/BSiMH3c6MzvWTHkhmC3juzwxik/7Z/FY3wBjGltbp2httVH7e\n"
                              "3UgQgRGG8wNXpxUwlmkTCjy4RYdq3U9TtzjYSEIXie8x2o3D91Nwh0SgaPicHzpk\n"
                              "9RioIHxVA3pHy4aYWb3iZBU28HFL88m8Zj3c7InCthvHZk2f2UwHjF2R4Ynu0fNz\n"
                              "EwIDAQAB\n"
                              "-----END PUBLIC KEY-----\n";

static const char pss_sig[] =
    "af8030b31a79c5f7e6d99a15b138c8117d1f07506e597fb0f4b8118c118cb82a5d165c9b8be8820dbb4a8d4f"
    "f4383bc2d9e87e480197733b24d74fd92b2354da1600705aa31d602dc1b7fe02292073cd38e0e9920d7d079a"
    "da116b69c6c2876351a6997225f182a5fa38583784f5e76724de507eedd0208a4ff692f3f548fdfb8e2a5b21"
    "d3ab7b28b0fe3b3b6afb245c7f236264fa1fbed737e1733e315c29fc2d4d99d31f105c6ccadf0783cc9a1d12"
    "754475b29a4cb8f6c1c437abe12a34f4769ba4ef3872376fd9a0943d2957ec23c61552d35682b27886f9894e"
    "96086a5c5b753712cf0c729366a0903df88b76b5fbca4e503832b04be8a8f649453f4912";

static const char pss_long_sig[] =
    "83fd7bd582fefbb4791d17e5a17e3feaac8e99e3c5e3073316b93ec89bba994aeb3f8fa22c1e00cedc24ea08"
    "adfd3f0b2d454f6fb0484929ac00f0061fa21eecfcfd37f3edb65ca59f1299af2db588d219a21a6a85b92a37"
    "0ec198972e6efd8ce9a9630580db2c9aa7601a8df49b2316ff803e5552807e39c76532ae49e2fbc490a3e443"
    "de7cbed63038123938381517045e1e28225025418f12c91fead6cf966f51746db68ceca89259d70c8165989c"
    "c8b53d84ed26f82eb329bb45248106afeab96b33e4bfdc2eb9be6809e90094f1a63e909d748edddce2d41709"
    "1a18625628966fe61728dba80ad911dfcf2ad58da13132824dd9470c698c618531f42e00";

static const char pkcs1_sig[] =
    "449237517dbad25c47240e00dc98ee61d9b269c6a963c1b2a87b17d68fbeeb08f9040d5630a817e6c27068d9"
    "82dc50101bcfb25e5853d9321a7f0930ac90179e38b970e26e9e7221e183921411cb0eaa303998f9fbc5be7d"
    "b4a15655188e044a97e8ec9041714e3c8f4d0538f39d9e75a3a3aa7ae4414ac9d1a60446131cb91e47380b25"
    "8b638ab2f5e7ae13de72682fbda5dd1f4d1440d463a91922ab4fcdcc819333af9cb86a6913bdce2468db8ea6"
    "531e3355aada3a894a35c8a775a6d70b0db77ba9e2a8283b5f59ad329118da3b254d3cfad21c3b7154cd84f6"
    "0d49023d076d7c06d1897cd3c30a16323379f96fd8e01dfbdbb0baa07e279337b8bc6337";

static const char rsa_id[] = "0461ba03652a6f59e4a0d783ceee345745e6daa70778b633872cb21eaa421e56";

static const char p384_pem[] = "-----BEGIN PUBLIC KEY-----\n"
                               "MHYwEAYHKoZIzj0CAQYFK4EEACIDYgAEaosObDgaYbL9AERo393p50jIrDDovqiM\n"
                               "vAtuZjnoeJ6DQZS9mXtX3+SgvZojbXdwYhbQ2d1dbRmaPoFVTOlIv0nRmj65X3ZN\n"
                               "aEYRX6RTlLqWfg/NVa5nHLMOH2HyVzbZ\n"
                               "-----END PUBLIC KEY-----\n";

static const char rsa_1024_pem[] =
    "-----BEGIN PUBLIC KEY-----\n"
    "MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDyRndDklnR62x6p4anctZOfXrc\n"
    "n+wvjokseBkRexQ9X/OJprwjAaPOJjyT+bi0FNd0X+3DvGJzm78e+3WxkMPiGWAm\n"
    "IRfQ6Zk9dc35+letnbuRaXYwzQ40tvxIJni2MBDvB+oxfVMXO8kRchfvoOQhv59D\n"
    "NkJ4szc9JntZsYXl8QIDAQAB\n"
    "-----END PUBLIC KEY-----\n";

typedef struct signed_case {
    const char *pem;
    kw_pem_scheme scheme;
    const char *signature;
    const char *id;
} signed_case;

static const signed_case cases[] = {
    {p256_pem, KW_PEM_ECDSA_P256, p256_sig, p256_id},
    {rsa_pem, KW_PEM_RSA_PSS, pss_sig, rsa_id},
    {rsa_pem, KW_PEM_RSA_PSS, pss_long_sig, rsa_id},
    {rsa_pem, KW_PEM_RSA_PKCS1, pkcs1_sig, rsa_id},
};

static bool verifies(const signed_case *of, const char *message, const hexed *signature)
{
    KW_AUTO_PTR(kw_pem_key) key = NULL;
    EXPECT_OK(kw_pem_key_parse(&key, kw_str_of(of->pem), of->scheme));
    return kw_pem_key_verify(key, kw_span_of_str(kw_str_of(message)), hexed_view(signature));
}

static void verify__takes_what_another_program_signed(void **state)
{
    (void)state;
    for (size_t i = 0; i < KW_COUNT(cases); i++) {
        hexed signature = hexed_of(cases[i].signature);
        assert_true(verifies(&cases[i], "keyward", &signature));
    }
}

static void verify__refuses_another_message_and_any_other_byte(void **state)
{
    (void)state;
    for (size_t i = 0; i < KW_COUNT(cases); i++) {
        hexed signature = hexed_of(cases[i].signature);
        assert_false(verifies(&cases[i], "keyware", &signature));
        for (size_t at = 0; at < signature.len; at += 9) {
            signature.bytes[at] ^= 1;
            assert_false(verifies(&cases[i], "keyward", &signature));
            signature.bytes[at] ^= 1;
        }
        signature.len--;
        assert_false(verifies(&cases[i], "keyward", &signature));
        signature.len = 0;
        assert_false(verifies(&cases[i], "keyward", &signature));
    }
}

static void verify__refuses_the_signature_of_another_scheme(void **state)
{
    (void)state;
    hexed pss = hexed_of(pss_sig);
    hexed pkcs1 = hexed_of(pkcs1_sig);
    assert_false(verifies(&cases[1], "keyward", &pkcs1));
    assert_false(verifies(&cases[3], "keyward", &pss));
}

static void id__is_of_the_key_and_not_of_its_text(void **state)
{
    (void)state;
    for (size_t i = 0; i < KW_COUNT(cases); i++) {
        KW_AUTO_PTR(kw_pem_key) key = NULL;
        EXPECT_OK(kw_pem_key_parse(&key, kw_str_of(cases[i].pem), cases[i].scheme));
        kw_hash32 id = kw_pem_key_id(key);
        expect_hexed(KW_SPAN(id.bytes), cases[i].id);
    }
    char text[512] = "words before it\n";
    strncat(text, p256_pem, sizeof text - strlen(text) - 1);
    KW_AUTO_PTR(kw_pem_key) key = NULL;
    EXPECT_OK(kw_pem_key_parse(&key, kw_str_of(text), KW_PEM_ECDSA_P256));
    kw_hash32 id = kw_pem_key_id(key);
    expect_hexed(KW_SPAN(id.bytes), p256_id);
}

static void parse__refuses_what_is_no_key_of_the_scheme(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        kw_pem_scheme scheme;
    } bad[] = {
        {"", KW_PEM_ECDSA_P256},
        {"-----BEGIN PUBLIC KEY-----\n-----END PUBLIC KEY-----\n", KW_PEM_ECDSA_P256},
        {"d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", KW_PEM_ECDSA_P256},
        {rsa_pem, KW_PEM_ECDSA_P256},
        {p384_pem, KW_PEM_ECDSA_P256},
        {p256_pem, KW_PEM_RSA_PSS},
        {p256_pem, KW_PEM_RSA_PKCS1},
        {rsa_1024_pem, KW_PEM_RSA_PSS},
        {rsa_1024_pem, KW_PEM_RSA_PKCS1},
    };
    for (size_t i = 0; i < KW_COUNT(bad); i++) {
        kw_pem_key *key = NULL;
        EXPECT_STATUS(kw_pem_key_parse(&key, kw_str_of(bad[i].text), bad[i].scheme), KW_BAD_INPUT);
        assert_null(key);
    }
}

static void parse__refuses_a_text_that_is_cut_or_too_long(void **state)
{
    (void)state;
    kw_pem_key *key = NULL;
    kw_str whole = kw_str_of(p256_pem);
    for (size_t len = 0; len + 2 < whole.len; len++) { /* the last LF may be missing */
        EXPECT_STATUS(kw_pem_key_parse(&key, (kw_str){whole.ptr, len}, KW_PEM_ECDSA_P256),
                      KW_BAD_INPUT);
    }
    char text[KW_PEM_KEY_BYTES_MAX + 1];
    memset(text, '\n', sizeof text);
    memcpy(text, whole.ptr, whole.len);
    EXPECT_STATUS(kw_pem_key_parse(&key, (kw_str){text, sizeof text}, KW_PEM_ECDSA_P256),
                  KW_BAD_INPUT);
    assert_null(key);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(verify__takes_what_another_program_signed),
        cmocka_unit_test(verify__refuses_another_message_and_any_other_byte),
        cmocka_unit_test(verify__refuses_the_signature_of_another_scheme),
        cmocka_unit_test(id__is_of_the_key_and_not_of_its_text),
        cmocka_unit_test(parse__refuses_what_is_no_key_of_the_scheme),
        cmocka_unit_test(parse__refuses_a_text_that_is_cut_or_too_long),
    };
    return cmocka_run_group_tests_name("crypto/pem_key", tests, NULL, NULL);
}
