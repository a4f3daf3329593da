/* SPDX-License-Identifier: Apache-2.0
 * keyward cluster coin-flip finish: the coin and its transcript. Source: threshold.md section 1. */
#include "cli/coin_files.h"
#include "cli/commands.h"
#include "cli/print.h"
#include "os/file.h"

typedef struct finish_options {
    kw_str transcript;
    kw_strs parts;
} finish_options;

static const kw_field finish_fields[] = {
    KW_FIELD(finish_options, transcript, KW_COIN_PATH_BYTES_MAX, KW_REQ | KW_OPERAND, .min = 1,
             .help = "file to write; it must not be there yet"),
    KW_FIELD(finish_options, parts, KW_COIN_PATH_BYTES_MAX, KW_REQ | KW_OPERAND, .min = 1,
             .items_max = KW_COIN_FILES_MAX,
             .help = "files with what each operator revealed; commitments beside them do no harm"),
};
KW_SCHEMA(finish_options, finish_fields);

typedef struct finish_reply {
    kw_str file;
    kw_hash32 coin;
    kw_hash32 roster;
    kw_hash32 list;
    uint32_t operators;
} finish_reply;

static const kw_field reply_fields[] = {
    KW_FIELD(finish_reply, file, KW_COIN_PATH_BYTES_MAX, KW_REQ, .help = "that was written"),
    KW_FIELD(finish_reply, coin, 0, KW_REQ),
    KW_FIELD(finish_reply, roster, 0, KW_REQ, .help = "hash of the operators"),
    KW_FIELD(finish_reply, list, 0, KW_REQ, .help = "hash of all commitments"),
    KW_FIELD(finish_reply, operators, KW_THRESHOLD_MEMBERS_MAX, KW_REQ),
};
KW_SCHEMA(finish_reply, reply_fields);

static void note_silent(kw_cli *cli, const kw_coin_flip *flip)
{
    for (size_t i = 0; i < flip->roster.n; i++) {
        if (!kw_coin_part_is_revealed(&flip->parts[i])) {
            kw_cli_note(cli, "%.*s has not revealed its value", KW_STR_ARG(flip->parts[i].address));
        }
    }
}

static kw_status write_transcript(const char *path, const kw_coin_flip *flip, kw_error *err)
{
    kw_file_info info;
    KW_AUTO(kw_buf) json = kw_buf_init(KW_COIN_TRANSCRIPT_BYTES_MAX);
    KW_TRY(kw_coin_transcript_encode(&json, flip, err));
    KW_REQUIRE(kw_file_stat(&info, path, NULL) == KW_NOT_FOUND, err, KW_CONFLICT,
               "%s is there already: nothing is replaced", path);
    KW_TRY_AT(err, kw_file_write_atomic(path, kw_buf_view(&json), 0644, err),
              "writing the transcript");
    return KW_OK;
}

static kw_status finish(kw_cli *cli, const void *given, kw_error *err)
{
    const finish_options *options = given;
    kw_coin_flip flip = {.parts = NULL};
    KW_TRY(kw_coin_parts_read(cli, &flip, options->parts, err));
    note_silent(cli, &flip);
    finish_reply reply = {
        .file = options->transcript,
        .roster = flip.roster.hash,
        .list = flip.list,
        .operators = flip.roster.n,
    };
    KW_TRY(kw_coin_flip_end(&flip, &reply.coin, err));
    KW_TRY(write_transcript(options->transcript.ptr, &flip, err));
    return kw_cli_print(cli, &finish_reply_schema, &reply, err);
}

const kw_command kw_command_cluster_coin_flip_finish = {
    "cluster coin-flip finish",
    &finish_options_schema,
    finish,
    "make the coin of what all revealed: the last step",
    .about =
        "Checks everything, writes the transcript, which proves the coin to anybody, and prints\n"
        "the coin: the same for everybody who has the same files. Says who has not revealed.\n"
        "Whoever refuses can do no more than that: without it no coin is made, and the others\n"
        "begin again, with other operators. `cluster init --coin-flip` takes the transcript.",
    .examples = {{"keyward cluster coin-flip finish coin.json reveal1.json reveal2.json "
                  "reveal3.json reveal4.json",
                  "when all four have revealed"}},
};
