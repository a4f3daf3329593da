/* SPDX-License-Identifier: Apache-2.0
 * The matrix below is written from hardening.md section 3, not from the code. */
#include "guard/engine/rbac.h"

#include "support/expect.h"

/* Roles in the columns: anonymous, reader, client, crypto_officer, operator, security_admin,
 * auditor, member. x: granted. Every role includes what anonymous may. */
static const struct {
    const char *permission;
    const char *granted;
} matrix[] = {
    {"audit.checkpoint.read", "......x."},
    {"emtp.code.read", ".xx....."},
    {"emtp.info.read", ".xx....."},
    {"emtp.key.export", "...x...."},
    {"emtp.key.get", "..x....."},
    {"emtp.key.list", "...xx.x."},
    {"emtp.key.revoke", "...x...."},
    {"emtp.key.rotate", "...x...."},
    {"emtp.notify.send", "..x....."},
    {"emtp.participant.read", ".....xx."},
    {"emtp.participant.write", ".....x.."},
    {"emtp.stream.read", "..x....."},
    {"identity.allowlist.write", ".....x.."},
    {"identity.apikey.issue", ".....x.."},
    {"identity.apikey.revoke", ".....x.."},
    {"identity.binding.write", ".....x.."},
    {"identity.entry.read", ".....xx."},
    {"identity.entry.write", ".....x.."},
    {"node.api.read", "xxxxxxxx"},
    {"node.health.read", "xxxxxxxx"},
    {"node.metrics.read", "xxxxxxxx"},
    {"threshold.app.read", ".....xx."},
    {"threshold.app.write", ".....x.."},
    {"threshold.epoch.read", "xxxxxxxx"},
    {"threshold.epoch.reshare", "...xx..."},
    {"threshold.message.read", ".......x"},
    {"threshold.message.send", ".......x"},
    {"threshold.partial.sign", "xxxxxxxx"}, /* threshold.md 7: an application may be open */
};

static void rbac_allows__is_exactly_the_matrix(void **state)
{
    (void)state;
    assert_int_equal(kw_permissions_count(), KW_COUNT(matrix));
    for (size_t row = 0; row < KW_COUNT(matrix); row++) {
        kw_permission permission;
        EXPECT_OK(kw_permission_find(&permission, kw_str_of(matrix[row].permission)));
        assert_string_equal(kw_permission_name(permission), matrix[row].permission);
        assert_int_equal(strlen(matrix[row].granted), KW_ROLES_COUNT);
        for (int role = 0; role < KW_ROLES_COUNT; role++) {
            bool wanted = matrix[row].granted[role] == 'x';
            if (kw_rbac_allows(KW_ROLE_BIT(role), permission) != wanted) {
                print_error("%s for %s\n", matrix[row].permission, kw_role_name((kw_role)role));
                fail();
            }
        }
        assert_int_equal(kw_rbac_allows(0, permission), matrix[row].granted[0] == 'x');
    }
}

static void rbac_allows__grants_a_set_what_one_of_its_roles_has(void **state)
{
    (void)state;
    for (kw_role_set set = 0; set < KW_ROLE_BIT(KW_ROLES_COUNT); set++) {
        for (size_t row = 0; row < KW_COUNT(matrix); row++) {
            bool wanted = matrix[row].granted[KW_ROLE_ANONYMOUS] == 'x';
            for (int role = 0; role < KW_ROLES_COUNT; role++) {
                wanted |= (set & KW_ROLE_BIT(role)) != 0 && matrix[row].granted[role] == 'x';
            }
            kw_permission permission;
            EXPECT_OK(kw_permission_find(&permission, kw_str_of(matrix[row].permission)));
            assert_int_equal(kw_rbac_allows(set, permission), wanted);
        }
    }
}

static void permission_find__knows_no_other_spelling(void **state)
{
    (void)state;
    static const char *const unknown[] = {
        "",  "emtp",          "emtp.key",   "emtp.key.",   "emtp.key.get ", "EMTP.KEY.GET",
        "*", "emtp.key.gets", "emtp.key.*", "emtp.*.read", ".key.get",      "anonymous",
    };
    for (size_t i = 0; i < KW_COUNT(unknown); i++) {
        kw_permission permission = {.row = 77};
        EXPECT_STATUS(kw_permission_find(&permission, kw_str_of(unknown[i])), KW_NOT_FOUND);
        assert_int_equal(permission.row, 77);
    }
}

static void role_of_name__inverts_the_names(void **state)
{
    (void)state;
    for (int role = 0; role < KW_ROLES_COUNT; role++) {
        kw_role found = KW_ROLES_COUNT;
        EXPECT_OK(kw_role_of_name(&found, kw_str_of(kw_role_name((kw_role)role))));
        assert_int_equal(found, role);
    }
    kw_role untouched = KW_ROLE_CLIENT;
    EXPECT_STATUS(kw_role_of_name(&untouched, KW_STR("Client")), KW_NOT_FOUND);
    EXPECT_STATUS(kw_role_of_name(&untouched, KW_STR("root")), KW_NOT_FOUND);
    EXPECT_STATUS(kw_role_of_name(&untouched, KW_STR("")), KW_NOT_FOUND);
    assert_int_equal(untouched, KW_ROLE_CLIENT);
}

static void rbac_is_conflict__separates_duties(void **state)
{
    (void)state;
    const kw_role_set crypto = KW_ROLE_BIT(KW_ROLE_CRYPTO_OFFICER);
    const kw_role_set security = KW_ROLE_BIT(KW_ROLE_SECURITY_ADMIN);
    const kw_role_set auditor = KW_ROLE_BIT(KW_ROLE_AUDITOR);
    const kw_role_set operator_role = KW_ROLE_BIT(KW_ROLE_OPERATOR);
    const kw_role_set client = KW_ROLE_BIT(KW_ROLE_CLIENT);
    assert_true(kw_rbac_is_conflict(crypto | auditor));
    assert_true(kw_rbac_is_conflict(crypto | security));
    assert_true(kw_rbac_is_conflict(security | auditor));
    assert_true(kw_rbac_is_conflict(operator_role | auditor));
    assert_true(kw_rbac_is_conflict(client | security | auditor));
    assert_false(kw_rbac_is_conflict(0));
    assert_false(kw_rbac_is_conflict(crypto | operator_role));
    assert_false(kw_rbac_is_conflict(security | operator_role));
    assert_false(kw_rbac_is_conflict(client | KW_ROLE_BIT(KW_ROLE_READER)));
    for (int role = 0; role < KW_ROLES_COUNT; role++) {
        assert_false(kw_rbac_is_conflict(KW_ROLE_BIT(role)));
    }
}

/* The auditor reads everything that is his and writes nothing; what anybody may, he may too. */
static void auditor__holds_no_verb_that_writes(void **state)
{
    (void)state;
    for (size_t i = 0; i < kw_permissions_count(); i++) {
        kw_permission permission = {.row = (uint16_t)i};
        kw_str name = kw_str_of(kw_permission_name(permission));
        if (kw_rbac_allows(KW_ROLE_BIT(KW_ROLE_AUDITOR), permission) &&
            !kw_rbac_allows(KW_ROLE_BIT(KW_ROLE_ANONYMOUS), permission)) {
            assert_true(kw_str_ends_with(name, KW_STR(".read")) ||
                        kw_str_ends_with(name, KW_STR(".list")));
        }
    }
}

static void rbac_may_grant__gives_nobody_more_than_the_granter_holds(void **state)
{
    (void)state;
    const kw_role_set security = KW_ROLE_BIT(KW_ROLE_SECURITY_ADMIN);
    assert_true(kw_rbac_may_grant(security, KW_ROLE_CLIENT));
    assert_true(kw_rbac_may_grant(security, KW_ROLE_READER));
    assert_true(kw_rbac_may_grant(security, KW_ROLE_SECURITY_ADMIN));
    assert_false(kw_rbac_may_grant(security, KW_ROLE_CRYPTO_OFFICER));
    assert_false(kw_rbac_may_grant(security, KW_ROLE_AUDITOR));
    assert_false(kw_rbac_may_grant(security, KW_ROLE_OPERATOR));
    assert_true(kw_rbac_may_grant(security | KW_ROLE_BIT(KW_ROLE_OPERATOR), KW_ROLE_OPERATOR));
    for (int role = 0; role < KW_ROLES_COUNT; role++) {
        kw_role_set all_but_security = (KW_ROLE_BIT(KW_ROLES_COUNT) - 1) & ~security;
        assert_false(kw_rbac_may_grant(all_but_security, (kw_role)role));
        assert_false(kw_rbac_may_grant(0, (kw_role)role));
    }
    assert_false(kw_rbac_may_grant(~(kw_role_set)0, KW_ROLE_ANONYMOUS));
    assert_false(kw_rbac_may_grant(~(kw_role_set)0, KW_ROLE_MEMBER));
    for (int role = 0; role < KW_ROLES_COUNT; role++) {
        bool is_bound = role != KW_ROLE_ANONYMOUS && role != KW_ROLE_MEMBER;
        assert_int_equal(kw_role_may_be_bound((kw_role)role), is_bound);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rbac_allows__is_exactly_the_matrix),
        cmocka_unit_test(rbac_allows__grants_a_set_what_one_of_its_roles_has),
        cmocka_unit_test(permission_find__knows_no_other_spelling),
        cmocka_unit_test(role_of_name__inverts_the_names),
        cmocka_unit_test(rbac_is_conflict__separates_duties),
        cmocka_unit_test(auditor__holds_no_verb_that_writes),
        cmocka_unit_test(rbac_may_grant__gives_nobody_more_than_the_granter_holds),
    };
    return cmocka_run_group_tests_name("guard/engine/rbac", tests, NULL, NULL);
}
