/* SPDX-License-Identifier: Apache-2.0
 * Enabling and disabling an identity of a daemon. */
#include "cli/identity_switch.h"

#include "cli/print.h"
#include "guard/limits.h"

static const kw_field options_fields[] = {
    KW_FIELD(kw_identity_switch_options, id, KW_IDENTITY_ID_BYTES_MAX, KW_REQ | KW_OPERAND,
             .min = 1, .help = "id of the identity"),
    KW_REMOTE_FIELDS(kw_identity_switch_options),
};
KW_SCHEMA_EXTERN(kw_identity_switch_options, options_fields);

typedef struct switch_reply {
    kw_str id;
    bool is_enabled;
} switch_reply;

static const kw_field reply_fields[] = {
    KW_FIELD(switch_reply, id, KW_IDENTITY_ID_BYTES_MAX, KW_REQ),
    KW_FIELD(switch_reply, is_enabled, 0, KW_REQ),
};
KW_SCHEMA(switch_reply, reply_fields);

kw_status kw_identity_switch(kw_cli *cli, const kw_identity_switch_options *options,
                             bool is_enabled, kw_error *err)
{
    kw_str path = {0};
    KW_AUTO_PTR(kw_remote) remote = NULL;
    KW_TRY(kw_remote_open(&remote, &options->remote, err));
    KW_TRY_AT(err,
              kw_remote_object(cli->arena, &path, "/v1/identities/", options->id,
                               is_enabled ? "/enable" : "/disable"),
              "building a path");
    kw_remote_request request = {.method = KW_POST, .path = path, .arena = cli->arena};
    KW_TRY(kw_remote_call(remote, &request, err));
    const switch_reply reply = {.id = options->id, .is_enabled = is_enabled};
    return kw_cli_print(cli, &switch_reply_schema, &reply, err);
}
