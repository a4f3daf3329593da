/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/epoch_view.h"

#include "support/client_desk.h"
#include "support/expect.h"

static client_desk desk;
static kw_client_cluster cluster;

static int set_up(void **state)
{
    KW_UNUSED(state);
    client_desk_open(&desk);
    tempdir_path path = client_desk_path(&desk, "pinned.json");
    const kw_client_cluster_options options = {.cluster_file = path.text};
    EXPECT_OK(kw_client_cluster_load(&cluster, &options, NULL));
    return 0;
}

static int tear_down(void **state)
{
    KW_UNUSED(state);
    kw_client_cluster_drop(&cluster);
    client_desk_close(&desk);
    return 0;
}

static void views__name_each_standing(void **state)
{
    KW_UNUSED(state);
    static const kw_client_member members[CLIENT_DESK_MEMBERS] = {
        {KW_CLIENT_GOOD, KW_OK, 7, 3, 0},
        {KW_CLIENT_DOWN, KW_TIMED_OUT, 0, 10000, 0},
        {KW_CLIENT_REFUSING, KW_FORBIDDEN, 0, 2, 0},
        {KW_CLIENT_LYING, KW_UNAUTHENTICATED, 0, 1, 0},
    };
    static const char *const standings[] = {"good", "down", "refusing", "lying"};
    static const char *const problems[] = {"", "timed_out", "forbidden", "unauthenticated"};
    KW_AUTO(kw_arena) arena = kw_arena_init(1 << 16);
    kw_operator_views views = {0};
    EXPECT_OK(kw_operator_views_fill(&arena, &views, &cluster.operators, members));
    assert_int_equal(views.count, CLIENT_DESK_MEMBERS);
    for (size_t i = 0; i < views.count; i++) {
        EXPECT_STR(views.items[i].standing, standings[i]);
        EXPECT_STR(views.items[i].problem, problems[i]);
        assert_int_equal(views.items[i].epoch, members[i].epoch);
        assert_int_equal(views.items[i].took_ms, members[i].took_ms);
        assert_int_equal(views.items[i].address.len, 42);
    }
}

static void views__name_who_is_behind_and_who_is_slow(void **state)
{
    KW_UNUSED(state);
    static const kw_client_member members[CLIENT_DESK_MEMBERS] = {
        {.standing = KW_CLIENT_BEHIND, .st = KW_REFUSED}};
    KW_AUTO(kw_arena) arena = kw_arena_init(1 << 16);
    kw_operator_views views = {0};
    EXPECT_OK(kw_operator_views_fill(&arena, &views, &cluster.operators, members));
    EXPECT_STR(views.items[0].standing, "behind");
    EXPECT_STR(views.items[0].problem, "refused");
    EXPECT_STR(views.items[1].standing, "slow");
    EXPECT_STR(views.items[1].problem, "");
}

static void views__need_room(void **state)
{
    KW_UNUSED(state);
    static const kw_client_member members[CLIENT_DESK_MEMBERS] = {{.standing = KW_CLIENT_SLOW}};
    KW_AUTO(kw_client_epoch) epoch = {0};
    kw_operator_views views = {0};
    kw_epoch_view view = {.epoch = 0};
    EXPECT_OK(kw_client_epoch_read(&epoch, &cluster, kw_buf_view(&desk.first_file), NULL));
    for (size_t room = 0; room < 300; room += 60) {
        KW_AUTO(kw_arena) arena = kw_arena_init(room);
        EXPECT_STATUS(kw_operator_views_fill(&arena, &views, &cluster.operators, members),
                      KW_LIMIT);
    }
    KW_AUTO(kw_arena) small = kw_arena_init(100);
    EXPECT_STATUS(kw_epoch_view_fill(&small, &view, &cluster, &epoch), KW_LIMIT);
    KW_AUTO(kw_arena) enough = kw_arena_init(1000);
    EXPECT_OK(kw_epoch_view_fill(&enough, &view, &cluster, &epoch));
    EXPECT_STR(view.master_key, desk.master_key);
    assert_int_equal(view.epoch, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(views__name_each_standing),
        cmocka_unit_test(views__name_who_is_behind_and_who_is_slow),
        cmocka_unit_test(views__need_room),
    };
    return cmocka_run_group_tests_name("cli/epoch_view", tests, set_up, tear_down);
}
