/* SPDX-License-Identifier: Apache-2.0
 * The configuration of an operator as YAML. */
#include "cli/operator_config.h"

#include "codec/json.h"

/* One line of a section. */
typedef struct line {
    const char *name;
    kw_str value; /* empty: the line is left out */
} line;

/* Texts as JSON has them, which are YAML, too. */
static kw_status write_text(kw_buf *out, kw_str value)
{
    kw_json_writer w = kw_json_writer_to(out);
    kw_json_write_str(&w, value);
    return kw_json_write_end(&w);
}

static kw_status write_section(kw_buf *out, const char *name, const line *lines, size_t count)
{
    KW_TRY(kw_buf_append_format(out, "%s:\n", name));
    for (size_t i = 0; i < count; i++) {
        if (lines[i].value.len > 0) {
            KW_TRY(kw_buf_append_format(out, "  %s: ", lines[i].name));
            KW_TRY(write_text(out, lines[i].value));
            KW_TRY(kw_buf_append_byte(out, '\n'));
        }
    }
    return KW_OK;
}

static kw_status write_list(kw_buf *out, const char *name, kw_strs items)
{
    KW_TRY(kw_buf_append_format(out, "  %s: [", name));
    for (size_t i = 0; i < items.count; i++) {
        KW_TRY(kw_buf_append_format(out, "%s", i > 0 ? ", " : ""));
        KW_TRY(write_text(out, items.items[i]));
    }
    return kw_buf_append_format(out, "]\n");
}

/* A listener, and whom it lets in. */
typedef struct door {
    const char *name;
    kw_str address;
    const char *client_cert;
    kw_str client_ca_file;
} door;

static kw_status write_listener(kw_buf *out, const kw_operator_config *config, const door *to)
{
    const line lines[] = {
        {"address", to->address},
        {"client_cert", kw_str_of(to->client_cert)},
        {"certificate_file", config->certificate_file},
        {"key_file", config->tls_key_file},
        {"client_ca_file", to->client_ca_file},
    };
    return write_section(out, to->name, lines, KW_COUNT(lines));
}

static kw_status write_listeners(kw_buf *out, const kw_operator_config *config)
{
    const line metrics[] = {{"address", config->listen_metrics}};
    kw_str clients = config->client_ca_file.len > 0 ? config->client_ca_file : config->ca_file;
    const door all[] = {
        {"listen_public", config->listen_public, "optional", clients},
        {"listen_peer", config->listen_peer, "required", config->ca_file},
        {"listen_admin", config->listen_admin, "required", clients},
    };
    size_t count = config->admin.len > 0 ? KW_COUNT(all) : KW_COUNT(all) - 1;
    for (size_t i = 0; i < count; i++) {
        KW_TRY(write_listener(out, config, &all[i]));
    }
    return write_section(out, "listen_metrics", metrics, KW_COUNT(metrics));
}

/* What is in the data folder. */
typedef struct places {
    kw_str database; /* URL */
    kw_str seal;
    kw_str slots;
    kw_str evidence;
    kw_str audit;
} places;

static kw_status find_places(kw_arena *arena, places *out, kw_str data_dir)
{
    const char *dir = data_dir.ptr;
    KW_TRY(kw_arena_format(arena, &out->database, "sqlite:%s/keyward.db", dir));
    KW_TRY(kw_arena_format(arena, &out->seal, "%s/seal.key", dir));
    KW_TRY(kw_arena_format(arena, &out->slots, "%s/slots", dir));
    KW_TRY(kw_arena_format(arena, &out->evidence, "%s/evidence", dir));
    return kw_arena_format(arena, &out->audit, "%s/audit", dir);
}

static kw_status write_guard(kw_buf *out, kw_arena *arena, const kw_operator_config *config,
                             kw_str audit)
{
    const line lines[] = {{"node", config->address}, {"audit_dir", audit}};
    kw_str entry = {0};
    KW_TRY(write_section(out, "guard", lines, KW_COUNT(lines)));
    KW_TRY(write_list(out, "peer_networks", config->peer_networks));
    if (config->admin.len == 0) {
        return KW_OK;
    }
    /* Applications and identities; and resharings, which are the operator's. */
    KW_TRY(kw_arena_format(arena, &entry, "%s=security_admin+operator", config->admin.ptr));
    return write_list(out, "bootstrap", (kw_strs){&entry, 1});
}

static kw_status write_threshold(kw_buf *out, const kw_operator_config *config, const places *at)
{
    const line lines[] = {
        {"cluster_file", config->cluster_file},
        {"operators_file", config->operators_file},
        {"address", config->address},
        {"key", config->key},
        {"curve", config->curve},
        {"key_file", config->key_file},
        {"passphrase_file", config->passphrase_file},
        {"pkcs11_module", config->pkcs11_module},
        {"pkcs11_label", config->pkcs11_label},
        {"pkcs11_pin_file", config->pkcs11_pin_file},
        {"slots_dir", at->slots},
        {"evidence_dir", at->evidence},
        {"ca_file", config->ca_file},
        {"certificate_file", config->certificate_file},
        {"tls_key_file", config->tls_key_file},
    };
    return write_section(out, "threshold", lines, KW_COUNT(lines));
}

kw_status kw_operator_config_write(kw_buf *out, kw_arena *arena, const kw_operator_config *config)
{
    places at = {.database = {0}};
    KW_TRY(find_places(arena, &at, config->data_dir));
    const line store[] = {
        {"url", at.database}, {"seal", KW_STR("key_file")}, {"seal_file", at.seal}};
    KW_TRY(write_section(out, "store", store, KW_COUNT(store)));
    KW_TRY(write_listeners(out, config));
    KW_TRY(write_guard(out, arena, config, at.audit));
    return write_threshold(out, config, &at);
}

kw_str kw_operator_config_port(kw_str url)
{
    size_t at = url.len;
    while (at > 0 && url.ptr[at - 1] >= '0' && url.ptr[at - 1] <= '9') {
        at--;
    }
    bool is_port = at > strlen("https:") && at < url.len && url.ptr[at - 1] == ':';
    return is_port ? (kw_str){url.ptr + at, url.len - at} : KW_STR("443");
}
