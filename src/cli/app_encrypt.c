/* SPDX-License-Identifier: Apache-2.0
 * keyward app encrypt: to an application of a cluster, without asking anybody. Source: threshold.md
 * section 7. Secret inputs: the text. */
#include "cli/app_files.h"
#include "cli/cluster_options.h"
#include "cli/commands.h"
#include "cli/print.h"
#include "client/randomness.h"

typedef struct encrypt_options {
    kw_cluster_options cluster;
    kw_str app;
    kw_str in;
    kw_str out;
    kw_ibe_kind format;
    bool hidden;
} encrypt_options;

static const kw_enum_name format_names[] = {{"v2", KW_IBE_APPLICATION},
                                            {"eigenx-v1", KW_IBE_EIGENX}};

static const kw_field encrypt_fields[] = {
    KW_CLUSTER_FIELDS(encrypt_options),
    KW_FIELD(encrypt_options, app, KW_THRESHOLD_APP_ID_BYTES_MAX, KW_REQ, .min = 1,
             .help = "application that can decrypt it"),
    KW_FIELD(encrypt_options, in, KW_APP_PATH_BYTES_MAX, 0,
             .help = "file with the text; default: standard input"),
    KW_FIELD(encrypt_options, out, KW_APP_PATH_BYTES_MAX, 0,
             .help = "file for the ciphertext; default: standard output"),
    KW_FIELD_ENUM(encrypt_options, format, format_names, 0, .fallback = "v2",
                  .help = "v2, or the reference system's form, for texts of up to 1 MiB"),
    KW_FIELD(encrypt_options, hidden, 0, 0,
             .help = "do not write the application's id into the ciphertext: its reader must "
                     "know it"),
};
KW_SCHEMA(encrypt_options, encrypt_fields);

typedef struct encrypt_reply {
    kw_str app;
    kw_str file;
    uint64_t text_bytes;
    uint64_t sealed_bytes;
} encrypt_reply;

static const kw_field reply_fields[] = {
    KW_FIELD(encrypt_reply, app, KW_THRESHOLD_APP_ID_BYTES_MAX, KW_REQ),
    KW_FIELD(encrypt_reply, file, KW_APP_PATH_BYTES_MAX, KW_REQ),
    KW_FIELD(encrypt_reply, text_bytes, UINT64_MAX, KW_REQ),
    KW_FIELD(encrypt_reply, sealed_bytes, UINT64_MAX, KW_REQ),
};
KW_SCHEMA(encrypt_reply, reply_fields);

static kw_status address_to(kw_ibe_to *out, const kw_ibe_master *master,
                            const encrypt_options *options, kw_error *err)
{
    KW_REQUIRE(!options->hidden || options->format == KW_IBE_APPLICATION, err, KW_USAGE,
               "--hidden is for --format v2: the other form never names the application");
    *out = (kw_ibe_to){.master = master, .is_hidden = options->hidden};
    KW_TRY_AT(err, kw_ibe_id_of_app(&out->id, options->format, kw_span_of_str(options->app)),
              "reading --app");
    return KW_OK;
}

static kw_status encrypt(kw_cli *cli, const void *given, kw_error *err)
{
    const encrypt_options *options = given;
    KW_AUTO(kw_cluster_remote) remote = {0};
    KW_AUTO(kw_client_randomness) randomness = {0};
    KW_AUTO(kw_app_files) files = {.cli = cli};
    kw_ibe_master master;
    kw_ibe_to to;
    KW_TRY(kw_cluster_remote_open(&remote, &options->cluster, err));
    KW_TRY(kw_client_cluster_master(&remote.cluster, &master, err));
    KW_TRY(address_to(&to, &master, options, err));
    KW_TRY(kw_client_randomness_open(&randomness, err));
    kw_rng rng = kw_client_randomness_rng(&randomness);
    KW_TRY(kw_app_files_open(&files, cli, options->in, err));
    KW_TRY(kw_app_files_create(&files, options->out, 0644, err));
    kw_client_flow flow = kw_app_files_flow(&files);
    KW_TRY(kw_client_encrypt(&flow, &to, &rng, err));
    KW_TRY(kw_app_files_commit(&files, err));
    if (options->out.len == 0) {
        return KW_OK; /* standard output has the ciphertext */
    }
    const encrypt_reply reply = {options->app, options->out, files.read_bytes, files.written_bytes};
    return kw_cli_print(cli, &encrypt_reply_schema, &reply, err);
}

const kw_command kw_command_app_encrypt = {
    "app encrypt",
    &encrypt_options_schema,
    encrypt,
    "encrypt to an application of a cluster",
    .about =
        "Needs the cluster file and its pinned master key, and no network: the application need\n"
        "not exist yet. Files of any size are read and written in constant memory; the output\n"
        "appears under its name when it is whole. Who may decrypt is decided by the operators\n"
        "when the application's key is asked for, not by this ciphertext.",
    .examples = {{"keyward app encrypt --cluster cluster.json --app payroll --in pay.csv --out "
                  "pay.kw",
                  "only the application payroll can read it"},
                 {"tar c . | keyward app encrypt --cluster cluster.json --app backup >b.kw",
                  "in a pipe"}},
};
