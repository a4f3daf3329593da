/* SPDX-License-Identifier: Apache-2.0
 * The key of an application, as commands get and report it. */
#ifndef KW_CLI_APP_KEY_H
#define KW_CLI_APP_KEY_H

#include "cli/cluster_options.h"
#include "cli/epoch_view.h"
#include "client/threshold_sign.h"

/* Asks the operators; `out`, empty before, says how each did in any case, and on failure a note
 * tells it, too. As kw_client_application_ask. */
KW_MUST_USE kw_status kw_app_key_ask(kw_cli *cli, kw_client_application *out,
                                     const kw_cluster_remote *remote,
                                     const kw_cluster_options *options, const kw_ibe_id *id,
                                     kw_error *err);

/* What a command that used one prints. */
typedef struct kw_app_reply {
    kw_str app;
    kw_str file;
    uint64_t bytes; /* that were written */
    uint64_t epoch; /* of the shares that made the key */
    uint32_t threshold;
    kw_operator_views operators;
} kw_app_reply;

extern const kw_schema kw_app_reply_schema;

/* Prints how it went, when the result is in a file; else only notes about operators that lie or are
 * away. As kw_cli_print. */
KW_MUST_USE kw_status kw_app_key_report(kw_cli *cli, const kw_client_application *application,
                                        const kw_client_cluster *cluster, kw_app_reply *reply,
                                        kw_error *err);

#endif /* KW_CLI_APP_KEY_H */
