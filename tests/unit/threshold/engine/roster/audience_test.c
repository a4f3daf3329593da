/* SPDX-License-Identifier: Apache-2.0
 * Two rosters as one list. */
#include "threshold/engine/roster/audience.h"

#include "support/expect.h"
#include "support/peers.h"

enum {
    PEERS = 7,
};

typedef struct world {
    kw_arena arena;
    peer peers[PEERS];
    kw_roster first_four; /* peers 0..3 */
    kw_roster last_five;  /* peers 2..6 */
} world;

static void open_world(world *w)
{
    *w = (world){.arena = kw_arena_init(1 << 20)};
    for (uint32_t i = 0; i < PEERS; i++) {
        peer_make(&w->peers[i], i + 1, PEER_ED25519);
    }
    w->first_four = peers_roster(&w->peers[0], 4, &w->arena);
    w->last_five = peers_roster(&w->peers[2], 5, &w->arena);
}

static void audience_make__has_each_member_once_with_both_indices(void **state)
{
    (void)state;
    world w;
    open_world(&w);
    kw_audience audience;
    EXPECT_OK(kw_audience_make(&audience, &w.arena, &w.first_four, &w.last_five));
    assert_int_equal(audience.count, PEERS);
    for (uint16_t i = 0; i < PEERS; i++) {
        uint16_t rank = kw_audience_rank(&audience, &w.peers[i].address);
        assert_in_range(rank, 1, PEERS);
        const kw_recipient *at = kw_audience_at(&audience, rank);
        EXPECT_SPAN(KW_SPAN(at->address->bytes), KW_SPAN(w.peers[i].address.bytes));
        assert_int_equal(at->old_index, kw_roster_index(&w.first_four, &w.peers[i].address));
        assert_int_equal(at->new_index, kw_roster_index(&w.last_five, &w.peers[i].address));
    }
    kw_arena_drop(&w.arena);
}

static void audience_make__is_in_the_order_of_addresses(void **state)
{
    (void)state;
    world w;
    open_world(&w);
    kw_audience audience;
    EXPECT_OK(kw_audience_make(&audience, &w.arena, &w.first_four, &w.last_five));
    for (uint16_t rank = 2; rank <= audience.count; rank++) {
        const kw_address *before = kw_audience_at(&audience, (uint16_t)(rank - 1))->address;
        const kw_address *at = kw_audience_at(&audience, rank)->address;
        assert_true(memcmp(before->bytes, at->bytes, sizeof at->bytes) < 0);
    }
    kw_arena_drop(&w.arena);
}

static void audience_make__takes_an_empty_roster_on_either_side(void **state)
{
    (void)state;
    world w;
    open_world(&w);
    const kw_roster nobody = {0};
    kw_audience audience;
    EXPECT_OK(kw_audience_make(&audience, &w.arena, &nobody, &w.last_five));
    assert_int_equal(audience.count, 5);
    assert_int_equal(kw_audience_at(&audience, 5)->new_index, 5);
    assert_int_equal(kw_audience_at(&audience, 5)->old_index, 0);
    EXPECT_OK(kw_audience_make(&audience, &w.arena, &w.first_four, &nobody));
    assert_int_equal(audience.count, 4);
    assert_int_equal(kw_audience_at(&audience, 1)->old_index, 1);
    EXPECT_OK(kw_audience_make(&audience, &w.arena, &nobody, &nobody));
    assert_int_equal(audience.count, 0);
    kw_arena_drop(&w.arena);
}

static void audience_rank__is_zero_for_a_stranger(void **state)
{
    (void)state;
    world w;
    open_world(&w);
    kw_audience audience;
    EXPECT_OK(kw_audience_make(&audience, &w.arena, &w.first_four, &w.first_four));
    assert_int_equal(audience.count, 4);
    for (size_t i = 4; i < PEERS; i++) {
        assert_int_equal(kw_audience_rank(&audience, &w.peers[i].address), 0);
    }
    kw_arena_drop(&w.arena);
}

static void audience_make__refuses_a_full_arena(void **state)
{
    (void)state;
    world w;
    open_world(&w);
    kw_arena small = kw_arena_init(8);
    kw_audience audience;
    EXPECT_STATUS(kw_audience_make(&audience, &small, &w.first_four, &w.last_five), KW_LIMIT);
    kw_arena_drop(&small);
    kw_arena_drop(&w.arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(audience_make__has_each_member_once_with_both_indices),
        cmocka_unit_test(audience_make__is_in_the_order_of_addresses),
        cmocka_unit_test(audience_make__takes_an_empty_roster_on_either_side),
        cmocka_unit_test(audience_rank__is_zero_for_a_stranger),
        cmocka_unit_test(audience_make__refuses_a_full_arena),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
