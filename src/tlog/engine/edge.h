/* SPDX-License-Identifier: Apache-2.0
 * The right edge of a tree in tiles: of each level the hashes that fill no tile yet. They alone
 * give the tree's root and let it grow; so a reader who was told the root fetches them first, and
 * then trusts every full tile that they stand above. */
#ifndef KW_TLOG_ENGINE_EDGE_H
#define KW_TLOG_ENGINE_EDGE_H

#include "tlog/engine/tile.h"

/* 64 KiB. All-zero is the edge of the empty tree. */
typedef struct kw_tile_edge {
    uint64_t size; /* leaves, at most 2^63 */
    /* Of level n the first (size / 256^n) % 256 are meaningful. */
    kw_hash32 hashes[KW_TILE_LEVELS][KW_TILE_WIDTH];
} kw_tile_edge;

/* Where tiles go as they are made; `hashes` is borrowed for the call. */
typedef struct kw_tile_sink {
    kw_status (*take)(void *ctx, const kw_tile *tile, kw_span hashes, kw_error *err);
    void *ctx;
} kw_tile_sink;

/* Adds a leaf; tiles that it fills go to `sink`, lower levels first. LIMIT: 2^63 leaves, or what
 * the sink says; the edge is then of no further use. */
KW_MUST_USE kw_status kw_tile_edge_add(kw_tile_edge *edge, const kw_hash32 *leaf,
                                       const kw_tile_sink *sink, kw_error *err);

/* Gives the partial tiles to `sink`, lower levels first. The edge stays as it is. */
KW_MUST_USE kw_status kw_tile_edge_flush(const kw_tile_edge *edge, const kw_tile_sink *sink,
                                         kw_error *err);

/* Fills one level from a partial tile, of the tree of `edge->size` leaves. BAD_INPUT: not as many
 * hashes as that level's partial tile has, or no such level. */
KW_MUST_USE kw_status kw_tile_edge_load(kw_tile_edge *edge, uint8_t level, kw_span hashes);

/* The partial tile of a level; width 0: the level ends with a full one, or has none. */
kw_tile kw_tile_edge_at(uint8_t level, uint64_t size);

/* Root of the tree; all levels are filled. */
void kw_tile_edge_root(const kw_tile_edge *edge, kw_hash32 *out);

#endif /* KW_TLOG_ENGINE_EDGE_H */
