/* SPDX-License-Identifier: Apache-2.0
 * Options of commands that say on what terms an application's key is given out: rows for an options
 * struct that has a member `kw_app_policy policy`. */
#ifndef KW_CLI_APP_TERMS_H
#define KW_CLI_APP_TERMS_H

#include "cli/remote.h"
#include "guard/limits.h"
#include "threshold/app_policy.h"
#include "threshold/limits.h"

static const kw_enum_name kw_app_terms_access[] = {
#define X(name, spelling) {(spelling), KW_APP_ACCESS_##name},
    KW_APP_ACCESS_TABLE(X)
#undef X
};

#define KW_APP_TERM(type, option, member, largest, ...)                                   \
    {                                                                                     \
        .name = (option), .offset = offsetof(type, policy.member),                        \
        .kind = KW_KIND_OF(KW_MEMBER(type, policy.member)), .max = (largest), __VA_ARGS__ \
    }

#define KW_APP_TERMS(type)                                                                       \
    {.name = "access",                                                                           \
     .offset = offsetof(type, policy.access),                                                    \
     .kind = KW_KIND_ENUM,                                                                       \
     .names = kw_app_terms_access,                                                               \
     .names_count = KW_COUNT(kw_app_terms_access),                                               \
     .flags = KW_REQ,                                                                            \
     .help = "who may have its key: anybody, the callers, by API key or by client certificate, " \
             "or who has a token"},                                                              \
        KW_APP_TERM(type, "caller", callers, KW_IDENTITY_ID_BYTES_MAX,                           \
                    .items_max = KW_APP_CALLERS_MAX, .made_of = "._:@/-",                        \
                    .help = "identity that may have it, may be repeated"),                       \
        KW_APP_TERM(type, "audience", audience, KW_TOKEN_TEXT_BYTES_MAX,                         \
                    .help = "oidc: audience that a token must be for"),                          \
        KW_APP_TERM(type, "claim", claims, 2 * KW_TOKEN_TEXT_BYTES_MAX,                          \
                    .items_max = KW_APP_CLAIMS_MAX,                                              \
                    .help = "oidc: NAME=VALUE that a token must say, may be repeated"),          \
        KW_APP_TERM(type, "eigenx_v1", eigenx_v1, 1,                                             \
                    .help = "also sign for ciphertexts of the form eigenx-v1"),                  \
        KW_APP_TERM(type, "rate", rate, KW_APP_RATE_MAX, .min = 1, .fallback = "10000",          \
                    .help = "partial signatures in 1000 s, at each operator"),                   \
        KW_APP_TERM(type, "burst", burst, KW_APP_BURST_MAX, .min = 1, .fallback = "100",         \
                    .help = "the same at once"),                                                 \
        KW_APP_TERM(type, "uses_max", uses_max, INT64_MAX, .fallback = "0",                      \
                    .help = "partial signatures in all; 0: not counted")

#endif /* KW_CLI_APP_TERMS_H */
