/* SPDX-License-Identifier: Apache-2.0
 * keyward identity list. */
#include "cli/print.h"
#include "cli/remote.h"
#include "guard/api.h"
#include "guard/limits.h"

enum {
    PAGE_MAX = 100,
};

typedef struct list_options {
    kw_remote_options remote;
    kw_str after;
} list_options;

static const kw_field list_fields[] = {
    KW_FIELD(list_options, after, KW_IDENTITY_ID_BYTES_MAX, 0,
             .help = "id of the last identity of the page before"),
    KW_REMOTE_FIELDS(list_options),
};
KW_SCHEMA(list_options, list_fields);

/* One line of the answer. */
typedef struct list_entry {
    kw_str id;
    kw_str tenant;
    kw_str proof;
    kw_str name;
    kw_strs roles;
    kw_strs networks;
    uint32_t api_keys;
    bool enabled;
    bool configured;
} list_entry;

static const kw_field entry_fields[] = {
    KW_FIELD(list_entry, id, KW_IDENTITY_ID_BYTES_MAX, KW_REQ),
    KW_FIELD(list_entry, tenant, KW_IDENTITY_TENANT_BYTES_MAX, KW_REQ),
    KW_FIELD(list_entry, proof, 16, KW_REQ, .help = "how it proves itself"),
    KW_FIELD(list_entry, name, KW_IDENTITY_NAME_BYTES_MAX, 0, .help = "of its certificate"),
    KW_FIELD(list_entry, roles, 32, KW_REQ, .items_max = KW_IDENTITY_BINDINGS_MAX),
    KW_FIELD(list_entry, networks, KW_NETWORK_TEXT_BYTES, KW_REQ,
             .items_max = KW_IDENTITY_NETWORKS_MAX),
    KW_FIELD(list_entry, api_keys, UINT32_MAX, KW_REQ, .help = "that were not revoked"),
    KW_FIELD(list_entry, enabled, 1, KW_REQ),
    KW_FIELD(list_entry, configured, 1, KW_REQ, .help = "comes from guard.bootstrap"),
};
KW_SCHEMA(list_entry, entry_fields);

typedef struct list_reply {
    struct {
        list_entry *items;
        size_t count;
    } identities;
} list_reply;

static const kw_field reply_fields[] = {
    KW_FIELD_LIST(list_reply, identities, &list_entry_schema, PAGE_MAX, KW_REQ),
};
KW_SCHEMA(list_reply, reply_fields);

static const char *const proofs[] = {
#define X(name, spelling) [KW_IDENTITY_##name] = (spelling),
    KW_IDENTITY_KIND_TABLE(X)
#undef X
};

static kw_status flatten(kw_cli *cli, list_entry *out, const kw_guard_api_identity *from)
{
    kw_str *roles = kw_arena_new(cli->arena, from->roles.count + 1, sizeof *roles);
    if (roles == NULL) {
        return KW_LIMIT;
    }
    for (size_t i = 0; i < from->roles.count; i++) {
        roles[i] = from->roles.items[i].role;
    }
    *out = (list_entry){
        .id = from->id,
        .tenant = from->tenant,
        .proof = kw_str_of(proofs[from->kind]),
        .name = from->name,
        .roles = {roles, from->roles.count},
        .networks = from->networks,
        .enabled = from->is_enabled,
        .configured = from->is_configured,
    };
    for (size_t i = 0; i < from->api_keys.count; i++) {
        out->api_keys += from->api_keys.items[i].is_revoked ? 0 : 1;
    }
    return KW_OK;
}

static kw_status show(kw_cli *cli, const kw_guard_api_identities *from, kw_error *err)
{
    list_reply reply = {.identities = {.count = from->identities.count}};
    reply.identities.items =
        kw_arena_new(cli->arena, reply.identities.count + 1, sizeof *reply.identities.items);
    KW_REQUIRE(reply.identities.items != NULL, err, KW_LIMIT, "showing the identities");
    for (size_t i = 0; i < reply.identities.count; i++) {
        KW_TRY_AT(err, flatten(cli, &reply.identities.items[i], &from->identities.items[i]),
                  "showing the identities");
    }
    return kw_cli_print(cli, &list_reply_schema, &reply, err);
}

static kw_status list(kw_cli *cli, const void *given, kw_error *err)
{
    const list_options *options = given;
    kw_guard_api_identities identities = {.identities = {.count = 0}};
    kw_str path = {0};
    KW_AUTO_PTR(kw_remote) remote = NULL;
    KW_TRY(kw_remote_open(&remote, &options->remote, err));
    KW_TRY_AT(err, kw_remote_page(cli->arena, &path, "/v1/identities", options->after),
              "building a path");
    kw_remote_request request = {.method = KW_GET,
                                 .path = path,
                                 .out = &kw_guard_api_identities_schema,
                                 .out_object = &identities,
                                 .arena = cli->arena};
    KW_TRY(kw_remote_call(remote, &request, err));
    return show(cli, &identities, err);
}

const kw_command kw_command_identity_list = {
    "identity list",
    &list_options_schema,
    list,
    "list whom a daemon knows, fifty at a time",
    .examples = {{"keyward identity list --server https://localhost:9443 --ca pki/ca.pem "
                  "--cert pki/admin.pem --cert-key pki/admin.key",
                  "the first page"}},
};
