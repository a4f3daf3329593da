/* SPDX-License-Identifier: Apache-2.0
 * kill -9 in the middle of writing, again and again on one store: it opens, every acknowledged
 * write is there, and none is there by half. On PostgreSQL the server dies, too. */
#include "store/store.h"

#include "os/thread.h"
#include "support/expect.h"
#include "support/stores.h"

#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    ROUNDS = 20, /* KW_KILL_ROUNDS in the environment: another number, for make soak */
    THREADS = 4,
    ACKNOWLEDGED_MAX = 400, /* the child dies at the latest after that many */
};

/* The child: threads that write and report each acknowledged id through a pipe. */
typedef struct child {
    kw_store *store;
    int pipe_fd;
    _Atomic int64_t next_id;
} child;

/* Two rows or none. */
static kw_status insert_pair(kw_tx *tx, void *ctx, kw_error *err)
{
    const int64_t *id = ctx;
    KW_TRY(kw_sql_run(tx, NULL, "INSERT INTO first_half (id) VALUES ($1)",
                      KW_SQL_ARGS(kw_sql_int(*id)), err));
    return kw_sql_run(tx, NULL, "INSERT INTO second_half (id) VALUES ($1)",
                      KW_SQL_ARGS(kw_sql_int(*id)), err);
}

static void write_for_ever(void *ctx)
{
    child *c = ctx;
    for (;;) {
        int64_t id = atomic_fetch_add(&c->next_id, 1);
        if (kw_store_write(c->store, insert_pair, &id, NULL) != KW_OK ||
            write(c->pipe_fd, &id, sizeof id) != sizeof id) {
            _exit(1); /* the parent sees the pipe's end too early */
        }
    }
}

static void run_child(const kw_store_options *options, int pipe_fd, int64_t first_id)
{
    child c = {.pipe_fd = pipe_fd, .next_id = first_id};
    kw_thread threads[THREADS] = {0};
    if (kw_store_open(&c.store, options, NULL) != KW_OK) {
        _exit(2);
    }
    for (size_t i = 0; i < THREADS; i++) {
        if (kw_thread_start(&threads[i], "writer", write_for_ever, &c, NULL) != KW_OK) {
            _exit(3);
        }
    }
    for (size_t i = 0; i < THREADS; i++) {
        kw_thread_join(&threads[i]);
    }
}

/* All ids that were ever acknowledged. */
typedef struct ledger {
    int64_t *ids;
    size_t count;
    int64_t next_id; /* unused by any child so far */
} ledger;

static bool read_id(ledger *l, int pipe_fd)
{
    int64_t id = 0;
    ssize_t got = read(pipe_fd, &id, sizeof id);
    if (got != sizeof id) {
        assert_int_equal(got, 0); /* writes of 8 bytes to a pipe are whole or absent */
        return false;
    }
    l->ids[l->count++] = id;
    return true;
}

/* Starts a child, kills it after `kill_after` reports, and takes in what it had still reported. */
static void run_and_kill(ledger *l, stores *all, const kw_store_options *options, size_t kill_after)
{
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        (void)close(ends[0]);
        run_child(options, ends[1], l->next_id);
        _exit(4);
    }
    (void)close(ends[1]);
    for (size_t i = 0; i < kill_after; i++) {
        assert_true(read_id(l, ends[0]));
    }
    assert_int_equal(kill(pid, SIGKILL), 0);
    if (all->backend == KW_STORE_POSTGRES) {
        postgres_crash(&all->server);
    }
    while (read_id(l, ends[0])) {
    }
    (void)close(ends[0]);
    int status = 0;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
    if (all->backend == KW_STORE_POSTGRES) {
        postgres_resume(&all->server);
    }
    l->next_id += 1000000; /* ids that were tried and not acknowledged may be there or not */
}

static kw_status find_all(kw_tx *tx, void *ctx, kw_error *err)
{
    const ledger *l = ctx;
    for (size_t i = 0; i < l->count; i++) {
        KW_AUTO(kw_rows) rows = {0};
        kw_status st = kw_sql_query_one(tx, &rows,
                                        "SELECT first_half.id FROM first_half JOIN second_half"
                                        " ON first_half.id = second_half.id"
                                        " WHERE first_half.id = $1",
                                        KW_SQL_ARGS(kw_sql_int(l->ids[i])), err);
        if (st != KW_OK) {
            print_error("acknowledged %lld is missing\n", (long long)l->ids[i]);
            return st;
        }
    }
    return KW_OK;
}

static void expect_all(ledger *l, const kw_store_options *options)
{
    KW_AUTO_PTR(kw_store) store = stores_open(options);
    EXPECT_OK(kw_store_check(store, NULL));
    EXPECT_OK(kw_store_read(store, find_all, l, NULL));
    assert_int_equal(stores_number(store, "SELECT COUNT(*) FROM first_half WHERE id NOT IN"
                                          " (SELECT id FROM second_half)"),
                     0);
    assert_int_equal(stores_number(store, "SELECT COUNT(*) FROM second_half WHERE id NOT IN"
                                          " (SELECT id FROM first_half)"),
                     0);
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

static void store__keeps_what_it_acknowledged_through_kill_9(void **state)
{
    kw_store_options options = stores_fresh(*state);
    kw_store *store = stores_open(&options);
    stores_write(store, "CREATE TABLE first_half (id BIGINT PRIMARY KEY)");
    stores_write(store, "CREATE TABLE second_half (id BIGINT PRIMARY KEY)");
    kw_store_free(store);
    options.create = false;
    size_t rounds = rounds_wanted();
    /* What is in the pipe's 64 KiB when the child dies is reported, too. */
    ledger l = {
        .ids = calloc(rounds, sizeof(int64_t) * (ACKNOWLEDGED_MAX + (64 << 10) / 8 + THREADS))};
    assert_non_null(l.ids);
    uint32_t x = 2026;
    for (size_t round = 0; round < rounds; round++) {
        x = x * 1664525 + 1013904223; /* spread over the whole range, the same in every run */
        run_and_kill(&l, *state, &options, (x >> 16) % ACKNOWLEDGED_MAX);
        expect_all(&l, &options);
    }
    print_message("%zu rounds, %zu acknowledged writes\n", rounds, l.count);
    free(l.ids);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(store__keeps_what_it_acknowledged_through_kill_9)};
    return STORES_RUN_ON_BOTH(tests);
}
