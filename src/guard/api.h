/* SPDX-License-Identifier: Apache-2.0
 * Management of identities over the admin listener, and the audit checkpoint. The context of the
 * mount is the kw_guard. Types are shared with the command line. */
#ifndef KW_GUARD_API_H
#define KW_GUARD_API_H

#include "base/utc.h"
#include "codec/field.h"
#include "guard/identity.h"
#include "net/route.h"

extern const kw_route kw_guard_admin_routes[];
extern const size_t kw_guard_admin_routes_count;

/* A role and the moment until which it is held. */
typedef struct kw_guard_api_binding {
    kw_str role;
    kw_unix_s expires;
} kw_guard_api_binding;

typedef struct kw_guard_api_bindings {
    kw_guard_api_binding *items;
    size_t count;
} kw_guard_api_bindings;

/* What POST /v1/identities takes. */
typedef struct kw_guard_api_identity_new {
    kw_str id;
    kw_str tenant;
    kw_identity_kind kind;
    kw_str name; /* of the certificate; empty for API keys */
    kw_guard_api_bindings roles;
    kw_strs networks;
} kw_guard_api_identity_new;
extern const kw_schema kw_guard_api_identity_new_schema;

/* An API key without its secret. */
typedef struct kw_guard_api_key {
    kw_str id;
    kw_unix_s created;
    kw_unix_s expires;
    bool is_revoked;
} kw_guard_api_key;

typedef struct kw_guard_api_identity {
    kw_str id;
    kw_str tenant;
    kw_identity_kind kind;
    kw_str name;
    bool is_enabled;
    bool is_configured;
    kw_unix_s created;
    kw_guard_api_bindings roles;
    kw_strs networks;
    struct {
        kw_guard_api_key *items;
        size_t count;
    } api_keys;
} kw_guard_api_identity;
extern const kw_schema kw_guard_api_identity_schema;

typedef struct kw_guard_api_identities {
    struct {
        kw_guard_api_identity *items;
        size_t count;
    } identities;
} kw_guard_api_identities;
extern const kw_schema kw_guard_api_identities_schema;

/* The one showing of an API key. */
typedef struct kw_guard_api_key_issued {
    kw_str id;
    kw_str api_key; /* secret */
    kw_unix_s expires;
} kw_guard_api_key_issued;
extern const kw_schema kw_guard_api_key_issued_schema;

#endif /* KW_GUARD_API_H */
