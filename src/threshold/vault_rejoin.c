/* SPDX-License-Identifier: Apache-2.0
 * A vault that is emptied. */
#include "threshold/vault_rejoin.h"

#include "store/migrate.h"
#include "store/sql.h"
#include "threshold/schema.h"

static kw_status forget(kw_tx *tx, void *ctx, kw_error *err)
{
    static const char *const tables[] = {
        "DELETE FROM threshold_records",
        "DELETE FROM threshold_certificates",
        "DELETE FROM threshold_vault",
        "DELETE FROM threshold_reshares",
    };
    const uint64_t *at = ctx;
    for (size_t i = 0; i < KW_COUNT(tables); i++) {
        KW_TRY(kw_sql_run(tx, NULL, tables[i], KW_SQL_NO_ARGS, err));
    }
    return kw_sql_run(tx, NULL,
                      "INSERT INTO threshold_rejoins (id, rejoined_at) VALUES (1, $1)"
                      " ON CONFLICT (id) DO UPDATE SET rejoined_at = excluded.rejoined_at"
                      " WHERE excluded.rejoined_at > threshold_rejoins.rejoined_at",
                      KW_SQL_ARGS(kw_sql_int((int64_t)*at)), err);
}

/* Rows first: slots without rows are swept or refused, rows without slots are GONE again. */
kw_status kw_vault_rejoin(kw_store *store, kw_slots *slots, uint64_t at, kw_error *err)
{
    KW_AUTO(kw_slot_ids) ids = {0};
    KW_TRY(kw_store_migrate(store, KW_THRESHOLD_AREA, kw_threshold_migrations,
                            kw_threshold_migrations_count, err));
    KW_TRY_AT(err, kw_store_write(store, forget, &at, err), "emptying the vault");
    KW_TRY(kw_slots_list(slots, &ids, err));
    for (size_t i = 0; i < ids.count; i++) {
        KW_TRY_AT(err, kw_slots_destroy(slots, &ids.items[i], err), "destroying a slot");
    }
    return KW_OK;
}

static kw_status read_at(kw_tx *tx, void *ctx, kw_error *err)
{
    KW_AUTO(kw_rows) rows = {0};
    int64_t at = 0;
    kw_error none = {0};
    kw_status st = kw_sql_query_one(
        tx, &rows, "SELECT rejoined_at FROM threshold_rejoins WHERE id = 1", KW_SQL_NO_ARGS, &none);
    if (st == KW_OK) {
        KW_TRY(kw_rows_int(&rows, &at, 0, err));
        KW_REQUIRE(at > 0, err, KW_CORRUPT, "the time of rejoining");
    } else if (st != KW_NOT_FOUND) {
        return kw_fail(err, st, "%s", none.text);
    }
    uint64_t *out = ctx;
    *out = (uint64_t)at;
    return KW_OK;
}

kw_status kw_vault_rejoined_at(kw_store *store, uint64_t *out, kw_error *err)
{
    KW_TRY_AT(err, kw_store_read(store, read_at, out, err), "reading when the operator rejoined");
    return KW_OK;
}
