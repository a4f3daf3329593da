/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/commands.h"

#include "node/config.h"
#include "os/file.h"
#include "support/expect.h"
#include "support/join_desk.h"
#include "support/softhsm.h"

#define PLACES                                                                            \
    " --ca %/ca.pem --cert %/pki/self.pem --cert-key %/pki/self.key --entry %/node5.json" \
    " --data-dir %/data --peer-network 127.0.0.0/8"
#define FILES PLACES " --key raw --key-file %/own.key"
#define JOIN  "cluster join %/keywardd.yaml --cluster %/pinned.json" FILES
#define ALL   " --operators %/operators.json"

static join_desk desk;

static int make(void **state)
{
    KW_UNUSED(state);
    join_desk_open(&desk, false);
    return 0;
}

static int make_running(void **state)
{
    KW_UNUSED(state);
    join_desk_open(&desk, true);
    return 0;
}

static int drop(void **state)
{
    KW_UNUSED(state);
    join_desk_close(&desk);
    return 0;
}

static void expect(const char *words, int exit_code, const char *out, const char *err)
{
    KW_AUTO(command_result) result = client_desk_run(&desk.client, words);
    if (result.exit_code != exit_code || strstr(result.out, out) == NULL ||
        strstr(result.err, err) == NULL) {
        fail_msg("%d, wanted %d and \"%s\" \"%s\" in %s%s", result.exit_code, exit_code, out, err,
                 result.out, result.err);
    }
}

static void expect_status(const char *words, kw_status wanted, const char *err)
{
    kw_file_info info;
    expect(words, kw_status_exit_code(wanted), "", err);
    EXPECT_STATUS(kw_file_stat(&info, client_desk_path(&desk.client, "keywardd.yaml").text, NULL),
                  KW_NOT_FOUND);
}

/* The certificates of the desk are old: that is said, and all else fits. */
static void join__writes_what_the_daemon_takes(void **state)
{
    KW_UNUSED(state);
    KW_AUTO(kw_node_settings) settings = {0};
    kw_file_info info;
    expect(JOIN ALL " --json", 1, "\"listed\":false,\"operators\":4,\"answered\":3,\"epoch\":2,",
           "");
    EXPECT_OK(kw_node_settings_load(&settings, client_desk_path(&desk.client, "keywardd.yaml").text,
                                    (kw_strs){0}, NULL));
    const kw_node_config *config = &settings.config;
    EXPECT_STR(config->threshold.address, desk.address);
    EXPECT_STR(config->threshold.operators_file,
               client_desk_path(&desk.client, "operators.json").text);
    EXPECT_STR(config->threshold.key_file, client_desk_path(&desk.client, "own.key").text);
    assert_int_equal(config->threshold.key, KW_OPERATOR_KEY_RAW);
    assert_int_equal(config->threshold.curve, KW_PEER_BN254);
    EXPECT_STR(config->listen_peer.address, "0.0.0.0:8444");
    EXPECT_STR(config->listen_public.address, "0.0.0.0:1");
    assert_int_equal(config->listen_admin.address.len, 0);
    EXPECT_OK(kw_file_stat(&info, client_desk_path(&desk.client, "data/seal.key").text, NULL));
    assert_int_equal(info.mode, 0600);
    assert_int_equal(info.size, 32);
    EXPECT_OK(kw_file_stat(&info, client_desk_path(&desk.client, "data/evidence").text, NULL));
    assert_true(info.is_directory);
}

/* The object's name is no path; what leads to the token is. */
static void join__takes_a_key_on_a_token(void **state)
{
    KW_UNUSED(state);
    KW_AUTO(kw_node_settings) settings = {0};
    KW_AUTO(kw_secret_bytes) key = kw_secret_bytes_init(32);
    tempdir_path pin = client_desk_path(&desk.client, "pin");
    tempdir_path yaml = client_desk_path(&desk.client, "keywardd.yaml");
    EXPECT_OK(kw_secret_bytes_read_file(&key, client_desk_path(&desk.client, "own.key").text, false,
                                        NULL));
    softhsm hsm = softhsm_seat(&desk.client.dir, kw_secret_bytes_view(&key));
    expect_status(JOIN ALL " --pkcs11-label seat", KW_USAGE, "given with --key pkcs11");
    expect_status("cluster join %/keywardd.yaml --cluster %/pinned.json" PLACES ALL
                  " --key pkcs11 --key-file operator --pkcs11-label seat",
                  KW_USAGE, "a token needs --pkcs11-module");
    expect("cluster join %/keywardd.yaml --cluster %/pinned.json" PLACES ALL SOFTHSM_SEAT, 1,
           "pinned: true\n", "start the daemon: keywardd --config ");
    EXPECT_OK(kw_node_settings_load(&settings, yaml.text, (kw_strs){0}, NULL));
    const kw_threshold_config *config = &settings.config.threshold;
    assert_int_equal(config->key, KW_OPERATOR_KEY_TOKEN);
    EXPECT_STR(config->key_file, "operator");
    EXPECT_STR(config->pkcs11_module, SOFTHSM_MODULE);
    EXPECT_STR(config->pkcs11_label, "seat");
    EXPECT_STR(config->pkcs11_pin_file, pin.text);
    assert_int_equal(config->passphrase_file.len, 0);
    softhsm_drop(&hsm);
}

static void join__says_what_to_do_next(void **state)
{
    KW_UNUSED(state);
    expect(JOIN ALL, 1, "pinned: true\n", "s old: the clock here is ahead, or the cluster");
    expect(JOIN ALL, 1, "serving: false\n", "start the daemon: keywardd --config ");
    expect(JOIN ALL, 1, "epoch: 2\n", "node5.json to the other operators");
    join_desk_write_operators(&desk, &desk.row);
    KW_AUTO(command_result) listed = client_desk_run(&desk.client, JOIN ALL);
    assert_non_null(strstr(listed.out, "listed: true\n"));
    assert_null(strstr(listed.err, "node5.json to the other operators"));
}

static void join__asks_for_the_pin(void **state)
{
    KW_UNUSED(state);
    expect("cluster join %/keywardd.yaml --cluster %/cluster.json" FILES ALL, 1, "pinned: false\n",
           "the cluster file pins no key");
    expect("cluster join %/keywardd.yaml --cluster %/cluster.json --json" FILES ALL, 1,
           desk.client.master_key, "");
}

static void join__takes_no_file_for_another(void **state)
{
    KW_UNUSED(state);
    expect(JOIN ALL, 1, "", "");
    expect(JOIN ALL, 1, "", ""); /* the same again */
    expect(JOIN ALL " --public-listen 127.0.0.1:0", kw_status_exit_code(KW_CONFLICT), "",
           "nothing is replaced");
    expect(JOIN ALL " --list %/node5.json", kw_status_exit_code(KW_CONFLICT), "",
           "node5.json is there with other content");
}

static void join__lists_the_operators_with_it(void **state)
{
    KW_UNUSED(state);
    KW_AUTO(kw_arena) arena = kw_arena_init(KW_OPERATORS_ARENA_MAX);
    KW_AUTO(kw_buf) json = kw_buf_init(KW_OPERATORS_BYTES_MAX);
    kw_operators operators;
    expect(JOIN ALL " --list %/new.json", 1, "", "");
    EXPECT_OK(kw_file_read(&json, client_desk_path(&desk.client, "new.json").text, NULL));
    EXPECT_OK(kw_operators_decode(&operators, &arena, kw_buf_view(&json), NULL));
    assert_int_equal(operators.roster.n, 5);
    assert_true(kw_roster_index(&operators.roster, &desk.self.address) > 0);
}

/* Of those who begin: the desk's cluster is of others, so one with it is made. */
static void join__begins_with_the_operators_of_the_cluster(void **state)
{
    KW_UNUSED(state);
    KW_AUTO(kw_node_settings) settings = {0};
    KW_AUTO(command_result)
    made = client_desk_run(&desk.client, "cluster init %/lone.json --name lone --operator "
                                         "%/node5.json");
    assert_int_equal(made.exit_code, 0);
    expect("cluster join %/keywardd.yaml --cluster %/lone.json --list %/lone-list.json" FILES, 0,
           "listed: true\n", "if none was made yet, all is well");
    EXPECT_OK(kw_node_settings_load(&settings, client_desk_path(&desk.client, "keywardd.yaml").text,
                                    (kw_strs){0}, NULL));
    EXPECT_STR(settings.config.threshold.operators_file,
               client_desk_path(&desk.client, "lone-list.json").text);
}

static void join__refuses_what_does_not_fit(void **state)
{
    KW_UNUSED(state);
    expect_status(JOIN, KW_USAGE, "needs --operators");
    expect_status("cluster join %/keywardd.yaml --cluster %/pinned.json --entry %/node5.json"
                  " --key raw --key-file %/own.key --data-dir %/data --peer-network 10.0.0.0/8" ALL,
                  KW_USAGE, "--ca, --cert and --cert-key");
    expect_status(JOIN ALL " --peer-listen localhost:1", KW_BAD_INPUT, "address:port");
    expect_status(JOIN ALL " --timeout 1", KW_USAGE, "timeout");
    expect_status("cluster join %/keywardd.yaml --cluster %/operators.json" FILES ALL, KW_BAD_INPUT,
                  "operators.json");
    desk.row.tls_spki.bytes[0] ^= 1;
    join_desk_write_entry(&desk, "node5.json");
    expect_status(JOIN ALL, KW_REFUSED, "is not the certificate of the entry");
}

static void join__waits_until_it_serves(void **state)
{
    KW_UNUSED(state);
    join_desk_write_operators(&desk, &desk.row);
    expect(JOIN ALL " --wait 30", 1, "serving: true\n", "");
}

/* The configuration is the operator's, who may have changed it meanwhile. */
static void join__waits_with_a_configuration_that_was_changed(void **state)
{
    KW_UNUSED(state);
    tempdir_path path = client_desk_path(&desk.client, "keywardd.yaml");
    kw_span changed = kw_span_of_str(KW_STR("# changed\n"));
    KW_AUTO(kw_buf) kept = kw_buf_init(1024);
    join_desk_write_operators(&desk, &desk.row);
    EXPECT_OK(kw_file_write_atomic(path.text, changed, 0644, NULL));
    expect(JOIN ALL, kw_status_exit_code(KW_CONFLICT), "", "nothing is replaced");
    expect(JOIN ALL " --wait 30", 1, "serving: true\n", "was changed since: it stays as it is");
    EXPECT_OK(kw_file_read(&kept, path.text, NULL));
    EXPECT_SPAN(kw_buf_view(&kept), changed);
}

/* Who may issue certificates of operators is nobody's administrator by that. */
static void join__tells_authorities_apart(void **state)
{
    KW_UNUSED(state);
    KW_AUTO(kw_node_settings) settings = {0};
    expect(JOIN ALL " --admin uri:a --client-ca %/pki/self.pem", 1, "", "");
    EXPECT_OK(kw_node_settings_load(&settings, client_desk_path(&desk.client, "keywardd.yaml").text,
                                    (kw_strs){0}, NULL));
    const kw_node_config *config = &settings.config;
    tempdir_path clients = client_desk_path(&desk.client, "pki/self.pem");
    tempdir_path peers = client_desk_path(&desk.client, "ca.pem");
    EXPECT_STR(config->listen_admin.client_ca_file, clients.text);
    EXPECT_STR(config->listen_public.client_ca_file, clients.text);
    EXPECT_STR(config->listen_peer.client_ca_file, peers.text);
    EXPECT_STR(config->threshold.ca_file, peers.text);
}

static void join__waits_no_longer_than_asked(void **state)
{
    KW_UNUSED(state);
    expect(JOIN ALL " --wait 1", kw_status_exit_code(KW_TIMED_OUT), "", "does it run?");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(join__writes_what_the_daemon_takes, make, drop),
        cmocka_unit_test_setup_teardown(join__takes_a_key_on_a_token, make, drop),
        cmocka_unit_test_setup_teardown(join__says_what_to_do_next, make, drop),
        cmocka_unit_test_setup_teardown(join__asks_for_the_pin, make, drop),
        cmocka_unit_test_setup_teardown(join__takes_no_file_for_another, make, drop),
        cmocka_unit_test_setup_teardown(join__lists_the_operators_with_it, make, drop),
        cmocka_unit_test_setup_teardown(join__begins_with_the_operators_of_the_cluster, make, drop),
        cmocka_unit_test_setup_teardown(join__refuses_what_does_not_fit, make, drop),
        cmocka_unit_test_setup_teardown(join__waits_until_it_serves, make_running, drop),
        cmocka_unit_test_setup_teardown(join__waits_with_a_configuration_that_was_changed,
                                        make_running, drop),
        cmocka_unit_test_setup_teardown(join__tells_authorities_apart, make, drop),
        cmocka_unit_test_setup_teardown(join__waits_no_longer_than_asked, make, drop),
    };
    return cmocka_run_group_tests_name("cli/cluster_join", tests, NULL, NULL);
}
