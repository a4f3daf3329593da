/* SPDX-License-Identifier: Apache-2.0
 * Hashes, chunks and leaves in one pass. */
#include "params/engine/ingest.h"

enum {
    PIECE_BYTES = 32 * 1024, /* hashed three times while it is in the nearest cache */
};

static kw_status drop_tile(void *ctx, const kw_tile *tile, kw_span hashes, kw_error *err)
{
    KW_UNUSED(ctx);
    KW_UNUSED(tile);
    KW_UNUSED(hashes);
    KW_UNUSED(err);
    return KW_OK;
}

static kw_status drop_chunk(void *ctx, const kw_chunk *chunk, uint64_t offset, kw_error *err)
{
    KW_UNUSED(ctx);
    KW_UNUSED(chunk);
    KW_UNUSED(offset);
    KW_UNUSED(err);
    return KW_OK;
}

kw_status kw_ingest_init(kw_ingest *out, kw_cut_rule rule, uint32_t point_bytes,
                         const kw_tile_sink *tiles, const kw_chunk_sink *chunks)
{
    memset(out, 0, sizeof *out);
    KW_TRY(kw_cutter_init(&out->cutter, rule, point_bytes));
    kw_sha256_init(&out->file);
    out->index = (kw_chunk_index){.rule = rule, .point_bytes = point_bytes};
    out->entries = kw_buf_init((size_t)KW_CHUNKS_MAX * KW_CHUNK_INDEX_ENTRY_BYTES);
    out->tiles = tiles->take == NULL ? (kw_tile_sink){.take = drop_tile} : *tiles;
    out->chunks = chunks->take == NULL ? (kw_chunk_sink){.take = drop_chunk} : *chunks;
    return KW_OK;
}

void kw_ingest_drop(kw_ingest *ingest)
{
    kw_buf_drop(&ingest->entries);
}

static kw_status end_chunk(kw_ingest *ingest, kw_error *err)
{
    kw_chunk chunk = {.length = ingest->chunk_len};
    kw_sha256_final(&ingest->chunk, &chunk.id);
    ingest->chunk_len = 0;
    KW_TRY_AT(err, kw_chunk_index_add(&ingest->entries, &chunk), "indexing chunk %u",
              ingest->index.count);
    ingest->index.count++;
    uint64_t offset = ingest->index.file_bytes - chunk.length;
    return ingest->chunks.take(ingest->chunks.ctx, &chunk, offset, err);
}

/* A piece that is in one chunk. */
static kw_status take_part(kw_ingest *ingest, kw_span part, bool ends, kw_error *err)
{
    if (ingest->chunk_len == 0) {
        kw_sha256_init(&ingest->chunk);
    }
    kw_sha256_update(&ingest->chunk, part);
    ingest->chunk_len += (uint32_t)part.len;
    ingest->index.file_bytes += part.len;
    return ends ? end_chunk(ingest, err) : KW_OK;
}

static kw_status take_piece(kw_ingest *ingest, kw_span piece, kw_error *err)
{
    kw_sha256_update(&ingest->file, piece);
    KW_TRY(kw_leaf_tree_push(&ingest->tree, piece, &ingest->tiles, err));
    while (piece.len > 0) {
        bool ends = false;
        size_t len = kw_cutter_take(&ingest->cutter, &ends, piece);
        KW_TRY(take_part(ingest, (kw_span){piece.ptr, len}, ends, err));
        piece = (kw_span){piece.ptr + len, piece.len - len};
    }
    return KW_OK;
}

kw_status kw_ingest_push(kw_ingest *ingest, kw_span bytes, kw_error *err)
{
    while (bytes.len > 0) {
        kw_span piece = {bytes.ptr, KW_MIN(bytes.len, (size_t)PIECE_BYTES)};
        KW_TRY(take_piece(ingest, piece, err));
        bytes = (kw_span){bytes.ptr + piece.len, bytes.len - piece.len};
    }
    return KW_OK;
}

kw_status kw_ingest_end(kw_ingest *ingest, kw_ingested *out, kw_error *err)
{
    kw_ingested done = {0};
    if (ingest->chunk_len > 0) {
        KW_TRY(end_chunk(ingest, err));
    }
    KW_TRY(kw_leaf_tree_end(&ingest->tree, &done.root, &ingest->tiles, err));
    kw_sha256_final(&ingest->file, &done.sha256);
    done.index = ingest->index;
    done.index.entries = kw_buf_view(&ingest->entries);
    done.bytes = ingest->index.file_bytes;
    *out = done;
    return KW_OK;
}
