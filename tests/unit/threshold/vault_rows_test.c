/* SPDX-License-Identifier: Apache-2.0
 * Rows go in and come out as they are. */
#include "threshold/vault_rows.h"

#include "store/migrate.h"
#include "support/expect.h"
#include "support/stores.h"
#include "threshold/schema.h"

static kw_store *open_store(stores *all)
{
    kw_store_options options = stores_fresh(all);
    kw_store *store = stores_open(&options);
    EXPECT_OK(kw_store_migrate(store, KW_THRESHOLD_AREA, kw_threshold_migrations,
                               kw_threshold_migrations_count, NULL));
    return store;
}

static kw_vault_row row_of(kw_record_kind kind, uint8_t scope, uint8_t id, const char *text)
{
    kw_vault_row row = {.kind = kind, .record = kw_span_of_str(kw_str_of(text))};
    memset(row.scope.bytes, scope, sizeof row.scope.bytes);
    memset(row.id.bytes, id, sizeof row.id.bytes);
    memset(row.slot.bytes, 0xee, sizeof row.slot.bytes);
    return row;
}

static kw_status put(kw_tx *tx, void *ctx, kw_error *err)
{
    return kw_vault_rows_put(tx, ctx, err);
}

/* Looks for the row, whose record is what is expected. */
static kw_status find(kw_tx *tx, void *ctx, kw_error *err)
{
    const kw_vault_row *wanted = ctx;
    KW_AUTO(kw_rows) rows = {0};
    kw_vault_row found = *wanted;
    KW_TRY(kw_vault_rows_find(tx, &rows, &found, err));
    EXPECT_SPAN(found.record, wanted->record);
    EXPECT_SPAN(KW_SPAN(found.slot.bytes), KW_SPAN(wanted->slot.bytes));
    return KW_OK;
}

static kw_status erase(kw_tx *tx, void *ctx, kw_error *err)
{
    const kw_vault_row *row = ctx;
    return kw_vault_rows_erase(tx, row->kind, &row->scope, err);
}

/* Both cursors; there are no certificates in the table of them. */
static kw_status count(kw_tx *tx, void *ctx, kw_error *err)
{
    size_t *counts = ctx;
    for (size_t i = 0; i < 2; i++) {
        KW_AUTO(kw_rows) rows = {0};
        kw_vault_row row;
        KW_TRY(i == 0 ? kw_vault_rows_query(tx, &rows, err)
                      : kw_vault_rows_query_all(tx, &rows, err));
        counts[i] = 0;
        while (kw_rows_next(&rows, err) == KW_OK) {
            KW_TRY(kw_vault_rows_read(&rows, &row, err));
            counts[i]++;
        }
    }
    return KW_OK;
}

static void rows__are_found_replaced_and_erased(void **state)
{
    kw_store *store = open_store(*state);
    kw_vault_row a = row_of(KW_RECORD_SHARE, 1, 0, "a");
    kw_vault_row b = row_of(KW_RECORD_MESSAGE, 1, 2, "b");
    kw_vault_row c = row_of(KW_RECORD_CERTIFICATE, 1, 2, "c");
    size_t counts[2];
    EXPECT_STATUS(kw_store_read(store, find, &a, NULL), KW_NOT_FOUND);
    EXPECT_OK(kw_store_write(store, put, &a, NULL));
    EXPECT_OK(kw_store_write(store, put, &b, NULL));
    EXPECT_OK(kw_store_write(store, put, &c, NULL));
    a.record = kw_span_of_str(KW_STR("replaced"));
    a.slot.bytes[0] = 1;
    EXPECT_OK(kw_store_write(store, put, &a, NULL));
    EXPECT_OK(kw_store_read(store, find, &a, NULL));
    EXPECT_OK(kw_store_read(store, find, &b, NULL));
    EXPECT_OK(kw_store_read(store, count, counts, NULL));
    assert_int_equal(counts[0], 2);
    assert_int_equal(counts[1], 3);
    EXPECT_OK(kw_store_write(store, erase, &a, NULL));
    EXPECT_OK(kw_store_write(store, erase, &a, NULL));
    EXPECT_STATUS(kw_store_read(store, find, &a, NULL), KW_NOT_FOUND);
    EXPECT_OK(kw_store_read(store, find, &b, NULL));
    kw_store_free(store);
}

static kw_status put_header(kw_tx *tx, void *ctx, kw_error *err)
{
    return kw_vault_rows_put_header(tx, ctx, err);
}

static kw_status get_header(kw_tx *tx, void *ctx, kw_error *err)
{
    return kw_vault_rows_header(tx, ctx, err);
}

static void header__is_one_and_is_replaced(void **state)
{
    kw_store *store = open_store(*state);
    kw_vault_header header = {.witness = {7, 8, 9}, .witness_len = 3};
    kw_vault_header found = {0};
    EXPECT_STATUS(kw_store_read(store, get_header, &found, NULL), KW_NOT_FOUND);
    EXPECT_OK(kw_store_write(store, put_header, &header, NULL));
    header.slot.bytes[5] = 5;
    EXPECT_OK(kw_store_write(store, put_header, &header, NULL));
    EXPECT_OK(kw_store_read(store, get_header, &found, NULL));
    assert_int_equal(found.witness_len, 3);
    assert_memory_equal(found.witness, header.witness, 3);
    assert_int_equal(found.slot.bytes[5], 5);
    stores_write(store, "UPDATE threshold_vault SET cluster = witness");
    EXPECT_STATUS(kw_store_read(store, get_header, &found, NULL), KW_CORRUPT);
    kw_store_free(store);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(rows__are_found_replaced_and_erased),
                                       cmocka_unit_test(header__is_one_and_is_replaced)};
    return STORES_RUN_ON_BOTH(tests);
}
