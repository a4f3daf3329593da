/* SPDX-License-Identifier: Apache-2.0
 * Routes of the guard: decoded structs to use cases and back. */
#include "guard/api.h"

#include "guard/guard.h"
#include "guard/limits.h"
#include "net/request.h"

enum {
    BODY_BYTES_MAX = 16 << 10,
    PAGE_MAX = 100,
    KEYS_SHOWN_MAX = 1000,
    NOTE_BYTES_MAX = 4096,
};

/* ---- tables ---- */

static const kw_enum_name kind_names[] = {
#define X(name, spelling) {(spelling), KW_IDENTITY_##name},
    KW_IDENTITY_KIND_TABLE(X)
#undef X
};

static const kw_field binding_fields[] = {
    KW_FIELD(kw_guard_api_binding, role, 32, KW_REQ, .min = 1, .made_of = "_"),
    KW_FIELD(kw_guard_api_binding, expires, INT64_MAX / 1000, KW_REQ | KW_TIME,
             .help = "at most 366 days from now; a moment that has passed removes the binding"),
};
KW_SCHEMA(kw_guard_api_binding, binding_fields);

static const kw_field identity_new_fields[] = {
    KW_FIELD(kw_guard_api_identity_new, id, KW_IDENTITY_ID_BYTES_MAX, KW_REQ, .min = 1,
             .made_of = "._:@/-"),
    KW_FIELD(kw_guard_api_identity_new, tenant, KW_IDENTITY_TENANT_BYTES_MAX, KW_REQ, .min = 1,
             .made_of = ".-/_"),
    KW_FIELD_ENUM(kw_guard_api_identity_new, kind, kind_names, KW_REQ),
    KW_FIELD(kw_guard_api_identity_new, name, KW_IDENTITY_NAME_BYTES_MAX, 0,
             .help = "URI, DNS name or 64 hex of the client certificate; not for api_key"),
    KW_FIELD_LIST(kw_guard_api_identity_new, roles, &kw_guard_api_binding_schema,
                  KW_IDENTITY_BINDINGS_MAX, 0),
    KW_FIELD(kw_guard_api_identity_new, networks, KW_NETWORK_TEXT_BYTES, 0,
             .items_max = KW_IDENTITY_NETWORKS_MAX, .help = "10.0.0.0/8, !10.1.0.0/16; empty: any"),
};
KW_SCHEMA_EXTERN(kw_guard_api_identity_new, identity_new_fields);

static const kw_field key_fields[] = {
    KW_FIELD(kw_guard_api_key, id, KW_API_KEY_ID_BYTES, KW_REQ),
    KW_FIELD(kw_guard_api_key, created, INT64_MAX / 1000, KW_REQ | KW_TIME),
    KW_FIELD(kw_guard_api_key, expires, INT64_MAX / 1000, KW_REQ | KW_TIME),
    KW_FIELD(kw_guard_api_key, is_revoked, 1, KW_REQ),
};
KW_SCHEMA(kw_guard_api_key, key_fields);

static const kw_field identity_fields[] = {
    KW_FIELD(kw_guard_api_identity, id, KW_IDENTITY_ID_BYTES_MAX, KW_REQ),
    KW_FIELD(kw_guard_api_identity, tenant, KW_IDENTITY_TENANT_BYTES_MAX, KW_REQ),
    KW_FIELD_ENUM(kw_guard_api_identity, kind, kind_names, KW_REQ),
    KW_FIELD(kw_guard_api_identity, name, KW_IDENTITY_NAME_BYTES_MAX, 0),
    KW_FIELD(kw_guard_api_identity, is_enabled, 1, KW_REQ),
    KW_FIELD(kw_guard_api_identity, is_configured, 1, KW_REQ,
             .help = "comes from guard.bootstrap and cannot be changed here"),
    KW_FIELD(kw_guard_api_identity, created, INT64_MAX / 1000, KW_REQ | KW_TIME),
    KW_FIELD_LIST(kw_guard_api_identity, roles, &kw_guard_api_binding_schema,
                  KW_IDENTITY_BINDINGS_MAX, KW_REQ),
    KW_FIELD(kw_guard_api_identity, networks, KW_NETWORK_TEXT_BYTES, KW_REQ,
             .items_max = KW_IDENTITY_NETWORKS_MAX),
    KW_FIELD_LIST(kw_guard_api_identity, api_keys, &kw_guard_api_key_schema, KEYS_SHOWN_MAX,
                  KW_REQ),
};
KW_SCHEMA_EXTERN(kw_guard_api_identity, identity_fields);

static const kw_field identities_fields[] = {
    KW_FIELD_LIST(kw_guard_api_identities, identities, &kw_guard_api_identity_schema, PAGE_MAX,
                  KW_REQ),
};
KW_SCHEMA_EXTERN(kw_guard_api_identities, identities_fields);

static const kw_field key_issued_fields[] = {
    KW_FIELD(kw_guard_api_key_issued, id, KW_API_KEY_ID_BYTES, KW_REQ),
    KW_FIELD(kw_guard_api_key_issued, api_key, KW_API_KEY_BYTES, KW_REQ | KW_SECRET),
    KW_FIELD(kw_guard_api_key_issued, expires, INT64_MAX / 1000, KW_REQ | KW_TIME),
};
KW_SCHEMA_EXTERN(kw_guard_api_key_issued, key_issued_fields);

typedef struct page {
    kw_str after;
    uint32_t limit;
} page;
static const kw_field page_fields[] = {
    KW_FIELD(page, after, KW_IDENTITY_ID_BYTES_MAX, KW_QUERY, .help = "last id of the page before"),
    KW_FIELD(page, limit, PAGE_MAX, KW_QUERY, .min = 1, .fallback = "50"),
};
static const kw_schema page_schema = KW_SCHEMA_OF(page, page_fields);

typedef struct identity_path {
    kw_str id;
} identity_path;
static const kw_field identity_path_fields[] = {
    KW_FIELD(identity_path, id, KW_IDENTITY_ID_BYTES_MAX, KW_REQ | KW_PATH, .min = 1),
};
static const kw_schema identity_path_schema = KW_SCHEMA_OF(identity_path, identity_path_fields);

typedef struct binding_change {
    kw_str id;
    kw_str role;
    kw_unix_s expires;
} binding_change;
static const kw_field binding_change_fields[] = {
    KW_FIELD(binding_change, id, KW_IDENTITY_ID_BYTES_MAX, KW_REQ | KW_PATH, .min = 1),
    KW_FIELD(binding_change, role, 32, KW_REQ, .min = 1, .made_of = "_"),
    KW_FIELD(binding_change, expires, INT64_MAX / 1000, KW_REQ | KW_TIME),
};
static const kw_schema binding_change_schema = KW_SCHEMA_OF(binding_change, binding_change_fields);

typedef struct networks_change {
    kw_str id;
    kw_strs networks;
} networks_change;
static const kw_field networks_change_fields[] = {
    KW_FIELD(networks_change, id, KW_IDENTITY_ID_BYTES_MAX, KW_REQ | KW_PATH, .min = 1),
    KW_FIELD(networks_change, networks, KW_NETWORK_TEXT_BYTES, KW_REQ,
             .items_max = KW_IDENTITY_NETWORKS_MAX),
};
static const kw_schema networks_change_schema =
    KW_SCHEMA_OF(networks_change, networks_change_fields);

typedef struct key_new {
    kw_str id;
    kw_unix_s expires;
} key_new;
static const kw_field key_new_fields[] = {
    KW_FIELD(key_new, id, KW_IDENTITY_ID_BYTES_MAX, KW_REQ | KW_PATH, .min = 1),
    KW_FIELD(key_new, expires, INT64_MAX / 1000, KW_REQ | KW_TIME,
             .help = "at most 366 days from now"),
};
static const kw_schema key_new_schema = KW_SCHEMA_OF(key_new, key_new_fields);

typedef struct key_path {
    kw_str key_id;
} key_path;
static const kw_field key_path_fields[] = {
    KW_FIELD(key_path, key_id, KW_API_KEY_ID_BYTES, KW_REQ | KW_PATH, .min = 1),
};
static const kw_schema key_path_schema = KW_SCHEMA_OF(key_path, key_path_fields);

/* ---- reading ---- */

static kw_status show_networks(kw_arena *arena, kw_strs *out, kw_networks networks)
{
    kw_str *items = kw_arena_new(arena, networks.count + 1, sizeof *items);
    if (items == NULL) {
        return KW_LIMIT;
    }
    for (size_t i = 0; i < networks.count; i++) {
        char text[KW_NETWORK_TEXT_BYTES];
        kw_network_format(text, &networks.rows[i]);
        KW_TRY(kw_arena_copy_str(arena, &items[i], kw_str_of(text)));
    }
    *out = (kw_strs){items, networks.count};
    return KW_OK;
}

static kw_status show(kw_arena *arena, kw_guard_api_identity *out, const kw_identity_info *info)
{
    size_t keys_count = KW_MIN(info->api_keys_count, (size_t)KEYS_SHOWN_MAX);
    kw_guard_api_binding *roles = kw_arena_new(arena, info->bindings.count + 1, sizeof *roles);
    kw_guard_api_key *keys = kw_arena_new(arena, keys_count + 1, sizeof *keys);
    if (roles == NULL || keys == NULL) {
        return KW_LIMIT;
    }
    for (size_t i = 0; i < info->bindings.count; i++) {
        const kw_role_binding *row = &info->bindings.rows[i];
        kw_unix_ms latest = (kw_unix_ms)253402300799 * 1000; /* the last moment with 4 digits */
        roles[i] = (kw_guard_api_binding){.role = kw_str_of(kw_role_name(row->role)),
                                          .expires = KW_MIN(row->expires_ms, latest) / 1000};
    }
    for (size_t i = 0; i < keys_count; i++) {
        const kw_api_key_info *row = &info->api_keys[i];
        keys[i] = (kw_guard_api_key){.id = kw_str_of(row->id.text),
                                     .created = row->created_ms / 1000,
                                     .expires = row->expires_ms / 1000,
                                     .is_revoked = row->is_revoked};
    }
    *out = (kw_guard_api_identity){.id = info->id,
                                   .tenant = info->tenant,
                                   .kind = info->kind,
                                   .name = info->name,
                                   .is_enabled = info->is_enabled,
                                   .is_configured = info->is_configured,
                                   .created = info->created_ms / 1000,
                                   .roles = {roles, info->bindings.count},
                                   .api_keys = {keys, keys_count}};
    return show_networks(arena, &out->networks, info->allowed);
}

KW_HANDLER(list_identities, kw_guard_api_identities, page)
static kw_status list_identities(kw_request *request, kw_guard_api_identities *out, const page *in,
                                 kw_error *err)
{
    kw_identity_infos infos;
    KW_TRY(kw_guard_identity_list(request->context, &infos, in->after, in->limit, request->arena,
                                  err));
    out->identities.items =
        kw_arena_new(request->arena, infos.count + 1, sizeof *out->identities.items);
    KW_REQUIRE(out->identities.items != NULL, err, KW_LIMIT, "listing identities");
    for (size_t i = 0; i < infos.count; i++) {
        KW_TRY_AT(err, show(request->arena, &out->identities.items[i], &infos.rows[i]),
                  "listing identities");
    }
    out->identities.count = infos.count;
    return KW_OK;
}

KW_HANDLER(get_identity, kw_guard_api_identity, identity_path)
static kw_status get_identity(kw_request *request, kw_guard_api_identity *out,
                              const identity_path *in, kw_error *err)
{
    kw_identity_info info;
    KW_TRY(kw_guard_identity_get(request->context, &info, in->id, request->arena, err));
    KW_TRY_AT(err, show(request->arena, out, &info), "showing an identity");
    return KW_OK;
}

/* ---- changing ---- */

static kw_status read_networks(kw_arena *arena, kw_networks *out, const kw_strs *texts,
                               kw_error *err)
{
    kw_network *rows = kw_arena_new(arena, texts->count + 1, sizeof *rows);
    KW_REQUIRE(rows != NULL, err, KW_LIMIT, "reading networks");
    for (size_t i = 0; i < texts->count; i++) {
        KW_REQUIRE(kw_network_parse(&rows[i], texts->items[i]) == KW_OK, err, KW_BAD_INPUT,
                   "networks[%zu] is not a network", i);
    }
    *out = (kw_networks){rows, texts->count};
    return KW_OK;
}

static kw_status read_binding(kw_role_binding *out, kw_str role, kw_unix_s expires, kw_error *err)
{
    KW_REQUIRE(kw_role_of_name(&out->role, role) == KW_OK, err, KW_BAD_INPUT,
               "there is no such role");
    KW_REQUIRE(expires >= 0 && expires <= INT64_MAX / 1000, err, KW_BAD_INPUT,
               "the expiry is out of range");
    out->expires_ms = expires * 1000;
    return KW_OK;
}

KW_HANDLER(add_identity, kw_no_body, kw_guard_api_identity_new)
static kw_status add_identity(kw_request *request, kw_no_body *out,
                              const kw_guard_api_identity_new *in, kw_error *err)
{
    KW_UNUSED(out);
    request->audit.object = in->id;
    kw_role_binding bindings[KW_IDENTITY_BINDINGS_MAX];
    KW_ASSERT(in->roles.count <= KW_COUNT(bindings)); /* the field table says so */
    for (size_t i = 0; i < in->roles.count; i++) {
        const kw_guard_api_binding *row = &in->roles.items[i];
        KW_TRY(read_binding(&bindings[i], row->role, row->expires, err));
    }
    kw_identity_spec spec = {.id = in->id,
                             .tenant = in->tenant,
                             .kind = in->kind,
                             .name = in->name,
                             .bindings = {bindings, in->roles.count}};
    KW_TRY(read_networks(request->arena, &spec.allowed, &in->networks, err));
    kw_guard_actor actor = kw_guard_actor_of(request);
    return kw_guard_identity_add(request->context, &spec, &actor, err);
}

KW_HANDLER(disable_identity, kw_no_body, identity_path)
static kw_status disable_identity(kw_request *request, kw_no_body *out, const identity_path *in,
                                  kw_error *err)
{
    KW_UNUSED(out);
    request->audit.object = in->id;
    kw_guard_actor actor = kw_guard_actor_of(request);
    return kw_guard_identity_enable(request->context, in->id, false, &actor, err);
}

KW_HANDLER(enable_identity, kw_no_body, identity_path)
static kw_status enable_identity(kw_request *request, kw_no_body *out, const identity_path *in,
                                 kw_error *err)
{
    KW_UNUSED(out);
    request->audit.object = in->id;
    kw_guard_actor actor = kw_guard_actor_of(request);
    return kw_guard_identity_enable(request->context, in->id, true, &actor, err);
}

KW_HANDLER(bind_role, kw_no_body, binding_change)
static kw_status bind_role(kw_request *request, kw_no_body *out, const binding_change *in,
                           kw_error *err)
{
    KW_UNUSED(out);
    request->audit = (kw_audit_note){.object = in->id, .detail = in->role};
    kw_role_binding binding = {0};
    KW_TRY(read_binding(&binding, in->role, in->expires, err));
    kw_guard_actor actor = kw_guard_actor_of(request);
    return kw_guard_role_bind(request->context, in->id, binding, &actor, err);
}

KW_HANDLER(set_networks, kw_no_body, networks_change)
static kw_status set_networks(kw_request *request, kw_no_body *out, const networks_change *in,
                              kw_error *err)
{
    KW_UNUSED(out);
    request->audit.object = in->id;
    kw_networks allowed = {0};
    KW_TRY(read_networks(request->arena, &allowed, &in->networks, err));
    kw_guard_actor actor = kw_guard_actor_of(request);
    return kw_guard_allowlist_set(request->context, in->id, allowed, &actor, err);
}

KW_HANDLER(issue_key, kw_guard_api_key_issued, key_new)
static kw_status issue_key(kw_request *request, kw_guard_api_key_issued *out, const key_new *in,
                           kw_error *err)
{
    request->audit.object = in->id;
    KW_REQUIRE(in->expires >= 0, err, KW_BAD_INPUT, "the expiry is out of range");
    KW_AUTO(kw_api_key_text) key = {{0}};
    kw_guard_actor actor = kw_guard_actor_of(request);
    KW_TRY(kw_guard_api_key_issue(request->context, &key, in->id, in->expires * 1000, &actor, err));
    KW_TRY_AT(err, kw_arena_copy_str(request->arena, &out->api_key, kw_str_of(key.shown)),
              "showing the API key");
    out->id = (kw_str){out->api_key.ptr + sizeof "kwk1_" - 1, KW_API_KEY_ID_BYTES};
    out->expires = in->expires;
    request->audit.detail = out->id;
    request->reply.success = KW_SUCCESS_CREATED;
    return KW_OK;
}

KW_HANDLER(revoke_key, kw_no_body, key_path)
static kw_status revoke_key(kw_request *request, kw_no_body *out, const key_path *in, kw_error *err)
{
    KW_UNUSED(out);
    request->audit.object = in->key_id;
    kw_guard_actor actor = kw_guard_actor_of(request);
    return kw_guard_api_key_revoke(request->context, in->key_id, &actor, err);
}

/* ---- audit ---- */

KW_HANDLER(get_checkpoint, kw_raw_reply, kw_no_body)
static kw_status get_checkpoint(kw_request *request, kw_raw_reply *out, const kw_no_body *in,
                                kw_error *err)
{
    KW_UNUSED(in);
    KW_AUTO(kw_buf) note = kw_buf_init(NOTE_BYTES_MAX);
    KW_TRY_AT(err, kw_audit_checkpoint(kw_guard_audit(request->context), &note),
              "reading the audit checkpoint");
    KW_REQUIRE(note.len > 0, err, KW_NOT_FOUND, "there is no checkpoint yet");
    out->media_type = "text/plain; charset=utf-8";
    KW_TRY_AT(err, kw_arena_copy_span(request->arena, &out->bytes, kw_buf_view(&note)),
              "showing the audit checkpoint");
    return KW_OK;
}

#define ADMIN_ROW .listener = KW_LISTENER_ADMIN, .rate = KW_RATE_ADMIN, .runs = KW_RUNS_ON_POOL

const kw_route kw_guard_admin_routes[] = {
    {ADMIN_ROW, .method = KW_GET, .path = "/v1/identities",
     KW_HANDLED_BY(list_identities, kw_guard_api_identities, page),
     .permission = "identity.entry.read", .audit = KW_AUDIT_NONE,
     .summary = "identities in the order of their ids"},
    {ADMIN_ROW, .method = KW_GET, .path = "/v1/identities/{id}",
     KW_HANDLED_BY(get_identity, kw_guard_api_identity, identity_path),
     .permission = "identity.entry.read", .audit = KW_AUDIT_NONE, .summary = "one identity"},
    {ADMIN_ROW, .method = KW_POST, .path = "/v1/identities",
     KW_HANDLED_BY(add_identity, kw_no_body, kw_guard_api_identity_new),
     .permission = "identity.entry.write", .body_bytes_max = BODY_BYTES_MAX,
     .audit = "identity.entry.added", .summary = "add an identity"},
    {ADMIN_ROW, .method = KW_POST, .path = "/v1/identities/{id}/disable",
     KW_HANDLED_BY(disable_identity, kw_no_body, identity_path),
     .permission = "identity.entry.write", .audit = "identity.entry.disabled",
     .summary = "refuse an identity from its next request"},
    {ADMIN_ROW, .method = KW_POST, .path = "/v1/identities/{id}/enable",
     KW_HANDLED_BY(enable_identity, kw_no_body, identity_path),
     .permission = "identity.entry.write", .audit = "identity.entry.enabled",
     .summary = "let a disabled identity in again"},
    {ADMIN_ROW, .method = KW_PUT, .path = "/v1/identities/{id}/roles",
     KW_HANDLED_BY(bind_role, kw_no_body, binding_change), .permission = "identity.binding.write",
     .body_bytes_max = BODY_BYTES_MAX, .audit = "identity.binding.changed",
     .summary = "bind a role, change its expiry or remove it"},
    {ADMIN_ROW, .method = KW_PUT, .path = "/v1/identities/{id}/networks",
     KW_HANDLED_BY(set_networks, kw_no_body, networks_change),
     .permission = "identity.allowlist.write", .body_bytes_max = BODY_BYTES_MAX,
     .audit = "identity.allowlist.changed", .summary = "replace the networks it may come from"},
    {ADMIN_ROW, .method = KW_POST, .path = "/v1/identities/{id}/keys",
     KW_HANDLED_BY(issue_key, kw_guard_api_key_issued, key_new),
     .permission = "identity.apikey.issue", .body_bytes_max = BODY_BYTES_MAX,
     .audit = "identity.apikey.issued", .summary = "make an API key; it is shown this once"},
    {ADMIN_ROW, .method = KW_POST, .path = "/v1/apikeys/{key_id}/revoke",
     KW_HANDLED_BY(revoke_key, kw_no_body, key_path), .permission = "identity.apikey.revoke",
     .audit = "identity.apikey.revoked", .summary = "end an API key at once"},
    {ADMIN_ROW, .method = KW_GET, .path = "/v1/audit/checkpoint",
     KW_HANDLED_BY(get_checkpoint, kw_raw_reply, kw_no_body), .permission = "audit.checkpoint.read",
     .audit = KW_AUDIT_NONE,
     .summary = "the newest signed checkpoint of the audit log, as a C2SP note"},
};
const size_t kw_guard_admin_routes_count = KW_COUNT(kw_guard_admin_routes);
