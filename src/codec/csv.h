/* SPDX-License-Identifier: Apache-2.0
 * CSV rows (RFC 4180) from chunks of any size, in bounded memory. Rows end with LF or CRLF; a
 * quoted cell may hold commas, line ends and doubled quotes; a quote elsewhere is an error, not a
 * guess. */
#ifndef KW_CODEC_CSV_H
#define KW_CODEC_CSV_H

#include "base/buf.h"

typedef struct kw_csv kw_csv;

/* `row_bytes_max`: largest row as written, its line end included. `cells_max`: cells of one row.
 * NO_MEMORY. */
KW_MUST_USE kw_status kw_csv_new(kw_csv **out, size_t row_bytes_max, size_t cells_max);
void kw_csv_free(kw_csv *csv);
KW_AUTO_PTR_DEFINE(kw_csv);

/* Hands over the next chunk, which must outlive the calls of kw_csv_next until END; call only after
 * END. `is_last`: no chunk follows, so a row without a line end is whole. */
void kw_csv_feed(kw_csv *csv, kw_span chunk, bool is_last);

/* The next row: `out_cells[0 .. out_count)`, valid UTF-8 without U+0000, alive until the next call.
 * An empty line is a row of one empty cell. END: feed more, or everything was read. BAD_INPUT: a
 * misplaced quote, a bare CR, invalid text. LIMIT: row or cells too many. An error is final. */
KW_MUST_USE kw_status kw_csv_next(kw_csv *csv, const kw_str **out_cells, size_t *out_count,
                                  kw_error *err);

/* Line of the input where the last row or error began, from 1. */
uint64_t kw_csv_line(const kw_csv *csv);

/* Appends one cell, quoted when it must be; the caller writes ',' and CRLF. LIMIT, NO_MEMORY. */
KW_MUST_USE kw_status kw_csv_encode_cell(kw_buf *out, kw_str text);

#endif /* KW_CODEC_CSV_H */
