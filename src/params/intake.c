/* SPDX-License-Identifier: Apache-2.0
 * One pass in, any order out. */
#include "params/intake.h"

#include "base/heap.h"
#include "os/stream.h"
#include "params/engine/ingest.h"
#include "store/limits.h"

enum {
    PIECE_BYTES = 256 << 10,
};

/* ---- in ---- */

/* Bytes that are read and not stored yet. */
typedef struct taker {
    kw_blobs *blobs;
    kw_buf window;
    kw_ingest ingest;
} taker;

static void taker_drop(taker *t)
{
    kw_buf_drop(&t->window);
    kw_ingest_drop(&t->ingest);
}

static kw_status put_chunk(void *ctx, const kw_chunk *chunk, uint64_t offset, kw_error *err)
{
    taker *t = ctx;
    kw_hash32 id;
    KW_UNUSED(offset); /* the window begins there */
    KW_TRY(kw_blobs_put(t->blobs, &id, (kw_span){t->window.ptr, chunk->length}, err));
    kw_buf_consume(&t->window, chunk->length);
    return KW_OK;
}

static kw_status take_all(taker *t, kw_stream *stream, kw_error *err)
{
    for (;;) {
        size_t len = 0;
        KW_TRY_AT(err, kw_buf_reserve(&t->window, PIECE_BYTES), "taking in a file");
        kw_mspan room = {t->window.ptr + t->window.len, PIECE_BYTES};
        KW_TRY(kw_stream_read(stream, &len, room, err));
        if (len == 0) {
            return KW_OK;
        }
        t->window.len += len;
        /* The window may be moved while it is pushed: a chunk that ends takes its front. */
        KW_AUTO(kw_buf) piece = kw_buf_init(PIECE_BYTES);
        KW_TRY_AT(err, kw_buf_append(&piece, (kw_span){room.ptr, len}), "taking in a file");
        KW_TRY(kw_ingest_push(&t->ingest, kw_buf_view(&piece), err));
    }
}

static kw_status put_index(kw_blobs *blobs, kw_hash32 *out, const kw_chunk_index *index,
                           kw_error *err)
{
    KW_AUTO(kw_buf) wire = kw_buf_init(KW_BLOB_BYTES_MAX);
    KW_TRY_AT(err, kw_chunk_index_encode(&wire, index), "writing the index of a file");
    return kw_blobs_put(blobs, out, kw_buf_view(&wire), err);
}

kw_status kw_intake_file(kw_blobs *blobs, const kw_draft *draft, kw_draft_file *io,
                         const char *path, kw_error *err)
{
    KW_AUTO(kw_stream) stream = {0};
    KW_AUTO(taker) t = {.blobs = blobs, .window = kw_buf_init(KW_CHUNK_BYTES_MAX + PIECE_BYTES)};
    const kw_chunk_sink chunks = {put_chunk, &t};
    uint32_t point_bytes = 0;
    kw_cut_rule rule = kw_draft_cut(draft, io->kind, &point_bytes);
    kw_ingested found;
    KW_TRY_AT(err, kw_stream_open(&stream, path, err), "opening %s", path);
    KW_TRY_AT(err, kw_ingest_init(&t.ingest, rule, point_bytes, &(kw_tile_sink){0}, &chunks),
              "cutting %s", path);
    KW_TRY_AT(err, take_all(&t, &stream, err), "taking in %s", path);
    KW_TRY_AT(err, kw_ingest_end(&t.ingest, &found, err), "taking in %s", path);
    KW_TRY_AT(err, put_index(blobs, &io->index, &found.index, err), "taking in %s", path);
    io->bytes = found.bytes;
    io->sha256 = found.sha256;
    io->root = found.root;
    return KW_OK;
}

/* ---- out ---- */

void kw_intake_drop(kw_intake *intake)
{
    kw_buf_drop(&intake->wire);
    kw_buf_drop(&intake->chunk);
}

kw_status kw_intake_open(kw_intake *out, kw_blobs *blobs, const kw_draft_file *file, kw_error *err)
{
    KW_AUTO(kw_intake)
    intake = {.blobs = blobs,
              .wire = kw_buf_init(KW_BLOB_BYTES_MAX),
              .chunk = kw_buf_init(KW_CHUNK_BYTES_MAX)};
    KW_TRY(kw_blobs_get(blobs, &intake.wire, &file->index, err));
    KW_REQUIRE(kw_chunk_index_decode(&intake.index, kw_buf_view(&intake.wire)) == KW_OK &&
                   intake.index.file_bytes == file->bytes,
               err, KW_CORRUPT, "the index of a file of the draft is of another one");
    *out = intake;
    intake = (kw_intake){.blobs = NULL};
    return KW_OK;
}

/* Loads the chunk that holds byte `at`, which the file has. */
static kw_status go_to(kw_intake *in, uint64_t at, kw_error *err)
{
    uint32_t place = 0;
    uint64_t begin = 0;
    if (in->chunk.len > 0 && at >= in->begin) {
        place = in->place;
        begin = in->begin;
    }
    kw_chunk chunk = kw_chunk_index_at(&in->index, place);
    while (at - begin >= chunk.length) {
        begin += chunk.length;
        chunk = kw_chunk_index_at(&in->index, ++place);
    }
    if (in->chunk.len > 0 && begin == in->begin) {
        return KW_OK;
    }
    kw_buf_drop(&in->chunk);
    KW_TRY(kw_blobs_get(in->blobs, &in->chunk, &chunk.id, err));
    KW_REQUIRE(in->chunk.len == chunk.length, err, KW_CORRUPT, "a chunk has another length");
    in->place = place;
    in->begin = begin;
    return KW_OK;
}

static kw_status read_at(void *ctx, uint64_t at, kw_mspan room, kw_error *err)
{
    kw_intake *in = ctx;
    KW_REQUIRE(at <= in->index.file_bytes && room.len <= in->index.file_bytes - at, err, KW_CORRUPT,
               "the file ends before");
    while (room.len > 0) {
        KW_TRY(go_to(in, at, err));
        size_t skipped = (size_t)(at - in->begin);
        size_t len = KW_MIN(room.len, in->chunk.len - skipped);
        memcpy(room.ptr, in->chunk.ptr + skipped, len);
        room = (kw_mspan){room.ptr + len, room.len - len};
        at += len;
    }
    return KW_OK;
}

kw_zk_source kw_intake_source(kw_intake *intake)
{
    return (kw_zk_source){read_at, intake, intake->index.file_bytes};
}
