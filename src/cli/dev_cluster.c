/* SPDX-License-Identifier: Apache-2.0
 * Files of a cluster for development. Secret inputs: operator keys and TLS keys, which go into
 * private files. */
#include "cli/dev_cluster.h"

#include "cli/pki_folder.h"
#include "codec/json.h"
#include "crypto/address_text.h"
#include "crypto/keccak.h"
#include "os/dir.h"
#include "os/file.h"
#include "os/process.h"

enum {
    DAYS = 90,
    YAML_BYTES_MAX = 64 * 1024,
};

void kw_dev_cluster_drop(kw_dev_cluster *cluster)
{
    for (size_t i = 0; i < KW_DEV_NODES_MAX; i++) {
        kw_operator_secret_free(cluster->secrets[i]);
    }
    kw_x509_ca_free(cluster->ca);
    *cluster = (kw_dev_cluster){0};
}

kw_status kw_dev_cluster_path(kw_cli *cli, kw_str *out, const kw_dev_cluster *cluster, uint32_t at,
                              const char *name)
{
    return kw_arena_format(cli->arena, out, "%s/node%u/%s", cluster->plan.folder.ptr,
                           (unsigned)at + 1, name);
}

/* ---- files ---- */

/* A file of all, or with `at` of one operator. */
typedef struct dev_file {
    uint32_t at; /* from 1; 0: of all */
    const char *name;
    unsigned mode;
} dev_file;

static kw_status write_file(kw_cli *cli, const kw_dev_cluster *cluster, const dev_file *file,
                            kw_span bytes, kw_error *err)
{
    kw_str path = {0};
    const kw_dev_plan *plan = &cluster->plan;
    kw_status st = file->at == 0
                       ? kw_arena_format(cli->arena, &path, "%s/%s", plan->folder.ptr, file->name)
                       : kw_dev_cluster_path(cli, &path, cluster, file->at - 1, file->name);
    KW_TRY_AT(err, st, "naming a file");
    KW_TRY_AT(err, kw_file_write_atomic(path.ptr, bytes, file->mode, err), "writing %s", path.ptr);
    bool is_daemons = file->at != 0 && plan->user.len > 0;
    return is_daemons ? kw_process_give(path.ptr, plan->user.ptr, err) : KW_OK;
}

static kw_status write_secret(kw_cli *cli, const kw_dev_cluster *cluster, const dev_file *file,
                              kw_secret_span secret, kw_error *err)
{
    KW_ASSERT((file->mode & 077) == 0);
    kw_span bytes =
        kw_declassify_span(secret, "it goes into a private file, which is what was asked for");
    return write_file(cli, cluster, file, bytes, err);
}

static kw_status write_pair(kw_cli *cli, const kw_dev_cluster *cluster, uint32_t at,
                            const kw_x509_pair *pair, kw_error *err)
{
    const dev_file certificate = {at, at == 0 ? "admin.pem" : "peer.pem", 0644};
    const dev_file key = {at, at == 0 ? "admin.key" : "peer.key", 0600};
    KW_TRY(write_secret(cli, cluster, &key, kw_secret_bytes_view(&pair->key), err));
    return write_file(cli, cluster, &certificate, kw_buf_view(&pair->certificate), err);
}

/* ---- the authority and the administrator ---- */
static kw_status make_authority(kw_cli *cli, kw_dev_cluster *cluster, kw_error *err)
{
    KW_AUTO(kw_x509_pair) own = {0};
    KW_AUTO(kw_x509_pair) admin = {0};
    const dev_file file = {0, "ca.pem", 0644};
    const dev_file key = {0, "ca.key", 0600};
    const kw_x509_request request = {
        .common_name = "admin",
        .use = KW_X509_CLIENT,
        .names = {"URI:keyward:admin"},
        .names_count = 1,
        .not_before = kw_pki_not_before(),
        .days = DAYS,
    };
    KW_TRY(kw_x509_ca_new(&cluster->ca, "Keyward development cluster", kw_pki_not_before(), DAYS,
                          err));
    KW_TRY(kw_x509_ca_export(cluster->ca, &own, err));
    KW_TRY(write_file(cli, cluster, &file, kw_buf_view(&own.certificate), err));
    KW_TRY(write_secret(cli, cluster, &key, kw_secret_bytes_view(&own.key), err));
    KW_TRY(kw_x509_ca_issue(cluster->ca, &admin, &request, err));
    return write_pair(cli, cluster, 0, &admin, err);
}

/* ---- an operator ---- */
static kw_status make_folder(kw_cli *cli, const kw_dev_cluster *cluster, uint32_t at,
                             const char *name, kw_error *err)
{
    kw_str path = {0};
    const kw_dev_plan *plan = &cluster->plan;
    KW_TRY_AT(err, kw_dev_cluster_path(cli, &path, cluster, at, name), "naming a folder");
    KW_TRY_AT(err, kw_dir_make(path.ptr, 0700, err), "making %s", path.ptr);
    return plan->user.len > 0 ? kw_process_give(path.ptr, plan->user.ptr, err) : KW_OK;
}

static kw_status make_certificate(kw_cli *cli, kw_dev_cluster *cluster, uint32_t at, kw_error *err)
{
    KW_AUTO(kw_x509_pair) pair = {0};
    kw_x509_identity identity;
    kw_str name = {0};
    KW_TRY_AT(err, kw_arena_format(cli->arena, &name, "node%u", (unsigned)at + 1), "a name");
    const kw_x509_request request = {
        .common_name = name.ptr,
        .use = KW_X509_PEER,
        .names = {"DNS:localhost", "IP:127.0.0.1"},
        .names_count = 2,
        .not_before = kw_pki_not_before(),
        .days = DAYS,
    };
    KW_TRY(kw_x509_ca_issue(cluster->ca, &pair, &request, err));
    KW_TRY(kw_x509_identity_parse(&identity, kw_buf_view(&pair.certificate), err));
    cluster->rows.genesis.items[at].tls_spki = identity.spki;
    return write_pair(cli, cluster, at + 1, &pair, err);
}

/* An address that follows from the key: nobody has registered this operator anywhere. */
static kw_status make_row(kw_cli *cli, kw_dev_cluster *cluster, uint32_t at, kw_error *err)
{
    kw_operator_row *row = &cluster->rows.genesis.items[at];
    const kw_operator_secret *secret = cluster->secrets[at];
    kw_address address;
    kw_hash32 digest;
    char text[KW_ADDRESS_TEXT_BYTES];
    row->curve = kw_operator_secret_curve(secret);
    row->key = kw_operator_secret_public(secret);
    kw_keccak256(&digest, row->key);
    memcpy(address.bytes, digest.bytes + sizeof digest - sizeof address, sizeof address);
    kw_address_write(text, &address);
    KW_TRY_AT(err, kw_arena_copy_str(cli->arena, &row->address, kw_str_of(text)), "an address");
    KW_TRY_AT(err, kw_operator_secret_prove(secret, &cluster->proofs[at], &address),
              "proving possession of a key");
    row->proof = kw_peer_signature_view(&cluster->proofs[at]);
    row->peer_url = KW_STR("https://127.0.0.1:1"); /* the place is not in what is certified */
    row->public_url = row->peer_url;
    return KW_OK;
}

static kw_status make_keys(kw_cli *cli, kw_dev_cluster *cluster, uint32_t at, const kw_rng *rng,
                           kw_error *err)
{
    const dev_file key = {at + 1, "operator.key", 0600};
    const dev_file seal = {at + 1, "seal.key", 0600};
    KW_AUTO(kw_secret32) sealing = {0};
    KW_TRY_AT(err, kw_operator_secret_make(&cluster->secrets[at], KW_PEER_BN254, rng),
              "making an operator key");
    KW_TRY_AT(err, kw_rng_secret32(rng, &sealing), "making a key of a store");
    KW_TRY(write_secret(cli, cluster, &key,
                        kw_secret32_view(kw_operator_secret_view(cluster->secrets[at])), err));
    return write_secret(cli, cluster, &seal, kw_secret32_view(&sealing), err);
}

/* `%` stands for the folder of the operator, `^` for that of all. */
static const char yaml[] =
    "# Development only.\n"
    "store:\n  url: sqlite:%/data/keyward.db\n  seal: key_file\n  seal_file: %/seal.key\n"
    "listen_public:\n  address: 127.0.0.1:0\n  client_cert: optional\n"
    "  certificate_file: %/peer.pem\n  key_file: %/peer.key\n  client_ca_file: ^/ca.pem\n"
    "listen_peer:\n  address: 127.0.0.1:0\n  client_cert: required\n"
    "  certificate_file: %/peer.pem\n  key_file: %/peer.key\n  client_ca_file: ^/ca.pem\n"
    "listen_admin:\n  address: 127.0.0.1:0\n  client_cert: required\n"
    "  certificate_file: %/peer.pem\n  key_file: %/peer.key\n  client_ca_file: ^/ca.pem\n"
    "listen_metrics:\n  address: 127.0.0.1:0\n"
    "guard:\n  node: development\n  audit_dir: %/data/audit\n  audit_disk_free_percent: 0\n"
    "  admin_networks: [127.0.0.0/8]\n  peer_networks: [127.0.0.0/8]\n"
    "  preauth_rate: 10000000\n  preauth_burst: 60000\n"
    "  bootstrap:\n    - uri:keyward:admin=security_admin+operator\n"
    "threshold:\n  cluster_file: ^/cluster.json\n  operators_file: ^/operators.json\n"
    "  key: raw\n  curve: bn254\n  key_file: %/operator.key\n"
    "  slots_dir: %/data/slots\n  evidence_dir: %/data\n"
    "  ca_file: ^/ca.pem\n  certificate_file: %/peer.pem\n  tls_key_file: %/peer.key\n";

static kw_status append_yaml(kw_buf *out, const kw_dev_plan *plan, uint32_t at)
{
    for (const char *c = yaml; *c != '\0'; c++) {
        if (*c == '%') {
            KW_TRY(kw_buf_append_format(out, "%s/node%u", plan->folder.ptr, (unsigned)at + 1));
        } else if (*c == '^') {
            KW_TRY(kw_buf_append_str(out, plan->folder));
        } else {
            KW_TRY(kw_buf_append_byte(out, (uint8_t)*c));
        }
    }
    return KW_OK;
}

static kw_status write_configuration(kw_cli *cli, const kw_dev_cluster *cluster, uint32_t at,
                                     kw_error *err)
{
    KW_AUTO(kw_buf) text = kw_buf_init(YAML_BYTES_MAX);
    const dev_file file = {at + 1, "keywardd.yaml", 0600};
    KW_TRY_AT(err, append_yaml(&text, &cluster->plan, at), "writing a configuration");
    KW_TRY_AT(err,
              kw_buf_append_format(&text, "  address: \"%.*s\"\n",
                                   KW_STR_ARG(cluster->rows.genesis.items[at].address)),
              "writing a configuration");
    if (cluster->plan.user.len > 0) {
        KW_TRY_AT(err,
                  kw_buf_append_format(&text, "daemon:\n  user: \"%s\"\n", cluster->plan.user.ptr),
                  "writing a configuration");
    }
    return write_file(cli, cluster, &file, kw_buf_view(&text), err);
}

static kw_status make_node(kw_cli *cli, kw_dev_cluster *cluster, uint32_t at, const kw_rng *rng,
                           kw_error *err)
{
    KW_TRY(make_folder(cli, cluster, at, "", err));
    KW_TRY(make_folder(cli, cluster, at, "data", err));
    KW_TRY(make_keys(cli, cluster, at, rng, err));
    KW_TRY(make_certificate(cli, cluster, at, err));
    KW_TRY(make_row(cli, cluster, at, err));
    return write_configuration(cli, cluster, at, err);
}

/* ---- all of it ---- */
static kw_status write_json(kw_cli *cli, const kw_dev_cluster *cluster, kw_error *err)
{
    KW_AUTO(kw_buf) json = kw_buf_init(KW_OPERATORS_BYTES_MAX);
    const dev_file file = {0, "cluster.json", 0644};
    KW_TRY_AT(err, kw_json_encode(&json, &kw_cluster_rows_schema, &cluster->rows, KW_JSON_PLAIN),
              "describing the cluster");
    return write_file(cli, cluster, &file, kw_buf_view(&json), err);
}

/* Rows of spares stand behind those of the operators. */
static kw_status write_spares(kw_cli *cli, const kw_dev_cluster *cluster, kw_error *err)
{
    KW_AUTO(kw_buf) json = kw_buf_init(KW_OPERATORS_BYTES_MAX);
    const dev_file file = {0, "spares.json", 0644};
    const kw_operator_rows spares = {cluster->rows.genesis.items + cluster->plan.nodes,
                                     cluster->plan.spares};
    KW_TRY_AT(err, kw_operators_encode(&json, spares), "listing the spares");
    return write_file(cli, cluster, &file, kw_buf_view(&json), err);
}

kw_status kw_dev_cluster_publish(kw_cli *cli, const kw_dev_cluster *cluster, kw_error *err)
{
    KW_AUTO(kw_buf) json = kw_buf_init(KW_OPERATORS_BYTES_MAX);
    const dev_file file = {0, "operators.json", 0644};
    KW_TRY(write_json(cli, cluster, err));
    KW_TRY_AT(err, kw_operators_encode(&json, cluster->rows.genesis), "listing the operators");
    KW_TRY(write_file(cli, cluster, &file, kw_buf_view(&json), err));
    return cluster->plan.spares > 0 ? write_spares(cli, cluster, err) : KW_OK;
}

static kw_status fill_rows(kw_cli *cli, kw_dev_cluster *cluster, kw_error *err)
{
    kw_cluster_rows *rows = &cluster->rows;
    KW_TRY_AT(err, kw_object_init(rows, cli->arena, &kw_cluster_rows_schema), "a cluster");
    rows->version = 1;
    rows->name = KW_STR("development");
    rows->suite = cluster->plan.suite;
    rows->interval_s = cluster->plan.interval_s;
    rows->genesis.items =
        kw_arena_new(cli->arena, kw_dev_plan_all(&cluster->plan), sizeof *rows->genesis.items);
    KW_REQUIRE(rows->genesis.items != NULL, err, KW_NO_MEMORY, "no memory for the operators");
    rows->genesis.count = cluster->plan.nodes;
    return KW_OK;
}

kw_status kw_dev_cluster_make(kw_cli *cli, kw_dev_cluster *out, const kw_dev_plan *plan,
                              const kw_rng *rng, kw_error *err)
{
    KW_ASSERT(plan->nodes >= 1 && kw_dev_plan_all(plan) <= KW_DEV_NODES_MAX);
    kw_file_info info;
    kw_cluster_file checked;
    out->plan = *plan;
    KW_REQUIRE(kw_file_stat(&info, plan->folder.ptr, NULL) == KW_NOT_FOUND, err, KW_CONFLICT,
               "%s is there already: remove it, or name another folder", plan->folder.ptr);
    KW_TRY(fill_rows(cli, out, err));
    KW_TRY_AT(err, kw_dir_make(plan->folder.ptr, 0755, err), "making %s", plan->folder.ptr);
    KW_TRY(make_authority(cli, out, err));
    for (uint32_t at = 0; at < kw_dev_plan_all(plan); at++) {
        KW_TRY(make_node(cli, out, at, rng, err));
    }
    KW_TRY(kw_cluster_file_of_rows(&checked, cli->arena, &out->rows, err));
    return write_json(cli, out, err);
}
