/* SPDX-License-Identifier: Apache-2.0
 * Chunks of IBE v2. Secret inputs: key, plaintext. */
#include "threshold/engine/use/ibe_stream.h"

#include "codec/writer.h"

enum {
    NONCE_ZEROS = 3,
};

void kw_ibe_stream_drop(kw_ibe_stream *stream)
{
    kw_wipe(stream, sizeof *stream);
}

/* Whether the chunk at hand may hold `len` bytes of text. */
static bool is_length(const kw_ibe_stream *stream, size_t len, bool is_last)
{
    if (!is_last) {
        return len == KW_IBE_CHUNK_BYTES;
    }
    return len <= KW_IBE_CHUNK_BYTES && (len > 0 || stream->next == 0);
}

static kw_aead_once once_of(const kw_ibe_stream *stream, bool is_last)
{
    kw_aead_once once = {.key = &stream->key};
    kw_writer w = kw_writer_of(KW_MSPAN(once.nonce));
    for (size_t i = 0; i < NONCE_ZEROS; i++) {
        kw_write_u8(&w, 0);
    }
    kw_write_u64be(&w, stream->next);
    kw_write_u8(&w, is_last ? 1 : 0);
    kw_status st = kw_write_end(&w);
    KW_ASSERT(st == KW_OK);
    return once;
}

static void advance(kw_ibe_stream *stream, bool is_last)
{
    stream->next++;
    if (is_last) {
        kw_ibe_stream_drop(stream);
    }
}

kw_status kw_ibe_stream_seal(kw_ibe_stream *stream, kw_buf *out, kw_secret_span plain, bool is_last)
{
    if (kw_ibe_stream_has_ended(stream)) {
        return KW_BAD_STATE;
    }
    if (!is_length(stream, plain.len, is_last)) {
        return KW_BAD_INPUT;
    }
    if (stream->next > UINT32_MAX) {
        return KW_LIMIT;
    }
    const kw_aead_once once = once_of(stream, is_last);
    KW_TRY(kw_aead_seal_once(stream->aead, out, &once, plain, KW_SPAN(stream->header_hash.bytes)));
    advance(stream, is_last);
    return KW_OK;
}

kw_status kw_ibe_stream_open(kw_ibe_stream *stream, kw_secret_bytes *out, kw_span sealed,
                             bool is_last)
{
    if (kw_ibe_stream_has_ended(stream)) {
        return KW_BAD_STATE;
    }
    kw_status st = KW_CORRUPT;
    if (sealed.len >= KW_AEAD_TAG_BYTES && stream->next <= UINT32_MAX &&
        is_length(stream, sealed.len - KW_AEAD_TAG_BYTES, is_last)) {
        const kw_aead_once once = once_of(stream, is_last);
        st =
            kw_aead_open_once(stream->aead, out, &once, sealed, KW_SPAN(stream->header_hash.bytes));
    }
    if (st == KW_OK) {
        advance(stream, is_last);
    } else if (st == KW_CORRUPT) {
        kw_ibe_stream_drop(stream);
    }
    return st;
}
