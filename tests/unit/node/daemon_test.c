/* SPDX-License-Identifier: Apache-2.0
 * The whole daemon in this process: it starts, says where it listens, reloads, ends; and whatever
 * is wrong, nothing serves. */
#include "node/daemon.h"

#include "net/http_client.h"
#include "os/file.h"
#include "support/expect.h"
#include "support/net_certs.h"

#include <stdlib.h>

typedef struct bench {
    net_certs certs;
    tempdir dir;
    kw_node_settings settings;
} bench;

static void bench_make(bench *b, const char *more_yaml)
{
    *b = (bench){.certs = net_certs_make(), .dir = tempdir_make()};
    tempdir_path seal = tempdir_join(&b->dir, "seal.key");
    tempdir_path file = tempdir_join(&b->dir, "keywardd.yaml");
    uint8_t key[32] = {1};
    EXPECT_OK(kw_file_write_atomic(seal.text, KW_SPAN(key), 0600, NULL));
    KW_AUTO(kw_buf) yaml = kw_buf_init(65536);
    EXPECT_OK(kw_buf_append_format(
        &yaml,
        "store: {url: \"sqlite:%s/k.db\", seal_file: \"%s\"}\n"
        "guard: {audit_dir: \"%s/audit\", audit_disk_free_percent: 0}\n"
        "listen_public: {address: \"127.0.0.1:0\", client_cert: optional,"
        " certificate_file: \"%s\", key_file: \"%s\", client_ca_file: \"%s\"}\n"
        "listen_metrics: {address: \"127.0.0.1:0\"}\n"
        "net: {loops: 1, workers: 2}\n%s",
        b->dir.path, seal.text, b->dir.path, net_certs_path(&b->certs, "server.pem").text,
        net_certs_path(&b->certs, "server.key").text, net_certs_path(&b->certs, "ca.pem").text,
        more_yaml));
    EXPECT_OK(kw_file_write_atomic(file.text, kw_buf_view(&yaml), 0600, NULL));
    EXPECT_OK(kw_node_settings_load(&b->settings, file.text, (kw_strs){0}, NULL));
}

static void bench_drop(bench *b)
{
    kw_node_settings_drop(&b->settings);
    net_certs_drop(&b->certs);
    tempdir_remove(&b->dir);
}

static kw_status start(bench *b, kw_daemon **out, const char *test_clock, kw_error *err)
{
    kw_daemon_options options = {.config = &b->settings.config, .test_clock_path = test_clock};
    return kw_daemon_start(out, &options, err);
}

static void daemon__starts_describes_itself_reloads_and_ends(void **state)
{
    (void)state;
    bench b;
    bench_make(&b, "");
    for (int i = 0; i < 2; i++) { /* the second time over what the first left */
        KW_AUTO_PTR(kw_daemon) daemon = NULL;
        EXPECT_OK(start(&b, &daemon, NULL, NULL));
        KW_AUTO(kw_buf) text = kw_buf_init(4096);
        const char *lines = NULL;
        EXPECT_OK(kw_daemon_describe(daemon, &text));
        EXPECT_OK(kw_buf_c_text(&text, &lines));
        assert_non_null(strstr(lines, "listening public 127.0.0.1:"));
        unsigned long public_port = strtoul(strstr(lines, "public ") + 17, NULL, 10);
        unsigned long metrics_port = strtoul(strstr(lines, "metrics ") + 18, NULL, 10);
        assert_true(public_port > 0 && metrics_port > 0 && public_port != metrics_port);
        assert_true(kw_str_ends_with(kw_buf_text(&text), KW_STR("\nready\n")));
        EXPECT_OK(kw_daemon_reload(daemon, &b.settings.config, NULL));
    }
    bench_drop(&b);
}

static void daemon_start__fails_closed(void **state)
{
    (void)state;
    bench b;
    bench_make(&b, "");
    kw_daemon *daemon = NULL;
    kw_error err = {0};
    tempdir_path seal = tempdir_join(&b.dir, "seal.key");
    EXPECT_OK(start(&b, &daemon, NULL, NULL));
    kw_daemon_free(daemon);
    daemon = NULL;
    uint8_t other[32] = {2};
    EXPECT_OK(kw_file_write_atomic(seal.text, KW_SPAN(other), 0600, NULL));
    EXPECT_STATUS(start(&b, &daemon, NULL, &err), KW_SEALED);
    assert_int_equal(err.status, KW_SEALED);
    EXPECT_OK(kw_file_remove(seal.text, NULL));
    EXPECT_STATUS(start(&b, &daemon, NULL, &err), KW_SEALED);
    b.settings.config.store.url = KW_STR("mysql:x");
    EXPECT_STATUS(start(&b, &daemon, NULL, &err), KW_CONFIG);
    assert_null(daemon);
    kw_daemon_free(NULL);
    bench_drop(&b);
}

static void daemon_start__takes_a_test_clock_only_when_allowed(void **state)
{
    (void)state;
    bench b;
    bench_make(&b, "");
    tempdir_path clock = tempdir_join(&b.dir, "clock");
    kw_daemon *daemon = NULL;
    kw_error err = {0};
    EXPECT_OK(kw_file_write_atomic(clock.text, kw_span_of_str(KW_STR("+0")), 0600, NULL));
    EXPECT_STATUS(start(&b, &daemon, clock.text, &err), KW_REFUSED);
    assert_non_null(strstr(err.text, "test.allow"));
    b.settings.config.test.allow = true;
    EXPECT_OK(start(&b, &daemon, clock.text, NULL));
    kw_daemon_free(daemon);
    bench_drop(&b);
}

static void daemon_reload__refuses_a_certificate_that_is_none(void **state)
{
    (void)state;
    bench b;
    bench_make(&b, "");
    KW_AUTO_PTR(kw_daemon) daemon = NULL;
    EXPECT_OK(start(&b, &daemon, NULL, NULL));
    kw_node_config changed = b.settings.config;
    changed.listen_public.certificate_file = changed.store.seal_file;
    EXPECT_STATUS(kw_daemon_reload(daemon, &changed, NULL), KW_CONFIG);
    EXPECT_OK(kw_daemon_reload(daemon, &b.settings.config, NULL));
    kw_daemon_free(daemon);
    daemon = NULL;
    bench_drop(&b);
}

int main(void)
{
    if (kw_http_client_setup(NULL) != KW_OK) {
        return 1;
    }
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(daemon__starts_describes_itself_reloads_and_ends),
        cmocka_unit_test(daemon_start__fails_closed),
        cmocka_unit_test(daemon_start__takes_a_test_clock_only_when_allowed),
        cmocka_unit_test(daemon_reload__refuses_a_certificate_that_is_none),
    };
    return cmocka_run_group_tests_name("node/daemon", tests, NULL, NULL);
}
