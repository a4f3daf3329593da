/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/commands.h"

#include "codec/json.h"
#include "crypto/x509.h"
#include "os/file.h"
#include "support/command_line.h"
#include "support/expect.h"
#include "support/softhsm.h"
#include "support/tempdir.h"
#include "threshold/engine/roster/operators.h"
#include "threshold/operator_key_file.h"
#include "threshold/signing_keys.h"

#include <stdio.h>

#define ADDRESS "0x00112233445566778899aabbccddeeff00112233"

static tempdir dir;

static void write_file(const char *name, kw_span bytes, unsigned mode)
{
    EXPECT_OK(kw_file_write_atomic(tempdir_join(&dir, name).text, bytes, mode, NULL));
}

static int set_up(void **state)
{
    KW_UNUSED(state);
    dir = tempdir_make();
    char words[600];
    write_file("passphrase", kw_span_of_str(KW_STR("correct horse\n")), 0600);
    (void)snprintf(words, sizeof words, "dev-ca init %s", dir.path);
    KW_AUTO(command_result) ca = command_line_run(&kw_keyward, words, 0);
    assert_int_equal(ca.exit_code, 0);
    (void)snprintf(words, sizeof words, "dev-ca issue %s peer --peer --host localhost", dir.path);
    KW_AUTO(command_result) peer = command_line_run(&kw_keyward, words, 0);
    assert_int_equal(peer.exit_code, 0);
    return 0;
}

static int tear_down(void **state)
{
    KW_UNUSED(state);
    tempdir_remove(&dir);
    return 0;
}

/* Runs keygen for DIR/`key`, with options of its own. */
static command_result keygen(const char *key, const char *more)
{
    char words[2000];
    (void)snprintf(words, sizeof words,
                   "node keygen %s/%s --passphrase-file %s/passphrase --peer-url https://a:1 "
                   "--public-url https://a:2 --peer-cert %s/peer.pem%s",
                   dir.path, key, dir.path, dir.path, more);
    return command_line_run(&kw_keyward, words, 0);
}

/* The entry fits the key in the file, and a roster takes it. */
static void expect_entry(const char *key, const char *json, uint8_t curve, const char *address)
{
    kw_arena arena = kw_arena_init(KW_OPERATORS_ARENA_MAX);
    kw_operator_row row = {0};
    kw_operators operators;
    KW_AUTO(kw_secret32) bytes = {{0}};
    KW_AUTO_PTR(kw_operator_secret) secret = NULL;
    uint8_t found = 0;
    EXPECT_OK(kw_json_decode(&row, &arena, &kw_operator_row_schema, kw_span_of_str(kw_str_of(json)),
                             NULL));
    EXPECT_OK(kw_operators_of_rows(&operators, &arena, (kw_operator_rows){&row, 1}, NULL));
    EXPECT_OK(kw_operator_key_file_read(&bytes, &found, tempdir_join(&dir, key).text,
                                        tempdir_join(&dir, "passphrase").text, NULL));
    assert_int_equal(found, curve);
    assert_int_equal(row.curve, curve);
    EXPECT_OK(kw_operator_secret_of(&secret, curve, &bytes));
    EXPECT_SPAN(row.key, kw_operator_secret_public(secret));
    if (address != NULL) {
        EXPECT_STR(row.address, address);
    }
    KW_AUTO(kw_buf) pem = kw_buf_init(1 << 16);
    kw_x509_identity identity;
    EXPECT_OK(kw_file_read(&pem, tempdir_join(&dir, "peer.pem").text, NULL));
    EXPECT_OK(kw_x509_identity_parse(&identity, kw_buf_view(&pem), NULL));
    EXPECT_SPAN(KW_SPAN(row.tls_spki.bytes), KW_SPAN(identity.spki.bytes));
    kw_arena_drop(&arena);
}

static void node_keygen__seals_a_key_and_prints_its_entry(void **state)
{
    KW_UNUSED(state);
    KW_AUTO(command_result) bn254 = keygen("bn254.key", " --address " ADDRESS);
    assert_int_equal(bn254.exit_code, 0);
    expect_entry("bn254.key", bn254.out, KW_PEER_BN254, ADDRESS);
    KW_AUTO(command_result) ecdsa = keygen("ecdsa.key", " --curve secp256k1 --json");
    assert_int_equal(ecdsa.exit_code, 0);
    expect_entry("ecdsa.key", ecdsa.out, KW_PEER_ECDSA, NULL);
    kw_file_info info;
    EXPECT_OK(kw_file_stat(&info, tempdir_join(&dir, "bn254.key").text, NULL));
    assert_int_equal(info.mode, 0600);
}

static void node_keygen__writes_no_key_over_another(void **state)
{
    KW_UNUSED(state);
    write_file("there.key", kw_span_of_str(KW_STR("not to be lost")), 0600);
    KW_AUTO(command_result) result = keygen("there.key", " --address " ADDRESS);
    assert_int_equal(result.exit_code, kw_status_exit_code(KW_CONFLICT));
    assert_string_equal(result.out, "");
    KW_AUTO(kw_buf) kept = kw_buf_init(64);
    EXPECT_OK(kw_file_read(&kept, tempdir_join(&dir, "there.key").text, NULL));
    EXPECT_STR(kw_buf_text(&kept), "not to be lost");
}

static void node_keygen__writes_nothing_that_others_would_refuse(void **state)
{
    KW_UNUSED(state);
    static const struct {
        const char *more;
        kw_status wanted;
    } rows[] = {
        {"", KW_USAGE},
        {" --address 0x00112233445566778899AABBCCDDEEFF00112233", KW_BAD_INPUT},
        {" --address " ADDRESS " --curve p256", KW_USAGE},
        {" --address " ADDRESS " --extra", KW_USAGE},
    };
    for (size_t i = 0; i < KW_COUNT(rows); i++) {
        KW_AUTO(command_result) result = keygen("none.key", rows[i].more);
        assert_int_equal(result.exit_code, kw_status_exit_code(rows[i].wanted));
    }
    static const struct {
        const char *passphrase;
        const char *url;
        const char *certificate;
        kw_status wanted;
    } others[] = {
        {"passphrase", "http://a:1", "peer.pem", KW_BAD_INPUT},
        {"passphrase", "https://a:1", "none.pem", KW_NOT_FOUND},
        {"passphrase", "https://a:1", "passphrase", KW_BAD_INPUT},
        {"none", "https://a:1", "peer.pem", KW_NOT_FOUND},
        {"open", "https://a:1", "peer.pem", KW_FORBIDDEN},
        {"short", "https://a:1", "peer.pem", KW_BAD_INPUT},
    };
    write_file("open", kw_span_of_str(KW_STR("correct horse")), 0644);
    write_file("short", kw_span_of_str(KW_STR("horse")), 0600);
    for (size_t i = 0; i < KW_COUNT(others); i++) {
        char words[2000];
        (void)snprintf(words, sizeof words,
                       "node keygen %s/none.key --passphrase-file %s/%s --peer-url %s "
                       "--public-url https://a:2 --peer-cert %s/%s --address " ADDRESS,
                       dir.path, dir.path, others[i].passphrase, others[i].url, dir.path,
                       others[i].certificate);
        KW_AUTO(command_result) result = command_line_run(&kw_keyward, words, 0);
        assert_int_equal(result.exit_code, kw_status_exit_code(others[i].wanted));
    }
    kw_file_info info;
    EXPECT_STATUS(kw_file_stat(&info, tempdir_join(&dir, "none.key").text, NULL), KW_NOT_FOUND);
}

static command_result keygen_on_token(const softhsm *hsm, const char *name, const char *label)
{
    char words[2000];
    (void)snprintf(words, sizeof words,
                   "node keygen %s --pkcs11-module " SOFTHSM_MODULE " --pkcs11-label %s "
                   "--pkcs11-pin-file %s --peer-url https://a:1 --public-url https://a:2 "
                   "--peer-cert %s/peer.pem --address " ADDRESS,
                   name, label, hsm->pin.text, dir.path);
    return command_line_run(&kw_keyward, words, 0);
}

static void node_keygen__puts_a_key_on_a_token(void **state)
{
    KW_UNUSED(state);
    softhsm hsm = softhsm_make();
    softhsm_add(&hsm, "keygen");
    KW_AUTO(command_result) made = keygen_on_token(&hsm, "operator", "keygen");
    assert_int_equal(made.exit_code, 0);
    const kw_threshold_config config = {.cluster_file = KW_STR("cluster.json"),
                                        .key = KW_OPERATOR_KEY_TOKEN,
                                        .curve = KW_PEER_BN254,
                                        .key_file = KW_STR("operator"),
                                        .pkcs11_module = KW_STR(SOFTHSM_MODULE),
                                        .pkcs11_label = KW_STR("keygen"),
                                        .pkcs11_pin_file = kw_str_of(hsm.pin.text)};
    KW_AUTO(kw_signing_keys) keys = {0};
    EXPECT_OK(kw_signing_keys_open(&keys, &config, NULL)); /* as the daemon does */
    KW_AUTO(kw_arena) arena = kw_arena_init(KW_OPERATORS_ARENA_MAX);
    kw_operator_row row = {0};
    EXPECT_OK(kw_json_decode(&row, &arena, &kw_operator_row_schema,
                             kw_span_of_str(kw_str_of(made.out)), NULL));
    EXPECT_SPAN(row.key, kw_operator_secret_public(keys.now));
    KW_AUTO(command_result) again = keygen_on_token(&hsm, "operator", "keygen");
    assert_int_equal(again.exit_code, kw_status_exit_code(KW_CONFLICT));
    KW_AUTO(command_result) nowhere = keygen_on_token(&hsm, "operator", "another");
    assert_int_equal(nowhere.exit_code, kw_status_exit_code(KW_NOT_FOUND));
    softhsm_drop(&hsm);
}

static void node_keygen__wants_one_place_for_the_key(void **state)
{
    KW_UNUSED(state);
    static const char *const places[] = {
        "",
        " --pkcs11-module a --pkcs11-label b",
        " --pkcs11-module a --pkcs11-pin-file c",
        " --passphrase-file a --pkcs11-label b",
        " --passphrase-file a --pkcs11-module a --pkcs11-label b --pkcs11-pin-file c",
    };
    for (size_t i = 0; i < KW_COUNT(places); i++) {
        char words[2000];
        (void)snprintf(words, sizeof words,
                       "node keygen x --peer-url https://a:1 --public-url https://a:2 "
                       "--peer-cert %s/peer.pem --address " ADDRESS "%s",
                       dir.path, places[i]);
        KW_AUTO(command_result) result = command_line_run(&kw_keyward, words, 0);
        assert_int_equal(result.exit_code, kw_status_exit_code(KW_USAGE));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(node_keygen__seals_a_key_and_prints_its_entry),
        cmocka_unit_test(node_keygen__writes_no_key_over_another),
        cmocka_unit_test(node_keygen__writes_nothing_that_others_would_refuse),
        cmocka_unit_test(node_keygen__puts_a_key_on_a_token),
        cmocka_unit_test(node_keygen__wants_one_place_for_the_key),
    };
    return cmocka_run_group_tests_name("cli/node_keygen", tests, set_up, tear_down);
}
