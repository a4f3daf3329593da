/* SPDX-License-Identifier: Apache-2.0
 * What the configuration says about callers: networks of the listeners, and the identities of
 * guard.bootstrap, from which the first administrators come. */
#include "guard/state.h"

#include "guard/config.h"
#include "guard/limits.h"
#include "os/clock.h"

static kw_status read_networks(kw_guard *guard, kw_networks *out, const kw_strs *texts,
                               kw_error *err)
{
    kw_network *rows = kw_arena_new(&guard->arena, texts->count + 1, sizeof *rows);
    KW_REQUIRE(rows != NULL, err, KW_NO_MEMORY, "reading networks");
    for (size_t i = 0; i < texts->count; i++) {
        KW_REQUIRE(kw_network_parse(&rows[i], texts->items[i]) == KW_OK, err, KW_CONFIG,
                   "%.*s is not a network", KW_STR_ARG(texts->items[i]));
    }
    *out = (kw_networks){rows, texts->count};
    return KW_OK;
}

/* "role+role" into bindings that last as long as the configuration says so. */
static kw_status read_roles(kw_guard *guard, kw_role_bindings *out, kw_str text, kw_error *err)
{
    kw_role_binding *rows = kw_arena_new(&guard->arena, KW_IDENTITY_BINDINGS_MAX, sizeof *rows);
    KW_REQUIRE(rows != NULL, err, KW_NO_MEMORY, "reading guard.bootstrap");
    kw_role_bindings bindings = {.rows = rows};
    kw_role_set set = 0;
    bool has_more = true;
    while (has_more) {
        kw_str name;
        kw_role role = KW_ROLE_ANONYMOUS;
        has_more = kw_str_split(text, '+', &name, &text);
        KW_REQUIRE(kw_role_of_name(&role, name) == KW_OK && kw_role_may_be_bound(role), err,
                   KW_CONFIG, "guard.bootstrap: there is no role %.*s", KW_STR_ARG(name));
        KW_REQUIRE((set & KW_ROLE_BIT(role)) == 0 && bindings.count < KW_IDENTITY_BINDINGS_MAX, err,
                   KW_CONFIG, "guard.bootstrap: role %.*s twice", KW_STR_ARG(name));
        set |= KW_ROLE_BIT(role);
        rows[bindings.count] = (kw_role_binding){.role = role, .expires_ms = INT64_MAX};
        bindings.count++;
    }
    KW_REQUIRE(!kw_rbac_is_conflict(set), err, KW_CONFIG,
               "guard.bootstrap: roles that one identity may not hold together");
    *out = bindings;
    return KW_OK;
}

/* Splits "uri:spiffe://a/b=role" at its last '='. */
static bool split_row(kw_str row, kw_str *name, kw_str *roles)
{
    for (size_t i = row.len; i > 0; i--) {
        if (row.ptr[i - 1] == '=') {
            *name = (kw_str){row.ptr, i - 1};
            *roles = (kw_str){row.ptr + i, row.len - i};
            return true;
        }
    }
    return false;
}

static kw_status read_identity(kw_guard *guard, kw_identity_info *out, kw_str row, kw_error *err)
{
    kw_str id;
    kw_str roles;
    kw_str kind;
    kw_identity_info identity = {.tenant = KW_STR("system"),
                                 .is_enabled = true,
                                 .is_configured = true,
                                 .created_ms = kw_clock_now_ms(guard->ports.clock)};
    KW_REQUIRE(split_row(row, &id, &roles) && kw_str_split(id, ':', &kind, &identity.name) &&
                   kw_identity_kind_of_name(&identity.kind, kind) == KW_OK &&
                   identity.kind != KW_IDENTITY_API_KEY && identity.name.len > 0,
               err, KW_CONFIG, "guard.bootstrap: %.*s is not KIND:NAME=ROLE+ROLE", KW_STR_ARG(row));
    identity.id = id;
    KW_TRY(read_roles(guard, &identity.bindings, roles, err));
    return kw_identity_copy(&guard->arena, out, &identity);
}

kw_status kw_guard_configure(kw_guard *guard, const kw_guard_config *config, kw_error *err)
{
    KW_TRY(
        read_networks(guard, &guard->listeners[KW_LISTENER_PUBLIC], &config->public_networks, err));
    KW_TRY(read_networks(guard, &guard->listeners[KW_LISTENER_PEER], &config->peer_networks, err));
    KW_TRY(
        read_networks(guard, &guard->listeners[KW_LISTENER_ADMIN], &config->admin_networks, err));
    KW_TRY(read_networks(guard, &guard->listeners[KW_LISTENER_METRICS], &config->metrics_networks,
                         err));
    size_t count = config->bootstrap.count;
    guard->configured = kw_arena_new(&guard->arena, count + 1, sizeof *guard->configured);
    KW_REQUIRE(guard->configured != NULL, err, KW_NO_MEMORY, "reading guard.bootstrap");
    for (size_t i = 0; i < count; i++) {
        KW_TRY_AT(err, read_identity(guard, &guard->configured[i], config->bootstrap.items[i], err),
                  "reading guard.bootstrap");
    }
    guard->configured_count = count;
    return KW_OK;
}
