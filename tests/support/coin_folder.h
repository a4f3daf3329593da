/* SPDX-License-Identifier: Apache-2.0
 * Operators who flip a coin, as files: of the operator N, from 1, nodeN.json, its key N.key (raw),
 * its value N.value, and commitN.json and revealN.json. */
#ifndef KW_TESTS_SUPPORT_COIN_FOLDER_H
#define KW_TESTS_SUPPORT_COIN_FOLDER_H

#include "support/coin_desk.h"
#include "support/command_line.h"
#include "support/tempdir.h"

typedef struct coin_folder {
    tempdir dir;
    coin_desk desk;
} coin_folder;

/* Options by which operator "N" speaks for itself. */
#define COIN_SELF(n) " --entry %/node" n ".json --key raw --key-file %/" n ".key"

/* Writes all of them; the folder stays where it is. */
void coin_folder_open(coin_folder *folder, uint32_t count);
void coin_folder_close(coin_folder *folder);

/* Set-up and tear-down of a test; `*state` is a folder of four operators. */
int coin_folder_set_up(void **state);
int coin_folder_tear_down(void **state);

/* Writes a part into a file. */
void coin_folder_write_part(const coin_folder *folder, const char *name, const kw_coin_part *part);

/* Runs `keyward cluster <words>`; "%" stands for the folder. */
command_result coin_folder_run(const coin_folder *folder, const char *words);

/* Runs it; the status, and a part of what standard error says. */
void coin_folder_expect(const coin_folder *folder, const char *words, kw_status wanted,
                        const char *text);

/* Whether the file is there. */
bool coin_folder_has(const coin_folder *folder, const char *name);

#endif /* KW_TESTS_SUPPORT_COIN_FOLDER_H */
