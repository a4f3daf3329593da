/* SPDX-License-Identifier: Apache-2.0
 * Proofs of ranges of leaves: the roots of the largest complete subtrees left of the range, then of
 * those right of it, both from the left, and nothing else; at most 4,032 bytes. Together with the
 * leaf hashes of the range they give the root of the tree. */
#ifndef KW_PARAMS_ENGINE_LEAF_RANGE_H
#define KW_PARAMS_ENGINE_LEAF_RANGE_H

#include "base/buf.h"
#include "crypto/merkle.h"
#include "tlog/engine/tile.h"

#define KW_LEAF_RANGE_BYTES_MAX (126 * sizeof(kw_hash32))

/* The leaves first .. end - 1 of `size`. */
typedef struct kw_leaf_range {
    uint64_t first;
    uint64_t end;  /* > first */
    uint64_t size; /* of the tree, >= end, at most 2^63 */
} kw_leaf_range;

/* Reads a tile: its `tile->width` hashes, borrowed until the next call. */
typedef struct kw_tile_source {
    kw_status (*read)(void *ctx, const kw_hash32 **out, const kw_tile *tile, kw_error *err);
    void *ctx;
} kw_tile_source;

/* Appends the proof. BAD_INPUT: not a range of that tree. LIMIT, NO_MEMORY, and what the source
 * says. */
KW_MUST_USE kw_status kw_leaf_range_prove(kw_buf *out, const kw_leaf_range *range,
                                          const kw_tile_source *source, kw_error *err);

/* True when `leaves`, hashes of the whole range, stand there in the tree with that root. False also
 * for proofs that are too short or too long. */
KW_MUST_USE bool kw_leaf_range_verify(kw_span proof, const kw_leaf_range *range,
                                      const kw_hash32 *leaves, const kw_hash32 *root);

#endif /* KW_PARAMS_ENGINE_LEAF_RANGE_H */
