/* SPDX-License-Identifier: Apache-2.0
 * On what terms an application's key is given out: who may ask, for which kind of ciphertext, how
 * often, and how many times in all. What no policy allows is refused. Source: threshold.md
 * section 7. */
#ifndef KW_THRESHOLD_APP_POLICY_H
#define KW_THRESHOLD_APP_POLICY_H

#include "base/utc.h"
#include "codec/json.h"
#include "guard/engine/chain.h"

/* name, its spelling */
#define KW_APP_ACCESS_TABLE(X) \
    X(OPEN, "open")            \
    X(API_KEY, "api_key")      \
    X(MTLS, "mtls")            \
    X(OIDC, "oidc")

/* How those prove themselves who may ask. */
typedef enum kw_app_access {
    KW_APP_ACCESS_NONE, /* nobody may */
#define X(name, spelling) KW_APP_ACCESS_##name,
    KW_APP_ACCESS_TABLE(X)
#undef X
} kw_app_access;

typedef struct kw_app_policy {
    kw_app_access access;
    kw_strs callers;   /* ids of identities of the guard; for api_key and mtls */
    kw_str audience;   /* that a token is for; for oidc */
    kw_strs claims;    /* "name=value", all of which a token has; for oidc, may be empty */
    bool eigenx_v1;    /* also for ciphertexts of the reference system */
    uint32_t rate;     /* partial signatures in 1000 s */
    uint32_t burst;    /* the same at once */
    uint64_t uses_max; /* partial signatures in all; 0: not counted */
} kw_app_policy;
extern const kw_schema kw_app_policy_schema;

/* What the rows cannot say: who must be named, and who not. BAD_INPUT. */
KW_MUST_USE kw_status kw_app_policy_check(const kw_app_policy *policy, kw_error *err);

/* Who asks for what; borrows. */
typedef struct kw_app_visit {
    kw_str app;
    bool is_eigenx_v1;
    kw_str caller; /* id that the guard knows; empty: nobody */
    kw_auth_method method;
    kw_str token; /* of an issuer; empty: none */
    kw_unix_ms now_ms;
    kw_unix_s attestation_time; /* whose epoch is asked for, too; 0: none */
} kw_app_visit;

/* Whether the policy allows it; says nothing of rates. `claims`: of the visit's token, verified;
 * NULL: it has none. UNAUTHENTICATED: a credential is missing. FORBIDDEN: somebody else may, or not
 * for this. */
KW_MUST_USE kw_status kw_app_policy_admit(const kw_app_policy *policy, const kw_app_visit *visit,
                                          const kw_json *claims, kw_error *err);

/* NUL-terminated spelling, static. */
const char *kw_app_access_name(kw_app_access access);

#endif /* KW_THRESHOLD_APP_POLICY_H */
