/* SPDX-License-Identifier: Apache-2.0
 * keyward cluster coin-flip reveal: an operator's value, once all have committed. Source:
 * threshold.md section 1. Secret inputs: the operator's key; its value, which becomes public. */
#include "cli/coin_files.h"
#include "cli/commands.h"
#include "cli/operator_options.h"
#include "cli/print.h"
#include "codec/hex.h"

typedef struct reveal_options {
    kw_str value;
    kw_strs commitments;
    kw_operator_options self;
} reveal_options;

static const kw_field reveal_fields[] = {
    KW_FIELD(reveal_options, value, KW_COIN_PATH_BYTES_MAX, KW_REQ | KW_OPERAND, .min = 1,
             .help = "file that `coin-flip commit` made"),
    KW_FIELD(reveal_options, commitments, KW_COIN_PATH_BYTES_MAX, KW_REQ | KW_OPERAND, .min = 1,
             .items_max = KW_COIN_FILES_MAX,
             .help = "files with the commitments of all operators, the own one, too"),
    KW_OPERATOR_FIELDS(reveal_options),
};
KW_SCHEMA(reveal_options, reveal_fields);

static kw_status reveal(kw_cli *cli, const void *given, kw_error *err)
{
    const reveal_options *options = given;
    kw_coin_flip flip = {.parts = NULL};
    kw_coin_part part = {.reveal = {0}};
    char digits[2 * sizeof flip.list.bytes];
    KW_AUTO(kw_operator_self) self = {.key = NULL};
    KW_AUTO(kw_secret32) value = {{0}};
    KW_TRY(kw_coin_parts_read(cli, &flip, options->commitments, err));
    KW_TRY(kw_operator_self_open(cli, &self, &options->self, err));
    KW_TRY(kw_coin_value_read(&value, options->value.ptr, err));
    const kw_coin_seat seat = {&flip.roster, &self.row, self.key};
    KW_TRY(kw_coin_reveal(&part, cli->arena, &flip, &seat, &value, err));
    KW_TRY(kw_coin_value_bind(options->value.ptr, &flip.list, err));
    kw_hex_encode_to(digits, KW_SPAN(flip.list.bytes));
    kw_cli_note(cli, "%u operators have committed; all must see the list %.*s",
                (unsigned)flip.roster.n, (int)sizeof digits, digits);
    return kw_coin_part_print(cli, &part, err);
}

const kw_command kw_command_cluster_coin_flip_reveal = {
    "cluster coin-flip reveal",
    &reveal_options_schema,
    reveal,
    "reveal the value, when all have committed: the second step",
    .about =
        "Checks that every operator has committed, that the own commitment stands among the\n"
        "others and that none was copied, and prints one line of JSON: the value, signed together\n"
        "with the list of all commitments, so that nobody can change his any more. Send it to all\n"
        "other operators. Nothing is revealed when a commitment is missing or wrong, nor a second\n"
        "time for another list: somebody who saw the value could have made a new commitment.",
    .examples = {{"keyward cluster coin-flip reveal coin.value commit1.json commit2.json "
                  "commit3.json commit4.json --entry node1.json --key-file operator.key "
                  "--passphrase-file passphrase >reveal1.json",
                  "the first of four operators"}},
};
