/* SPDX-License-Identifier: Apache-2.0
 * Commands of a publisher, in a folder with a manifest (wallet.json: the files of a small ceremony)
 * and policy.json: two of ada, bea and cem, whose keys are <name>.key. */
#ifndef KW_TESTS_SUPPORT_PUBLISHER_CLI_H
#define KW_TESTS_SUPPORT_PUBLISHER_CLI_H

#include "support/command_line.h"
#include "support/tempdir.h"

int publisher_cli_make(void **state);
int publisher_cli_drop(void **state);

/* Runs a command, "%" for the folder, and fails the test unless it ends with that code and `text`
 * is in what it printed, on either stream. */
void publisher_cli_expect(const tempdir *dir, const char *words, int exit_code, const char *text);

/* Runs it and keeps what it printed as a file of the folder. */
void publisher_cli_keep(const tempdir *dir, const char *words, const char *file);

/* Replaces a file of the folder. */
void publisher_cli_write(const tempdir *dir, const char *file, const char *text);

/* Drafts and submits wallet 1.0.0: request.json is there. */
void publisher_cli_submit(const tempdir *dir);

#endif /* KW_TESTS_SUPPORT_PUBLISHER_CLI_H */
