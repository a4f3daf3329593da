/* SPDX-License-Identifier: Apache-2.0
 * keyward cluster status: who certifies, who serves, and how many more may fail. Source:
 * threshold.md sections 1, 7. */
#include "cli/cluster_options.h"
#include "cli/commands.h"
#include "cli/epoch_view.h"
#include "cli/print.h"
#include "client/threshold_survey.h"
#include "codec/json.h"
#include "crypto/address_text.h"
#include "threshold/api_types.h"

enum {
    WHOLE = 0,
    DEGRADED = 1,
    BROKEN = 2,
};

typedef struct status_options {
    kw_cluster_options cluster;
} status_options;
static const kw_field status_fields[] = {
    KW_CLUSTER_FIELDS(status_options),
    KW_CLUSTER_CALL_FIELDS(status_options),
};
KW_SCHEMA(status_options, status_fields);

typedef struct status_row {
    kw_str address;
    kw_str standing;
    uint64_t epoch;
    uint64_t share; /* epoch of the share that it says it serves with; 0: none */
    kw_str erasure; /* how it says that it erases old ones; empty: it does not serve */
    uint32_t took_ms;
    kw_str problem;
} status_row;
static const kw_field row_fields[] = {
    KW_FIELD(status_row, address, KW_ADDRESS_TEXT_BYTES, KW_REQ),
    KW_FIELD(status_row, standing, 16, KW_REQ),
    KW_FIELD(status_row, epoch, UINT64_MAX, KW_NULL, .help = "whose certificate it showed"),
    KW_FIELD(status_row, share, UINT64_MAX, KW_NULL, .help = "epoch that it says it serves with"),
    KW_FIELD(status_row, erasure, 16, KW_NULL,
             .help = "how it says old shares are erased: hardware, best-effort"),
    KW_FIELD(status_row, took_ms, UINT32_MAX, KW_REQ),
    KW_FIELD(status_row, problem, 32, KW_NULL),
};
KW_SCHEMA(status_row, row_fields);

typedef struct status_rows {
    status_row *items;
    size_t count;
} status_rows;

typedef struct status_reply {
    kw_str cluster;
    kw_hash32 cluster_id;
    uint64_t epoch;
    int64_t epoch_time;
    uint32_t threshold;
    uint32_t serving;
    uint32_t spare;
    status_rows operators;
} status_reply;
static const kw_field reply_fields[] = {
    KW_FIELD(status_reply, cluster, KW_CLUSTER_NAME_BYTES_MAX, KW_REQ),
    KW_FIELD(status_reply, cluster_id, 0, KW_REQ),
    KW_FIELD(status_reply, epoch, UINT64_MAX, KW_REQ, .help = "newest that was shown; 0: none"),
    KW_FIELD(status_reply, epoch_time, INT64_MAX, KW_TIME, .help = "of its boundary"),
    KW_FIELD(status_reply, threshold, KW_THRESHOLD_MEMBERS_MAX, KW_REQ,
             .help = "operators that a signature needs"),
    KW_FIELD(status_reply, serving, KW_THRESHOLD_MEMBERS_MAX, KW_REQ,
             .help = "operators that say they serve with a share of that epoch"),
    KW_FIELD(status_reply, spare, KW_THRESHOLD_MEMBERS_MAX, KW_REQ,
             .help = "how many of them may fail before signatures stop"),
    KW_FIELD_LIST(status_reply, operators, &status_row_schema, KW_THRESHOLD_MEMBERS_MAX, KW_REQ),
};
KW_SCHEMA(status_reply, reply_fields);

/* What an operator says of its share. One that answers for another is not believed. */
static void take_share(kw_cli *cli, status_row *row, const kw_client_answer *answer)
{
    kw_pubkey key = {0};
    bool is_read = answer->st == KW_OK && kw_json_decode(&key, cli->arena, &kw_pubkey_schema,
                                                         kw_buf_view(&answer->body), NULL) == KW_OK;
    if (is_read && key.isActive && kw_str_equal(key.operatorAddress, row->address)) {
        row->share = key.version;
        row->erasure = key.erasure;
    }
}

static kw_status ask_shares(kw_cli *cli, status_rows *rows, kw_client_calls *calls, kw_error *err)
{
    for (size_t i = 0; i < rows->count; i++) {
        const kw_client_ask ask = {.member = (uint16_t)(i + 1), .path = "/pubkey"};
        KW_TRY_AT(err, kw_client_calls_add(calls, &ask, err), "asking the operators");
    }
    kw_client_answer answer = {0};
    while (kw_client_calls_next(calls, &answer)) {
        KW_ASSERT(rows->items != NULL && answer.member >= 1 && answer.member <= rows->count);
        take_share(cli, &rows->items[answer.member - 1], &answer);
        kw_client_answer_drop(&answer);
    }
    return KW_OK;
}

static kw_status make_rows(kw_cli *cli, status_rows *out, const kw_client_cluster *cluster,
                           const kw_client_survey *survey, kw_error *err)
{
    kw_operator_views views = {0};
    KW_TRY_AT(err, kw_operator_views_fill(cli->arena, &views, &cluster->operators, survey->members),
              "listing the operators");
    out->items = kw_arena_new(cli->arena, views.count, sizeof *out->items);
    KW_REQUIRE(out->items != NULL, err, KW_NO_MEMORY, "no memory for the operators");
    for (size_t i = 0; i < views.count; i++) {
        const kw_operator_view *view = &views.items[i];
        out->items[i] = (status_row){.address = view->address,
                                     .standing = view->standing,
                                     .epoch = view->epoch,
                                     .took_ms = view->took_ms,
                                     .problem = view->problem};
    }
    out->count = views.count;
    return KW_OK;
}

static kw_status sum_up(kw_cli *cli, const kw_client_cluster *cluster,
                        const kw_client_survey *survey, const status_rows *rows, kw_error *err)
{
    status_reply reply = {.cluster = cluster->file.name,
                          .cluster_id = cluster->file.cluster_id,
                          .threshold = cluster->file.quorum.t,
                          .operators = *rows};
    uint32_t members = cluster->file.quorum.n;
    if (survey->newest.file.len > 0) {
        const kw_candidate *candidate = &survey->newest.certificate.candidate;
        reply.epoch = candidate->fields.epoch;
        reply.epoch_time = (int64_t)candidate->fields.timestamp;
        reply.threshold = candidate->fields.t_new;
        members = candidate->roster_new->n;
    }
    for (size_t i = 0; i < rows->count; i++) {
        /* A later one: the next epoch began while they were asked. */
        reply.serving += reply.epoch != 0 && rows->items[i].share >= reply.epoch;
    }
    kw_operator_views_advise(cli, survey->members, (uint16_t)rows->count);
    bool is_enough = reply.serving >= reply.threshold;
    reply.spare = is_enough ? reply.serving - reply.threshold : 0;
    kw_cli_verdict(cli, !is_enough ? BROKEN : reply.serving < members ? DEGRADED : WHOLE);
    return kw_cli_print(cli, &status_reply_schema, &reply, err);
}

static kw_status status(kw_cli *cli, const void *given, kw_error *err)
{
    const status_options *options = given;
    KW_AUTO(kw_cluster_remote) remote = {0};
    KW_AUTO_PTR(kw_client_calls) calls = NULL;
    KW_AUTO(kw_client_survey) survey = {.is_split = false};
    status_rows rows = {0};
    KW_TRY(kw_cluster_remote_open(&remote, &options->cluster, err));
    KW_TRY(kw_cluster_remote_calls(&remote, &calls, &options->cluster, err));
    KW_TRY(kw_client_survey_run(&survey, &remote.cluster, calls, 0, err));
    KW_REQUIRE(!survey.is_split, err, KW_REFUSED, "operators name different keys");
    KW_TRY(make_rows(cli, &rows, &remote.cluster, &survey, err));
    KW_TRY(ask_shares(cli, &rows, calls, err));
    return sum_up(cli, &remote.cluster, &survey, &rows, err);
}

const kw_command kw_command_cluster_status = {
    "cluster status",
    &status_options_schema,
    status,
    "ask every operator how it is",
    .about =
        "Asks all operators at once for their newest certificate, which is checked as `epoch\n"
        "show` does, and for the share that they serve with and how old ones are erased\n"
        "(`hardware`, `best-effort`), which is what they say of themselves. Give --operators when\n"
        "the operators are others than those of the first key.",
    .examples = {{"keyward cluster status --cluster cluster.json --ca ca.pem",
                  "a table of all operators"}},
    .verdicts = {{WHOLE, "every operator serves"},
                 {DEGRADED, "enough operators serve, and some do not"},
                 {BROKEN, "too few operators serve for a signature"}},
};
