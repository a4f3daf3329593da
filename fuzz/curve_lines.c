/* curve_lines_answer
 * SPDX-License-Identifier: Apache-2.0
 * Any line gets one answer: one line of JSON, with the id of the line when it has one. */
#include "kw_curve/lines.h"

#include "codec/json.h"
#include "curve_sample.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum {
    LINE_BYTES_MAX = 4096, /* more only makes longer sums of products */
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    KW_AUTO(kw_buf) out = kw_buf_init(CURVE_LINE_BYTES_MAX);
    kw_str line = {(const char *)data, KW_MIN(size, LINE_BYTES_MAX)};
    kw_status st = curve_lines_answer(&out, line);
    KW_ASSERT(st == KW_OK && out.len > 0 && out.ptr[out.len - 1] == '\n');
    KW_ASSERT(memchr(out.ptr, '\n', out.len) == out.ptr + out.len - 1);
    KW_AUTO_PTR(kw_json) answer = NULL;
    st = kw_json_parse(&answer, kw_buf_view(&out), CURVE_LINE_DEPTH_MAX, NULL);
    KW_ASSERT(st == KW_OK && kw_json_count(answer) == 2 && kw_json_get(answer, "id") != NULL);
    const kw_json *error = kw_json_get(answer, "error");
    KW_ASSERT(!kw_str_equal(kw_json_text(error), KW_STR("internal")));
    sample(kw_span_of_str(line), error == NULL ? KW_OK : KW_ARG);
    return 0;
}
