/* SPDX-License-Identifier: Apache-2.0
 * What is written for a daemon is what the daemon reads. */
#include "cli/operator_config.h"

#include "node/config.h"
#include "os/file.h"
#include "support/expect.h"
#include "support/tempdir.h"

static kw_operator_config whole(void)
{
    static kw_str networks[] = {{"10.0.0.0/8", 10}, {"fd00::/8", 8}};
    return (kw_operator_config){
        .data_dir = KW_STR("/var/lib/keyward"),
        .cluster_file = KW_STR("/etc/keyward/cluster.json"),
        .operators_file = KW_STR("/etc/keyward/operators.json"),
        .address = KW_STR("0x00112233445566778899aabbccddeeff00112233"),
        .curve = KW_STR("secp256k1"),
        .key = KW_STR("sealed"),
        .key_file = KW_STR("/etc/keyward/operator.key"),
        .passphrase_file = KW_STR("/etc/keyward/pass phrase: \"#1\""),
        .ca_file = KW_STR("/etc/keyward/peers.pem"),
        .client_ca_file = KW_STR("/etc/keyward/clients.pem"),
        .certificate_file = KW_STR("/etc/keyward/peer.pem"),
        .tls_key_file = KW_STR("/etc/keyward/peer.key"),
        .listen_public = KW_STR("0.0.0.0:8443"),
        .listen_peer = KW_STR("[::]:8444"),
        .listen_metrics = KW_STR("127.0.0.1:9464"),
        .peer_networks = {networks, 2},
        .admin = KW_STR("uri:spiffe://keyward/ops"),
        .listen_admin = KW_STR("127.0.0.1:8445"),
    };
}

static void load(kw_node_settings *out, const kw_operator_config *config)
{
    tempdir dir = tempdir_make();
    tempdir_path path = tempdir_join(&dir, "keywardd.yaml");
    kw_error err = {0};
    KW_AUTO(kw_arena) arena = kw_arena_init(1 << 16);
    KW_AUTO(kw_buf) yaml = kw_buf_init(1 << 16);
    EXPECT_OK(kw_operator_config_write(&yaml, &arena, config));
    EXPECT_OK(kw_file_write_atomic(path.text, kw_buf_view(&yaml), 0600, NULL));
    if (kw_node_settings_load(out, path.text, (kw_strs){0}, &err) != KW_OK) {
        fail_msg("%s in\n%.*s", err.text, KW_STR_ARG(kw_buf_text(&yaml)));
    }
    tempdir_remove(&dir);
}

static void config__is_read_as_it_was_meant(void **state)
{
    KW_UNUSED(state);
    KW_AUTO(kw_node_settings) settings = {0};
    kw_operator_config config = whole();
    load(&settings, &config);
    const kw_node_config *node = &settings.config;
    EXPECT_STR(node->store.url, "sqlite:/var/lib/keyward/keyward.db");
    EXPECT_STR(node->store.seal_file, "/var/lib/keyward/seal.key");
    assert_int_equal(node->store.seal, KW_SEAL_KEY_FILE);
    EXPECT_STR(node->listen_public.address, "0.0.0.0:8443");
    assert_int_equal(node->listen_public.client_cert, KW_CLIENT_CERT_OPTIONAL);
    EXPECT_STR(node->listen_peer.address, "[::]:8444");
    assert_int_equal(node->listen_peer.client_cert, KW_CLIENT_CERT_REQUIRED);
    EXPECT_STR(node->listen_peer.client_ca_file, "/etc/keyward/peers.pem");
    EXPECT_STR(node->listen_admin.address, "127.0.0.1:8445");
    EXPECT_STR(node->guard.audit_dir, "/var/lib/keyward/audit");
    assert_int_equal(node->guard.peer_networks.count, 2);
    EXPECT_STR(node->guard.peer_networks.items[1], "fd00::/8");
    EXPECT_STR(node->guard.bootstrap.items[0], "uri:spiffe://keyward/ops=security_admin+operator");
    EXPECT_STR(node->listen_public.client_ca_file, "/etc/keyward/clients.pem");
    EXPECT_STR(node->listen_admin.client_ca_file, "/etc/keyward/clients.pem");
    EXPECT_STR(node->threshold.ca_file, "/etc/keyward/peers.pem");
    EXPECT_STR(node->threshold.passphrase_file, config.passphrase_file.ptr);
    EXPECT_STR(node->threshold.slots_dir, "/var/lib/keyward/slots");
    EXPECT_STR(node->threshold.evidence_dir, "/var/lib/keyward/evidence");
    assert_int_equal(node->threshold.curve, KW_PEER_ECDSA);
    assert_int_equal(node->threshold.key, KW_OPERATOR_KEY_SEALED);
}

static void config__leaves_out_what_is_not_wanted(void **state)
{
    KW_UNUSED(state);
    KW_AUTO(kw_node_settings) settings = {0};
    kw_operator_config config = whole();
    config.admin = (kw_str){0};
    config.operators_file = (kw_str){0};
    config.client_ca_file = (kw_str){0};
    config.passphrase_file = (kw_str){0};
    config.key = KW_STR("raw");
    load(&settings, &config);
    assert_int_equal(settings.config.listen_admin.address.len, 0);
    EXPECT_STR(settings.config.listen_public.client_ca_file, "/etc/keyward/peers.pem");
    assert_int_equal(settings.config.guard.bootstrap.count, 0);
    assert_int_equal(settings.config.threshold.operators_file.len, 0);
    assert_int_equal(settings.config.threshold.key, KW_OPERATOR_KEY_RAW);
}

static void config__needs_room(void **state)
{
    KW_UNUSED(state);
    kw_operator_config config = whole();
    KW_AUTO(kw_arena) arena = kw_arena_init(1 << 16);
    KW_AUTO(kw_arena) no_arena = kw_arena_init(8);
    KW_AUTO(kw_buf) yaml = kw_buf_init(1 << 16);
    KW_AUTO(kw_buf) small = kw_buf_init(200);
    EXPECT_STATUS(kw_operator_config_write(&small, &arena, &config), KW_LIMIT);
    EXPECT_STATUS(kw_operator_config_write(&yaml, &no_arena, &config), KW_LIMIT);
}

static void port__is_that_of_the_url(void **state)
{
    KW_UNUSED(state);
    static const struct {
        const char *url;
        const char *port;
    } rows[] = {
        {"https://node1.example:8443", "8443"},
        {"https://node1.example", "443"},
        {"https://node1", "443"},
        {"https://[::1]:9", "9"},
        {"https://[::1]", "443"},
        {"https://10.0.0.7", "443"},
        {"https://a:", "443"},
        {"", "443"},
        {"1", "443"},
        {"https:443", "443"},
    };
    for (size_t i = 0; i < KW_COUNT(rows); i++) {
        EXPECT_STR(kw_operator_config_port(kw_str_of(rows[i].url)), rows[i].port);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(config__is_read_as_it_was_meant),
        cmocka_unit_test(config__leaves_out_what_is_not_wanted),
        cmocka_unit_test(config__needs_room),
        cmocka_unit_test(port__is_that_of_the_url),
    };
    return cmocka_run_group_tests_name("cli/operator_config", tests, NULL, NULL);
}
