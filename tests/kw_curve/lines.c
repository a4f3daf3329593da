/* SPDX-License-Identifier: Apache-2.0
 * Lines: parsed, run, answered. */
#include "kw_curve/lines.h"

#include "codec/hex.h"
#include "kw_curve/call.h"

/* An integer that every reader of JSON holds, and that so goes back as it came. */
static bool is_exact_integer(int64_t *out, const kw_json *id)
{
    const int64_t largest = ((int64_t)1 << 53) - 1;
    return kw_json_integer(id, out) && *out >= -largest && *out <= largest;
}

static void write_id(kw_json_writer *w, const kw_json *id)
{
    int64_t number = 0;
    kw_json_write_key(w, KW_STR("id"));
    if (kw_json_kind_of(id) == KW_JSON_STRING) {
        kw_json_write_str(w, kw_json_text(id));
    } else if (is_exact_integer(&number, id)) {
        kw_json_write_i64(w, number);
    } else {
        kw_json_write_null(w);
    }
}

static kw_status write_bytes(kw_json_writer *w, kw_span bytes)
{
    KW_AUTO(kw_buf) text = kw_buf_init(2 * bytes.len);
    KW_TRY(kw_hex_encode(&text, bytes));
    kw_json_write_str(w, kw_buf_text(&text));
    return KW_OK;
}

static kw_status write_answer(kw_buf *out, const kw_json *id, kw_status st,
                              const curve_answer *answer)
{
    kw_json_writer w = kw_json_writer_to(out);
    kw_json_open_object(&w);
    write_id(&w, id);
    kw_json_write_key(&w, st == KW_OK ? KW_STR("out") : KW_STR("error"));
    if (st != KW_OK) {
        kw_json_write_str(&w, kw_str_of(kw_status_name(st)));
    } else if (answer->is_verdict) {
        kw_json_write_bool(&w, answer->verdict);
    } else {
        KW_TRY(write_bytes(&w, kw_buf_view(&answer->bytes)));
    }
    kw_json_close_object(&w);
    KW_TRY(kw_json_write_end(&w));
    return kw_buf_append_byte(out, '\n');
}

static bool is_id(const kw_json *id)
{
    int64_t number = 0;
    kw_json_kind kind = kw_json_kind_of(id);
    return kind == KW_JSON_NULL || kind == KW_JSON_STRING || is_exact_integer(&number, id);
}

kw_status curve_lines_answer(kw_buf *out, kw_str line)
{
    KW_AUTO_PTR(kw_json) request = NULL;
    KW_AUTO(kw_arena) arena = kw_arena_init(CURVE_ARENA_BYTES_MAX);
    curve_answer answer = {0};
    kw_status st = kw_json_parse(&request, kw_span_of_str(line), CURVE_LINE_DEPTH_MAX, NULL);
    const kw_json *id = kw_json_get(request, "id");
    if (st == KW_OK) {
        st = is_id(id) ? curve_call_run(&answer, &arena, request) : KW_BAD_INPUT;
    }
    kw_status written = write_answer(out, id, st, &answer);
    kw_buf_drop(&answer.bytes);
    return written;
}

kw_status curve_lines_refuse(kw_buf *out, kw_status why)
{
    return write_answer(out, NULL, why, NULL);
}
