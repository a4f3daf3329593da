/* SPDX-License-Identifier: Apache-2.0
 * keyward app register. */
#include "cli/app_terms.h"
#include "cli/print.h"
#include "threshold/api_types.h"

typedef struct register_options {
    kw_str id;
    kw_app_policy policy;
    kw_remote_options remote;
} register_options;

static const kw_field register_fields[] = {
    KW_FIELD(register_options, id, KW_THRESHOLD_APP_ID_BYTES_MAX, KW_REQ | KW_OPERAND, .min = 1,
             .made_of = "._:@-", .help = "id of the application: what its data is encrypted to"),
    KW_APP_TERMS(register_options),
    KW_REMOTE_FIELDS(register_options),
};
KW_SCHEMA(register_options, register_fields);

typedef struct register_reply {
    kw_str id;
    bool registered;
} register_reply;

static const kw_field reply_fields[] = {
    KW_FIELD(register_reply, id, KW_THRESHOLD_APP_ID_BYTES_MAX, KW_REQ),
    KW_FIELD(register_reply, registered, 0, KW_REQ),
};
KW_SCHEMA(register_reply, reply_fields);

static kw_status run_register(kw_cli *cli, const void *given, kw_error *err)
{
    const register_options *options = given;
    kw_app_new app = {.id = options->id, .policy = options->policy};
    KW_TRY(kw_app_policy_check(&app.policy, err));
    KW_AUTO_PTR(kw_remote) remote = NULL;
    KW_TRY(kw_remote_open(&remote, &options->remote, err));
    kw_remote_request request = {.method = KW_POST,
                                 .path = KW_STR("/v1/threshold/apps"),
                                 .in = &kw_app_new_schema,
                                 .in_object = &app,
                                 .arena = cli->arena};
    kw_status st = kw_remote_call(remote, &request, err);
    KW_REQUIRE(st != KW_CONFLICT, err, KW_CONFLICT,
               "%.*s is registered there already: `keyward app policy` replaces its policy",
               KW_STR_ARG(options->id));
    KW_TRY(st);
    register_reply reply = {.id = options->id, .registered = true};
    return kw_cli_print(cli, &register_reply_schema, &reply, err);
}

const kw_command kw_command_app_register = {
    "app register",
    &register_options_schema,
    run_register,
    "let an operator give out its part of an application's key",
    .about =
        "Each operator decides for itself: register an application at as many as a key needs.\n"
        "Everything can be encrypted to any application before that, by anybody.",
    .examples = {{"keyward app register backup --access api_key --caller backup-host "
                  "--server https://localhost:8444 --ca pki/ca.pem "
                  "--cert pki/admin.pem --cert-key pki/admin.key",
                  "for the holder of an API key"},
                 {"keyward app register press-release --access open --uses-max 1000 "
                  "--server https://localhost:8444 --ca pki/ca.pem "
                  "--cert pki/admin.pem --cert-key pki/admin.key",
                  "for everybody, a thousand times"}},
};
