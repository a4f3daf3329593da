/* SPDX-License-Identifier: Apache-2.0
 * keyward identity disable. */
#include "cli/print.h"
#include "cli/remote.h"
#include "guard/limits.h"

typedef struct disable_options {
    kw_str id;
    kw_remote_options remote;
} disable_options;

static const kw_field disable_fields[] = {
    KW_FIELD(disable_options, id, KW_IDENTITY_ID_BYTES_MAX, KW_REQ | KW_OPERAND, .min = 1,
             .help = "id of the identity"),
    KW_REMOTE_FIELDS(disable_options),
};
KW_SCHEMA(disable_options, disable_fields);

typedef struct disable_reply {
    kw_str id;
    bool disabled;
} disable_reply;

static const kw_field reply_fields[] = {
    KW_FIELD(disable_reply, id, KW_IDENTITY_ID_BYTES_MAX, KW_REQ),
    KW_FIELD(disable_reply, disabled, 0, KW_REQ),
};
KW_SCHEMA(disable_reply, reply_fields);

static kw_status disable(kw_cli *cli, const void *given, kw_error *err)
{
    const disable_options *options = given;
    kw_str path = {0};
    KW_AUTO_PTR(kw_remote) remote = NULL;
    KW_TRY(kw_remote_open(&remote, &options->remote, err));
    KW_TRY_AT(err, kw_remote_object(cli->arena, &path, "/v1/identities/", options->id, "/disable"),
              "building a path");
    kw_remote_request request = {.method = KW_POST, .path = path, .arena = cli->arena};
    KW_TRY(kw_remote_call(remote, &request, err));
    const disable_reply reply = {.id = options->id, .disabled = true};
    return kw_cli_print(cli, &disable_reply_schema, &reply, err);
}

const kw_command kw_command_identity_disable = {
    "identity disable",
    &disable_options_schema,
    disable,
    "refuse an identity from its next request on",
    .about = "All its API keys and its certificate get 403. Keys of applications that it was given "
             "stay\n"
             "what they are.",
    .examples = {{"keyward identity disable backup-host --server https://localhost:9443 "
                  "--ca pki/ca.pem --cert pki/admin.pem --cert-key pki/admin.key",
                  "backup-host lost its key"}},
};
