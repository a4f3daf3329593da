/* SPDX-License-Identifier: Apache-2.0
 * keyward epoch show: the certified epoch of a cluster, and how each operator is. Source:
 * threshold.md section 6. */
#include "cli/cluster_options.h"
#include "cli/commands.h"
#include "cli/epoch_view.h"
#include "cli/print.h"
#include "client/randomness.h"
#include "os/file.h"

#include <inttypes.h>

enum {
    PINNED = 0,
    NOT_PINNED = 1,
};

typedef struct show_options {
    kw_cluster_options cluster;
    uint64_t epoch;
    kw_str seen;
    kw_str out;
} show_options;

static const kw_field show_fields[] = {
    KW_CLUSTER_FIELDS(show_options),
    KW_FIELD(show_options, epoch, UINT64_MAX, 0, .help = "number of an epoch; default: the newest"),
    KW_FIELD(show_options, seen, KW_CLUSTER_PATH_BYTES_MAX, 0,
             .help = "file that keeps the highest epoch seen: an older newest one is refused"),
    KW_FIELD(show_options, out, KW_CLUSTER_PATH_BYTES_MAX, 0,
             .help = "file for the certificate, for `epoch verify`"),
    KW_CLUSTER_CALL_FIELDS(show_options),
};
KW_SCHEMA(show_options, show_fields);

/* Without a pin: the first epoch, if anybody still has it, and the key that it proves. */
static kw_status prove_genesis(kw_client_cluster *cluster, kw_client_calls *calls, kw_error *err)
{
    KW_AUTO(kw_client_randomness) randomness = {0};
    KW_AUTO(kw_client_survey) first = {.is_split = false};
    KW_TRY(kw_client_randomness_open(&randomness, err));
    kw_rng rng = kw_client_randomness_rng(&randomness);
    KW_TRY(kw_client_survey_run(&first, cluster, calls, 1, err));
    if (first.newest.file.len > 0 &&
        kw_client_epoch_prove(&first.newest, cluster, &rng, NULL) == KW_OK) {
        cluster->has_pin = true;
        cluster->pin = first.newest.certificate.candidate.polynomial[0];
    }
    return KW_OK;
}

/* What was seen once is the least that is believed later. */
static kw_status mind_seen(const show_options *options, const kw_client_cluster *cluster,
                           uint64_t epoch, kw_error *err)
{
    const kw_hash32 *cluster_id = &cluster->file.cluster_id;
    uint64_t seen = 0;
    if (options->seen.len == 0 || options->epoch != 0) {
        return KW_OK;
    }
    KW_TRY(kw_client_seen_read(&seen, options->seen.ptr, cluster_id, err));
    KW_REQUIRE(epoch >= seen, err, KW_REFUSED,
               "the operators show epoch %" PRIu64 ", and %" PRIu64 " was seen before", epoch,
               seen);
    return kw_client_seen_raise(options->seen.ptr, cluster_id, epoch, err);
}

static kw_status print_survey(kw_cli *cli, const kw_client_cluster *cluster,
                              const kw_client_survey *survey, kw_error *err)
{
    kw_epoch_view view = {.epoch = 0};
    KW_TRY_AT(err, kw_epoch_view_fill(cli->arena, &view, cluster, &survey->newest), "printing");
    KW_TRY_AT(
        err,
        kw_operator_views_fill(cli->arena, &view.operators, &cluster->operators, survey->members),
        "printing");
    return kw_cli_print(cli, &kw_epoch_view_schema, &view, err);
}

/* Nobody had one that passed: their faults are all there is to show. */
static kw_status fail_without_epoch(kw_cli *cli, uint64_t wanted, const kw_client_cluster *cluster,
                                    const kw_client_survey *survey, kw_error *err)
{
    kw_status st = KW_UNAVAILABLE;
    uint16_t n = cluster->operators.roster.n;
    unsigned without = 0;
    for (uint16_t i = 0; i < n; i++) {
        const kw_client_member *member = &survey->members[i];
        kw_cli_note(cli, "operator %u: %s", i + 1U, kw_status_name(member->st));
        st = member->standing == KW_CLIENT_LYING ? KW_REFUSED : st;
        without += member->st == KW_NOT_FOUND;
    }
    kw_operator_views_advise(cli, survey->members, n);
    KW_REQUIRE(wanted == 0 || without < n, err, KW_NOT_FOUND,
               "no operator has epoch %" PRIu64 ": it is yet to be made, or older than they keep",
               wanted);
    return kw_fail(err, st, "no operator shows an epoch of this cluster%s",
                   st == KW_REFUSED ? " that can be believed" : "");
}

static kw_status show_survey(kw_cli *cli, const show_options *options, kw_cluster_remote *remote,
                             bool is_pinned, kw_client_survey *survey, kw_error *err)
{
    const kw_client_cluster *cluster = &remote->cluster;
    if (survey->newest.file.len == 0) {
        return fail_without_epoch(cli, options->epoch, cluster, survey, err);
    }
    KW_REQUIRE(!survey->is_split, err, KW_REFUSED,
               "operators name different keys: ask who runs them, and pin the right one");
    KW_TRY(mind_seen(options, cluster, survey->newest.certificate.candidate.fields.epoch, err));
    if (options->out.len > 0) {
        KW_TRY_AT(err, kw_file_write_atomic(options->out.ptr, survey->newest.file, 0644, err),
                  "writing the certificate");
    }
    if (!is_pinned && cluster->has_pin) {
        survey->newest.trust = KW_CLIENT_TRUST_GENESIS;
    }
    kw_cli_verdict(cli, is_pinned ? PINNED : NOT_PINNED);
    return print_survey(cli, cluster, survey, err);
}

static kw_status show(kw_cli *cli, const void *given, kw_error *err)
{
    const show_options *options = given;
    KW_AUTO(kw_cluster_remote) remote = {0};
    KW_AUTO_PTR(kw_client_calls) calls = NULL;
    KW_AUTO(kw_client_survey) survey = {.is_split = false};
    KW_TRY(kw_cluster_remote_open(&remote, &options->cluster, err));
    KW_TRY(kw_cluster_remote_calls(&remote, &calls, &options->cluster, err));
    bool is_pinned = remote.cluster.has_pin;
    if (!is_pinned) {
        KW_TRY(prove_genesis(&remote.cluster, calls, err));
    }
    KW_TRY(kw_client_survey_run(&survey, &remote.cluster, calls, options->epoch, err));
    return show_survey(cli, options, &remote, is_pinned, &survey, err);
}

const kw_command kw_command_epoch_show = {
    "epoch show",
    &show_options_schema,
    show,
    "show the certified epoch of a cluster, and how its operators are",
    .about =
        "Asks all operators at once and checks each certificate: under the key that the cluster\n"
        "file or --master-key pins. Where none is pinned, the first epoch's certificate proves "
        "the\n"
        "key by the votes of the genesis operators, as long as somebody keeps it; else the key is\n"
        "what operators say, and nothing is certain. Compare what is shown with what the "
        "operators\n"
        "publish, then write it into the cluster file as master_key: encryption and decryption\n"
        "take no key on trust.",
    .examples = {{"keyward epoch show --cluster cluster.json --ca ca.pem", "what is certified now"},
                 {"keyward epoch show --cluster cluster.json --ca ca.pem --epoch 3 --out 3.kwc",
                  "keep the certificate of epoch 3"}},
    .verdicts = {{PINNED, "the epoch is certified under the pinned key"},
                 {NOT_PINNED, "no key is pinned: what is shown is not to be relied on"}},
};
