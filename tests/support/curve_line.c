/* SPDX-License-Identifier: Apache-2.0
 * Lines of kw-curve's protocol. */
#include "support/curve_line.h"

#include "codec/hex.h"
#include "kw_curve/lines.h"
#include "support/expect.h"
#include "support/json_tree.h"

curve_line curve_line_of(const char *curve, const char *op)
{
    curve_line line = {.text = kw_buf_init(CURVE_LINE_BYTES_MAX),
                       .answer = kw_buf_init(CURVE_LINE_BYTES_MAX)};
    EXPECT_OK(
        kw_buf_append_format(&line.text, "{\"curve\":\"%s\",\"op\":\"%s\",\"in\":[", curve, op));
    return line;
}

void curve_line_drop(curve_line *line)
{
    kw_buf_drop(&line->text);
    kw_buf_drop(&line->answer);
}

static kw_str without_prefix(kw_str hex)
{
    return kw_str_starts_with(hex, KW_STR("0x")) ? (kw_str){hex.ptr + 2, hex.len - 2} : hex;
}

void curve_line_in(curve_line *line, kw_str hex)
{
    assert_false(line->has_members);
    kw_str digits = without_prefix(hex);
    EXPECT_OK(kw_buf_append_format(&line->text, "%s\"%.*s\"", line->inputs_count++ == 0 ? "" : ",",
                                   KW_STR_ARG(digits)));
}

void curve_line_in_bytes(curve_line *line, kw_span bytes)
{
    KW_AUTO(kw_buf) text = kw_buf_init(CURVE_LINE_BYTES_MAX);
    EXPECT_OK(kw_hex_encode(&text, bytes));
    curve_line_in(line, kw_buf_text(&text));
}

void curve_line_member(curve_line *line, const char *name, kw_str text)
{
    EXPECT_OK(kw_buf_append_format(&line->text, "%s,\"%s\":\"%.*s\"", line->has_members ? "" : "]",
                                   name, KW_STR_ARG(text)));
    line->has_members = true;
}

void curve_line_dst(curve_line *line, kw_str ascii)
{
    KW_AUTO(kw_buf) text = kw_buf_init(CURVE_LINE_BYTES_MAX);
    EXPECT_OK(kw_hex_encode(&text, kw_span_of_str(ascii)));
    curve_line_member(line, "dst", kw_buf_text(&text));
}

void curve_line_run(curve_line *line)
{
    EXPECT_OK(kw_buf_append_str(&line->text, line->has_members ? KW_STR("}") : KW_STR("]}")));
    EXPECT_OK(curve_lines_answer(&line->answer, kw_buf_text(&line->text)));
}

/* Fails unless the answer has that member with that value; prints both lines. */
static void expect_member(curve_line *line, const char *name, kw_str wanted)
{
    curve_line_run(line);
    KW_AUTO_PTR(kw_json) answer = json_tree_parse(kw_buf_text(&line->answer));
    const kw_json *value = kw_json_get(answer, name);
    if (value == NULL || !kw_str_equal(kw_json_text(value), wanted)) {
        print_error("%.*s\nanswer: %.*swanted: %s %.*s\n", KW_STR_ARG(kw_buf_text(&line->text)),
                    KW_STR_ARG(kw_buf_text(&line->answer)), name, KW_STR_ARG(wanted));
        fail();
    }
}

void curve_line_expect(curve_line *line, kw_str hex)
{
    expect_member(line, "out", without_prefix(hex));
}

void curve_line_expect_verdict(curve_line *line, bool verdict)
{
    curve_line_run(line);
    static const char *const wanted[] = {"{\"id\":null,\"out\":false}\n",
                                         "{\"id\":null,\"out\":true}\n"};
    EXPECT_STR(kw_buf_text(&line->answer), wanted[verdict]);
}

void curve_line_expect_error(curve_line *line, kw_status status)
{
    expect_member(line, "error", kw_str_of(kw_status_name(status)));
}

void curve_line_take(curve_line *line, kw_buf *out)
{
    curve_line_run(line);
    KW_AUTO_PTR(kw_json) answer = json_tree_parse(kw_buf_text(&line->answer));
    EXPECT_OK(kw_buf_append_str(out, json_tree_text(answer, "out")));
}
