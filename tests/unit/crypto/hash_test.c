/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/hash.h"

#include "support/expect.h"
#include "support/hexed.h"

static kw_span span_of(const char *text)
{
    return kw_span_of_str(kw_str_of(text));
}

/* FIPS 180-4, examples of NIST's cryptographic toolkit. */
static void sha256__gives_the_hashes_of_nist(void **state)
{
    (void)state;
    kw_hash32 hash;
    kw_sha256(&hash, span_of("abc"));
    expect_hexed(KW_SPAN(hash.bytes),
                 "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    kw_sha256(&hash, (kw_span){0});
    expect_hexed(KW_SPAN(hash.bytes),
                 "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    kw_sha256(&hash, span_of("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"));
    expect_hexed(KW_SPAN(hash.bytes),
                 "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
}

static void sha512__gives_the_hashes_of_nist(void **state)
{
    (void)state;
    kw_hash64 hash;
    kw_sha512(&hash, span_of("abc"));
    expect_hexed(KW_SPAN(hash.bytes),
                 "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
                 "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f");
    kw_sha512(&hash, (kw_span){0});
    expect_hexed(KW_SPAN(hash.bytes),
                 "cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce"
                 "47d0d13c5d85f2b0ff8318d2877eec2f63b931bd47417a81a538327af927da3e");
}

static void update__gives_the_same_hash_for_any_cut(void **state)
{
    (void)state;
    uint8_t bytes[300];
    for (size_t i = 0; i < sizeof bytes; i++) {
        bytes[i] = (uint8_t)(i * 7);
    }
    kw_hash32 whole;
    kw_hash64 whole512;
    kw_sha256(&whole, KW_SPAN(bytes));
    kw_sha512(&whole512, KW_SPAN(bytes));
    for (size_t cut = 0; cut <= sizeof bytes; cut++) {
        kw_sha256_state parts;
        kw_sha512_state parts512;
        kw_hash32 hash;
        kw_hash64 hash512;
        kw_sha256_init(&parts);
        kw_sha512_init(&parts512);
        kw_sha256_update(&parts, (kw_span){bytes, cut});
        kw_sha512_update(&parts512, (kw_span){bytes, cut});
        kw_sha256_state branch = parts; /* states are values */
        kw_sha256_update(&branch, (kw_span){bytes + cut, sizeof bytes - cut});
        kw_sha512_update(&parts512, (kw_span){bytes + cut, sizeof bytes - cut});
        kw_sha256_final(&branch, &hash);
        kw_sha512_final(&parts512, &hash512);
        assert_true(kw_hash32_equal(&hash, &whole));
        EXPECT_SPAN(KW_SPAN(hash512.bytes), KW_SPAN(whole512.bytes));
    }
}

static void resume__goes_on_from_a_midstate(void **state)
{
    (void)state;
    uint8_t bytes[64 * 3 + 5] = {1, 2, 3};
    kw_hash32 whole;
    kw_sha256(&whole, KW_SPAN(bytes));
    for (uint32_t blocks = 1; blocks <= 3; blocks++) {
        kw_sha256_state first;
        uint32_t midstate[8];
        kw_sha256_init(&first);
        kw_sha256_update(&first, (kw_span){bytes, 64 * blocks});
        kw_sha256_midstate(&first, midstate);
        kw_sha256_state second;
        kw_hash32 hash;
        kw_sha256_resume(&second, midstate, blocks);
        kw_sha256_update(&second, (kw_span){bytes + 64 * blocks, sizeof bytes - 64 * blocks});
        kw_sha256_final(&second, &hash);
        assert_true(kw_hash32_equal(&hash, &whole));
    }
    kw_hash32 other = whole;
    other.bytes[31] ^= 1;
    assert_false(kw_hash32_equal(&other, &whole));
}

static void final__wipes_the_state(void **state)
{
    (void)state;
    static const kw_sha256_state zeros;
    kw_sha256_state used;
    kw_hash32 hash;
    kw_sha256_init(&used);
    kw_sha256_update(&used, span_of("a secret"));
    kw_sha256_final(&used, &hash);
    assert_memory_equal(&used, &zeros, sizeof zeros);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sha256__gives_the_hashes_of_nist),
        cmocka_unit_test(sha512__gives_the_hashes_of_nist),
        cmocka_unit_test(update__gives_the_same_hash_for_any_cut),
        cmocka_unit_test(resume__goes_on_from_a_midstate),
        cmocka_unit_test(final__wipes_the_state),
    };
    return cmocka_run_group_tests_name("crypto/hash", tests, NULL, NULL);
}
