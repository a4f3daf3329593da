/* SPDX-License-Identifier: Apache-2.0
 * Places out of the daemon's configuration. */
#include "cli/node_places.h"

#include "codec/yaml.h"
#include "crypto/address_text.h"

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

static kw_status need_text(const places_reader *r, kw_str *out, const char *section,
                           const char *name, kw_error *err)
{
    KW_TRY(get_text(r, out, section, name, err));
    KW_REQUIRE(out->len > 0, err, KW_CONFIG, "%s.%s is missing: this is no operator", section,
               name);
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
    for (size_t i = 0; i < KW_COUNT(listeners); i++) {
        KW_TRY(add_named(r, KW_BACKUP_TLS, listeners[i], "certificate_file", err));
        KW_TRY(add_named(r, KW_BACKUP_TLS, listeners[i], "client_ca_file", err));
        KW_TRY(add_named(r, KW_BACKUP_TLS, listeners[i], "crl_file", err));
        KW_TRY(add_named(r, KW_BACKUP_TLS_KEY, listeners[i], "key_file", err));
    }
    KW_TRY(add_named(r, KW_BACKUP_TLS, "threshold", "ca_file", err));
    KW_TRY(add_named(r, KW_BACKUP_TLS, "threshold", "certificate_file", err));
    return add_named(r, KW_BACKUP_TLS_KEY, "threshold", "tls_key_file", err);
}

/* ---- the operator's key ---- */
static kw_status read_key(const places_reader *r, kw_error *err)
{
    kw_operator_key_options *key = &r->out->key;
    kw_str kind = {0};
    kw_str curve = {0};
    kw_str path = {0};
    kw_str passphrase = {0};
    KW_TRY(get_text(r, &kind, "threshold", "key", err));
    KW_TRY(get_text(r, &curve, "threshold", "curve", err));
    KW_TRY(need_text(r, &path, "threshold", "key_file", err));
    KW_TRY(get_text(r, &passphrase, "threshold", "passphrase_file", err));
    bool is_raw = kw_str_equal(kind, KW_STR("raw"));
    KW_REQUIRE(is_raw || kind.len == 0 || kw_str_equal(kind, KW_STR("sealed")), err, KW_CONFIG,
               "threshold.key is neither sealed nor raw: such a node has no backup of this kind");
    *key = (kw_operator_key_options){
        .source = is_raw ? KW_OPERATOR_KEY_RAW : KW_OPERATOR_KEY_SEALED,
        .path = path.ptr,
        .passphrase_path = passphrase.len > 0 ? passphrase.ptr : NULL,
        .curve = kw_str_equal(curve, KW_STR("secp256k1")) ? KW_PEER_ECDSA : KW_PEER_BN254,
    };
    return is_raw ? KW_OK : add_file(r, KW_BACKUP_OPERATOR_KEY, path, err);
}

/* ---- all of it ---- */
static kw_status read_places(const places_reader *r, const kw_node_yaml *yaml, kw_error *err)
{
    kw_node_places *out = r->out;
    kw_str address = {0};
    KW_TRY(need_text(r, &out->cluster_file, "threshold", "cluster_file", err));
    KW_TRY(need_text(r, &out->slots_dir, "threshold", "slots_dir", err));
    KW_TRY(need_text(r, &out->store_url, "store", "url", err));
    KW_TRY(need_text(r, &address, "threshold", "address", err));
    KW_REQUIRE(kw_address_parse(&out->address, address) == KW_OK, err, KW_CONFIG,
               "threshold.address: 0x and 40 digits in lower case");
    KW_TRY(add_file(r, KW_BACKUP_CONFIGURATION, yaml->path, err));
    KW_TRY(add_file(r, KW_BACKUP_CLUSTER, out->cluster_file, err));
    KW_TRY(add_named(r, KW_BACKUP_OPERATORS, "threshold", "operators_file", err));
    KW_TRY(add_named(r, KW_BACKUP_TOKEN_KEYS, "threshold", "token_keys_file", err));
    KW_TRY(read_key(r, err));
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
