/* SPDX-License-Identifier: Apache-2.0
 * A table replayed from STP rows: the last `+` row of every live key, in order of SeqNo (the
 * `view=active` of emtp.md 9.2). */
#ifndef KW_EMTP_ENGINE_STP_TABLE_H
#define KW_EMTP_ENGINE_STP_TABLE_H

#include "emtp/engine/stp_row.h"

typedef struct kw_stp_table kw_stp_table;

/* An empty table whose last SeqNo is `last`. `bytes_max`: of all live keys, records and
 * timestamps together. NO_MEMORY. */
KW_MUST_USE kw_status kw_stp_table_new(kw_stp_table **out, uint64_t last, size_t bytes_max);
void kw_stp_table_free(kw_stp_table *table); /* takes NULL */
KW_AUTO_PTR_DEFINE(kw_stp_table);

/* Applies a row, or ignores it when its SeqNo is not above the last one. The texts are copied.
 * LIMIT: more live bytes than allowed (the table is as before); NO_MEMORY. */
KW_MUST_USE kw_status kw_stp_table_apply(kw_stp_table *table, const kw_stp_row *row);

/* Applies all rows that a cursor gives. KW_OK at the end of the text; else the status that stopped
 * it, with the rows before applied. */
KW_MUST_USE kw_status kw_stp_table_read(kw_stp_table *table, kw_stp_cursor *cursor, kw_error *err);

/* SeqNo of the last row applied. */
uint64_t kw_stp_table_last(const kw_stp_table *table);

size_t kw_stp_table_count(const kw_stp_table *table);

/* The live row of a key, valid until the next change; false when there is none. */
KW_MUST_USE bool kw_stp_table_find(const kw_stp_table *table, kw_str key, kw_stp_row *out);

/* Walks the live rows, SeqNo ascending. Start with *at = 0; false: there are no more. */
KW_MUST_USE bool kw_stp_table_next(const kw_stp_table *table, size_t *at, kw_stp_row *out);

#endif /* KW_EMTP_ENGINE_STP_TABLE_H */
