/* SPDX-License-Identifier: Apache-2.0
 * Everything out of the vault again, for a restart or for another operator key. Secret inputs: both
 * keys and the records. */
#include "base/heap.h"
#include "threshold/limits.h"
#include "threshold/vault_inner.h"

/* ---- for a restart ---- */
void kw_vault_records_drop(kw_vault_records *records)
{
    for (size_t i = 0; i < records->count; i++) {
        kw_secret_bytes_drop(&records->opened[i]);
    }
    kw_heap_free(records->opened);
    kw_heap_free(records->items);
    *records = (kw_vault_records){0};
}

/* The list while it grows. */
typedef struct reading {
    kw_vault *vault;
    kw_vault_records records;
    size_t items_capacity;
    size_t opened_capacity;
} reading;

static kw_status make_room(reading *r, kw_error *err)
{
    kw_vault_records *records = &r->records;
    kw_operator_record *items =
        kw_vault_room(records->items, records->count, &r->items_capacity, sizeof *records->items);
    KW_REQUIRE(items != NULL, err, KW_NO_MEMORY, "no memory for the records");
    records->items = items;
    kw_secret_bytes *opened = kw_vault_room(records->opened, records->count, &r->opened_capacity,
                                            sizeof *records->opened);
    KW_REQUIRE(opened != NULL, err, KW_NO_MEMORY, "no memory for the records");
    records->opened = opened;
    return KW_OK;
}

static kw_status read_one(reading *r, kw_rows *rows, kw_error *err)
{
    kw_vault_row row;
    kw_vault_records *records = &r->records;
    KW_TRY(kw_vault_rows_read(rows, &row, err));
    KW_TRY(make_room(r, err));
    KW_AUTO(kw_secret_bytes) opened = kw_secret_bytes_init(KW_VAULT_RECORD_BYTES_MAX);
    KW_TRY(kw_vault_open_row(r->vault, &opened, &row, err));
    records->items[records->count] = (kw_operator_record){
        .kind = row.kind, .scope = row.scope, .id = row.id, .bytes = kw_secret_bytes_view(&opened)};
    records->opened[records->count++] = kw_secret_bytes_take(&opened);
    return KW_OK;
}

static kw_status read_rows(kw_tx *tx, void *ctx, kw_error *err)
{
    reading *r = ctx;
    KW_AUTO(kw_rows) rows = {0};
    KW_TRY(kw_vault_rows_query(tx, &rows, err));
    kw_status st = kw_rows_next(&rows, err);
    while (st == KW_OK) {
        KW_TRY(read_one(r, &rows, err));
        st = kw_rows_next(&rows, err);
    }
    return st == KW_END ? KW_OK : st;
}

kw_status kw_vault_read(kw_vault *vault, kw_vault_records *out, kw_error *err)
{
    KW_ASSERT(out->items == NULL);
    reading r = {.vault = vault};
    kw_status st = kw_store_read(vault->store, read_rows, &r, err);
    if (st != KW_OK) {
        kw_vault_records_drop(&r.records);
        return kw_error_at(err, st, "reading the vault");
    }
    *out = r.records;
    return KW_OK;
}

/* ---- for another key ---- */

/* Where the records stand; a cursor may not be open while they are written. */
typedef struct rekeying {
    kw_vault *vault;
    const kw_secret32 *fresh;
    kw_vault_row *rows; /* owned; without their records */
    size_t count;
    size_t capacity;
} rekeying;

static kw_status list_rows(kw_tx *tx, rekeying *r, kw_error *err)
{
    KW_AUTO(kw_rows) rows = {0};
    r->count = 0;
    KW_TRY(kw_vault_rows_query_all(tx, &rows, err));
    kw_status st = kw_rows_next(&rows, err);
    while (st == KW_OK) {
        kw_vault_row *grown = kw_vault_room(r->rows, r->count, &r->capacity, sizeof *r->rows);
        KW_REQUIRE(grown != NULL, err, KW_NO_MEMORY, "no memory for the list of records");
        r->rows = grown;
        KW_TRY(kw_vault_rows_read(&rows, &grown[r->count], err));
        grown[r->count++].record = (kw_span){0};
        st = kw_rows_next(&rows, err);
    }
    return st == KW_END ? KW_OK : st;
}

/* CT: leaks lengths. */
static kw_status fresh_key(const rekeying *r, kw_secret32 *out, const kw_hash32 *slot,
                           kw_error *err)
{
    KW_AUTO(kw_secret32) salt = {0};
    KW_TRY(kw_vault_slot_of(r->vault, &salt, slot, err));
    kw_vault_key(out, r->fresh, &salt);
    return KW_OK;
}

static kw_status open_one(kw_tx *tx, const rekeying *r, kw_secret_bytes *out, kw_vault_row *row,
                          kw_error *err)
{
    KW_AUTO(kw_rows) rows = {0};
    KW_TRY(kw_vault_rows_find(tx, &rows, row, err));
    return kw_vault_open_row(r->vault, out, row, err);
}

static kw_status rekey_one(kw_tx *tx, const rekeying *r, kw_vault_row row, kw_error *err)
{
    KW_AUTO(kw_secret_bytes) plain = kw_secret_bytes_init(KW_VAULT_RECORD_BYTES_MAX);
    KW_AUTO(kw_secret32) key = {0};
    KW_AUTO(kw_buf) sealed = kw_buf_init(KW_VAULT_RECORD_BYTES_MAX + KW_VAULT_SEAL_OVERHEAD_BYTES);
    KW_TRY(open_one(tx, r, &plain, &row, err));
    KW_TRY(fresh_key(r, &key, &row.slot, err));
    kw_vault_place place = kw_vault_place_of(r->vault, &row);
    kw_status st =
        kw_vault_seal(r->vault->aead, &sealed, &key, &place, kw_secret_bytes_view(&plain));
    KW_REQUIRE(st == KW_OK, err, st, "sealing a record anew");
    row.record = kw_buf_view(&sealed);
    return kw_vault_rows_put(tx, &row, err);
}

static kw_status rekey(kw_tx *tx, void *ctx, kw_error *err)
{
    rekeying *r = ctx;
    KW_AUTO(kw_secret32) key = {0};
    kw_vault_header header;
    KW_TRY(list_rows(tx, r, err));
    for (size_t i = 0; i < r->count; i++) {
        KW_TRY(rekey_one(tx, r, r->rows[i], err));
    }
    KW_TRY(kw_vault_rows_header(tx, &header, err));
    KW_TRY(fresh_key(r, &key, &header.slot, err));
    KW_TRY(kw_vault_make_witness(r->vault, &header, &key, err));
    return kw_vault_rows_put_header(tx, &header, err);
}

kw_status kw_vault_rekey(kw_vault *vault, const kw_secret32 *operator_key, kw_error *err)
{
    KW_REQUIRE(vault->steps_count == 0, err, KW_BAD_STATE, "records are staged: commit first");
    KW_AUTO_PTR(kw_secret_key) fresh = NULL;
    kw_status st = kw_secret_key_new(&fresh, operator_key);
    KW_REQUIRE(st == KW_OK, err, st, "no locked memory for the operator key");
    rekeying r = {.vault = vault, .fresh = operator_key};
    st = kw_store_write(vault->store, rekey, &r, err);
    kw_heap_free(r.rows);
    KW_TRY_AT(err, st, "changing the operator key");
    kw_secret_key *old = vault->operator_key;
    vault->operator_key = fresh;
    fresh = old;
    return KW_OK;
}
