/* SPDX-License-Identifier: Apache-2.0
 * keyward emtp keys list: the epoch keys of a key server, without their bytes. */
#include "cli/print.h"
#include "cli/remote.h"
#include "emtp/api_types.h"

typedef struct list_options {
    kw_remote_options remote;
} list_options;

static const kw_field list_fields[] = {KW_REMOTE_FIELDS(list_options)};
KW_SCHEMA(list_options, list_fields);

static kw_status list(kw_cli *cli, const void *given, kw_error *err)
{
    const list_options *options = given;
    KW_AUTO_PTR(kw_remote) remote = NULL;
    KW_TRY(kw_remote_open(&remote, &options->remote, err));
    kw_emtp_key_entries entries = {0};
    kw_remote_request request = {.method = KW_GET,
                                 .path = KW_STR("/v1/emtp/keys/list"),
                                 .out = &kw_emtp_key_entries_schema,
                                 .out_object = &entries,
                                 .arena = cli->arena};
    KW_TRY(kw_remote_call(remote, &request, err));
    return kw_cli_print(cli, &kw_emtp_key_entries_schema, &entries, err);
}

const kw_command kw_command_emtp_keys_list = {
    "emtp keys list",
    &list_options_schema,
    list,
    "list the epoch keys of a key server",
    .about =
        "Shows all keys that have not expired, oldest first, with their windows, whether they are\n"
        "served now, and when they were revoked; never their bytes. An administrator's command.",
    .examples = {{"keyward emtp keys list --server https://localhost:8444 --ca pki/ca.pem "
                  "--cert pki/admin.pem --cert-key pki/admin.key",
                  "ask the admin listener"}},
};
