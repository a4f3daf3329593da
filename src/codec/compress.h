/* SPDX-License-Identifier: Apache-2.0
 * gzip (RFC 1952) and zstd (RFC 8878) as streams. A decoder is bounded by the maximum of the
 * buffer it fills, so that a small input cannot become a large one unseen. */
#ifndef KW_CODEC_COMPRESS_H
#define KW_CODEC_COMPRESS_H

#include "base/buf.h"

typedef enum kw_encoding {
    KW_ENCODING_IDENTITY,
    KW_ENCODING_GZIP,
    KW_ENCODING_ZSTD,
} kw_encoding;

/* Name in HTTP: "identity", "gzip", "zstd". */
const char *kw_encoding_name(kw_encoding encoding);

/* One body in the making; belongs to one thread at a time. */
typedef struct kw_encoder kw_encoder;

/* NO_MEMORY. */
KW_MUST_USE kw_status kw_encoder_new(kw_encoder **out, kw_encoding encoding);
void kw_encoder_free(kw_encoder *encoder);
KW_AUTO_PTR_DEFINE(kw_encoder);

/* Takes all of `in` and appends what is ready, possibly nothing. LIMIT, NO_MEMORY: the encoder is
 * of no further use. */
KW_MUST_USE kw_status kw_encoder_push(kw_encoder *encoder, kw_buf *out, kw_span in);

/* Appends all that was pushed so far, so that the reader can decode it now. */
KW_MUST_USE kw_status kw_encoder_flush(kw_encoder *encoder, kw_buf *out);

/* Appends the end of the body; push no more. */
KW_MUST_USE kw_status kw_encoder_finish(kw_encoder *encoder, kw_buf *out);

/* One encoded body being read. */
typedef struct kw_decoder kw_decoder;

KW_MUST_USE kw_status kw_decoder_new(kw_decoder **out, kw_encoding encoding);
void kw_decoder_free(kw_decoder *decoder);
KW_AUTO_PTR_DEFINE(kw_decoder);

/* Takes all of `in` and appends what it decodes to. BAD_INPUT: damaged, or bytes behind the end of
 * the body. LIMIT: `out` would pass its maximum. NO_MEMORY. */
KW_MUST_USE kw_status kw_decoder_push(kw_decoder *decoder, kw_buf *out, kw_span in);

/* BAD_INPUT: the body is not complete. */
KW_MUST_USE kw_status kw_decoder_finish(const kw_decoder *decoder);

/* A whole body at once. As push and finish; on failure `out` keeps what it held. */
KW_MUST_USE kw_status kw_compress(kw_buf *out, kw_encoding encoding, kw_span in);
KW_MUST_USE kw_status kw_decompress(kw_buf *out, kw_encoding encoding, kw_span in);

#endif /* KW_CODEC_COMPRESS_H */
