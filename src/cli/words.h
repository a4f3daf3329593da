/* SPDX-License-Identifier: Apache-2.0
 * The words of commands as a tree: "emtp" holds "emtp keys", which holds "emtp keys rotate". */
#ifndef KW_CLI_WORDS_H
#define KW_CLI_WORDS_H

#include "cli/command.h"

/* Longest text of words, such as "emtp keys participants". */
#define KW_WORDS_BYTES_MAX 96

/* True when a command is called so or begins so; the empty text is the program itself. */
bool kw_words_exist(const kw_program *program, kw_str words);

/* The command that is called exactly so; NULL for groups and unknown words. */
const kw_command *kw_words_command(const kw_program *program, kw_str words);

/* One line about a group or a command; "" when the tables say nothing. */
const char *kw_words_help(const kw_program *program, kw_str words);

/* A word that may follow. */
typedef struct kw_words_child {
    kw_str word;  /* "rotate" */
    kw_str words; /* "emtp keys rotate" */
    size_t next;  /* where the walk goes on; zero to begin it */
} kw_words_child;

/* Walks the words that may follow `words`, each once, in the order of the table. */
bool kw_words_next_child(kw_words_child *child, const kw_program *program, kw_str words);

#endif /* KW_CLI_WORDS_H */
