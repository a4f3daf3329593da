/* SPDX-License-Identifier: Apache-2.0
 * Rows that are refused: guard_test.c. */
#include "guard/state.h"

#include "support/expect.h"
#include "support/guard.h"

static void guard_configure__makes_identities_and_networks(void **state)
{
    (void)state;
    kw_clock_manual time = {.at = 5};
    kw_clock clock = kw_clock_of_manual(&time);
    static kw_guard guard;
    guard = (kw_guard){.ports = {.clock = &clock}, .arena = kw_arena_init(1 << 16)};
    kw_str rows[] = {KW_STR("uri:https://a/b?c=d=crypto_officer+operator"),
                     KW_STR("spki:00ff=auditor")};
    kw_str networks[] = {KW_STR("10.0.0.0/8"), KW_STR("!10.1.0.0/16")};
    kw_guard_config config = {.bootstrap = {rows, 2}, .admin_networks = {networks, 2}};
    kw_error err = {0};
    EXPECT_OK(kw_guard_configure(&guard, &config, &err));
    assert_int_equal(guard.configured_count, 2);
    const kw_identity_info *first = &guard.configured[0];
    EXPECT_STR(first->id, "uri:https://a/b?c=d");
    EXPECT_STR(first->name, "https://a/b?c=d");
    EXPECT_STR(first->tenant, "system");
    assert_int_equal(first->kind, KW_IDENTITY_URI);
    assert_true(first->is_configured && first->is_enabled);
    assert_int_equal(first->created_ms, 5);
    assert_int_equal(kw_identity_roles(first, (kw_unix_ms)1 << 60),
                     KW_ROLE_BIT(KW_ROLE_CRYPTO_OFFICER) | KW_ROLE_BIT(KW_ROLE_OPERATOR));
    assert_int_equal(guard.configured[1].kind, KW_IDENTITY_SPKI);
    assert_int_equal(guard.listeners[KW_LISTENER_ADMIN].count, 2);
    assert_int_equal(guard.listeners[KW_LISTENER_PEER].count, 0);
    kw_arena_drop(&guard.arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(guard_configure__makes_identities_and_networks),
    };
    return cmocka_run_group_tests_name("guard/bootstrap", tests, NULL, NULL);
}
