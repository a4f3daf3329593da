/* SPDX-License-Identifier: Apache-2.0
 * keyward emtp participants revoke. */
#include "cli/print.h"
#include "cli/remote.h"
#include "emtp/api_types.h"

typedef struct revoke_options {
    kw_str id;
    kw_remote_options remote;
} revoke_options;

static const kw_field revoke_fields[] = {
    KW_FIELD(revoke_options, id, 128, KW_REQ | KW_OPERAND, .min = 1,
             .help = "id of the participant"),
    KW_REMOTE_FIELDS(revoke_options),
};
KW_SCHEMA(revoke_options, revoke_fields);

typedef struct revoke_reply {
    kw_str id;
    bool revoked;
} revoke_reply;

static const kw_field reply_fields[] = {
    KW_FIELD(revoke_reply, id, 128, KW_REQ),
    KW_FIELD(revoke_reply, revoked, 0, KW_REQ),
};
KW_SCHEMA(revoke_reply, reply_fields);

static kw_status revoke(kw_cli *cli, const void *given, kw_error *err)
{
    const revoke_options *options = given;
    KW_AUTO_PTR(kw_remote) remote = NULL;
    KW_TRY(kw_remote_open(&remote, &options->remote, err));
    kw_str path = {0};
    KW_TRY_AT(err,
              kw_remote_object(cli->arena, &path, "/v1/emtp/participants/", options->id, "/revoke"),
              "building a path");
    kw_remote_request request = {.method = KW_POST, .path = path, .arena = cli->arena};
    KW_TRY(kw_remote_call(remote, &request, err));
    revoke_reply reply = {.id = options->id, .revoked = true};
    return kw_cli_print(cli, &revoke_reply_schema, &reply, err);
}

const kw_command kw_command_emtp_participants_revoke = {
    "emtp participants revoke",
    &revoke_options_schema,
    revoke,
    "refuse a participant from its next request on",
    .about =
        "Its credentials get 403 from the next request. The epoch keys that it has stay what they\n"
        "are: to end those, revoke them too (`keyward emtp keys revoke`).",
    .examples = {{"keyward emtp participants revoke clinic-a --server https://localhost:8444 "
                  "--ca pki/ca.pem --cert pki/admin.pem --cert-key pki/admin.key",
                  "clinic-a lost its credential"}},
};
