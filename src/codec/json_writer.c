/* SPDX-License-Identifier: Apache-2.0
 * RFC 8259 output, compact: quotes, commas and escapes; what stands where is the caller's. */
#include "codec/json.h"
#include "codec/limits.h"
#include "codec/utf8.h"

kw_json_writer kw_json_writer_to(kw_buf *out)
{
    return (kw_json_writer){.out = out};
}

static void put(kw_json_writer *w, kw_str text)
{
    if (w->st == KW_OK) {
        w->st = kw_buf_append_str(w->out, text);
    }
}

/* Before a value: the comma that separates it from the one before. */
static void begin_value(kw_json_writer *w)
{
    if (w->needs_comma) {
        put(w, KW_STR(","));
    }
    w->needs_comma = true;
}

static void open_with(kw_json_writer *w, kw_str bracket)
{
    begin_value(w);
    put(w, bracket);
    w->needs_comma = false;
}

static void close_with(kw_json_writer *w, kw_str bracket)
{
    put(w, bracket);
    w->needs_comma = true;
}

void kw_json_open_object(kw_json_writer *w)
{
    open_with(w, KW_STR("{"));
}

void kw_json_close_object(kw_json_writer *w)
{
    close_with(w, KW_STR("}"));
}

void kw_json_open_array(kw_json_writer *w)
{
    open_with(w, KW_STR("["));
}

void kw_json_close_array(kw_json_writer *w)
{
    close_with(w, KW_STR("]"));
}

static void put_escaped(kw_json_writer *w, uint32_t c)
{
    static const char short_forms[] = "\bb\tt\nn\ff\rr\"\"\\\\";
    for (size_t i = 0; i + 1 < sizeof short_forms; i += 2) {
        if (c == (uint8_t)short_forms[i]) {
            put(w, (kw_str){(const char[]){'\\', short_forms[i + 1]}, 2});
            return;
        }
    }
    static const char digits[] = "0123456789abcdef";
    put(w, (kw_str){(const char[]){'\\', 'u', digits[c >> 12], digits[c >> 8 & 15],
                                   digits[c >> 4 & 15], digits[c & 15]},
                    6});
}

/* Besides what JSON wants escaped: what a terminal obeys, what JavaScript and YAML take for the
 * end of a line, and what YAML refuses. So each text is YAML too, and shows all it holds. */
static bool is_escaped(uint32_t c)
{
    return c < 0x20 || c == '"' || c == '\\' || (c >= 0x7f && c < 0xa0) || c == 0x2028 ||
           c == 0x2029 || c == 0xfeff || c == 0xfffe || c == 0xffff;
}

/* Bytes at the front that stand for themselves. */
static size_t plain_prefix(kw_str text)
{
    size_t i = 0;
    while (i < text.len) {
        kw_str rest = {text.ptr + i, text.len - i};
        uint32_t c = (uint8_t)text.ptr[i];
        if ((c >= 0x80 && !kw_utf8_next(&rest, &c)) || is_escaped(c)) {
            break;
        }
        i = c < 0x80 ? i + 1 : text.len - rest.len;
    }
    return i;
}

static void put_characters(kw_json_writer *w, kw_str text)
{
    while (text.len > 0) {
        size_t plain = plain_prefix(text);
        put(w, (kw_str){text.ptr, plain});
        text = (kw_str){text.ptr + plain, text.len - plain};
        uint32_t c = 0;
        if (text.len > 0 && kw_utf8_next(&text, &c)) {
            put_escaped(w, c);
        } else if (c == KW_UTF8_REPLACEMENT) {
            char bytes[4];
            put(w, (kw_str){bytes, kw_utf8_encode_to(bytes, c)});
        }
    }
}

static void put_quoted(kw_json_writer *w, kw_str text)
{
    put(w, KW_STR("\""));
    put_characters(w, text);
    put(w, KW_STR("\""));
}

void kw_json_write_key(kw_json_writer *w, kw_str name)
{
    begin_value(w);
    put_quoted(w, name);
    put(w, KW_STR(":"));
    w->needs_comma = false;
}

void kw_json_write_str(kw_json_writer *w, kw_str text)
{
    begin_value(w);
    put_quoted(w, text);
}

void kw_json_write_bool(kw_json_writer *w, bool value)
{
    kw_json_write_raw(w, kw_str_of(value ? "true" : "false"));
}

void kw_json_write_null(kw_json_writer *w)
{
    kw_json_write_raw(w, KW_STR("null"));
}

/* Digits from the last to the first. */
static void write_number(kw_json_writer *w, uint64_t magnitude, bool is_negative)
{
    bool is_string = magnitude > (uint64_t)KW_JSON_INTEGER_MAX;
    char text[24];
    size_t at = sizeof text;
    if (is_string) {
        text[--at] = '"';
    }
    do {
        text[--at] = (char)('0' + magnitude % 10);
        magnitude /= 10;
    } while (magnitude > 0);
    if (is_negative) {
        text[--at] = '-';
    }
    if (is_string) {
        text[--at] = '"';
    }
    kw_json_write_raw(w, (kw_str){text + at, sizeof text - at});
}

void kw_json_write_i64(kw_json_writer *w, int64_t value)
{
    uint64_t magnitude = value < 0 ? (uint64_t)0 - (uint64_t)value : (uint64_t)value;
    write_number(w, magnitude, value < 0);
}

void kw_json_write_u64(kw_json_writer *w, uint64_t value)
{
    write_number(w, value, false);
}

void kw_json_write_raw(kw_json_writer *w, kw_str json)
{
    begin_value(w);
    put(w, json);
}

kw_status kw_json_write_end(const kw_json_writer *w)
{
    return w->st;
}
