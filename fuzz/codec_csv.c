/* SPDX-License-Identifier: Apache-2.0
 * Target: kw_csv_next. Rows do not depend on how the input was cut into chunks. */
#include "base/heap.h"
#include "codec/csv.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum {
    ROW_BYTES_MAX = 256,
    CELLS_MAX = 8
};

/* Writes all cells, each behind its length; gives the last status. */
static kw_status read_all(kw_buf *out, kw_span text, size_t chunk)
{
    KW_AUTO_PTR(kw_csv) csv = NULL;
    KW_TRY(kw_csv_new(&csv, ROW_BYTES_MAX, CELLS_MAX));
    kw_status st = KW_END;
    for (size_t at = 0; st == KW_END && at <= text.len; at += chunk) {
        size_t len = KW_MIN(chunk, text.len - at);
        kw_csv_feed(csv, (kw_span){text.ptr + at, len}, at + chunk > text.len);
        const kw_str *cells = NULL;
        size_t count = 0;
        while ((st = kw_csv_next(csv, &cells, &count, NULL)) == KW_OK) {
            for (size_t i = 0; i < count; i++) {
                KW_TRY(kw_buf_append_format(out, "%zu:%.*s,", cells[i].len, KW_STR_ARG(cells[i])));
            }
            KW_TRY(kw_buf_append_byte(out, '\n'));
        }
    }
    return st;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    KW_AUTO(kw_buf) whole = kw_buf_init(1 << 20);
    KW_AUTO(kw_buf) pieces = kw_buf_init(1 << 20);
    kw_status st = read_all(&whole, (kw_span){data, size}, size + 1);
    KW_ASSERT(read_all(&pieces, (kw_span){data, size}, 3) == st);
    KW_ASSERT(kw_span_equal_var(kw_buf_view(&whole), kw_buf_view(&pieces)));
    return 0;
}
