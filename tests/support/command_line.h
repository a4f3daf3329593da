/* SPDX-License-Identifier: Apache-2.0
 * Runs a command line in this process and keeps what it prints. */
#ifndef KW_TESTS_SUPPORT_COMMAND_LINE_H
#define KW_TESTS_SUPPORT_COMMAND_LINE_H

#include "cli/command.h"

/* What a command line left behind; all-zero is empty. */
typedef struct command_result {
    int exit_code;
    char *out; /* owned, NUL-terminated */
    char *err; /* owned, NUL-terminated */
} command_result;

/* Runs the words, separated by single spaces, of a program. `columns`: width of the terminal that
 * standard error pretends to be; 0: it is none. Fails the test without memory. */
command_result command_line_run(const kw_program *program, const char *words, unsigned columns);

/* The same for keyward, without a terminal; each "%" stands for `folder`. */
command_result command_line_run_in(const char *folder, const char *words);

void command_result_drop(command_result *result);

/* A program of a few commands that need no server: `greet NAME [--times N] [--loud]`, `store put`,
 * `store get KEY`, `store check` (verdict 3), `fail STATUS`. */
extern const kw_program sample_program;

#endif /* KW_TESTS_SUPPORT_COMMAND_LINE_H */
