/* SPDX-License-Identifier: Apache-2.0
 * Sections of the daemon, and the checks between them. */
#include "node/config.h"

#include "config/load.h"
#include "os/file.h"

enum {
    FILE_BYTES_MAX = 1 << 20,
    ARENA_BYTES_MAX = 4 << 20
};

static const kw_option daemon_options[] = {
    KW_OPTION(kw_daemon_config, user, 64, .fallback = "", .made_of = "._-",
              .help = "user to become when started as root; without one, root is refused"),
    KW_OPTION(kw_daemon_config, sandbox, 1, .fallback = "true",
              .help = "filter system calls and files; false needs test.allow"),
    KW_OPTION(kw_daemon_config, files_max, 10000000, .min = 64, .fallback = "65536",
              .help = "open files to ask the system for"),
};
KW_SCHEMA(kw_daemon_config, daemon_options);

static const kw_option log_options[] = {
    KW_OPTION_ENUM(kw_log_config, level, kw_log_level_names, .fallback = "info", .reloads = true,
                   .help = "least level that is written"),
    KW_OPTION(kw_log_config, file, 1024, .fallback = "",
              .help = "file to append to, opened anew at SIGHUP; empty: standard error"),
};
KW_SCHEMA(kw_log_config, log_options);

static const kw_enum_name seal_names[] = {{"passphrase_file", KW_SEAL_PASSPHRASE_FILE},
                                          {"key_file", KW_SEAL_KEY_FILE}};

static const kw_option store_options[] = {
    KW_OPTION(kw_store_config, url, 1024, .flags = KW_REQ, .min = 1,
              .help = "sqlite:PATH or postgresql://..."),
    KW_OPTION(kw_store_config, readers_max, 64, .min = 1, .fallback = "4",
              .help = "read connections"),
    KW_OPTION_ENUM(kw_store_config, seal, seal_names, .fallback = "key_file",
                   .help = "what seal_file holds: a passphrase (Argon2id) or 32 raw bytes"),
    KW_OPTION(kw_store_config, seal_file, 1024, .flags = KW_REQ, .min = 1,
              .help = "private file that opens the sealed records"),
};
KW_SCHEMA(kw_store_config, store_options);

static const kw_option test_options[] = {
    KW_OPTION(kw_test_config, allow, 1, .fallback = "false",
              .help = "permit what only tests need; never in production"),
};
KW_SCHEMA(kw_test_config, test_options);

static const kw_section sections[] = {
    KW_SECTION(kw_node_config, daemon, &kw_daemon_config_schema, "the process"),
    KW_SECTION(kw_node_config, log, &kw_log_config_schema, "the structured log"),
    KW_SECTION(kw_node_config, store, &kw_store_config_schema, "database and sealed records"),
    KW_SECTION(kw_node_config, net, &kw_net_config_schema, "limits of connections and requests"),
    KW_SECTION(kw_node_config, listen_public, &kw_listener_config_schema, "clients"),
    KW_SECTION(kw_node_config, listen_peer, &kw_listener_config_schema, "operators, replicas"),
    KW_SECTION(kw_node_config, listen_admin, &kw_listener_config_schema, "management"),
    KW_SECTION(kw_node_config, listen_metrics, &kw_listener_config_schema, "metrics and health"),
    KW_SECTION(kw_node_config, guard, &kw_guard_config_schema, "identities, rates, audit"),
    KW_SECTION(kw_node_config, emtp, &kw_emtp_config_schema, "the EMTP key server"),
    KW_SECTION(kw_node_config, threshold, &kw_threshold_config_schema,
               "an operator of a cluster that shares a key"),
    KW_SECTION(kw_node_config, test, &kw_test_config_schema, "switches for tests"),
};
const kw_config_shape kw_node_shape = KW_CONFIG_SHAPE(kw_node_config, sections);

static bool has_tls(const kw_listener_config *listener)
{
    return listener->certificate_file.len > 0 && listener->key_file.len > 0;
}

static bool is_off_or_strict(const kw_listener_config *listener)
{
    return listener->address.len == 0 ||
           (has_tls(listener) && listener->client_cert == KW_CLIENT_CERT_REQUIRED);
}

kw_status kw_node_config_check(const kw_node_config *config, kw_error *err)
{
    KW_REQUIRE(config->listen_public.address.len > 0 && has_tls(&config->listen_public), err,
               KW_CONFIG, "listen_public: address, certificate_file and key_file are needed");
    KW_REQUIRE(is_off_or_strict(&config->listen_admin), err, KW_CONFIG,
               "listen_admin: takes TLS with client_cert: required only");
    KW_REQUIRE(is_off_or_strict(&config->listen_peer), err, KW_CONFIG,
               "listen_peer: takes TLS with client_cert: required only");
    KW_REQUIRE(config->daemon.sandbox || config->test.allow, err, KW_CONFIG,
               "daemon.sandbox: false needs test.allow");
    KW_REQUIRE(!config->emtp.notify_private || config->test.allow, err, KW_CONFIG,
               "emtp.notify_private needs test.allow");
    KW_REQUIRE(!config->emtp.test_key || config->test.allow, err, KW_CONFIG,
               "emtp.test_key needs test.allow");
    KW_TRY(kw_threshold_config_check(&config->threshold, err));
    KW_REQUIRE(!kw_threshold_config_is_on(&config->threshold) ||
                   config->listen_peer.address.len > 0,
               err, KW_CONFIG, "threshold.cluster_file needs listen_peer");
    kw_emtp_rule rule = {0};
    kw_match_roles roles = {0};
    KW_TRY(kw_emtp_config_roles(&config->emtp, &roles, err));
    return kw_emtp_config_rule(&config->emtp, &rule, err);
}

void kw_node_settings_drop(kw_node_settings *settings)
{
    kw_arena_drop(&settings->arena);
    *settings = (kw_node_settings){0};
}

static kw_status load(kw_node_settings *out, const char *path, kw_strs assignments, kw_error *err)
{
    KW_AUTO(kw_buf) yaml = kw_buf_init(FILE_BYTES_MAX);
    if (path != NULL) {
        KW_TRY_AT(err, kw_file_read(&yaml, path, err), "reading %s", path);
    }
    kw_config_sources sources = {.yaml = kw_buf_view(&yaml), .assignments = assignments};
    KW_TRY_AT(err, kw_config_environment(&sources.environment, &out->arena), "the environment");
    KW_TRY(kw_config_load(&out->config, &out->arena, &kw_node_shape, &sources, err));
    return kw_node_config_check(&out->config, err);
}

kw_status kw_node_settings_load(kw_node_settings *out, const char *path, kw_strs assignments,
                                kw_error *err)
{
    kw_node_settings settings = {.arena = kw_arena_init(ARENA_BYTES_MAX)};
    kw_status st = load(&settings, path, assignments, err);
    if (st != KW_OK) {
        kw_node_settings_drop(&settings);
        return st;
    }
    *out = settings;
    return KW_OK;
}

void kw_node_listeners(const kw_node_config *config, kw_listener_config out[KW_LISTENERS_COUNT])
{
    out[KW_LISTENER_NONE] = (kw_listener_config){0};
    out[KW_LISTENER_PUBLIC] = config->listen_public;
    out[KW_LISTENER_PEER] = config->listen_peer;
    out[KW_LISTENER_ADMIN] = config->listen_admin;
    out[KW_LISTENER_METRICS] = config->listen_metrics;
}
