/* SPDX-License-Identifier: Apache-2.0
 * One place decides where the next bytes go; everything else fills them. */
#include "codec/writer.h"

kw_writer kw_writer_of(kw_mspan region)
{
    uint8_t *end = region.len == 0 ? region.ptr : region.ptr + region.len;
    return (kw_writer){.at = region.ptr, .end = end};
}

kw_writer kw_writer_to(kw_buf *buf)
{
    return (kw_writer){.buf = buf};
}

/* `len` bytes to fill, NULL after a failure. */
static uint8_t *claim(kw_writer *w, size_t len)
{
    if (w->st != KW_OK) {
        return NULL;
    }
    if (w->buf != NULL) {
        w->st = kw_buf_reserve(w->buf, len);
        if (w->st != KW_OK) {
            return NULL;
        }
        uint8_t *at = w->buf->ptr + w->buf->len;
        w->buf->len += len;
        return at;
    }
    if (w->at == NULL || (size_t)(w->end - w->at) < len) {
        w->st = KW_LIMIT;
        return NULL;
    }
    uint8_t *at = w->at;
    w->at += len;
    return at;
}

static void write_be(kw_writer *w, uint64_t value, size_t len)
{
    uint8_t *at = claim(w, len);
    for (size_t i = len; at != NULL && i > 0; i--) {
        at[i - 1] = (uint8_t)value;
        value >>= 8;
    }
}

static void write_le(kw_writer *w, uint64_t value, size_t len)
{
    uint8_t *at = claim(w, len);
    for (size_t i = 0; at != NULL && i < len; i++) {
        at[i] = (uint8_t)value;
        value >>= 8;
    }
}

void kw_write_u8(kw_writer *w, uint8_t value)
{
    write_be(w, value, 1);
}

void kw_write_u16be(kw_writer *w, uint16_t value)
{
    write_be(w, value, 2);
}

void kw_write_u32be(kw_writer *w, uint32_t value)
{
    write_be(w, value, 4);
}

void kw_write_u64be(kw_writer *w, uint64_t value)
{
    write_be(w, value, 8);
}

void kw_write_u16le(kw_writer *w, uint16_t value)
{
    write_le(w, value, 2);
}

void kw_write_u32le(kw_writer *w, uint32_t value)
{
    write_le(w, value, 4);
}

void kw_write_u64le(kw_writer *w, uint64_t value)
{
    write_le(w, value, 8);
}

void kw_write_span(kw_writer *w, kw_span bytes)
{
    uint8_t *at = bytes.len == 0 ? NULL : claim(w, bytes.len);
    if (at != NULL) {
        memcpy(at, bytes.ptr, bytes.len);
    }
}

void kw_write_str(kw_writer *w, kw_str text)
{
    kw_write_span(w, kw_span_of_str(text));
}

static void write_counted(kw_writer *w, kw_span bytes, size_t len_bytes)
{
    if (bytes.len >> (8 * len_bytes) != 0) {
        w->st = w->st == KW_OK ? KW_LIMIT : w->st;
        return;
    }
    write_be(w, bytes.len, len_bytes);
    kw_write_span(w, bytes);
}

void kw_write_span_u8(kw_writer *w, kw_span bytes)
{
    write_counted(w, bytes, 1);
}

void kw_write_span_u16be(kw_writer *w, kw_span bytes)
{
    write_counted(w, bytes, 2);
}

void kw_write_span_u32be(kw_writer *w, kw_span bytes)
{
    write_counted(w, bytes, 4);
}

kw_status kw_write_end(const kw_writer *w)
{
    if (w->st == KW_OK && w->buf == NULL && w->at != w->end) {
        return KW_LIMIT;
    }
    return w->st;
}
