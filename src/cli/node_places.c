/* SPDX-License-Identifier: Apache-2.0
 * Places out of the daemon's configuration. */
#include "cli/node_places.h"

#include "codec/yaml.h"
#include "crypto/address_text.h"
#include "os/file.h"

/* One configuration on its way to places. */
typedef struct places_reader {
    kw_cli *cli;
    kw_node_places *out;
    const kw_json *root;
} places_reader;

/* Empty: it is not there. */
static kw_status get_text(const places_reader *r, kw_str *out, const char *section,
                          const char *name, kw_error *err)
{
    kw_str text = kw_json_text(kw_json_get(kw_json_get(r->root, section), name));
    KW_TRY_AT(err, kw_arena_copy_str(r->cli->arena, out, text), "reading %s.%s", section, name);
    return KW_OK;
}

static kw_status add_file(const places_reader *r, kw_backup_role role, kw_str path, kw_error *err)
{
    kw_node_places *p = r->out;
    if (path.len == 0) {
        return KW_OK;
    }
    KW_REQUIRE(p->files_count < KW_BACKUP_FILES_MAX, err, KW_LIMIT, "more than %d files",
               KW_BACKUP_FILES_MAX);
    p->files[p->files_count++] = (kw_backup_path){role, path};
    return KW_OK;
}

static kw_status add_named(const places_reader *r, kw_backup_role role, const char *section,
                           const char *name, kw_error *err)
{
    kw_str path = {0};
    KW_TRY(get_text(r, &path, section, name, err));
    return add_file(r, role, path, err);
}

static kw_status add_tls(const places_reader *r, kw_error *err)
{
    static const char *const listeners[] = {"listen_public", "listen_peer", "listen_admin",
                                            "listen_metrics"};
    const kw_threshold_config *config = &r->out->threshold;
    for (size_t i = 0; i < KW_COUNT(listeners); i++) {
        KW_TRY(add_named(r, KW_BACKUP_TLS, listeners[i], "certificate_file", err));
        KW_TRY(add_named(r, KW_BACKUP_TLS, listeners[i], "client_ca_file", err));
        KW_TRY(add_named(r, KW_BACKUP_TLS, listeners[i], "crl_file", err));
        KW_TRY(add_named(r, KW_BACKUP_TLS_KEY, listeners[i], "key_file", err));
    }
    KW_TRY(add_file(r, KW_BACKUP_TLS, config->ca_file, err));
    KW_TRY(add_file(r, KW_BACKUP_TLS, config->certificate_file, err));
    return add_file(r, KW_BACKUP_TLS_KEY, config->tls_key_file, err);
}

/* ---- the operator ---- */

/* Its section, by the daemon's own table. */
static kw_status read_threshold(const places_reader *r, kw_error *err)
{
    const kw_schema *schema = &kw_threshold_config_schema;
    kw_threshold_config *config = &r->out->threshold;
    const kw_json *section = kw_json_get(r->root, "threshold");
    KW_TRY_AT(err, kw_object_init(config, r->cli->arena, schema), "the operator's options");
    for (size_t i = 0; i < schema->count; i++) {
        const kw_field *field = &schema->fields[i];
        kw_str text = kw_json_text(kw_json_get(section, field->name));
        if (text.len > 0) {
            kw_status st = kw_field_set(config, r->cli->arena, field, text, err);
            KW_TRY_AT(err, st == KW_BAD_INPUT ? KW_CONFIG : st, "threshold.%s", field->name);
        }
    }
    KW_REQUIRE(kw_threshold_config_is_on(config), err, KW_CONFIG,
               "threshold.cluster_file is missing: this is no operator");
    return kw_threshold_config_check(config, err);
}

static kw_status add_operator(const places_reader *r, kw_error *err)
{
    const kw_threshold_config *config = &r->out->threshold;
    bool is_sealed = config->key == KW_OPERATOR_KEY_SEALED;
    KW_TRY(add_file(r, KW_BACKUP_CLUSTER, config->cluster_file, err));
    KW_TRY(add_file(r, KW_BACKUP_OPERATORS, config->operators_file, err));
    KW_TRY(add_file(r, KW_BACKUP_TOKEN_KEYS, config->token_keys_file, err));
    if (is_sealed) {
        KW_TRY(add_file(r, KW_BACKUP_OPERATOR_KEY, config->key_file, err));
        KW_TRY(add_file(r, KW_BACKUP_OPERATOR_KEY, config->previous_key_file, err));
    }
    return KW_OK;
}

/* ---- all of it ---- */
static kw_status read_places(const places_reader *r, const kw_node_yaml *yaml, kw_error *err)
{
    kw_node_places *out = r->out;
    KW_TRY(read_threshold(r, err));
    KW_REQUIRE(kw_address_parse(&out->address, out->threshold.address) == KW_OK, err, KW_CONFIG,
               "threshold.address: 0x and 40 digits in lower case");
    KW_TRY(get_text(r, &out->store_url, "store", "url", err));
    KW_REQUIRE(out->store_url.len > 0, err, KW_CONFIG, "store.url is missing");
    KW_TRY(add_file(r, KW_BACKUP_CONFIGURATION, yaml->path, err));
    KW_TRY(add_operator(r, err));
    return yaml->with_tls ? add_tls(r, err) : KW_OK;
}

kw_status kw_node_places_read(kw_cli *cli, kw_node_places *out, const kw_node_yaml *yaml,
                              kw_error *err)
{
    KW_AUTO_PTR(kw_json) root = NULL;
    kw_node_places places = {0};
    kw_error inner = {0};
    kw_status st = kw_yaml_parse(&root, yaml->text, &inner);
    KW_REQUIRE(st == KW_OK, err, st == KW_BAD_INPUT ? KW_CONFIG : st, "%s: %s", yaml->path.ptr,
               inner.text);
    const places_reader r = {.cli = cli, .out = &places, .root = root};
    KW_TRY_AT(err, read_places(&r, yaml, err), "reading %s", yaml->path.ptr);
    *out = places;
    return KW_OK;
}

kw_status kw_node_places_of_config(kw_cli *cli, kw_node_places *out, bool with_tls, kw_error *err)
{
    KW_AUTO(kw_buf) text = kw_buf_init(KW_BACKUP_FILE_BYTES_MAX);
    KW_REQUIRE(cli->config_path != NULL, err, KW_USAGE,
               "--config is missing: the configuration of the daemon");
    KW_TRY_AT(err, kw_file_read(&text, cli->config_path, err), "reading the configuration");
    const kw_node_yaml yaml = {
        .path = kw_str_of(cli->config_path), .text = kw_buf_view(&text), .with_tls = with_tls};
    return kw_node_places_read(cli, out, &yaml, err);
}

/* ---- what stands in them ---- */
kw_status kw_node_places_cluster(kw_cli *cli, kw_cluster_file *out, const kw_node_places *places,
                                 kw_error *err)
{
    const char *path = places->threshold.cluster_file.ptr;
    KW_AUTO(kw_buf) json = kw_buf_init(KW_OPERATORS_BYTES_MAX);
    KW_TRY_AT(err, kw_file_read(&json, path, err), "reading the cluster file");
    KW_TRY_AT(err, kw_cluster_file_decode(out, cli->arena, kw_buf_view(&json), err), "reading %s",
              path);
    KW_REQUIRE(out->has_master, err, KW_REFUSED,
               "%s pins no key, without which a node cannot come back: add the cluster's as "
               "master_key first",
               path);
    return KW_OK;
}

kw_status kw_node_slots_take(kw_slots **out, const kw_slots_place *place,
                             const kw_slots_owner *owner, const kw_rng *rng, kw_error *err)
{
    kw_status st = kw_slots_place_take(place, out, owner, rng, err);
    KW_REQUIRE(st != KW_BUSY, err, st, "keywardd has the slots open: stop the daemon first");
    return st;
}
