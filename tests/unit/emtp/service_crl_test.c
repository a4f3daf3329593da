/* SPDX-License-Identifier: Apache-2.0
 * The crl stream follows revocation lists: rows for what changed, and for nothing else. */
#include "emtp/service_crl.h"

#include "base/heap.h"
#include "emtp/schema.h"
#include "os/thread.h"
#include "support/expect.h"
#include "support/stores.h"

#include <stdio.h>
#include <stdlib.h>

#define AT ((kw_unix_s)1767225600) /* 2026-01-01T00:00:00Z */

typedef struct bench {
    kw_store *store;
    kw_emtp_stream *stream;
} bench;

static kw_emtp_stream *new_stream(void)
{
    kw_emtp_stream *stream = NULL;
    kw_emtp_stream_options options = {.name = KW_EMTP_STREAM_CRL,
                                      .media_type = "text/sequence",
                                      .monotonic = kw_clock_monotonic()};
    EXPECT_OK(kw_emtp_stream_new(&stream, &options, NULL));
    return stream;
}

static bench bench_make(void **state)
{
    kw_store_options options = stores_fresh(*state);
    bench b = {.store = stores_open(&options), .stream = new_stream()};
    EXPECT_OK(kw_store_migrate(b.store, KW_EMTP_AREA, kw_emtp_migrations, kw_emtp_migrations_count,
                               NULL));
    return b;
}

static void bench_drop(bench *b)
{
    kw_emtp_stream_free(b->stream);
    kw_store_free(b->store);
}

/* Publishes items, ascending by serial. */
static kw_status publish(bench *b, kw_x509_revoked *items, size_t count)
{
    const kw_x509_crls crls = {.items = items, .count = count};
    kw_error err = {0};
    kw_status st = kw_emtp_crl_publish(b->store, b->stream, &crls, AT, &err);
    assert_int_equal(err.status, st);
    return st;
}

static int64_t rows_of(bench *b)
{
    return stores_number(b->store, "SELECT COUNT(*) FROM emtp_stream_rows");
}

static void expect_record(bench *b, const char *serial, const char *wanted)
{
    KW_AUTO(kw_buf) record = kw_buf_init(1024);
    kw_status st = kw_emtp_stream_find(b->stream, &record, kw_str_of(serial));
    EXPECT_STATUS(st, wanted == NULL ? KW_NOT_FOUND : KW_OK);
    if (wanted != NULL) {
        EXPECT_STR(kw_buf_text(&record), wanted);
    }
}

static void crl_publish__writes_what_changed(void **state)
{
    bench b = bench_make(state);
    kw_x509_revoked items[] = {{.serial = {"1f"}, .at = AT - 60},
                               {.serial = {"2"}, .at = AT - 30},
                               {.serial = {"a0"}, .at = AT}};
    EXPECT_OK(publish(&b, items, 2));
    assert_int_equal(rows_of(&b), 2);
    expect_record(&b, "1f", "2025-12-31T23:59:00Z");
    expect_record(&b, "2", "2025-12-31T23:59:30Z");
    EXPECT_OK(publish(&b, items, 2)); /* the same set: no row */
    assert_int_equal(rows_of(&b), 2);
    EXPECT_OK(publish(&b, items, 3));
    assert_int_equal(rows_of(&b), 3);
    items[1].at = AT - 31; /* another moment replaces the row */
    EXPECT_OK(publish(&b, items, 3));
    assert_int_equal(rows_of(&b), 4);
    expect_record(&b, "2", "2025-12-31T23:59:29Z");
    EXPECT_OK(publish(&b, items + 1, 2)); /* one left the list */
    assert_int_equal(rows_of(&b), 5);
    expect_record(&b, "1f", NULL);
    EXPECT_OK(publish(&b, items, 3)); /* and came back */
    assert_int_equal(rows_of(&b), 6);
    expect_record(&b, "1f", "2025-12-31T23:59:00Z");
    EXPECT_OK(publish(&b, NULL, 0));
    assert_int_equal(rows_of(&b), 9);
    expect_record(&b, "a0", NULL);
    EXPECT_OK(publish(&b, NULL, 0));
    assert_int_equal(rows_of(&b), 9);
    bench_drop(&b);
}

static void crl_publish__repeats_nothing_after_a_restart(void **state)
{
    bench b = bench_make(state);
    kw_x509_revoked items[] = {{.serial = {"1"}, .at = AT}, {.serial = {"2"}, .at = AT}};
    EXPECT_OK(publish(&b, items, 2));
    kw_emtp_stream_free(b.stream);
    b.stream = new_stream();
    EXPECT_OK(publish(&b, items, 2));
    assert_int_equal(rows_of(&b), 2);
    bench_drop(&b);
}

/* Two nodes on one store: the second takes over what the first wrote, and adds its own. */
static void crl_publish__agrees_with_another_node(void **state)
{
    bench b = bench_make(state);
    bench other = {.store = b.store, .stream = new_stream()};
    kw_x509_revoked items[] = {{.serial = {"1"}, .at = AT}, {.serial = {"2"}, .at = AT}};
    EXPECT_OK(publish(&b, items, 1));
    EXPECT_OK(publish(&other, items, 1));
    assert_int_equal(rows_of(&b), 1);
    EXPECT_OK(publish(&other, items, 2));
    assert_int_equal(rows_of(&b), 2);
    EXPECT_OK(publish(&b, items, 2));
    assert_int_equal(rows_of(&b), 2);
    kw_emtp_stream_free(other.stream);
    bench_drop(&b);
}

/* One of two nodes that publish the same list at the same time. */
typedef struct node {
    bench b;
    kw_x509_crls crls;
    kw_status st;
} node;

static void run_node(void *ctx)
{
    node *n = ctx;
    n->st = kw_emtp_crl_publish(n->b.store, n->b.stream, &n->crls, AT, NULL);
}

/* Whoever plans by rows that are no longer the last has to plan again. */
static void crl_publish__writes_no_row_twice_side_by_side(void **state)
{
    enum {
        ROUNDS = 10,
        COUNT = 600 /* two transactions: nobody can be overtaken more than twice */
    };
    kw_x509_revoked *items = calloc(COUNT, sizeof *items);
    assert_non_null(items);
    for (unsigned i = 0; i < COUNT; i++) {
        (void)snprintf(items[i].serial.text, sizeof items[i].serial.text, "%x", 0x1000 + i);
        items[i].at = AT;
    }
    bench b = bench_make(state);
    node nodes[2] = {{.b = b}, {.b = {.store = b.store, .stream = new_stream()}}};
    for (int64_t round = 1; round <= ROUNDS; round++) {
        kw_thread threads[2] = {0};
        for (size_t i = 0; i < KW_COUNT(nodes); i++) {
            nodes[i].crls = (kw_x509_crls){.items = items, .count = round % 2 == 1 ? COUNT : 0};
            EXPECT_OK(kw_thread_start(&threads[i], "node", run_node, &nodes[i], NULL));
        }
        for (size_t i = 0; i < KW_COUNT(nodes); i++) {
            kw_thread_join(&threads[i]);
        }
        EXPECT_OK(nodes[0].st);
        EXPECT_OK(nodes[1].st);
        assert_int_equal(rows_of(&b), round * COUNT);
    }
    free(items);
    kw_emtp_stream_free(nodes[1].b.stream);
    bench_drop(&b);
}

static void crl_publish__takes_long_lists(void **state)
{
    enum {
        COUNT = 1200 /* more than two transactions */
    };
    bench b = bench_make(state);
    kw_x509_revoked *items = calloc(COUNT, sizeof *items);
    assert_non_null(items);
    for (unsigned i = 0; i < COUNT; i++) {
        (void)snprintf(items[i].serial.text, sizeof items[i].serial.text, "%x", 0x10000 + i);
        items[i].at = AT;
    }
    EXPECT_OK(publish(&b, items, COUNT));
    assert_int_equal(rows_of(&b), COUNT);
    EXPECT_OK(publish(&b, items, COUNT));
    assert_int_equal(rows_of(&b), COUNT);
    EXPECT_OK(publish(&b, items + 600, 600));
    assert_int_equal(rows_of(&b), COUNT + 600);
    assert_int_equal(stores_number(b.store, "SELECT MAX(seq) FROM emtp_stream_rows"), COUNT + 600);
    free(items);
    bench_drop(&b);
}

static kw_status write_key(kw_tx *tx, void *ctx, kw_error *err)
{
    kw_emtp_change change = {.key = kw_str_of(ctx), .record = KW_STR("x")};
    return kw_emtp_stream_write(tx, KW_EMTP_STREAM_CRL, AT, &change, err);
}

static void crl_publish__refuses_a_stream_that_is_none(void **state)
{
    bench b = bench_make(state);
    char longer[] = "00000000000000000000000000000000000000001"; /* 41 digits */
    EXPECT_OK(kw_store_write(b.store, write_key, longer, NULL));
    EXPECT_STATUS(publish(&b, NULL, 0), KW_CORRUPT);
    assert_int_equal(rows_of(&b), 1);
    bench_drop(&b);
}

/* Allocations of the caller's thread; a row is written whole or not. */
static void crl_publish__survives_every_failed_allocation(void **state)
{
    bench b = bench_make(state);
    kw_x509_revoked items[] = {{.serial = {"1"}, .at = AT}, {.serial = {"2"}, .at = AT}};
    kw_status st = KW_NO_MEMORY;
    for (uint64_t nth = 1; st != KW_OK; nth++) {
        assert_true(nth < 1000);
        kw_heap_fail_at(nth);
        st = publish(&b, items, 2);
        kw_heap_fail_at(0);
        assert_true(st == KW_OK || st == KW_NO_MEMORY || st == KW_LIMIT);
    }
    assert_int_equal(rows_of(&b), 2);
    expect_record(&b, "2", "2026-01-01T00:00:00Z");
    bench_drop(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(crl_publish__writes_what_changed),
        cmocka_unit_test(crl_publish__repeats_nothing_after_a_restart),
        cmocka_unit_test(crl_publish__agrees_with_another_node),
        cmocka_unit_test(crl_publish__writes_no_row_twice_side_by_side),
        cmocka_unit_test(crl_publish__takes_long_lists),
        cmocka_unit_test(crl_publish__refuses_a_stream_that_is_none),
        cmocka_unit_test(crl_publish__survives_every_failed_allocation),
    };
    return STORES_RUN_ON_BOTH(tests);
}
