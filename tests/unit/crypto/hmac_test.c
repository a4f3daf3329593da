/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/hmac.h"

#include "base/heap.h"
#include "codec/hex.h"
#include "support/expect.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

static kw_span span_of(const char *text)
{
    return kw_span_of_str(kw_str_of(text));
}

static void expect_hex(const kw_hash32 *got, const char *wanted)
{
    kw_hash32 bytes;
    EXPECT_OK(kw_hex_decode_to(KW_MSPAN(bytes.bytes), kw_str_of(wanted)));
    EXPECT_SPAN(KW_SPAN(got->bytes), KW_SPAN(bytes.bytes));
}

/* RFC 4231, test cases 1, 2, 3, 4, 6 and 7. */
static void hmac_sha256__gives_the_tags_of_rfc_4231(void **state)
{
    (void)state;
    uint8_t key[131];
    uint8_t data[50];
    kw_hash32 tag;
    memset(key, 0x0b, 20);
    kw_hmac_sha256(&tag, kw_secret_span_of((kw_span){key, 20}), span_of("Hi There"));
    expect_hex(&tag, "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
    kw_hmac_sha256(&tag, kw_secret_span_of(span_of("Jefe")),
                   span_of("what do ya want for nothing?"));
    expect_hex(&tag, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    memset(key, 0xaa, sizeof key);
    memset(data, 0xdd, sizeof data);
    kw_hmac_sha256(&tag, kw_secret_span_of((kw_span){key, 20}), KW_SPAN(data));
    expect_hex(&tag, "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe");
    for (uint8_t i = 0; i < 25; i++) {
        key[i] = (uint8_t)(i + 1);
    }
    memset(data, 0xcd, sizeof data);
    kw_hmac_sha256(&tag, kw_secret_span_of((kw_span){key, 25}), KW_SPAN(data));
    expect_hex(&tag, "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b");
    memset(key, 0xaa, sizeof key);
    kw_hmac_sha256(&tag, kw_secret_span_of(KW_SPAN(key)),
                   span_of("Test Using Larger Than Block-Size Key - Hash Key First"));
    expect_hex(&tag, "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
    kw_hmac_sha256(&tag, kw_secret_span_of(KW_SPAN(key)),
                   span_of("This is a test using a larger than block-size key and a larger than "
                           "block-size data. The key needs to be hashed before being used by the "
                           "HMAC algorithm."));
    expect_hex(&tag, "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2");
}

static void hmac_sha256_matches__refuses_every_changed_bit(void **state)
{
    (void)state;
    kw_secret_span key = kw_secret_span_of(span_of("Jefe"));
    kw_span message = span_of("what do ya want for nothing?");
    kw_hash32 tag;
    kw_hmac_sha256(&tag, key, message);
    assert_true(kw_hmac_sha256_matches(&tag, key, message));
    for (size_t bit = 0; bit < 256; bit++) {
        kw_hash32 changed = tag;
        changed.bytes[bit / 8] ^= (uint8_t)(1U << (bit % 8));
        assert_false(kw_hmac_sha256_matches(&changed, key, message));
    }
    assert_false(kw_hmac_sha256_matches(&tag, kw_secret_span_of(span_of("jefe")), message));
    assert_false(kw_hmac_sha256_matches(&tag, key, span_of("what do ya want for nothing")));
}

static void hmac_state__takes_the_message_in_parts(void **state)
{
    (void)state;
    kw_secret_span key = kw_secret_span_of(span_of("Jefe"));
    kw_hash32 tag;
    KW_AUTO(kw_hmac_state) parts = kw_hmac_begin(key);
    kw_hmac_update(&parts, span_of("what do ya "));
    kw_hmac_update(&parts, (kw_span){0});
    kw_hmac_update(&parts, span_of("want for nothing?"));
    kw_hmac_end(&parts, &tag);
    expect_hex(&tag, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

enum {
    MESSAGES = 603,
    LONGEST = 200
};

/* Deterministic bytes; the oracle is OpenSSL. */
typedef struct corpus {
    uint8_t key[32];
    uint8_t bytes[MESSAGES][LONGEST + 1];
    kw_span messages[MESSAGES];
    kw_hash32 wanted[MESSAGES];
    kw_hash32 tags[MESSAGES + 1];
} corpus;

static uint32_t next_random(uint32_t *x)
{
    *x = *x * 1664525 + 1013904223;
    return *x >> 8;
}

/* Lengths 0..200 three times, in a shuffled order. */
static corpus *corpus_new(uint32_t seed)
{
    corpus *c = kw_heap_new(1, sizeof *c);
    assert_non_null(c);
    for (size_t i = 0; i < sizeof c->key; i++) {
        c->key[i] = (uint8_t)next_random(&seed);
    }
    for (size_t i = 0; i < MESSAGES; i++) {
        for (size_t n = 0; n <= LONGEST; n++) {
            c->bytes[i][n] = (uint8_t)next_random(&seed);
        }
        c->messages[i] = (kw_span){c->bytes[i], i % (LONGEST + 1)};
    }
    for (size_t i = MESSAGES - 1; i > 0; i--) {
        size_t other = next_random(&seed) % (i + 1);
        kw_span swapped = c->messages[i];
        c->messages[i] = c->messages[other];
        c->messages[other] = swapped;
    }
    for (size_t i = 0; i < MESSAGES; i++) {
        unsigned len = 0;
        assert_non_null(HMAC(EVP_sha256(), c->key, sizeof c->key, c->messages[i].ptr,
                             c->messages[i].len, c->wanted[i].bytes, &len));
    }
    return c;
}

static void init_key(const corpus *c, kw_hmac_key *out)
{
    KW_AUTO(kw_secret32) key = {0};
    EXPECT_OK(kw_secret32_of(&key, kw_secret_span_of(KW_SPAN(c->key))));
    kw_hmac_key_init(out, &key);
}

static void expect_batch(corpus *c, const kw_hmac_key *key, size_t count)
{
    static const kw_hash32 untouched = {{0xee}};
    memset(c->tags, 0, sizeof c->tags);
    c->tags[count] = untouched;
    kw_hmac_key_tag_many(key, c->tags, c->messages, count);
    for (size_t i = 0; i < count; i++) {
        EXPECT_SPAN(KW_SPAN(c->tags[i].bytes), KW_SPAN(c->wanted[i].bytes));
    }
    EXPECT_SPAN(KW_SPAN(c->tags[count].bytes), KW_SPAN(untouched.bytes));
}

static void key_tag_many__agrees_with_openssl_on_every_backend(void **state)
{
    (void)state;
    static const kw_hmac_backend backends[] = {KW_HMAC_OPENSSL, KW_HMAC_SHANI, KW_HMAC_AVX2,
                                               KW_HMAC_AVX512};
    for (uint32_t seed = 1; seed <= 5; seed++) {
        corpus *c = corpus_new(seed);
        KW_AUTO(kw_hmac_key) key = {0};
        init_key(c, &key);
        assert_true(kw_hmac_backend_is_supported(key.backend));
        for (size_t n = 0; n < KW_COUNT(backends); n++) {
            if (!kw_hmac_backend_is_supported(backends[n])) {
                continue;
            }
            key.backend = backends[n];
            for (size_t count = 0; count <= 40; count++) {
                expect_batch(c, &key, count);
            }
            expect_batch(c, &key, MESSAGES);
        }
        kw_heap_free(c);
    }
}

static void key_tag__agrees_with_openssl_for_all_lengths(void **state)
{
    (void)state;
    corpus *c = corpus_new(7);
    KW_AUTO(kw_hmac_key) key = {0};
    init_key(c, &key);
    for (size_t i = 0; i < MESSAGES; i++) {
        kw_hash32 tag;
        kw_hmac_key_tag(&key, &tag, c->messages[i]);
        EXPECT_SPAN(KW_SPAN(tag.bytes), KW_SPAN(c->wanted[i].bytes));
    }
    kw_heap_free(c);
}

static void key_drop__wipes_both_states(void **state)
{
    (void)state;
    KW_AUTO(kw_secret32) secret = {{1}};
    kw_hmac_key key;
    static const uint8_t zeros[sizeof key];
    kw_hmac_key_init(&key, &secret);
    assert_memory_not_equal(&key, zeros, sizeof key);
    kw_hmac_key_drop(&key);
    assert_memory_equal(&key, zeros, sizeof key);
    kw_hmac_key_drop(&key); /* may run twice */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hmac_sha256__gives_the_tags_of_rfc_4231),
        cmocka_unit_test(hmac_sha256_matches__refuses_every_changed_bit),
        cmocka_unit_test(hmac_state__takes_the_message_in_parts),
        cmocka_unit_test(key_tag_many__agrees_with_openssl_on_every_backend),
        cmocka_unit_test(key_tag__agrees_with_openssl_for_all_lengths),
        cmocka_unit_test(key_drop__wipes_both_states),
    };
    return cmocka_run_group_tests_name("crypto/hmac", tests, NULL, NULL);
}
