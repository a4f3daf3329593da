/* SPDX-License-Identifier: Apache-2.0
 * Policies of applications as values. */
#include "threshold/app_policy.h"

#include "guard/limits.h"
#include "threshold/limits.h"
#include "threshold/token.h"

static const kw_enum_name access_names[] = {
#define X(name, spelling) {(spelling), KW_APP_ACCESS_##name},
    KW_APP_ACCESS_TABLE(X)
#undef X
};

static const kw_field policy_fields[] = {
    KW_FIELD_ENUM(kw_app_policy, access, access_names, KW_REQ,
                  .help = "who may have the key: anybody, the callers, by API key or by client "
                          "certificate, or who has a token that says so"),
    KW_FIELD(kw_app_policy, callers, KW_IDENTITY_ID_BYTES_MAX, 0, .items_max = KW_APP_CALLERS_MAX,
             .made_of = "._:@/-", .help = "ids of identities"),
    KW_FIELD(kw_app_policy, audience, KW_TOKEN_TEXT_BYTES_MAX, 0,
             .help = "oidc: claim aud of a token"),
    KW_FIELD(kw_app_policy, claims, 2 * KW_TOKEN_TEXT_BYTES_MAX, 0, .items_max = KW_APP_CLAIMS_MAX,
             .help = "oidc: name=value that a token must say, each"),
    KW_FIELD(kw_app_policy, eigenx_v1, 1, 0,
             .help = "also sign for ciphertexts of the form eigenx-v1"),
    KW_FIELD(kw_app_policy, rate, KW_APP_RATE_MAX, 0, .min = 1, .fallback = "10000",
             .help = "partial signatures in 1000 s"),
    KW_FIELD(kw_app_policy, burst, KW_APP_BURST_MAX, 0, .min = 1, .fallback = "100",
             .help = "the same at once"),
    KW_FIELD(kw_app_policy, uses_max, INT64_MAX, 0, .fallback = "0",
             .help = "partial signatures in all; 0: not counted"),
};
KW_SCHEMA_EXTERN(kw_app_policy, policy_fields);

const char *kw_app_access_name(kw_app_access access)
{
    for (size_t i = 0; i < KW_COUNT(access_names); i++) {
        if (access_names[i].value == (int)access) {
            return access_names[i].name;
        }
    }
    return "none";
}

static kw_status check_claims(const kw_strs *claims, kw_error *err)
{
    for (size_t i = 0; i < claims->count; i++) {
        kw_str name;
        kw_str value;
        KW_REQUIRE(kw_str_split(claims->items[i], '=', &name, &value) && name.len > 0, err,
                   KW_BAD_INPUT, "claims: name=value");
    }
    return KW_OK;
}

kw_status kw_app_policy_check(const kw_app_policy *policy, kw_error *err)
{
    bool has_token = policy->access == KW_APP_ACCESS_OIDC;
    bool has_callers =
        policy->access == KW_APP_ACCESS_API_KEY || policy->access == KW_APP_ACCESS_MTLS;
    KW_REQUIRE(has_callers || policy->callers.count == 0, err, KW_BAD_INPUT,
               "callers: only with api_key and mtls");
    KW_REQUIRE(!has_callers || policy->callers.count > 0, err, KW_BAD_INPUT,
               "callers: name who may have the key");
    KW_REQUIRE(has_token == (policy->audience.len > 0), err, KW_BAD_INPUT,
               "audience: needed with oidc, and only there");
    KW_REQUIRE(has_token || policy->claims.count == 0, err, KW_BAD_INPUT, "claims: only with oidc");
    KW_TRY(check_claims(&policy->claims, err));
    for (size_t i = 0; i < policy->callers.count; i++) {
        KW_REQUIRE(policy->callers.items[i].len > 0, err, KW_BAD_INPUT, "callers: an empty one");
    }
    return KW_OK;
}

/* By a credential of the kind that the policy wants: an API key is no certificate. */
static kw_status admit_caller(const kw_app_policy *policy, kw_auth_method method,
                              const kw_app_visit *visit, kw_error *err)
{
    KW_REQUIRE(visit->caller.len > 0, err, KW_UNAUTHENTICATED,
               "the application's key is not for everybody");
    KW_REQUIRE(visit->method == method, err, KW_FORBIDDEN, "the application wants %s",
               kw_auth_method_name(method));
    for (size_t i = 0; i < policy->callers.count; i++) {
        if (kw_str_equal(policy->callers.items[i], visit->caller)) {
            return KW_OK;
        }
    }
    return kw_fail(err, KW_FORBIDDEN, "the application does not name this caller");
}

static kw_status admit_token(const kw_app_policy *policy, const kw_json *claims, kw_error *err)
{
    KW_REQUIRE(claims != NULL, err, KW_UNAUTHENTICATED, "the application wants a token");
    KW_REQUIRE(kw_token_says(claims, KW_STR("aud"), policy->audience), err, KW_FORBIDDEN,
               "the token is for another audience");
    for (size_t i = 0; i < policy->claims.count; i++) {
        kw_str name;
        kw_str value;
        KW_REQUIRE(kw_str_split(policy->claims.items[i], '=', &name, &value) &&
                       kw_token_says(claims, name, value),
                   err, KW_FORBIDDEN, "the token does not say what the application wants");
    }
    return KW_OK;
}

kw_status kw_app_policy_admit(const kw_app_policy *policy, const kw_app_visit *visit,
                              const kw_json *claims, kw_error *err)
{
    KW_REQUIRE(!visit->is_eigenx_v1 || policy->eigenx_v1, err, KW_FORBIDDEN,
               "the application is not used with eigenx-v1");
    switch (policy->access) {
    case KW_APP_ACCESS_OPEN:
        return KW_OK;
    case KW_APP_ACCESS_API_KEY:
        return admit_caller(policy, KW_AUTH_API_KEY, visit, err);
    case KW_APP_ACCESS_MTLS:
        return admit_caller(policy, KW_AUTH_CERTIFICATE, visit, err);
    case KW_APP_ACCESS_OIDC:
        return admit_token(policy, claims, err);
    case KW_APP_ACCESS_NONE:
        break;
    }
    return kw_fail(err, KW_FORBIDDEN, "the application has no policy");
}
