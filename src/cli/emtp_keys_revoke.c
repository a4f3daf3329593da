/* SPDX-License-Identifier: Apache-2.0
 * keyward emtp keys revoke: takes an epoch key out of service for good. */
#include "cli/print.h"
#include "cli/remote.h"
#include "emtp/api_types.h"

typedef struct revoke_options {
    kw_str kid;
    kw_remote_options remote;
} revoke_options;

static const kw_field revoke_fields[] = {
    KW_FIELD(revoke_options, kid, KW_EMTP_KID_BYTES_MAX, KW_REQ | KW_OPERAND, .min = 1,
             .made_of = "._-", .help = "id of the key, such as 2026-01"),
    KW_REMOTE_FIELDS(revoke_options),
};
KW_SCHEMA(revoke_options, revoke_fields);

static kw_status revoke(kw_cli *cli, const void *given, kw_error *err)
{
    const revoke_options *options = given;
    KW_AUTO_PTR(kw_remote) remote = NULL;
    KW_TRY(kw_remote_open(&remote, &options->remote, err));
    kw_str path = {0};
    KW_TRY_AT(
        err,
        kw_arena_format(cli->arena, &path, "/v1/emtp/keys/%.*s/revoke", KW_STR_ARG(options->kid)),
        "building a path");
    kw_emtp_key_revoked revoked = {0};
    kw_remote_request request = {.method = KW_POST,
                                 .path = path,
                                 .out = &kw_emtp_key_revoked_schema,
                                 .out_object = &revoked,
                                 .arena = cli->arena};
    KW_TRY(kw_remote_call(remote, &request, err));
    return kw_cli_print(cli, &kw_emtp_key_revoked_schema, &revoked, err);
}

const kw_command kw_command_emtp_keys_revoke = {
    "emtp keys revoke",
    &revoke_options_schema,
    revoke,
    "take an epoch key out of service for good",
    .about =
        "The key leaves GET /keys and the key stream at once. When its epoch has not ended, a\n"
        "replacement begins at the same moment, and receivers of notices are told.",
    .examples =
        {{"keyward emtp keys revoke 2026-01 --server https://localhost:8444 --ca pki/ca.pem "
          "--cert pki/admin.pem --cert-key pki/admin.key",
          "the key of January leaked"}},
};
