/* SPDX-License-Identifier: Apache-2.0 */
#include "tuf/engine/content.h"

#include "support/expect.h"

/* Of "abc": FIPS 180-4 examples; BLAKE2b-256 by Python's hashlib. */
#define SHA256  "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
#define BLAKE2B "bddd813c634239723171ef3fee98579b94964e3bb1cb3e427262c8c068d52319"
#define SHA512                                                         \
    "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a" \
    "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f"

static kw_status read(kw_tuf_content *out, const char *text)
{
    KW_AUTO_PTR(kw_json) tree = NULL;
    EXPECT_OK(kw_json_parse(&tree, kw_span_of_str(kw_str_of(text)), 8, NULL));
    return kw_tuf_content_read(out, tree, NULL);
}

static const char *const good[] = {
    "{\"length\":3,\"hashes\":{\"sha256\":\"" SHA256 "\"}}",
    "{\"length\":3,\"hashes\":{\"sha512\":\"" SHA512 "\"}}",
    "{\"length\":3,\"hashes\":{\"blake2b-256\":\"" BLAKE2B "\"}}",
    "{\"hashes\":{\"md5\":\"?\",\"sha256\":\"" SHA256 "\",\"sha512\":\"" SHA512
    "\",\"blake2b-256\":\"" BLAKE2B "\"}}",
    "{\"length\":3}",
};

static void check__takes_the_bytes_that_are_meant(void **state)
{
    (void)state;
    for (size_t i = 0; i < KW_COUNT(good); i++) {
        kw_tuf_content content;
        EXPECT_OK(read(&content, good[i]));
        EXPECT_OK(kw_tuf_content_check(&content, kw_span_of_str(KW_STR("abc")), NULL));
        assert_int_equal(kw_tuf_content_has_hashes(&content), i < 4);
    }
    kw_tuf_content nothing;
    EXPECT_OK(read(&nothing, "{}"));
    EXPECT_OK(kw_tuf_content_check(&nothing, kw_span_of_str(KW_STR("anything")), NULL));
}

static void check__refuses_others(void **state)
{
    (void)state;
    kw_error err = {0};
    for (size_t i = 0; i < KW_COUNT(good); i++) {
        kw_tuf_content content;
        EXPECT_OK(read(&content, good[i]));
        EXPECT_STATUS(kw_tuf_content_check(&content, kw_span_of_str(KW_STR("abd")), NULL),
                      i == 4 ? KW_OK : KW_HASH);
        EXPECT_STATUS(kw_tuf_content_check(&content, kw_span_of_str(KW_STR("ab")), &err), KW_HASH);
        EXPECT_STATUS(kw_tuf_content_check(&content, kw_span_of_str(KW_STR("abcd")), &err),
                      KW_HASH);
        assert_int_equal(err.status, KW_HASH);
    }
}

/* One wrong hash is enough, whichever of the three. */
static void check__wants_every_known_hash(void **state)
{
    (void)state;
    kw_tuf_content all;
    EXPECT_OK(read(&all, good[3]));
    kw_tuf_content wrong = all;
    wrong.sha256.bytes[31] ^= 1;
    EXPECT_STATUS(kw_tuf_content_check(&wrong, kw_span_of_str(KW_STR("abc")), NULL), KW_HASH);
    wrong = all;
    wrong.sha512.bytes[0] ^= 1;
    EXPECT_STATUS(kw_tuf_content_check(&wrong, kw_span_of_str(KW_STR("abc")), NULL), KW_HASH);
    wrong = all;
    wrong.blake2b_256.bytes[7] ^= 1;
    EXPECT_STATUS(kw_tuf_content_check(&wrong, kw_span_of_str(KW_STR("abc")), NULL), KW_HASH);
}

static void read__refuses_what_cannot_be_checked(void **state)
{
    static const char *const bad[] = {
        "{\"length\":-1}",
        "{\"length\":1.0}",
        "{\"length\":\"3\"}",
        "{\"hashes\":{}}",
        "{\"hashes\":[]}",
        "{\"hashes\":null}",
        "{\"hashes\":{\"md5\":\"900150983cd24fb0d6963f7d28e17f72\"}}",
        "{\"hashes\":{\"sha256\":\"\"}}",
        "{\"hashes\":{\"sha256\":1}}",
        "{\"hashes\":{\"sha256\":\"BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015"
        "AD\"}}",
        "{\"hashes\":{\"sha512\":\"" SHA256 "\"}}",
        "{\"hashes\":{\"sha256\":\"" SHA256 "\",\"sha512\":\"00\"}}",
    };
    (void)state;
    kw_tuf_content content = {.length = 9};
    for (size_t i = 0; i < KW_COUNT(bad); i++) {
        EXPECT_STATUS(read(&content, bad[i]), KW_BAD_INPUT);
    }
    assert_int_equal(content.length, 9);
}

static void prefix__is_of_sha256_when_there_is_one(void **state)
{
    static const char *const wanted[] = {SHA256, SHA512, BLAKE2B, SHA256};
    (void)state;
    for (size_t i = 0; i < KW_COUNT(wanted); i++) {
        kw_tuf_content content;
        char text[KW_TUF_HASH_TEXT_BYTES];
        EXPECT_OK(read(&content, good[i]));
        kw_tuf_content_prefix(&content, text);
        assert_string_equal(text, wanted[i]);
    }
}

static void update__stops_at_the_length(void **state)
{
    (void)state;
    kw_tuf_content content;
    kw_tuf_content_state running;
    EXPECT_OK(read(&content, good[0]));
    kw_tuf_content_begin(&running, &content);
    EXPECT_OK(kw_tuf_content_update(&running, kw_span_of_str(KW_STR("a")), NULL));
    EXPECT_STATUS(kw_tuf_content_update(&running, kw_span_of_str(KW_STR("bcd")), NULL), KW_HASH);
    EXPECT_OK(kw_tuf_content_update(&running, kw_span_of_str(KW_STR("bc")), NULL));
    EXPECT_STATUS(kw_tuf_content_update(&running, kw_span_of_str(KW_STR("d")), NULL), KW_HASH);
    EXPECT_OK(kw_tuf_content_end(&running, NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(check__takes_the_bytes_that_are_meant),
        cmocka_unit_test(check__refuses_others),
        cmocka_unit_test(check__wants_every_known_hash),
        cmocka_unit_test(read__refuses_what_cannot_be_checked),
        cmocka_unit_test(prefix__is_of_sha256_when_there_is_one),
        cmocka_unit_test(update__stops_at_the_length),
    };
    return cmocka_run_group_tests_name("tuf/engine/content", tests, NULL, NULL);
}
