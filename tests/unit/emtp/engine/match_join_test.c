/* SPDX-License-Identifier: Apache-2.0 */
#include "emtp/engine/match_join.h"

#include "base/heap.h"

#include "support/expect.h"
#include "support/match_world.h"

static match_world make_world(void)
{
    match_world world = {0};
    for (size_t row = 0; row < MATCH_WORLD_ROWS; row++) {
        world.is_there[row] = row % 7 != 3;
        world.tokens[row] = 1U << row % 11 | (row % 5 < 2 ? 0x800U : 0);
    }
    return world;
}

static kw_match *load_world(const match_world *world)
{
    kw_match *match = NULL;
    kw_match_options options = match_world_options(3);
    EXPECT_OK(kw_match_new(&match, &options));
    for (size_t row = 0; row < MATCH_WORLD_ROWS; row++) {
        match_world_load(match, world, row);
    }
    return match;
}

static void join__gives_what_the_definition_gives(void **state)
{
    (void)state;
    match_world world = make_world();
    match_view wanted;
    match_view_of_world(&wanted, &world);
    KW_AUTO_PTR(kw_match) match = load_world(&world);
    EXPECT_OK(kw_match_join(match));
    match_view got = {0};
    assert_true(match_view_take(&got, match) > 0);
    match_view_expect_equal(&got, &wanted);
    EXPECT_OK(kw_match_join(match)); /* the same rows: nothing to tell */
    assert_int_equal(match_view_take(&got, match), 0);
}

static void join__is_the_same_in_any_number_of_shards(void **state)
{
    (void)state;
    match_world world = make_world();
    match_view wanted;
    match_view_of_world(&wanted, &world);
    for (size_t shards = 1; shards <= 5; shards++) {
        KW_AUTO_PTR(kw_match) match = load_world(&world);
        KW_AUTO(kw_match_found) all = {.pairs = kw_emtp_pairs_init(100000)};
        for (size_t i = 0; i < shards; i++) {
            KW_AUTO(kw_match_found) part = {0};
            EXPECT_OK(kw_match_join_shard(&part, match, i, shards));
            all.tokens_skipped += part.tokens_skipped;
            EXPECT_OK(kw_emtp_pairs_join(&all.pairs, &part.pairs));
        }
        EXPECT_OK(kw_match_install(match, &all));
        match_view got = {0};
        assert_true(match_view_take(&got, match) > 0);
        match_view_expect_equal(&got, &wanted);
        assert_true(kw_match_stats_of(match).tokens_skipped > 0);
    }
}

static void join__is_followed_by_single_rows(void **state)
{
    (void)state;
    match_world world = make_world();
    KW_AUTO_PTR(kw_match) match = load_world(&world);
    EXPECT_OK(kw_match_join(match));
    match_view got = {0};
    (void)match_view_take(&got, match);
    for (size_t row = 0; row < MATCH_WORLD_ROWS; row++) {
        world.is_there[row] = !world.is_there[row];
        match_world_put(match, &world, row);
        match_view wanted;
        match_view_of_world(&wanted, &world);
        (void)match_view_take(&got, match);
        match_view_expect_equal(&got, &wanted);
    }
}

static void join__of_nothing_is_nothing(void **state)
{
    (void)state;
    match_world world = {0};
    KW_AUTO_PTR(kw_match) match = load_world(&world);
    EXPECT_OK(kw_match_join(match));
    match_view got = {0};
    assert_int_equal(match_view_take(&got, match), 0);
}

static void join__survives_every_failing_allocation(void **state)
{
    (void)state;
    match_world world = make_world();
    bool is_done = false;
    for (uint64_t nth = 1; !is_done; nth++) {
        KW_AUTO_PTR(kw_match) match = load_world(&world);
        kw_heap_fail_at(nth);
        kw_status st = kw_match_join(match);
        kw_heap_fail_at(0);
        is_done = st == KW_OK;
        assert_true(is_done || st == KW_NO_MEMORY);
        assert_in_range(nth, 1, 200);
    }
}

static void join__holds_the_limit_of_pairs(void **state)
{
    (void)state;
    KW_AUTO_PTR(kw_match) match = NULL;
    kw_match_options options = match_world_options(3);
    options.pairs_max = 1;
    EXPECT_OK(kw_match_new(&match, &options));
    match_world world = make_world();
    for (size_t row = 0; row < MATCH_WORLD_ROWS; row++) {
        match_world_load(match, &world, row);
    }
    EXPECT_STATUS(kw_match_join(match), KW_LIMIT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(join__gives_what_the_definition_gives),
        cmocka_unit_test(join__is_the_same_in_any_number_of_shards),
        cmocka_unit_test(join__is_followed_by_single_rows),
        cmocka_unit_test(join__of_nothing_is_nothing),
        cmocka_unit_test(join__survives_every_failing_allocation),
        cmocka_unit_test(join__holds_the_limit_of_pairs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
