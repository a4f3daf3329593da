/* SPDX-License-Identifier: Apache-2.0
 * The option tables carry the limits of hardening.md section 1. */
#include "net/config.h"

#include "support/expect.h"

static void default__is_what_the_design_says(void **state)
{
    (void)state;
    kw_net_config c = kw_net_config_default();
    assert_int_equal(c.header_bytes_max, 16384);
    assert_int_equal(c.header_fields_max, 100);
    assert_int_equal(c.handshake_ms, 5000);
    assert_int_equal(c.header_ms, 5000);
    assert_int_equal(c.idle_ms, 60000);
    assert_int_equal(c.slow_body_bytes_s, 256);
    assert_int_equal(c.slow_body_ms, 10000);
    assert_int_equal(c.streams_max, 128);
    assert_int_equal(c.connections_max, 20000);
    assert_int_equal(c.connections_per_network_max, 4096);
    assert_int_equal(c.loops, 0);
}

static void options__have_help_and_bounds(void **state)
{
    (void)state;
    const kw_schema *tables[] = {&kw_net_config_schema, &kw_listener_config_schema};
    for (size_t t = 0; t < KW_COUNT(tables); t++) {
        for (size_t i = 0; i < tables[t]->count; i++) {
            assert_non_null(tables[t]->fields[i].help);
            assert_true(tables[t]->fields[i].kind == KW_KIND_ENUM || tables[t]->fields[i].max > 0);
        }
    }
}

static void listener__is_off_by_default_and_reads_its_rule(void **state)
{
    (void)state;
    KW_AUTO(kw_arena) arena = kw_arena_init(4096);
    kw_listener_config c;
    EXPECT_OK(kw_object_init(&c, &arena, &kw_listener_config_schema));
    assert_int_equal(c.address.len, 0);
    assert_int_equal(c.client_cert, KW_CLIENT_CERT_NONE);
    const kw_field *rule = kw_field_find(&kw_listener_config_schema, KW_STR("client_cert"));
    EXPECT_OK(kw_field_set(&c, &arena, rule, KW_STR("required"), NULL));
    assert_int_equal(c.client_cert, KW_CLIENT_CERT_REQUIRED);
    EXPECT_STATUS(kw_field_set(&c, &arena, rule, KW_STR("maybe"), NULL), KW_BAD_INPUT);
    const kw_field *address = kw_field_find(&kw_listener_config_schema, KW_STR("address"));
    assert_false(address->reloads);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(default__is_what_the_design_says),
        cmocka_unit_test(options__have_help_and_bounds),
        cmocka_unit_test(listener__is_off_by_default_and_reads_its_rule),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
