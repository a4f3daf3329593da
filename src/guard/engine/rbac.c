/* SPDX-License-Identifier: Apache-2.0
 * The permission table. Source: hardening.md section 3, limited to the permissions that a route
 * of today names; kw_guard_check_routes keeps table and routes equal. */
#include "guard/engine/rbac.h"

typedef struct permission_row {
    const char *name; /* domain.object.verb */
    kw_role_set granted;
} permission_row;

enum {
    ANYONE = KW_ROLE_BIT(KW_ROLE_ANONYMOUS),
    READER = KW_ROLE_BIT(KW_ROLE_READER),
    CLIENT = KW_ROLE_BIT(KW_ROLE_CLIENT),
    CRYPTO = KW_ROLE_BIT(KW_ROLE_CRYPTO_OFFICER),
    OPERATOR = KW_ROLE_BIT(KW_ROLE_OPERATOR),
    SECURITY = KW_ROLE_BIT(KW_ROLE_SECURITY_ADMIN),
    AUDITOR = KW_ROLE_BIT(KW_ROLE_AUDITOR),
    MEMBER = KW_ROLE_BIT(KW_ROLE_MEMBER),
};

static const permission_row permissions[] = {
    {"audit.checkpoint.read", AUDITOR},
    {"emtp.code.read", READER | CLIENT},
    {"emtp.info.read", READER | CLIENT},
    {"emtp.key.export", CRYPTO},
    {"emtp.key.get", CLIENT},
    {"emtp.key.list", CRYPTO | OPERATOR | AUDITOR},
    {"emtp.key.revoke", CRYPTO},
    {"emtp.key.rotate", CRYPTO},
    {"emtp.notify.send", CLIENT},
    {"emtp.participant.read", SECURITY | AUDITOR},
    {"emtp.participant.write", SECURITY},
    {"emtp.stream.read", CLIENT},
    {"identity.allowlist.write", SECURITY},
    {"identity.apikey.issue", SECURITY},
    {"identity.apikey.revoke", SECURITY},
    {"identity.binding.write", SECURITY},
    {"identity.entry.read", SECURITY | AUDITOR},
    {"identity.entry.write", SECURITY},
    {"node.api.read", ANYONE},
    {"node.health.read", ANYONE},
    {"node.metrics.read", ANYONE},
    {"threshold.app.read", SECURITY | AUDITOR},
    {"threshold.app.write", SECURITY},
    {"threshold.epoch.read", ANYONE},
    {"threshold.epoch.reshare", CRYPTO | OPERATOR},
    {"threshold.message.read", MEMBER},
    {"threshold.message.send", MEMBER},
    {"threshold.partial.sign", ANYONE}, /* the policy of each application decides */
};

/* Sets of roles that may meet in one identity at most once. */
static const kw_role_set conflicts[] = {
    CRYPTO | AUDITOR,
    SECURITY | CRYPTO,
    SECURITY | AUDITOR,
    OPERATOR | AUDITOR,
};

/* Roles that serve programs; the others are for staff. */
static const kw_role_set service_roles = READER | CLIENT;

/* Roles that follow from something else than a binding. */
static const kw_role_set unbound_roles = ANYONE | MEMBER;

static const char *const role_names[] = {
#define X(name, spelling) [KW_ROLE_##name] = (spelling),
    KW_ROLE_TABLE(X)
#undef X
};

const char *kw_role_name(kw_role role)
{
    KW_ASSERT((size_t)role < KW_COUNT(role_names));
    return role_names[role];
}

kw_status kw_role_of_name(kw_role *out, kw_str name)
{
    for (size_t i = 0; i < KW_COUNT(role_names); i++) {
        if (kw_str_equal(name, kw_str_of(role_names[i]))) {
            *out = (kw_role)i;
            return KW_OK;
        }
    }
    return KW_NOT_FOUND;
}

kw_status kw_permission_find(kw_permission *out, kw_str name)
{
    for (size_t i = 0; i < KW_COUNT(permissions); i++) {
        if (kw_str_equal(name, kw_str_of(permissions[i].name))) {
            out->row = (uint16_t)i;
            return KW_OK;
        }
    }
    return KW_NOT_FOUND;
}

size_t kw_permissions_count(void)
{
    return KW_COUNT(permissions);
}

const char *kw_permission_name(kw_permission permission)
{
    KW_ASSERT(permission.row < KW_COUNT(permissions));
    return permissions[permission.row].name;
}

bool kw_rbac_allows(kw_role_set roles, kw_permission permission)
{
    KW_ASSERT(permission.row < KW_COUNT(permissions));
    return (permissions[permission.row].granted & (roles | ANYONE)) != 0;
}

bool kw_rbac_is_conflict(kw_role_set roles)
{
    for (size_t i = 0; i < KW_COUNT(conflicts); i++) {
        kw_role_set met = roles & conflicts[i];
        if ((met & (met - 1)) != 0) {
            return true;
        }
    }
    return false;
}

bool kw_role_may_be_bound(kw_role role)
{
    return (KW_ROLE_BIT(role) & unbound_roles) == 0;
}

bool kw_rbac_may_grant(kw_role_set granter, kw_role role)
{
    kw_role_set wanted = KW_ROLE_BIT(role);
    if ((wanted & service_roles) != 0) {
        return (granter & SECURITY) != 0;
    }
    return kw_role_may_be_bound(role) && (granter & SECURITY) != 0 && (granter & wanted) != 0;
}
