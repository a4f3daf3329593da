/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/node_places.h"

#include "support/expect.h"

static const char whole[] =
    "store:\n  url: sqlite:/var/k.db\n  seal_file: /etc/seal\n"
    "listen_public:\n  certificate_file: /etc/p.pem\n  key_file: /etc/p.key\n"
    "listen_peer:\n  certificate_file: /etc/p.pem\n  key_file: /etc/p.key\n"
    "  client_ca_file: /etc/ca.pem\n  crl_file: /etc/crl.pem\n"
    "threshold:\n  cluster_file: /etc/cluster.json\n  operators_file: /etc/operators.json\n"
    "  address: \"0x00112233445566778899aabbccddeeff00112233\"\n"
    "  key_file: /etc/o.key\n  passphrase_file: /etc/pass\n  slots_dir: /var/slots\n"
    "  ca_file: /etc/ca.pem\n  certificate_file: /etc/p.pem\n  tls_key_file: /etc/p.key\n"
    "  token_issuer: issuer\n  token_keys_file: /etc/jwks.json\n";

static kw_status read_text(kw_node_places *out, const char *text, bool with_tls)
{
    static kw_arena arena;
    kw_error err = {0};
    kw_arena_drop(&arena);
    arena = kw_arena_init(1 << 20);
    kw_cli cli = {.arena = &arena};
    const kw_node_yaml yaml = {.path = KW_STR("/etc/k.yaml"),
                               .text = kw_span_of_str(kw_str_of(text)),
                               .with_tls = with_tls};
    kw_status st = kw_node_places_read(&cli, out, &yaml, &err);
    assert_int_equal(err.status, st);
    return st;
}

static bool has(const kw_node_places *places, kw_backup_role role, const char *path)
{
    for (size_t i = 0; i < places->files_count; i++) {
        if (places->files[i].role == role && kw_str_equal(places->files[i].path, kw_str_of(path))) {
            return true;
        }
    }
    return false;
}

static void places__are_those_of_the_configuration(void **state)
{
    (void)state;
    kw_node_places p = {0};
    EXPECT_OK(read_text(&p, whole, false));
    EXPECT_STR(p.store_url, "sqlite:/var/k.db");
    EXPECT_STR(p.threshold.slots_dir, "/var/slots");
    EXPECT_STR(p.threshold.cluster_file, "/etc/cluster.json");
    assert_int_equal(p.address.bytes[19], 0x33);
    assert_int_equal(p.threshold.key, KW_OPERATOR_KEY_SEALED);
    assert_int_equal(p.threshold.curve, KW_PEER_BN254);
    EXPECT_STR(p.threshold.key_file, "/etc/o.key");
    EXPECT_STR(p.threshold.passphrase_file, "/etc/pass");
    assert_int_equal(p.files_count, 5);
    assert_true(has(&p, KW_BACKUP_CONFIGURATION, "/etc/k.yaml"));
    assert_true(has(&p, KW_BACKUP_CLUSTER, "/etc/cluster.json"));
    assert_true(has(&p, KW_BACKUP_OPERATORS, "/etc/operators.json"));
    assert_true(has(&p, KW_BACKUP_OPERATOR_KEY, "/etc/o.key"));
    assert_true(has(&p, KW_BACKUP_TOKEN_KEYS, "/etc/jwks.json"));
    assert_false(has(&p, KW_BACKUP_TLS, "/etc/p.pem"));
    EXPECT_OK(read_text(&p, whole, true));
    assert_true(has(&p, KW_BACKUP_TLS, "/etc/p.pem"));
    assert_true(has(&p, KW_BACKUP_TLS, "/etc/crl.pem"));
    assert_true(has(&p, KW_BACKUP_TLS_KEY, "/etc/p.key"));
}

/* `whole` with the first `from` replaced. */
static kw_status read_edited(kw_node_places *out, const char *from, const char *to)
{
    KW_AUTO(kw_buf) text = kw_buf_init(1 << 14);
    const char *edited = NULL;
    const char *found = strstr(whole, from);
    assert_non_null(found);
    EXPECT_OK(kw_buf_append_format(&text, "%.*s%s%s", (int)(found - whole), whole, to,
                                   found + strlen(from)));
    EXPECT_OK(kw_buf_c_text(&text, &edited));
    return read_text(out, edited, true);
}

static void places__leave_a_raw_key_where_it_is(void **state)
{
    (void)state;
    kw_node_places p = {0};
    EXPECT_OK(read_edited(&p, "  key_file: /etc/o.key",
                          "  key: raw\n  curve: secp256k1\n  key_file: /etc/o.key"));
    assert_int_equal(p.threshold.key, KW_OPERATOR_KEY_RAW);
    assert_int_equal(p.threshold.curve, KW_PEER_ECDSA);
    assert_false(has(&p, KW_BACKUP_OPERATOR_KEY, "/etc/o.key"));
}

/* While the key changes both are needed; one on a token is not here at all. */
static void places__know_keys_that_change_and_keys_on_tokens(void **state)
{
    (void)state;
    kw_node_places p = {0};
    EXPECT_OK(read_edited(&p, "  key_file: /etc/o.key",
                          "  key_file: /etc/o.key\n  previous_key_file: /etc/before.key"));
    assert_true(has(&p, KW_BACKUP_OPERATOR_KEY, "/etc/o.key"));
    assert_true(has(&p, KW_BACKUP_OPERATOR_KEY, "/etc/before.key"));
    EXPECT_OK(read_edited(&p, "  key_file: /etc/o.key",
                          "  key: pkcs11\n  key_file: operator\n  pkcs11_module: /lib/m.so\n"
                          "  pkcs11_label: payments\n  pkcs11_pin_file: /etc/pin"));
    assert_int_equal(p.threshold.key, KW_OPERATOR_KEY_TOKEN);
    EXPECT_STR(p.threshold.pkcs11_label, "payments");
    assert_false(has(&p, KW_BACKUP_OPERATOR_KEY, "operator"));
}

static void places__need_an_operator(void **state)
{
    (void)state;
    static const struct {
        const char *from;
        const char *to;
    } rows[] = {
        {"  cluster_file: /etc/cluster.json\n", ""},
        {"  slots_dir: /var/slots\n", ""},
        {"  url: sqlite:/var/k.db\n", ""},
        {"  key_file: /etc/o.key\n", ""},
        {"  passphrase_file: /etc/pass\n", ""},
        {"  ca_file: /etc/ca.pem\n", ""},
        {"0x0011", "0xZZ11"},
        {"  key_file: /etc/o.key\n", "  key: token\n  key_file: /etc/o.key\n"},
        {"store:\n", "store:\n  url: x\n"},
        {"threshold:\n", "- threshold:\n"},
    };
    for (size_t i = 0; i < KW_COUNT(rows); i++) {
        kw_node_places p = {0};
        EXPECT_STATUS(read_edited(&p, rows[i].from, rows[i].to), KW_CONFIG);
        assert_int_equal(p.files_count, 0);
    }
    kw_node_places p = {0};
    EXPECT_STATUS(read_text(&p, "", false), KW_CONFIG);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(places__are_those_of_the_configuration),
        cmocka_unit_test(places__leave_a_raw_key_where_it_is),
        cmocka_unit_test(places__know_keys_that_change_and_keys_on_tokens),
        cmocka_unit_test(places__need_an_operator),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
