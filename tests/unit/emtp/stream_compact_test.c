/* SPDX-License-Identifier: Apache-2.0
 * Compaction: what goes, what stays, in the store, in memory, under open answers and on other
 * nodes. Random histories are in property/emtp_stream_test.c. */
#include "emtp/stream.h"

#include "base/heap.h"
#include "support/expect.h"
#include "support/stores.h"
#include "support/stream_desk.h"

#include <stdio.h>

typedef struct bench {
    kw_store *store;
    stream_desk desk;
} bench;

/* 1 a+, 2 b+, 3 a+, 4 b-, 5 a+ */
static void bench_make(bench *b, void **state)
{
    kw_store_options options = stores_fresh(*state);
    b->store = stores_open(&options);
    stream_desk_make(&b->desk, b->store);
    stream_desk_put(&b->desk, "a", "one");
    stream_desk_put(&b->desk, "b", "two");
    stream_desk_put(&b->desk, "a", "three");
    stream_desk_put(&b->desk, "b", NULL);
    stream_desk_put(&b->desk, "a", "five");
}

static void bench_drop(bench *b)
{
    stream_desk_drop(&b->desk);
    kw_store_free(b->store);
}

static void expect_rows(kw_emtp_stream *stream, int64_t since_id, const char *wanted)
{
    stream_reader reader;
    stream_reader_open(&reader, stream, since_id, false);
    stream_reader_pull_all(&reader);
    stream_expect_seqs(kw_buf_text(&reader.got), wanted);
    stream_reader_drop(&reader);
}

/* What a restart, or another node, makes of the store. */
static void expect_in_store(bench *b, const char *wanted)
{
    KW_AUTO_PTR(kw_emtp_stream) twin = stream_desk_twin(&b->desk);
    EXPECT_OK(kw_emtp_stream_refresh(twin, b->store, NULL));
    expect_rows(twin, 0, wanted);
    stream_desk_expect_head(&b->desk, twin);
}

static void stream_compact__keeps_the_last_old_row_of_each_key(void **state)
{
    static const struct {
        int64_t row; /* older ones are old */
        size_t count;
        const char *left;
    } cases[] = {{0, 0, "1 2 3 4 5 "},  {1, 0, "1 2 3 4 5 "}, {3, 0, "1 2 3 4 5 "},
                 {4, 1, "2 3 4 5 "},    {5, 2, "3 4 5 "},     {6, 3, "4 5 "},
                 {INT32_MAX, 3, "4 5 "}};
    for (size_t i = 0; i < KW_COUNT(cases); i++) {
        bench b;
        bench_make(&b, state);
        assert_int_equal(stream_desk_compact(&b.desk, cases[i].row), cases[i].count);
        expect_rows(b.desk.stream, 0, cases[i].left);
        stream_desk_expect_head(&b.desk, b.desk.stream);
        expect_in_store(&b, cases[i].left);
        assert_int_equal(stream_desk_compact(&b.desk, cases[i].row), 0); /* and again: nothing */
        bench_drop(&b);
    }
}

static void stream_compact__goes_on_where_it_was(void **state)
{
    bench b;
    bench_make(&b, state);
    assert_int_equal(stream_desk_compact(&b.desk, 5), 2);
    stream_desk_put(&b.desk, "b", "six"); /* after a removal */
    stream_desk_put(&b.desk, "c", "seven");
    stream_desk_expect_head(&b.desk, b.desk.stream);
    assert_int_equal(stream_desk_compact(&b.desk, 7), 2); /* 3, and the removal that 6 replaced */
    expect_rows(b.desk.stream, 0, "5 6 7 ");
    expect_rows(b.desk.stream, 5, "6 7 ");
    expect_rows(b.desk.stream, -2, "6 7 ");
    stream_desk_put(&b.desk, "c", NULL);
    assert_int_equal(stream_desk_compact(&b.desk, 100), 1);
    expect_in_store(&b, "5 6 8 ");
    stream_desk_expect_head(&b.desk, b.desk.stream);
    bench_drop(&b);
}

static void stream_compact__takes_a_bounded_number_of_rows(void **state)
{
    bench b;
    bench_make(&b, state);
    stream_desk_put_many(&b.desk, "a", KW_EMTP_COMPACT_ROWS_MAX + 2);
    EXPECT_OK(kw_emtp_stream_refresh(b.desk.stream, b.store, NULL));
    int64_t last = b.desk.rows;
    assert_int_equal(stream_desk_compact(&b.desk, last + 1), KW_EMTP_COMPACT_ROWS_MAX);
    stream_desk_expect_head(&b.desk, b.desk.stream);
    assert_int_equal(stores_number(b.store, "SELECT COUNT(*) FROM emtp_stream_rows"), 7 - 4 + 4);
    KW_AUTO_PTR(kw_emtp_stream) twin = stream_desk_twin(&b.desk);
    EXPECT_OK(kw_emtp_stream_refresh(twin, b.store, NULL));
    stream_desk_expect_head(&b.desk, twin);
    assert_int_equal(stream_desk_compact(&b.desk, last + 1), 5);
    assert_int_equal(stream_desk_compact(&b.desk, last + 1), 0);
    char wanted[64];
    (void)snprintf(wanted, sizeof wanted, "4 %lld ", (long long)last);
    expect_in_store(&b, wanted);
    bench_drop(&b);
}

/* Nodes of one store: one was behind when the other compacted, and is behind again. */
static void stream_compact__does_not_mislead_other_nodes(void **state)
{
    bench b;
    bench_make(&b, state);
    KW_AUTO_PTR(kw_emtp_stream) other = stream_desk_twin(&b.desk);
    EXPECT_OK(kw_emtp_stream_refresh(other, b.store, NULL));
    stream_desk_put(&b.desk, "a", "six");
    stream_desk_put(&b.desk, "a", "seven");
    stream_desk_put(&b.desk, "a", "eight");
    assert_int_equal(stream_desk_compact(&b.desk, 8), 5); /* 6 went before the other saw it */
    EXPECT_OK(kw_emtp_stream_refresh(other, b.store, NULL));
    stream_desk_expect_head(&b.desk, other);
    expect_rows(other, 0, "1 2 3 4 5 7 8 "); /* what it had it keeps until it compacts itself */
    size_t count = 0;
    EXPECT_OK(kw_emtp_stream_compact(other, &count, b.store, STREAM_DESK_AT + 7, NULL));
    assert_int_equal(count, 4);
    expect_rows(other, 0, "4 7 8 ");
    stream_desk_put(&b.desk, "b", "nine");
    EXPECT_OK(kw_emtp_stream_refresh(other, b.store, NULL));
    stream_desk_expect_head(&b.desk, other);
    expect_in_store(&b, "4 7 8 9 ");
    bench_drop(&b);
}

static void stream_compact__lets_open_answers_go_on(void **state)
{
    bench b;
    bench_make(&b, state);
    stream_reader in_the_middle; /* of row 1, which goes */
    stream_reader at_a_row;      /* between 1 and 2 */
    stream_reader at_the_end;
    stream_reader not_begun;
    stream_reader active; /* in the middle of row 5 */
    stream_reader_open(&in_the_middle, b.desk.stream, 0, false);
    assert_true(stream_reader_pull(&in_the_middle, 7));
    stream_reader_open(&at_a_row, b.desk.stream, 0, false);
    kw_str first = {0};
    kw_str rest = {0};
    assert_true(kw_str_split(kw_buf_text(&b.desk.history), '\n', &first, &rest));
    assert_true(stream_reader_pull(&at_a_row, first.len + 1));
    stream_reader_open(&at_the_end, b.desk.stream, 0, false);
    stream_reader_pull_all(&at_the_end);
    stream_reader_open(&not_begun, b.desk.stream, 2, false);
    stream_reader_open(&active, b.desk.stream, 0, true);
    assert_true(stream_reader_pull(&active, 5));
    stream_desk_put(&b.desk, "a", "six"); /* replaces the row that it is in */
    assert_int_equal(stream_desk_compact(&b.desk, 100), 4);
    stream_desk_put(&b.desk, "c", "seven");
    stream_reader *all[] = {&in_the_middle, &at_a_row, &at_the_end, &not_begun, &active};
    static const char *const wanted[] = {"1 4 5 6 7 ", "1 4 5 6 7 ", "1 2 3 4 5 6 7 ", "4 5 6 7 ",
                                         "5 6 7 "};
    for (size_t i = 0; i < KW_COUNT(all); i++) {
        stream_reader_pull_all(all[i]);
        stream_expect_seqs(kw_buf_text(&all[i]->got), wanted[i]);
        stream_reader_drop(all[i]);
    }
    /* What was spared for them has left the store, and leaves the memory the next time. */
    expect_in_store(&b, "4 6 7 ");
    assert_int_equal(stream_desk_compact(&b.desk, 100), 2);
    expect_rows(b.desk.stream, 0, "4 6 7 ");
    bench_drop(&b);
}

/* A row of an active view that nobody was sent yet may go: what replaced it follows. */
static void stream_compact__may_take_rows_of_an_active_view(void **state)
{
    bench b;
    bench_make(&b, state);
    stream_desk_put(&b.desk, "c", "six");
    stream_reader active;
    stream_reader_open(&active, b.desk.stream, 0, true); /* 5 6 */
    stream_desk_put(&b.desk, "a", "seven");
    assert_int_equal(stream_desk_compact(&b.desk, 100), 4);
    stream_reader_pull_all(&active);
    stream_expect_seqs(kw_buf_text(&active.got), "6 7 ");
    stream_reader_drop(&active);
    bench_drop(&b);
}

static void stream_refresh__refuses_an_altered_base(void **state)
{
    bench b;
    bench_make(&b, state);
    assert_int_equal(stream_desk_compact(&b.desk, 100), 3);
    stores_write(b.store, "UPDATE emtp_stream_bases SET chain = "
                          "(SELECT line FROM emtp_stream_rows WHERE seq = 4)");
    KW_AUTO_PTR(kw_emtp_stream) twin = stream_desk_twin(&b.desk);
    EXPECT_STATUS(kw_emtp_stream_refresh(twin, b.store, NULL), KW_CORRUPT);
    bench_drop(&b);
}

static void stream_compact__changes_all_or_nothing_without_memory(void **state)
{
    bench b;
    bench_make(&b, state);
    kw_status st = KW_NO_MEMORY;
    for (uint64_t k = 1; st != KW_OK; k++) {
        size_t count = 0;
        kw_error err = {0};
        kw_heap_fail_at(k);
        st = kw_emtp_stream_compact(b.desk.stream, &count, b.store, STREAM_DESK_AT + 100, &err);
        kw_heap_fail_at(0);
        if (st != KW_OK) {
            EXPECT_STATUS(st, KW_NO_MEMORY);
            assert_int_equal(err.status, KW_NO_MEMORY);
            assert_int_equal(count, 0);
            expect_rows(b.desk.stream, 0, "1 2 3 4 5 ");
            expect_in_store(&b, "1 2 3 4 5 ");
        }
        assert_true(k < 1000);
    }
    expect_rows(b.desk.stream, 0, "4 5 ");
    expect_in_store(&b, "4 5 ");
    bench_drop(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(stream_compact__keeps_the_last_old_row_of_each_key),
        cmocka_unit_test(stream_compact__goes_on_where_it_was),
        cmocka_unit_test(stream_compact__takes_a_bounded_number_of_rows),
        cmocka_unit_test(stream_compact__does_not_mislead_other_nodes),
        cmocka_unit_test(stream_compact__lets_open_answers_go_on),
        cmocka_unit_test(stream_compact__may_take_rows_of_an_active_view),
        cmocka_unit_test(stream_refresh__refuses_an_altered_base),
        cmocka_unit_test(stream_compact__changes_all_or_nothing_without_memory),
    };
    return STORES_RUN_ON_BOTH(tests);
}
