/* SPDX-License-Identifier: Apache-2.0
 * keyward cluster init: the file that describes a cluster, from the entries of its operators.
 * Source: threshold.md section 1. */
#include "cli/coin_files.h"
#include "cli/commands.h"
#include "cli/operator_options.h"
#include "cli/print.h"
#include "codec/json.h"
#include "crypto/hash.h"
#include "os/file.h"
#include "threshold/engine/roster/cluster_file.h"

enum {
    PATH_BYTES_MAX = 1024,
    TIME_S_MAX = 30 * 24 * 3600,
};

typedef struct init_options {
    kw_str out;
    kw_str name;
    kw_strs operator;
    uint32_t suite;
    uint32_t threshold_numerator;
    uint32_t threshold_denominator;
    uint32_t interval_s;
    uint32_t reshare_every;
    uint32_t roster_lag_s;
    uint32_t delta_ms;
    uint64_t chain_id;
    kw_str avs;
    uint32_t set_id;
    kw_hash32 coin;
    kw_str coin_flip;
} init_options;

static const kw_field init_fields[] = {
    KW_FIELD(init_options, out, PATH_BYTES_MAX, KW_REQ | KW_OPERAND, .min = 1,
             .help = "file to write, cluster.json; it must not be there yet"),
    KW_FIELD(init_options, name, KW_CLUSTER_NAME_BYTES_MAX, KW_REQ, .min = 1, .made_of = "-_.",
             .help = "name of the cluster, for people"),
    KW_FIELD(init_options, operator, PATH_BYTES_MAX, KW_REQ, .min = 1,
             .items_max = KW_THRESHOLD_MEMBERS_MAX,
             .help = "file with the entry that `node keygen` printed; once for each operator"),
    KW_FIELD(init_options, suite, 2, 0, .min = 1, .fallback = "2",
             .help = "2: nobody can bias the key; 1: one round less"),
    KW_FIELD(init_options, threshold_numerator, UINT16_MAX, 0, .min = 1, .fallback = "2",
             .help = "a of t = ceil(a n / b), how many operators sign"),
    KW_FIELD(init_options, threshold_denominator, UINT16_MAX, 0, .min = 1, .fallback = "3",
             .help = "b of it"),
    KW_FIELD(init_options, interval_s, TIME_S_MAX, 0, .min = 1, .fallback = "600",
             .help = "seconds from one boundary to the next"),
    KW_FIELD(init_options, reshare_every, UINT16_MAX, 0, .min = 1, .fallback = "1",
             .help = "boundaries from one epoch to the next"),
    KW_FIELD(init_options, roster_lag_s, TIME_S_MAX, 0, .fallback = "1200",
             .help = "how old a list of operators from a chain must be, seconds"),
    KW_FIELD(init_options, delta_ms, KW_CLUSTER_DELTA_MS_MAX, 0,
             .help = "phase of a session; 0: 5 s, or a 24th of the interval"),
    KW_FIELD(init_options, chain_id, UINT64_MAX, 0, .help = "0: no chain"),
    KW_FIELD(init_options, avs, 42, 0, .min = 42, .help = "address of the service on that chain"),
    KW_FIELD(init_options, set_id, UINT32_MAX, 0, .help = "operator set on that chain"),
    KW_FIELD(init_options, coin, 0, 0, .help = "32 bytes that nobody chose; default: zeros"),
    KW_FIELD(init_options, coin_flip, PATH_BYTES_MAX, 0,
             .help = "the transcript of `cluster coin-flip` by these operators, for its coin"),
};
KW_SCHEMA(init_options, init_fields);

typedef struct init_reply {
    kw_str file;
    kw_hash32 cluster_id;
    kw_hash32 genesis_roster;
    uint32_t operators;
    uint32_t threshold;
    uint32_t tolerated;
    uint32_t quorum;
} init_reply;

static const kw_field reply_fields[] = {
    KW_FIELD(init_reply, file, PATH_BYTES_MAX, KW_REQ, .help = "that was written"),
    KW_FIELD(init_reply, cluster_id, 0, KW_REQ),
    KW_FIELD(init_reply, genesis_roster, 0, KW_REQ),
    KW_FIELD(init_reply, operators, KW_THRESHOLD_MEMBERS_MAX, KW_REQ),
    KW_FIELD(init_reply, threshold, KW_THRESHOLD_MEMBERS_MAX, KW_REQ,
             .help = "operators that a signature needs"),
    KW_FIELD(init_reply, tolerated, KW_THRESHOLD_MEMBERS_MAX, KW_REQ,
             .help = "operators that may fail in any way"),
    KW_FIELD(init_reply, quorum, KW_THRESHOLD_MEMBERS_MAX, KW_REQ,
             .help = "operators that a new epoch needs"),
};
KW_SCHEMA(init_reply, reply_fields);

static kw_status fill_rows(kw_cli *cli, kw_cluster_rows *out, const init_options *options,
                           kw_error *err)
{
    KW_TRY_AT(err, kw_object_init(out, cli->arena, &kw_cluster_rows_schema), "a cluster");
    out->version = 1;
    out->name = options->name;
    out->suite = options->suite;
    out->threshold_numerator = options->threshold_numerator;
    out->threshold_denominator = options->threshold_denominator;
    out->interval_s = options->interval_s;
    out->reshare_every = options->reshare_every;
    out->roster_lag_s = options->roster_lag_s;
    out->delta_ms = options->delta_ms;
    out->chain_id = options->chain_id;
    out->avs = options->avs.len > 0 ? options->avs : out->avs;
    out->set_id = options->set_id;
    out->coin = options->coin;
    return kw_operator_entries_read(cli, &out->genesis, options->operator, err);
}

static kw_status write_file(const init_options *options, const kw_cluster_rows *rows, kw_error *err)
{
    KW_AUTO(kw_buf) json = kw_buf_init(KW_OPERATORS_BYTES_MAX);
    kw_file_info info;
    KW_REQUIRE(kw_file_stat(&info, options->out.ptr, NULL) == KW_NOT_FOUND, err, KW_CONFLICT,
               "%s is there already: nothing is replaced", options->out.ptr);
    KW_TRY_AT(err, kw_json_encode(&json, &kw_cluster_rows_schema, rows, KW_JSON_PLAIN),
              "writing the cluster");
    KW_TRY_AT(err, kw_file_write_atomic(options->out.ptr, kw_buf_view(&json), 0644, err),
              "writing the cluster");
    return KW_OK;
}

/* The coin of the operators that begin, who flipped it. */
static kw_status take_coin(kw_cli *cli, kw_cluster_rows *rows, const init_options *options,
                           kw_error *err)
{
    kw_operators genesis;
    kw_coin_transcript transcript;
    kw_hash32 none = {{0}};
    KW_REQUIRE(kw_hash32_equal(&options->coin, &none), err, KW_USAGE,
               "--coin and --coin-flip: a cluster has one coin");
    KW_TRY(kw_coin_transcript_read(cli, &transcript, options->coin_flip.ptr, err));
    KW_TRY(kw_operators_of_rows(&genesis, cli->arena, rows->genesis, err));
    KW_REQUIRE(kw_hash32_equal(&genesis.roster.hash, &transcript.flip.roster.hash), err, KW_REFUSED,
               "%s: other operators flipped this coin than those that are given",
               options->coin_flip.ptr);
    rows->coin = transcript.coin;
    return KW_OK;
}

static kw_status init(kw_cli *cli, const void *given, kw_error *err)
{
    const init_options *options = given;
    kw_cluster_rows rows;
    kw_cluster_file file;
    KW_TRY(fill_rows(cli, &rows, options, err));
    if (options->coin_flip.len > 0) {
        KW_TRY(take_coin(cli, &rows, options, err));
    }
    KW_TRY(kw_cluster_file_of_rows(&file, cli->arena, &rows, err));
    KW_TRY(write_file(options, &rows, err));
    if (file.quorum.f == 0) {
        kw_cli_note(cli, "with %u operators none may be missing when an epoch is made",
                    (unsigned)file.quorum.n);
    }
    init_reply reply = {
        .file = options->out,
        .cluster_id = file.cluster_id,
        .genesis_roster = file.genesis.roster.hash,
        .operators = file.quorum.n,
        .threshold = file.quorum.t,
        .tolerated = file.quorum.f,
        .quorum = file.quorum.q,
    };
    return kw_cli_print(cli, &init_reply_schema, &reply, err);
}

const kw_command kw_command_cluster_init = {
    "cluster init",
    &init_options_schema,
    init,
    "describe a cluster from the entries of its operators",
    .about =
        "Checks that each operator holds the key that it names, and that the settings fit, and\n"
        "writes the file that every operator and every client gets. Its settings never change:\n"
        "the cluster's id covers them and the operators that make the first key. Compare the id\n"
        "with the other operators before the first start.",
    .examples = {{"keyward cluster init cluster.json --name payments --operator node1.json "
                  "--operator node2.json --operator node3.json --operator node4.json",
                  "four operators, of whom any three sign"},
                 {"keyward cluster init cluster.json --name payments --coin-flip coin.json "
                  "--operator node1.json --operator node2.json --operator node3.json --operator "
                  "node4.json",
                  "with the coin that these operators flipped"}},
};
