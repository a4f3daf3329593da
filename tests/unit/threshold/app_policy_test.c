/* SPDX-License-Identifier: Apache-2.0 */
#include "threshold/app_policy.h"

#include "codec/json.h"
#include "support/expect.h"

static kw_str names[] = {{"clinic", 6}, {"lab", 3}};

static kw_app_policy policy_of(kw_app_access access, size_t callers)
{
    return (kw_app_policy){.access = access, .callers = {names, callers}, .rate = 1, .burst = 1};
}

static void policy_check__wants_callers_where_they_are_named(void **state)
{
    (void)state;
    kw_app_policy policy = policy_of(KW_APP_ACCESS_OPEN, 0);
    EXPECT_OK(kw_app_policy_check(&policy, NULL));
    policy = policy_of(KW_APP_ACCESS_API_KEY, 2);
    EXPECT_OK(kw_app_policy_check(&policy, NULL));
    policy = policy_of(KW_APP_ACCESS_MTLS, 1);
    EXPECT_OK(kw_app_policy_check(&policy, NULL));
}

static void policy_check__refuses_what_would_let_in_all_or_nobody(void **state)
{
    (void)state;
    kw_error err = {0};
    kw_app_policy policy = policy_of(KW_APP_ACCESS_OPEN, 1);
    EXPECT_STATUS(kw_app_policy_check(&policy, &err), KW_BAD_INPUT);
    assert_int_equal(err.status, KW_BAD_INPUT);
    policy = policy_of(KW_APP_ACCESS_API_KEY, 0);
    EXPECT_STATUS(kw_app_policy_check(&policy, NULL), KW_BAD_INPUT);
    policy = policy_of(KW_APP_ACCESS_MTLS, 0);
    EXPECT_STATUS(kw_app_policy_check(&policy, NULL), KW_BAD_INPUT);
    kw_str nobody = KW_STR("");
    policy.callers = (kw_strs){&nobody, 1};
    EXPECT_STATUS(kw_app_policy_check(&policy, NULL), KW_BAD_INPUT);
}

typedef struct admit_case {
    kw_app_access access;
    const char *caller;
    kw_auth_method method;
    kw_status wanted;
} admit_case;

static void policy_admit__takes_the_credential_and_the_caller_that_it_names(void **state)
{
    (void)state;
    static const admit_case cases[] = {
        {KW_APP_ACCESS_OPEN, "", KW_AUTH_NONE, KW_OK},
        {KW_APP_ACCESS_OPEN, "other", KW_AUTH_API_KEY, KW_OK},
        {KW_APP_ACCESS_API_KEY, "clinic", KW_AUTH_API_KEY, KW_OK},
        {KW_APP_ACCESS_API_KEY, "lab", KW_AUTH_API_KEY, KW_OK},
        {KW_APP_ACCESS_API_KEY, "lab", KW_AUTH_CERTIFICATE, KW_FORBIDDEN},
        {KW_APP_ACCESS_API_KEY, "other", KW_AUTH_API_KEY, KW_FORBIDDEN},
        {KW_APP_ACCESS_API_KEY, "clin", KW_AUTH_API_KEY, KW_FORBIDDEN},
        {KW_APP_ACCESS_API_KEY, "", KW_AUTH_NONE, KW_UNAUTHENTICATED},
        {KW_APP_ACCESS_MTLS, "lab", KW_AUTH_CERTIFICATE, KW_OK},
        {KW_APP_ACCESS_MTLS, "lab", KW_AUTH_API_KEY, KW_FORBIDDEN},
        {KW_APP_ACCESS_MTLS, "labs", KW_AUTH_CERTIFICATE, KW_FORBIDDEN},
        {KW_APP_ACCESS_MTLS, "", KW_AUTH_NONE, KW_UNAUTHENTICATED},
        {KW_APP_ACCESS_NONE, "lab", KW_AUTH_CERTIFICATE, KW_FORBIDDEN},
    };
    for (size_t i = 0; i < KW_COUNT(cases); i++) {
        const admit_case *c = &cases[i];
        kw_app_policy policy = policy_of(c->access, 2);
        kw_app_visit visit = {.caller = kw_str_of(c->caller), .method = c->method};
        kw_error err = {0};
        EXPECT_STATUS(kw_app_policy_admit(&policy, &visit, NULL, &err), c->wanted);
        assert_int_equal(err.status, c->wanted);
    }
}

static void policy_admit__wants_eigenx_v1_to_be_named(void **state)
{
    (void)state;
    kw_app_policy policy = policy_of(KW_APP_ACCESS_OPEN, 0);
    kw_app_visit visit = {.is_eigenx_v1 = true};
    EXPECT_STATUS(kw_app_policy_admit(&policy, &visit, NULL, NULL), KW_FORBIDDEN);
    policy.eigenx_v1 = true;
    EXPECT_OK(kw_app_policy_admit(&policy, &visit, NULL, NULL));
    visit.is_eigenx_v1 = false;
    EXPECT_OK(kw_app_policy_admit(&policy, &visit, NULL, NULL));
}

static void policy_schema__has_limits_that_nobody_has_to_name(void **state)
{
    (void)state;
    KW_AUTO(kw_arena) arena = kw_arena_init(65536);
    kw_app_policy policy;
    static const char open[] = "{\"access\":\"open\"}";
    EXPECT_OK(kw_json_decode(&policy, &arena, &kw_app_policy_schema,
                             kw_span_of_str(kw_str_of(open)), NULL));
    assert_int_equal(policy.access, KW_APP_ACCESS_OPEN);
    assert_int_equal(policy.rate, 10000);
    assert_int_equal(policy.burst, 100);
    assert_false(policy.eigenx_v1);
    static const char *const refused[] = {
        "{}",
        "{\"access\":\"none\"}",
        "{\"access\":\"open\",\"rate\":0}",
        "{\"access\":\"open\",\"burst\":0}",
        "{\"access\":\"open\",\"burst\":65536}",
        "{\"access\":\"open\",\"who\":\"x\"}",
        "{\"access\":\"mtls\",\"callers\":[\"a b\"]}",
    };
    for (size_t i = 0; i < KW_COUNT(refused); i++) {
        EXPECT_STATUS(kw_json_decode(&policy, &arena, &kw_app_policy_schema,
                                     kw_span_of_str(kw_str_of(refused[i])), NULL),
                      KW_BAD_INPUT);
    }
}

static kw_json *claims_of(const char *text)
{
    kw_json *claims = NULL;
    EXPECT_OK(kw_json_parse(&claims, kw_span_of_str(kw_str_of(text)), 4, NULL));
    return claims;
}

static void policy_admit__takes_a_token_that_says_what_it_wants(void **state)
{
    (void)state;
    kw_str wanted[] = {KW_STR("group=ops"), KW_STR("tier=a=b")};
    kw_app_policy policy = {
        .access = KW_APP_ACCESS_OIDC, .audience = KW_STR("vault"), .claims = {wanted, 2}};
    static const struct {
        const char *claims; /* NULL: no token */
        kw_status wanted;
    } cases[] = {
        {"{\"aud\":\"vault\",\"group\":\"ops\",\"tier\":\"a=b\"}", KW_OK},
        {"{\"aud\":[\"x\",\"vault\"],\"group\":[\"dev\",\"ops\"],\"tier\":\"a=b\"}", KW_OK},
        {"{\"aud\":\"vaults\",\"group\":\"ops\",\"tier\":\"a=b\"}", KW_FORBIDDEN},
        {"{\"group\":\"ops\",\"tier\":\"a=b\"}", KW_FORBIDDEN},
        {"{\"aud\":\"vault\",\"group\":\"dev\",\"tier\":\"a=b\"}", KW_FORBIDDEN},
        {"{\"aud\":\"vault\",\"group\":\"ops\"}", KW_FORBIDDEN},
        {NULL, KW_UNAUTHENTICATED},
    };
    for (size_t i = 0; i < KW_COUNT(cases); i++) {
        KW_AUTO_PTR(kw_json) claims = cases[i].claims == NULL ? NULL : claims_of(cases[i].claims);
        kw_app_visit visit = {.caller = KW_STR("clinic"), .method = KW_AUTH_API_KEY};
        EXPECT_STATUS(kw_app_policy_admit(&policy, &visit, claims, NULL), cases[i].wanted);
    }
}

static void policy_check__wants_an_audience_for_tokens_alone(void **state)
{
    (void)state;
    kw_str claim = KW_STR("group=ops");
    kw_app_policy policy = {.access = KW_APP_ACCESS_OIDC, .audience = KW_STR("vault")};
    EXPECT_OK(kw_app_policy_check(&policy, NULL));
    policy.claims = (kw_strs){&claim, 1};
    EXPECT_OK(kw_app_policy_check(&policy, NULL));
    claim = KW_STR("=ops");
    EXPECT_STATUS(kw_app_policy_check(&policy, NULL), KW_BAD_INPUT);
    claim = KW_STR("group");
    EXPECT_STATUS(kw_app_policy_check(&policy, NULL), KW_BAD_INPUT);
    policy = (kw_app_policy){.access = KW_APP_ACCESS_OIDC};
    EXPECT_STATUS(kw_app_policy_check(&policy, NULL), KW_BAD_INPUT);
    policy = (kw_app_policy){.access = KW_APP_ACCESS_OPEN, .audience = KW_STR("vault")};
    EXPECT_STATUS(kw_app_policy_check(&policy, NULL), KW_BAD_INPUT);
    claim = KW_STR("a=b");
    policy = (kw_app_policy){.access = KW_APP_ACCESS_OPEN, .claims = {&claim, 1}};
    EXPECT_STATUS(kw_app_policy_check(&policy, NULL), KW_BAD_INPUT);
}

static void access_name__is_what_a_policy_says(void **state)
{
    (void)state;
    assert_string_equal(kw_app_access_name(KW_APP_ACCESS_MTLS), "mtls");
    assert_string_equal(kw_app_access_name(KW_APP_ACCESS_NONE), "none");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(policy_check__wants_callers_where_they_are_named),
        cmocka_unit_test(policy_check__refuses_what_would_let_in_all_or_nobody),
        cmocka_unit_test(policy_admit__takes_the_credential_and_the_caller_that_it_names),
        cmocka_unit_test(policy_admit__wants_eigenx_v1_to_be_named),
        cmocka_unit_test(policy_schema__has_limits_that_nobody_has_to_name),
        cmocka_unit_test(policy_admit__takes_a_token_that_says_what_it_wants),
        cmocka_unit_test(policy_check__wants_an_audience_for_tokens_alone),
        cmocka_unit_test(access_name__is_what_a_policy_says),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
