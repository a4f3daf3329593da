/* SPDX-License-Identifier: Apache-2.0
 * Growable bytes. */
#include "base/buf.h"

#include "base/checked.h"
#include "base/heap.h"

#include <stdarg.h>
#include <stdio.h>

enum {
    CAPACITY_FIRST = 64
};

void kw_buf_drop(kw_buf *buf)
{
    kw_heap_free(buf->ptr);
    *buf = kw_buf_init(buf->max);
}

static kw_status grow_to(kw_buf *buf, size_t wanted)
{
    size_t doubled = 0;
    if (!kw_size_mul(KW_MAX(buf->capacity, CAPACITY_FIRST / 2), 2, &doubled)) {
        doubled = wanted;
    }
    size_t capacity = KW_MAX(wanted, doubled);
    uint8_t *moved = kw_heap_resize(buf->ptr, capacity, 1);
    if (moved == NULL) {
        return KW_NO_MEMORY;
    }
    buf->ptr = moved;
    buf->capacity = capacity;
    return KW_OK;
}

kw_status kw_buf_reserve(kw_buf *buf, size_t more)
{
    size_t wanted = 0;
    if (!kw_size_add(buf->len, more, &wanted) || wanted > buf->max) {
        return KW_LIMIT;
    }
    return wanted <= buf->capacity ? KW_OK : grow_to(buf, wanted);
}

kw_status kw_buf_append(kw_buf *buf, kw_span bytes)
{
    KW_TRY(kw_buf_reserve(buf, bytes.len));
    if (bytes.len > 0) {
        memcpy(buf->ptr + buf->len, bytes.ptr, bytes.len);
        buf->len += bytes.len;
    }
    return KW_OK;
}

kw_status kw_buf_append_str(kw_buf *buf, kw_str text)
{
    return kw_buf_append(buf, kw_span_of_str(text));
}

kw_status kw_buf_append_byte(kw_buf *buf, uint8_t byte)
{
    return kw_buf_append(buf, (kw_span){&byte, 1});
}

kw_status kw_buf_append_format(kw_buf *buf, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    va_list again;
    va_copy(again, args);
    int len = vsnprintf(NULL, 0, format, args);
    va_end(args);
    kw_status st = len < 0 ? KW_BAD_INPUT : kw_buf_reserve(buf, (size_t)len);
    /* vsnprintf writes a NUL behind the text, so it needs one byte more than is counted. */
    if (st == KW_OK && buf->capacity - buf->len < (size_t)len + 1) {
        st = grow_to(buf, buf->len + (size_t)len + 1);
    }
    if (st == KW_OK) {
        (void)vsnprintf((char *)buf->ptr + buf->len, (size_t)len + 1, format, again);
        buf->len += (size_t)len;
    }
    va_end(again);
    return st;
}

void kw_buf_consume(kw_buf *buf, size_t count)
{
    KW_ASSERT(count <= buf->len);
    if (count > 0) {
        buf->len -= count;
        memmove(buf->ptr, buf->ptr + count, buf->len);
    }
}

kw_status kw_buf_c_text(kw_buf *buf, const char **out)
{
    if (buf->capacity == buf->len) {
        KW_TRY(grow_to(buf, buf->len + 1));
    }
    buf->ptr[buf->len] = '\0';
    *out = (const char *)buf->ptr;
    return KW_OK;
}
