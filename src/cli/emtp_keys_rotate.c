/* SPDX-License-Identifier: Apache-2.0
 * keyward emtp keys rotate: a new epoch key before its time. */
#include "cli/print.h"
#include "cli/remote.h"
#include "emtp/api_types.h"

typedef struct rotate_options {
    kw_remote_options remote;
} rotate_options;

static const kw_field rotate_fields[] = {KW_REMOTE_FIELDS(rotate_options)};
KW_SCHEMA(rotate_options, rotate_fields);

static kw_status rotate(kw_cli *cli, const void *given, kw_error *err)
{
    const rotate_options *options = given;
    KW_AUTO_PTR(kw_remote) remote = NULL;
    KW_TRY(kw_remote_open(&remote, &options->remote, err));
    kw_emtp_key_rotated rotated = {0};
    kw_remote_request request = {.method = KW_POST,
                                 .path = KW_STR("/v1/emtp/keys/rotate"),
                                 .out = &kw_emtp_key_rotated_schema,
                                 .out_object = &rotated,
                                 .arena = cli->arena};
    KW_TRY(kw_remote_call(remote, &request, err));
    return kw_cli_print(cli, &kw_emtp_key_rotated_schema, &rotated, err);
}

const kw_command kw_command_emtp_keys_rotate = {
    "emtp keys rotate",
    &rotate_options_schema,
    rotate,
    "start a new epoch key now",
    .about = "Begins a further key of the present epoch, such as 2026-01.1, before the clock asks "
             "for it.\n"
             "The keys before stay served until their end; to take one out of service use\n"
             "`keyward emtp keys revoke`. Regular rotation needs no command.",
    .examples = {{"keyward emtp keys rotate --server https://localhost:8444 --ca pki/ca.pem "
                  "--cert pki/admin.pem --cert-key pki/admin.key",
                  "renew the key of this epoch early"}},
};
