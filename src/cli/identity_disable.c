/* SPDX-License-Identifier: Apache-2.0
 * keyward identity disable. */
#include "cli/identity_switch.h"

static kw_status disable(kw_cli *cli, const void *given, kw_error *err)
{
    return kw_identity_switch(cli, given, false, err);
}

const kw_command kw_command_identity_disable = {
    "identity disable",
    &kw_identity_switch_options_schema,
    disable,
    "refuse an identity from its next request on",
    .about = "All its API keys and its certificate get 403 until `keyward identity enable`. Keys\n"
             "of applications that it was given stay what they are.",
    .examples = {{"keyward identity disable backup-host --server https://localhost:9443 "
                  "--ca pki/ca.pem --cert pki/admin.pem --cert-key pki/admin.key",
                  "backup-host lost its key"}},
};
