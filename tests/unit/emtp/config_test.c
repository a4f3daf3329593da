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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(config_rule__follows_the_options),
        cmocka_unit_test(config_rule__refuses_a_custom_cadence_without_period),
        cmocka_unit_test(config__refuses_values_out_of_range),
    };
    return cmocka_run_group_tests_name("emtp/config", tests, NULL, NULL);
}
