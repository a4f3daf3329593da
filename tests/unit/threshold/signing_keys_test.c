/* SPDX-License-Identifier: Apache-2.0 */
#include "threshold/signing_keys.h"

#include "os/file.h"
#include "threshold/operator_key_file.h"
#include "support/expect.h"
#include "support/seeded_rng.h"
#include "support/softhsm.h"

/* A configuration with two raw keys; files and texts stay as long as it does. */
typedef struct desk {
    tempdir dir;
    tempdir_path now;
    tempdir_path before;
    tempdir_path passphrase;
    kw_threshold_config config;
} desk;

static desk d;

static void write_file(const tempdir_path *path, kw_span bytes)
{
    EXPECT_OK(kw_file_write_atomic(path->text, bytes, 0600, NULL));
}

static int make(void **state)
{
    (void)state;
    uint8_t key[32] = {0, 7};
    d = (desk){.dir = tempdir_make()};
    d.now = tempdir_join(&d.dir, "now.key");
    d.before = tempdir_join(&d.dir, "before.key");
    d.passphrase = tempdir_join(&d.dir, "passphrase");
    write_file(&d.now, KW_SPAN(key));
    key[1] = 8;
    write_file(&d.before, KW_SPAN(key));
    write_file(&d.passphrase, kw_span_of_str(KW_STR("correct horse battery\n")));
    d.config = (kw_threshold_config){.cluster_file = KW_STR("cluster.json"),
                                     .key = KW_OPERATOR_KEY_RAW,
                                     .curve = KW_PEER_BN254,
                                     .key_file = kw_str_of(d.now.text)};
    return 0;
}

static int drop(void **state)
{
    (void)state;
    tempdir_remove(&d.dir);
    return 0;
}

static void open__reads_the_key_and_the_one_before(void **state)
{
    (void)state;
    kw_signing_keys keys = {0};
    EXPECT_OK(kw_signing_keys_open(&keys, &d.config, NULL));
    assert_non_null(keys.now);
    assert_null(keys.previous);
    kw_own_keys own = kw_signing_keys_own(&keys);
    assert_true(kw_span_equal_var(own.items[0].key, kw_operator_secret_public(keys.now)));
    assert_int_equal(own.items[1].key.len, 0);
    kw_signing_keys_drop(&keys);
    d.config.previous_key_file = kw_str_of(d.before.text);
    EXPECT_OK(kw_signing_keys_open(&keys, &d.config, NULL));
    own = kw_signing_keys_own(&keys);
    assert_true(kw_span_equal_var(own.items[1].key, kw_operator_secret_public(keys.previous)));
    assert_false(kw_span_equal_var(own.items[0].key, own.items[1].key));
    kw_signing_keys_drop(&keys);
    kw_signing_keys_drop(&keys);
    assert_null(keys.now);
}

static void open__has_nothing_for_a_node_that_is_no_operator(void **state)
{
    (void)state;
    kw_signing_keys keys = {0};
    d.config.cluster_file = (kw_str){0};
    d.config.key_file = KW_STR("/nowhere");
    EXPECT_OK(kw_signing_keys_open(&keys, &d.config, NULL));
    assert_null(keys.now);
}

static void open__refuses_keys_that_are_not_there(void **state)
{
    (void)state;
    kw_signing_keys keys = {0};
    kw_error err = {0};
    d.config.previous_key_file = KW_STR("/nowhere");
    EXPECT_STATUS(kw_signing_keys_open(&keys, &d.config, &err), KW_SEALED);
    assert_non_null(strstr(err.text, "previous_key_file"));
    assert_null(keys.now);
    d.config.key_file = KW_STR("/nowhere");
    EXPECT_STATUS(kw_signing_keys_open(&keys, &d.config, &err), KW_SEALED);
    assert_non_null(strstr(err.text, "threshold.key_file"));
    d.config.key_file = kw_str_of(d.passphrase.text); /* not 32 bytes */
    EXPECT_STATUS(kw_signing_keys_open(&keys, &d.config, &err), KW_SEALED);
    assert_null(keys.now);
}

/* Writes a key as `node keygen` does, at a cost that a test can pay. */
static void seal(const tempdir_path *path, const char *passphrase, uint64_t seed)
{
    seeded_rng rng = {.seed = seed};
    kw_rng port = seeded_rng_port(&rng);
    KW_AUTO_PTR(kw_operator_secret) secret = NULL;
    EXPECT_OK(kw_operator_secret_make(&secret, KW_PEER_BN254, &port));
    kw_operator_key_lock lock = {.passphrase =
                                     kw_secret_span_of(kw_span_of_str(kw_str_of(passphrase))),
                                 .cost = {.memory_kib = 64, .passes = 1},
                                 .rng = port};
    EXPECT_OK(kw_operator_key_file_write(path->text, secret, &lock, NULL));
}

static void open__takes_the_same_passphrase_unless_there_is_another(void **state)
{
    (void)state;
    kw_signing_keys keys = {0};
    tempdir_path now = tempdir_join(&d.dir, "now.sealed");
    tempdir_path before = tempdir_join(&d.dir, "before.sealed");
    tempdir_path other = tempdir_join(&d.dir, "other");
    write_file(&other, kw_span_of_str(KW_STR("wrong horse battery\n")));
    seal(&now, "correct horse battery", 1);
    seal(&before, "correct horse battery", 2);
    d.config.key = KW_OPERATOR_KEY_SEALED;
    d.config.key_file = kw_str_of(now.text);
    d.config.passphrase_file = kw_str_of(d.passphrase.text);
    d.config.previous_key_file = kw_str_of(before.text);
    EXPECT_OK(kw_signing_keys_open(&keys, &d.config, NULL));
    assert_non_null(keys.previous);
    kw_signing_keys_drop(&keys);
    d.config.previous_passphrase_file = kw_str_of(other.text);
    EXPECT_STATUS(kw_signing_keys_open(&keys, &d.config, NULL), KW_SEALED);
    assert_null(keys.now);
}

static void open__reads_keys_of_a_token_and_lets_it_go(void **state)
{
    (void)state;
    softhsm hsm = softhsm_make();
    softhsm_add(&hsm, "kw-keys");
    kw_hsm_options options = softhsm_options(&hsm, "kw-keys");
    kw_signing_keys keys = {0};
    d.config.key = KW_OPERATOR_KEY_TOKEN;
    d.config.key_file = KW_STR("operator");
    d.config.pkcs11_module = KW_STR(SOFTHSM_MODULE);
    d.config.pkcs11_label = KW_STR("kw-keys");
    d.config.pkcs11_pin_file = kw_str_of(hsm.pin.text);
    EXPECT_STATUS(kw_signing_keys_open(&keys, &d.config, NULL), KW_SEALED); /* no such object */
    uint8_t key[32] = {0, 9};
    kw_hsm *token = NULL;
    EXPECT_OK(kw_hsm_open(&token, &options, NULL));
    EXPECT_OK(kw_hsm_put(token, KW_STR("operator"), kw_secret_span_of(KW_SPAN(key)), NULL));
    kw_hsm_free(token);
    EXPECT_OK(kw_signing_keys_open(&keys, &d.config, NULL));
    kw_secret_span held = kw_secret32_view(kw_operator_secret_view(keys.now));
    assert_true(kw_span_equal_var(kw_declassify_span(held, "a test"), KW_SPAN(key)));
    kw_signing_keys_drop(&keys);
    d.config.pkcs11_label = KW_STR("another");
    EXPECT_STATUS(kw_signing_keys_open(&keys, &d.config, NULL), KW_NOT_FOUND);
    d.config.pkcs11_module = KW_STR("/nowhere.so");
    EXPECT_STATUS(kw_signing_keys_open(&keys, &d.config, NULL), KW_UNAVAILABLE);
    softhsm_drop(&hsm);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(open__reads_the_key_and_the_one_before, make, drop),
        cmocka_unit_test_setup_teardown(open__has_nothing_for_a_node_that_is_no_operator, make,
                                        drop),
        cmocka_unit_test_setup_teardown(open__refuses_keys_that_are_not_there, make, drop),
        cmocka_unit_test_setup_teardown(open__takes_the_same_passphrase_unless_there_is_another,
                                        make, drop),
        cmocka_unit_test_setup_teardown(open__reads_keys_of_a_token_and_lets_it_go, make, drop),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
