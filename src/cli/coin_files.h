/* SPDX-License-Identifier: Apache-2.0
 * Files of a coin that operators flip: the own value, which is private until it is revealed, and
 * what all give. */
#ifndef KW_CLI_COIN_FILES_H
#define KW_CLI_COIN_FILES_H

#include "cli/command.h"
#include "threshold/coin_file.h"

enum {
    KW_COIN_PATH_BYTES_MAX = 1024,
    KW_COIN_FILES_MAX = 2 * KW_THRESHOLD_MEMBERS_MAX, /* a commitment and a reveal of each */
};

/* Writes a value into a new file of mode 0600. CONFLICT: the file is there already. */
KW_MUST_USE kw_status kw_coin_value_write(const char *path, const kw_secret32 *value,
                                          kw_error *err);

/* Reads one. FORBIDDEN: the file is not private. BAD_INPUT: it holds no value. */
KW_MUST_USE kw_status kw_coin_value_read(kw_secret32 *out, const char *path, kw_error *err);

/* Writes down, behind the value, for which list of commitments it is revealed; call it before. Who
 * reveals a value again for a list that was changed since lets somebody choose the coin. CONFLICT:
 * it was for another list. Else as kw_coin_value_read, and kw_file_write_atomic. */
KW_MUST_USE kw_status kw_coin_value_bind(const char *path, const kw_hash32 *list, kw_error *err);

/* The flip that these files make. As kw_json_decode and kw_coin_flip_of_parts. */
KW_MUST_USE kw_status kw_coin_parts_read(kw_cli *cli, kw_coin_flip *out, kw_strs paths,
                                         kw_error *err);

/* Prints a part as one line of JSON, for a file. */
KW_MUST_USE kw_status kw_coin_part_print(kw_cli *cli, const kw_coin_part *part, kw_error *err);

/* Reads a transcript and checks it. As kw_coin_transcript_decode. */
KW_MUST_USE kw_status kw_coin_transcript_read(kw_cli *cli, kw_coin_transcript *out,
                                              const char *path, kw_error *err);

#endif /* KW_CLI_COIN_FILES_H */
