/* SPDX-License-Identifier: Apache-2.0
 * Rows of sealed records. */
#include "threshold/vault_rows.h"

#define COLUMNS "kind, scope, id, slot, record"

kw_status kw_vault_rows_header(kw_tx *tx, kw_vault_header *out, kw_error *err)
{
    KW_AUTO(kw_rows) rows = {0};
    kw_vault_header header = {0};
    kw_span witness = {0};
    KW_TRY(kw_sql_query_one(tx, &rows,
                            "SELECT cluster, slot, witness FROM threshold_vault WHERE id = 1",
                            KW_SQL_NO_ARGS, err));
    KW_TRY(kw_rows_blob_into(&rows, KW_MSPAN(header.cluster_id.bytes), 0, err));
    KW_TRY(kw_rows_blob_into(&rows, KW_MSPAN(header.slot.bytes), 1, err));
    KW_TRY(kw_rows_blob(&rows, &witness, 2, err));
    KW_REQUIRE(witness.len <= sizeof header.witness, err, KW_CORRUPT, "the vault's witness");
    memcpy(header.witness, witness.ptr, witness.len);
    header.witness_len = witness.len;
    *out = header;
    return KW_OK;
}

kw_status kw_vault_rows_put_header(kw_tx *tx, const kw_vault_header *header, kw_error *err)
{
    kw_span witness = {header->witness, header->witness_len};
    return kw_sql_run(tx, NULL,
                      "INSERT INTO threshold_vault (id, cluster, slot, witness)"
                      " VALUES (1, $1, $2, $3) ON CONFLICT (id) DO UPDATE SET"
                      " cluster = excluded.cluster, slot = excluded.slot,"
                      " witness = excluded.witness",
                      KW_SQL_ARGS(kw_sql_blob(KW_SPAN(header->cluster_id.bytes)),
                                  kw_sql_blob(KW_SPAN(header->slot.bytes)), kw_sql_blob(witness)),
                      err);
}

kw_status kw_vault_rows_put(kw_tx *tx, const kw_vault_row *row, kw_error *err)
{
    return kw_sql_run(tx, NULL,
                      "INSERT INTO threshold_records (" COLUMNS ") VALUES ($1, $2, $3, $4, $5)"
                      " ON CONFLICT (kind, scope, id) DO UPDATE SET slot = excluded.slot,"
                      " record = excluded.record",
                      KW_SQL_ARGS(kw_sql_int(row->kind), kw_sql_blob(KW_SPAN(row->scope.bytes)),
                                  kw_sql_blob(KW_SPAN(row->id.bytes)),
                                  kw_sql_blob(KW_SPAN(row->slot.bytes)), kw_sql_blob(row->record)),
                      err);
}

kw_status kw_vault_rows_erase(kw_tx *tx, kw_record_kind kind, const kw_hash32 *scope, kw_error *err)
{
    return kw_sql_run(tx, NULL, "DELETE FROM threshold_records WHERE kind = $1 AND scope = $2",
                      KW_SQL_ARGS(kw_sql_int(kind), kw_sql_blob(KW_SPAN(scope->bytes))), err);
}

kw_status kw_vault_rows_query(kw_tx *tx, kw_rows *out, kw_error *err)
{
    return kw_sql_query(
        tx, out,
        "SELECT " COLUMNS " FROM threshold_records WHERE kind <> $1 OR scope IN"
        " (SELECT hash FROM threshold_certificates WHERE session_at > COALESCE("
        "(SELECT rejoined_at FROM threshold_rejoins WHERE id = 1), -1)"
        " ORDER BY epoch DESC LIMIT $2)"
        " ORDER BY kind, scope, id",
        KW_SQL_ARGS(kw_sql_int(KW_RECORD_CERTIFICATE), kw_sql_int(KW_OPERATOR_ERAS_MAX)), err);
}

kw_status kw_vault_rows_query_all(kw_tx *tx, kw_rows *out, kw_error *err)
{
    return kw_sql_query(tx, out,
                        "SELECT " COLUMNS " FROM threshold_records ORDER BY kind, scope, id",
                        KW_SQL_NO_ARGS, err);
}

kw_status kw_vault_rows_read(kw_rows *rows, kw_vault_row *out, kw_error *err)
{
    kw_vault_row row = {0};
    int64_t kind = 0;
    KW_TRY(kw_rows_int(rows, &kind, 0, err));
    KW_REQUIRE(kind >= KW_RECORD_CERTIFICATE && kind <= KW_RECORD_MESSAGE, err, KW_CORRUPT,
               "a record of an unknown kind");
    row.kind = (kw_record_kind)kind;
    KW_TRY(kw_rows_blob_into(rows, KW_MSPAN(row.scope.bytes), 1, err));
    KW_TRY(kw_rows_blob_into(rows, KW_MSPAN(row.id.bytes), 2, err));
    KW_TRY(kw_rows_blob_into(rows, KW_MSPAN(row.slot.bytes), 3, err));
    KW_TRY(kw_rows_blob(rows, &row.record, 4, err));
    *out = row;
    return KW_OK;
}

kw_status kw_vault_rows_find(kw_tx *tx, kw_rows *rows, kw_vault_row *row, kw_error *err)
{
    KW_TRY(
        kw_sql_query_one(tx, rows,
                         "SELECT " COLUMNS " FROM threshold_records"
                         " WHERE kind = $1 AND scope = $2 AND id = $3",
                         KW_SQL_ARGS(kw_sql_int(row->kind), kw_sql_blob(KW_SPAN(row->scope.bytes)),
                                     kw_sql_blob(KW_SPAN(row->id.bytes))),
                         err));
    return kw_vault_rows_read(rows, row, err);
}
