/* SPDX-License-Identifier: Apache-2.0
 * Owned, growable bytes with a maximum that is given at init. Not for secrets: the heap copies it
 * when it grows (crypto/secret.h has their types). */
#ifndef KW_BASE_BUF_H
#define KW_BASE_BUF_H

#include "base/error.h"
#include "base/span.h"

/* All-zero is a valid empty buffer with maximum 0. */
typedef struct kw_buf {
    uint8_t *ptr;    /* owned */
    size_t len;      /* bytes in use */
    size_t capacity; /* bytes allocated */
    size_t max;      /* `len` never passes it */
} kw_buf;

/* An empty buffer that may grow to `max` bytes; allocates nothing yet. */
static inline kw_buf kw_buf_init(size_t max)
{
    return (kw_buf){.max = max};
}

/* Frees the bytes; the buffer is empty and keeps its maximum. May run twice. */
void kw_buf_drop(kw_buf *buf);

/* Moves the bytes out; `buf` becomes empty and keeps its maximum. */
static inline kw_buf kw_buf_take(kw_buf *buf)
{
    kw_buf taken = *buf;
    *buf = kw_buf_init(taken.max);
    return taken;
}

static inline kw_span kw_buf_view(const kw_buf *buf)
{
    return (kw_span){buf->ptr, buf->len};
}

static inline kw_str kw_buf_text(const kw_buf *buf)
{
    return (kw_str){(const char *)buf->ptr, buf->len};
}

/* Empties without freeing. */
static inline void kw_buf_clear(kw_buf *buf)
{
    buf->len = 0;
}

/* Makes room for `more` bytes after `len`. LIMIT: past the maximum. NO_MEMORY. */
KW_MUST_USE kw_status kw_buf_reserve(kw_buf *buf, size_t more);

/* Appends; on failure nothing is appended. LIMIT, NO_MEMORY. */
KW_MUST_USE kw_status kw_buf_append(kw_buf *buf, kw_span bytes);
KW_MUST_USE kw_status kw_buf_append_str(kw_buf *buf, kw_str text);
KW_MUST_USE kw_status kw_buf_append_byte(kw_buf *buf, uint8_t byte);
KW_MUST_USE kw_status kw_buf_append_format(kw_buf *buf, const char *format, ...) KW_PRINTF(2, 3);

/* Removes the first `count` bytes (`count` <= len); the rest moves to the front. */
void kw_buf_consume(kw_buf *buf, size_t count);

/* Puts a NUL behind the last byte without counting it; the result lives until the next change. */
KW_MUST_USE kw_status kw_buf_c_text(kw_buf *buf, const char **out);

#endif /* KW_BASE_BUF_H */
