/* SPDX-License-Identifier: Apache-2.0
 * Compaction over random histories from a seed: whoever has applied the full stream up to any SeqNo
 * and goes on with the compacted one ends with the live rows of the full one; and so does everyone
 * who was reading meanwhile. */
#include "support/expect.h"
#include "support/stores.h"
#include "support/stream_desk.h"

#include <stdio.h>

enum {
    SEEDS = 12,
    STEPS = 90,
    KEYS = 6,
    READERS = 5,
    TABLE_BYTES_MAX = 1 << 20
};

static uint64_t next_word(uint64_t *at)
{
    uint64_t z = *at += 0x9e3779b97f4a7c15U;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9U;
    z = (z ^ z >> 27) * 0x94d049bb133111ebU;
    return z ^ z >> 31;
}

static void put_random(stream_desk *desk, uint64_t *at)
{
    char key[8];
    char record[64];
    (void)snprintf(key, sizeof key, "k%d", (int)(next_word(at) % KEYS));
    (void)snprintf(record, sizeof record, "%0*d", (int)(1 + next_word(at) % 40), (int)desk->rows);
    stream_desk_put(desk, key, next_word(at) % 3 == 0 ? NULL : record);
}

/* A reader that began somewhere, with what a client had when it asked. */
typedef struct client {
    stream_reader reader;
    kw_stp_table *table;
    bool is_open;
    bool is_active;
} client;

/* The state of a client that applied the full stream up to a SeqNo. */
static kw_stp_table *state_at(const stream_desk *desk, uint64_t seq)
{
    kw_stp_table *table = NULL;
    EXPECT_OK(kw_stp_table_new(&table, 0, TABLE_BYTES_MAX));
    kw_stp_cursor cursor = kw_stp_cursor_of(kw_buf_text(&desk->history), false);
    kw_stp_row row = {0};
    while (kw_stp_next(&cursor, &row, NULL) == KW_OK && row.seq_no <= seq) {
        EXPECT_OK(kw_stp_table_apply(table, &row));
    }
    return table;
}

static void expect_tables_equal(const kw_stp_table *a, const kw_stp_table *b)
{
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

/* Takes the rest, ends, and must have what the full stream gives. */
static void client_finish(client *c, const stream_desk *desk)
{
    stream_reader_pull_all(&c->reader);
    kw_stp_cursor cursor = kw_stp_cursor_of(kw_buf_text(&c->reader.got), false);
    EXPECT_OK(kw_stp_table_read(c->table, &cursor, NULL));
    assert_int_equal(cursor.rest.len, 0);
    kw_stp_table *full = state_at(desk, UINT64_MAX);
    expect_tables_equal(c->table, full);
    if (!c->is_active) { /* an active view shows no removal, so it may end below the last SeqNo */
        assert_int_equal(kw_stp_table_last(c->table), kw_stp_table_last(full));
    }
    kw_stp_table_free(full);
    kw_stp_table_free(c->table);
    stream_reader_drop(&c->reader);
    *c = (client){0};
}

/* A client that has nothing asks for the active view as often as for all; `at` NULL: for all. */
static void client_start(client *c, stream_desk *desk, uint64_t since, uint64_t *at)
{
    c->is_active = since == 0 && at != NULL && next_word(at) % 2 == 0;
    c->table = state_at(desk, since);
    c->is_open = true;
    stream_reader_open(&c->reader, desk->stream, (int64_t)since, c->is_active);
}

static void read_some(client *clients, stream_desk *desk, uint64_t *at)
{
    client *c = &clients[next_word(at) % READERS];
    if (!c->is_open) {
        uint64_t rows = (uint64_t)desk->rows;
        client_start(c, desk, next_word(at) % 3 == 0 ? 0 : next_word(at) % (rows + 1), at);
    } else if (next_word(at) % 6 == 0) {
        client_finish(c, desk);
    } else {
        (void)stream_reader_pull(&c->reader, 1 + next_word(at) % 90);
    }
}

static void expect_replay_from_everywhere(stream_desk *desk)
{
    for (uint64_t since = 0; since <= (uint64_t)desk->rows; since++) {
        client c = {.is_open = false};
        client_start(&c, desk, since, NULL);
        client_finish(&c, desk);
    }
}

/* A restart: what the store holds, instead of what the memory held. */
static void restart(stream_desk *desk)
{
    kw_emtp_stream_free(desk->stream);
    desk->stream = stream_desk_twin(desk);
    EXPECT_OK(kw_emtp_stream_refresh(desk->stream, desk->store, NULL));
}

static void run(stream_desk *desk, uint64_t at)
{
    client clients[READERS] = {0};
    size_t gone = 0;
    for (int step = 0; step < STEPS; step++) {
        put_random(desk, &at);
        if (next_word(&at) % 8 == 0) {
            uint64_t rows = (uint64_t)desk->rows;
            gone += stream_desk_compact(desk, (int64_t)(next_word(&at) % (rows + 2)));
            stream_desk_expect_head(desk, desk->stream);
        }
        for (int i = 0; i < 3; i++) {
            read_some(clients, desk, &at);
        }
    }
    assert_true(gone > 0);
    for (size_t i = 0; i < READERS; i++) {
        if (clients[i].is_open) {
            client_finish(&clients[i], desk);
        }
    }
    expect_replay_from_everywhere(desk);
    restart(desk);
    expect_replay_from_everywhere(desk);
    stream_desk_expect_head(desk, desk->stream);
}

static void stream__replays_the_same_after_compaction(void **state)
{
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        print_message("seed %d\n", (int)seed);
        kw_store_options options = stores_fresh(*state);
        KW_AUTO_PTR(kw_store) store = stores_open(&options);
        stream_desk desk;
        stream_desk_make(&desk, store);
        run(&desk, seed);
        stream_desk_drop(&desk);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(stream__replays_the_same_after_compaction)};
    return STORES_RUN_ON_BOTH(tests);
}
