/* SPDX-License-Identifier: Apache-2.0
 * keyward app derive: a key that an application derives from its own. Source: threshold.md
 * section 7. Secret inputs: the key of the application; secret output: the derived one. */
#include "cli/app_files.h"
#include "cli/app_key.h"
#include "cli/commands.h"
#include "os/file.h"
#include "threshold/engine/use/derive.h"

typedef struct derive_options {
    kw_str out;
    kw_cluster_options cluster;
    kw_app_key_options key;
    kw_str app;
    kw_str label;
    uint32_t key_version;
} derive_options;

static const kw_field derive_fields[] = {
    KW_FIELD(derive_options, out, KW_APP_PATH_BYTES_MAX, KW_REQ | KW_OPERAND, .min = 1,
             .help = "file for the key, 32 bytes, mode 0600; it must not be there yet"),
    KW_CLUSTER_FIELDS(derive_options),
    KW_FIELD(derive_options, app, KW_THRESHOLD_APP_ID_BYTES_MAX, KW_REQ, .min = 1,
             .help = "application whose key it is derived from"),
    KW_FIELD(derive_options, label, KW_DERIVE_LABEL_BYTES_MAX, KW_REQ,
             .help = "what the key is for, such as disk-1"),
    KW_FIELD(derive_options, key_version, UINT32_MAX, 0, .fallback = "1",
             .help = "another version is another key"),
    KW_CLUSTER_CALL_FIELDS(derive_options),
    KW_APP_KEY_FIELDS(derive_options),
};
KW_SCHEMA(derive_options, derive_fields);

static kw_status write_key(const derive_options *options, const kw_client_application *application,
                           kw_error *err)
{
    KW_AUTO(kw_secret32) key = {{0}};
    const kw_derive_name name = {kw_span_of_str(options->label), options->key_version};
    KW_TRY_AT(err, kw_derive_key(&key, &application->key.bls, &name), "deriving a key");
    kw_span bytes = kw_declassify_span(kw_secret32_view(&key),
                                       "it goes into a private file, which is what was asked for");
    KW_TRY_AT(err, kw_file_write_atomic(options->out.ptr, bytes, 0600, err), "writing the key");
    return KW_OK;
}

static kw_status derive(kw_cli *cli, const void *given, kw_error *err)
{
    const derive_options *options = given;
    KW_AUTO(kw_cluster_remote) remote = {0};
    KW_AUTO(kw_client_app_key) key = {.application = {.threshold = 0}};
    const kw_app_key_asker asker = {cli, &remote, &options->cluster, &options->key};
    kw_ibe_id id;
    kw_file_info info;
    KW_REQUIRE(kw_file_stat(&info, options->out.ptr, NULL) == KW_NOT_FOUND, err, KW_CONFLICT,
               "%.*s is there already: a key is never written over", KW_STR_ARG(options->out));
    KW_TRY(kw_cluster_remote_open(&remote, &options->cluster, err));
    KW_TRY_AT(err, kw_ibe_id_of_app(&id, KW_IBE_APPLICATION, kw_span_of_str(options->app)),
              "reading --app");
    KW_TRY(kw_app_key_ask(&asker, &key, &id, err));
    KW_TRY(write_key(options, &key.application, err));
    kw_app_reply reply = {.app = options->app, .file = options->out, .bytes = sizeof(kw_secret32)};
    return kw_app_key_report(&asker, &key, &reply, err);
}

const kw_command kw_command_app_derive = {
    "app derive",
    &derive_options_schema,
    derive,
    "derive a key from an application's key",
    .about =
        "Asks the operators of the cluster for the application's key, as `app decrypt` does, and\n"
        "derives one key of 32 bytes for a label and a version from it. The same application,\n"
        "label and version give the same key in every epoch, so the file can be made again.",
    .examples = {{"keyward app derive disk.key --cluster cluster.json --ca ca.pem --app vault "
                  "--label disk-1 --api-key-file vault.key",
                  "a key for a disk"}},
};
