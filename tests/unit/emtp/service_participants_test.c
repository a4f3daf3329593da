/* SPDX-License-Identifier: Apache-2.0
 * Notices and participants beyond what the routes' tests show. */
#include "emtp/service_participants.h"

#include "support/emtp_desk.h"
#include "support/expect.h"

static const kw_guard_actor security = {.id = {"security", 8},
                                        .method = KW_AUTH_CERTIFICATE,
                                        .roles = KW_ROLE_BIT(KW_ROLE_SECURITY_ADMIN)};

static void be_registry(kw_emtp_config *config)
{
    config->registry = true;
}

static void add(emtp_desk *desk, const char *id, kw_emtp_role role)
{
    kw_str hosts[] = {KW_STR("127.0.0.1"), KW_STR("a.example")};
    kw_emtp_participant_new wanted = {.id = kw_str_of(id),
                                      .tenant = KW_STR("root"),
                                      .proof = KW_EMTP_PROOF_URI,
                                      .name = kw_str_of(id),
                                      .hosts = {hosts, 2},
                                      .role = role,
                                      .days = 30};
    kw_api_key_text key = {{0}};
    EXPECT_OK(kw_emtp_participant_add(desk->emtp, &key, &wanted, &security, NULL));
    assert_int_equal(key.shown[0], '\0'); /* a certificate needs none */
}

static kw_status take(emtp_desk *desk, const char *id, const char *form)
{
    KW_AUTO(kw_arena) arena = kw_arena_init(65536);
    return kw_emtp_notice_take(desk->emtp, kw_str_of(id), kw_str_of(form), &arena, NULL);
}

static int64_t receivers(emtp_desk *desk)
{
    return stores_number(desk->world.store, "SELECT COUNT(*) FROM emtp_receivers");
}

static void notice_take__keeps_urls_of_registered_hosts(void **state)
{
    emtp_desk desk;
    emtp_desk_make(&desk, state, "2026-01-10T08:00:00Z", NULL);
    add(&desk, "clinic", KW_EMTP_ROLE_NONE);
    EXPECT_OK(take(&desk, "clinic", "keys=https://a.example/n"));
    EXPECT_OK(take(&desk, "clinic", "keys=https://a.example/n")); /* idempotent */
    assert_int_equal(receivers(&desk), 1);
    EXPECT_STATUS(take(&desk, "clinic", "keys=https://b.example/n"), KW_FORBIDDEN);
    EXPECT_STATUS(take(&desk, "clinic", "surl=https://b.example/n&keys=https://a.example/m"),
                  KW_FORBIDDEN);
    EXPECT_OK(take(&desk, "clinic", "surl=https://a.example/t")); /* no registry: nobody reads it */
    assert_int_equal(receivers(&desk), 1);
    kw_emtp_tell_of_keys(desk.emtp);
    assert_int_equal(kw_emtp_notifier_pending(kw_emtp_notices(desk.emtp)), 1);
    emtp_desk_restart(&desk); /* the store remembers who wants notices */
    kw_emtp_tell_of_keys(desk.emtp);
    assert_int_equal(kw_emtp_notifier_pending(kw_emtp_notices(desk.emtp)), 1);
    emtp_desk_remove(&desk);
}

static void participant_revoke__forgets_its_receivers(void **state)
{
    emtp_desk desk;
    emtp_desk_make(&desk, state, "2026-01-10T08:00:00Z", NULL);
    add(&desk, "clinic", KW_EMTP_ROLE_NONE);
    EXPECT_OK(take(&desk, "clinic", "keys=https://a.example/n"));
    EXPECT_OK(kw_emtp_participant_revoke(desk.emtp, KW_STR("clinic"), &security, NULL));
    assert_int_equal(receivers(&desk), 0);
    kw_emtp_tell_of_keys(desk.emtp);
    assert_int_equal(kw_emtp_notifier_pending(kw_emtp_notices(desk.emtp)), 0);
    kw_error err = {0};
    EXPECT_STATUS(kw_emtp_participant_revoke(desk.emtp, KW_STR("nobody"), &security, &err),
                  KW_NOT_FOUND);
    assert_int_equal(err.status, KW_NOT_FOUND);
    emtp_desk_remove(&desk);
}

static void notice_take__announces_a_table_on_a_registry(void **state)
{
    emtp_desk desk;
    emtp_desk_make(&desk, state, "2026-01-10T08:00:00Z", be_registry);
    add(&desk, "payer", KW_EMTP_ROLE_PAYER);
    add(&desk, "guest", KW_EMTP_ROLE_NONE);
    EXPECT_OK(take(&desk, "payer", "surl=https://127.0.0.1:1/t&match=https://127.0.0.1:1/n"));
    assert_int_equal(stores_number(desk.world.store, "SELECT role FROM emtp_tables"),
                     KW_MATCH_PAYER);
    EXPECT_STATUS(take(&desk, "guest", "surl=https://127.0.0.1:1/t"), KW_FORBIDDEN);
    assert_int_equal(stores_number(desk.world.store, "SELECT COUNT(*) FROM emtp_tables"), 1);
    emtp_desk_remove(&desk);
}

static void participants_list__goes_on_behind_an_id(void **state)
{
    emtp_desk desk;
    emtp_desk_make(&desk, state, "2026-01-10T08:00:00Z", NULL);
    add(&desk, "a", KW_EMTP_ROLE_NONE);
    add(&desk, "b", KW_EMTP_ROLE_PROVIDER);
    KW_AUTO(kw_arena) arena = kw_arena_init(4 << 20);
    kw_emtp_participants list = {0};
    EXPECT_OK(kw_emtp_participants_list(desk.emtp, &list, KW_STR("a"), &arena, NULL));
    assert_int_equal(list.participants.count, 1);
    EXPECT_STR(list.participants.items[0].id, "b");
    EXPECT_STR(list.participants.items[0].name, "b");
    assert_int_equal(list.participants.items[0].proof, KW_EMTP_PROOF_URI);
    assert_int_equal(list.participants.items[0].role, KW_EMTP_ROLE_PROVIDER);
    assert_false(list.has_more);
    KW_AUTO(kw_arena) small = kw_arena_init(64);
    EXPECT_STATUS(kw_emtp_participants_list(desk.emtp, &list, KW_STR(""), &small, NULL), KW_LIMIT);
    emtp_desk_remove(&desk);
}

static void participant_add__refuses_bad_members(void **state)
{
    emtp_desk desk;
    emtp_desk_make(&desk, state, "2026-01-10T08:00:00Z", NULL);
    kw_str bad[] = {KW_STR("10.0.0.1/8")};
    kw_str empty[] = {KW_STR("")};
    kw_emtp_participant_new wanted = {.id = KW_STR("x"),
                                      .tenant = KW_STR("root"),
                                      .proof = KW_EMTP_PROOF_API_KEY,
                                      .networks = {bad, 1},
                                      .days = 30};
    kw_api_key_text key = {{0}};
    EXPECT_STATUS(kw_emtp_participant_add(desk.emtp, &key, &wanted, &security, NULL), KW_BAD_INPUT);
    wanted.networks.count = 0;
    wanted.hosts = (kw_strs){empty, 1};
    EXPECT_STATUS(kw_emtp_participant_add(desk.emtp, &key, &wanted, &security, NULL), KW_BAD_INPUT);
    emtp_desk_remove(&desk);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(notice_take__keeps_urls_of_registered_hosts),
        cmocka_unit_test(participant_revoke__forgets_its_receivers),
        cmocka_unit_test(notice_take__announces_a_table_on_a_registry),
        cmocka_unit_test(participants_list__goes_on_behind_an_id),
        cmocka_unit_test(participant_add__refuses_bad_members),
    };
    return cmocka_run_group_tests_name("emtp/service_participants", tests, stores_setup_sqlite,
                                       stores_teardown);
}
