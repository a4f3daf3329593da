/* SPDX-License-Identifier: Apache-2.0
 * keyward cluster reshare: an epoch now, where the next one that is due would be too late. Source:
 * threshold.md sections 2, 3. */
#include "cli/cluster_options.h"
#include "cli/commands.h"
#include "cli/print.h"
#include "cli/progress.h"
#include "client/threshold_survey.h"
#include "codec/json.h"
#include "crypto/address_text.h"
#include "os/clock.h"
#include "threshold/api_types.h"
#include "threshold/reshares.h"

enum {
    MADE = 0,
    NOT_MADE = 1,
    TOO_FEW = 2,

    LOOK_MS = 500,
    BODY_BYTES_MAX = 128,
};

typedef struct reshare_options {
    kw_cluster_options cluster;
    kw_strs admin;
    int64_t boundary;
    bool no_wait;
} reshare_options;
static const kw_field reshare_fields[] = {
    KW_CLUSTER_FIELDS(reshare_options),
    KW_FIELD(reshare_options, admin, KW_OPERATOR_URL_BYTES_MAX, 0, .min = 1,
             .items_max = KW_THRESHOLD_MEMBERS_MAX,
             .help = "admin listener of an operator, https://host:port; once for each to ask"),
    KW_FIELD(reshare_options, boundary, INT64_MAX / 1000, KW_TIME, .min = 0,
             .help = "when, such as 2026-11-30T12:00:00Z: a multiple of the interval; default: the "
                     "next one that leaves all operators time to answer"),
    KW_FIELD(reshare_options, no_wait, 0, 0, .help = "yes: only ask; somebody else looks later"),
    KW_CLUSTER_CALL_FIELDS(reshare_options),
};
KW_SCHEMA(reshare_options, reshare_fields);

/* An operator that was asked. */
typedef struct reshare_row {
    kw_str admin;
    kw_str address; /* that it says it has */
    bool takes_part;
    kw_str problem; /* name of a status */
} reshare_row;
static const kw_field row_fields[] = {
    KW_FIELD(reshare_row, admin, KW_OPERATOR_URL_BYTES_MAX, KW_REQ),
    KW_FIELD(reshare_row, address, KW_ADDRESS_TEXT_BYTES, KW_NULL),
    KW_FIELD(reshare_row, takes_part, 0, KW_REQ),
    KW_FIELD(reshare_row, problem, 32, KW_NULL),
};
KW_SCHEMA(reshare_row, row_fields);

typedef struct reshare_rows {
    reshare_row *items;
    size_t count;
} reshare_rows;

typedef struct reshare_reply {
    kw_str cluster;
    int64_t boundary;
    bool due;
    uint32_t taking_part;
    uint32_t needed;
    uint64_t epoch;
    kw_hash32 certificate;
    reshare_rows operators;
} reshare_reply;
static const kw_field reply_fields[] = {
    KW_FIELD(reshare_reply, cluster, KW_CLUSTER_NAME_BYTES_MAX, KW_REQ),
    KW_FIELD(reshare_reply, boundary, INT64_MAX, KW_REQ | KW_TIME),
    KW_FIELD(reshare_reply, due, 0, KW_REQ,
             .help = "an epoch is due at this boundary anyway: nobody was asked"),
    KW_FIELD(reshare_reply, taking_part, KW_THRESHOLD_MEMBERS_MAX, KW_REQ,
             .help = "operators of the cluster that took the request"),
    KW_FIELD(reshare_reply, needed, KW_THRESHOLD_MEMBERS_MAX, KW_REQ,
             .help = "operators that an epoch needs"),
    KW_FIELD(reshare_reply, epoch, UINT64_MAX, KW_NULL, .help = "that was made"),
    KW_FIELD(reshare_reply, certificate, 0, KW_NULL, .help = "its name"),
    KW_FIELD_LIST(reshare_reply, operators, &reshare_row_schema, KW_THRESHOLD_MEMBERS_MAX, KW_REQ),
};
KW_SCHEMA(reshare_reply, reply_fields);

static uint64_t now_ms(void)
{
    kw_clock clock = kw_clock_system();
    return (uint64_t)KW_MAX(kw_clock_now_ms(&clock), (kw_unix_ms)0);
}

/* ---- when ---- */

/* The first boundary that is due, or before which whoever is asked can still answer. */
static uint64_t next_boundary(const kw_config_fields *config, uint32_t timeout_ms)
{
    uint64_t now = now_ms();
    uint64_t boundary = (now / 1000 / config->interval_s + 1) * config->interval_s;
    while (!kw_reshare_is_due(config, boundary) && boundary * 1000 < now + timeout_ms) {
        boundary += config->interval_s;
    }
    return boundary;
}

static kw_status choose(reshare_reply *reply, const reshare_options *options,
                        const kw_config_fields *config, kw_error *err)
{
    uint64_t boundary = (uint64_t)options->boundary;
    if (boundary == 0) {
        boundary = next_boundary(config, options->cluster.timeout);
    }
    KW_REQUIRE(boundary % config->interval_s == 0, err, KW_USAGE,
               "--boundary is no boundary of this cluster: they are multiples of %u seconds",
               (unsigned)config->interval_s);
    KW_REQUIRE(boundary * 1000 > now_ms(), err, KW_USAGE, "--boundary has passed");
    reply->boundary = (int64_t)boundary;
    reply->due = kw_reshare_is_due(config, boundary);
    KW_REQUIRE(reply->due || options->admin.count > 0, err, KW_USAGE,
               "no epoch is due then: give --admin of every operator that you administer");
    return KW_OK;
}

/* ---- who ---- */
/* Operators are called at their admin listeners as others are at their public ones. */
static kw_status list_admins(kw_cli *cli, kw_client_cluster *out, kw_strs admins, kw_error *err)
{
    kw_operator_place *places = kw_arena_new(cli->arena, admins.count, sizeof *places);
    KW_REQUIRE(places != NULL, err, KW_NO_MEMORY, "no memory for the operators");
    for (size_t i = 0; i < admins.count; i++) {
        KW_REQUIRE(kw_str_starts_with(admins.items[i], KW_STR("https://")) &&
                       !kw_str_ends_with(admins.items[i], KW_STR("/")),
                   err, KW_USAGE, "--admin is not https://host:port");
        places[i].public_url = admins.items[i];
    }
    out->operators = (kw_operators){.roster = {.n = (uint16_t)admins.count}, .places = places};
    return KW_OK;
}

/* Whether an operator of the cluster answered that no row before has. */
static bool is_new_member(const reshare_rows *before, const kw_client_cluster *cluster,
                          kw_str address)
{
    kw_address member;
    for (size_t i = 0; i < before->count; i++) {
        if (before->items[i].takes_part && kw_str_equal(before->items[i].address, address)) {
            return false;
        }
    }
    return kw_address_parse(&member, address) == KW_OK &&
           kw_roster_index(&cluster->operators.roster, &member) != 0;
}

static void take_answer(kw_cli *cli, reshare_reply *reply, const kw_client_cluster *cluster,
                        const kw_client_answer *answer, reshare_row *row)
{
    kw_reshare_reply said = {0};
    kw_status st = answer->st;
    if (st == KW_OK) {
        kw_span json = kw_declassify_span(kw_secret_bytes_view(&answer->posted), "no secret");
        st = kw_json_decode(&said, cli->arena, &kw_reshare_reply_schema, json, NULL);
    }
    if (st == KW_OK && said.boundary != (uint64_t)reply->boundary) {
        st = KW_PEER_REFUSED;
    }
    row->address = said.operatorAddress;
    row->takes_part = st == KW_OK;
    row->problem = st == KW_OK ? (kw_str){0} : kw_str_of(kw_status_name(st));
    reply->taking_part +=
        st == KW_OK && is_new_member(&reply->operators, cluster, said.operatorAddress);
}

static kw_status ask_all(kw_cli *cli, reshare_reply *reply, const kw_client_cluster *cluster,
                         kw_client_calls *calls, kw_strs admins, kw_error *err)
{
    KW_AUTO(kw_buf) body = kw_buf_init(BODY_BYTES_MAX);
    const kw_reshare_request request = {.boundary = (uint64_t)reply->boundary};
    KW_TRY_AT(err, kw_json_encode(&body, &kw_reshare_request_schema, &request, KW_JSON_PLAIN),
              "writing the request");
    reshare_row *rows = kw_arena_new(cli->arena, admins.count, sizeof *rows);
    KW_REQUIRE(rows != NULL, err, KW_NO_MEMORY, "no memory for the operators");
    for (size_t i = 0; i < admins.count; i++) {
        const kw_client_ask ask = {.member = (uint16_t)(i + 1),
                                   .path = "/v1/threshold/reshare",
                                   .body = kw_secret_span_of(kw_buf_view(&body))};
        KW_TRY_AT(err, kw_client_calls_add(calls, &ask, err), "asking the operators");
    }
    reply->operators.items = rows;
    kw_client_answer answer = {0};
    while (kw_client_calls_next(calls, &answer)) { /* in the order of their answers */
        reshare_row *row = &rows[reply->operators.count];
        row->admin = admins.items[answer.member - 1];
        take_answer(cli, reply, cluster, &answer, row);
        reply->operators.count++;
        kw_client_answer_drop(&answer);
    }
    return KW_OK;
}

static kw_status ask(kw_cli *cli, reshare_reply *reply, const kw_cluster_remote *remote,
                     const reshare_options *options, kw_error *err)
{
    /* Borrows the credential; the list is in the arena of the command. */
    kw_cluster_remote admins = {.credential = remote->credential};
    KW_AUTO_PTR(kw_client_calls) calls = NULL;
    if (reply->due) {
        return KW_OK;
    }
    KW_REQUIRE(options->cluster.cert.len > 0 || options->cluster.api_key_file.len > 0, err,
               KW_USAGE, "give --api-key-file, or --cert and --cert-key");
    KW_TRY(list_admins(cli, &admins.cluster, options->admin, err));
    KW_TRY(kw_cluster_remote_calls(&admins, &calls, &options->cluster, err));
    return ask_all(cli, reply, &remote->cluster, calls, options->admin, err);
}

/* ---- what comes of it ---- */
static void wait_for_boundary(kw_cli *cli, uint64_t boundary_ms)
{
    uint64_t now = now_ms();
    uint64_t total_s = (boundary_ms - KW_MIN(now, boundary_ms) + 999) / 1000;
    kw_progress progress = kw_progress_start(cli, KW_PROGRESS_ITEMS, "seconds to the boundary",
                                             total_s, kw_monotonic_ns());
    while (now < boundary_ms) {
        uint64_t left_ms = boundary_ms - now;
        kw_progress_update(&progress, total_s - KW_MIN(left_ms / 1000, total_s), kw_monotonic_ns());
        kw_sleep_ms(KW_MIN(left_ms, (uint64_t)LOOK_MS));
        now = now_ms();
    }
    kw_progress_clear(&progress);
}

/* One round: which operators show an epoch of this boundary or a later one. */
static kw_status look(reshare_reply *reply, const kw_client_cluster *cluster,
                      kw_client_calls *calls, uint32_t *out_have, kw_error *err)
{
    KW_AUTO(kw_client_survey) survey = {.is_split = false};
    KW_TRY(kw_client_survey_run(&survey, cluster, calls, 0, err));
    const kw_certificate *newest = &survey.newest.certificate;
    *out_have = 0;
    if (survey.newest.file.len == 0 ||
        newest->candidate.fields.timestamp < (uint64_t)reply->boundary) {
        return KW_OK;
    }
    reply->epoch = newest->candidate.fields.epoch;
    reply->certificate = newest->hash;
    for (uint16_t i = 0; i < cluster->operators.roster.n; i++) {
        *out_have += survey.members[i].epoch >= reply->epoch;
    }
    return KW_OK;
}

/* A certificate is enough: it was sealed by the operators of before, and checked under the pin. */
static kw_status wait_for_epoch(kw_cli *cli, reshare_reply *reply, const kw_client_cluster *cluster,
                                kw_client_calls *calls, kw_error *err)
{
    uint32_t have = 0;
    uint64_t boundary_ms = (uint64_t)reply->boundary * 1000;
    uint64_t end_ms = boundary_ms + (uint64_t)cluster->file.config.interval_s * 1000;
    wait_for_boundary(cli, boundary_ms);
    kw_progress progress = kw_progress_start(cli, KW_PROGRESS_ITEMS, "operators with the epoch",
                                             cluster->operators.roster.n, kw_monotonic_ns());
    kw_status st = look(reply, cluster, calls, &have, err);
    while (st == KW_OK && have == 0 && now_ms() < end_ms) {
        kw_progress_update(&progress, have, kw_monotonic_ns());
        kw_sleep_ms(LOOK_MS);
        st = look(reply, cluster, calls, &have, err);
    }
    kw_progress_clear(&progress);
    return st;
}

static kw_status wait_unless_hopeless(kw_cli *cli, reshare_reply *reply,
                                      const kw_client_cluster *cluster,
                                      const reshare_options *options, kw_error *err)
{
    /* By nobody: certificates are for everybody. */
    const kw_cluster_remote whom = {.cluster = *cluster};
    const kw_cluster_options how = {.ca = options->cluster.ca, .timeout = options->cluster.timeout};
    KW_AUTO_PTR(kw_client_calls) calls = NULL;
    bool is_enough = reply->due || reply->taking_part >= reply->needed;
    if (options->no_wait || (!reply->due && reply->taking_part == 0)) {
        kw_cli_verdict(cli, is_enough ? MADE : TOO_FEW);
        return KW_OK;
    }
    if (!is_enough) {
        kw_cli_note(cli, "%u operators take part, %u are needed: others must be asked, too",
                    (unsigned)reply->taking_part, (unsigned)reply->needed);
    }
    KW_TRY(kw_cluster_remote_calls(&whom, &calls, &how, err));
    KW_TRY(wait_for_epoch(cli, reply, cluster, calls, err));
    kw_cli_verdict(cli, reply->epoch != 0 ? MADE : NOT_MADE);
    return KW_OK;
}

/* ---- the command ---- */
static kw_status reshare(kw_cli *cli, const void *given, kw_error *err)
{
    const reshare_options *options = given;
    KW_AUTO(kw_cluster_remote) remote = {0};
    kw_quorum quorum;
    KW_TRY(kw_cluster_remote_open(&remote, &options->cluster, err));
    const kw_client_cluster *cluster = &remote.cluster;
    KW_REQUIRE(options->no_wait || cluster->has_pin, err, KW_REFUSED,
               "no key is pinned to check the new epoch with: add master_key to the cluster file, "
               "or --no-wait");
    KW_TRY_AT(err, kw_quorum_of(&quorum, cluster->operators.roster.n, cluster->file.config.ratio),
              "counting the operators");
    reshare_reply reply = {.cluster = cluster->file.name, .needed = quorum.q};
    KW_TRY(choose(&reply, options, &cluster->file.config, err));
    KW_TRY(ask(cli, &reply, &remote, options, err));
    KW_TRY(wait_unless_hopeless(cli, &reply, cluster, options, err));
    return kw_cli_print(cli, &reshare_reply_schema, &reply, err);
}

const kw_command kw_command_cluster_reshare = {
    "cluster reshare",
    &reshare_options_schema,
    reshare,
    "let the operators make an epoch before the next one is due",
    .about =
        "Asks operators to take part in a resharing at the next boundary, and waits until the\n"
        "certificate of the new epoch verifies under the pinned key. When an epoch is due at that\n"
        "boundary anyway nobody is asked. An epoch needs n - f operators that were asked; those\n"
        "that others administer must be asked by them, for the same --boundary. If too few are,\n"
        "nothing changes. A request outlasts restarts of an operator. It is for the roles\n"
        "operator and crypto_officer.",
    .examples = {{"keyward cluster reshare --cluster cluster.json --operators operators.json "
                  "--ca ca.pem --admin https://node1.example:9443 --admin "
                  "https://node2.example:9443 --cert pki/admin.pem --cert-key pki/admin.key",
                  "at the next boundary, by two operators of ours and others"},
                 {"keyward cluster reshare --cluster cluster.json --ca ca.pem --no-wait "
                  "--admin https://localhost:9443 --cert pki/admin.pem --cert-key pki/admin.key "
                  "--boundary 2026-11-30T12:00:00Z",
                  "what the others do, at the same time"}},
    .verdicts = {{MADE, "the epoch is certified; with --no-wait: enough operators take part"},
                 {NOT_MADE, "no epoch came of the boundary; the one before goes on"},
                 {TOO_FEW, "too few operators took the request"}},
};
