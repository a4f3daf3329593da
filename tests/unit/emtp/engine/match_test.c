/* SPDX-License-Identifier: Apache-2.0 */
#include "emtp/engine/match.h"

#include "base/heap.h"

#include "support/expect.h"
#include "support/match_world.h"

static const kw_match_owner payer = {.participant = 1, .role = KW_MATCH_PAYER};
static const kw_match_owner provider = {.participant = 2, .role = KW_MATCH_PROVIDER};
static const kw_match_owner hub = {.participant = 3, .role = KW_MATCH_HUB};

static kw_match *new_match(void)
{
    kw_match *match = NULL;
    kw_match_options options = match_world_options(1);
    EXPECT_OK(kw_match_new(&match, &options));
    return match;
}

static void put(kw_match *match, kw_match_owner owner, const char *nurl, unsigned first,
                unsigned count)
{
    kw_hash32 tokens[MATCH_WORLD_TOKENS];
    for (unsigned i = 0; i < count; i++) {
        tokens[i] = match_world_token(first + i);
    }
    EXPECT_OK(kw_match_put(match, owner, kw_str_of(nurl), tokens, count));
}

/* The next change as `participant nurl: peer*shared ...`; "" when none waits. */
static void expect_change(kw_match *match, const char *wanted)
{
    kw_match_change change = {0};
    KW_AUTO(kw_buf) text = kw_buf_init(4096);
    kw_status st = kw_match_take_change(match, &change);
    if (st == KW_OK) {
        EXPECT_OK(
            kw_buf_append_format(&text, "%u %.*s:", change.participant, KW_STR_ARG(change.nurl)));
        for (size_t i = 0; i < change.peers_count; i++) {
            EXPECT_OK(kw_buf_append_format(&text, " %.*s*%u", KW_STR_ARG(change.peers[i].nurl),
                                           change.peers[i].shared));
        }
    } else {
        EXPECT_STATUS(st, KW_END);
    }
    EXPECT_STR(kw_buf_text(&text), wanted);
}

static void put__tells_both_sides_as_their_roles_allow(void **state)
{
    (void)state;
    KW_AUTO_PTR(kw_match) match = new_match();
    put(match, payer, "p", 0, 2);
    put(match, provider, "v", 1, 2);
    expect_change(match, "2 v: p*1");
    expect_change(match, "");
    put(match, hub, "h", 0, 3);
    expect_change(match, "1 p: h*2");
    expect_change(match, "3 h: p*2");
    expect_change(match, "");
    assert_int_equal(kw_match_stats_of(match).pairs, 3);
    assert_int_equal(kw_match_stats_of(match).rows, 3);
    assert_int_equal(kw_match_stats_of(match).tokens, 7);
}

static void put__never_matches_inside_a_participant(void **state)
{
    (void)state;
    KW_AUTO_PTR(kw_match) match = new_match();
    put(match, payer, "a", 0, 1);
    put(match, payer, "b", 0, 1);
    put(match, (kw_match_owner){.participant = 9, .role = KW_MATCH_PAYER}, "c", 0, 1);
    expect_change(match, "");
}

static void put__tells_nothing_when_the_set_stays(void **state)
{
    (void)state;
    KW_AUTO_PTR(kw_match) match = new_match();
    put(match, payer, "p", 0, 4);
    put(match, hub, "h", 0, 1);
    expect_change(match, "1 p: h*1");
    expect_change(match, "3 h: p*1");
    expect_change(match, "");
    put(match, hub, "h", 2, 2); /* other tokens in common, the same rows */
    expect_change(match, "");
    put(match, hub, "h", 4, 1);
    put(match, hub, "h", 0, 4); /* gone and back before anybody asks */
    expect_change(match, "");
    assert_int_equal(kw_match_stats_of(match).pairs, 2);
}

static void remove__tells_an_empty_set(void **state)
{
    (void)state;
    KW_AUTO_PTR(kw_match) match = new_match();
    put(match, payer, "p", 0, 1);
    put(match, hub, "h", 0, 1);
    expect_change(match, "1 p: h*1");
    expect_change(match, "3 h: p*1");
    expect_change(match, "");
    EXPECT_OK(kw_match_remove(match, 3, KW_STR("h")));
    EXPECT_OK(kw_match_remove(match, 3, KW_STR("h")));
    EXPECT_OK(kw_match_remove(match, 1, KW_STR("nobody")));
    put(match, hub, "new", 0, 1);
    expect_change(match, "1 p: new*1");
    expect_change(match, "3 h:");
    expect_change(match, "3 new: p*1");
    expect_change(match, "");
    assert_int_equal(kw_match_stats_of(match).rows, 2);
}

static void bucket__is_skipped_above_its_limit_and_comes_back(void **state)
{
    (void)state;
    KW_AUTO_PTR(kw_match) match = new_match();
    char nurl[2] = "a";
    put(match, payer, "p", 0, 1);
    for (; nurl[0] < 'd'; nurl[0]++) {
        put(match, hub, nurl, 0, 1);
    }
    expect_change(match, "1 p: a*1 b*1 c*1");
    expect_change(match, "3 a: p*1");
    expect_change(match, "3 b: p*1");
    expect_change(match, "3 c: p*1");
    expect_change(match, "");
    put(match, hub, "d", 0, 1); /* a fifth row */
    put(match, hub, "e", 0, 1);
    expect_change(match, "1 p:");
    expect_change(match, "3 a:");
    expect_change(match, "3 b:");
    expect_change(match, "3 c:");
    expect_change(match, "");
    assert_int_equal(kw_match_stats_of(match).tokens_skipped, 1);
    EXPECT_OK(kw_match_remove(match, 3, KW_STR("a")));
    expect_change(match, "");
    EXPECT_OK(kw_match_remove(match, 3, KW_STR("e")));
    expect_change(match, "1 p: b*1 c*1 d*1");
    expect_change(match, "3 b: p*1");
    assert_int_equal(kw_match_stats_of(match).tokens_skipped, 0);
}

static void match__holds_its_limits(void **state)
{
    (void)state;
    KW_AUTO_PTR(kw_match) match = NULL;
    kw_match_options options = match_world_options(1);
    options.rows_max = 2;
    options.pairs_max = 1;
    kw_hash32 token = match_world_token(0);
    EXPECT_OK(kw_match_new(&match, &options));
    EXPECT_OK(kw_match_put(match, payer, KW_STR("p"), &token, 1));
    EXPECT_OK(kw_match_put(match, provider, KW_STR("v"), NULL, 0));
    EXPECT_STATUS(kw_match_put(match, hub, KW_STR("h"), NULL, 0), KW_LIMIT);
    EXPECT_OK(kw_match_put(match, provider, KW_STR("v"), &token, 1));
    KW_AUTO_PTR(kw_match) second = NULL;
    options.rows_max = 3;
    EXPECT_OK(kw_match_new(&second, &options));
    EXPECT_OK(kw_match_put(second, payer, KW_STR("p"), &token, 1));
    EXPECT_STATUS(kw_match_put(second, hub, KW_STR("h"), &token, 1), KW_LIMIT);
}

static void load__is_for_the_time_before(void **state)
{
    (void)state;
    KW_AUTO_PTR(kw_match) match = new_match();
    kw_hash32 token = match_world_token(0);
    EXPECT_OK(kw_match_load(match, payer, KW_STR("p"), &token, 1));
    EXPECT_STATUS(kw_match_put(match, hub, KW_STR("h"), &token, 1), KW_BAD_STATE);
    EXPECT_STATUS(kw_match_remove(match, 1, KW_STR("p")), KW_BAD_STATE);
    KW_AUTO_PTR(kw_match) other = new_match();
    put(other, payer, "p", 0, 1);
    EXPECT_STATUS(kw_match_load(other, hub, KW_STR("h"), &token, 1), KW_BAD_STATE);
}

static void match__survives_every_failing_allocation(void **state)
{
    (void)state;
    bool is_done = false;
    for (uint64_t nth = 1; !is_done; nth++) {
        kw_match_options options = match_world_options(1);
        KW_AUTO_PTR(kw_match) match = NULL;
        kw_heap_fail_at(nth);
        kw_status st = kw_match_new(&match, &options);
        for (unsigned i = 0; st == KW_OK && i < 6; i++) {
            char nurl[16];
            kw_hash32 tokens[] = {match_world_token(i / 2), match_world_token(5)};
            match_world_nurl(nurl, i);
            st = kw_match_put(match, match_world_owner(i), kw_str_of(nurl), tokens, 2);
        }
        kw_match_change change = {0};
        while (st == KW_OK) {
            st = kw_match_take_change(match, &change);
        }
        kw_heap_fail_at(0);
        is_done = st == KW_END;
        assert_true(is_done || st == KW_NO_MEMORY);
        assert_in_range(nth, 1, 500);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(put__tells_both_sides_as_their_roles_allow),
        cmocka_unit_test(put__never_matches_inside_a_participant),
        cmocka_unit_test(put__tells_nothing_when_the_set_stays),
        cmocka_unit_test(remove__tells_an_empty_set),
        cmocka_unit_test(bucket__is_skipped_above_its_limit_and_comes_back),
        cmocka_unit_test(match__holds_its_limits),
        cmocka_unit_test(load__is_for_the_time_before),
        cmocka_unit_test(match__survives_every_failing_allocation),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
