/* SPDX-License-Identifier: Apache-2.0 */
#include "guard/config.h"

#include "support/expect.h"

static void guard_config__has_the_rates_of_the_design(void **state)
{
    (void)state;
    KW_AUTO(kw_arena) arena = kw_arena_init(1 << 16);
    kw_guard_config config;
    EXPECT_OK(kw_object_init(&config, &arena, &kw_guard_config_schema));
    assert_int_equal(config.preauth_rate, 50 * 1000);
    assert_int_equal(config.preauth_burst, 100);
    assert_int_equal(config.read_rate, 200 * 1000);
    assert_int_equal(config.read_burst, 400);
    assert_int_equal(config.crypto_rate, 50 * 1000);
    assert_int_equal(config.crypto_burst, 100);
    assert_int_equal(config.admin_rate, 5 * 1000);
    assert_int_equal(config.admin_burst, 20);
    assert_int_equal(config.heavy_rate, 200);
    assert_int_equal(config.heavy_burst, 3);
    assert_int_equal(config.audit_disk_free_percent, 5);
    assert_int_equal(config.admin_networks.count, 2);
    assert_int_equal(config.peer_networks.count, 0);
    assert_int_equal(config.bootstrap.count, 0);
}

static void guard_config__bounds_its_values(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        const char *value;
    } bad[] = {{"read_burst", "0"}, {"read_burst", "65536"}, {"preauth_rate", "-1"},
               {"node", ""},        {"node", "a b"},         {"audit_disk_free_percent", "101"}};
    KW_AUTO(kw_arena) arena = kw_arena_init(1 << 16);
    kw_guard_config config;
    EXPECT_OK(kw_object_init(&config, &arena, &kw_guard_config_schema));
    for (size_t i = 0; i < KW_COUNT(bad); i++) {
        const kw_field *field = kw_field_find(&kw_guard_config_schema, kw_str_of(bad[i].name));
        assert_non_null(field);
        kw_error err = {0};
        EXPECT_STATUS(kw_field_set(&config, &arena, field, kw_str_of(bad[i].value), &err),
                      KW_BAD_INPUT);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(guard_config__has_the_rates_of_the_design),
        cmocka_unit_test(guard_config__bounds_its_values),
    };
    return cmocka_run_group_tests_name("guard/config", tests, NULL, NULL);
}
