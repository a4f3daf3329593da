/* SPDX-License-Identifier: Apache-2.0
 * Help pages, from the tables alone. */
#ifndef KW_CLI_HELP_TEXT_H
#define KW_CLI_HELP_TEXT_H

#include "base/buf.h"
#include "cli/command.h"

/* Appends the page of the program (no words), of a group or of a command. LIMIT, NO_MEMORY. */
KW_MUST_USE kw_status kw_help_page(kw_buf *out, const kw_program *program, kw_str words);

/* Appends one line, "usage: keyward emtp keys get [options] KID", without its newline. */
KW_MUST_USE kw_status kw_help_usage(kw_buf *out, const kw_program *program,
                                    const kw_command *command);

/* Appends an option as it is typed: "--since N", "--format jsonl|table", "--[no-]color", "KID". */
KW_MUST_USE kw_status kw_help_option(kw_buf *out, const kw_field *field);

#endif /* KW_CLI_HELP_TEXT_H */
