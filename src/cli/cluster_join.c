/* SPDX-License-Identifier: Apache-2.0
 * keyward cluster join: from the files of a cluster and of one operator to the configuration of its
 * daemon. Source: threshold.md sections 1, 3. Secret inputs: the operator's keys. */
#include "cli/commands.h"
#include "cli/join_case.h"
#include "cli/operator_config.h"
#include "cli/print.h"
#include "client/randomness.h"
#include "net/endpoint.h"
#include "os/clock.h"
#include "os/dir.h"
#include "os/file.h"
#include "os/process.h"

#include <inttypes.h>

enum {
    FIT = 0,
    MEND = 1,
    PATH_BYTES_MAX = KW_CLUSTER_PATH_BYTES_MAX,
    YAML_BYTES_MAX = 64 * 1024,
    FOLDER_BYTES_MAX = 4096,
    WAIT_S_MAX = 24 * 3600,
    CLOCK_S_MAX = 2, /* that clocks may differ: threshold.md section 3 */
};

typedef struct join_options {
    kw_str out;
    kw_cluster_options cluster;
    kw_operator_options self;
    kw_str data_dir;
    kw_str public_listen;
    kw_str peer_listen;
    kw_str metrics_listen;
    kw_strs peer_network;
    kw_str admin;
    kw_str admin_listen;
    kw_str client_ca;
    kw_str list;
    uint32_t wait;
} join_options;

static const kw_field join_fields[] = {
    KW_FIELD(join_options, out, PATH_BYTES_MAX, KW_REQ | KW_OPERAND, .min = 1,
             .help = "file for the daemon's configuration, keywardd.yaml"),
    KW_CLUSTER_FIELDS(join_options),
    KW_CLUSTER_CALL_FIELDS(join_options),
    KW_OPERATOR_FIELDS(join_options),
    KW_FIELD(join_options, data_dir, PATH_BYTES_MAX, KW_REQ, .min = 1,
             .help = "folder for all that the daemon keeps; it is made"),
    KW_FIELD(join_options, peer_network, 64, KW_REQ, .min = 1, .items_max = 64,
             .help = "network that the other operators call from, 10.0.0.0/8; may be repeated"),
    KW_FIELD(join_options, public_listen, 64, 0,
             .help = "address:port for clients; default: all addresses, port of public_url"),
    KW_FIELD(join_options, peer_listen, 64, 0,
             .help = "address:port for operators; default: all addresses, port of peer_url"),
    KW_FIELD(join_options, metrics_listen, 64, 0, .fallback = "127.0.0.1:9464",
             .help = "address:port for metrics and health"),
    KW_FIELD(join_options, admin, 256, 0,
             .help = "certificate of an administrator, uri:NAME or dns:NAME; default: none"),
    KW_FIELD(join_options, admin_listen, 64, 0, .fallback = "127.0.0.1:9443",
             .help = "address:port for administrators"),
    KW_FIELD(join_options, client_ca, PATH_BYTES_MAX, 0,
             .help = "PEM file with the authorities of administrators and of applications' "
                     "certificates; default: those of --ca"),
    KW_FIELD(join_options, list, PATH_BYTES_MAX, 0,
             .help = "file to write: the operators with this one; without --operators it is also "
                     "the list that the daemon reads"),
    KW_FIELD(join_options, wait, WAIT_S_MAX, 0, .fallback = "0",
             .help = "seconds to wait until this operator serves; 0: do not wait"),
};
KW_SCHEMA(join_options, join_fields);

typedef struct join_reply {
    kw_str file;
    kw_str cluster;
    kw_hash32 cluster_id;
    uint32_t suite;
    kw_str address;
    bool listed;
    uint32_t operators;
    uint32_t answered;
    uint64_t epoch;
    int64_t epoch_time;
    kw_str master_key;
    bool pinned;
    bool serving;
} join_reply;

static const kw_field reply_fields[] = {
    KW_FIELD(join_reply, file, PATH_BYTES_MAX, KW_REQ, .help = "the daemon's configuration"),
    KW_FIELD(join_reply, cluster, KW_CLUSTER_NAME_BYTES_MAX, KW_REQ),
    KW_FIELD(join_reply, cluster_id, 0, KW_REQ, .help = "compare it with the other operators"),
    KW_FIELD(join_reply, suite, 2, KW_REQ, .help = "of the key generation"),
    KW_FIELD(join_reply, address, 64, KW_REQ, .help = "of this operator"),
    KW_FIELD(join_reply, listed, 0, KW_REQ, .help = "it is one of the operators of now"),
    KW_FIELD(join_reply, operators, KW_THRESHOLD_MEMBERS_MAX, KW_REQ, .help = "others"),
    KW_FIELD(join_reply, answered, KW_THRESHOLD_MEMBERS_MAX, KW_REQ,
             .help = "others that showed an epoch which holds"),
    KW_FIELD(join_reply, epoch, UINT64_MAX, KW_REQ, .help = "newest; 0: none"),
    KW_FIELD(join_reply, epoch_time, INT64_MAX, KW_TIME, .help = "of its boundary"),
    KW_FIELD(join_reply, master_key, 192, 0, .help = "that it is of"),
    KW_FIELD(join_reply, pinned, 0, KW_REQ, .help = "cluster.json or --master-key names that key"),
    KW_FIELD(join_reply, serving, 0, KW_REQ, .help = "this operator has a share and serves"),
};
KW_SCHEMA(join_reply, reply_fields);

/* ---- the configuration ---- */
static kw_status make_absolute(kw_cli *cli, kw_str *path, kw_error *err)
{
    KW_AUTO(kw_buf) folder = kw_buf_init(FOLDER_BYTES_MAX);
    if (path->len == 0 || path->ptr[0] == '/') {
        return KW_OK;
    }
    KW_TRY(kw_process_folder(&folder, err));
    KW_TRY_AT(err,
              kw_arena_format(cli->arena, path, "%.*s/%.*s", KW_STR_ARG(kw_buf_text(&folder)),
                              KW_STR_ARG(*path)),
              "naming a file");
    return KW_OK;
}

static kw_status choose_listen(kw_cli *cli, kw_str *address, kw_str url, kw_error *err)
{
    kw_endpoint endpoint;
    if (address->len == 0) {
        KW_TRY_AT(err,
                  kw_arena_format(cli->arena, address, "0.0.0.0:%.*s",
                                  KW_STR_ARG(kw_operator_config_port(url))),
                  "choosing a port");
    }
    KW_REQUIRE(kw_endpoint_parse(&endpoint, *address) == KW_OK, err, KW_BAD_INPUT,
               "%.*s: a listener has an address:port, such as 0.0.0.0:8443", KW_STR_ARG(*address));
    return KW_OK;
}

/* As options of commands and of the daemon call it. */
static kw_str name_of(kw_operator_key_source source)
{
    size_t at = 0;
    while (kw_operator_key_names[at].value != (int)source) {
        at++;
    }
    return kw_str_of(kw_operator_key_names[at].name);
}

static kw_status fill_config(kw_cli *cli, kw_operator_config *out, const join_options *options,
                             const kw_operator_row *row, kw_error *err)
{
    *out = (kw_operator_config){
        .data_dir = options->data_dir,
        .cluster_file = options->cluster.cluster,
        .operators_file =
            options->cluster.operators.len > 0 ? options->cluster.operators : options->list,
        .address = row->address,
        .curve = row->curve == KW_PEER_BN254 ? KW_STR("bn254") : KW_STR("secp256k1"),
        .key = name_of(options->self.key),
        .key_file = options->self.key_file,
        .passphrase_file = options->self.passphrase_file,
        .pkcs11_module = options->self.token.pkcs11_module,
        .pkcs11_label = options->self.token.pkcs11_label,
        .pkcs11_pin_file = options->self.token.pkcs11_pin_file,
        .ca_file = options->cluster.ca,
        .client_ca_file = options->client_ca,
        .certificate_file = options->cluster.cert,
        .tls_key_file = options->cluster.cert_key,
        .listen_public = options->public_listen,
        .listen_peer = options->peer_listen,
        .listen_metrics = options->metrics_listen,
        .peer_networks = options->peer_network,
        .admin = options->admin,
        .listen_admin = options->admin_listen,
    };
    kw_str *const paths[] = {&out->data_dir,        &out->cluster_file,   &out->operators_file,
                             &out->passphrase_file, &out->pkcs11_module,  &out->pkcs11_pin_file,
                             &out->ca_file,         &out->client_ca_file, &out->certificate_file,
                             &out->tls_key_file};
    for (size_t i = 0; i < KW_COUNT(paths); i++) {
        KW_TRY(make_absolute(cli, paths[i], err));
    }
    if (options->self.key != KW_OPERATOR_KEY_TOKEN) {
        KW_TRY(make_absolute(cli, &out->key_file, err));
    }
    KW_TRY(choose_listen(cli, &out->listen_public, row->public_url, err));
    KW_TRY(choose_listen(cli, &out->listen_peer, row->peer_url, err));
    KW_TRY(choose_listen(cli, &out->listen_admin, row->public_url, err));
    return choose_listen(cli, &out->listen_metrics, row->public_url, err);
}

/* ---- files ---- */

/* The same command may run again; what somebody changed since is not written over. */
static kw_status check_file(const char *path, kw_span bytes, kw_error *err)
{
    KW_AUTO(kw_buf) there = kw_buf_init(KW_OPERATORS_BYTES_MAX);
    kw_status st = kw_file_read(&there, path, NULL);
    bool is_free = st == KW_NOT_FOUND || kw_span_equal_var(kw_buf_view(&there), bytes);
    KW_REQUIRE(is_free, err, KW_CONFLICT, "%s is there with other content: nothing is replaced",
               path);
    return KW_OK;
}

static kw_status make_folder(kw_cli *cli, const join_options *options, const char *name,
                             kw_error *err)
{
    kw_str path = {0};
    KW_TRY_AT(err, kw_arena_format(cli->arena, &path, "%s%s", options->data_dir.ptr, name),
              "naming a folder");
    return kw_dir_make(path.ptr, 0700, err);
}

/* The key of the daemon's sealed records: made once. */
static kw_status make_seal(kw_cli *cli, const join_options *options, kw_error *err)
{
    kw_str path = {0};
    kw_file_info info;
    KW_AUTO(kw_client_randomness) randomness = {0};
    KW_AUTO(kw_secret32) key = {{0}};
    KW_TRY_AT(err, kw_arena_format(cli->arena, &path, "%s/seal.key", options->data_dir.ptr),
              "naming a file");
    if (kw_file_stat(&info, path.ptr, NULL) == KW_OK) {
        return KW_OK;
    }
    KW_TRY(kw_client_randomness_open(&randomness, err));
    kw_rng rng = kw_client_randomness_rng(&randomness);
    KW_TRY_AT(err, kw_rng_secret32(&rng, &key), "making a key of a store");
    kw_span bytes = kw_declassify_span(kw_secret32_view(&key), "it goes into a private file");
    return kw_file_write_atomic(path.ptr, bytes, 0600, err);
}

static kw_status write_list(const join_options *options, const kw_join_case *join, kw_error *err)
{
    KW_AUTO(kw_buf) json = kw_buf_init(KW_OPERATORS_BYTES_MAX);
    if (options->list.len == 0) {
        return KW_OK;
    }
    KW_TRY_AT(err, kw_operators_encode(&json, join->rows), "listing the operators");
    KW_TRY(check_file(options->list.ptr, kw_buf_view(&json), err));
    return kw_file_write_atomic(options->list.ptr, kw_buf_view(&json), 0644, err);
}

/* The configuration is the operator's to change: who only waits for the daemon keeps it. */
static kw_status check_config(kw_cli *cli, bool *out_is_kept, const join_options *options,
                              kw_span bytes, kw_error *err)
{
    kw_status st = check_file(options->out.ptr, bytes, err);
    *out_is_kept = st == KW_CONFLICT && options->wait > 0;
    if (*out_is_kept) {
        kw_cli_note(cli, "%s was changed since: it stays as it is", options->out.ptr);
        return KW_OK;
    }
    return st;
}

static kw_status write_files(kw_cli *cli, const join_options *options, const kw_join_case *join,
                             kw_error *err)
{
    kw_operator_config config;
    KW_AUTO(kw_buf) yaml = kw_buf_init(YAML_BYTES_MAX);
    KW_TRY(fill_config(cli, &config, options, &join->self.row, err));
    KW_TRY_AT(err, kw_operator_config_write(&yaml, cli->arena, &config), "the configuration");
    bool is_kept = false;
    KW_TRY(check_config(cli, &is_kept, options, kw_buf_view(&yaml), err));
    KW_TRY(write_list(options, join, err));
    KW_TRY(make_folder(cli, options, "", err));
    KW_TRY(make_folder(cli, options, "/evidence", err));
    KW_TRY(make_seal(cli, options, err));
    return is_kept ? KW_OK : kw_file_write_atomic(options->out.ptr, kw_buf_view(&yaml), 0644, err);
}

/* ---- what to do about what was seen ---- */
static bool note_clock(kw_cli *cli, const kw_join_case *join, const kw_join_view *view)
{
    const kw_config_fields *config = &join->remote.cluster.file.config;
    kw_clock clock = kw_clock_system();
    int64_t age_s = kw_clock_now_ms(&clock) / 1000 - view->time;
    int64_t most_s = (int64_t)config->interval_s * config->reshare_every + config->interval_s;
    if (view->epoch > 0 && age_s < -CLOCK_S_MAX) {
        kw_cli_note(cli, "the clock of this machine is at least %" PRId64 " s behind: run NTP",
                    -age_s);
        return true;
    }
    if (view->epoch > 0 && age_s > most_s) {
        kw_cli_note(cli,
                    "the newest epoch is %" PRId64 " s old: the clock here is ahead, or the "
                    "cluster stands still; see `keyward cluster status`",
                    age_s);
        return true;
    }
    return false;
}

/* True: something is to be mended first. */
static bool note_view(kw_cli *cli, const kw_join_case *join, const kw_join_view *view)
{
    const kw_client_cluster *cluster = &join->remote.cluster;
    bool is_wrong = note_clock(cli, join, view);
    bool is_beginning = join->is_listed && !cluster->has_pin;
    if (view->epoch == 0) {
        kw_cli_note(cli, "no operator shows an epoch%s",
                    is_beginning ? ": if none was made yet, all is well"
                                 : ": check --ca, the URLs and the network");
        return is_wrong || !is_beginning;
    }
    if (!cluster->file.has_master) {
        kw_cli_note(cli, "the cluster file pins no key: compare master_key with the operators and "
                         "write it there before the daemon starts");
        return true;
    }
    return is_wrong;
}

static void note_next(kw_cli *cli, const join_options *options, const kw_join_case *join)
{
    kw_cli_note(cli, "start the daemon: keywardd --config %s", options->out.ptr);
    if (!join->is_listed) {
        kw_cli_note(cli,
                    "and send %s to the other operators: it gets its share at the first boundary "
                    "at which all of them list it, and this one, too",
                    options->self.entry.ptr);
    }
}

static kw_status report(kw_cli *cli, const join_options *options, const kw_join_case *join,
                        const kw_join_view *view, kw_error *err)
{
    const kw_client_cluster *cluster = &join->remote.cluster;
    const join_reply reply = {
        .file = options->out,
        .cluster = cluster->file.name,
        .cluster_id = cluster->file.cluster_id,
        .suite = cluster->file.config.suite,
        .address = join->self.row.address,
        .listed = join->is_listed,
        .operators = (uint32_t)join->rows.count - 1,
        .answered = view->answered,
        .epoch = view->epoch,
        .epoch_time = view->time,
        .master_key = view->master_key,
        .pinned = cluster->has_pin,
        .serving = view->is_serving,
    };
    kw_cli_verdict(cli, note_view(cli, join, view) ? MEND : FIT);
    if (!view->is_serving) {
        note_next(cli, options, join);
    }
    return kw_cli_print(cli, &join_reply_schema, &reply, err);
}

static kw_status join(kw_cli *cli, const void *given, kw_error *err)
{
    const join_options *options = given;
    kw_join_view view = {.answered = 0};
    KW_AUTO(kw_join_case) own = {.index = 0};
    KW_TRY(kw_join_case_open(cli, &own, &options->cluster, &options->self, err));
    KW_REQUIRE(own.is_listed || options->cluster.operators.len > 0, err, KW_USAGE,
               "an operator that does not begin the cluster needs --operators");
    KW_TRY(kw_join_view_take(cli, &view, &own, &options->cluster, err));
    KW_TRY(write_files(cli, options, &own, err));
    if (options->wait > 0) {
        note_next(cli, options, &own);
        KW_TRY(kw_join_wait(cli, &view, &own, &options->cluster, options->wait, err));
    }
    return report(cli, options, &own, &view, err);
}

const kw_command kw_command_cluster_join = {
    "cluster join",
    &join_options_schema,
    join,
    "prepare an operator's daemon, and see it through until it serves",
    .about =
        "For a new operator, and for those that begin a cluster. Checks that the files of the\n"
        "cluster, the entry that `node keygen` printed, the operator's key and its certificate\n"
        "fit each other, asks the operators for their newest epoch, writes the configuration of\n"
        "the daemon and makes its folder, and says what to do next. The other operators must get\n"
        "the entry; --list writes operators.json with it added. The same command may run again:\n"
        "with --wait it returns when this operator serves. Run it as the daemon's user, to whom\n"
        "the private files belong.",
    .examples =
        {{"keyward cluster join keywardd.yaml --cluster cluster.json --operators operators.json "
          "--entry node8.json --key-file operator.key --passphrase-file passphrase --ca peers.pem "
          "--cert peer.pem --cert-key peer.key --peer-network 10.0.0.0/8 --data-dir "
          "/var/lib/keyward --list operators.new.json",
          "the eighth operator"}},
    .verdicts = {{FIT, "all fits: start the daemon, or it serves already"},
                 {MEND, "the files are written, and the notes say what is to be mended first"}},
};
