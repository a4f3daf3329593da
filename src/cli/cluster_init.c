/* SPDX-License-Identifier: Apache-2.0
 * keyward cluster init: the file that describes a cluster, from the entries of its operators.
 * Source: threshold.md section 1. */
#include "cli/commands.h"
#include "cli/print.h"
#include "codec/json.h"
#include "os/file.h"
#include "threshold/engine/roster/cluster_file.h"

enum {
    PATH_BYTES_MAX = 1024,
    ENTRY_BYTES_MAX = 4096,
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
    KW_FIELD(init_options, coin, 0, 0,
             .help = "32 bytes that the operators threw together; default: zeros"),
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

static kw_status read_entry(kw_cli *cli, kw_operator_row *out, kw_str path, kw_error *err)
{
    KW_AUTO(kw_buf) json = kw_buf_init(ENTRY_BYTES_MAX);
    KW_TRY_AT(err, kw_file_read(&json, path.ptr, err), "reading an entry");
    KW_TRY_AT(err,
              kw_json_decode(out, cli->arena, &kw_operator_row_schema, kw_buf_view(&json), err),
              "reading %s", path.ptr);
    return KW_OK;
}

static kw_status read_entries(kw_cli *cli, kw_operator_rows *out, kw_strs paths, kw_error *err)
{
    out->items = kw_arena_new(cli->arena, paths.count, sizeof *out->items);
    KW_REQUIRE(out->items != NULL, err, KW_NO_MEMORY, "no memory for the operators");
    for (size_t i = 0; i < paths.count; i++) {
        KW_TRY(read_entry(cli, &out->items[i], paths.items[i], err));
    }
    out->count = paths.count;
    return KW_OK;
}

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
    return read_entries(cli, &out->genesis, options->operator, err);
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

static kw_status init(kw_cli *cli, const void *given, kw_error *err)
{
    const init_options *options = given;
    kw_cluster_rows rows;
    kw_cluster_file file;
    KW_TRY(fill_rows(cli, &rows, options, err));
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
                  "four operators, of whom any three sign"}},
};
