/* SPDX-License-Identifier: Apache-2.0 */
#include "threshold/config.h"

#include "support/expect.h"

static kw_threshold_config whole(kw_arena *arena)
{
    kw_threshold_config config = {0};
    EXPECT_OK(kw_object_init(&config, arena, &kw_threshold_config_schema));
    config.cluster_file = KW_STR("cluster.json");
    config.address = KW_STR("0x00");
    config.key_file = KW_STR("key");
    config.passphrase_file = KW_STR("passphrase");
    config.slots_dir = KW_STR("slots");
    config.ca_file = KW_STR("ca.pem");
    config.certificate_file = KW_STR("peer.pem");
    config.tls_key_file = KW_STR("peer.key");
    return config;
}

static void config__is_off_by_default(void **state)
{
    (void)state;
    KW_AUTO(kw_arena) arena = kw_arena_init(4096);
    kw_threshold_config config = {0};
    EXPECT_OK(kw_object_init(&config, &arena, &kw_threshold_config_schema));
    assert_false(kw_threshold_config_is_on(&config));
    EXPECT_OK(kw_threshold_config_check(&config, NULL));
    assert_int_equal(config.key, KW_OPERATOR_KEY_SEALED);
    assert_int_equal(config.curve, KW_PEER_BN254);
    assert_int_equal(config.slots, KW_SLOTS_IN_FOLDER);
}

static void config_check__names_what_is_missing(void **state)
{
    (void)state;
    KW_AUTO(kw_arena) arena = kw_arena_init(4096);
    kw_threshold_config config = whole(&arena);
    EXPECT_OK(kw_threshold_config_check(&config, NULL));
    kw_str *needed[] = {&config.address,     &config.key_file, &config.passphrase_file,
                        &config.slots_dir,   &config.ca_file,  &config.certificate_file,
                        &config.tls_key_file};
    for (size_t i = 0; i < KW_COUNT(needed); i++) {
        kw_error err = {0};
        kw_str text = *needed[i];
        *needed[i] = (kw_str){0};
        EXPECT_STATUS(kw_threshold_config_check(&config, &err), KW_CONFIG);
        assert_non_null(strstr(err.text, "threshold."));
        *needed[i] = text;
    }
}

static void config_check__wants_issuer_and_keys_of_tokens_together(void **state)
{
    (void)state;
    KW_AUTO(kw_arena) arena = kw_arena_init(4096);
    kw_threshold_config config = whole(&arena);
    config.token_issuer = KW_STR("https://id.example");
    EXPECT_STATUS(kw_threshold_config_check(&config, NULL), KW_CONFIG);
    config.token_keys_file = KW_STR("jwks.json");
    EXPECT_OK(kw_threshold_config_check(&config, NULL));
    config.token_issuer = (kw_str){0};
    EXPECT_STATUS(kw_threshold_config_check(&config, NULL), KW_CONFIG);
}

static void config_check__wants_to_know_where_a_token_is(void **state)
{
    (void)state;
    KW_AUTO(kw_arena) arena = kw_arena_init(4096);
    kw_threshold_config config = whole(&arena);
    kw_str *needed[] = {&config.pkcs11_module, &config.pkcs11_label, &config.pkcs11_pin_file};
    config.key = KW_OPERATOR_KEY_TOKEN;
    config.passphrase_file = (kw_str){0};
    for (size_t i = 0; i < KW_COUNT(needed); i++) {
        EXPECT_STATUS(kw_threshold_config_check(&config, NULL), KW_CONFIG);
        *needed[i] = KW_STR("x");
    }
    EXPECT_OK(kw_threshold_config_check(&config, NULL));
    config = whole(&arena); /* and for slots */
    config.slots = KW_SLOTS_ON_TOKEN;
    EXPECT_STATUS(kw_threshold_config_check(&config, NULL), KW_CONFIG);
    for (size_t i = 0; i < KW_COUNT(needed); i++) {
        *needed[i] = KW_STR("x");
    }
    EXPECT_OK(kw_threshold_config_check(&config, NULL));
    config.slots_dir = (kw_str){0}; /* of the lock */
    EXPECT_STATUS(kw_threshold_config_check(&config, NULL), KW_CONFIG);
}

static void config_check__wants_no_passphrase_for_a_raw_key(void **state)
{
    (void)state;
    KW_AUTO(kw_arena) arena = kw_arena_init(4096);
    kw_threshold_config config = whole(&arena);
    config.key = KW_OPERATOR_KEY_RAW;
    config.passphrase_file = (kw_str){0};
    EXPECT_OK(kw_threshold_config_check(&config, NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(config_check__wants_to_know_where_a_token_is),
        cmocka_unit_test(config__is_off_by_default),
        cmocka_unit_test(config_check__names_what_is_missing),
        cmocka_unit_test(config_check__wants_issuer_and_keys_of_tokens_together),
        cmocka_unit_test(config_check__wants_no_passphrase_for_a_raw_key),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
