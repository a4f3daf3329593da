/* SPDX-License-Identifier: Apache-2.0
 * keyward app policy. */
#include "cli/app_terms.h"
#include "cli/print.h"
#include "threshold/api_types.h"

typedef struct policy_options {
    kw_str id;
    kw_app_policy policy;
    kw_remote_options remote;
} policy_options;

static const kw_field policy_fields[] = {
    KW_FIELD(policy_options, id, KW_THRESHOLD_APP_ID_BYTES_MAX, KW_REQ | KW_OPERAND, .min = 1,
             .help = "id of the application"),
    KW_APP_TERMS(policy_options),
    KW_REMOTE_FIELDS(policy_options),
};
KW_SCHEMA(policy_options, policy_fields);

static kw_status set_policy(kw_cli *cli, const void *given, kw_error *err)
{
    const policy_options *options = given;
    kw_app_change change = {.id = options->id, .policy = options->policy};
    kw_str path = {0};
    KW_TRY(kw_app_policy_check(&change.policy, err));
    KW_AUTO_PTR(kw_remote) remote = NULL;
    KW_TRY(kw_remote_open(&remote, &options->remote, err));
    KW_TRY_AT(err,
              kw_remote_object(cli->arena, &path, "/v1/threshold/apps/", options->id, "/policy"),
              "building a path");
    kw_remote_request request = {.method = KW_PUT,
                                 .path = path,
                                 .in = &kw_app_change_schema,
                                 .in_object = &change,
                                 .arena = cli->arena};
    KW_TRY(kw_remote_call(remote, &request, err));
    return kw_cli_print(cli, &kw_app_policy_schema, &change.policy, err);
}

const kw_command kw_command_app_policy = {
    "app policy",
    &policy_options_schema,
    set_policy,
    "replace the policy of an application",
    .about =
        "The whole policy is replaced: what is not given is as if it had never been. What was\n"
        "counted against --uses-max stays counted.",
    .examples = {{"keyward app policy backup --access mtls --caller backup-host "
                  "--server https://localhost:8444 --ca pki/ca.pem "
                  "--cert pki/admin.pem --cert-key pki/admin.key",
                  "from now on by client certificate"}},
};
