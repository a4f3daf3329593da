/* SPDX-License-Identifier: Apache-2.0 */
#include "node/config.h"

#include "config/show.h"
#include "os/file.h"
#include "support/expect.h"
#include "support/tempdir.h"

#define NEEDED                                                   \
    "store: {url: \"sqlite:/x/k.db\", seal_file: /x/seal.key}\n" \
    "guard: {audit_dir: /x/audit}\n"                             \
    "listen_public: {address: \"127.0.0.1:0\", certificate_file: /x/s.pem, key_file: /x/s.key}\n"

static kw_status load(kw_node_settings *out, const char *yaml, const char *assignment,
                      kw_error *err)
{
    tempdir dir = tempdir_make();
    tempdir_path path = tempdir_join(&dir, "keywardd.yaml");
    kw_str word = kw_str_of(assignment);
    kw_strs assignments = {&word, assignment == NULL ? 0 : 1};
    EXPECT_OK(kw_file_write_atomic(path.text, kw_span_of_str(kw_str_of(yaml)), 0600, NULL));
    kw_status st = kw_node_settings_load(out, path.text, assignments, err);
    tempdir_remove(&dir);
    return st;
}

static void settings_load__needs_little(void **state)
{
    (void)state;
    KW_AUTO(kw_node_settings) settings = {0};
    EXPECT_OK(load(&settings, NEEDED, "log.level=debug", NULL));
    assert_int_equal(settings.config.log.level, KW_LOG_DEBUG);
    assert_int_equal(settings.config.store.seal, KW_SEAL_KEY_FILE);
    assert_true(settings.config.daemon.sandbox);
    assert_false(settings.config.test.allow);
    kw_listener_config listeners[KW_LISTENERS_COUNT];
    kw_node_listeners(&settings.config, listeners);
    EXPECT_STR(listeners[KW_LISTENER_PUBLIC].address, "127.0.0.1:0");
    assert_int_equal(listeners[KW_LISTENER_ADMIN].address.len, 0);
}

static void settings_load__refuses(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "",
        "guard: {audit_dir: /x}\nstore: {url: \"sqlite:/x\", seal_file: /x}\n", /* no listener */
        NEEDED "lissen_admin: {}\n",
        NEEDED "log: {levle: debug}\n",
        NEEDED "log: {level: loud}\n",
        NEEDED "daemon: {sandbox: false}\n",
        NEEDED "emtp: {notify_private: true}\n",
        NEEDED "emtp: {test_key: true}\n",
        NEEDED "emtp: {cadence: custom}\n",
        NEEDED "emtp: {match_roles: [payer=payer]}\n",
        NEEDED "emtp: {match_roles: []}\n",
        NEEDED "listen_admin: {address: \"127.0.0.1:0\"}\n",
        NEEDED "listen_admin: {address: \"127.0.0.1:0\", certificate_file: /x, key_file: /x,"
               " client_ca_file: /x, client_cert: optional}\n",
        NEEDED "listen_peer: {address: \"127.0.0.1:0\", certificate_file: /x, key_file: /x}\n",
        NEEDED "store: {}\n", /* twice */
        "a: [",
    };
    for (size_t i = 0; i < KW_COUNT(texts); i++) {
        KW_AUTO(kw_node_settings) settings = {0};
        kw_error err = {0};
        kw_status st = load(&settings, texts[i], NULL, &err);
        if (st != KW_CONFIG) {
            fail_msg("%s: %s", texts[i], kw_status_name(st));
        }
        assert_int_equal(err.status, KW_CONFIG);
    }
}

static void settings_load__permits_tests_their_switches(void **state)
{
    (void)state;
    KW_AUTO(kw_node_settings) settings = {0};
    EXPECT_OK(load(&settings,
                   NEEDED "test: {allow: true}\ndaemon: {sandbox: false}\n"
                          "emtp: {notify_private: true}\n",
                   NULL, NULL));
    settings.config.test.allow = false;
    EXPECT_STATUS(kw_node_config_check(&settings.config, NULL), KW_CONFIG);
}

static void settings_load__takes_the_test_key_with_both_switches(void **state)
{
    (void)state;
    KW_AUTO(kw_node_settings) settings = {0};
    EXPECT_OK(load(&settings, NEEDED "test: {allow: true}\nemtp: {test_key: true}\n", NULL, NULL));
    assert_true(settings.config.emtp.test_key);
    kw_error err = {0};
    settings.config.test.allow = false;
    EXPECT_STATUS(kw_node_config_check(&settings.config, &err), KW_CONFIG);
    assert_string_equal(err.text, "emtp.test_key needs test.allow");
}

static void settings_load__says_which_file_is_missing(void **state)
{
    (void)state;
    KW_AUTO(kw_node_settings) settings = {0};
    kw_error err = {0};
    EXPECT_STATUS(kw_node_settings_load(&settings, "/nonexistent/k.yaml", (kw_strs){0}, &err),
                  KW_NOT_FOUND);
    assert_non_null(strstr(err.text, "/nonexistent/k.yaml"));
}

/* What --print-config shows, --config reads. */
static void settings__are_printed_as_they_are_read(void **state)
{
    (void)state;
    KW_AUTO(kw_node_settings) settings = {0};
    KW_AUTO(kw_node_settings) again = {0};
    KW_AUTO(kw_buf) text = kw_buf_init(1 << 20);
    KW_AUTO(kw_buf) changes = kw_buf_init(1 << 20);
    const char *yaml = NULL;
    EXPECT_OK(load(&settings, NEEDED, "emtp.cadence=weekly", NULL));
    EXPECT_OK(kw_config_print(&text, &kw_node_shape, &settings.config));
    EXPECT_OK(kw_buf_c_text(&text, &yaml));
    EXPECT_OK(load(&again, yaml, NULL, NULL));
    EXPECT_OK(kw_config_diff(&changes, &kw_node_shape, &settings.config, &again.config, NULL));
    assert_int_equal(changes.len, 0);
    again.config.log.level = KW_LOG_ERROR;
    EXPECT_OK(kw_config_diff(&changes, &kw_node_shape, &settings.config, &again.config, NULL));
    EXPECT_STR(kw_buf_text(&changes), "log.level\n");
    again.config.emtp.cadence = KW_EMTP_DAILY; /* needs a restart */
    EXPECT_STATUS(kw_config_diff(&changes, &kw_node_shape, &settings.config, &again.config, NULL),
                  KW_CONFIG);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(settings_load__needs_little),
        cmocka_unit_test(settings_load__refuses),
        cmocka_unit_test(settings_load__permits_tests_their_switches),
        cmocka_unit_test(settings_load__takes_the_test_key_with_both_switches),
        cmocka_unit_test(settings_load__says_which_file_is_missing),
        cmocka_unit_test(settings__are_printed_as_they_are_read),
    };
    return cmocka_run_group_tests_name("node/config", tests, NULL, NULL);
}
