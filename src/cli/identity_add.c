/* SPDX-License-Identifier: Apache-2.0
 * keyward identity add. */
#include "cli/print.h"
#include "cli/remote.h"
#include "guard/api.h"
#include "guard/engine/rbac.h"
#include "guard/limits.h"
#include "os/clock.h"

typedef struct add_options {
    kw_str id;
    kw_str uri;
    kw_str dns;
    kw_str spki;
    kw_str tenant;
    kw_strs role;
    uint32_t days;
    kw_strs network;
    kw_remote_options remote;
} add_options;

static const kw_field add_fields[] = {
    KW_FIELD(add_options, id, KW_IDENTITY_ID_BYTES_MAX, KW_REQ | KW_OPERAND, .min = 1,
             .made_of = "._:@/-", .help = "stable name of it, never used twice"),
    KW_FIELD(add_options, uri, KW_IDENTITY_NAME_BYTES_MAX, 0,
             .help = "URI name of its client certificate"),
    KW_FIELD(add_options, dns, KW_IDENTITY_NAME_BYTES_MAX, 0,
             .help = "DNS name of its client certificate instead"),
    KW_FIELD(add_options, spki, 64, 0, .min = 64,
             .help = "hex SHA-256 of its certificate's public key instead"),
    KW_FIELD(add_options, tenant, KW_IDENTITY_TENANT_BYTES_MAX, 0, .fallback = "root",
             .help = "namespace it belongs to"),
    KW_FIELD(add_options, role, 32, 0, .items_max = KW_IDENTITY_BINDINGS_MAX, .made_of = "_",
             .help = "role that it holds, such as auditor; may be repeated. Who only asks for "
                     "applications' keys needs none"),
    KW_FIELD(add_options, days, 366, 0, .min = 1, .fallback = "365", .help = "life of its roles"),
    KW_FIELD(add_options, network, 64, 0, .items_max = KW_IDENTITY_NETWORKS_MAX,
             .help = "CIDR it may come from, may be repeated"),
    KW_REMOTE_FIELDS(add_options),
};
KW_SCHEMA(add_options, add_fields);

typedef struct add_reply {
    kw_str id;
    kw_str proof;
} add_reply;

static const kw_field reply_fields[] = {
    KW_FIELD(add_reply, id, KW_IDENTITY_ID_BYTES_MAX, KW_REQ),
    KW_FIELD(add_reply, proof, 16, KW_REQ, .help = "how it proves itself"),
};
KW_SCHEMA(add_reply, reply_fields);

/* At most one certificate; without one it gets API keys. */
static kw_status choose_proof(kw_guard_api_identity_new *out, kw_str *out_name,
                              const add_options *options, kw_error *err)
{
    const struct {
        kw_identity_kind kind;
        kw_str kind_name;
        kw_str name;
    } ways[] = {{KW_IDENTITY_URI, KW_STR("uri"), options->uri},
                {KW_IDENTITY_DNS, KW_STR("dns"), options->dns},
                {KW_IDENTITY_SPKI, KW_STR("spki"), options->spki}};
    size_t chosen_count = 0;
    out->kind = KW_IDENTITY_API_KEY;
    *out_name = KW_STR("api_key");
    for (size_t i = 0; i < KW_COUNT(ways); i++) {
        if (ways[i].name.len > 0) {
            out->kind = ways[i].kind;
            out->name = ways[i].name;
            *out_name = ways[i].kind_name;
            chosen_count++;
        }
    }
    KW_REQUIRE(chosen_count <= 1, err, KW_USAGE, "give one of --uri, --dns and --spki");
    return KW_OK;
}

static kw_status bind_roles(kw_cli *cli, kw_guard_api_identity_new *out, const add_options *options,
                            kw_error *err)
{
    kw_clock clock = kw_clock_system();
    kw_unix_s expires = kw_clock_now_ms(&clock) / 1000 + (kw_unix_s)options->days * 86400;
    out->roles.items = kw_arena_new(cli->arena, options->role.count + 1, sizeof *out->roles.items);
    KW_REQUIRE(out->roles.items != NULL, err, KW_NO_MEMORY, "no memory for the roles");
    for (size_t i = 0; i < options->role.count; i++) {
        kw_role role = KW_ROLE_ANONYMOUS;
        KW_REQUIRE(kw_role_of_name(&role, options->role.items[i]) == KW_OK &&
                       kw_role_may_be_bound(role),
                   err, KW_USAGE, "--role: %s is no role that somebody may hold",
                   options->role.items[i].ptr);
        out->roles.items[i] =
            (kw_guard_api_binding){.role = options->role.items[i], .expires = expires};
    }
    out->roles.count = options->role.count;
    return KW_OK;
}

static kw_status add(kw_cli *cli, const void *given, kw_error *err)
{
    const add_options *options = given;
    kw_guard_api_identity_new identity = {
        .id = options->id, .tenant = options->tenant, .networks = options->network};
    add_reply reply = {.id = options->id};
    KW_TRY(choose_proof(&identity, &reply.proof, options, err));
    KW_TRY(bind_roles(cli, &identity, options, err));
    KW_AUTO_PTR(kw_remote) remote = NULL;
    KW_TRY(kw_remote_open(&remote, &options->remote, err));
    kw_remote_request request = {.method = KW_POST,
                                 .path = KW_STR("/v1/identities"),
                                 .in = &kw_guard_api_identity_new_schema,
                                 .in_object = &identity,
                                 .arena = cli->arena};
    kw_status st = kw_remote_call(remote, &request, err);
    KW_REQUIRE(st != KW_CONFLICT, err, KW_CONFLICT,
               "%.*s, or another with that certificate, is there already; see `keyward identity "
               "list`",
               KW_STR_ARG(options->id));
    KW_TRY(st);
    if (identity.kind == KW_IDENTITY_API_KEY) {
        kw_cli_note(cli, "`keyward identity key %s` makes its API key", options->id.ptr);
    }
    return kw_cli_print(cli, &add_reply_schema, &reply, err);
}

const kw_command kw_command_identity_add = {
    "identity add",
    &add_options_schema,
    add,
    "let a daemon know a caller or an administrator",
    .about =
        "An identity proves itself by a client certificate that names it, or, with no --uri, "
        "--dns\n"
        "or --spki, by API keys. The policies of applications name identities as their callers.\n"
        "Each operator knows its own: add it at all that shall know it.",
    .examples = {{"keyward identity add backup-host --uri keyward:backup-host "
                  "--server https://localhost:9443 --ca pki/ca.pem "
                  "--cert pki/admin.pem --cert-key pki/admin.key",
                  "by client certificate"},
                 {"keyward identity add backup-host --server https://localhost:9443 "
                  "--ca pki/ca.pem --cert pki/admin.pem --cert-key pki/admin.key",
                  "by API keys"},
                 {"keyward identity add ann --uri keyward:ann --role auditor --days 90 "
                  "--server https://localhost:9443 --ca pki/ca.pem "
                  "--cert pki/admin.pem --cert-key pki/admin.key",
                  "somebody who may read, for three months"}},
};
