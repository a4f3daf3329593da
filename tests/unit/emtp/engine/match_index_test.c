/* SPDX-License-Identifier: Apache-2.0 */
#include "emtp/engine/match_inner.h"

#include "support/expect.h"
#include "support/match_world.h"

/* Groups that hold rows, by walking all slots; checks the links of every group on the way. */
static size_t count_groups(const kw_match *match)
{
    const kw_match_index *index = &match->index;
    size_t count = 0;
    for (size_t slot = 0; slot < index->slots_count; slot++) {
        for (uint32_t g = index->slots[slot]; g != KW_MATCH_NONE;
             g = index->groups[g].next_in_slot, count++) {
            uint32_t previous = KW_MATCH_NONE;
            uint32_t postings = 0;
            for (uint32_t p = index->groups[g].first; p != KW_MATCH_NONE;
                 p = index->postings[p].next, postings++) {
                assert_int_equal(index->postings[p].group, g);
                assert_int_equal(index->postings[p].previous, previous);
                previous = p;
            }
            assert_int_equal(postings, index->groups[g].count);
        }
    }
    return count;
}

static void index__has_one_group_for_each_token(void **state)
{
    (void)state;
    KW_AUTO_PTR(kw_match) match = NULL;
    kw_match_options options = match_world_options(7);
    EXPECT_OK(kw_match_new(&match, &options));
    match_world world = {0};
    for (size_t row = 0; row < MATCH_WORLD_ROWS; row++) {
        world.is_there[row] = true;
        world.tokens[row] = 1U << row % MATCH_WORLD_TOKENS | 1U << (row + 1) % MATCH_WORLD_TOKENS;
        match_world_put(match, &world, row);
    }
    assert_int_equal(count_groups(match), MATCH_WORLD_TOKENS);
    for (size_t row = 0; row < MATCH_WORLD_ROWS; row++) {
        world.is_there[row] = row == 0;
        match_world_put(match, &world, row);
    }
    assert_int_equal(count_groups(match), 2);
    size_t groups = match->index.groups_count;
    for (size_t row = 0; row < MATCH_WORLD_ROWS; row++) {
        world.is_there[row] = true;
        match_world_put(match, &world, row);
    }
    assert_int_equal(match->index.groups_count, groups); /* free groups are used again */
}

static void index_build__takes_loaded_rows(void **state)
{
    (void)state;
    KW_AUTO_PTR(kw_match) match = NULL;
    kw_match_options options = match_world_options(7);
    EXPECT_OK(kw_match_new(&match, &options));
    match_world world = {0};
    for (size_t row = 0; row < MATCH_WORLD_ROWS; row++) {
        world.is_there[row] = true;
        world.tokens[row] = 1U << row % 5;
        match_world_load(match, &world, row);
    }
    EXPECT_OK(kw_match_index_build(match));
    assert_int_equal(count_groups(match), 5);
    assert_int_equal(kw_match_stats_of(match).pairs, 0);
    kw_match_index_drop(&match->index);
    kw_match_index_drop(&match->index);
    assert_false(match->index.is_built);
}

static void share__counts_both_ways_and_waits(void **state)
{
    (void)state;
    KW_AUTO_PTR(kw_match) match = NULL;
    kw_match_options options = match_world_options(7);
    EXPECT_OK(kw_match_new(&match, &options));
    match_world world = {.is_there = {true, false, true}}; /* a payer and a hub, no tokens */
    match_world_put(match, &world, 0);
    match_world_put(match, &world, 2);
    EXPECT_OK(kw_match_share(match, 0, 1, 1));
    EXPECT_OK(kw_match_share(match, 1, 0, 1));
    assert_int_equal(match->rows[0].links[0].shared, 2);
    assert_int_equal(match->rows[1].links[0].shared, 2);
    assert_int_equal(match->queue_count, 2);
    kw_match_wait(match, 0); /* waits already */
    assert_int_equal(match->queue_count, 2);
    EXPECT_OK(kw_match_share(match, 0, 1, -1));
    assert_int_equal(kw_match_stats_of(match).pairs, 2);
    EXPECT_OK(kw_match_share(match, 0, 1, -1));
    assert_int_equal(kw_match_stats_of(match).pairs, 0);
    match_view view = {0};
    assert_int_equal(match_view_take(&view, match), 0); /* come and gone: nothing to tell */
    KW_AUTO(kw_emtp_pairs) pairs = kw_emtp_pairs_init(1);
    EXPECT_OK(kw_emtp_pairs_add(&pairs, 0, 1, 0));
    EXPECT_OK(kw_match_replace_links(match, &pairs));
    assert_int_equal(match_view_take(&view, match), 1);
}

static void index_add__tells_the_rows_of_a_group(void **state)
{
    (void)state;
    KW_AUTO_PTR(kw_match) match = NULL;
    kw_match_options options = match_world_options(7);
    EXPECT_OK(kw_match_new(&match, &options));
    match_world world = {.is_there = {true, false, true}, .tokens = {1, 0, 1}};
    match_world_put(match, &world, 0);
    match_world_put(match, &world, 2);
    assert_int_equal(kw_match_stats_of(match).pairs, 2);
    EXPECT_OK(kw_match_index_remove(match, 1, 0));
    assert_int_equal(kw_match_stats_of(match).pairs, 0);
    assert_int_equal(count_groups(match), 1);
    EXPECT_OK(kw_match_index_add(match, 1, 0));
    assert_int_equal(kw_match_stats_of(match).pairs, 2);
}

static void hash__depends_on_every_byte_and_the_seed(void **state)
{
    (void)state;
    kw_hash32 token = {{0}};
    uint64_t plain = kw_match_hash(&token, 1);
    assert_true(plain != kw_match_hash(&token, 2));
    for (size_t i = 0; i < sizeof token.bytes; i++) {
        kw_hash32 other = token;
        other.bytes[i] ^= 1;
        assert_true(plain != kw_match_hash(&other, 1));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(index__has_one_group_for_each_token),
        cmocka_unit_test(index_build__takes_loaded_rows),
        cmocka_unit_test(share__counts_both_ways_and_waits),
        cmocka_unit_test(index_add__tells_the_rows_of_a_group),
        cmocka_unit_test(hash__depends_on_every_byte_and_the_seed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
