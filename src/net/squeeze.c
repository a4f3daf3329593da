/* SPDX-License-Identifier: Apache-2.0
 * Encoding responses by the caller's wish. */
#include "net/squeeze.h"

#include "net/head.h"
#include "net/quality.h"

enum {
    PIECE_BYTES = 4096, /* pulled at once */
    OUT_BYTES_MAX = 1 << 20
};

kw_encoding kw_squeeze_choose(kw_str accept_encoding)
{
    static const kw_encoding encodings[] = {KW_ENCODING_ZSTD, KW_ENCODING_GZIP};
    kw_encoding best = KW_ENCODING_IDENTITY;
    int best_quality = 0;
    for (size_t i = 0; i < KW_COUNT(encodings); i++) {
        kw_str rest = accept_encoding;
        kw_str item = {0};
        while (kw_list_next(&rest, &item)) {
            kw_str name = {0};
            int quality = kw_quality_split(item, &name);
            kw_str ours = kw_str_of(kw_encoding_name(encodings[i]));
            if (kw_str_equal_nocase(name, ours) && quality > best_quality) {
                best_quality = quality;
                best = encodings[i];
            }
        }
    }
    return best;
}

kw_status kw_squeeze_init(kw_squeeze *squeeze, kw_encoding encoding)
{
    *squeeze = (kw_squeeze){.out = kw_buf_init(OUT_BYTES_MAX)};
    return kw_encoder_new(&squeeze->encoder, encoding);
}

void kw_squeeze_drop(kw_squeeze *squeeze)
{
    kw_encoder_free(squeeze->encoder);
    kw_buf_drop(&squeeze->out);
    *squeeze = (kw_squeeze){0};
}

static kw_pull take(kw_squeeze *s, kw_pull_slot *slot)
{
    slot->got = KW_MIN(slot->out.len, s->out.len);
    memcpy(slot->out.ptr, s->out.ptr, slot->got);
    kw_buf_consume(&s->out, slot->got);
    return KW_PULL_DATA;
}

/* Moves the encoder one step by what the source gave. */
static kw_status feed(kw_squeeze *s, kw_pull pulled, const kw_pull_slot *piece)
{
    switch (pulled) {
    case KW_PULL_DATA:
        s->is_dirty = true;
        return kw_encoder_push(s->encoder, &s->out, (kw_span){piece->out.ptr, piece->got});
    case KW_PULL_WAIT:
        if (!s->is_dirty) {
            return KW_OK;
        }
        s->is_dirty = false;
        return kw_encoder_flush(s->encoder, &s->out);
    case KW_PULL_END:
        s->is_ended = true;
        s->end = *piece;
        return kw_encoder_finish(s->encoder, &s->out);
    case KW_PULL_FAIL:
        return KW_CANCELLED;
    }
    return KW_INTERNAL;
}

kw_pull kw_squeeze_pull(kw_squeeze *squeeze, kw_pull_slot *slot,
                        kw_pull (*pull)(void *source, kw_pull_slot *slot), void *source)
{
    uint8_t room[PIECE_BYTES];
    while (squeeze->out.len == 0) {
        if (squeeze->is_ended) {
            slot->trailers = squeeze->end.trailers;
            slot->trailers_count = squeeze->end.trailers_count;
            return KW_PULL_END;
        }
        kw_pull_slot piece = {.out = KW_MSPAN(room)};
        kw_pull pulled = pull(source, &piece);
        if (feed(squeeze, pulled, &piece) != KW_OK) {
            return KW_PULL_FAIL;
        }
        if (pulled == KW_PULL_WAIT && squeeze->out.len == 0) {
            slot->wait_ms = piece.wait_ms;
            return KW_PULL_WAIT;
        }
    }
    return take(squeeze, slot);
}
