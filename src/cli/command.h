/* SPDX-License-Identifier: Apache-2.0
 * Commands as rows. Each command is one file that exports its row; commands.c lists them; parsing,
 * help, completion, man pages, output and exit codes follow from the rows.
 *
 *     static kw_status rotate(kw_cli *cli, const void *given, kw_error *err)
 *     {
 *         const rotate_options *options = given;
 *         ...
 *         return kw_cli_print(cli, &rotate_reply_schema, &reply, err);
 *     }
 *     const kw_command kw_command_emtp_keys_rotate = {
 *         "emtp keys rotate", &rotate_options_schema, rotate, "start a new epoch key",
 *         .about = "...", .examples = {{"keyward emtp keys rotate --server ...", "rotate now"}},
 *     }; */
#ifndef KW_CLI_COMMAND_H
#define KW_CLI_COMMAND_H

#include "base/arena.h"
#include "base/error.h"
#include "codec/field.h"

#include <stdio.h>

#define KW_COMMAND_WORDS_MAX    4
#define KW_COMMAND_EXAMPLES_MAX 4
#define KW_COMMAND_VERDICTS_MAX 6

/* What every command gets besides its options. Output goes through print.h, not through `out`
 * (streams of records: kw_cli_write, kw_cli_flush). */
typedef struct kw_cli {
    FILE *in;                /* standard input */
    FILE *out;               /* standard output: results only */
    FILE *err;               /* standard error: everything else */
    kw_arena *arena;         /* dies with the command */
    const char *config_path; /* --config; NULL: not given */
    bool is_json;            /* --json: one JSON object instead of text */
    bool is_quiet;           /* --quiet: no progress, no notes */
    bool has_color;          /* the terminal takes colours, and --no-color was not given */
    unsigned columns;        /* width of the terminal that is standard error; 0: it is none */
    bool is_unread;          /* the reader of standard output is gone. Set by print.c */
    int verdict;             /* exit code of a verdict; 0: none. Set by kw_cli_verdict */
    const struct kw_program *program;
    const struct kw_command *command; /* the one that runs */
} kw_cli;

/* `options` is the command's struct, filled and checked. A failure is shown by the caller. */
typedef kw_status (*kw_command_fn)(kw_cli *cli, const void *options, kw_error *err);

typedef struct kw_example {
    const char *line; /* as typed */
    const char *does; /* one line */
} kw_example;

/* An exit code that is an answer, not an error; a row of 0 says what success means. */
typedef struct kw_verdict {
    int exit_code;    /* 0..9 */
    const char *text; /* what it says */
} kw_verdict;

typedef struct kw_command {
    const char *words;        /* "emtp keys rotate": groups, then the command */
    const kw_schema *options; /* KW_OPERAND rows are positions; NULL: takes none */
    kw_command_fn run;
    const char *help;                             /* one line, lower case, no full stop */
    const char *about;                            /* paragraphs for help and man page; NULL: none */
    kw_example examples[KW_COMMAND_EXAMPLES_MAX]; /* `line` NULL behind the last */
    kw_verdict verdicts[KW_COMMAND_VERDICTS_MAX]; /* `text` NULL behind the last */
} kw_command;

/* A group of commands, for its help page: "emtp keys". */
typedef struct kw_command_group {
    const char *words;
    const char *help;
} kw_command_group;

typedef struct kw_program {
    const char *name;              /* "keyward" */
    const char *help;              /* one line */
    const char *version;           /* "0.1.0" */
    const char *released;          /* day of the version, "2026-11-21": for man pages */
    const char *const *schema_ids; /* of match tokens that this build computes; NULL at the end */
    const kw_command *const *commands; /* in the order of the help */
    size_t commands_count;
    const kw_command_group *groups;
    size_t groups_count;
} kw_program;

/* Runs the words of a command line (without the program's name) and gives the exit code. Prints
 * errors on `cli->err`: as text `keyward: what`, with --json {"error":{"code","message"}}. Says
 * nothing and gives 141 when the reader of standard output went away.
 * The caller fills in, out, err, has_color, columns and program of `cli`, the rest is zero. */
int kw_program_run(kw_cli *cli, kw_strs words);

/* Says that the command ends with a verdict of its row: the exit code when it returns KW_OK. */
void kw_cli_verdict(kw_cli *cli, int exit_code);

#endif /* KW_CLI_COMMAND_H */
