/* SPDX-License-Identifier: Apache-2.0
 * One record against bytes that Python's hmac and cryptography made; and at every other place. */
#include "threshold/vault_seal.h"

#include "support/expect.h"
#include "support/hexed.h"
#include "support/script_rng.h"

static const char known_key[] = "ee3a2f9b2ed41dd9bc3ec4c808e008f035e2206d1a5157c107362664327c73cb";
static const char known_record[] =
    "01000102030405060708090a0b69afb7a3ff7861f5ff73a6a90d32d5d5f98c66fef9";

static kw_secret32 secret_of(uint8_t byte)
{
    uint8_t bytes[32];
    kw_secret32 secret = {0};
    memset(bytes, byte, sizeof bytes);
    EXPECT_OK(kw_secret32_of(&secret, kw_secret_span_of(KW_SPAN(bytes))));
    return secret;
}

static kw_vault_place known_place(void)
{
    kw_vault_place place = {.kind = 3};
    memset(place.cluster_id.bytes, 0x33, 32);
    memset(place.scope.bytes, 0x44, 32);
    memset(place.id.bytes, 0x55, 32);
    return place;
}

static kw_secret32 make_key(void)
{
    kw_secret32 operator_key = secret_of(0x11);
    kw_secret32 slot = secret_of(0x22);
    kw_secret32 key = {0};
    kw_vault_key(&key, &operator_key, &slot);
    return key;
}

static kw_aead *make_aead(script_rng *rng)
{
    static const uint8_t nonce[12] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11};
    kw_aead *aead = NULL;
    script_rng_append(rng, KW_SPAN(nonce));
    EXPECT_OK(kw_aead_new(&aead, script_rng_port(rng)));
    return aead;
}

static void seal__gives_the_known_bytes(void **state)
{
    KW_UNUSED(state);
    script_rng rng = {0};
    KW_AUTO_PTR(kw_aead) aead = make_aead(&rng);
    kw_secret32 key = make_key();
    kw_vault_place place = known_place();
    KW_AUTO(kw_buf) record = kw_buf_init(100);
    kw_secret_span plain = kw_secret_span_of(kw_span_of_str(KW_STR("share")));
    expect_hexed(kw_declassify_span(kw_secret32_view(&key), "a test knows its key"), known_key);
    EXPECT_OK(kw_vault_seal(aead, &record, &key, &place, plain));
    assert_int_equal(record.len, 5 + KW_VAULT_SEAL_OVERHEAD_BYTES);
    expect_hexed(kw_buf_view(&record), known_record);
    EXPECT_STATUS(kw_vault_seal(aead, &record, &key, &place, plain), KW_ENTROPY_FAILURE);
}

static void unseal__opens_at_its_place_alone(void **state)
{
    KW_UNUSED(state);
    script_rng rng = {0};
    KW_AUTO_PTR(kw_aead) aead = make_aead(&rng);
    kw_secret32 key = make_key();
    kw_vault_place right = known_place();
    kw_vault_place wrong[4] = {right, right, right, right};
    wrong[0].cluster_id.bytes[31] ^= 1;
    wrong[1].kind = 4;
    wrong[2].scope.bytes[0] ^= 1;
    wrong[3].id.bytes[31] ^= 1;
    hexed record = hexed_of(known_record);
    KW_AUTO(kw_secret_bytes) plain = kw_secret_bytes_init(100);
    for (size_t i = 0; i < KW_COUNT(wrong); i++) {
        EXPECT_STATUS(kw_vault_unseal(aead, &plain, &key, &wrong[i], hexed_view(&record)),
                      KW_CORRUPT);
    }
    kw_secret32 other = secret_of(0x12);
    EXPECT_STATUS(kw_vault_unseal(aead, &plain, &other, &right, hexed_view(&record)), KW_CORRUPT);
    assert_int_equal(plain.len, 0);
    EXPECT_OK(kw_vault_unseal(aead, &plain, &key, &right, hexed_view(&record)));
    EXPECT_SPAN(kw_declassify_span(kw_secret_bytes_view(&plain), "a test knows it"),
                kw_span_of_str(KW_STR("share")));
}

static void unseal__refuses_every_altered_byte_and_length(void **state)
{
    KW_UNUSED(state);
    script_rng rng = {0};
    KW_AUTO_PTR(kw_aead) aead = make_aead(&rng);
    kw_secret32 key = make_key();
    kw_vault_place place = known_place();
    hexed record = hexed_of(known_record);
    KW_AUTO(kw_secret_bytes) plain = kw_secret_bytes_init(100);
    for (size_t i = 0; i < record.len; i++) {
        record.bytes[i] ^= 1;
        EXPECT_STATUS(kw_vault_unseal(aead, &plain, &key, &place, hexed_view(&record)), KW_CORRUPT);
        record.bytes[i] ^= 1;
        kw_span shorter = {record.bytes, i};
        EXPECT_STATUS(kw_vault_unseal(aead, &plain, &key, &place, shorter), KW_CORRUPT);
    }
    kw_span longer = {record.bytes, record.len + 1};
    EXPECT_STATUS(kw_vault_unseal(aead, &plain, &key, &place, longer), KW_CORRUPT);
    EXPECT_OK(kw_vault_unseal(aead, &plain, &key, &place, hexed_view(&record)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(seal__gives_the_known_bytes),
        cmocka_unit_test(unseal__opens_at_its_place_alone),
        cmocka_unit_test(unseal__refuses_every_altered_byte_and_length),
    };
    return cmocka_run_group_tests_name("threshold/vault_seal", tests, NULL, NULL);
}
