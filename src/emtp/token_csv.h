/* SPDX-License-Identifier: Apache-2.0
 * CSV rows as records: which column is which member. */
#ifndef KW_EMTP_TOKEN_CSV_H
#define KW_EMTP_TOKEN_CSV_H

#include "base/buf.h"

enum {
    KW_EMTP_CSV_COLUMNS_MAX = 256
};

typedef enum kw_emtp_csv_column {
    KW_EMTP_CSV_FULL_NAME,
    KW_EMTP_CSV_DOB,
    KW_EMTP_CSV_PHONE,
    KW_EMTP_CSV_ADDRESS, /* free text */
    KW_EMTP_CSV_IDNO,
    KW_EMTP_CSV_LINE1, /* from here on: parts of one address */
    KW_EMTP_CSV_LINE2,
    KW_EMTP_CSV_CITY,
    KW_EMTP_CSV_STATE,
    KW_EMTP_CSV_POSTAL_CODE,
    KW_EMTP_CSV_COUNTRY,
} kw_emtp_csv_column;

/* All-zero: the header was not read yet. */
typedef struct kw_emtp_csv_columns {
    bool is_known;
    kw_emtp_csv_column columns[KW_EMTP_CSV_COLUMNS_MAX];
    size_t count;
} kw_emtp_csv_columns;

/* Reads the header row (token_source.h says which names there are; a byte order mark before them
 * is skipped). BAD_INPUT: another name, a single column twice, no full_name. */
KW_MUST_USE kw_status kw_emtp_csv_header(kw_emtp_csv_columns *out, const kw_str *cells,
                                         size_t count, kw_error *err);

/* Appends a row as the JSON of a record, which is checked as every other. Cells beyond the header
 * become a member that no record has. LIMIT, NO_MEMORY. */
KW_MUST_USE kw_status kw_emtp_csv_row(kw_buf *out, const kw_emtp_csv_columns *columns,
                                      const kw_str *cells, size_t count, kw_error *err);

#endif /* KW_EMTP_TOKEN_CSV_H */
