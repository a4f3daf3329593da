/* SPDX-License-Identifier: Apache-2.0
 * keyward emtp stream get: the rows of an STP stream as they are now. */
#include "cli/stp_client.h"

static const kw_field fields[] = {KW_STP_FIELDS(kw_stp_options)};
KW_SCHEMA(kw_stp_options, fields);

static kw_status get(kw_cli *cli, const void *given, kw_error *err)
{
    KW_AUTO_PTR(kw_stp_client) client = NULL;
    KW_TRY(kw_stp_client_open(cli, &client, given, err));
    return kw_stp_client_read(client, 0, err);
}

const kw_command kw_command_emtp_stream_get = {
    "emtp stream get",
    &kw_stp_options_schema,
    get,
    "print the rows of an STP stream and end",
    .about = "Prints one row a line: SeqNo, timestamp, action, key and record, separated by TABs;\n"
             "with --json one object a line. A malformed row ends the command with an error.",
    .examples = {{"keyward emtp stream get https://localhost:8443/v1/emtp/stp/keys "
                  "--ca pki/ca.pem --api-key-file clinic-a.key",
                  "all rows of the key stream"},
                 {"keyward emtp stream get https://localhost:8443/v1/emtp/stp/keys --since -3 "
                  "--ca pki/ca.pem --api-key-file clinic-a.key",
                  "its last three rows"}},
};
