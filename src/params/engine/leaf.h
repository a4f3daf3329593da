/* SPDX-License-Identifier: Apache-2.0
 * The leaf tree of a file (distribution.md section 3): leaves of 64 KiB, the last one short, hashed
 * as RFC 6962 says and laid out in tiles. Its root, which is signed, lets any range of the file be
 * verified as it arrives. */
#ifndef KW_PARAMS_ENGINE_LEAF_H
#define KW_PARAMS_ENGINE_LEAF_H

#include "crypto/hash.h"
#include "tlog/engine/edge.h"

enum {
    KW_LEAF_BYTES = 64 * 1024
};

/* Leaves of a file; the empty file has none. */
static inline uint64_t kw_leaf_count(uint64_t file_bytes)
{
    return file_bytes / KW_LEAF_BYTES + (file_bytes % KW_LEAF_BYTES != 0);
}

/* A tree in the making, 64 KiB. All-zero is that of the empty file. */
typedef struct kw_leaf_tree {
    kw_sha256_state leaf; /* of the leaf that is begun */
    size_t leaf_len;      /* its bytes so far, < KW_LEAF_BYTES; 0: none is begun */
    kw_tile_edge edge;
} kw_leaf_tree;

/* Takes the next bytes of the file, cut anywhere. Statuses of kw_tile_edge_add. */
KW_MUST_USE kw_status kw_leaf_tree_push(kw_leaf_tree *tree, kw_span bytes, const kw_tile_sink *sink,
                                        kw_error *err);

/* The file has ended: hashes the short leaf, gives the partial tiles, tells the root. */
KW_MUST_USE kw_status kw_leaf_tree_end(kw_leaf_tree *tree, kw_hash32 *out_root,
                                       const kw_tile_sink *sink, kw_error *err);

#endif /* KW_PARAMS_ENGINE_LEAF_H */
