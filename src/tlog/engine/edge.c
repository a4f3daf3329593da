/* SPDX-License-Identifier: Apache-2.0
 * Growing the right edge, and reading a root from it. */
#include "tlog/engine/edge.h"

#include "crypto/merkle.h"

kw_tile kw_tile_edge_at(uint8_t level, uint64_t size)
{
    uint64_t hashes = level < KW_TILE_LEVELS ? size >> (KW_TILE_BITS * level) : 0;
    return kw_tile_of(level, hashes / KW_TILE_WIDTH, size);
}

kw_status kw_tile_edge_add(kw_tile_edge *edge, const kw_hash32 *leaf, const kw_tile_sink *sink,
                           kw_error *err)
{
    KW_REQUIRE(edge->size >> 63 == 0, err, KW_LIMIT, "a tree has at most 2^63 leaves");
    kw_hash32 hash = *leaf;
    for (uint8_t level = 0; level < KW_TILE_LEVELS; level++) {
        kw_tile tile = kw_tile_edge_at(level, edge->size);
        kw_hash32 *row = edge->hashes[level];
        row[tile.width++] = hash;
        if (tile.width < KW_TILE_WIDTH) {
            break;
        }
        KW_TRY(sink->take(sink->ctx, &tile, KW_SPAN(edge->hashes[level]), err));
        kw_merkle_root_of(&hash, row, KW_TILE_WIDTH);
    }
    edge->size++;
    return KW_OK;
}

kw_status kw_tile_edge_flush(const kw_tile_edge *edge, const kw_tile_sink *sink, kw_error *err)
{
    for (uint8_t level = 0; level < KW_TILE_LEVELS; level++) {
        kw_tile tile = kw_tile_edge_at(level, edge->size);
        if (tile.width > 0) {
            kw_span hashes = {edge->hashes[level][0].bytes, tile.width * sizeof(kw_hash32)};
            KW_TRY(sink->take(sink->ctx, &tile, hashes, err));
        }
    }
    return KW_OK;
}

kw_status kw_tile_edge_load(kw_tile_edge *edge, uint8_t level, kw_span hashes)
{
    kw_tile tile = kw_tile_edge_at(level, edge->size);
    bool is_too_large = edge->size > (uint64_t)1 << 63;
    if (is_too_large || tile.width == 0 || hashes.len != tile.width * sizeof(kw_hash32)) {
        return KW_BAD_INPUT;
    }
    memcpy(edge->hashes[level], hashes.ptr, hashes.len);
    return KW_OK;
}

void kw_tile_edge_root(const kw_tile_edge *edge, kw_hash32 *out)
{
    /* From the left: the highest level has the largest subtrees. */
    kw_merkle_tree tree = {0};
    for (unsigned above = KW_TILE_LEVELS; above > 0; above--) {
        uint8_t level = (uint8_t)(above - 1);
        kw_tile tile = kw_tile_edge_at(level, edge->size);
        for (size_t i = 0; i < tile.width; i++) {
            kw_status st = kw_merkle_append_subtree(&tree, level * (unsigned)KW_TILE_BITS,
                                                    &edge->hashes[level][i]);
            KW_ASSERT(st == KW_OK); /* what stands left of it is a multiple of 256 such subtrees */
        }
    }
    kw_merkle_root(&tree, out);
}
