/* SPDX-License-Identifier: Apache-2.0 */
#include "threshold/service_sign.h"

#include "support/expect.h"
#include "support/lone_operator.h"
#include "threshold/engine/use/partial.h"
#include "threshold/limits.h"

static lone_operator lone;

static int make_world(void **state)
{
    (void)state;
    lone_operator_make(&lone);
    EXPECT_OK(lone_operator_open(&lone, NULL));
    kw_app_policy policy = {.access = KW_APP_ACCESS_OPEN, .rate = 100000, .burst = 100};
    EXPECT_OK(kw_apps_register(kw_threshold_apps(lone.threshold), KW_STR("app"), &policy, 1, NULL));
    policy.eigenx_v1 = true;
    EXPECT_OK(kw_apps_register(kw_threshold_apps(lone.threshold), KW_STR("old"), &policy, 1, NULL));
    return 0;
}

static int drop_world(void **state)
{
    (void)state;
    lone_operator_drop(&lone);
    return 0;
}

static kw_status ask(kw_app_partial *out, const char *app, bool is_eigenx_v1)
{
    kw_app_visit visit = {.app = kw_str_of(app), .is_eigenx_v1 = is_eigenx_v1, .now_ms = 1};
    kw_error err = {0};
    kw_status st = kw_app_sign(lone.threshold, out, &visit, &err);
    assert_int_equal(err.status, st);
    return st;
}

/* Whether it is the signature that the key of the cluster's one member makes. */
static bool is_signature(const kw_app_partial *partial, kw_purpose purpose, const char *app)
{
    const kw_group *group = &kw_group_bls12_381;
    kw_group_g2 master;
    kw_holder_key key = lone_operator_key(&lone, &master);
    kw_share_keys keys = {.group = group, .epoch = key.epoch, .keys = &master, .n = 1};
    kw_partial one = {.epoch = partial->epoch, .member = 1};
    EXPECT_OK(group->g1_decode(&one.signature, kw_group_g1_view(group, &partial->signature)));
    kw_purposed what = {purpose, kw_span_of_str(kw_str_of(app))};
    bool yes = false;
    EXPECT_OK(kw_partial_verify(&yes, &keys, &one, &what));
    return yes;
}

static void app_sign__gives_what_verifies_under_the_share(void **state)
{
    (void)state;
    KW_AUTO(kw_app_partial) partial = {0};
    EXPECT_OK(kw_threshold_start(lone.threshold, NULL));
    lone_operator_pass(&lone, 1);
    EXPECT_OK(ask(&partial, "app", false));
    assert_int_equal(partial.epoch, 1);
    assert_int_equal(partial.verdict.access, KW_APP_ACCESS_OPEN);
    assert_true(is_signature(&partial, KW_PURPOSE_APPLICATION, "app"));
    assert_false(is_signature(&partial, KW_PURPOSE_APPLICATION, "apq"));
    assert_false(is_signature(&partial, KW_PURPOSE_EIGENX, "app"));
    lone_operator_pass(&lone, 2); /* the share is new, the key is not */
    EXPECT_OK(ask(&partial, "app", false));
    assert_int_equal(partial.epoch, 2);
    assert_true(is_signature(&partial, KW_PURPOSE_APPLICATION, "app"));
}

static void app_sign__refuses_whom_it_does_not_know(void **state)
{
    (void)state;
    KW_AUTO(kw_app_partial) partial = {0};
    kw_app_partial nothing = {0};
    char long_id[300];
    memset(long_id, 'a', sizeof long_id);
    long_id[256] = '\0';
    EXPECT_STATUS(ask(&partial, "app", false), KW_UNAVAILABLE); /* no share yet */
    EXPECT_OK(kw_threshold_start(lone.threshold, NULL));
    lone_operator_pass(&lone, 1);
    EXPECT_STATUS(ask(&partial, "apq", false), KW_NOT_FOUND);
    EXPECT_STATUS(ask(&partial, "", false), KW_BAD_INPUT);
    EXPECT_STATUS(ask(&partial, long_id, false), KW_BAD_INPUT);
    assert_memory_equal(&partial, &nothing, sizeof nothing);
}

static void app_sign__signs_for_eigenx_v1_where_both_allow_it(void **state)
{
    (void)state;
    KW_AUTO(kw_app_partial) partial = {0};
    EXPECT_OK(kw_threshold_start(lone.threshold, NULL));
    lone_operator_pass(&lone, 1);
    EXPECT_STATUS(ask(&partial, "old", true), KW_FORBIDDEN);
    lone.config.eigenx_v1 = true;
    EXPECT_STATUS(ask(&partial, "app", true), KW_FORBIDDEN);
    EXPECT_OK(ask(&partial, "old", true));
    assert_true(is_signature(&partial, KW_PURPOSE_EIGENX, "old"));
    assert_false(is_signature(&partial, KW_PURPOSE_APPLICATION, "old"));
}

static void app_sign__reports_the_epoch_of_a_time(void **state)
{
    (void)state;
    KW_AUTO(kw_app_partial) partial = {0};
    EXPECT_OK(kw_threshold_start(lone.threshold, NULL));
    lone_operator_pass(&lone, 1);
    lone_operator_pass(&lone, 2);
    kw_unix_ms now_ms = kw_clock_now_ms(&lone.clock);
    kw_unix_s second = now_ms / 1000 / LONE_INTERVAL_S * LONE_INTERVAL_S; /* its boundary */
    const struct {
        kw_unix_s time;
        kw_status wanted;
        uint64_t epoch;
    } cases[] = {
        {0, KW_OK, 0},
        {now_ms / 1000, KW_OK, 2},
        {second, KW_OK, 2},
        {second - 1, KW_OK, 1},
        {second - LONE_INTERVAL_S, KW_OK, 1},
        {second - LONE_INTERVAL_S - 1, KW_OK, 0}, /* of what it knows nothing it says nothing */
        {1, KW_OK, 0},
        {now_ms / 1000 + KW_APP_CLOCK_SKEW_S, KW_OK, 2},
        {now_ms / 1000 + KW_APP_CLOCK_SKEW_S + 1, KW_BAD_INPUT, 0},
    };
    for (size_t i = 0; i < KW_COUNT(cases); i++) {
        kw_app_visit visit = {
            .app = KW_STR("app"), .now_ms = now_ms, .attestation_time = cases[i].time};
        EXPECT_STATUS(kw_app_sign(lone.threshold, &partial, &visit, NULL), cases[i].wanted);
        assert_int_equal(partial.attested_epoch, cases[i].epoch);
        assert_int_equal(partial.epoch, cases[i].wanted == KW_OK ? 2 : 0);
    }
}

int main(void)
{
#define ALONE(test) cmocka_unit_test_setup_teardown(test, make_world, drop_world)
    const struct CMUnitTest tests[] = {
        ALONE(app_sign__gives_what_verifies_under_the_share),
        ALONE(app_sign__reports_the_epoch_of_a_time),
        ALONE(app_sign__refuses_whom_it_does_not_know),
        ALONE(app_sign__signs_for_eigenx_v1_where_both_allow_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
