/* SPDX-License-Identifier: Apache-2.0
 * Frames of HTTP/2. */
#include "support/wire_h2.h"

#include "support/expect.h"

#include <stdlib.h>

enum {
    FRAME_HEAD = 9,
    BODY_MAX = 256 << 20
};

bool wire_h2_frame(wire_h2 *h, uint8_t type, uint8_t flags, uint32_t stream, kw_span payload)
{
    uint8_t head[FRAME_HEAD] = {(uint8_t)(payload.len >> 16),
                                (uint8_t)(payload.len >> 8),
                                (uint8_t)payload.len,
                                type,
                                flags,
                                (uint8_t)(stream >> 24),
                                (uint8_t)(stream >> 16),
                                (uint8_t)(stream >> 8),
                                (uint8_t)stream};
    KW_AUTO(kw_buf) frame = kw_buf_init(1 << 20);
    EXPECT_OK(kw_buf_append(&frame, KW_SPAN(head)));
    EXPECT_OK(kw_buf_append(&frame, payload));
    return wire_send(&h->peer, kw_buf_view(&frame));
}

void wire_h2_dial(wire_h2 *h, uint16_t port)
{
    const wire_tls options = {.alpn = "h2"};
    *h = (wire_h2){0};
    assert_true(wire_connect_tls(&h->peer, port, &options));
    assert_int_equal(nghttp2_hd_inflate_new(&h->inflater), 0);
    assert_true(wire_send_text(&h->peer, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"));
    assert_true(wire_h2_frame(h, NGHTTP2_SETTINGS, 0, 0, (kw_span){0}));
}

void wire_h2_close(wire_h2 *h)
{
    nghttp2_hd_inflate_del(h->inflater);
    wire_close(&h->peer);
}

static void put_text(kw_buf *out, kw_str text)
{
    assert_true(text.len < 127);
    EXPECT_OK(kw_buf_append_byte(out, (uint8_t)text.len));
    EXPECT_OK(kw_buf_append_str(out, text));
}

bool wire_h2_headers(wire_h2 *h, uint32_t stream, const wire_line *lines, size_t count, bool is_end)
{
    KW_AUTO(kw_buf) block = kw_buf_init(1 << 20);
    for (size_t i = 0; i < count; i++) {
        size_t len = lines[i].value_len > 0 ? lines[i].value_len : strlen(lines[i].value);
        EXPECT_OK(kw_buf_append_byte(&block, 0));
        put_text(&block, kw_str_of(lines[i].name));
        put_text(&block, (kw_str){lines[i].value, len});
    }
    uint8_t flags = NGHTTP2_FLAG_END_HEADERS | (is_end ? NGHTTP2_FLAG_END_STREAM : 0);
    return wire_h2_frame(h, NGHTTP2_HEADERS, flags, stream, kw_buf_view(&block));
}

bool wire_h2_get(wire_h2 *h, uint32_t stream, const char *path)
{
    const wire_line lines[] = {
        {":method", "GET", 0}, {":scheme", "https", 0}, {":authority", "a", 0}, {":path", path, 0}};
    return wire_h2_headers(h, stream, lines, KW_COUNT(lines), true);
}

bool wire_h2_post(wire_h2 *h, uint32_t stream, const char *path, const char *media_type)
{
    const wire_line lines[] = {{":method", "POST", 0},
                               {":scheme", "https", 0},
                               {":authority", "a", 0},
                               {":path", path, 0},
                               {"content-type", media_type, 0}};
    return wire_h2_headers(h, stream, lines, KW_COUNT(lines), false);
}

void wire_h2_answer_drop(wire_h2_answer *answer)
{
    kw_buf_drop(&answer->body);
    kw_buf_drop(&answer->trailers);
    kw_buf_drop(&answer->fields);
    *answer = (wire_h2_answer){0};
}

static uint32_t u32_at(const uint8_t *at)
{
    return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

static void read_headers(wire_h2 *h, wire_h2_answer *out, kw_span block)
{
    bool is_trailer = out->status >= 200;
    kw_buf *lines = is_trailer ? &out->trailers : &out->fields;
    for (;;) {
        nghttp2_nv nv;
        int flags = 0;
        ssize_t used = nghttp2_hd_inflate_hd2(h->inflater, &nv, &flags, block.ptr, block.len, 1);
        assert_true(used >= 0);
        block = (kw_span){block.ptr + used, block.len - (size_t)used};
        if ((flags & NGHTTP2_HD_INFLATE_EMIT) != 0) {
            kw_str name = {(const char *)nv.name, nv.namelen};
            kw_str value = {(const char *)nv.value, nv.valuelen};
            if (kw_str_equal(name, KW_STR(":status"))) {
                out->status = (int)strtol((const char *)nv.value, NULL, 10);
            }
            EXPECT_OK(
                kw_buf_append_format(lines, "%.*s: %.*s\n", KW_STR_ARG(name), KW_STR_ARG(value)));
        }
        if ((flags & NGHTTP2_HD_INFLATE_FINAL) != 0) {
            assert_int_equal(nghttp2_hd_inflate_end_headers(h->inflater), 0);
            return;
        }
    }
}

static void open_windows(wire_h2 *h, uint32_t stream, size_t len)
{
    uint8_t more[4] = {(uint8_t)(len >> 24), (uint8_t)(len >> 16), (uint8_t)(len >> 8),
                       (uint8_t)len};
    (void)wire_h2_frame(h, NGHTTP2_WINDOW_UPDATE, 0, 0, KW_SPAN(more));
    (void)wire_h2_frame(h, NGHTTP2_WINDOW_UPDATE, 0, stream, KW_SPAN(more));
}

/* One frame; `out` takes it when it is of `stream`. False: the connection ended. */
static bool read_frame(wire_h2 *h, wire_h2_answer *out, uint32_t stream, bool opens_window)
{
    kw_buf *in = &h->peer.in;
    while (in->len < FRAME_HEAD) {
        if (!wire_read(&h->peer)) {
            return false;
        }
    }
    size_t len = (size_t)in->ptr[0] << 16 | (size_t)in->ptr[1] << 8 | in->ptr[2];
    while (in->len < FRAME_HEAD + len) {
        if (!wire_read(&h->peer)) {
            return false;
        }
    }
    uint8_t type = in->ptr[3];
    uint8_t flags = in->ptr[4];
    uint32_t id = u32_at(in->ptr + 5) & 0x7fffffff;
    kw_span payload = {in->ptr + FRAME_HEAD, len};
    wire_h2_answer other = {.fields = kw_buf_init(1 << 20), .trailers = kw_buf_init(1 << 20)};
    if (type == NGHTTP2_GOAWAY) {
        h->has_goaway = true;
        h->goaway_last = u32_at(payload.ptr);
        h->goaway_code = u32_at(payload.ptr + 4);
    } else if (type == NGHTTP2_HEADERS) {
        read_headers(h, id == stream ? out : &other, payload);
    } else if (type == NGHTTP2_DATA && id == stream) {
        EXPECT_OK(kw_buf_append(&out->body, payload));
        if (opens_window && len > 0) {
            open_windows(h, stream, len);
        }
    } else if (type == NGHTTP2_RST_STREAM && id == stream) {
        out->is_reset = true;
        out->reset_code = u32_at(payload.ptr);
    } else if (type == NGHTTP2_SETTINGS && (flags & NGHTTP2_FLAG_ACK) == 0) {
        (void)wire_h2_frame(h, NGHTTP2_SETTINGS, NGHTTP2_FLAG_ACK, 0, (kw_span){0});
    }
    bool carries_end = type == NGHTTP2_HEADERS || type == NGHTTP2_DATA;
    if (id == stream && carries_end && (flags & NGHTTP2_FLAG_END_STREAM) != 0) {
        out->is_ended = true;
    }
    wire_h2_answer_drop(&other);
    kw_buf_consume(in, FRAME_HEAD + len);
    return true;
}

bool wire_h2_await(wire_h2 *h, wire_h2_answer *out, uint32_t stream, bool opens_window)
{
    wire_h2_answer_drop(out);
    out->body = kw_buf_init(BODY_MAX);
    out->fields = kw_buf_init(1 << 20);
    out->trailers = kw_buf_init(1 << 20);
    while (!out->is_ended && !out->is_reset) {
        if (!read_frame(h, out, stream, opens_window)) {
            return false;
        }
    }
    return true;
}

bool wire_h2_await_end(wire_h2 *h)
{
    wire_h2_answer answer = {.body = kw_buf_init(BODY_MAX),
                             .fields = kw_buf_init(1 << 20),
                             .trailers = kw_buf_init(1 << 20)};
    while (read_frame(h, &answer, UINT32_MAX, false)) {
    }
    wire_h2_answer_drop(&answer);
    return h->has_goaway;
}
