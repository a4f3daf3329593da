/* SPDX-License-Identifier: Apache-2.0
 * The line protocol of kw-curve: one JSON request a line, one answer a line. */
#ifndef KW_TESTS_KW_CURVE_LINES_H
#define KW_TESTS_KW_CURVE_LINES_H

#include "base/buf.h"

enum {
    CURVE_LINE_BYTES_MAX = 4 << 20,
    CURVE_LINE_DEPTH_MAX = 4,
};

/* Appends the answer to one line (without LF), and LF: {"id", "out"} or {"id", "error"}. `id` is
 * that of the request, a text or an integer within +-(2^53 - 1); else null. NO_MEMORY, LIMIT: of
 * `out`. */
KW_MUST_USE kw_status curve_lines_answer(kw_buf *out, kw_str line);

/* Appends the answer to a line that cannot be read. */
KW_MUST_USE kw_status curve_lines_refuse(kw_buf *out, kw_status why);

#endif /* KW_TESTS_KW_CURVE_LINES_H */
