/* SPDX-License-Identifier: Apache-2.0
 * Use cases that change who may do what. Each: check against the present directory, record, store,
 * load, publish; one at a time. */
#include "guard/state.h"

#include "codec/utf8.h"
#include "guard/limits.h"
#include "os/clock.h"
#include "store/store.h"

enum {
    NETWORKS_TEXT_BYTES = KW_IDENTITY_NETWORKS_MAX * KW_NETWORK_TEXT_BYTES,
    ID_ENTROPY_BYTES = 7,
};

/* One change under way. */
typedef struct change {
    kw_guard *guard;
    const kw_guard_actor *actor;
    const char *action; /* of the record that is written before */
    kw_str object;      /* identity or key */
    kw_unix_ms now_ms;
    const kw_identity_info *target; /* the identity that changes, borrowed from the directory */
    kw_status (*check)(struct change *change, const kw_directory *directory, kw_error *err);
    kw_status (*apply)(kw_tx *tx, struct change *change, kw_error *err);
    const void *input; /* of the use case */
} change;

static kw_status apply_and_count(kw_tx *tx, void *ctx, kw_error *err)
{
    change *c = ctx;
    KW_TRY(c->apply(tx, c, err));
    return kw_sql_run(tx, NULL, "UPDATE guard_change SET count = count + 1 WHERE id = 1",
                      KW_SQL_NO_ARGS, err);
}

static kw_status record(const change *c, kw_error *err)
{
    kw_audit_event event = {.tenant = c->actor->tenant,
                            .actor = c->actor->id,
                            .method = c->actor->method,
                            .address = c->actor->address,
                            .action = kw_str_of(c->action),
                            .object = c->object,
                            .detail = KW_STR("begin"),
                            .outcome = KW_OK,
                            .request_id = c->actor->request_id};
    return kw_audit_append_wait(c->guard->audit, &event, err);
}

static kw_status check_now(change *c, kw_error *err)
{
    KW_AUTO(kw_snapshot_hold) hold = kw_snapshot_enter(&c->guard->directory);
    return c->check(c, hold.object, err);
}

static kw_status run(change *c, kw_error *err)
{
    KW_AUTO(kw_locked) hold = kw_lock(&c->guard->changing);
    c->now_ms = kw_clock_now_ms(c->guard->ports.clock);
    KW_TRY(check_now(c, err));
    c->target = NULL; /* the directory is not held any more */
    KW_TRY(record(c, err));
    KW_TRY(kw_store_write(c->guard->ports.store, apply_and_count, c, err));
    return kw_guard_load(c->guard, err);
}

/* ---- checks ---- */

static kw_status find_target(change *c, const kw_directory *directory, kw_str id, kw_error *err)
{
    c->target = kw_directory_find(directory, id);
    KW_REQUIRE(c->target != NULL, err, KW_NOT_FOUND, "there is no such identity");
    KW_REQUIRE(!c->target->is_configured, err, KW_REFUSED,
               "the identity belongs to the configuration");
    return KW_OK;
}

static kw_status check_networks(kw_networks allowed, kw_error *err)
{
    KW_REQUIRE(allowed.count <= KW_IDENTITY_NETWORKS_MAX, err, KW_LIMIT, "too many networks");
    return KW_OK;
}

static kw_status check_binding(const change *c, kw_role_binding binding, kw_error *err)
{
    KW_REQUIRE(binding.expires_ms <= c->now_ms + KW_BINDING_LIFE_MS_MAX, err, KW_BAD_INPUT,
               "a binding lives at most 366 days");
    KW_REQUIRE(kw_rbac_may_grant(c->actor->roles, binding.role), err, KW_FORBIDDEN,
               "the actor may not bind the role %s", kw_role_name(binding.role));
    return KW_OK;
}

static bool is_hex64(kw_str text)
{
    bool is_hex = text.len == 64;
    for (size_t i = 0; is_hex && i < text.len; i++) {
        char c = text.ptr[i];
        is_hex = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
    }
    return is_hex;
}

static bool is_name_of_kind(kw_identity_kind kind, kw_str name)
{
    switch (kind) {
    case KW_IDENTITY_API_KEY:
        return name.len == 0;
    case KW_IDENTITY_SPKI:
        return is_hex64(name);
    case KW_IDENTITY_URI:
        return name.len >= 1 && name.len <= KW_IDENTITY_NAME_BYTES_MAX && kw_utf8_is_line(name);
    case KW_IDENTITY_DNS:
        break;
    }
    for (size_t i = 0; i < name.len; i++) {
        if (name.ptr[i] >= 'A' && name.ptr[i] <= 'Z') {
            return false;
        }
    }
    return name.len >= 1 && name.len <= 253 && kw_str_is_made_of(name, ".-");
}

/* ---- add ---- */

static kw_status check_spec(const change *c, const kw_identity_spec *spec, kw_error *err)
{
    KW_REQUIRE(spec->id.len >= 1 && spec->id.len <= KW_IDENTITY_ID_BYTES_MAX &&
                   kw_str_is_made_of(spec->id, "._:@/-"),
               err, KW_BAD_INPUT, "the identity's id is not accepted");
    KW_REQUIRE(spec->tenant.len >= 1 && spec->tenant.len <= KW_IDENTITY_TENANT_BYTES_MAX &&
                   kw_str_is_made_of(spec->tenant, ".-/_"),
               err, KW_BAD_INPUT, "the tenant's name is not accepted");
    KW_REQUIRE(is_name_of_kind(spec->kind, spec->name), err, KW_BAD_INPUT,
               "the certificate name does not fit the kind %s", kw_identity_kind_name(spec->kind));
    KW_TRY(check_networks(spec->allowed, err));
    KW_REQUIRE(spec->bindings.count <= KW_IDENTITY_BINDINGS_MAX, err, KW_LIMIT, "too many roles");
    kw_role_set set = 0;
    for (size_t i = 0; i < spec->bindings.count; i++) {
        KW_TRY(check_binding(c, spec->bindings.rows[i], err));
        KW_REQUIRE((set & KW_ROLE_BIT(spec->bindings.rows[i].role)) == 0, err, KW_BAD_INPUT,
                   "a role is bound twice");
        set |= KW_ROLE_BIT(spec->bindings.rows[i].role);
    }
    KW_REQUIRE(!kw_rbac_is_conflict(set), err, KW_REFUSED,
               "one identity may not hold these roles together");
    return KW_OK;
}

static kw_status check_add(change *c, const kw_directory *directory, kw_error *err)
{
    const kw_identity_spec *spec = c->input;
    KW_TRY(check_spec(c, spec, err));
    KW_REQUIRE(kw_directory_find(directory, spec->id) == NULL, err, KW_CONFLICT,
               "the id was used before");
    KW_REQUIRE(spec->kind == KW_IDENTITY_API_KEY ||
                   kw_directory_find_certificate(directory, spec->kind, spec->name) == NULL,
               err, KW_CONFLICT, "the certificate name belongs to another identity");
    KW_REQUIRE(directory->identities_count < KW_IDENTITIES_MAX, err, KW_LIMIT,
               "too many identities");
    return KW_OK;
}

static kw_status networks_text(kw_buf *out, kw_networks networks)
{
    for (size_t i = 0; i < networks.count; i++) {
        char text[KW_NETWORK_TEXT_BYTES];
        kw_network_format(text, &networks.rows[i]);
        KW_TRY(kw_buf_append_format(out, "%s%s", i == 0 ? "" : ",", text));
    }
    return KW_OK;
}

static kw_status store_binding(kw_tx *tx, kw_str id, kw_role_binding binding, kw_error *err)
{
    return kw_sql_run(tx, NULL,
                      "INSERT INTO guard_binding (identity, role, expires_ms) VALUES ($1, $2, $3)"
                      " ON CONFLICT (identity, role) DO UPDATE SET expires_ms = $3",
                      KW_SQL_ARGS(kw_sql_text(id),
                                  kw_sql_text(kw_str_of(kw_role_name(binding.role))),
                                  kw_sql_int(binding.expires_ms)),
                      err);
}

static kw_status apply_add(kw_tx *tx, change *c, kw_error *err)
{
    const kw_identity_spec *spec = c->input;
    KW_AUTO(kw_buf) allowed = kw_buf_init(NETWORKS_TEXT_BYTES);
    KW_TRY_AT(err, networks_text(&allowed, spec->allowed), "writing networks");
    KW_TRY(kw_sql_run(tx, NULL,
                      "INSERT INTO guard_identity"
                      " (id, tenant, kind, name, enabled, created_ms, allowed)"
                      " VALUES ($1, $2, $3, $4, 1, $5, $6)",
                      KW_SQL_ARGS(kw_sql_text(spec->id), kw_sql_text(spec->tenant),
                                  kw_sql_text(kw_str_of(kw_identity_kind_name(spec->kind))),
                                  kw_sql_text(spec->name), kw_sql_int(c->now_ms),
                                  kw_sql_text(kw_buf_text(&allowed))),
                      err));
    for (size_t i = 0; i < spec->bindings.count; i++) {
        KW_TRY(store_binding(tx, spec->id, spec->bindings.rows[i], err));
    }
    return KW_OK;
}

kw_status kw_guard_identity_add(kw_guard *guard, const kw_identity_spec *spec,
                                const kw_guard_actor *actor, kw_error *err)
{
    change c = {.guard = guard,
                .actor = actor,
                .action = "identity.entry.add",
                .object = spec->id,
                .check = check_add,
                .apply = apply_add,
                .input = spec};
    return run(&c, err);
}

/* ---- enable, disable ---- */

static kw_status check_enable(change *c, const kw_directory *directory, kw_error *err)
{
    const bool *is_enabled = c->input;
    KW_TRY(find_target(c, directory, c->object, err));
    KW_REQUIRE(!*is_enabled || !kw_str_equal(c->actor->id, c->object), err, KW_FORBIDDEN,
               "nobody enables themselves");
    return KW_OK;
}

static kw_status apply_enable(kw_tx *tx, change *c, kw_error *err)
{
    const bool *is_enabled = c->input;
    return kw_sql_run(tx, NULL, "UPDATE guard_identity SET enabled = $2 WHERE id = $1",
                      KW_SQL_ARGS(kw_sql_text(c->object), kw_sql_int(*is_enabled ? 1 : 0)), err);
}

kw_status kw_guard_identity_enable(kw_guard *guard, kw_str id, bool is_enabled,
                                   const kw_guard_actor *actor, kw_error *err)
{
    change c = {.guard = guard,
                .actor = actor,
                .action = is_enabled ? "identity.entry.enable" : "identity.entry.disable",
                .object = id,
                .check = check_enable,
                .apply = apply_enable,
                .input = &is_enabled};
    return run(&c, err);
}

/* ---- bind ---- */

static kw_status check_bind(change *c, const kw_directory *directory, kw_error *err)
{
    const kw_role_binding *binding = c->input;
    KW_TRY(find_target(c, directory, c->object, err));
    KW_REQUIRE(!kw_str_equal(c->actor->id, c->object), err, KW_FORBIDDEN,
               "nobody changes their own bindings");
    KW_TRY(check_binding(c, *binding, err));
    kw_role_set after = kw_identity_roles(c->target, c->now_ms);
    if (binding->expires_ms > c->now_ms) {
        after |= KW_ROLE_BIT(binding->role);
    }
    KW_REQUIRE(!kw_rbac_is_conflict(after), err, KW_REFUSED,
               "one identity may not hold these roles together");
    return KW_OK;
}

static kw_status apply_bind(kw_tx *tx, change *c, kw_error *err)
{
    const kw_role_binding *binding = c->input;
    if (binding->expires_ms > c->now_ms) {
        return store_binding(tx, c->object, *binding, err);
    }
    return kw_sql_run(
        tx, NULL, "DELETE FROM guard_binding WHERE identity = $1 AND role = $2",
        KW_SQL_ARGS(kw_sql_text(c->object), kw_sql_text(kw_str_of(kw_role_name(binding->role)))),
        err);
}

kw_status kw_guard_role_bind(kw_guard *guard, kw_str id, kw_role_binding binding,
                             const kw_guard_actor *actor, kw_error *err)
{
    change c = {.guard = guard,
                .actor = actor,
                .action = "identity.binding.set",
                .object = id,
                .check = check_bind,
                .apply = apply_bind,
                .input = &binding};
    return run(&c, err);
}

/* ---- allowlist ---- */

static kw_status check_allowlist(change *c, const kw_directory *directory, kw_error *err)
{
    const kw_networks *allowed = c->input;
    KW_TRY(find_target(c, directory, c->object, err));
    return check_networks(*allowed, err);
}

static kw_status apply_allowlist(kw_tx *tx, change *c, kw_error *err)
{
    const kw_networks *allowed = c->input;
    KW_AUTO(kw_buf) text = kw_buf_init(NETWORKS_TEXT_BYTES);
    KW_TRY_AT(err, networks_text(&text, *allowed), "writing networks");
    return kw_sql_run(tx, NULL, "UPDATE guard_identity SET allowed = $2 WHERE id = $1",
                      KW_SQL_ARGS(kw_sql_text(c->object), kw_sql_text(kw_buf_text(&text))), err);
}

kw_status kw_guard_allowlist_set(kw_guard *guard, kw_str id, kw_networks allowed,
                                 const kw_guard_actor *actor, kw_error *err)
{
    change c = {.guard = guard,
                .actor = actor,
                .action = "identity.allowlist.set",
                .object = id,
                .check = check_allowlist,
                .apply = apply_allowlist,
                .input = &allowed};
    return run(&c, err);
}

/* ---- API keys ---- */

/* A key to be stored. */
typedef struct new_key {
    kw_api_key_id id;
    kw_hash32 mac;
    kw_unix_ms expires_ms;
} new_key;

static kw_status check_issue(change *c, const kw_directory *directory, kw_error *err)
{
    const new_key *key = c->input;
    KW_REQUIRE(key->expires_ms > c->now_ms && key->expires_ms <= c->now_ms + KW_API_KEY_LIFE_MS_MAX,
               err, KW_BAD_INPUT, "an API key expires within 366 days");
    KW_TRY(find_target(c, directory, c->object, err));
    KW_REQUIRE(c->target->kind == KW_IDENTITY_API_KEY && c->target->is_enabled, err, KW_BAD_STATE,
               "the identity takes no API keys");
    size_t live = 0;
    for (size_t i = 0; i < c->target->api_keys_count; i++) {
        const kw_api_key_info *row = &c->target->api_keys[i];
        live += !row->is_revoked && row->expires_ms > c->now_ms ? 1 : 0;
    }
    KW_REQUIRE(live < KW_IDENTITY_API_KEYS_MAX, err, KW_LIMIT, "two API keys are live already");
    KW_REQUIRE(kw_directory_find_key(directory, kw_str_of(key->id.text)) == NULL, err, KW_CONFLICT,
               "the key's id exists; try again");
    KW_REQUIRE(directory->keys_count < KW_IDENTITIES_MAX, err, KW_LIMIT, "too many API keys");
    return KW_OK;
}

static kw_status apply_issue(kw_tx *tx, change *c, kw_error *err)
{
    const new_key *key = c->input;
    return kw_sql_run(tx, NULL,
                      "INSERT INTO guard_api_key"
                      " (id, identity, mac, created_ms, expires_ms, revoked)"
                      " VALUES ($1, $2, $3, $4, $5, 0)",
                      KW_SQL_ARGS(kw_sql_text(kw_str_of(key->id.text)), kw_sql_text(c->object),
                                  kw_sql_blob(KW_SPAN(key->mac.bytes)), kw_sql_int(c->now_ms),
                                  kw_sql_int(key->expires_ms)),
                      err);
}

static kw_status make_key(const kw_guard *guard, kw_api_key_text *out, new_key *key, kw_error *err)
{
    uint8_t id_entropy[ID_ENTROPY_BYTES];
    KW_AUTO(kw_secret32) secret = {{0}};
    KW_TRY_AT(err, kw_rng_fill(guard->ports.rng, KW_MSPAN(id_entropy)), "making an API key");
    KW_TRY_AT(err, kw_rng_secret32(guard->ports.rng, &secret), "making an API key");
    kw_api_key_format(out, &key->id, id_entropy, &secret);
    kw_hmac_key_tag(&guard->keys->pepper, &key->mac,
                    (kw_span){(const uint8_t *)out->shown, KW_API_KEY_HASHED_BYTES});
    return KW_OK;
}

kw_status kw_guard_api_key_issue(kw_guard *guard, kw_api_key_text *out, kw_str id,
                                 kw_unix_ms expires_ms, const kw_guard_actor *actor, kw_error *err)
{
    KW_AUTO(kw_api_key_text) text = {{0}};
    new_key key = {.expires_ms = expires_ms};
    KW_TRY(make_key(guard, &text, &key, err));
    change c = {.guard = guard,
                .actor = actor,
                .action = "identity.apikey.issue",
                .object = id,
                .check = check_issue,
                .apply = apply_issue,
                .input = &key};
    KW_TRY(run(&c, err));
    *out = text;
    return KW_OK;
}

static kw_status check_revoke(change *c, const kw_directory *directory, kw_error *err)
{
    KW_REQUIRE(kw_directory_find_key(directory, c->object) != NULL, err, KW_NOT_FOUND,
               "there is no such API key");
    return KW_OK;
}

static kw_status apply_revoke(kw_tx *tx, change *c, kw_error *err)
{
    return kw_sql_run(tx, NULL, "UPDATE guard_api_key SET revoked = 1 WHERE id = $1",
                      KW_SQL_ARGS(kw_sql_text(c->object)), err);
}

kw_status kw_guard_api_key_revoke(kw_guard *guard, kw_str key_id, const kw_guard_actor *actor,
                                  kw_error *err)
{
    change c = {.guard = guard,
                .actor = actor,
                .action = "identity.apikey.revoke",
                .object = key_id,
                .check = check_revoke,
                .apply = apply_revoke};
    return run(&c, err);
}

/* ---- reading ---- */

kw_status kw_guard_identity_get(kw_guard *guard, kw_identity_info *out, kw_str id, kw_arena *arena,
                                kw_error *err)
{
    KW_AUTO(kw_snapshot_hold) hold = kw_snapshot_enter(&guard->directory);
    const kw_identity_info *found = kw_directory_find(hold.object, id);
    KW_REQUIRE(found != NULL, err, KW_NOT_FOUND, "there is no such identity");
    KW_TRY_AT(err, kw_identity_copy(arena, out, found), "copying an identity");
    return KW_OK;
}

kw_status kw_guard_identity_list(kw_guard *guard, kw_identity_infos *out, kw_str after_id,
                                 size_t count, kw_arena *arena, kw_error *err)
{
    KW_AUTO(kw_snapshot_hold) hold = kw_snapshot_enter(&guard->directory);
    const kw_directory *directory = hold.object;
    size_t from = 0;
    while (from < directory->identities_count &&
           kw_str_compare(directory->identities[from].id, after_id) <= 0) {
        from++;
    }
    count = KW_MIN(count, directory->identities_count - from);
    kw_identity_info *rows = kw_arena_new(arena, count + 1, sizeof *rows);
    KW_REQUIRE(rows != NULL, err, KW_LIMIT, "listing identities");
    for (size_t i = 0; i < count; i++) {
        KW_TRY_AT(err, kw_identity_copy(arena, &rows[i], &directory->identities[from + i]),
                  "listing identities");
    }
    *out = (kw_identity_infos){rows, count};
    return KW_OK;
}

static kw_status read_change(kw_tx *tx, void *ctx, kw_error *err)
{
    int64_t *out = ctx;
    KW_AUTO(kw_rows) rows = {0};
    KW_TRY(kw_sql_query_one(tx, &rows, "SELECT count FROM guard_change WHERE id = 1",
                            KW_SQL_NO_ARGS, err));
    return kw_rows_int(&rows, out, 0, err);
}

kw_status kw_guard_refresh(kw_guard *guard, kw_error *err)
{
    KW_AUTO(kw_locked) hold = kw_lock(&guard->changing);
    kw_audit_state audit = kw_audit_state_now(guard->audit);
    kw_guard_watch_audit(&guard->watch, &audit);
    int64_t change_count = 0;
    KW_TRY_AT(err, kw_store_read(guard->ports.store, read_change, &change_count, err),
              "looking for changed identities");
    return (uint64_t)change_count == guard->loaded_change ? KW_OK : kw_guard_load(guard, err);
}
