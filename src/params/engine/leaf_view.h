/* SPDX-License-Identifier: Apache-2.0
 * What a reader needs of a leaf tree to verify a file as it arrives, in any order: it says which
 * tile to fetch next, takes only those that lead to the signed root, and then knows the leaves.
 *
 *     while ((st = kw_leaf_view_ask(view, &tile, leaf)) == KW_OK) {
 *         ... fetch it ...
 *         KW_TRY(kw_leaf_view_give(view, hashes));
 *     }
 *     KW_END: kw_leaf_view_is(view, leaf, bytes) tells whether these are its bytes
 *
 * Reading in order fetches each tile once; at random, at most one of each level. */
#ifndef KW_PARAMS_ENGINE_LEAF_VIEW_H
#define KW_PARAMS_ENGINE_LEAF_VIEW_H

#include "params/engine/leaf.h"

/* The full tile of a level that was verified last. */
typedef struct kw_leaf_row {
    bool is_known;
    uint64_t index;
    kw_hash32 hashes[KW_TILE_WIDTH];
} kw_leaf_row;

/* 128 KiB; belongs to one thread at a time. */
typedef struct kw_leaf_view {
    kw_hash32 root;
    uint64_t file_bytes;
    kw_tile wanted;     /* what was asked for last; width 0: nothing */
    bool has_edge;      /* the root follows from the partial tiles, all of which are there */
    uint8_t edge_level; /* before that: the levels below are there */
    kw_tile_edge edge;
    kw_leaf_row rows[KW_TILE_LEVELS];
} kw_leaf_view;

/* Knows nothing yet but the root and length of the file. */
void kw_leaf_view_init(kw_leaf_view *view, const kw_hash32 *root, uint64_t file_bytes);

/* The tile that must be given next for this leaf. END: the leaf is known. BAD_INPUT: the file has
 * no such leaf. */
KW_MUST_USE kw_status kw_leaf_view_ask(kw_leaf_view *view, kw_tile *out, uint64_t leaf);

/* Takes the hashes of the tile that was asked for. HASH: they do not lead to the root. After a
 * partial tile that can be any of the partial ones, and all are asked for again. BAD_INPUT: nothing
 * was asked for. */
KW_MUST_USE kw_status kw_leaf_view_give(kw_leaf_view *view, kw_span hashes);

/* True when these are the bytes of a leaf that is known. */
KW_MUST_USE bool kw_leaf_view_is(const kw_leaf_view *view, uint64_t leaf, kw_span bytes);

#endif /* KW_PARAMS_ENGINE_LEAF_VIEW_H */
