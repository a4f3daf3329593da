/* SPDX-License-Identifier: Apache-2.0
 * keyward emtp participants list. */
#include "cli/print.h"
#include "cli/remote.h"
#include "emtp/api_types.h"

typedef struct list_options {
    kw_remote_options remote;
    kw_str after;
} list_options;

static const kw_field list_fields[] = {
    KW_FIELD(list_options, after, 128, 0, .help = "id of the last participant of the page before"),
    KW_REMOTE_FIELDS(list_options),
};
KW_SCHEMA(list_options, list_fields);

static kw_status list(kw_cli *cli, const void *given, kw_error *err)
{
    const list_options *options = given;
    KW_AUTO_PTR(kw_remote) remote = NULL;
    KW_TRY(kw_remote_open(&remote, &options->remote, err));
    kw_str path = {0};
    KW_TRY_AT(err, kw_remote_page(cli->arena, &path, "/v1/emtp/participants", options->after),
              "building a path");
    kw_emtp_participants participants = {0};
    kw_remote_request request = {.method = KW_GET,
                                 .path = path,
                                 .out = &kw_emtp_participants_schema,
                                 .out_object = &participants,
                                 .arena = cli->arena};
    KW_TRY(kw_remote_call(remote, &request, err));
    return kw_cli_print(cli, &kw_emtp_participants_schema, &participants, err);
}

const kw_command kw_command_emtp_participants_list = {
    "emtp participants list",
    &list_options_schema,
    list,
    "list the participants of a key server",
    .examples = {{"keyward emtp participants list --server https://localhost:8444 --ca pki/ca.pem "
                  "--cert pki/admin.pem --cert-key pki/admin.key",
                  "the first page"}},
};
