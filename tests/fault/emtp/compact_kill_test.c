/* SPDX-License-Identifier: Apache-2.0
 * kill -9 while a stream is written and compacted, again and again on one store: it opens, every
 * acknowledged row counts, and the head is the chain over all rows, those included that are gone.
 * On PostgreSQL the server dies, too. */
#include "support/expect.h"
#include "support/stores.h"
#include "support/stream_desk.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    ROUNDS = 20, /* KW_KILL_ROUNDS in the environment: another number, for make soak */
    REPORTS_MAX = 60,
    KEYS = 5,
    TABLE_BYTES_MAX = 1 << 20,
};

/* Row `n` is the same in every process. */
static void row_of(uint64_t n, char key[8], char record[16], bool *out_is_removal)
{
    uint64_t mixed = n * 0x9e3779b97f4a7c15U;
    mixed ^= mixed >> 29;
    (void)snprintf(key, 8, "k%d", (int)(mixed % KEYS));
    *out_is_removal = mixed % 7 == 0;
    (void)snprintf(record, 16, "%d", *out_is_removal ? 0 : (int)n);
}

static void put_row(stream_desk *desk)
{
    char key[8];
    char record[16];
    bool is_removal = false;
    row_of((uint64_t)desk->rows + 1, key, record, &is_removal);
    stream_desk_put(desk, key, is_removal ? NULL : record);
}

/* The child: goes on behind the last row, compacts what is older than a few rows, and reports each
 * acknowledged SeqNo through a pipe. */
static void run_child(const kw_store_options *options, int pipe_fd)
{
    stream_desk desk;
    stream_desk_make(&desk, stores_open(options));
    EXPECT_OK(kw_emtp_stream_refresh(desk.stream, desk.store, NULL));
    kw_emtp_stream_head head = {0};
    kw_emtp_stream_head_of(desk.stream, &head);
    desk.rows = (int64_t)head.seq;
    for (;;) {
        put_row(&desk);
        if (write(pipe_fd, &desk.rows, sizeof desk.rows) != sizeof desk.rows) {
            _exit(1); /* the parent sees the pipe's end too early */
        }
        if (desk.rows % 3 == 0) {
            (void)stream_desk_compact(&desk, desk.rows - desk.rows % 5);
        }
    }
}

static bool read_report(int64_t *out, int pipe_fd)
{
    int64_t seq = 0;
    ssize_t got = read(pipe_fd, &seq, sizeof seq);
    if (got != sizeof seq) {
        assert_int_equal(got, 0); /* writes of 8 bytes to a pipe are whole or absent */
        return false;
    }
    *out = seq;
    return true;
}

/* Starts a child, kills it after some reports; gives the last SeqNo that it acknowledged. */
static int64_t run_and_kill(stores *all, const kw_store_options *options, size_t kill_after)
{
    int ends[2];
    int64_t last = 0;
    assert_int_equal(pipe(ends), 0);
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        (void)close(ends[0]);
        run_child(options, ends[1]);
        _exit(4);
    }
    (void)close(ends[1]);
    for (size_t i = 0; i < kill_after; i++) {
        assert_true(read_report(&last, ends[0]));
    }
    assert_int_equal(kill(pid, SIGKILL), 0);
    if (all->backend == KW_STORE_POSTGRES) {
        postgres_crash(&all->server);
    }
    while (read_report(&last, ends[0])) {
    }
    (void)close(ends[0]);
    int status = 0;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
    if (all->backend == KW_STORE_POSTGRES) {
        postgres_resume(&all->server);
    }
    return last;
}

/* The full history of `rows` rows, as they were written. */
static void write_history(stream_desk *desk, int64_t rows)
{
    for (desk->rows = 1; desk->rows <= rows; desk->rows++) {
        char key[8];
        char record[16];
        char utc[KW_RFC3339_BYTES];
        bool is_removal = false;
        row_of((uint64_t)desk->rows, key, record, &is_removal);
        kw_utc_format(utc, STREAM_DESK_AT + desk->rows);
        EXPECT_OK(kw_buf_append_format(&desk->history, "%lld\t%s\t%c\t%s\t%s\n",
                                       (long long)desk->rows, utc, is_removal ? '-' : '+', key,
                                       is_removal ? "" : record));
    }
    desk->rows = rows;
}

static void expect_same_live_rows(const stream_desk *desk)
{
    KW_AUTO_PTR(kw_stp_table) full = NULL;
    KW_AUTO_PTR(kw_stp_table) left = NULL;
    EXPECT_OK(kw_stp_table_new(&full, 0, TABLE_BYTES_MAX));
    EXPECT_OK(kw_stp_table_new(&left, 0, TABLE_BYTES_MAX));
    kw_stp_cursor cursor = kw_stp_cursor_of(kw_buf_text(&desk->history), false);
    EXPECT_OK(kw_stp_table_read(full, &cursor, NULL));
    EXPECT_OK(kw_emtp_stream_replay(desk->stream, left, NULL));
    assert_int_equal(kw_stp_table_count(left), kw_stp_table_count(full));
    kw_stp_row row = {0};
    kw_stp_row same = {0};
    for (size_t at = 0; kw_stp_table_next(full, &at, &row);) {
        assert_true(kw_stp_table_find(left, row.key, &same));
        assert_int_equal(same.seq_no, row.seq_no);
        assert_true(kw_str_equal(same.record, row.record));
    }
}

static void expect_stream(const kw_store_options *options, int64_t acknowledged)
{
    KW_AUTO_PTR(kw_store) store = stores_open(options);
    EXPECT_OK(kw_store_check(store, NULL));
    stream_desk desk;
    stream_desk_make(&desk, store);
    EXPECT_OK(kw_emtp_stream_refresh(desk.stream, store, NULL));
    kw_emtp_stream_head head = {0};
    kw_emtp_stream_head_of(desk.stream, &head);
    assert_true((int64_t)head.seq >= acknowledged);
    write_history(&desk, (int64_t)head.seq);
    stream_desk_expect_head(&desk, desk.stream);
    expect_same_live_rows(&desk);
    stream_desk_drop(&desk);
}

static size_t rounds_wanted(void)
{
    const char *text = getenv("KW_KILL_ROUNDS");
    uint64_t rounds = ROUNDS;
    if (text != NULL) {
        assert_true(kw_str_to_u64(kw_str_of(text), 10000, &rounds));
    }
    return (size_t)rounds;
}

static void stream_compact__survives_kill_9(void **state)
{
    kw_store_options options = stores_fresh(*state);
    stream_desk desk;
    stream_desk_make(&desk, stores_open(&options)); /* makes the tables */
    kw_store *made = desk.store;
    stream_desk_drop(&desk);
    kw_store_free(made);
    options.create = false;
    uint32_t x = 2026;
    int64_t last = 0;
    for (size_t round = rounds_wanted(); round > 0; round--) {
        x = x * 1664525 + 1013904223; /* spread over the whole range, the same in every run */
        last = KW_MAX(last, run_and_kill(*state, &options, (x >> 16) % REPORTS_MAX));
        expect_stream(&options, last);
    }
    KW_AUTO_PTR(kw_store) store = stores_open(&options);
    int64_t left = stores_number(store, "SELECT COUNT(*) FROM emtp_stream_rows");
    print_message("%lld rows were acknowledged, %lld are left\n", (long long)last, (long long)left);
    assert_true(left < last / 2 + REPORTS_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(stream_compact__survives_kill_9)};
    return STORES_RUN_ON_BOTH(tests);
}
