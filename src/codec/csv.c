/* SPDX-License-Identifier: Apache-2.0
 * RFC 4180 as a byte-wise machine. Cells are gathered unquoted in one buffer, so memory is bounded
 * by one row whatever the chunks. */
#include "codec/csv.h"

#include "base/heap.h"
#include "codec/utf8.h"

typedef enum state {
    AT_CELL_START,
    IN_PLAIN_CELL,
    IN_QUOTED_CELL,
    AFTER_QUOTE, /* a quote inside a quoted cell: its end, or half of a doubled one */
    AFTER_CR,
} state;

typedef enum step {
    STEP_ON,
    STEP_ROW, /* the row is whole */
    STEP_BAD,
} step;

struct kw_csv {
    kw_span chunk; /* borrowed; the unread rest */
    bool is_last;  /* no chunk follows */
    bool has_failed;
    state at;
    uint64_t line; /* where the row began */
    uint64_t lines_seen;
    size_t row_bytes; /* of this row as written */
    size_t row_bytes_max;
    kw_buf text;  /* unquoted cells, one behind the other */
    size_t *ends; /* of each finished cell in `text` */
    kw_str *cells;
    size_t cells_count;
    size_t cells_max;
};

kw_status kw_csv_new(kw_csv **out, size_t row_bytes_max, size_t cells_max)
{
    KW_AUTO_PTR(kw_csv) csv = kw_heap_new(1, sizeof *csv);
    if (csv == NULL) {
        return KW_NO_MEMORY;
    }
    csv->text = kw_buf_init(row_bytes_max);
    csv->row_bytes_max = row_bytes_max;
    csv->cells_max = cells_max;
    csv->ends = kw_heap_new(cells_max, sizeof *csv->ends);
    csv->cells = kw_heap_new(cells_max, sizeof *csv->cells);
    if (csv->ends == NULL || csv->cells == NULL) {
        return KW_NO_MEMORY;
    }
    *out = csv;
    csv = NULL;
    return KW_OK;
}

void kw_csv_free(kw_csv *csv)
{
    if (csv == NULL) {
        return;
    }
    kw_buf_drop(&csv->text);
    kw_heap_free(csv->ends);
    kw_heap_free(csv->cells);
    kw_heap_free(csv);
}

void kw_csv_feed(kw_csv *csv, kw_span chunk, bool is_last)
{
    KW_ASSERT(csv->chunk.len == 0 && !csv->is_last);
    csv->chunk = chunk;
    csv->is_last = is_last;
}

uint64_t kw_csv_line(const kw_csv *csv)
{
    return csv->line;
}

static kw_status fail_at(kw_csv *csv, kw_status st, const char *what, kw_error *err)
{
    csv->has_failed = true;
    return kw_fail(err, st, "line %llu: %s", (unsigned long long)csv->line, what);
}

static void begin_row(kw_csv *csv)
{
    kw_buf_clear(&csv->text);
    csv->cells_count = 0;
    csv->row_bytes = 0;
    csv->at = AT_CELL_START;
    csv->line = csv->lines_seen + 1;
}

static bool end_cell(kw_csv *csv)
{
    if (csv->cells_count == csv->cells_max) {
        return false;
    }
    csv->ends[csv->cells_count++] = csv->text.len;
    return true;
}

/* Where a byte leads that ends a cell or is part of none: ',', CR, LF. False: it is another byte.
 * */
static bool step_between(kw_csv *csv, uint8_t c, step *out)
{
    if (c == ',') {
        csv->at = AT_CELL_START;
        *out = STEP_ON;
    } else if (c == '\r') {
        csv->at = AFTER_CR;
        *out = STEP_ON;
    } else if (c == '\n') {
        *out = STEP_ROW;
    } else {
        return false;
    }
    return true;
}

/* The machine. `*keep`: the byte is part of the cell; `*ends_cell`: the cell is whole. */
static step take_byte(kw_csv *csv, uint8_t c, bool *keep, bool *ends_cell)
{
    step next = STEP_ON;
    switch (csv->at) {
    case AT_CELL_START:
        if (c == '"') {
            csv->at = IN_QUOTED_CELL;
            return STEP_ON;
        }
        *ends_cell = step_between(csv, c, &next);
        *keep = !*ends_cell;
        csv->at = *keep ? IN_PLAIN_CELL : csv->at;
        return next;
    case IN_PLAIN_CELL:
        *ends_cell = step_between(csv, c, &next);
        *keep = !*ends_cell;
        return c == '"' ? STEP_BAD : next;
    case IN_QUOTED_CELL:
        *keep = c != '"';
        csv->at = c == '"' ? AFTER_QUOTE : IN_QUOTED_CELL;
        return STEP_ON;
    case AFTER_QUOTE:
        *keep = c == '"';
        csv->at = c == '"' ? IN_QUOTED_CELL : csv->at;
        *ends_cell = !*keep && step_between(csv, c, &next);
        return *keep || *ends_cell ? next : STEP_BAD;
    case AFTER_CR:
        return c == '\n' ? STEP_ROW : STEP_BAD;
    }
    return STEP_BAD;
}

/* Bytes of the chunk that a cell takes as they are, without a look at the machine. */
static size_t plain_run(const kw_csv *csv)
{
    bool is_quoted = csv->at == IN_QUOTED_CELL;
    if (!is_quoted && csv->at != IN_PLAIN_CELL) {
        return 0;
    }
    size_t run = 0;
    while (run < csv->chunk.len) {
        uint8_t c = csv->chunk.ptr[run];
        if (c == '"' || c == '\n' || (!is_quoted && (c == ',' || c == '\r'))) {
            break;
        }
        run++;
    }
    return run;
}

static kw_status take_span(kw_csv *csv, size_t len, bool keep, kw_error *err)
{
    csv->row_bytes += len;
    if (csv->row_bytes > csv->row_bytes_max) {
        return fail_at(csv, KW_LIMIT, "the row is too long", err);
    }
    kw_span taken = {csv->chunk.ptr, len};
    csv->chunk = (kw_span){csv->chunk.ptr + len, csv->chunk.len - len};
    if (keep && kw_buf_append(&csv->text, taken) != KW_OK) {
        return fail_at(csv, KW_NO_MEMORY, "no memory for the row", err);
    }
    return KW_OK;
}

/* The row as texts; the buffer does not move any more. */
static kw_status finish_row(kw_csv *csv, const kw_str **out_cells, size_t *out_count, kw_error *err)
{
    kw_str all = kw_buf_text(&csv->text);
    size_t begin = 0;
    for (size_t i = 0; i < csv->cells_count; i++) {
        kw_str cell = {all.len == 0 ? "" : all.ptr + begin, csv->ends[i] - begin};
        if (!kw_utf8_is_valid(cell) || memchr(cell.ptr, 0, cell.len) != NULL) {
            return fail_at(csv, KW_BAD_INPUT, "a cell is not valid UTF-8 or holds U+0000", err);
        }
        csv->cells[i] = cell;
        begin = csv->ends[i];
    }
    *out_cells = csv->cells;
    *out_count = csv->cells_count;
    csv->at = AT_CELL_START;
    csv->row_bytes = 0;
    return KW_OK;
}

/* At the end of all input: the last row may lack its line end. */
static kw_status finish_input(kw_csv *csv, const kw_str **out_cells, size_t *out_count,
                              kw_error *err)
{
    if (csv->row_bytes == 0) {
        return KW_END;
    }
    if (csv->at == IN_QUOTED_CELL || csv->at == AFTER_CR) {
        return fail_at(csv, KW_BAD_INPUT, "the row is not complete", err);
    }
    if (!end_cell(csv)) {
        return fail_at(csv, KW_LIMIT, "the row has too many cells", err);
    }
    return finish_row(csv, out_cells, out_count, err);
}

/* One run of bytes or one byte. */
static kw_status advance(kw_csv *csv, step *out, kw_error *err)
{
    size_t run = plain_run(csv);
    if (run > 0) {
        *out = STEP_ON;
        return take_span(csv, run, true, err);
    }
    bool keep = false;
    bool ends_cell = false;
    uint8_t c = csv->chunk.ptr[0];
    *out = take_byte(csv, c, &keep, &ends_cell);
    csv->lines_seen += c == '\n';
    if (*out == STEP_BAD) {
        return fail_at(csv, KW_BAD_INPUT, "a quote or carriage return out of place", err);
    }
    KW_TRY(take_span(csv, 1, keep, err));
    if (ends_cell && !end_cell(csv)) {
        return fail_at(csv, KW_LIMIT, "the row has too many cells", err);
    }
    return KW_OK;
}

kw_status kw_csv_next(kw_csv *csv, const kw_str **out_cells, size_t *out_count, kw_error *err)
{
    if (csv->has_failed) {
        return fail_at(csv, KW_BAD_INPUT, "the input was refused before", err);
    }
    if (csv->row_bytes == 0) {
        begin_row(csv);
    }
    step next = STEP_ON;
    while (csv->chunk.len > 0 && next == STEP_ON) {
        KW_TRY(advance(csv, &next, err));
    }
    if (next == STEP_ROW) {
        return finish_row(csv, out_cells, out_count, err);
    }
    return csv->is_last ? finish_input(csv, out_cells, out_count, err) : KW_END;
}

kw_status kw_csv_encode_cell(kw_buf *out, kw_str text)
{
    bool is_plain = true;
    for (size_t i = 0; i < text.len; i++) {
        is_plain = is_plain && strchr(",\"\r\n", text.ptr[i]) == NULL;
    }
    if (is_plain) {
        return kw_buf_append_str(out, text);
    }
    KW_TRY(kw_buf_append_byte(out, '"'));
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == '"') {
            KW_TRY(kw_buf_append_byte(out, '"'));
        }
        KW_TRY(kw_buf_append_byte(out, (uint8_t)text.ptr[i]));
    }
    return kw_buf_append_byte(out, '"');
}
