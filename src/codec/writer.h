/* SPDX-License-Identifier: Apache-2.0
 * The mirror of reader.h: write every field, then check once, at the end. Writes into a region of
 * exactly known size, or at the end of a kw_buf.
 *
 *     kw_writer w = kw_writer_of(KW_MSPAN(wire));
 *     kw_write_u8(&w, 1);
 *     kw_write_u64be(&w, epoch);
 *     KW_TRY(kw_write_end(&w));   a region that is too short or not full ends here
 */
#ifndef KW_CODEC_WRITER_H
#define KW_CODEC_WRITER_H

#include "base/buf.h"

/* Borrows the region or the buffer. */
typedef struct kw_writer {
    uint8_t *at;  /* region: next byte to write */
    uint8_t *end; /* region: one past its last byte */
    kw_buf *buf;  /* buffer: where to append; NULL for a region */
    kw_status st; /* sticky: the first failure */
} kw_writer;

/* Writes into a region that the fields must fill exactly. */
kw_writer kw_writer_of(kw_mspan region);

/* Appends to `buf`; after a failure `buf` holds what was written before it. */
kw_writer kw_writer_to(kw_buf *buf);

/* Unsigned integers, `be` big endian, `le` little endian. */
void kw_write_u8(kw_writer *w, uint8_t value);
void kw_write_u16be(kw_writer *w, uint16_t value);
void kw_write_u32be(kw_writer *w, uint32_t value);
void kw_write_u64be(kw_writer *w, uint64_t value);
void kw_write_u16le(kw_writer *w, uint16_t value);
void kw_write_u32le(kw_writer *w, uint32_t value);
void kw_write_u64le(kw_writer *w, uint64_t value);

/* The bytes, without their length. */
void kw_write_span(kw_writer *w, kw_span bytes);
void kw_write_str(kw_writer *w, kw_str text);

/* The bytes behind their length, big endian; a length that does not fit is a failure (LIMIT). */
void kw_write_span_u8(kw_writer *w, kw_span bytes);
void kw_write_span_u16be(kw_writer *w, kw_span bytes);
void kw_write_span_u32be(kw_writer *w, kw_span bytes);

/* The one check. LIMIT: did not fit, or the region is not full. NO_MEMORY. */
KW_MUST_USE kw_status kw_write_end(const kw_writer *w);

#endif /* KW_CODEC_WRITER_H */
