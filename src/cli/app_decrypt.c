/* SPDX-License-Identifier: Apache-2.0
 * keyward app decrypt: with the key that operators of a cluster give together. Source: threshold.md
 * section 7. Secret inputs: the key of the application; secret output: the text. */
#include "cli/app_files.h"
#include "cli/app_key.h"
#include "cli/commands.h"

typedef struct decrypt_options {
    kw_cluster_options cluster;
    kw_app_key_options key;
    kw_str app;
    kw_str in;
    kw_str out;
    kw_ibe_kind format;
} decrypt_options;

static const kw_enum_name format_names[] = {{"v2", KW_IBE_APPLICATION},
                                            {"eigenx-v1", KW_IBE_EIGENX}};

static const kw_field decrypt_fields[] = {
    KW_CLUSTER_FIELDS(decrypt_options),
    KW_FIELD(decrypt_options, app, KW_THRESHOLD_APP_ID_BYTES_MAX, 0,
             .help = "application that it is for; default: the one that the ciphertext names"),
    KW_FIELD(decrypt_options, in, KW_APP_PATH_BYTES_MAX, 0,
             .help = "file with the ciphertext; default: standard input"),
    KW_FIELD(decrypt_options, out, KW_APP_PATH_BYTES_MAX, 0,
             .help = "file for the text, mode 0600; default: standard output"),
    KW_FIELD_ENUM(decrypt_options, format, format_names, 0, .fallback = "v2",
                  .help = "v2, or the reference system's form"),
    KW_CLUSTER_CALL_FIELDS(decrypt_options),
    KW_APP_KEY_FIELDS(decrypt_options),
};
KW_SCHEMA(decrypt_options, decrypt_fields);

/* All that happens between the open input and the finished output. */
static kw_status open_files(kw_app_files *files, kw_client_sealed *sealed,
                            const kw_cluster_remote *remote, const decrypt_options *options,
                            kw_error *err)
{
    KW_AUTO(kw_client_app_key) app_key = {.application = {.threshold = 0}};
    KW_AUTO(kw_ibe_key) key = {.master = NULL};
    const kw_app_key_asker asker = {files->cli, remote, &options->cluster, &options->key};
    kw_ibe_master master;
    kw_ibe_id id;
    kw_client_flow flow = kw_app_files_flow(files);
    KW_TRY(kw_client_cluster_master(&remote->cluster, &master, err));
    KW_TRY(kw_client_sealed_id(sealed, &id, options->format, options->app, err));
    KW_TRY(kw_app_files_create(files, options->out, 0600, err));
    KW_TRY(kw_app_key_ask(&asker, &app_key, &id, err));
    KW_TRY_AT(err, kw_ibe_key_init(&key, &master, &id, &app_key.application.key.bls),
              "checking the application's key");
    KW_TRY(kw_client_decrypt(&flow, sealed, &key, err));
    KW_TRY(kw_app_files_commit(files, err));
    kw_app_reply reply = {.app = kw_str_of_span(kw_ibe_id_view(&id)),
                          .file = options->out,
                          .bytes = files->written_bytes};
    return kw_app_key_report(&asker, &app_key, &reply, err);
}

static kw_status decrypt(kw_cli *cli, const void *given, kw_error *err)
{
    const decrypt_options *options = given;
    KW_AUTO(kw_cluster_remote) remote = {0};
    KW_AUTO(kw_app_files) files = {.cli = cli};
    KW_AUTO(kw_client_sealed) sealed = {.app_id = {0}};
    KW_TRY(kw_cluster_remote_open(&remote, &options->cluster, err));
    KW_TRY(kw_app_files_open(&files, cli, options->in, err));
    kw_client_flow flow = kw_app_files_flow(&files);
    KW_TRY(kw_client_sealed_read(&sealed, &flow, err));
    return open_files(&files, &sealed, &remote, options, err);
}

const kw_command kw_command_app_decrypt = {
    "app decrypt",
    &decrypt_options_schema,
    decrypt,
    "decrypt what was encrypted to an application",
    .about =
        "Asks all operators of the cluster for their part of the application's key and stops when\n"
        "enough parts of one epoch were verified: operators that are slow, down or lying are "
        "named\n"
        "and do no harm as long as enough others answer. Each operator decides by the\n"
        "application's policy who gets its part; an API key, a token or a client certificate says\n"
        "who asks. With --seen, operators that give parts of an earlier epoch than the highest\n"
        "that was seen count as behind. The file appears under its name after its last part was\n"
        "authentic. In a pipe, the exit code alone tells whether it is whole.",
    .examples = {{"keyward app decrypt --cluster cluster.json --ca ca.pem --in pay.kw --out "
                  "pay.csv --api-key-file payroll.key",
                  "as the application payroll"},
                 {"keyward app decrypt --cluster cluster.json --ca ca.pem --in pay.kw --out "
                  "pay.csv --token-file token --seen seen.json",
                  "with a token of an identity provider, in no earlier epoch than before"}},
};
