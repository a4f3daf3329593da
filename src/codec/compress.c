/* SPDX-License-Identifier: Apache-2.0
 * zlib and zstd behind one pair of streams: each step writes into room that the buffer reserves, so
 * the buffer's maximum bounds the output. */
#include "codec/compress.h"

#include "base/heap.h"

#include <zlib.h>
#include <zstd.h>

enum {
    STEP_BYTES = 16 * 1024, /* room that one step asks for */
    GZIP_WINDOW = 15 + 16,  /* 32 KiB window; +16 means the gzip wrapper */
    GZIP_LEVEL = 6,
    GZIP_MEMORY = 8,
    ZSTD_LEVEL = 3,
    ZSTD_WINDOW_LOG_MAX = 23, /* a decoder takes windows of at most 8 MiB (RFC 8878, 3.1.1.1.2) */
};

struct kw_encoder {
    kw_encoding encoding;
    z_stream gzip;
    ZSTD_CCtx *zstd;
};

struct kw_decoder {
    kw_encoding encoding;
    z_stream gzip;
    ZSTD_DCtx *zstd;
    bool has_ended; /* the end of the body was read */
};

/* What a step is asked for. */
typedef enum step {
    STEP_GO_ON,
    STEP_FLUSH,
    STEP_FINISH,
} step;

const char *kw_encoding_name(kw_encoding encoding)
{
    switch (encoding) {
    case KW_ENCODING_IDENTITY:
        return "identity";
    case KW_ENCODING_GZIP:
        return "gzip";
    case KW_ENCODING_ZSTD:
        return "zstd";
    }
    return "identity";
}

static voidpf zlib_new(voidpf unused, uInt items, uInt size)
{
    KW_UNUSED(unused);
    return kw_heap_new(items, size);
}

static void zlib_free(voidpf unused, voidpf ptr)
{
    KW_UNUSED(unused);
    kw_heap_free(ptr);
}

/* Room for one step at the end of the buffer: less when the maximum is near, LIMIT when there. */
static kw_status reserve_step(kw_buf *out, kw_mspan *room)
{
    size_t wanted = KW_MIN((size_t)STEP_BYTES, out->max - out->len);
    if (wanted == 0) {
        return KW_LIMIT;
    }
    KW_TRY(kw_buf_reserve(out, wanted));
    *room = (kw_mspan){out->ptr + out->len, wanted};
    return KW_OK;
}

kw_status kw_encoder_new(kw_encoder **out, kw_encoding encoding)
{
    KW_AUTO_PTR(kw_encoder) encoder = kw_heap_new(1, sizeof *encoder);
    if (encoder == NULL) {
        return KW_NO_MEMORY;
    }
    encoder->gzip = (z_stream){.zalloc = zlib_new, .zfree = zlib_free};
    if (encoding == KW_ENCODING_GZIP &&
        deflateInit2(&encoder->gzip, GZIP_LEVEL, Z_DEFLATED, GZIP_WINDOW, GZIP_MEMORY,
                     Z_DEFAULT_STRATEGY) != Z_OK) {
        return KW_NO_MEMORY;
    }
    if (encoding == KW_ENCODING_ZSTD) {
        encoder->zstd = ZSTD_createCCtx();
        if (encoder->zstd == NULL || ZSTD_isError(ZSTD_CCtx_setParameter(
                                         encoder->zstd, ZSTD_c_compressionLevel, ZSTD_LEVEL))) {
            return KW_NO_MEMORY;
        }
    }
    encoder->encoding = encoding;
    *out = encoder;
    encoder = NULL;
    return KW_OK;
}

void kw_encoder_free(kw_encoder *encoder)
{
    if (encoder == NULL) {
        return;
    }
    (void)deflateEnd(&encoder->gzip); /* harmless on a stream that was never started */
    (void)ZSTD_freeCCtx(encoder->zstd);
    kw_heap_free(encoder);
}

static kw_status gzip_encode(z_stream *z, kw_buf *out, kw_span in, step what)
{
    static const int flushes[] = {
        [STEP_GO_ON] = Z_NO_FLUSH, [STEP_FLUSH] = Z_SYNC_FLUSH, [STEP_FINISH] = Z_FINISH};
    if (in.len > UINT32_MAX) {
        return KW_LIMIT;
    }
    z->next_in = (Bytef *)(uintptr_t)in.ptr; /* zlib does not write through it */
    z->avail_in = (uInt)in.len;
    int result = Z_OK;
    do {
        kw_mspan room = {0};
        KW_TRY(reserve_step(out, &room));
        z->next_out = room.ptr;
        z->avail_out = (uInt)room.len;
        result = deflate(z, flushes[what]);
        out->len += room.len - z->avail_out;
        if (result != Z_OK && result != Z_STREAM_END && result != Z_BUF_ERROR) {
            return KW_BAD_STATE;
        }
    } while (z->avail_out == 0 && result != Z_STREAM_END);
    return KW_OK;
}

static kw_status zstd_encode(ZSTD_CCtx *zstd, kw_buf *out, kw_span in, step what)
{
    static const ZSTD_EndDirective ends[] = {
        [STEP_GO_ON] = ZSTD_e_continue, [STEP_FLUSH] = ZSTD_e_flush, [STEP_FINISH] = ZSTD_e_end};
    ZSTD_inBuffer source = {in.ptr, in.len, 0};
    bool is_done = false;
    while (!is_done) {
        kw_mspan room = {0};
        KW_TRY(reserve_step(out, &room));
        ZSTD_outBuffer target = {room.ptr, room.len, 0};
        size_t left = ZSTD_compressStream2(zstd, &target, &source, ends[what]);
        if (ZSTD_isError(left)) {
            return KW_NO_MEMORY; /* the only way for valid parameters to fail */
        }
        out->len += target.pos;
        is_done = what == STEP_GO_ON ? source.pos == source.size : left == 0;
    }
    return KW_OK;
}

static kw_status encode(kw_encoder *encoder, kw_buf *out, kw_span in, step what)
{
    switch (encoder->encoding) {
    case KW_ENCODING_IDENTITY:
        return kw_buf_append(out, in);
    case KW_ENCODING_GZIP:
        return gzip_encode(&encoder->gzip, out, in, what);
    case KW_ENCODING_ZSTD:
        return zstd_encode(encoder->zstd, out, in, what);
    }
    return KW_BAD_STATE;
}

kw_status kw_encoder_push(kw_encoder *encoder, kw_buf *out, kw_span in)
{
    return in.len == 0 ? KW_OK : encode(encoder, out, in, STEP_GO_ON);
}

kw_status kw_encoder_flush(kw_encoder *encoder, kw_buf *out)
{
    return encode(encoder, out, (kw_span){0}, STEP_FLUSH);
}

kw_status kw_encoder_finish(kw_encoder *encoder, kw_buf *out)
{
    return encode(encoder, out, (kw_span){0}, STEP_FINISH);
}

kw_status kw_decoder_new(kw_decoder **out, kw_encoding encoding)
{
    KW_AUTO_PTR(kw_decoder) decoder = kw_heap_new(1, sizeof *decoder);
    if (decoder == NULL) {
        return KW_NO_MEMORY;
    }
    decoder->gzip = (z_stream){.zalloc = zlib_new, .zfree = zlib_free};
    if (encoding == KW_ENCODING_GZIP && inflateInit2(&decoder->gzip, GZIP_WINDOW) != Z_OK) {
        return KW_NO_MEMORY;
    }
    if (encoding == KW_ENCODING_ZSTD) {
        decoder->zstd = ZSTD_createDCtx();
        if (decoder->zstd == NULL ||
            ZSTD_isError(
                ZSTD_DCtx_setParameter(decoder->zstd, ZSTD_d_windowLogMax, ZSTD_WINDOW_LOG_MAX))) {
            return KW_NO_MEMORY;
        }
    }
    decoder->encoding = encoding;
    decoder->has_ended = encoding == KW_ENCODING_IDENTITY;
    *out = decoder;
    decoder = NULL;
    return KW_OK;
}

void kw_decoder_free(kw_decoder *decoder)
{
    if (decoder == NULL) {
        return;
    }
    (void)inflateEnd(&decoder->gzip);
    (void)ZSTD_freeDCtx(decoder->zstd);
    kw_heap_free(decoder);
}

/* One step of inflate into the room; `is_stuck`: it needs more input. */
static kw_status gzip_step(kw_decoder *decoder, kw_mspan room, size_t *written, bool *is_stuck)
{
    z_stream *z = &decoder->gzip;
    z->next_out = room.ptr;
    z->avail_out = (uInt)room.len;
    int result = inflate(z, Z_NO_FLUSH);
    *written = room.len - z->avail_out;
    if (result == Z_MEM_ERROR) {
        return KW_NO_MEMORY;
    }
    decoder->has_ended = result == Z_STREAM_END;
    *is_stuck = result == Z_BUF_ERROR || (z->avail_in == 0 && z->avail_out > 0);
    bool is_good = result == Z_OK || result == Z_STREAM_END || result == Z_BUF_ERROR;
    return is_good ? KW_OK : KW_BAD_INPUT;
}

/* At the maximum a decoder still gets one byte of room beside the buffer: bytes that come there are
 * too many, while the end of the body writes none. */
static kw_status gzip_decode(kw_decoder *decoder, kw_buf *out, kw_span in)
{
    if (in.len > UINT32_MAX) {
        return KW_LIMIT;
    }
    decoder->gzip.next_in = (Bytef *)(uintptr_t)in.ptr;
    decoder->gzip.avail_in = (uInt)in.len;
    bool is_stuck = false;
    while (!decoder->has_ended && !is_stuck) {
        uint8_t beyond = 0;
        kw_mspan room = {&beyond, 1};
        bool is_full = out->len == out->max;
        if (!is_full) {
            KW_TRY(reserve_step(out, &room));
        }
        size_t written = 0;
        KW_TRY(gzip_step(decoder, room, &written, &is_stuck));
        if (is_full && written > 0) {
            return KW_LIMIT;
        }
        out->len += written;
    }
    return decoder->gzip.avail_in > 0 ? KW_BAD_INPUT : KW_OK;
}

static kw_status zstd_decode(kw_decoder *decoder, kw_buf *out, kw_span in)
{
    ZSTD_inBuffer source = {in.ptr, in.len, 0};
    bool is_stuck = false;
    while (!decoder->has_ended && !is_stuck) {
        uint8_t beyond = 0;
        kw_mspan room = {&beyond, 1};
        bool is_full = out->len == out->max;
        if (!is_full) {
            KW_TRY(reserve_step(out, &room));
        }
        ZSTD_outBuffer target = {room.ptr, room.len, 0};
        size_t left = ZSTD_decompressStream(decoder->zstd, &target, &source);
        if (ZSTD_isError(left)) {
            return KW_BAD_INPUT;
        }
        if (is_full && target.pos > 0) {
            return KW_LIMIT;
        }
        out->len += target.pos;
        decoder->has_ended = left == 0;
        is_stuck = source.pos == source.size && target.pos < target.size;
    }
    return source.pos < source.size ? KW_BAD_INPUT : KW_OK;
}

kw_status kw_decoder_push(kw_decoder *decoder, kw_buf *out, kw_span in)
{
    if (in.len == 0) {
        return KW_OK;
    }
    switch (decoder->encoding) {
    case KW_ENCODING_IDENTITY:
        return kw_buf_append(out, in);
    case KW_ENCODING_GZIP:
        return decoder->has_ended ? KW_BAD_INPUT : gzip_decode(decoder, out, in);
    case KW_ENCODING_ZSTD:
        return decoder->has_ended ? KW_BAD_INPUT : zstd_decode(decoder, out, in);
    }
    return KW_BAD_STATE;
}

kw_status kw_decoder_finish(const kw_decoder *decoder)
{
    return decoder->has_ended ? KW_OK : KW_BAD_INPUT;
}

static kw_status compress_whole(kw_buf *out, kw_encoding encoding, kw_span in)
{
    KW_AUTO_PTR(kw_encoder) encoder = NULL;
    KW_TRY(kw_encoder_new(&encoder, encoding));
    KW_TRY(kw_encoder_push(encoder, out, in));
    return kw_encoder_finish(encoder, out);
}

static kw_status decompress_whole(kw_buf *out, kw_encoding encoding, kw_span in)
{
    KW_AUTO_PTR(kw_decoder) decoder = NULL;
    KW_TRY(kw_decoder_new(&decoder, encoding));
    KW_TRY(kw_decoder_push(decoder, out, in));
    return kw_decoder_finish(decoder);
}

kw_status kw_compress(kw_buf *out, kw_encoding encoding, kw_span in)
{
    size_t before = out->len;
    kw_status st = compress_whole(out, encoding, in);
    out->len = st == KW_OK ? out->len : before;
    return st;
}

kw_status kw_decompress(kw_buf *out, kw_encoding encoding, kw_span in)
{
    size_t before = out->len;
    kw_status st = decompress_whole(out, encoding, in);
    out->len = st == KW_OK ? out->len : before;
    return st;
}
