/* SPDX-License-Identifier: Apache-2.0
 * Serialising HTTP/1.1 responses. */
#include "net/h1_render.h"

/* A cursor over the output that fails for good when the room ends. */
typedef struct cursor {
    kw_mspan out;
    size_t len;
    bool is_full;
} cursor;

static void put(cursor *c, kw_str text)
{
    if (text.len > c->out.len - c->len) {
        c->is_full = true;
        return;
    }
    if (text.len > 0) {
        memcpy(c->out.ptr + c->len, text.ptr, text.len);
        c->len += text.len;
    }
}

static void put_line(cursor *c, kw_str name, kw_str value)
{
    size_t len = name.len + value.len + 4;
    if (len > c->out.len - c->len) {
        c->is_full = true;
        return;
    }
    uint8_t *at = c->out.ptr + c->len;
    memcpy(at, name.ptr, name.len);
    memcpy(at + name.len, ": ", 2);
    if (value.len > 0) {
        memcpy(at + name.len + 2, value.ptr, value.len);
    }
    memcpy(at + len - 2, "\r\n", 2);
    c->len += len;
}

static void put_length(cursor *c, const kw_reply *reply)
{
    char digits[KW_DECIMAL_BYTES];
    if (reply->has_length) {
        put_line(c, KW_STR("content-length"), kw_reply_decimal(digits, reply->length));
    } else if (reply->has_body) {
        put(c, KW_STR("transfer-encoding: chunked\r\n"));
    }
}

size_t kw_h1_render_head(kw_mspan out, const kw_reply *reply, const kw_h1_extra *extra)
{
    cursor c = {.out = out};
    char digits[KW_DECIMAL_BYTES];
    put(&c, KW_STR("HTTP/1.1 "));
    put(&c, kw_reply_decimal(digits, (uint64_t)reply->http));
    put(&c, KW_STR(" "));
    put(&c, kw_str_of(kw_http_phrase(reply->http)));
    put(&c, KW_STR("\r\n"));
    put_line(&c, KW_STR("date"), extra->date);
    for (size_t i = 0; i < reply->lines_count; i++) {
        put_line(&c, reply->lines[i].name, reply->lines[i].value);
    }
    put_length(&c, reply);
    if (extra->request_id.len > 0) {
        put_line(&c, KW_STR("x-request-id"), extra->request_id);
    }
    if (extra->is_last) {
        put(&c, KW_STR("connection: close\r\n"));
    }
    for (size_t i = 0; i < KW_COUNT(kw_reply_fixed); i++) {
        put_line(&c, kw_reply_fixed[i].name, kw_reply_fixed[i].value);
    }
    put(&c, KW_STR("\r\n"));
    return c.is_full ? 0 : c.len;
}

void kw_h1_frame_chunk(uint8_t *at, size_t len)
{
    static const char hex[] = "0123456789abcdef";
    for (size_t i = 0; i < 4; i++) {
        at[i] = (uint8_t)hex[len >> (12 - 4 * i) & 15];
    }
    memcpy(at + 4, "\r\n", 2);
    memcpy(at + KW_H1_CHUNK_FRONT + len, "\r\n", 2);
}

size_t kw_h1_render_end(kw_mspan out, const kw_reply *reply)
{
    cursor c = {.out = out};
    put(&c, KW_STR("0\r\n"));
    for (size_t i = 0; i < reply->trailers_count; i++) {
        put_line(&c, kw_str_of(reply->trailers[i].name), reply->trailers[i].value);
    }
    put(&c, KW_STR("\r\n"));
    return c.is_full ? 0 : c.len;
}
