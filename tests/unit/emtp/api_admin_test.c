/* SPDX-License-Identifier: Apache-2.0
 * Routes for administration. */
#include "emtp/api.h"

#include "emtp/api_types.h"
#include "emtp/engine/manifest.h"
#include "net/route_check.h"
#include "support/emtp_desk.h"
#include "support/expect.h"

static const kw_no_body nothing = {0};

static void desk_of_officers(emtp_desk *desk, void **state)
{
    emtp_desk_make(desk, state, "2026-01-10T08:00:00Z", NULL);
    emtp_desk_be(desk, "admin",
                 KW_ROLE_BIT(KW_ROLE_CRYPTO_OFFICER) | KW_ROLE_BIT(KW_ROLE_SECURITY_ADMIN));
}

static void routes__are_complete(void **state)
{
    (void)state;
    for (size_t i = 0; i < kw_emtp_admin_routes_count; i++) {
        EXPECT_OK(kw_route_check(&kw_emtp_admin_routes[i], NULL));
        assert_int_equal(kw_emtp_admin_routes[i].listener, KW_LISTENER_ADMIN);
    }
}

static void keys__are_rotated_listed_and_revoked(void **state)
{
    emtp_desk desk;
    desk_of_officers(&desk, state);
    kw_emtp_key_rotated rotated;
    EXPECT_OK(emtp_desk_call(&desk, KW_POST, "/v1/emtp/keys/rotate", &rotated, &nothing));
    EXPECT_STR(rotated.kid, "2026-01.1");
    EXPECT_STR(desk.x->request.audit.object, "2026-01.1");
    kw_emtp_key_revoked revoked;
    kw_emtp_kid_path path = {.kid = KW_STR("2026-01")};
    EXPECT_OK(emtp_desk_call(&desk, KW_POST, "/v1/emtp/keys/{kid}/revoke", &revoked, &path));
    EXPECT_STR(revoked.kid, "2026-01");
    EXPECT_STR(revoked.replacement, ""); /* the renewal stands there */
    EXPECT_STATUS(emtp_desk_call(&desk, KW_POST, "/v1/emtp/keys/{kid}/revoke", &revoked, &path),
                  KW_GONE);
    path.kid = KW_STR("2026-01.1");
    EXPECT_OK(emtp_desk_call(&desk, KW_POST, "/v1/emtp/keys/{kid}/revoke", &revoked, &path));
    EXPECT_STR(revoked.replacement, "2026-01.2");
    kw_emtp_key_entries entries;
    EXPECT_OK(emtp_desk_call(&desk, KW_GET, "/v1/emtp/keys/list", &entries, &nothing));
    assert_int_equal(entries.keys.count, 4);
    EXPECT_STR(entries.keys.items[1].kid, "2026-01");
    assert_int_equal(entries.keys.items[1].revoked_at, emtp_world_now(&desk.world));
    assert_false(entries.keys.items[1].is_served);
    assert_true(entries.keys.items[3].is_served);
    emtp_desk_remove(&desk);
}

static void export__is_the_answer_of_get_keys(void **state)
{
    emtp_desk desk;
    kw_raw_reply reply;
    desk_of_officers(&desk, state);
    EXPECT_OK(emtp_desk_call(&desk, KW_GET, "/v1/emtp/export", &reply, &nothing));
    KW_AUTO(kw_emtp_key_set) set = {.count = 0};
    EXPECT_OK(kw_emtp_key_set_decode(&set, kw_secret_span_of(reply.bytes), 0, NULL));
    assert_int_equal(set.count, 2);
    EXPECT_STR(desk.x->request.audit.object, "2026-01 2025-12");
    assert_false(desk.x->request.reply.is_cacheable);
    reply.release(reply.owner);
    emtp_world_turn(&desk.world, "2026-09-01T00:00:00Z");
    EXPECT_STATUS(emtp_desk_call(&desk, KW_GET, "/v1/emtp/export", &reply, &nothing),
                  KW_UNAVAILABLE);
    emtp_desk_remove(&desk);
}

static void participants__are_added_listed_and_revoked(void **state)
{
    emtp_desk desk;
    desk_of_officers(&desk, state);
    kw_str hosts[] = {KW_STR("a.example"), KW_STR("b.example")};
    kw_emtp_participant_new wanted = {.id = KW_STR("clinic"),
                                      .tenant = KW_STR("root"),
                                      .proof = KW_EMTP_PROOF_API_KEY,
                                      .hosts = {hosts, 2},
                                      .role = KW_EMTP_ROLE_HUB,
                                      .days = 30};
    kw_emtp_participant_added added;
    EXPECT_OK(emtp_desk_call(&desk, KW_POST, "/v1/emtp/participants", &added, &wanted));
    assert_int_equal(added.api_key.len, KW_API_KEY_BYTES);
    assert_int_equal(desk.x->request.reply.success, KW_SUCCESS_CREATED);
    EXPECT_STR(desk.x->request.reply.location, "/v1/emtp/participants/clinic");
    EXPECT_STATUS(emtp_desk_call(&desk, KW_POST, "/v1/emtp/participants", &added, &wanted),
                  KW_CONFLICT);
    kw_emtp_participants list;
    kw_emtp_page page = {0};
    EXPECT_OK(emtp_desk_call(&desk, KW_GET, "/v1/emtp/participants", &list, &page));
    assert_int_equal(list.participants.count, 1);
    assert_int_equal(list.participants.items[0].role, KW_EMTP_ROLE_HUB);
    assert_int_equal(list.participants.items[0].hosts.count, 2);
    assert_true(list.participants.items[0].is_enabled);
    kw_no_body reply;
    kw_emtp_participant_path path = {.id = KW_STR("clinic")};
    EXPECT_OK(emtp_desk_call(&desk, KW_POST, "/v1/emtp/participants/{id}/revoke", &reply, &path));
    EXPECT_OK(emtp_desk_call(&desk, KW_GET, "/v1/emtp/participants", &list, &page));
    assert_false(list.participants.items[0].is_enabled);
    path.id = KW_STR("nobody");
    EXPECT_STATUS(
        emtp_desk_call(&desk, KW_POST, "/v1/emtp/participants/{id}/revoke", &reply, &path),
        KW_NOT_FOUND);
    emtp_desk_remove(&desk);
}

static void participants__need_an_officer_who_may_grant(void **state)
{
    emtp_desk desk;
    desk_of_officers(&desk, state);
    emtp_desk_be(&desk, "auditor", KW_ROLE_BIT(KW_ROLE_AUDITOR));
    kw_emtp_participant_new wanted = {.id = KW_STR("clinic"),
                                      .tenant = KW_STR("root"),
                                      .proof = KW_EMTP_PROOF_API_KEY,
                                      .days = 30};
    kw_emtp_participant_added added;
    EXPECT_STATUS(emtp_desk_call(&desk, KW_POST, "/v1/emtp/participants", &added, &wanted),
                  KW_FORBIDDEN);
    kw_emtp_participants list;
    kw_emtp_page page = {0};
    EXPECT_OK(emtp_desk_call(&desk, KW_GET, "/v1/emtp/participants", &list, &page));
    assert_int_equal(list.participants.count, 0);
    emtp_desk_remove(&desk);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(routes__are_complete),
        cmocka_unit_test(keys__are_rotated_listed_and_revoked),
        cmocka_unit_test(export__is_the_answer_of_get_keys),
        cmocka_unit_test(participants__are_added_listed_and_revoked),
        cmocka_unit_test(participants__need_an_officer_who_may_grant),
    };
    return cmocka_run_group_tests_name("emtp/api_admin", tests, stores_setup_sqlite,
                                       stores_teardown);
}
