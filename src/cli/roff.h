/* SPDX-License-Identifier: Apache-2.0
 * Manual pages in the man(7) macros, from the tables alone. */
#ifndef KW_CLI_ROFF_H
#define KW_CLI_ROFF_H

#include "base/buf.h"
#include "cli/command.h"

/* Append a whole page of section 1. LIMIT, NO_MEMORY. */
KW_MUST_USE kw_status kw_roff_program_page(kw_buf *out, const kw_program *program);
KW_MUST_USE kw_status kw_roff_command_page(kw_buf *out, const kw_program *program,
                                           const kw_command *command);

#endif /* KW_CLI_ROFF_H */
