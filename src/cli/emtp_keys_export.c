/* SPDX-License-Identifier: Apache-2.0
 * keyward emtp keys export: the served keys as a static file. Secret inputs: the keys. */
#include "cli/print.h"
#include "cli/remote.h"
#include "client/keyset.h"
#include "os/file.h"

typedef struct export_options {
    kw_remote_options remote;
    kw_str out;
} export_options;

static const kw_field export_fields[] = {
    KW_FIELD(export_options, out, KW_REMOTE_PATH_BYTES_MAX, KW_REQ,
             .help = "file to write, mode 0600; it is replaced in one step"),
    KW_REMOTE_FIELDS(export_options),
};
KW_SCHEMA(export_options, export_fields);

typedef struct export_reply {
    kw_str file;
    uint32_t keys;
} export_reply;

static const kw_field reply_fields[] = {
    KW_FIELD(export_reply, file, KW_REMOTE_PATH_BYTES_MAX, KW_REQ),
    KW_FIELD(export_reply, keys, KW_EMTP_KEY_SET_MAX, KW_REQ),
};
KW_SCHEMA(export_reply, reply_fields);

static kw_status export_keys(kw_cli *cli, const void *given, kw_error *err)
{
    const export_options *options = given;
    KW_AUTO_PTR(kw_remote) remote = NULL;
    KW_TRY(kw_remote_open(&remote, &options->remote, err));
    KW_AUTO(kw_secret_bytes) answer = kw_secret_bytes_init(KW_CLIENT_ANSWER_BYTES_MAX);
    KW_TRY_AT(err, kw_remote_get_secret(remote, &answer, "/v1/emtp/export", err),
              "asking for the export");
    KW_AUTO(kw_client_keyset) set = {0};
    kw_client_keyset_rule rule = {.overlap = 1, .accepts_test_key = true};
    KW_TRY(kw_client_keyset_decode(&set, kw_secret_bytes_view(&answer), &rule, err));
    kw_span text = kw_declassify_span(kw_secret_bytes_view(&answer),
                                      "the export is a private file, which is what was asked for");
    KW_TRY_AT(err, kw_file_write_atomic(options->out.ptr, text, 0600, err), "writing the export");
    export_reply reply = {.file = options->out, .keys = (uint32_t)set.count};
    return kw_cli_print(cli, &export_reply_schema, &reply, err);
}

const kw_command kw_command_emtp_keys_export = {
    "emtp keys export",
    &export_options_schema,
    export_keys,
    "write the served keys to a static file",
    .about =
        "For participants without a connection to the key server: carry the file over a channel\n"
        "that keeps it secret, and use it with `keyward emtp tokens --keys FILE`. Each export is\n"
        "audited.",
    .examples = {{"keyward emtp keys export --out keys.json --server https://localhost:8444 "
                  "--ca pki/ca.pem --cert pki/admin.pem --cert-key pki/admin.key",
                  "write keys.json, mode 0600"}},
};
