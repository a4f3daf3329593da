/* SPDX-License-Identifier: Apache-2.0
 * What this build is. */
#ifndef KW_CLI_VERSION_H
#define KW_CLI_VERSION_H

#include "cli/command.h"

/* As `keyward version` and `keyward --version`: the version, and with --json also the schemas of
 * match tokens that this build computes (emtp.md section 12). IO. */
KW_MUST_USE kw_status kw_cli_print_version(kw_cli *cli, kw_error *err);

#endif /* KW_CLI_VERSION_H */
