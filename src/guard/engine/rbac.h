/* SPDX-License-Identifier: Apache-2.0
 * Who may do what: roles, the closed table of permissions, and what may never be held together.
 * Everything that the table does not grant is refused (hardening.md section 3). */
#ifndef KW_GUARD_ENGINE_RBAC_H
#define KW_GUARD_ENGINE_RBAC_H

#include "base/error.h"
#include "base/span.h"

/* name, its spelling in configuration, API and audit. Nobody is bound to `anonymous`, which all
 * have, and to `member`, which the operators of the cluster have on its listener. */
#define KW_ROLE_TABLE(X)                \
    X(ANONYMOUS, "anonymous")           \
    X(READER, "reader")                 \
    X(CLIENT, "client")                 \
    X(CRYPTO_OFFICER, "crypto_officer") \
    X(OPERATOR, "operator")             \
    X(SECURITY_ADMIN, "security_admin") \
    X(AUDITOR, "auditor")               \
    X(MEMBER, "member")

/* Stored and shown by name; the numbers are positions in the table and live in memory only. */
typedef enum kw_role {
#define X(name, spelling) KW_ROLE_##name,
    KW_ROLE_TABLE(X)
#undef X
    KW_ROLES_COUNT
} kw_role;

/* A set of roles: bit 1 << role. */
typedef uint32_t kw_role_set;

#define KW_ROLE_BIT(role) ((kw_role_set)1 << (role))

/* A row number of the permission table. */
typedef struct kw_permission {
    uint16_t row;
} kw_permission;

/* NUL-terminated spelling, static. */
const char *kw_role_name(kw_role role);

/* NOT_FOUND: no role is spelt so. */
KW_MUST_USE kw_status kw_role_of_name(kw_role *out, kw_str name);

/* NOT_FOUND: the table has no such permission. */
KW_MUST_USE kw_status kw_permission_find(kw_permission *out, kw_str name);

size_t kw_permissions_count(void);

/* NUL-terminated name, `domain.object.verb`, static; `permission.row` < kw_permissions_count(). */
const char *kw_permission_name(kw_permission permission);

/* True when one of the roles is granted the permission. Callers without identity pass
 * KW_ROLE_BIT(KW_ROLE_ANONYMOUS), and every identity holds that role too. */
bool kw_rbac_allows(kw_role_set roles, kw_permission permission);

/* True when the set holds two roles that must never meet in one identity. */
bool kw_rbac_is_conflict(kw_role_set roles);

/* False for `anonymous` and `member`. */
bool kw_role_may_be_bound(kw_role role);

/* True when holders of `granter` may bind `role` to somebody else: roles of services (reader,
 * client) by whoever administers identities; roles of staff only by those who hold them too. */
bool kw_rbac_may_grant(kw_role_set granter, kw_role role);

#endif /* KW_GUARD_ENGINE_RBAC_H */
