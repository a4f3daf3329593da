/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/secp256k1.h"

#include "support/expect.h"
#include "support/hexed.h"

/* Key 1: the generator is its public half, and its address is well known. */
static kw_secp256k1_key key_one(void)
{
    const uint8_t one[32] = {[31] = 1};
    kw_secret32 bytes;
    EXPECT_OK(kw_secret32_of(&bytes, kw_secret_span_of(KW_SPAN(one))));
    kw_secp256k1_key key;
    EXPECT_OK(kw_secp256k1_key_of(&key, &bytes));
    return key;
}

static void secp256k1_key_address__is_that_of_ethereum(void **state)
{
    (void)state;
    KW_AUTO(kw_secp256k1_key) key = key_one();
    kw_address address;
    kw_secp256k1_key_address(&address, &key);
    expect_hexed(KW_SPAN(address.bytes), "7e5f4552091a69125d5dfcb7b8c2659029395bdf");
}

static void secp256k1_recover__finds_who_signed(void **state)
{
    (void)state;
    KW_AUTO(kw_secp256k1_key) key = key_one();
    kw_address wanted;
    kw_secp256k1_key_address(&wanted, &key);
    for (uint8_t i = 0; i < 16; i++) { /* both values of v occur */
        kw_hash32 hash = {{i, 1, 2, 3}};
        kw_secp256k1_signature signature;
        kw_secp256k1_signature again;
        kw_secp256k1_sign(&signature, &key, &hash);
        kw_secp256k1_sign(&again, &key, &hash);
        assert_memory_equal(signature.bytes, again.bytes, sizeof again.bytes);
        kw_address got;
        EXPECT_OK(kw_secp256k1_recover(&got, &signature, &hash));
        assert_true(kw_address_equal(&got, &wanted));
        hash.bytes[31] ^= 1;
        kw_status st = kw_secp256k1_recover(&got, &signature, &hash);
        assert_true(st != KW_OK || !kw_address_equal(&got, &wanted));
    }
}

static void secp256k1_recover__refuses_other_spellings(void **state)
{
    (void)state;
    KW_AUTO(kw_secp256k1_key) key = key_one();
    kw_hash32 hash = {{42}};
    kw_secp256k1_signature good;
    kw_secp256k1_sign(&good, &key, &hash);
    kw_address got;
    for (unsigned v = 0; v < 256; v++) {
        kw_secp256k1_signature bad = good;
        bad.bytes[64] = (uint8_t)v;
        kw_status st = kw_secp256k1_recover(&got, &bad, &hash);
        assert_int_equal(st == KW_ENCODING, v != 27 && v != 28);
    }
    /* n - s with the other v verifies under the same key, and is refused. */
    static const char order[] = "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141";
    hexed n = hexed_of(order);
    kw_secp256k1_signature high = good;
    unsigned borrow = 0;
    for (size_t i = 32; i > 0; i--) {
        unsigned difference = 256u + n.bytes[i - 1] - good.bytes[32 + i - 1] - borrow;
        high.bytes[32 + i - 1] = (uint8_t)difference;
        borrow = difference < 256 ? 1 : 0;
    }
    high.bytes[64] ^= 27 ^ 28;
    EXPECT_STATUS(kw_secp256k1_recover(&got, &high, &hash), KW_ENCODING);
    memcpy(high.bytes, n.bytes, 32); /* r = n */
    EXPECT_STATUS(kw_secp256k1_recover(&got, &high, &hash), KW_RANGE);
    kw_secp256k1_signature zero = {{[64] = 27}};
    EXPECT_STATUS(kw_secp256k1_recover(&got, &zero, &hash), KW_REFUSED);
}

static void secp256k1_key_of__refuses_zero_and_the_order(void **state)
{
    (void)state;
    kw_secp256k1_key key = {{9}};
    kw_secret32 bytes = {{0}};
    EXPECT_STATUS(kw_secp256k1_key_of(&key, &bytes), KW_RANGE);
    memset(&bytes, 0xff, sizeof bytes);
    EXPECT_STATUS(kw_secp256k1_key_of(&key, &bytes), KW_RANGE);
    assert_int_equal(key.secret[0], 9);
    kw_secp256k1_key_drop(&key);
    assert_int_equal(key.secret[0], 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(secp256k1_key_address__is_that_of_ethereum),
        cmocka_unit_test(secp256k1_recover__finds_who_signed),
        cmocka_unit_test(secp256k1_recover__refuses_other_spellings),
        cmocka_unit_test(secp256k1_key_of__refuses_zero_and_the_order),
    };
    return cmocka_run_group_tests_name("crypto/secp256k1", tests, NULL, NULL);
}
