/* SPDX-License-Identifier: Apache-2.0
 * Rows of the State Transfer Protocol: one shape is written, few are read (emtp.md 9.1). */
#include "emtp/engine/stp_row.h"

#include "codec/utf8.h"

#include <inttypes.h>

static bool has_byte(kw_str text, char byte)
{
    return text.len > 0 && memchr(text.ptr, byte, text.len) != NULL;
}

static bool is_blank(kw_str line)
{
    for (size_t i = 0; i < line.len; i++) {
        if (line.ptr[i] != ' ') {
            return false;
        }
    }
    return true;
}

static kw_str without_last_cr(kw_str line)
{
    return kw_str_ends_with(line, KW_STR("\r")) ? (kw_str){line.ptr, line.len - 1} : line;
}

/* Cuts the four or five fields. */
static kw_status cut_fields(kw_str fields[5], kw_str line, kw_error *err)
{
    kw_str rest = line;
    bool has_more = true;
    for (size_t i = 0; i < 4; i++) {
        KW_REQUIRE(has_more, err, KW_BAD_INPUT, "a row has fewer than four fields");
        has_more = kw_str_split(rest, '\t', &fields[i], &rest);
    }
    fields[4] = rest;
    return KW_OK;
}

kw_status kw_stp_row_parse(kw_stp_row *out, kw_str line, kw_error *err)
{
    KW_REQUIRE(line.len < KW_STP_LINE_BYTES_MAX, err, KW_LIMIT, "a row is longer than 512 KiB");
    kw_str fields[5] = {{0}};
    KW_REQUIRE(!has_byte(line, '\r') && !has_byte(line, '\0') && !has_byte(line, '\n') &&
                   kw_utf8_is_valid(line),
               err, KW_BAD_INPUT, "a row is not clean UTF-8");
    KW_TRY(cut_fields(fields, line, err));
    kw_stp_row row = {.timestamp = fields[1], .key = fields[3], .record = fields[4]};
    KW_REQUIRE(kw_str_to_u64(fields[0], KW_STP_SEQ_NO_MAX, &row.seq_no) && row.seq_no > 0, err,
               KW_BAD_INPUT, "SeqNo is not a positive number");
    bool is_add = kw_str_equal(fields[2], KW_STR("+"));
    KW_REQUIRE(is_add || kw_str_equal(fields[2], KW_STR("-")), err, KW_BAD_INPUT,
               "the action is neither + nor -");
    row.action = is_add ? KW_STP_ADD : KW_STP_DELETE;
    KW_REQUIRE(row.key.len > 0, err, KW_BAD_INPUT, "the key is empty");
    KW_REQUIRE(is_add || row.record.len == 0, err, KW_BAD_INPUT, "a deletion has a record");
    *out = row;
    return KW_OK;
}

/* Appends the line of a row, without its LF. */
static kw_status append_fields(kw_buf *out, const kw_stp_row *row)
{
    KW_TRY(kw_buf_append_format(out, "%" PRIu64 "\t", row->seq_no));
    KW_TRY(kw_buf_append_str(out, row->timestamp));
    KW_TRY(kw_buf_append_str(out, row->action == KW_STP_ADD ? KW_STR("\t+\t") : KW_STR("\t-\t")));
    KW_TRY(kw_buf_append_str(out, row->key));
    KW_TRY(kw_buf_append_str(out, KW_STR("\t")));
    return kw_buf_append_str(out, row->record);
}

/* Appends a row; after a failure a part of it may stand in `out`. */
static kw_status append_row(kw_buf *out, const kw_stp_row *row, kw_error *err)
{
    size_t before = out->len;
    kw_stp_row same = {0};
    KW_REQUIRE(!has_byte(row->timestamp, '\t') && !has_byte(row->key, '\t'), err, KW_BAD_INPUT,
               "a key or timestamp has a TAB");
    KW_TRY_AT(err, append_fields(out, row), "writing an STP row");
    kw_str line = kw_buf_text(out);
    KW_TRY(kw_stp_row_parse(&same, (kw_str){line.ptr + before, line.len - before}, err));
    KW_TRY_AT(err, kw_buf_append_str(out, KW_STR("\n")), "writing an STP row");
    return KW_OK;
}

kw_status kw_stp_row_encode(kw_buf *out, const kw_stp_row *row, kw_error *err)
{
    size_t before = out->len;
    kw_status st = append_row(out, row, err);
    if (st != KW_OK) {
        out->len = before;
    }
    return st;
}

kw_status kw_stp_next(kw_stp_cursor *cursor, kw_stp_row *out, kw_error *err)
{
    while (cursor->rest.len > 0) {
        kw_str line = {0};
        kw_str rest = {0};
        bool has_end = kw_str_split(cursor->rest, '\n', &line, &rest);
        if (!has_end && !cursor->is_file) {
            KW_REQUIRE(line.len < KW_STP_LINE_BYTES_MAX, err, KW_LIMIT,
                       "a row is longer than 512 KiB");
            return KW_END;
        }
        bool is_too_long = line.len >= KW_STP_LINE_BYTES_MAX;
        line = has_end && !is_too_long ? without_last_cr(line) : line;
        if (!is_blank(line)) {
            KW_TRY_AT(err, kw_stp_row_parse(out, line, err), "reading line %" PRIu64,
                      cursor->line + 1);
        }
        cursor->rest = rest;
        cursor->line++;
        if (!is_blank(line)) {
            return KW_OK;
        }
    }
    return KW_END;
}
