/* SPDX-License-Identifier: Apache-2.0
 * Requests to kw-curve's operations in this process, as lines of its protocol. */
#ifndef KW_TESTS_SUPPORT_CURVE_LINE_H
#define KW_TESTS_SUPPORT_CURVE_LINE_H

#include "base/buf.h"

/* A request while it is written: curve and operation first, then inputs, then members. */
typedef struct curve_line {
    kw_buf text;
    kw_buf answer; /* of the last run, without LF */
    size_t inputs_count;
    bool has_members; /* no input may follow */
} curve_line;

curve_line curve_line_of(const char *curve, const char *op);
void curve_line_drop(curve_line *line);

/* Appends an input: hexadecimal text, with or without 0x; bytes. */
void curve_line_in(curve_line *line, kw_str hex);
void curve_line_in_bytes(curve_line *line, kw_span bytes);

/* Appends "name":"text". */
void curve_line_member(curve_line *line, const char *name, kw_str text);
void curve_line_dst(curve_line *line, kw_str ascii);

/* Runs the request and closes the line; the answer is in `answer`. Runs once. */
void curve_line_run(curve_line *line);

/* Each runs the request and fails the test unless that is the answer. `hex` may begin with 0x. */
void curve_line_expect(curve_line *line, kw_str hex);
void curve_line_expect_verdict(curve_line *line, bool verdict);
void curve_line_expect_error(curve_line *line, kw_status status);

/* Runs the request, which must answer bytes, and appends them as hexadecimal text. */
void curve_line_take(curve_line *line, kw_buf *out);

#endif /* KW_TESTS_SUPPORT_CURVE_LINE_H */
