/* SPDX-License-Identifier: Apache-2.0
 * Commands over a closed audit log of seven records: opened, five events, closed. */
#ifndef KW_TESTS_SUPPORT_AUDIT_CLI_H
#define KW_TESTS_SUPPORT_AUDIT_CLI_H

#include "support/audit.h"
#include "support/command_line.h"

/* Set-up and tear-down of a test; `*state` is its audit_place. */
int audit_cli_setup(void **state);
int audit_cli_teardown(void **state);

/* Runs `keyward audit <command> <folder><options>`; `options` begin with a space or are "". */
command_result audit_cli_run(const audit_place *place, const char *command, const char *options);

#endif /* KW_TESTS_SUPPORT_AUDIT_CLI_H */
