/* SPDX-License-Identifier: Apache-2.0
 * Application keys for commands. Secret outputs: the keys. */
#include "cli/app_key.h"

#include "cli/app_files.h"
#include "cli/print.h"
#include "cli/progress.h"
#include "client/randomness.h"
#include "os/clock.h"

#include <inttypes.h>

static const kw_field reply_fields[] = {
    KW_FIELD(kw_app_reply, app, KW_THRESHOLD_APP_ID_BYTES_MAX, KW_REQ),
    KW_FIELD(kw_app_reply, file, KW_APP_PATH_BYTES_MAX, KW_REQ),
    KW_FIELD(kw_app_reply, bytes, UINT64_MAX, KW_REQ),
    KW_FIELD(kw_app_reply, epoch, UINT64_MAX, KW_REQ),
    KW_FIELD(kw_app_reply, threshold, KW_THRESHOLD_MEMBERS_MAX, KW_REQ),
    KW_FIELD(kw_app_reply, attested_epoch, UINT64_MAX, 0),
    KW_FIELD(kw_app_reply, attested_certificate, 0, 0),
    KW_FIELD_LIST(kw_app_reply, operators, &kw_operator_view_schema, KW_THRESHOLD_MEMBERS_MAX,
                  KW_REQ),
};
KW_SCHEMA_EXTERN(kw_app_reply, reply_fields);

/* A line for each operator that somebody should look after. */
static void note_faults(kw_cli *cli, const kw_operator_views *views)
{
    for (size_t i = 0; i < views->count; i++) {
        const kw_operator_view *view = &views->items[i];
        if (view->problem.len > 0) {
            kw_cli_note(cli, "operator %.*s is %.*s (%.*s)", KW_STR_ARG(view->address),
                        KW_STR_ARG(view->standing), KW_STR_ARG(view->problem));
        }
    }
}

static const char *text_or_null(kw_str text)
{
    return text.len == 0 ? NULL : text.ptr;
}

/* How many operators answered, for who waits longer than a moment. */
typedef struct wait_line {
    kw_progress progress;
    size_t asked;
} wait_line;

static void show_wait(void *ctx, size_t open)
{
    wait_line *line = ctx;
    size_t answered = open < line->asked ? line->asked - open : 0;
    kw_progress_update(&line->progress, answered, kw_monotonic_ns());
}

/* As kw_client_app_key_ask, with a line of progress. */
static kw_status ask_watched(kw_cli *cli, const kw_client_asker *with, kw_client_app_key *out,
                             const kw_ibe_id *id, kw_error *err)
{
    size_t n = with->cluster->operators.roster.n;
    wait_line line = {
        kw_progress_start(cli, KW_PROGRESS_ITEMS, "operators answered", n, kw_monotonic_ns()), n};
    kw_client_calls_watch(with->calls, (kw_client_watcher){show_wait, &line});
    kw_status st = kw_client_app_key_ask(with, out, id, err);
    kw_client_calls_watch(with->calls, (kw_client_watcher){.on_wait = NULL});
    kw_progress_clear(&line.progress);
    return st;
}

kw_status kw_app_key_ask(const kw_app_key_asker *asker, kw_client_app_key *out, const kw_ibe_id *id,
                         kw_error *err)
{
    KW_AUTO(kw_client_randomness) randomness = {0};
    KW_AUTO_PTR(kw_client_calls) calls = NULL;
    const kw_client_cluster *cluster = &asker->remote->cluster;
    const kw_client_terms terms = {.token_file = text_or_null(asker->key->token_file),
                                   .seen_file = text_or_null(asker->key->seen),
                                   .attestation_time = asker->key->attestation_time};
    kw_operator_views views = {0};
    KW_TRY(kw_client_randomness_open(&randomness, err));
    kw_rng rng = kw_client_randomness_rng(&randomness);
    KW_TRY(kw_cluster_remote_calls(asker->remote, &calls, asker->cluster, err));
    const kw_client_asker with = {cluster, calls, &rng, &terms};
    kw_status st = ask_watched(asker->cli, &with, out, id, err);
    if (st != KW_OK && kw_operator_views_fill(asker->cli->arena, &views, &cluster->operators,
                                              out->application.members) == KW_OK) {
        note_faults(asker->cli, &views);
    }
    return st;
}

kw_status kw_app_key_report(const kw_app_key_asker *asker, const kw_client_app_key *key,
                            kw_app_reply *reply, kw_error *err)
{
    const kw_client_application *application = &key->application;
    KW_TRY_AT(err,
              kw_operator_views_fill(asker->cli->arena, &reply->operators,
                                     &asker->remote->cluster.operators, application->members),
              "printing");
    if (reply->file.len == 0) {
        note_faults(asker->cli, &reply->operators);
        if (key->attested.epoch != 0) {
            kw_cli_note(asker->cli, "epoch at the attestation time: %" PRIu64, key->attested.epoch);
        }
        return KW_OK;
    }
    reply->epoch = application->epoch;
    reply->threshold = application->threshold;
    reply->attested_epoch = key->attested.epoch;
    reply->attested_certificate = key->attested.certificate;
    return kw_cli_print(asker->cli, &kw_app_reply_schema, reply, err);
}
