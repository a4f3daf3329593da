/* SPDX-License-Identifier: Apache-2.0
 * keyward cluster coin-flip commit: an operator's commitment to its value. Source: threshold.md
 * section 1. Secret inputs: the operator's key. Secret output: the value, into a private file. */
#include "cli/coin_files.h"
#include "cli/commands.h"
#include "cli/operator_options.h"
#include "client/randomness.h"

typedef struct commit_options {
    kw_str value;
    kw_strs operator;
    kw_operator_options self;
} commit_options;

static const kw_field commit_fields[] = {
    KW_FIELD(commit_options, value, KW_COIN_PATH_BYTES_MAX, KW_REQ | KW_OPERAND, .min = 1,
             .help = "file for the value, mode 0600; it must not be there yet"),
    KW_FIELD(commit_options, operator, KW_COIN_PATH_BYTES_MAX, KW_REQ, .min = 1,
             .items_max = KW_THRESHOLD_MEMBERS_MAX,
             .help = "file with the entry of an operator; once for each, the own one, too"),
    KW_OPERATOR_FIELDS(commit_options),
};
KW_SCHEMA(commit_options, commit_fields);

static kw_status commit(kw_cli *cli, const void *given, kw_error *err)
{
    const commit_options *options = given;
    kw_operator_rows rows = {0};
    kw_operators operators;
    kw_coin_part part = {.reveal = {0}};
    KW_AUTO(kw_client_randomness) randomness = {0};
    KW_AUTO(kw_operator_self) self = {.key = NULL};
    KW_AUTO(kw_secret32) value = {{0}};
    KW_TRY(kw_operator_entries_read(cli, &rows, options->operator, err));
    KW_TRY(kw_operators_of_rows(&operators, cli->arena, rows, err));
    KW_TRY(kw_operator_self_open(cli, &self, &options->self, err));
    KW_TRY(kw_client_randomness_open(&randomness, err));
    kw_rng rng = kw_client_randomness_rng(&randomness);
    KW_TRY_AT(err, kw_rng_secret32(&rng, &value), "drawing a value");
    const kw_coin_seat seat = {&operators.roster, &self.row, self.key};
    KW_TRY(kw_coin_commit(&part, cli->arena, &seat, &value, err));
    KW_TRY(kw_coin_value_write(options->value.ptr, &value, err));
    return kw_coin_part_print(cli, &part, err);
}

const kw_command kw_command_cluster_coin_flip_commit = {
    "cluster coin-flip commit",
    &commit_options_schema,
    commit,
    "commit to a value, as an operator: the first step",
    .about =
        "Draws a value, keeps it in a private file, and prints one line of JSON: the commitment\n"
        "to it, signed with the operator's key. Send that to all other operators. It is for this\n"
        "list of operators alone, so all must have the same entries. Show the value to nobody:\n"
        "`coin-flip reveal` does, when everybody has committed.",
    .examples = {{"keyward cluster coin-flip commit coin.value --entry node1.json --key-file "
                  "operator.key --passphrase-file passphrase --operator node1.json --operator "
                  "node2.json --operator node3.json --operator node4.json >commit1.json",
                  "the first of four operators"}},
};
