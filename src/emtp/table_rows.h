/* SPDX-License-Identifier: Apache-2.0
 * Token tables of participants on a registry, in the store. */
#ifndef KW_EMTP_TABLE_ROWS_H
#define KW_EMTP_TABLE_ROWS_H

#include "base/arena.h"
#include "emtp/engine/match.h"
#include "store/store.h"

/* A participant's table. */
typedef struct kw_emtp_table {
    kw_str participant;
    kw_match_owner owner;
    kw_str surl;       /* where its rows come from */
    uint64_t last_seq; /* of the last row that was applied */
} kw_emtp_table;

/* Registers a table or changes its URL; another URL is read from its beginning. `out` has the
 * participant's number; its texts are those of the arguments. CONFLICT: the role changed. */
KW_MUST_USE kw_status kw_emtp_table_put(kw_tx *tx, kw_emtp_table *out, kw_str participant,
                                        uint8_t role, kw_str surl, kw_error *err);

/* Remembers how far a table was read. */
KW_MUST_USE kw_status kw_emtp_table_advance(kw_tx *tx, kw_str participant, uint64_t last_seq,
                                            kw_error *err);

/* Calls `visit` for all tables by position; texts are borrowed for the call. */
typedef kw_status (*kw_emtp_table_visit)(void *ctx, const kw_emtp_table *table, kw_error *err);
KW_MUST_USE kw_status kw_emtp_table_each(kw_tx *tx, kw_emtp_table_visit visit, void *ctx,
                                         kw_error *err);

/* Adds or replaces one row of tokens (the record of STP); removes it. */
KW_MUST_USE kw_status kw_emtp_table_row_put(kw_tx *tx, kw_str participant, kw_str nurl,
                                            kw_str tokens, kw_error *err);
KW_MUST_USE kw_status kw_emtp_table_row_remove(kw_tx *tx, kw_str participant, kw_str nurl,
                                               kw_error *err);

/* Calls `visit` for all rows of a participant; texts are borrowed for the call. */
typedef kw_status (*kw_emtp_table_row_visit)(void *ctx, kw_str nurl, kw_str tokens, kw_error *err);
KW_MUST_USE kw_status kw_emtp_table_row_each(kw_tx *tx, kw_str participant,
                                             kw_emtp_table_row_visit visit, void *ctx,
                                             kw_error *err);

#endif /* KW_EMTP_TABLE_ROWS_H */
