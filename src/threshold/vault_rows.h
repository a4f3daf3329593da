/* SPDX-License-Identifier: Apache-2.0
 * SQL of the vault; nothing here opens a record. Each call is part of the transaction of `tx` and
 * may fail as kw_sql_run; CORRUPT: a row that is none of ours. */
#ifndef KW_THRESHOLD_VAULT_ROWS_H
#define KW_THRESHOLD_VAULT_ROWS_H

#include "store/sql.h"
#include "threshold/engine/operator/operator.h"

/* The one row of the vault itself. */
typedef struct kw_vault_header {
    kw_hash32 cluster_id;
    kw_hash32 slot;
    uint8_t witness[64];
    size_t witness_len;
} kw_vault_header;

/* NOT_FOUND: no vault yet. */
KW_MUST_USE kw_status kw_vault_rows_header(kw_tx *tx, kw_vault_header *out, kw_error *err);
KW_MUST_USE kw_status kw_vault_rows_put_header(kw_tx *tx, const kw_vault_header *header,
                                               kw_error *err);

/* A record as it stands in the store; borrows from the cursor that it was read from. */
typedef struct kw_vault_row {
    kw_record_kind kind;
    kw_hash32 scope;
    kw_hash32 id;
    kw_hash32 slot;
    kw_span record; /* sealed */
} kw_vault_row;

/* Inserts, or replaces the record of this kind, scope and id. */
KW_MUST_USE kw_status kw_vault_rows_put(kw_tx *tx, const kw_vault_row *row, kw_error *err);

/* Deletes all of this kind and scope; there may be none. */
KW_MUST_USE kw_status kw_vault_rows_erase(kw_tx *tx, kw_record_kind kind, const kw_hash32 *scope,
                                          kw_error *err);

/* A cursor over what a restart needs, by kind, scope and id: all but the certificates before the
 * newest KW_OPERATOR_ERAS_MAX, and those from before a rejoin, which are there to tell of their
 * time and end no silence. */
KW_MUST_USE kw_status kw_vault_rows_query(kw_tx *tx, kw_rows *out, kw_error *err);

/* The same over all rows. */
KW_MUST_USE kw_status kw_vault_rows_query_all(kw_tx *tx, kw_rows *out, kw_error *err);

/* The row that the cursor is on. */
KW_MUST_USE kw_status kw_vault_rows_read(kw_rows *rows, kw_vault_row *out, kw_error *err);

/* Looks for the record of `row`'s kind, scope and id, with a cursor from which the rest of `row`
 * borrows. NOT_FOUND. */
KW_MUST_USE kw_status kw_vault_rows_find(kw_tx *tx, kw_rows *rows, kw_vault_row *row,
                                         kw_error *err);

#endif /* KW_THRESHOLD_VAULT_ROWS_H */
