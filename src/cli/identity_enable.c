/* SPDX-License-Identifier: Apache-2.0
 * keyward identity enable. */
#include "cli/identity_switch.h"

static kw_status enable(kw_cli *cli, const void *given, kw_error *err)
{
    return kw_identity_switch(cli, given, true, err);
}

const kw_command kw_command_identity_enable = {
    "identity enable",
    &kw_identity_switch_options_schema,
    enable,
    "let in an identity that was disabled",
    .about = "What it had before it has again: its roles, API keys and certificate, as far as\n"
             "they have not expired. Was an API key lost, then make another one with\n"
             "`keyward identity key` under a new identity instead.",
    .examples = {{"keyward identity enable backup-host --server https://localhost:9443 "
                  "--ca pki/ca.pem --cert pki/admin.pem --cert-key pki/admin.key",
                  "backup-host has a new key"}},
};
