/* SPDX-License-Identifier: Apache-2.0
 * Threads that move money between accounts while others add it up: the sum never changes in any
 * snapshot, and at the end every acknowledged move is there. Also for ThreadSanitizer. */
#include "store/store.h"

#include "os/thread.h"
#include "support/expect.h"
#include "support/stores.h"

#include <stdatomic.h>

enum {
    ACCOUNTS = 8,
    MOVERS = 6,
    AUDITORS = 3,
    MOVES = 60, /* of each mover */
    START = 1000,
};

typedef struct bank {
    kw_store *store;
    _Atomic int movers_left;
    _Atomic int64_t acknowledged;
    _Atomic int next_name;
} bank;

typedef struct move {
    int64_t from;
    int64_t to;
    int64_t amount;
    bool is_refused;
} move;

static kw_status do_move(kw_tx *tx, void *ctx, kw_error *err)
{
    const move *m = ctx;
    KW_TRY(kw_sql_run(tx, NULL, "UPDATE account SET n = n - $2, moves = moves + 1 WHERE id = $1",
                      KW_SQL_ARGS(kw_sql_int(m->from), kw_sql_int(m->amount)), err));
    KW_REQUIRE(!m->is_refused, err, KW_REFUSED, "between the two halves");
    return kw_sql_run(tx, NULL, "UPDATE account SET n = n + $2 WHERE id = $1",
                      KW_SQL_ARGS(kw_sql_int(m->to), kw_sql_int(m->amount)), err);
}

static void move_often(void *ctx)
{
    bank *b = ctx;
    int name = atomic_fetch_add(&b->next_name, 1);
    for (int i = 0; i < MOVES; i++) {
        move m = {.from = (name + i) % ACCOUNTS,
                  .to = (name * 3 + i * 5 + 1) % ACCOUNTS,
                  .amount = i % 7,
                  .is_refused = i % 10 == 9};
        kw_status st = kw_store_write(b->store, do_move, &m, NULL);
        if (m.is_refused) {
            EXPECT_STATUS(st, KW_REFUSED);
        } else {
            EXPECT_OK(st);
            (void)atomic_fetch_add(&b->acknowledged, 1);
        }
    }
    (void)atomic_fetch_sub(&b->movers_left, 1);
}

static void audit_often(void *ctx)
{
    bank *b = ctx;
    do {
        int64_t acknowledged = atomic_load(&b->acknowledged);
        assert_int_equal(stores_number(b->store, "SELECT CAST(SUM(n) AS BIGINT) FROM account"),
                         ACCOUNTS * START);
        /* What was acknowledged before the read began is in its snapshot. */
        assert_true(stores_number(b->store, "SELECT CAST(SUM(moves) AS BIGINT) FROM account") >=
                    acknowledged);
    } while (atomic_load(&b->movers_left) > 0);
}

static void store__keeps_the_sum_under_many_threads(void **state)
{
    kw_store_options options = stores_fresh(*state);
    options.readers_max = 2; /* fewer than auditors */
    bank b = {.store = stores_open(&options), .movers_left = MOVERS};
    stores_write(b.store, "CREATE TABLE account (id BIGINT PRIMARY KEY, n BIGINT NOT NULL,"
                          " moves BIGINT NOT NULL)");
    stores_write(b.store, "INSERT INTO account (id, n, moves) VALUES (0, 1000, 0), (1, 1000, 0),"
                          " (2, 1000, 0), (3, 1000, 0), (4, 1000, 0), (5, 1000, 0), (6, 1000, 0),"
                          " (7, 1000, 0)");
    kw_thread threads[MOVERS + AUDITORS] = {0};
    for (size_t i = 0; i < KW_COUNT(threads); i++) {
        EXPECT_OK(
            kw_thread_start(&threads[i], "bank", i < MOVERS ? move_often : audit_often, &b, NULL));
    }
    for (size_t i = 0; i < KW_COUNT(threads); i++) {
        kw_thread_join(&threads[i]);
    }
    assert_int_equal(stores_number(b.store, "SELECT CAST(SUM(moves) AS BIGINT) FROM account"),
                     b.acknowledged);
    assert_int_equal(b.acknowledged, MOVERS * MOVES * 9 / 10);
    kw_store_counts counts = kw_store_count(b.store);
    assert_int_equal(counts.writes_failed, MOVERS * MOVES / 10);
    EXPECT_OK(kw_store_check(b.store, NULL));
    kw_store_free(b.store);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(store__keeps_the_sum_under_many_threads)};
    return STORES_RUN_ON_BOTH(tests);
}
