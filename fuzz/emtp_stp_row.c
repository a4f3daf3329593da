/* SPDX-License-Identifier: Apache-2.0
 * kw_stp_row_parse, kw_stp_row_encode, kw_stp_next, kw_stp_table_read: first byte file or answer,
 * the rest the text of a table. */
#include "emtp/engine/stp_table.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A row that was parsed is written as one that parses to the same. */
static void check_row(const kw_stp_row *row)
{
    KW_AUTO(kw_buf) line = kw_buf_init(2 * KW_STP_LINE_BYTES_MAX);
    kw_stp_row again = {0};
    if (kw_stp_row_encode(&line, row, NULL) != KW_OK) {
        return; /* four fields in a line that has no room for the fifth TAB */
    }
    KW_ASSERT(line.len > 0);
    kw_str text = {(const char *)line.ptr, line.len - 1};
    KW_ASSERT(kw_stp_row_parse(&again, text, NULL) == KW_OK);
    KW_ASSERT(again.seq_no == row->seq_no && again.action == row->action &&
              kw_str_equal(again.key, row->key) && kw_str_equal(again.record, row->record));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0) {
        return 0;
    }
    kw_str text = {(const char *)data + 1, size - 1};
    kw_stp_cursor cursor = kw_stp_cursor_of(text, (data[0] & 1) != 0);
    kw_stp_row row = {0};
    while (kw_stp_next(&cursor, &row, NULL) == KW_OK) {
        check_row(&row);
    }
    KW_AUTO_PTR(kw_stp_table) table = NULL;
    KW_ASSERT(kw_stp_table_new(&table, 0, 1 << 20) == KW_OK);
    cursor = kw_stp_cursor_of(text, true);
    kw_error err = {0};
    kw_status st = kw_stp_table_read(table, &cursor, &err);
    KW_ASSERT(st == KW_OK || err.status == st);
    size_t count = 0;
    uint64_t last = 0;
    for (size_t at = 0; kw_stp_table_next(table, &at, &row); count++) {
        KW_ASSERT(row.seq_no > last && row.seq_no <= kw_stp_table_last(table));
        last = row.seq_no;
    }
    KW_ASSERT(count == kw_stp_table_count(table));
    return 0;
}
