/* SPDX-License-Identifier: Apache-2.0
 * Readers of streams: what they get, when they wait, when they end. The loop is played by hand. */
#include "net/request.h"

#include "emtp/schema.h"
#include "emtp/stream.h"
#include "support/expect.h"
#include "support/stores.h"

#include <stdio.h>

#define AT ((kw_unix_s)1767225600) /* 2026-01-01T00:00:00Z */

typedef struct bench {
    kw_store *store;
    kw_clock_manual time;
    kw_emtp_stream *stream;
    kw_stream_reply reply; /* of the open reader */
    kw_emtp_stream_head head;
    kw_buf got;
} bench;

static void bench_make(bench *b, void **state, bool is_expiring)
{
    *b = (bench){.got = kw_buf_init(8 << 20)};
    kw_store_options options = stores_fresh(*state);
    b->store = stores_open(&options);
    EXPECT_OK(kw_store_migrate(b->store, KW_EMTP_AREA, kw_emtp_migrations, kw_emtp_migrations_count,
                               NULL));
    kw_emtp_stream_options stream = {.name = KW_STR("t"),
                                     .media_type = "text/sequence",
                                     .is_expiring = is_expiring,
                                     .monotonic = kw_clock_of_manual(&b->time)};
    EXPECT_OK(kw_emtp_stream_new(&b->stream, &stream, NULL));
}

static void bench_drop(bench *b)
{
    assert_int_equal(kw_emtp_stream_followers(b->stream), 0);
    kw_emtp_stream_free(b->stream);
    kw_store_free(b->store);
    kw_buf_drop(&b->got);
}

static kw_status write_change(kw_tx *tx, void *ctx, kw_error *err)
{
    return kw_emtp_stream_write(tx, KW_STR("t"), AT, ctx, err);
}

static void put(bench *b, const char *key, const char *record)
{
    kw_emtp_change change = {
        .is_removal = record == NULL, .key = kw_str_of(key), .record = kw_str_of(record)};
    EXPECT_OK(kw_store_write(b->store, write_change, &change, NULL));
    EXPECT_OK(kw_emtp_stream_refresh(b->stream, b->store, NULL));
}

static void open_reader(bench *b, int64_t since_id, bool is_active, int hold_s)
{
    kw_emtp_stream_query query = {
        .since_id = since_id, .is_active = is_active, .hold_s = hold_s, .now = AT};
    kw_buf_clear(&b->got);
    EXPECT_OK(kw_emtp_stream_open(b->stream, &b->reply, &b->head, &query, NULL));
}

/* Pulls through a small window until there is nothing more; gives what ended it. */
static kw_pull pull_all(bench *b, uint32_t *out_wait_ms)
{
    uint8_t window[1024];
    for (;;) {
        kw_pull_slot slot = {.out = KW_MSPAN(window)};
        kw_pull what = b->reply.pull(b->reply.source, &slot);
        if (what != KW_PULL_DATA) {
            *out_wait_ms = slot.wait_ms;
            return what;
        }
        assert_in_range(slot.got, 1, sizeof window);
        EXPECT_OK(kw_buf_append(&b->got, (kw_span){window, slot.got}));
    }
}

static void close_reader(bench *b)
{
    b->reply.closed(b->reply.source);
}

/* SeqNos of what was pulled, with a space behind each. */
static void expect_seqs(const bench *b, const char *wanted)
{
    char got[256] = "";
    kw_str rest = kw_buf_text(&b->got);
    while (rest.len > 0) {
        kw_str line = {0};
        kw_str seq = {0};
        assert_true(kw_str_split(rest, '\n', &line, &rest));
        assert_true(kw_str_split(line, '\t', &seq, &line));
        size_t len = strlen(got);
        (void)snprintf(got + len, sizeof got - len, "%.*s ", KW_STR_ARG(seq));
    }
    assert_string_equal(got, wanted);
}

static void expect_rows(bench *b, int64_t since_id, bool is_active, const char *wanted)
{
    uint32_t wait_ms = 0;
    open_reader(b, since_id, is_active, 0);
    assert_int_equal(pull_all(b, &wait_ms), KW_PULL_END);
    expect_seqs(b, wanted);
    close_reader(b);
}

static void stream_open__selects_rows(void **state)
{
    bench b;
    bench_make(&b, state, false);
    expect_rows(&b, 0, false, "");
    put(&b, "a", "alpha");
    put(&b, "b", "bravo");
    put(&b, "a", "again");
    put(&b, "b", NULL);
    put(&b, "c", "");
    static const struct {
        int64_t since_id;
        const char *all;
        const char *active;
    } cases[] = {{0, "1 2 3 4 5 ", "3 5 "},
                 {2, "3 4 5 ", "3 5 "},
                 {3, "4 5 ", "5 "},
                 {5, "", ""},
                 {900, "", ""},
                 {-1, "5 ", "5 "},
                 {-3, "3 4 5 ", "3 5 "},
                 {-5, "1 2 3 4 5 ", "3 5 "},
                 {-900, "1 2 3 4 5 ", "3 5 "},
                 {INT64_MIN, "1 2 3 4 5 ", "3 5 "},
                 {INT64_MAX, "", ""}};
    for (size_t i = 0; i < KW_COUNT(cases); i++) {
        expect_rows(&b, cases[i].since_id, false, cases[i].all);
        expect_rows(&b, cases[i].since_id, true, cases[i].active);
    }
    bench_drop(&b);
}

static void stream_open__leaves_expired_rows_out_of_the_active_view(void **state)
{
    bench b;
    bench_make(&b, state, true);
    put(&b, "old", "2025-12-31T23:59:59Z");
    put(&b, "at", "2026-01-01T00:00:00Z"); /* at its moment it counts as absent */
    put(&b, "live", "2026-01-01T00:00:01Z");
    put(&b, "odd", "no moment");
    expect_rows(&b, 0, true, "3 4 ");
    expect_rows(&b, 0, false, "1 2 3 4 ");
    bench_drop(&b);
}

static void stream_pull__follows_until_it_is_quiet(void **state)
{
    bench b;
    uint32_t wait_ms = 0;
    bench_make(&b, state, false);
    put(&b, "a", "alpha");
    open_reader(&b, 0, false, 300);
    assert_int_equal(b.head.seq, 1);
    assert_int_equal(pull_all(&b, &wait_ms), KW_PULL_WAIT);
    assert_int_equal(wait_ms, KW_EMTP_STREAM_QUIET_MS);
    kw_clock_manual_advance(&b.time, 20000);
    put(&b, "b", "bravo");
    assert_int_equal(pull_all(&b, &wait_ms), KW_PULL_WAIT);
    expect_seqs(&b, "1 2 ");
    assert_int_equal(wait_ms, KW_EMTP_STREAM_QUIET_MS); /* counted from the last row */
    kw_clock_manual_advance(&b.time, KW_EMTP_STREAM_QUIET_MS - 1);
    assert_int_equal(pull_all(&b, &wait_ms), KW_PULL_WAIT);
    assert_int_equal(wait_ms, 1);
    kw_clock_manual_advance(&b.time, 1);
    assert_int_equal(pull_all(&b, &wait_ms), KW_PULL_END);
    close_reader(&b);
    bench_drop(&b);
}

static void stream_pull__ends_after_its_hold(void **state)
{
    bench b;
    uint32_t wait_ms = 0;
    bench_make(&b, state, false);
    open_reader(&b, 0, false, 3);
    assert_int_equal(pull_all(&b, &wait_ms), KW_PULL_WAIT);
    assert_int_equal(wait_ms, 3000);
    kw_clock_manual_advance(&b.time, 2999);
    put(&b, "a", "alpha");
    assert_int_equal(pull_all(&b, &wait_ms), KW_PULL_WAIT);
    assert_int_equal(wait_ms, 1);
    kw_clock_manual_advance(&b.time, 1);
    assert_int_equal(pull_all(&b, &wait_ms), KW_PULL_END);
    close_reader(&b);
    bench_drop(&b);
}

static void stream_pull__beyond_the_end_waits_for_new_rows(void **state)
{
    bench b;
    uint32_t wait_ms = 0;
    bench_make(&b, state, false);
    put(&b, "a", "alpha");
    open_reader(&b, 2, false, 300);
    assert_int_equal(pull_all(&b, &wait_ms), KW_PULL_WAIT);
    put(&b, "b", "bravo");
    assert_int_equal(pull_all(&b, &wait_ms), KW_PULL_WAIT);
    expect_seqs(&b, "");
    put(&b, "c", "charlie");
    put(&b, "d", "delta");
    assert_int_equal(pull_all(&b, &wait_ms), KW_PULL_WAIT);
    expect_seqs(&b, "3 4 ");
    close_reader(&b);
    bench_drop(&b);
}

static void stream_pull__cuts_a_slow_reader_but_not_a_new_one(void **state)
{
    bench b;
    uint32_t wait_ms = 0;
    bench_make(&b, state, false);
    static char record[400001];
    memset(record, 'x', sizeof record - 1);
    open_reader(&b, 0, false, 300);
    assert_int_equal(pull_all(&b, &wait_ms), KW_PULL_WAIT);
    put(&b, "a", record);
    put(&b, "b", record);
    put(&b, "c", record);
    assert_int_equal(pull_all(&b, &wait_ms), KW_PULL_FAIL);
    close_reader(&b);
    open_reader(&b, 0, false, 300); /* its backlog may be as long as the stream */
    assert_int_equal(pull_all(&b, &wait_ms), KW_PULL_WAIT);
    expect_seqs(&b, "1 2 3 ");
    close_reader(&b);
    bench_drop(&b);
}

static void stream_close__ends_readers_and_refuses_new_ones(void **state)
{
    bench b;
    uint32_t wait_ms = 0;
    bench_make(&b, state, false);
    put(&b, "a", "alpha");
    open_reader(&b, 0, false, 300);
    assert_int_equal(kw_emtp_stream_followers(b.stream), 1);
    kw_emtp_stream_close(b.stream);
    assert_int_equal(pull_all(&b, &wait_ms), KW_PULL_END);
    expect_seqs(&b, "1 "); /* what was written is still sent */
    kw_emtp_stream_query query = {.hold_s = 1};
    kw_stream_reply reply;
    kw_emtp_stream_head head;
    EXPECT_STATUS(kw_emtp_stream_open(b.stream, &reply, &head, &query, NULL), KW_UNAVAILABLE);
    close_reader(&b);
    bench_drop(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(stream_open__selects_rows),
        cmocka_unit_test(stream_open__leaves_expired_rows_out_of_the_active_view),
        cmocka_unit_test(stream_pull__follows_until_it_is_quiet),
        cmocka_unit_test(stream_pull__ends_after_its_hold),
        cmocka_unit_test(stream_pull__beyond_the_end_waits_for_new_rows),
        cmocka_unit_test(stream_pull__cuts_a_slow_reader_but_not_a_new_one),
        cmocka_unit_test(stream_close__ends_readers_and_refuses_new_ones),
    };
    return cmocka_run_group_tests_name("emtp/stream_follow", tests, stores_setup_sqlite,
                                       stores_teardown);
}
