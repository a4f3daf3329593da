/* SPDX-License-Identifier: Apache-2.0
 * Random writes in random groups against a map in memory: the store ends with the map's content,
 * and each write gets the outcome that the map foretells. */
#include "store/store.h"

#include "os/thread.h"
#include "support/expect.h"
#include "support/stores.h"

enum {
    KEYS = 40,
    GROUPS = 60,
    GROUP_WRITES_MAX = 30,
    SEEDS = 3,
};

typedef enum deed {
    DEED_INSERT,
    DEED_UPDATE,
    DEED_UPSERT,
    DEED_DELETE,
    DEED_DELETE_THEN_REFUSE, /* rolls back alone */
    DEEDS,
} deed;

typedef struct model {
    bool is_there[KEYS];
    int64_t values[KEYS];
} model;

typedef struct group {
    kw_mutex lock;
    kw_cond settled;
    size_t left; /* writes not settled */
} group;

typedef struct op {
    group *in;
    deed what;
    int64_t key;
    int64_t value;
    kw_status wanted;
} op;

/* splitmix64: https://prng.di.unimi.it/splitmix64.c */
static uint64_t next(uint64_t *seed)
{
    uint64_t z = (*seed += 0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
}

/* What the map does, and the status that the store must give. */
static kw_status foretell(model *m, const op *o)
{
    bool *is_there = &m->is_there[o->key];
    bool was_there = *is_there;
    switch (o->what) {
    case DEED_INSERT:
        if (was_there) {
            return KW_CONFLICT;
        }
        break;
    case DEED_UPDATE:
        if (!was_there) {
            return KW_NOT_FOUND;
        }
        break;
    case DEED_UPSERT:
        break;
    case DEED_DELETE:
        *is_there = false;
        return was_there ? KW_OK : KW_NOT_FOUND;
    case DEED_DELETE_THEN_REFUSE:
        return was_there ? KW_REFUSED : KW_NOT_FOUND;
    case DEEDS:
        break;
    }
    *is_there = true;
    m->values[o->key] = o->value;
    return KW_OK;
}

static const char *sql_of(deed what)
{
    static const char *const texts[DEEDS] = {
        [DEED_INSERT] = "INSERT INTO item (id, n) VALUES ($1, $2)",
        [DEED_UPDATE] = "UPDATE item SET n = $2 WHERE id = $1",
        [DEED_UPSERT] = ("INSERT INTO item (id, n) VALUES ($1, $2)"
                         " ON CONFLICT (id) DO UPDATE SET n = excluded.n"),
        [DEED_DELETE] = "DELETE FROM item WHERE id = $1",
        [DEED_DELETE_THEN_REFUSE] = "DELETE FROM item WHERE id = $1",
    };
    return texts[what];
}

static kw_status run(kw_tx *tx, void *ctx, kw_error *err)
{
    const op *o = ctx;
    uint64_t changed = 0;
    kw_sql_args args = KW_SQL_ARGS(kw_sql_int(o->key), kw_sql_int(o->value));
    args.count = o->what == DEED_DELETE || o->what == DEED_DELETE_THEN_REFUSE ? 1 : 2;
    KW_TRY(kw_sql_run(tx, &changed, sql_of(o->what), args, err));
    KW_REQUIRE(changed == 1, err, KW_NOT_FOUND, "no such item");
    KW_REQUIRE(o->what != DEED_DELETE_THEN_REFUSE, err, KW_REFUSED, "not this one");
    return KW_OK;
}

static void settle(void *ctx, kw_status st, const kw_error *err)
{
    KW_UNUSED(err);
    op *o = ctx;
    EXPECT_STATUS(st, o->wanted);
    KW_AUTO(kw_locked) hold = kw_lock(&o->in->lock);
    o->in->left--;
    kw_cond_signal(&o->in->settled);
}

static void run_group(kw_store *store, model *m, uint64_t *seed)
{
    op ops[GROUP_WRITES_MAX];
    size_t count = 1 + next(seed) % GROUP_WRITES_MAX;
    group g = {.left = count};
    for (size_t i = 0; i < count; i++) {
        ops[i] = (op){.in = &g,
                      .what = (deed)(next(seed) % DEEDS),
                      .key = (int64_t)(next(seed) % KEYS),
                      .value = (int64_t)next(seed)};
        ops[i].wanted = foretell(m, &ops[i]);
        EXPECT_OK(kw_store_write_async(store, run, settle, &ops[i], NULL));
    }
    KW_AUTO(kw_locked) hold = kw_lock(&g.lock);
    while (g.left > 0) {
        kw_cond_wait(&g.settled, &g.lock);
    }
}

static kw_status compare(kw_tx *tx, void *ctx, kw_error *err)
{
    const model *m = ctx;
    KW_AUTO(kw_rows) rows = {0};
    KW_TRY(kw_sql_query(tx, &rows, "SELECT id, n FROM item ORDER BY id", KW_SQL_NO_ARGS, err));
    for (int64_t key = 0; key < KEYS; key++) {
        if (m->is_there[key]) {
            int64_t id = -1;
            int64_t n = 0;
            EXPECT_OK(kw_rows_next(&rows, err));
            EXPECT_OK(kw_rows_int(&rows, &id, 0, err));
            EXPECT_OK(kw_rows_int(&rows, &n, 1, err));
            assert_int_equal(id, key);
            assert_true(n == m->values[key]);
        }
    }
    EXPECT_STATUS(kw_rows_next(&rows, err), KW_END);
    return KW_OK;
}

static void store__does_what_a_map_does(void **state)
{
    for (uint64_t first = 1; first <= SEEDS; first++) {
        uint64_t seed = first;
        print_message("seed %llu\n", (unsigned long long)first);
        kw_store_options options = stores_fresh(*state);
        kw_store *store = stores_open(&options);
        stores_write(store, "CREATE TABLE item (id BIGINT PRIMARY KEY, n BIGINT NOT NULL)");
        model m = {0};
        for (int i = 0; i < GROUPS; i++) {
            run_group(store, &m, &seed);
            if (next(&seed) % 8 == 0) {
                kw_store_free(store);
                store = stores_open(&options);
            }
            EXPECT_OK(kw_store_read(store, compare, &m, NULL));
        }
        EXPECT_OK(kw_store_check(store, NULL));
        kw_store_free(store);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(store__does_what_a_map_does)};
    return STORES_RUN_ON_BOTH(tests);
}
