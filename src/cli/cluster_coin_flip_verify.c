/* SPDX-License-Identifier: Apache-2.0
 * keyward cluster coin-flip verify: that a coin is what its operators flipped, and that a cluster
 * has it. Source: threshold.md section 1. */
#include "cli/coin_files.h"
#include "cli/commands.h"
#include "cli/print.h"
#include "crypto/hash.h"
#include "os/file.h"
#include "threshold/engine/roster/cluster_file.h"

typedef struct verify_options {
    kw_str transcript;
    kw_str cluster;
} verify_options;

static const kw_field verify_fields[] = {
    KW_FIELD(verify_options, transcript, KW_COIN_PATH_BYTES_MAX, KW_REQ | KW_OPERAND, .min = 1,
             .help = "file that `coin-flip finish` wrote"),
    KW_FIELD(verify_options, cluster, KW_COIN_PATH_BYTES_MAX, 0,
             .help = "file of the cluster that must have this coin, cluster.json"),
};
KW_SCHEMA(verify_options, verify_fields);

typedef struct verify_reply {
    kw_hash32 coin;
    kw_hash32 roster;
    kw_hash32 list;
    uint32_t operators;
    kw_str cluster;
} verify_reply;

static const kw_field reply_fields[] = {
    KW_FIELD(verify_reply, coin, 0, KW_REQ),
    KW_FIELD(verify_reply, roster, 0, KW_REQ, .help = "hash of the operators who flipped"),
    KW_FIELD(verify_reply, list, 0, KW_REQ, .help = "hash of all commitments"),
    KW_FIELD(verify_reply, operators, KW_THRESHOLD_MEMBERS_MAX, KW_REQ),
    KW_FIELD(verify_reply, cluster, KW_CLUSTER_NAME_BYTES_MAX, 0,
             .help = "name of the cluster that has the coin"),
};
KW_SCHEMA(verify_reply, reply_fields);

static kw_status check_cluster(kw_cli *cli, kw_str *out_name, const kw_coin_transcript *transcript,
                               const char *path, kw_error *err)
{
    kw_cluster_file file;
    KW_AUTO(kw_buf) json = kw_buf_init(KW_OPERATORS_BYTES_MAX);
    KW_TRY_AT(err, kw_file_read(&json, path, err), "reading the cluster file");
    KW_TRY_AT(err, kw_cluster_file_decode(&file, cli->arena, kw_buf_view(&json), err), "reading %s",
              path);
    KW_REQUIRE(kw_hash32_equal(&file.genesis.roster.hash, &transcript->flip.roster.hash), err,
               KW_REFUSED, "other operators flipped this coin than those that begin the cluster");
    KW_REQUIRE(kw_hash32_equal(&file.config.coin, &transcript->coin), err, KW_REFUSED,
               "the cluster has another coin");
    *out_name = file.name;
    return KW_OK;
}

static kw_status verify(kw_cli *cli, const void *given, kw_error *err)
{
    const verify_options *options = given;
    kw_coin_transcript transcript;
    verify_reply reply = {.operators = 0};
    KW_TRY(kw_coin_transcript_read(cli, &transcript, options->transcript.ptr, err));
    reply.coin = transcript.coin;
    reply.roster = transcript.flip.roster.hash;
    reply.list = transcript.flip.list;
    reply.operators = transcript.flip.roster.n;
    if (options->cluster.len > 0) {
        KW_TRY(check_cluster(cli, &reply.cluster, &transcript, options->cluster.ptr, err));
    }
    return kw_cli_print(cli, &verify_reply_schema, &reply, err);
}

const kw_command kw_command_cluster_coin_flip_verify = {
    "cluster coin-flip verify",
    &verify_options_schema,
    verify,
    "check the transcript of a coin, and that a cluster has it",
    .about =
        "Needs nothing but the file: it checks the entries of all operators, what they signed,\n"
        "and that the coin is made of their values. With --cluster also that the cluster has\n"
        "this coin and begins with these operators.",
    .examples = {{"keyward cluster coin-flip verify coin.json --cluster cluster.json",
                  "before the first start, and at any time later"}},
};
