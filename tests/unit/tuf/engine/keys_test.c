/* SPDX-License-Identifier: Apache-2.0
 * Keys, keyids and signatures over "keyward" by Python: cryptography 48.0.0, and json.dumps with
 * sorted names for the canonical form. */
#include "tuf/engine/keys.h"

#include "support/expect.h"
#include "support/hexed.h"

typedef struct key_case {
    kw_tuf_key_kind kind;
    const char *json;
    const char *keyid;
    const char *signature;
} key_case;

static const key_case cases[] = {
    {KW_TUF_KEY_ED25519,
     "{\"keytype\": \"ed25519\", \"scheme\": \"ed25519\", \"keyval\": {\"public\": \"3b6a27b"
     "cceb6a42d62a3a8d02a6f0d73653215771de243a63ac048a18b59da29\"}}",
     "4cc3f338069d638e761ed397f5c53df4129a276face46a446c202617331ca1b3",
     "9c4eaab28d0013040d1db2e66b5d40e3ea55916dad057edeb40eba4c18eb72d2c99506575176c0876d2c99"
     "108cf300d39338b9720d2ba5a567826ff124256708"},
    {KW_TUF_KEY_ECDSA_P256,
     "{\"keytype\": \"ecdsa\", \"scheme\": \"ecdsa-sha2-nistp256\", \"keyval\": {\"public\":"
     " \"-----BEGIN PUBLIC KEY-----\\nMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEsePolB11g3Xaj4fXLQ"
     "D41FYzLps0\\nvHi9POQtRvl0MGpNWuNua2+h9r69Hhu8q0BW0T4k2CI+ChgS+x/PrDmYyA==\\n-----END P"
     "UBLIC KEY-----\\n\"}}",
     "ac56075c4bdbedffe318db169ac02c05fea962d5f746db7ac442c920d5fd2792",
     "304502210089c5db684168539ef8f92fa27c8665d48507c171356c11f5843a1e0eac47cfb00220149a42d2"
     "74f05109987d8c9450c6cbbca6a0cc3f0f2bd0f1ee5de9d12148aba7"},
    {KW_TUF_KEY_ECDSA_P256,
     "{\"keytype\": \"ecdsa-sha2-nistp256\", \"scheme\": \"ecdsa-sha2-nistp256\", \"keyval\""
     ": {\"public\": \"-----BEGIN PUBLIC KEY-----\\nMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEsePo"
     "lB11g3Xaj4fXLQD41FYzLps0\\nvHi9POQtRvl0MGpNWuNua2+h9r69Hhu8q0BW0T4k2CI+ChgS+x/PrDmYyA="
     "=\\n-----END PUBLIC KEY-----\\n\"}}",
     "a7228ab3338c443a33f0708f4fbe7d876097adf2ea7844bb5238ecacc50941d2",
     "304502210089c5db684168539ef8f92fa27c8665d48507c171356c11f5843a1e0eac47cfb00220149a42d2"
     "74f05109987d8c9450c6cbbca6a0cc3f0f2bd0f1ee5de9d12148aba7"},
    {KW_TUF_KEY_RSA_PSS,
     "{\"keytype\": \"rsa\", \"scheme\": \"rsassa-pss-sha256\", \"keyval\": {\"public\": \"-"
     "----BEGIN PUBLIC KEY-----\\nMIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA2tzxOsLRF1Y4tK"
     "ljbP6E\\nMmXD2s1f4e72FwWAY2LUR0wBTjXc1Klhv5311QlShERj4n+jdyHCGlWl7QrgPPv/\\nxPvrVIi7Sn"
     "HulnKWoGa4IoR4O9lCl/GOBCwxya54ZqjOV1Kmzhtbk/N9Sv3VXqNz\\nKiy18J1B5t0GC30XO6xjruMgQ+1He"
     "BSqhgpg7mvzrHD9G0gTa8N3hNcE/YNa9GFj\\n38uZNs/mxxQ8THhcLH/oa//ymYx1QxXyeSfW5qEVllXC0M5e"
     "CC97iBhwKiSF/zE8\\n54aYTNX0eCQSlfizOHkFm7LvSxKeK3tI9sm4o0b5+9eroalPecS1flpJ831xy+O9\\n"
     "DQIDAQAB\\n-----END PUBLIC KEY-----\\n\"}}",
     "ccc14551943aa17aa3884ef23e5212764c89487ba918c651f624ac72b5464554",
     "726f8bad91d9e6f7504ba9fbb57a8fa44bff1ddeea26faea08556c0ec145f49b252855eb5a4f2899eeeddf"
     "fca77480599ccafe1e4398b65490d5647e4c3d6400275866eef457853be708ee745b413d5044e25a44f33b"
     "74a40559eb309991578e75e4a39979bf70f030dbd0cc68b4a913d9f92b0928f39cab32640008e527963b5b"
     "95bc9496d4120458579eb88e123fe9ebb555175a34dab8d6388e6a777f348125af7b19f11b48d345b64c37"
     "a38eeb002703132781e86f62e1d58a80cc1579b63cbf42b56f64d08dbd3487c62c29aed7ae914b44cf75aa"
     "fb18ab290d7852e870b7053f167efa9679e312c7872c0c020fbb4af6ed134aced3bf90abcb98751da7"},
    {KW_TUF_KEY_RSA_PKCS1,
     "{\"keytype\": \"rsa\", \"scheme\": \"rsa-pkcs1v15-sha256\", \"keyval\": {\"public\": \""
     "-----BEGIN PUBLIC KEY-----\\nMIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA2tzxOsLRF1Y4t"
     "KljbP6E\\nMmXD2s1f4e72FwWAY2LUR0wBTjXc1Klhv5311QlShERj4n+jdyHCGlWl7QrgPPv/\\nxPvrVIi7S"
     "nHulnKWoGa4IoR4O9lCl/GOBCwxya54ZqjOV1Kmzhtbk/N9Sv3VXqNz\\nKiy18J1B5t0GC30XO6xjruMgQ+1H"
     "eBSqhgpg7mvzrHD9G0gTa8N3hNcE/YNa9GFj\\n38uZNs/mxxQ8THhcLH/oa//ymYx1QxXyeSfW5qEVllXC0M5"
     "eCC97iBhwKiSF/zE8\\n54aYTNX0eCQSlfizOHkFm7LvSxKeK3tI9sm4o0b5+9eroalPecS1flpJ831xy+O9\\n"
     "DQIDAQAB\\n-----END PUBLIC KEY-----\\n\"}}",
     "c7b754adc2c36ed3480676e88d1e08efd27731f4b20d04cd7b637006db1a7103",
     "8439e37d56d88ba7036e1fe227ee45a3cdbedfb670c1ab407a8bfd6f89c2ebe31d7876d327c93c7822e587"
     "42f733dea87357be1f55cb1b57ed9faa6313a96e90c3861ef2734438ad06cc8b613006239a2f275ebe2a28"
     "88909096f6dd848c470bc3397873cc747dbec600230abf6ec3aedcb3c8007722fc9e0eec24d1c36c9b0064"
     "50218b3868f9d4fe6699c78869d325c2bb79608ad414ad1d1529e3e0d1e82179a83b068400d77703e87961"
     "b14961658a04cab9097b06e3d671f1f69769d9fb6c620dcca6fd4b3b0535701b880fe3b4b8ab138d0f3932"
     "9e0a758dd5872021424480ae75e66303c41facceba75b7fd80b07be619f06d3d17ad61bb5703402878"},
};

static kw_json *parse(const char *text)
{
    kw_json *tree = NULL;
    EXPECT_OK(kw_json_parse(&tree, kw_span_of_str(kw_str_of(text)), 8, NULL));
    return tree;
}

static kw_tuf_key read(const key_case *of, const kw_json *tree)
{
    kw_tuf_key key;
    EXPECT_OK(kw_tuf_key_read(&key, kw_str_of(of->keyid), tree, KW_TUF_KEYIDS_STRICT, NULL));
    return key;
}

static bool verifies(const kw_tuf_key *key, const char *message, kw_str signature)
{
    kw_hash32 id;
    return kw_tuf_key_verify(key, &id, kw_span_of_str(kw_str_of(message)), signature);
}

static void keyid__is_the_hash_of_the_canonical_form(void **state)
{
    (void)state;
    for (size_t i = 0; i < KW_COUNT(cases); i++) {
        KW_AUTO_PTR(kw_json) tree = parse(cases[i].json);
        kw_hash32 keyid;
        EXPECT_OK(kw_tuf_keyid_of(&keyid, tree, NULL));
        expect_hexed(KW_SPAN(keyid.bytes), cases[i].keyid);
        assert_int_equal(read(&cases[i], tree).kind, cases[i].kind);
    }
}

static void verify__takes_what_another_program_signed(void **state)
{
    (void)state;
    for (size_t i = 0; i < KW_COUNT(cases); i++) {
        KW_AUTO_PTR(kw_json) tree = parse(cases[i].json);
        kw_tuf_key key = read(&cases[i], tree);
        assert_true(verifies(&key, "keyward", kw_str_of(cases[i].signature)));
    }
}

static void verify__refuses_everything_else(void **state)
{
    (void)state;
    for (size_t i = 0; i < KW_COUNT(cases); i++) {
        KW_AUTO_PTR(kw_json) tree = parse(cases[i].json);
        kw_tuf_key key = read(&cases[i], tree);
        kw_str signature = kw_str_of(cases[i].signature);
        assert_false(verifies(&key, "keyware", signature));
        assert_false(verifies(&key, "keyward", KW_STR("")));
        assert_false(verifies(&key, "keyward", KW_STR("0")));
        assert_false(verifies(&key, "keyward", KW_STR("not hex")));
        assert_false(verifies(&key, "keyward", (kw_str){signature.ptr, signature.len - 1}));
        assert_false(verifies(&key, "keyward", (kw_str){signature.ptr, signature.len - 2}));
        key.value.len--;
        assert_true(key.kind != KW_TUF_KEY_ED25519 || !verifies(&key, "keyward", signature));
        key.value.len = 20;
        assert_false(verifies(&key, "keyward", signature));
    }
    char upper[129] = {0};
    for (size_t i = 0; i < 128; i++) {
        char c = cases[0].signature[i];
        upper[i] = (char)(c >= 'a' ? c - ('a' - 'A') : c);
    }
    KW_AUTO_PTR(kw_json) tree = parse(cases[0].json);
    kw_tuf_key key = read(&cases[0], tree);
    assert_false(verifies(&key, "keyward", kw_str_of(upper)));
    static char longest[2 * 1024 + 3];
    memset(longest, '0', sizeof longest - 1);
    assert_false(verifies(&key, "keyward", kw_str_of(longest)));
}

/* The same key under two names and types is one signer. */
static void verify__tells_which_public_key_it_is(void **state)
{
    (void)state;
    kw_hash32 ids[KW_COUNT(cases)];
    for (size_t i = 0; i < KW_COUNT(cases); i++) {
        KW_AUTO_PTR(kw_json) tree = parse(cases[i].json);
        kw_tuf_key key = read(&cases[i], tree);
        assert_true(kw_tuf_key_verify(&key, &ids[i], kw_span_of_str(KW_STR("keyward")),
                                      kw_str_of(cases[i].signature)));
    }
    assert_memory_equal(&ids[1], &ids[2], sizeof ids[1]); /* ecdsa, and its older type */
    assert_memory_equal(&ids[3], &ids[4], sizeof ids[3]); /* rsa in two schemes */
    assert_memory_not_equal(&ids[0], &ids[1], sizeof ids[0]);
    assert_memory_not_equal(&ids[1], &ids[3], sizeof ids[1]);
}

static void read__in_strict_mode_wants_the_hash_as_the_name(void **state)
{
    (void)state;
    KW_AUTO_PTR(kw_json) tree = parse(cases[0].json);
    kw_tuf_key key;
    kw_error err = {0};
    kw_str other = kw_str_of(cases[1].keyid);
    EXPECT_STATUS(kw_tuf_key_read(&key, other, tree, KW_TUF_KEYIDS_STRICT, &err), KW_HASH);
    assert_int_equal(err.status, KW_HASH);
    EXPECT_STATUS(kw_tuf_key_read(&key, KW_STR("x"), tree, KW_TUF_KEYIDS_STRICT, NULL), KW_HASH);
    EXPECT_OK(kw_tuf_key_read(&key, KW_STR("x"), tree, KW_TUF_KEYIDS_OPAQUE, NULL));
    EXPECT_STR(key.keyid, "x");
}

/* Members that nobody knows are part of the key's name. */
static void keyid__covers_unknown_members(void **state)
{
    (void)state;
    KW_AUTO_PTR(kw_json)
    one = parse("{\"keytype\":\"a\",\"scheme\":\"b\",\"keyval\":"
                "{\"public\":\"c\"}}");
    KW_AUTO_PTR(kw_json)
    two = parse("{\"keytype\":\"a\",\"scheme\":\"b\",\"keyval\":"
                "{\"public\":\"c\"},\"x\":1}");
    kw_hash32 first;
    kw_hash32 second;
    EXPECT_OK(kw_tuf_keyid_of(&first, one, NULL));
    EXPECT_OK(kw_tuf_keyid_of(&second, two, NULL));
    assert_memory_not_equal(&first, &second, sizeof first);
}

static void read__knows_no_other_kinds(void **state)
{
    static const char *const unknown[] = {
        "{\"keytype\":\"ed25519\",\"scheme\":\"ed448\",\"keyval\":{\"public\":\"00\"}}",
        "{\"keytype\":\"rsa\",\"scheme\":\"ed25519\",\"keyval\":{\"public\":\"00\"}}",
        "{\"keytype\":\"\",\"scheme\":\"\",\"keyval\":{\"public\":\"\"}}",
    };
    (void)state;
    for (size_t i = 0; i < KW_COUNT(unknown); i++) {
        KW_AUTO_PTR(kw_json) tree = parse(unknown[i]);
        kw_tuf_key key;
        EXPECT_OK(kw_tuf_key_read(&key, KW_STR("x"), tree, KW_TUF_KEYIDS_OPAQUE, NULL));
        assert_int_equal(key.kind, KW_TUF_KEY_UNKNOWN);
        assert_false(verifies(&key, "keyward", kw_str_of(cases[0].signature)));
    }
}

static void read__refuses_what_is_no_key(void **state)
{
    static const char *const bad[] = {
        "{}",
        "[]",
        "{\"keytype\":\"a\",\"scheme\":\"b\"}",
        "{\"keytype\":\"a\",\"scheme\":\"b\",\"keyval\":\"c\"}",
        "{\"keytype\":\"a\",\"scheme\":\"b\",\"keyval\":{}}",
        "{\"keytype\":\"a\",\"scheme\":1,\"keyval\":{\"public\":\"c\"}}",
        "{\"keytype\":null,\"scheme\":\"b\",\"keyval\":{\"public\":\"c\"}}",
        "{\"keytype\":\"a\",\"scheme\":\"b\",\"keyval\":{\"public\":[]}}",
    };
    (void)state;
    kw_tuf_key key;
    for (size_t i = 0; i < KW_COUNT(bad); i++) {
        KW_AUTO_PTR(kw_json) tree = parse(bad[i]);
        EXPECT_STATUS(kw_tuf_key_read(&key, KW_STR("x"), tree, KW_TUF_KEYIDS_OPAQUE, NULL),
                      KW_BAD_INPUT);
    }
    KW_AUTO_PTR(kw_json) good = parse(cases[0].json);
    EXPECT_STATUS(kw_tuf_key_read(&key, KW_STR(""), good, KW_TUF_KEYIDS_OPAQUE, NULL),
                  KW_BAD_INPUT);
    KW_AUTO_PTR(kw_json)
    real = parse("{\"keytype\":\"a\",\"scheme\":\"b\",\"x\":1.5,"
                 "\"keyval\":{\"public\":\"c\"}}");
    EXPECT_STATUS(kw_tuf_key_read(&key, KW_STR("x"), real, KW_TUF_KEYIDS_STRICT, NULL),
                  KW_BAD_INPUT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keyid__is_the_hash_of_the_canonical_form),
        cmocka_unit_test(verify__takes_what_another_program_signed),
        cmocka_unit_test(verify__refuses_everything_else),
        cmocka_unit_test(verify__tells_which_public_key_it_is),
        cmocka_unit_test(read__in_strict_mode_wants_the_hash_as_the_name),
        cmocka_unit_test(keyid__covers_unknown_members),
        cmocka_unit_test(read__knows_no_other_kinds),
        cmocka_unit_test(read__refuses_what_is_no_key),
    };
    return cmocka_run_group_tests_name("tuf/engine/keys", tests, NULL, NULL);
}
