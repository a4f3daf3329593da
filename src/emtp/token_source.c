/* SPDX-License-Identifier: Apache-2.0
 * JSON lines and CSV rows into batches. Personal data: buffers are wiped when they are let go. */
#include "emtp/token_source.h"

#include "base/ct.h"
#include "base/heap.h"
#include "codec/csv.h"
#include "emtp/token_csv.h"

enum {
    CSV_CHUNK_BYTES = 64 * 1024,
    CSV_CELLS_MAX = 256
};

struct kw_emtp_source {
    kw_emtp_input input;
    uint64_t bytes_read;
    bool has_ended; /* of the input */
    /* JSON lines */
    uint64_t line;    /* of the line read last */
    bool is_skipping; /* in a line that is too long and was handed over already */
    kw_buf carry;     /* read, but behind the last batch */
    /* CSV */
    kw_csv *csv; /* NULL: JSON lines */
    uint8_t *chunk;
    kw_emtp_csv_columns columns;
    kw_buf row;          /* a row as JSON that waits for room */
    uint64_t row_number; /* its line; 0: none waits */
};

kw_status kw_emtp_source_new(kw_emtp_source **out, kw_emtp_input input, bool is_csv)
{
    KW_AUTO_PTR(kw_emtp_source) source = kw_heap_new(1, sizeof *source);
    if (source == NULL) {
        return KW_NO_MEMORY;
    }
    source->input = input;
    source->carry = kw_buf_init(KW_EMTP_BATCH_BYTES_MAX);
    source->row = kw_buf_init(8 * KW_EMTP_LINE_BYTES_MAX);
    if (is_csv) {
        source->chunk = kw_heap_new(CSV_CHUNK_BYTES, 1);
        if (source->chunk == NULL) {
            return KW_NO_MEMORY;
        }
        KW_TRY(kw_csv_new(&source->csv, KW_EMTP_LINE_BYTES_MAX, CSV_CELLS_MAX));
    } else {
        KW_TRY(kw_buf_reserve(&source->carry, KW_EMTP_BATCH_BYTES_MAX));
    }
    *out = source;
    source = NULL;
    return KW_OK;
}

static void wipe_buf(kw_buf *buf)
{
    if (buf->ptr != NULL) {
        kw_wipe(buf->ptr, buf->capacity);
    }
    kw_buf_drop(buf);
}

void kw_emtp_source_free(kw_emtp_source *source)
{
    if (source == NULL) {
        return;
    }
    wipe_buf(&source->carry);
    wipe_buf(&source->row);
    if (source->chunk != NULL) {
        kw_wipe(source->chunk, CSV_CHUNK_BYTES);
    }
    kw_heap_free(source->chunk);
    kw_csv_free(source->csv);
    kw_heap_free(source);
}

uint64_t kw_emtp_source_bytes(const kw_emtp_source *source)
{
    return source->bytes_read;
}

static kw_status read_input(kw_emtp_source *source, size_t *out_len, kw_mspan room, kw_error *err)
{
    KW_TRY(source->input.read(source->input.ctx, out_len, room, err));
    source->has_ended = *out_len == 0;
    source->bytes_read += *out_len;
    return KW_OK;
}

/* ---- JSON lines ---- */

/* Notes a line of the batch, unless it is blank. */
static void note_line(kw_emtp_source *source, kw_emtp_batch *batch, size_t at, size_t len)
{
    source->line++;
    kw_str line = {(const char *)batch->in.ptr + at, len};
    if (kw_str_trim(line).len > 0) {
        batch->lines[batch->lines_count++] =
            (kw_emtp_batch_line){.at = (uint32_t)at, .len = (uint32_t)len, .number = source->line};
    }
}

/* Splits what is in the batch; the first byte behind the last line taken is the result. */
static size_t split_lines(kw_emtp_source *source, kw_emtp_batch *batch)
{
    size_t at = 0;
    while (at < batch->in.len && batch->lines_count < KW_EMTP_BATCH_LINES_MAX) {
        const uint8_t *start = batch->in.ptr + at;
        const uint8_t *end = memchr(start, '\n', batch->in.len - at);
        size_t len = end != NULL ? (size_t)(end - start) : batch->in.len - at;
        if (end == NULL && !source->has_ended) {
            break;
        }
        if (source->is_skipping) { /* the rest of a line that is too long */
            source->is_skipping = false;
        } else {
            note_line(source, batch, at, len);
        }
        at += len + (end != NULL);
    }
    return at;
}

/* A whole buffer without an end of line: hands over its front, which is too long already, once. */
static void cut_long_line(kw_emtp_source *source, kw_emtp_batch *batch)
{
    if (!source->is_skipping) {
        note_line(source, batch, 0, KW_EMTP_LINE_BYTES_MAX + 1);
    }
    source->is_skipping = true;
}

/* Moves the bytes from `at` on to the carry. */
static kw_status carry_rest(kw_emtp_source *source, const kw_emtp_batch *batch, size_t at)
{
    return kw_buf_append(&source->carry, (kw_span){batch->in.ptr + at, batch->in.len - at});
}

/* One round: what was carried, one read, the lines in both. */
static kw_status fill_once(kw_emtp_source *source, kw_emtp_batch *batch, kw_error *err)
{
    bool has_line =
        source->carry.len > 0 && memchr(source->carry.ptr, '\n', source->carry.len) != NULL;
    KW_TRY_AT(err, kw_buf_append(&batch->in, kw_buf_view(&source->carry)), "reading input");
    kw_buf_clear(&source->carry);
    if (!has_line && !source->has_ended) {
        size_t got = 0;
        kw_mspan room = {batch->in.ptr + batch->in.len, KW_EMTP_BATCH_BYTES_MAX - batch->in.len};
        KW_TRY(read_input(source, &got, room, err));
        batch->in.len += got;
    }
    size_t taken = split_lines(source, batch);
    if (taken == 0 && batch->in.len == KW_EMTP_BATCH_BYTES_MAX) {
        cut_long_line(source, batch);
        taken = batch->in.len;
    }
    KW_TRY_AT(err, carry_rest(source, batch, taken), "reading input");
    if (batch->lines_count == 0) {
        kw_emtp_batch_clear(batch);
    }
    return KW_OK;
}

static kw_status fill_lines(kw_emtp_source *source, kw_emtp_batch *batch, kw_error *err)
{
    while (batch->lines_count == 0) {
        if (source->has_ended && source->carry.len == 0) {
            return KW_END;
        }
        KW_TRY(fill_once(source, batch, err));
    }
    return KW_OK;
}

/* ---- CSV ---- */

/* The next row as JSON in source->row; END. */
static kw_status next_row(kw_emtp_source *source, kw_error *err)
{
    for (;;) {
        const kw_str *cells = NULL;
        size_t count = 0;
        kw_status st = kw_csv_next(source->csv, &cells, &count, err);
        if (st == KW_END) {
            size_t got = 0;
            if (source->has_ended) {
                return KW_END;
            }
            KW_TRY(read_input(source, &got, (kw_mspan){source->chunk, CSV_CHUNK_BYTES}, err));
            kw_csv_feed(source->csv, (kw_span){source->chunk, got}, source->has_ended);
            continue;
        }
        KW_TRY_AT(err, st, "reading CSV, line %d", (int)kw_csv_line(source->csv));
        if (!source->columns.is_known) {
            KW_TRY(kw_emtp_csv_header(&source->columns, cells, count, err));
        } else if (count > 1 || cells[0].len > 0) {
            source->row_number = kw_csv_line(source->csv);
            kw_buf_clear(&source->row);
            return kw_emtp_csv_row(&source->row, &source->columns, cells, count, err);
        }
    }
}

/* Puts the waiting row into the batch; false when it has no room. A row that is longer than a
 * line may be goes in as far as it takes to be refused for that. */
static bool put_row(kw_emtp_source *source, kw_emtp_batch *batch)
{
    size_t len = KW_MIN(source->row.len, (size_t)KW_EMTP_LINE_BYTES_MAX + 1);
    if (batch->lines_count == KW_EMTP_BATCH_LINES_MAX ||
        len > KW_EMTP_BATCH_BYTES_MAX - batch->in.len) {
        return false;
    }
    batch->lines[batch->lines_count++] = (kw_emtp_batch_line){
        .at = (uint32_t)batch->in.len, .len = (uint32_t)len, .number = source->row_number};
    memcpy(batch->in.ptr + batch->in.len, source->row.ptr, len);
    batch->in.len += len;
    source->row_number = 0;
    return true;
}

static kw_status fill_rows(kw_emtp_source *source, kw_emtp_batch *batch, kw_error *err)
{
    for (;;) {
        if (source->row_number == 0) {
            kw_status st = next_row(source, err);
            if (st == KW_END && batch->lines_count > 0) {
                return KW_OK;
            }
            KW_TRY(st);
        }
        if (!put_row(source, batch)) {
            return KW_OK;
        }
    }
}

kw_status kw_emtp_source_fill(kw_emtp_source *source, kw_emtp_batch *batch, kw_error *err)
{
    KW_ASSERT(batch->in.len == 0 && batch->lines_count == 0 &&
              batch->in.capacity >= KW_EMTP_BATCH_BYTES_MAX);
    return source->csv != NULL ? fill_rows(source, batch, err) : fill_lines(source, batch, err);
}
