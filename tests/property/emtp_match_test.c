/* SPDX-License-Identifier: Apache-2.0
 * The matcher over random edits from a seed: full join, single rows and the plain definition tell
 * the same; and STP tables replay the same from any SeqNo. */
#include "emtp/engine/match_join.h"
#include "emtp/engine/stp_table.h"

#include "support/expect.h"
#include "support/match_world.h"

enum {
    SEEDS = 20,
    EDITS = 150,
    TABLE_BYTES_MAX = 1 << 20
};

static uint64_t next_word(uint64_t *at)
{
    uint64_t z = *at += 0x9e3779b97f4a7c15U;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9U;
    z = (z ^ z >> 27) * 0x94d049bb133111ebU;
    return z ^ z >> 31;
}

/* Changes one row of the world: gone, or there with other tokens. */
static size_t edit(match_world *world, uint64_t *at)
{
    size_t row = next_word(at) % MATCH_WORLD_ROWS;
    world->is_there[row] = next_word(at) % 4 != 0;
    uint64_t few = next_word(at);
    few &= next_word(at);
    world->tokens[row] = (uint32_t)few % (1U << MATCH_WORLD_TOKENS);
    return row;
}

/* A walk of random edits, one row at a time, then a full join of what is there. */
static void expect_same_in_both_ways(kw_match_options options, uint64_t at)
{
    match_world world = {0};
    KW_AUTO_PTR(kw_match) single = NULL;
    EXPECT_OK(kw_match_new(&single, &options));
    match_view told = {0};
    for (int i = 0; i < EDITS; i++) {
        match_world_put(single, &world, edit(&world, &at));
        match_view wanted;
        match_view_of_roles(&wanted, &world, &options.roles);
        if (next_word(&at) % 3 != 0) { /* else changes pile up */
            (void)match_view_take(&told, single);
            match_view_expect_equal(&told, &wanted);
        }
    }
    KW_AUTO_PTR(kw_match) full = NULL;
    options.seed = ~options.seed;
    EXPECT_OK(kw_match_new(&full, &options));
    for (size_t row = 0; row < MATCH_WORLD_ROWS; row++) {
        match_world_load(full, &world, row);
    }
    EXPECT_OK(kw_match_join(full));
    match_view joined = {0};
    (void)match_view_take(&joined, full);
    (void)match_view_take(&told, single);
    match_view_expect_equal(&told, &joined);
    kw_match_stats a = kw_match_stats_of(single);
    kw_match_stats b = kw_match_stats_of(full);
    assert_memory_equal(&a, &b, sizeof a);
    EXPECT_OK(kw_match_join(single)); /* over its own rows: nothing new */
    assert_int_equal(match_view_take(&told, single), 0);
}

static void match__tells_the_same_in_both_ways(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        print_message("seed %d\n", (int)seed);
        expect_same_in_both_ways(match_world_options(seed), seed);
    }
}

/* Any table of the three roles, those where a role sees itself included: the matcher does not
 * mind, and payers of different participants may well be told of each other one day. */
static void match__tells_the_same_under_any_roles(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        uint64_t at = ~seed;
        kw_match_options options = match_world_options(seed);
        for (size_t role = 0; role <= KW_MATCH_HUB; role++) {
            options.roles.sees[role] = (uint8_t)(next_word(&at) % 8);
        }
        print_message("seed %d: %d %d %d\n", (int)seed, options.roles.sees[0],
                      options.roles.sees[1], options.roles.sees[2]);
        expect_same_in_both_ways(options, at);
    }
}

/* Appends `count` random rows with gaps in their SeqNos. */
static void make_rows(kw_buf *out, uint64_t *at, int count)
{
    uint64_t seq_no = 0;
    for (int i = 0; i < count; i++) {
        seq_no += 1 + next_word(at) % 3;
        char key[] = {(char)('a' + next_word(at) % 5), '\0'};
        char record[] = {(char)('A' + next_word(at) % 26), '\0'};
        bool is_add = next_word(at) % 3 != 0;
        kw_stp_row row = {.seq_no = seq_no,
                          .timestamp = KW_STR("2026-01-01T00:00:00Z"),
                          .action = is_add ? KW_STP_ADD : KW_STP_DELETE,
                          .key = kw_str_of(key),
                          .record = is_add ? kw_str_of(record) : (kw_str){0}};
        EXPECT_OK(kw_stp_row_encode(out, &row, NULL));
    }
}

static void replay(kw_stp_table *table, kw_str text)
{
    kw_stp_cursor cursor = kw_stp_cursor_of(text, false);
    EXPECT_OK(kw_stp_table_read(table, &cursor, NULL));
}

static void expect_tables_equal(const kw_stp_table *a, const kw_stp_table *b)
{
    assert_int_equal(kw_stp_table_last(a), kw_stp_table_last(b));
    assert_int_equal(kw_stp_table_count(a), kw_stp_table_count(b));
    kw_stp_row x = {0};
    kw_stp_row y = {0};
    size_t at_b = 0;
    for (size_t at = 0; kw_stp_table_next(a, &at, &x);) {
        assert_true(kw_stp_table_next(b, &at_b, &y));
        assert_int_equal(x.seq_no, y.seq_no);
        assert_true(kw_str_equal(x.key, y.key));
        assert_true(kw_str_equal(x.record, y.record));
    }
}

static void stp_table__replays_the_same_however_it_is_cut(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        uint64_t at = seed;
        KW_AUTO(kw_buf) text = kw_buf_init(TABLE_BYTES_MAX);
        make_rows(&text, &at, 60);
        KW_AUTO_PTR(kw_stp_table) whole = NULL;
        KW_AUTO_PTR(kw_stp_table) parts = NULL;
        EXPECT_OK(kw_stp_table_new(&whole, 0, TABLE_BYTES_MAX));
        EXPECT_OK(kw_stp_table_new(&parts, 0, TABLE_BYTES_MAX));
        replay(whole, kw_buf_text(&text));
        for (size_t cut = 0; cut <= text.len; cut += 1 + next_word(&at) % 200) {
            replay(parts, (kw_str){(const char *)text.ptr, cut}); /* every part again: once */
        }
        replay(parts, kw_buf_text(&text));
        expect_tables_equal(whole, parts);
    }
}

static void stp_row__encodes_what_it_parsed(void **state)
{
    (void)state;
    uint64_t at = 9;
    KW_AUTO(kw_buf) text = kw_buf_init(TABLE_BYTES_MAX);
    KW_AUTO(kw_buf) again = kw_buf_init(TABLE_BYTES_MAX);
    make_rows(&text, &at, 200);
    kw_stp_cursor cursor = kw_stp_cursor_of(kw_buf_text(&text), true);
    kw_stp_row row = {0};
    while (kw_stp_next(&cursor, &row, NULL) == KW_OK) {
        EXPECT_OK(kw_stp_row_encode(&again, &row, NULL));
    }
    EXPECT_SPAN(kw_buf_view(&again), kw_buf_view(&text));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(match__tells_the_same_in_both_ways),
        cmocka_unit_test(match__tells_the_same_under_any_roles),
        cmocka_unit_test(stp_table__replays_the_same_however_it_is_cut),
        cmocka_unit_test(stp_row__encodes_what_it_parsed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
