/* SPDX-License-Identifier: Apache-2.0
 * A full disk: writes are refused with NO_SPACE and leave nothing behind, reads go on, and writes
 * work again as soon as there is space. */
#include "store/store.h"

#include "os/thread.h"
#include "support/expect.h"
#include "support/small_disk.h"
#include "support/stores.h"

#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    DISK_BYTES = 2 << 20,
    BLOB_BYTES = 40000,
    WRITES = 24, /* in one batch */
};

static uint8_t blob[BLOB_BYTES];

static kw_status insert(kw_tx *tx, void *ctx, kw_error *err)
{
    const int64_t *id = ctx;
    return kw_sql_run(tx, NULL, "INSERT INTO item (id, body) VALUES ($1, $2)",
                      KW_SQL_ARGS(kw_sql_int(*id), kw_sql_blob(KW_SPAN(blob))), err);
}

/* Writes of one batch, held together by the first. */
typedef struct batch {
    kw_mutex lock;
    kw_cond changed;
    bool is_open;
    size_t settled;
    kw_status st[WRITES];
} batch;

typedef struct batch_write {
    batch *in;
    size_t index;
    int64_t id;
} batch_write;

static kw_status insert_in_batch(kw_tx *tx, void *ctx, kw_error *err)
{
    batch_write *w = ctx;
    if (w->index == 0) {
        KW_AUTO(kw_locked) hold = kw_lock(&w->in->lock);
        while (!w->in->is_open) {
            kw_cond_wait(&w->in->changed, &w->in->lock);
        }
    }
    return insert(tx, &w->id, err);
}

static void settle(void *ctx, kw_status st, const kw_error *err)
{
    KW_UNUSED(err);
    batch_write *w = ctx;
    KW_AUTO(kw_locked) hold = kw_lock(&w->in->lock);
    w->in->st[w->index] = st;
    w->in->settled++;
    kw_cond_broadcast(&w->in->changed);
}

/* How many of WRITES concurrent writes were acknowledged; the others failed with NO_SPACE. */
static size_t write_batch(kw_store *store, int64_t first_id)
{
    batch b = {0};
    batch_write writes[WRITES];
    for (size_t i = 0; i < WRITES; i++) {
        writes[i] = (batch_write){&b, i, first_id + (int64_t)i};
        EXPECT_OK(kw_store_write_async(store, insert_in_batch, settle, &writes[i], NULL));
    }
    KW_AUTO(kw_locked) hold = kw_lock(&b.lock);
    b.is_open = true;
    kw_cond_broadcast(&b.changed);
    while (b.settled < WRITES) {
        kw_cond_wait(&b.changed, &b.lock);
    }
    size_t acknowledged = 0;
    for (size_t i = 0; i < WRITES; i++) {
        if (b.st[i] == KW_OK) {
            acknowledged++;
        } else {
            EXPECT_STATUS(b.st[i], KW_NO_SPACE);
        }
    }
    return acknowledged;
}

/* What the store must hold after `acknowledged` writes, full or not. */
static void expect_count(kw_store *store, size_t acknowledged)
{
    assert_int_equal(stores_number(store, "SELECT COUNT(*) FROM item"), acknowledged);
    assert_int_equal(stores_number(store, "SELECT COUNT(*) FROM item WHERE LENGTH(body) = 40000"),
                     acknowledged);
}

/* Writes until it is full, stays readable, works again. */
static void fill_and_recover(kw_store *store, const small_disk *disk, size_t *acknowledged,
                             int64_t first_id)
{
    small_disk_fill(disk);
    size_t done = WRITES;
    int64_t id = first_id;
    while (done == WRITES) { /* space that the database had reserved may take some */
        done = write_batch(store, id);
        *acknowledged += done;
        id += WRITES;
        assert_true(id < first_id + 1000);
    }
    expect_count(store, *acknowledged);
    id = first_id + 5000;
    EXPECT_STATUS(kw_store_write(store, insert, &id, NULL), KW_NO_SPACE);
    expect_count(store, *acknowledged);
    small_disk_free(disk);
    EXPECT_OK(kw_store_write(store, insert, &id, NULL));
    *acknowledged += 1;
    expect_count(store, *acknowledged);
}

static void run_on(const kw_store_options *options, const small_disk *disk)
{
    kw_store *store = stores_open(options);
    stores_write(store, "CREATE TABLE item (id BIGINT PRIMARY KEY, body BYTEA NOT NULL)");
    size_t acknowledged = 0;
    for (uint32_t x = 1, i = 0; i < BLOB_BYTES; i++) { /* PostgreSQL compresses what it can */
        x = x * 1664525 + 1013904223;
        blob[i] = (uint8_t)(x >> 24);
    }
    fill_and_recover(store, disk, &acknowledged, 0);
    fill_and_recover(store, disk, &acknowledged, 10000);
    EXPECT_OK(kw_store_check(store, NULL));
    kw_store_free(store);
    store = stores_open(options);
    expect_count(store, acknowledged);
    kw_store_free(store);
}

/* SQLite: the file and its log are on the small disk. */
static void sqlite__refuses_writes_while_the_disk_is_full(void **state)
{
    KW_UNUSED(state);
    small_disk disk = small_disk_make(DISK_BYTES);
    tempdir_path path = tempdir_join(&disk.dir, "store.db");
    kw_store_options options = {.backend = KW_STORE_SQLITE, .where = path.text, .create = true};
    run_on(&options, &disk);
    small_disk_remove(&disk);
}

/* PostgreSQL: the tables are in a tablespace on the small disk, its own log is not. */
static void postgres__refuses_writes_while_the_disk_is_full(void **state)
{
    KW_UNUSED(state);
    small_disk disk = small_disk_make(DISK_BYTES);
    if (!disk.is_mounted) {
        print_message("no small file system for the server here: SQLite alone was tested\n");
        small_disk_remove(&disk);
        skip();
    }
    tempdir_path folder = tempdir_join(&disk.dir, "space");
    postgres pg;
    postgres_start(&pg);
    struct stat owner;
    assert_int_equal(stat(pg.dir.path, &owner), 0);
    assert_int_equal(mkdir(folder.text, 0700), 0);
    assert_int_equal(chown(folder.text, owner.st_uid, owner.st_gid), 0);
    postgres_where where = postgres_new_schema(&pg);
    char sql[600];
    (void)snprintf(sql, sizeof sql,
                   "CREATE TABLESPACE small LOCATION '%s';"
                   "ALTER ROLE keyward SET default_tablespace = small;",
                   folder.text);
    postgres_psql(&where, sql);
    kw_store_options options = {.backend = KW_STORE_POSTGRES, .where = where.text};
    run_on(&options, &disk);
    postgres_stop(&pg);
    small_disk_remove(&disk);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sqlite__refuses_writes_while_the_disk_is_full),
        cmocka_unit_test(postgres__refuses_writes_while_the_disk_is_full),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
