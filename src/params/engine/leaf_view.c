/* SPDX-License-Identifier: Apache-2.0
 * From the root to a leaf: the right edge, then full tiles, each below one that is trusted. */
#include "params/engine/leaf_view.h"

#include "crypto/merkle.h"

void kw_leaf_view_init(kw_leaf_view *view, const kw_hash32 *root, uint64_t file_bytes)
{
    memset(view, 0, sizeof *view);
    view->root = *root;
    view->file_bytes = file_bytes;
    view->edge.size = kw_leaf_count(file_bytes);
}

/* The tile of a level that a leaf is under. */
static kw_tile tile_over(const kw_leaf_view *view, uint8_t level, uint64_t leaf)
{
    return kw_tile_of(level, leaf >> KW_TILE_BITS * level >> KW_TILE_BITS, view->edge.size);
}

/* Its hashes where they are trusted, else the empty span. */
static kw_span known_hashes(const kw_leaf_view *view, const kw_tile *tile)
{
    const kw_leaf_row *row = &view->rows[tile->level];
    if (tile->width < KW_TILE_WIDTH) {
        return (kw_span){view->edge.hashes[tile->level][0].bytes, tile->width * sizeof(kw_hash32)};
    }
    return row->is_known && row->index == tile->index ? KW_SPAN(row->hashes) : (kw_span){0};
}

/* The next partial tile from below; false: the edge is complete. */
static bool next_of_edge(kw_leaf_view *view, kw_tile *out)
{
    for (; view->edge_level < KW_TILE_LEVELS; view->edge_level++) {
        *out = kw_tile_edge_at(view->edge_level, view->edge.size);
        if (out->width > 0) {
            return true;
        }
    }
    return false;
}

kw_status kw_leaf_view_ask(kw_leaf_view *view, kw_tile *out, uint64_t leaf)
{
    if (leaf >= view->edge.size) {
        return KW_BAD_INPUT;
    }
    if (!view->has_edge) {
        bool is_there = next_of_edge(view, &view->wanted);
        KW_ASSERT(is_there); /* a tree that has leaves has an edge, and the last one completes it */
        *out = view->wanted;
        return KW_OK;
    }
    /* Up to what is trusted, which the edge is at some level; what stands below is fetched. */
    kw_tile below = {0};
    kw_tile tile = tile_over(view, 0, leaf);
    while (known_hashes(view, &tile).len == 0) {
        below = tile;
        tile = tile_over(view, (uint8_t)(tile.level + 1), leaf);
    }
    if (below.width == 0) {
        return KW_END;
    }
    view->wanted = below;
    *out = below;
    return KW_OK;
}

static kw_status take_edge(kw_leaf_view *view, const kw_tile *tile, kw_span hashes)
{
    if (kw_tile_edge_load(&view->edge, tile->level, hashes) != KW_OK) {
        return KW_HASH;
    }
    view->edge_level++;
    kw_tile more;
    if (next_of_edge(view, &more)) {
        return KW_OK;
    }
    kw_hash32 root;
    kw_tile_edge_root(&view->edge, &root);
    view->has_edge = kw_hash32_equal(&root, &view->root);
    view->edge_level = 0;
    return view->has_edge ? KW_OK : KW_HASH;
}

static kw_status take_full(kw_leaf_view *view, const kw_tile *tile, kw_span hashes)
{
    const uint8_t level = (uint8_t)(tile->level + 1);
    kw_tile above = kw_tile_of(level, tile->index / KW_TILE_WIDTH, view->edge.size);
    if (!kw_tile_is_below(known_hashes(view, &above), tile, hashes)) {
        return KW_HASH;
    }
    kw_leaf_row *row = &view->rows[tile->level];
    row->is_known = true;
    row->index = tile->index;
    memcpy(row->hashes, hashes.ptr, sizeof row->hashes);
    return KW_OK;
}

kw_status kw_leaf_view_give(kw_leaf_view *view, kw_span hashes)
{
    kw_tile tile = view->wanted;
    view->wanted = (kw_tile){0};
    if (tile.width == 0) {
        return KW_BAD_INPUT;
    }
    return tile.width < KW_TILE_WIDTH ? take_edge(view, &tile, hashes)
                                      : take_full(view, &tile, hashes);
}

bool kw_leaf_view_is(const kw_leaf_view *view, uint64_t leaf, kw_span bytes)
{
    if (leaf >= view->edge.size || !view->has_edge) {
        return false;
    }
    uint64_t left = view->file_bytes - leaf * KW_LEAF_BYTES;
    kw_tile tile = tile_over(view, 0, leaf);
    kw_span hashes = known_hashes(view, &tile);
    if (hashes.len == 0 || bytes.len != KW_MIN(left, (uint64_t)KW_LEAF_BYTES)) {
        return false;
    }
    kw_hash32 hash;
    kw_merkle_leaf(&hash, bytes);
    kw_span wanted = {&hashes.ptr[leaf % KW_TILE_WIDTH * sizeof hash], sizeof hash};
    return kw_span_equal_var(KW_SPAN(hash.bytes), wanted);
}
