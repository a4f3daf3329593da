/* SPDX-License-Identifier: Apache-2.0
 * A cursor over wire bytes with a sticky failure: read every field, then check once, at the end.
 *
 *     kw_reader r = kw_reader_of(wire);
 *     uint8_t version = kw_read_u8(&r);
 *     uint64_t epoch = kw_read_u64be(&r);
 *     KW_TRY(kw_read_end(&r));   short input and trailing bytes end here
 *
 * After a failure every read gives zeros and consumes nothing, so a parser needs no checks between;
 * it must not *act* on a value (allocate, loop) before kw_read_end or kw_read_is_good. */
#ifndef KW_CODEC_READER_H
#define KW_CODEC_READER_H

#include "base/span.h"
#include "base/status.h"

/* Views the bytes; owns nothing. */
typedef struct kw_reader {
    const uint8_t *at;  /* next unread byte */
    const uint8_t *end; /* one past the last byte */
    bool has_failed;    /* sticky: some read wanted more than was left */
} kw_reader;

static inline kw_reader kw_reader_of(kw_span wire)
{
    static const uint8_t nothing[1] = {0}; /* {NULL, 0} is a valid span, NULL + 0 is not valid C */
    const uint8_t *at = wire.ptr == NULL ? nothing : wire.ptr;
    return (kw_reader){.at = at, .end = at + wire.len};
}

/* Bytes not read yet; 0 after a failure. */
static inline size_t kw_read_left(const kw_reader *r)
{
    return r->has_failed ? 0 : (size_t)(r->end - r->at);
}

/* True while no read has failed: ask before a value decides how much work follows. */
static inline bool kw_read_is_good(const kw_reader *r)
{
    return !r->has_failed;
}

/* A view of the next `len` bytes, alive as long as the wire; the empty span on failure. */
static inline kw_span kw_read_span(kw_reader *r, size_t len)
{
    if (r->has_failed || (size_t)(r->end - r->at) < len) {
        r->has_failed = true;
        return (kw_span){0};
    }
    kw_span view = {r->at, len};
    r->at += len;
    return view;
}

/* Unsigned integers, `be` big endian, `le` little endian; 0 on failure. */
static inline uint64_t kw_read_be(kw_reader *r, size_t len)
{
    kw_span bytes = kw_read_span(r, len);
    uint64_t value = 0;
    for (size_t i = 0; i < bytes.len; i++) {
        value = value << 8 | bytes.ptr[i];
    }
    return value;
}

static inline uint64_t kw_read_le(kw_reader *r, size_t len)
{
    kw_span bytes = kw_read_span(r, len);
    uint64_t value = 0;
    for (size_t i = bytes.len; i > 0; i--) {
        value = value << 8 | bytes.ptr[i - 1];
    }
    return value;
}

static inline uint8_t kw_read_u8(kw_reader *r)
{
    return (uint8_t)kw_read_be(r, 1);
}

static inline uint16_t kw_read_u16be(kw_reader *r)
{
    return (uint16_t)kw_read_be(r, 2);
}

static inline uint32_t kw_read_u32be(kw_reader *r)
{
    return (uint32_t)kw_read_be(r, 4);
}

static inline uint64_t kw_read_u64be(kw_reader *r)
{
    return kw_read_be(r, 8);
}

static inline uint16_t kw_read_u16le(kw_reader *r)
{
    return (uint16_t)kw_read_le(r, 2);
}

static inline uint32_t kw_read_u32le(kw_reader *r)
{
    return (uint32_t)kw_read_le(r, 4);
}

static inline uint64_t kw_read_u64le(kw_reader *r)
{
    return kw_read_le(r, 8);
}

/* Fills the whole of `out`: KW_MSPAN(p.signature.bytes). Zeros on failure. */
void kw_read_into(kw_reader *r, kw_mspan out);

/* A view of everything that is left. */
static inline kw_span kw_read_rest(kw_reader *r)
{
    return kw_read_span(r, kw_read_left(r));
}

/* Bytes behind their own length (u8, u16 or u32, big endian), at most `max` of them: a longer
 * length is a failure. */
kw_span kw_read_span_u8(kw_reader *r, size_t max);
kw_span kw_read_span_u16be(kw_reader *r, size_t max);
kw_span kw_read_span_u32be(kw_reader *r, size_t max);

/* Records a failure that only the parser can see (a reserved bit, a version). */
static inline void kw_read_fail(kw_reader *r)
{
    r->has_failed = true;
}

/* The one check. BAD_INPUT: some read failed, or bytes are left. */
KW_MUST_USE kw_status kw_read_end(const kw_reader *r);

#endif /* KW_CODEC_READER_H */
