/* SPDX-License-Identifier: Apache-2.0
 * Completion scripts, from the tables alone. */
#ifndef KW_CLI_SHELL_H
#define KW_CLI_SHELL_H

#include "base/buf.h"
#include "cli/command.h"

typedef enum kw_shell {
    KW_SHELL_BASH = 1,
    KW_SHELL_ZSH,
    KW_SHELL_FISH,
} kw_shell;

/* Appends the script of that shell. LIMIT, NO_MEMORY. */
KW_MUST_USE kw_status kw_shell_script(kw_buf *out, const kw_program *program, kw_shell shell);

#endif /* KW_CLI_SHELL_H */
