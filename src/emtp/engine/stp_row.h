/* SPDX-License-Identifier: Apache-2.0
 * Rows of the State Transfer Protocol (emtp.md 9.1), one line each:
 *     SeqNo TAB Timestamp TAB Action TAB PrimaryKey TAB Record LF */
#ifndef KW_EMTP_ENGINE_STP_ROW_H
#define KW_EMTP_ENGINE_STP_ROW_H

#include "base/buf.h"

enum {
    KW_STP_LINE_BYTES_MAX = 512 * 1024
}; /* with its LF */

#define KW_STP_SEQ_NO_MAX ((uint64_t)INT64_MAX)

typedef enum kw_stp_action {
    KW_STP_ADD,    /* `+`: add or replace */
    KW_STP_DELETE, /* `-`: the record is empty */
} kw_stp_action;

typedef struct kw_stp_row {
    uint64_t seq_no;  /* 1..KW_STP_SEQ_NO_MAX, the only order */
    kw_str timestamp; /* RFC 3339 UTC by custom; not checked */
    kw_stp_action action;
    kw_str key;    /* not empty, no TAB */
    kw_str record; /* may hold TABs */
} kw_stp_row;

/* Reads one line without its LF; texts borrow from it. BAD_INPUT: fewer than four fields, a SeqNo
 * with a sign, leading zero or out of range, another action, an empty key, a deletion with a
 * record, a CR that is not last, U+0000, invalid UTF-8. LIMIT: the line is too long. */
KW_MUST_USE kw_status kw_stp_row_parse(kw_stp_row *out, kw_str line, kw_error *err);

/* Appends a row with its LF; nothing on failure. BAD_INPUT: a row that kw_stp_row_parse would not
 * give back. LIMIT: the line or the buffer is too long. NO_MEMORY. */
KW_MUST_USE kw_status kw_stp_row_encode(kw_buf *out, const kw_stp_row *row, kw_error *err);

/* Walks the rows of a text. Lines of spaces only are skipped and counted. */
typedef struct kw_stp_cursor {
    kw_str rest;   /* not read yet */
    bool is_file;  /* a last row without LF counts: in a file, never in an HTTP answer */
    uint64_t line; /* of the row read last, from 1 */
} kw_stp_cursor;

static inline kw_stp_cursor kw_stp_cursor_of(kw_str text, bool is_file)
{
    return (kw_stp_cursor){.rest = text, .is_file = is_file};
}

/* The next row. END: none is left (`rest` is then an unfinished line, unless `is_file`). After
 * BAD_INPUT or LIMIT, reading stops: the cursor stays at that row, and `err` names its line. */
KW_MUST_USE kw_status kw_stp_next(kw_stp_cursor *cursor, kw_stp_row *out, kw_error *err);

#endif /* KW_EMTP_ENGINE_STP_ROW_H */
