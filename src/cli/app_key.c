/* SPDX-License-Identifier: Apache-2.0
 * Application keys for commands. Secret outputs: the keys. */
#include "cli/app_key.h"

#include "cli/app_files.h"
#include "cli/print.h"
#include "client/randomness.h"

static const kw_field reply_fields[] = {
    KW_FIELD(kw_app_reply, app, KW_THRESHOLD_APP_ID_BYTES_MAX, KW_REQ),
    KW_FIELD(kw_app_reply, file, KW_APP_PATH_BYTES_MAX, KW_REQ),
    KW_FIELD(kw_app_reply, bytes, UINT64_MAX, KW_REQ),
    KW_FIELD(kw_app_reply, epoch, UINT64_MAX, KW_REQ),
    KW_FIELD(kw_app_reply, threshold, KW_THRESHOLD_MEMBERS_MAX, KW_REQ),
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

kw_status kw_app_key_ask(kw_cli *cli, kw_client_application *out, const kw_cluster_remote *remote,
                         const kw_cluster_options *options, const kw_ibe_id *id, kw_error *err)
{
    KW_AUTO(kw_client_randomness) randomness = {0};
    KW_AUTO_PTR(kw_client_calls) calls = NULL;
    const kw_client_cluster *cluster = &remote->cluster;
    kw_operator_views views = {0};
    const kw_purposed what = kw_client_purposed_of(id);
    KW_TRY(kw_client_randomness_open(&randomness, err));
    kw_rng rng = kw_client_randomness_rng(&randomness);
    KW_TRY(kw_cluster_remote_calls(remote, &calls, options, err));
    kw_status st = kw_client_application_ask(out, cluster, calls, &what, &rng, err);
    if (st != KW_OK &&
        kw_operator_views_fill(cli->arena, &views, &cluster->operators, out->members) == KW_OK) {
        note_faults(cli, &views);
    }
    return st;
}

kw_status kw_app_key_report(kw_cli *cli, const kw_client_application *application,
                            const kw_client_cluster *cluster, kw_app_reply *reply, kw_error *err)
{
    KW_TRY_AT(err,
              kw_operator_views_fill(cli->arena, &reply->operators, &cluster->operators,
                                     application->members),
              "printing");
    if (reply->file.len == 0) {
        note_faults(cli, &reply->operators);
        return KW_OK;
    }
    reply->epoch = application->epoch;
    reply->threshold = application->threshold;
    return kw_cli_print(cli, &kw_app_reply_schema, reply, err);
}
