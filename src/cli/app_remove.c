/* SPDX-License-Identifier: Apache-2.0
 * keyward app remove. */
#include "cli/print.h"
#include "cli/remote.h"
#include "threshold/api_types.h"
#include "threshold/limits.h"

typedef struct remove_options {
    kw_str id;
    kw_remote_options remote;
} remove_options;

static const kw_field remove_fields[] = {
    KW_FIELD(remove_options, id, KW_THRESHOLD_APP_ID_BYTES_MAX, KW_REQ | KW_OPERAND, .min = 1,
             .help = "id of the application"),
    KW_REMOTE_FIELDS(remove_options),
};
KW_SCHEMA(remove_options, remove_fields);

typedef struct remove_reply {
    kw_str id;
    bool removed;
} remove_reply;

static const kw_field reply_fields[] = {
    KW_FIELD(remove_reply, id, KW_THRESHOLD_APP_ID_BYTES_MAX, KW_REQ),
    KW_FIELD(remove_reply, removed, 0, KW_REQ),
};
KW_SCHEMA(remove_reply, reply_fields);

static kw_status run_remove(kw_cli *cli, const void *given, kw_error *err)
{
    const remove_options *options = given;
    KW_AUTO_PTR(kw_remote) remote = NULL;
    KW_TRY(kw_remote_open(&remote, &options->remote, err));
    kw_str path = {0};
    KW_TRY_AT(err, kw_remote_object(cli->arena, &path, "/v1/threshold/apps/", options->id, ""),
              "building a path");
    kw_remote_request request = {.method = KW_DELETE, .path = path, .arena = cli->arena};
    KW_TRY(kw_remote_call(remote, &request, err));
    remove_reply reply = {.id = options->id, .removed = true};
    return kw_cli_print(cli, &remove_reply_schema, &reply, err);
}

const kw_command kw_command_app_remove = {
    "app remove",
    &remove_options_schema,
    run_remove,
    "have an operator give an application's key to nobody any more",
    .about =
        "Who has the key already can go on reading: a key that was given out is not taken back.",
    .examples = {{"keyward app remove backup --server https://localhost:8444 --ca pki/ca.pem "
                  "--cert pki/admin.pem --cert-key pki/admin.key",
                  "nobody gets this operator's part any more"}},
};
