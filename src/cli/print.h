/* SPDX-License-Identifier: Apache-2.0
 * What a command says: results on standard output, as text or JSON from the same struct; notes on
 * standard error. */
#ifndef KW_CLI_PRINT_H
#define KW_CLI_PRINT_H

#include "cli/command.h"

/* The result. With --json one line of JSON; else `name: value` lines, and tables for lists of
 * objects. KW_SECRET members are redacted. As kw_cli_write. */
KW_MUST_USE kw_status kw_cli_print(kw_cli *cli, const kw_schema *schema, const void *object,
                                   kw_error *err);

/* Bytes of a result that is a stream or a document; the same with and without --json. CANCELLED:
 * nobody reads the pipe any more, `is_unread` is set; NO_SPACE, IO: the device is full, broken. */
KW_MUST_USE kw_status kw_cli_write(kw_cli *cli, kw_span bytes, kw_error *err);

/* What was written leaves now: somebody waits for it. As kw_cli_write. */
KW_MUST_USE kw_status kw_cli_flush(kw_cli *cli, kw_error *err);

/* A line for the person at the terminal, on standard error; nothing with --quiet or --json. */
void kw_cli_note(kw_cli *cli, const char *format, ...) KW_PRINTF(2, 3);

#endif /* KW_CLI_PRINT_H */
