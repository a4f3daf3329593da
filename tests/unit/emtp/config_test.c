/* SPDX-License-Identifier: Apache-2.0 */
#include "emtp/config.h"

#include "support/expect.h"

static kw_emtp_config defaults(kw_arena *arena)
{
    kw_emtp_config config = {0};
    EXPECT_OK(kw_object_init(&config, arena, &kw_emtp_config_schema));
    return config;
}

static void config_rule__follows_the_options(void **state)
{
    (void)state;
    KW_AUTO(kw_arena) arena = kw_arena_init(4096);
    kw_emtp_config config = defaults(&arena);
    kw_emtp_rule rule = {0};
    EXPECT_OK(kw_emtp_config_rule(&config, &rule, NULL));
    assert_int_equal(rule.cadence, KW_EMTP_MONTHLY);
    assert_int_equal(rule.overlap, 1);
    assert_int_equal(config.create_ahead_s, 7 * 86400);
    assert_false(config.prepublish);
    assert_false(config.registry);
    assert_int_equal(config.stream_retention_s, 0); /* all */
    config.cadence = KW_EMTP_CUSTOM;
    config.period_s = 3600;
    config.overlap_epochs = 6;
    EXPECT_OK(kw_emtp_config_rule(&config, &rule, NULL));
    assert_int_equal(rule.period_s, 3600);
    assert_int_equal(rule.overlap, 6);
}

static void config_rule__refuses_a_custom_cadence_without_period(void **state)
{
    (void)state;
    KW_AUTO(kw_arena) arena = kw_arena_init(4096);
    kw_emtp_config config = defaults(&arena);
    kw_emtp_rule rule = {.overlap = 42};
    kw_error err = {0};
    config.cadence = KW_EMTP_CUSTOM;
    EXPECT_STATUS(kw_emtp_config_rule(&config, &rule, &err), KW_CONFIG);
    assert_int_equal(err.status, KW_CONFIG);
    assert_int_equal(rule.overlap, 42);
    config.period_s = KW_EMTP_PERIOD_S_MIN - 1;
    EXPECT_STATUS(kw_emtp_config_rule(&config, &rule, NULL), KW_CONFIG);
}

static void config__refuses_values_out_of_range(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        const char *value;
    } cases[] = {{"cadence", "yearly"},     {"overlap_epochs", "0"},  {"overlap_epochs", "7"},
                 {"match_bucket_max", "1"}, {"create_ahead_s", "-1"}, {"prepublish", "maybe"}};
    KW_AUTO(kw_arena) arena = kw_arena_init(4096);
    kw_emtp_config config = defaults(&arena);
    for (size_t i = 0; i < KW_COUNT(cases); i++) {
        const kw_field *field = kw_field_find(&kw_emtp_config_schema, kw_str_of(cases[i].name));
        assert_non_null(field);
        EXPECT_STATUS(kw_field_set(&config, &arena, field, kw_str_of(cases[i].value), NULL),
                      KW_BAD_INPUT);
    }
}

static void config_roles__are_the_table_of_the_protocol_by_default(void **state)
{
    (void)state;
    KW_AUTO(kw_arena) arena = kw_arena_init(4096);
    kw_emtp_config config = defaults(&arena);
    kw_match_roles roles = {0};
    EXPECT_OK(kw_emtp_config_roles(&config, &roles, NULL));
    assert_memory_equal(&roles, &kw_match_roles_default, sizeof roles);
}

static void config_roles__take_a_table(void **state)
{
    (void)state;
    kw_str rows[] = {KW_STR("provider=hub+payer"), KW_STR("hub=provider")};
    kw_emtp_config config = {.match_roles = {rows, KW_COUNT(rows)}};
    kw_match_roles roles = {.sees = {9, 9, 9, 9}};
    EXPECT_OK(kw_emtp_config_roles(&config, &roles, NULL));
    assert_int_equal(roles.sees[KW_MATCH_PROVIDER], 1 << KW_MATCH_HUB | 1 << KW_MATCH_PAYER);
    assert_int_equal(roles.sees[KW_MATCH_HUB], 1 << KW_MATCH_PROVIDER);
    assert_int_equal(roles.sees[KW_MATCH_PAYER], 0); /* no row: nobody */
    assert_int_equal(roles.sees[3], 0);
}

static void config_roles__refuse(void **state)
{
    (void)state;
    static const struct {
        const char *rows[2];
        const char *why;
    } cases[] = {
        {{"payer=hospital"}, "\"hospital\" is no role"},
        {{"none=payer"}, "\"none\" is no role"},
        {{"Payer=hub"}, "\"Payer\" is no role"},
        {{"payer"}, "\"payer\" is not viewer=seen"},
        {{""}, "\"\" is not viewer=seen"},
        {{"payer="}, "\"\" is no role"},
        {{"payer=hub+"}, "\"\" is no role"},
        {{"payer=hub=payer"}, "\"hub=payer\" is no role"},
        {{"payer=payer"}, "payer sees itself"},
        {{"hub=payer+hub"}, "hub sees itself"},
        {{"payer=hub+hub"}, "hub is seen twice in \"payer=hub+hub\""},
        {{"payer=hub", "payer=provider"}, "payer has two rows"},
        {{"payer=hub", "payer=hub"}, "payer has two rows"},
    };
    for (size_t i = 0; i < KW_COUNT(cases); i++) {
        kw_str rows[2] = {kw_str_of(cases[i].rows[0])};
        kw_emtp_config config = {.match_roles = {rows, 1}};
        if (cases[i].rows[1] != NULL) {
            rows[1] = kw_str_of(cases[i].rows[1]);
            config.match_roles.count = 2;
        }
        kw_match_roles roles = {.sees = {7}};
        kw_error err = {0};
        EXPECT_STATUS(kw_emtp_config_roles(&config, &roles, &err), KW_CONFIG);
        if (!kw_str_ends_with(kw_str_of(err.text), kw_str_of(cases[i].why))) {
            fail_msg("%s: %s", cases[i].why, err.text);
        }
        assert_true(kw_str_starts_with(kw_str_of(err.text), KW_STR("emtp.match_roles: ")));
        assert_int_equal(roles.sees[0], 7);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(config_rule__follows_the_options),
        cmocka_unit_test(config_rule__refuses_a_custom_cadence_without_period),
        cmocka_unit_test(config__refuses_values_out_of_range),
        cmocka_unit_test(config_roles__are_the_table_of_the_protocol_by_default),
        cmocka_unit_test(config_roles__take_a_table),
        cmocka_unit_test(config_roles__refuse),
    };
    return cmocka_run_group_tests_name("emtp/config", tests, NULL, NULL);
}
