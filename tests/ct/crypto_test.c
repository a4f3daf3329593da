/* SPDX-License-Identifier: Apache-2.0
 * The entry points of crypto/ that take secrets, with the secrets poisoned. A mistake shows under
 * valgrind only; without it these tests still check that the results are right. */
#include "crypto/aead.h"
#include "crypto/crc32.h"
#include "crypto/hmac.h"
#include "crypto/hmac_drbg.h"
#include "crypto/kdf.h"
#include "crypto/keccak.h"
#include "support/ct.h"
#include "support/expect.h"
#include "support/hexed.h"
#include "support/seeded_rng.h"

enum {
    KEY_BYTE = 0xaa
};

static kw_secret32 poisoned_key(void)
{
    kw_secret32 key;
    memset(key.secret, KEY_BYTE, sizeof key.secret);
    KW_POISON(key.secret, sizeof key.secret);
    return key;
}

static void hmac__does_not_branch_on_key_or_message(void **state)
{
    (void)state;
    KW_AUTO(kw_secret32) key = poisoned_key();
    uint8_t message[50];
    memset(message, 0xdd, sizeof message);
    KW_POISON(message, sizeof message);
    kw_hash32 tag;
    kw_hmac_sha256(&tag, kw_secret32_view(&key), KW_SPAN(message));
    KW_UNPOISON(&tag, sizeof tag);
    /* Made with Python's hmac module. */
    expect_hexed(KW_SPAN(tag.bytes),
                 "cdcb1220d1ecccea91e53aba3092f962e549fe6ce9ed7fdc43191fbde45c30b0");
}

static void hmac_key__does_not_branch_on_key_or_messages(void **state)
{
    (void)state;
    static const kw_hmac_backend backends[] = {KW_HMAC_OPENSSL, KW_HMAC_SHANI, KW_HMAC_AVX2,
                                               KW_HMAC_AVX512};
    static uint8_t bytes[40][200];
    kw_span messages[40];
    kw_hash32 tags[40];
    KW_AUTO(kw_secret32) secret = poisoned_key();
    KW_AUTO(kw_hmac_key) key = {0};
    kw_hmac_key_init(&key, &secret);
    for (size_t i = 0; i < KW_COUNT(messages); i++) {
        messages[i] = (kw_span){bytes[i], 5 * i};
        KW_POISON(bytes[i], sizeof bytes[i]);
    }
    for (size_t i = 0; i < KW_COUNT(backends); i++) {
        if (!kw_hmac_backend_is_supported(backends[i])) {
            continue;
        }
        key.backend = backends[i];
        kw_hmac_key_tag_many(&key, tags, messages, KW_COUNT(messages));
        kw_hash32 one;
        kw_hmac_key_tag(&key, &one, messages[17]);
        KW_UNPOISON(&one, sizeof one);
        KW_UNPOISON(tags, sizeof tags);
        EXPECT_SPAN(KW_SPAN(tags[17].bytes), KW_SPAN(one.bytes));
    }
}

/* As an API key is checked: its stored HMAC beside that of what was presented. */
static void hmac_matches__gives_only_its_verdict(void **state)
{
    (void)state;
    KW_AUTO(kw_secret32) pepper = poisoned_key();
    uint8_t presented[43] = {1};
    KW_POISON(presented, sizeof presented);
    kw_hash32 stored;
    kw_hmac_sha256(&stored, kw_secret32_view(&pepper), KW_SPAN(presented));
    assert_true(kw_hmac_sha256_matches(&stored, kw_secret32_view(&pepper), KW_SPAN(presented)));
    presented[42] ^= 1;
    assert_false(kw_hmac_sha256_matches(&stored, kw_secret32_view(&pepper), KW_SPAN(presented)));
}

static void hmac_in_parts__hashes_a_long_key_first(void **state)
{
    (void)state;
    uint8_t bytes[65];
    memset(bytes, 0x0b, sizeof bytes);
    KW_POISON(bytes, sizeof bytes);
    kw_hash32 whole;
    kw_hmac_sha256(&whole, kw_secret_span_of(KW_SPAN(bytes)), KW_SPAN(bytes));
    KW_AUTO(kw_hmac_state) parts = kw_hmac_begin(kw_secret_span_of(KW_SPAN(bytes)));
    kw_hmac_update(&parts, (kw_span){bytes, 1});
    kw_hmac_update(&parts, (kw_span){&bytes[1], sizeof bytes - 1});
    kw_hash32 tag;
    kw_hmac_end(&parts, &tag);
    KW_UNPOISON(&whole, sizeof whole);
    KW_UNPOISON(&tag, sizeof tag);
    EXPECT_SPAN(KW_SPAN(tag.bytes), KW_SPAN(whole.bytes));
}

static void hashes__do_not_branch(void **state)
{
    (void)state;
    uint8_t message[150];
    memset(message, 0x5a, sizeof message);
    kw_hash32 wanted[2];
    kw_hash32 got[2];
    kw_hash64 wanted64;
    kw_hash64 got64;
    kw_sha256(&wanted[0], KW_SPAN(message));
    kw_keccak256(&wanted[1], KW_SPAN(message));
    kw_sha512(&wanted64, KW_SPAN(message));
    KW_POISON(message, sizeof message);
    kw_sha256(&got[0], KW_SPAN(message));
    kw_keccak256(&got[1], KW_SPAN(message));
    kw_sha512(&got64, KW_SPAN(message));
    KW_UNPOISON(got, sizeof got);
    KW_UNPOISON(&got64, sizeof got64);
    assert_memory_equal(got, wanted, sizeof got);
    assert_memory_equal(&got64, &wanted64, sizeof got64);
}

static void hkdf_and_drbg__do_not_branch(void **state)
{
    (void)state;
    KW_AUTO(kw_secret32) key = poisoned_key();
    KW_AUTO(kw_secret32) derived = {0};
    kw_hkdf_sha256(&derived, kw_secret32_view(&key), (kw_span){0}, KW_STR("keyward/test/v1"));
    KW_AUTO(kw_secret32) salted = {0};
    kw_hkdf_sha256_secret_salt(&salted, kw_secret32_view(&key), kw_secret32_view(&key),
                               KW_STR("keyward/test/v1"));
    KW_AUTO(kw_secret_bytes) longer = kw_secret_bytes_init(40);
    EXPECT_OK(kw_hkdf_sha256_append(&longer, 40, kw_secret32_view(&key), (kw_span){0},
                                    KW_STR("keyward/test/v1")));
    /* What is asked for first does not depend on how much is asked for. */
    kw_secret_span first = {longer.secret, sizeof derived.secret};
    KW_AUTO(kw_secret32) again = {0};
    EXPECT_OK(kw_secret32_of(&again, first));
    assert_true(kw_declassify_mask(kw_secret32_equal(&again, &derived), "a test"));
    KW_AUTO(kw_hmac_drbg) drbg = {0};
    uint8_t out[100];
    kw_hmac_drbg_init(&drbg, kw_secret32_view(&derived));
    kw_hmac_drbg_reseed(&drbg, kw_secret32_view(&key));
    kw_hmac_drbg_generate(&drbg, KW_MSPAN(out), kw_secret32_view(&key));
    KW_UNPOISON(out, sizeof out);
    static const uint8_t zeros[sizeof out];
    assert_memory_not_equal(out, zeros, sizeof out);
}

static void crc32__has_no_table(void **state)
{
    (void)state;
    char digits[] = "123456789";
    KW_POISON(digits, sizeof digits - 1);
    uint32_t crc = kw_crc32((kw_span){(const uint8_t *)digits, sizeof digits - 1});
    KW_UNPOISON(&crc, sizeof crc);
    assert_int_equal(crc, 0xcbf43926);
}

static void aead_seal__does_not_branch_on_key_or_plaintext(void **state)
{
    (void)state;
    seeded_rng rng = {.seed = 1};
    KW_AUTO_PTR(kw_aead) aead = NULL;
    EXPECT_OK(kw_aead_new(&aead, seeded_rng_port(&rng)));
    KW_AUTO(kw_secret32) key = poisoned_key();
    uint8_t plain[33] = {7};
    KW_POISON(plain, sizeof plain);
    KW_AUTO(kw_buf) sealed = kw_buf_init(200);
    EXPECT_OK(kw_aead_seal(aead, &sealed, &key, kw_secret_span_of(KW_SPAN(plain)), (kw_span){0}));
    KW_UNPOISON(sealed.ptr, sealed.len); /* ciphertext is public */
    const kw_aead_once once = {.key = &key, .nonce = {1}};
    KW_AUTO(kw_buf) sealed_once = kw_buf_init(200);
    kw_secret_span text = kw_secret_span_of(KW_SPAN(plain));
    EXPECT_OK(kw_aead_seal_once(aead, &sealed_once, &once, text, (kw_span){0}));
    KW_UNPOISON(sealed_once.ptr, sealed_once.len);
    /* Opening acts on the verdict over the tag, which depends on the key, inside OpenSSL; so it
     * cannot run under poison. */
    KW_UNPOISON(&key, sizeof key);
    KW_AUTO(kw_secret_bytes) opened = kw_secret_bytes_init(200);
    EXPECT_OK(kw_aead_open(aead, &opened, &key, kw_buf_view(&sealed), (kw_span){0}));
    assert_int_equal(opened.len, sizeof plain);
    kw_span once_sealed = kw_buf_view(&sealed_once);
    EXPECT_OK(kw_aead_open_once(aead, &opened, &once, once_sealed, (kw_span){0}));
    assert_int_equal(opened.len, 2 * sizeof plain);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hmac__does_not_branch_on_key_or_message),
        cmocka_unit_test(hmac_key__does_not_branch_on_key_or_messages),
        cmocka_unit_test(hmac_matches__gives_only_its_verdict),
        cmocka_unit_test(hmac_in_parts__hashes_a_long_key_first),
        cmocka_unit_test(hashes__do_not_branch),
        cmocka_unit_test(hkdf_and_drbg__do_not_branch),
        cmocka_unit_test(crc32__has_no_table),
        cmocka_unit_test(aead_seal__does_not_branch_on_key_or_plaintext),
    };
    return cmocka_run_group_tests_name("ct/crypto", tests, NULL, NULL);
}
