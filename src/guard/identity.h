/* SPDX-License-Identifier: Apache-2.0
 * Identities as other folders see them: what one is, and the use cases that change them. Every
 * change is durable and audited before the call returns, and decides the next request of every
 * loop thread. */
#ifndef KW_GUARD_IDENTITY_H
#define KW_GUARD_IDENTITY_H

#include "base/arena.h"
#include "base/error.h"
#include "base/utc.h"
#include "guard/engine/ip.h"
#include "guard/engine/apikey.h"
#include "guard/engine/chain.h"
#include "guard/engine/rbac.h"

typedef struct kw_guard kw_guard;

/* name, its spelling in store, API and configuration */
#define KW_IDENTITY_KIND_TABLE(X) \
    X(API_KEY, "api_key")         \
    X(URI, "uri")                 \
    X(DNS, "dns")                 \
    X(SPKI, "spki")

/* How an identity proves itself: by API keys, or by a client certificate that the listener's CA
 * signed and that carries this URI SAN, DNS SAN or public key. */
typedef enum kw_identity_kind {
#define X(name, spelling) KW_IDENTITY_##name,
    KW_IDENTITY_KIND_TABLE(X)
#undef X
} kw_identity_kind;

typedef struct kw_role_binding {
    kw_role role;
    kw_unix_ms expires_ms; /* at most KW_BINDING_LIFE_MS_MAX after the binding is made */
} kw_role_binding;

typedef struct kw_role_bindings {
    const kw_role_binding *rows;
    size_t count;
} kw_role_bindings;

/* What an identity is made from; everything is borrowed for the call. */
typedef struct kw_identity_spec {
    kw_str id;     /* 1..128 of A-Za-z0-9 and ._:@/-, never used twice */
    kw_str tenant; /* 1..64 of a-z0-9 and .-/_ */
    kw_identity_kind kind;
    kw_str name;         /* URI, DNS name or 64 lower-case hex; empty for API keys */
    kw_networks allowed; /* empty: from wherever the listener may be reached */
    kw_role_bindings bindings;
} kw_identity_spec;

/* A public API key row. */
typedef struct kw_api_key_info {
    kw_api_key_id id;
    kw_unix_ms created_ms;
    kw_unix_ms expires_ms;
    bool is_revoked;
} kw_api_key_info;

/* A copy of one identity. */
typedef struct kw_identity_info {
    kw_str id;
    kw_str tenant;
    kw_identity_kind kind;
    kw_str name;
    bool is_enabled;
    bool is_configured; /* came from guard.bootstrap; the API cannot change it */
    kw_unix_ms created_ms;
    kw_networks allowed;
    kw_role_bindings bindings;
    const kw_api_key_info *api_keys;
    size_t api_keys_count;
} kw_identity_info;

typedef struct kw_identity_infos {
    const kw_identity_info *rows;
    size_t count;
} kw_identity_infos;

/* On whose behalf a change is made: goes to the audit record and decides what may be granted. */
typedef struct kw_guard_actor {
    kw_str id;     /* identity, or "system" for the daemon itself */
    kw_str tenant; /* may be empty for the daemon itself */
    kw_auth_method method;
    kw_role_set roles; /* roles now held; the daemon itself passes KW_GUARD_ALL_ROLES */
    kw_str request_id; /* may be empty */
    kw_ip address;     /* all-zero for the daemon itself */
} kw_guard_actor;

#define KW_GUARD_ALL_ROLES (((kw_role_set)1 << KW_ROLES_COUNT) - 1)

/* Adds an enabled identity. BAD_INPUT: a member out of range. CONFLICT: the id was used before, or
 * the certificate name belongs to another identity. REFUSED: roles that may not meet.
 * FORBIDDEN: the actor may not grant one of the roles. LIMIT. AUDIT_UNAVAILABLE, IO, NO_SPACE. */
KW_MUST_USE kw_status kw_guard_identity_add(kw_guard *guard, const kw_identity_spec *spec,
                                            const kw_guard_actor *actor, kw_error *err);

/* Switches an identity off for good or for a while: its credentials get 403 from the next request.
 * NOT_FOUND. REFUSED: the identity comes from the configuration. FORBIDDEN: the actor enables
 * itself. */
KW_MUST_USE kw_status kw_guard_identity_enable(kw_guard *guard, kw_str id, bool is_enabled,
                                               const kw_guard_actor *actor, kw_error *err);

/* Binds a role anew or sets the expiry of its binding; `expires_ms` <= now removes it.
 * Statuses of kw_guard_identity_add; FORBIDDEN also when actor and identity are the same. */
KW_MUST_USE kw_status kw_guard_role_bind(kw_guard *guard, kw_str id, kw_role_binding binding,
                                         const kw_guard_actor *actor, kw_error *err);

/* Replaces the allowlist. */
KW_MUST_USE kw_status kw_guard_allowlist_set(kw_guard *guard, kw_str id, kw_networks allowed,
                                             const kw_guard_actor *actor, kw_error *err);

/* Makes an API key; `out` is the only copy of the secret there will ever be, drop it after showing.
 * BAD_INPUT: expiry not in (now, now + 366 days]. NOT_FOUND. BAD_STATE: not an API-key identity,
 * or disabled. LIMIT: two keys are live. ENTROPY_FAILURE. */
KW_MUST_USE kw_status kw_guard_api_key_issue(kw_guard *guard, kw_api_key_text *out, kw_str id,
                                             kw_unix_ms expires_ms, const kw_guard_actor *actor,
                                             kw_error *err);

/* Ends one API key: 401 from the next request. NOT_FOUND. Revoking twice is no error. */
KW_MUST_USE kw_status kw_guard_api_key_revoke(kw_guard *guard, kw_str key_id,
                                              const kw_guard_actor *actor, kw_error *err);

/* Copies one identity, or up to `count` of them after `after_id` in byte order of the id, into
 * the arena. NOT_FOUND, LIMIT (arena). */
KW_MUST_USE kw_status kw_guard_identity_get(kw_guard *guard, kw_identity_info *out, kw_str id,
                                            kw_arena *arena, kw_error *err);
KW_MUST_USE kw_status kw_guard_identity_list(kw_guard *guard, kw_identity_infos *out,
                                             kw_str after_id, size_t count, kw_arena *arena,
                                             kw_error *err);

/* NUL-terminated spelling, static. */
const char *kw_identity_kind_name(kw_identity_kind kind);

/* NOT_FOUND: no kind is spelt so. */
KW_MUST_USE kw_status kw_identity_kind_of_name(kw_identity_kind *out, kw_str name);

#endif /* KW_GUARD_IDENTITY_H */
